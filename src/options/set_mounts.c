/*
 * set_mounts.c - options for the mounts in a service's namespaces
 */
#include <string.h>

#include "options/arena_private.h"
#include "options/setter_private.h"
#include "options/values_private.h"
#include "util/keywords.h"
#include "util/parse.h"

static int set_mount(struct service *service, const char *value, struct error *error)
{
    struct filesystem *filesystem = &service->namespaces.filesystem;
    struct mount mount = {0};
    struct mount *mounts;

    mounts = array_grow(filesystem->mounts, filesystem->mount_count, sizeof *mounts, error);
    if (mounts == NULL)
        return -1;
    filesystem->mounts = mounts;
    if (mount_parse(&mount, value, error) < 0)
        return -1;
    mounts[filesystem->mount_count++] = mount;
    return 0;
}

static int set_new_root(struct filesystem *filesystem, enum root_kind kind, const char *value,
                        struct error *error)
{
    if (filesystem->root != NULL && filesystem->root_kind != kind)
        return error_reason(error, ERROR_USAGE, "the service has another root already");
    filesystem->root_kind = kind;
    filesystem->root = value;
    return 0;
}

static int set_root_idmap(const char **idmap, const char *value, struct error *error)
{
    bool flag = true;

    if (value != NULL && parse_flag(value, &flag) < 0) {
        *idmap = value;
        return idmap_check(value, error);
    }
    *idmap = flag ? "" : NULL;
    return 0;
}

static int set_root(struct service *service, const char *value, struct error *error)
{
    if (value[0] == '\0')
        return error_reason(error, ERROR_USAGE, "needs a directory");
    return set_new_root(&service->namespaces.filesystem, ROOT_DIRECTORY, value, error);
}

static int set_root_image(struct service *service, const char *value, struct error *error)
{
    return set_new_root(&service->namespaces.filesystem, ROOT_IMAGE, value, error);
}

/*
 * An argument that may be left out, or be yes in a pod file: then it is "". By no the option is not
 * given: NULL.
 */
static const char *optional_value(const char *value)
{
    if (value == NULL || strcmp(value, "yes") == 0)
        return "";
    return strcmp(value, "no") == 0 ? NULL : value;
}

static int set_root_tmpfs(struct service *service, const char *value, struct error *error)
{
    const char *size = optional_value(value);
    size_t digits = size != NULL ? strspn(size, "0123456789") : 0;

    if (size == NULL)
        return 0;
    if (digits > 18 || (digits == 0 && size[0] != '\0') ||
        (size[digits] != '\0' &&
         (strchr("kmgtKMGT", size[digits]) == NULL || size[digits + 1] != '\0')))
        return error_invalid(error, value, "size", "use e.g. 65536, 64k or 1g");
    return set_new_root(&service->namespaces.filesystem, ROOT_TMPFS, size, error);
}

/* Without a path the upper directory is on a tmpfs. */
static int set_overlay(const char **overlay, const char *value, struct error *error)
{
    *overlay = optional_value(value);
    return value != NULL && value[0] == '\0' ? error_reason(error, ERROR_USAGE, "needs a directory")
                                             : 0;
}

static int set_read_only(struct service *service, const char *value, struct error *error)
{
    struct filesystem *filesystem = &service->namespaces.filesystem;

    filesystem->read_only_below = value != NULL && strcmp(value, "recursive") == 0;
    if (filesystem->read_only_below)
        value = NULL;
    return set_flag(&filesystem->read_only, value, error) == 0
               ? 0
               : error_invalid(error, value, "value", "use recursive, yes or no");
}

static int set_propagation(struct service *service, const char *value, struct error *error)
{
    static const struct keywords names = {KEYWORDS_IN(propagation_names), .exact = true,
                                          .kind = "propagation"};
    int row = keywords_find(&names, value, error);

    if (row < 0)
        return -1;
    service->namespaces.has_propagation = true;
    service->namespaces.filesystem.propagation = (enum propagation)row;
    return 0;
}

/* A flag, which means /proc, or a directory. */
static int set_mount_proc(struct service *service, const char *value, struct error *error)
{
    struct namespaces *namespaces = &service->namespaces;
    bool flag;

    if (value != NULL && value[0] == '/') {
        namespaces->filesystem.proc = value;
        return 0;
    }
    if (set_flag(&flag, value, error) < 0)
        return error_invalid(error, value, "path", "use an absolute path or no");
    namespaces->no_fresh_proc = !flag;
    namespaces->filesystem.proc = flag ? "/proc" : NULL;
    return 0;
}

static int set_etc_files(struct service *service, const char *value, struct error *error)
{
    static const char *const words[] = {"auto", "no"};
    static const struct keywords names = {KEYWORDS_IN(words), .exact = true, .kind = "value"};
    int row = keywords_find(&names, value, error);

    if (row < 0)
        return -1;
    service->namespaces.filesystem.etc_files = row == 0 ? ETC_FILES_AUTO : ETC_FILES_NO;
    return 0;
}

static int set_mask_proc(struct service *service, const char *value, struct error *error)
{
    bool flag;

    if (set_flag(&flag, value, error) < 0)
        return -1;
    service->namespaces.mask_proc = flag ? MASK_PROC_YES : MASK_PROC_NO;
    return 0;
}

static const struct option rows[] = {
    {
        .name = "mount",
        .argument = "SPEC",
        .repeatable = true,
        .valid = ON_COMMAND_LINE | IN_POD | IN_SERVICE,
        .help = "Mount a file system: "
                "type=bind|tmpfs|proc|sysfs|mqueue|devpts|dev|overlay|cgroup2|file,source=,...",
        .set = SET_SERVICE(set_mount),
    },
    {
        .name = "root",
        .argument = "DIR",
        .valid = ON_COMMAND_LINE | IN_POD | IN_SERVICE,
        .help = "Make DIR the root directory by pivot_root(2)",
        .set = SET_SERVICE(set_root),
    },
    {
        .name = "root-tmpfs",
        .argument = "SIZE",
        .argument_is_optional = true,
        .valid = ON_COMMAND_LINE | IN_POD | IN_SERVICE,
        .help = "Make a new tmpfs the root directory, for --mount to fill",
        .set = SET_SERVICE(set_root_tmpfs),
    },
    {
        .name = "root-image",
        .argument = "FILE",
        .valid = ON_COMMAND_LINE | IN_POD | IN_SERVICE,
        .help = "Mount the file system in FILE read-only as the root: squashfs, erofs or ext4",
        .set = SET_SERVICE(set_root_image),
    },
    {
        .name = "root-idmap",
        .argument = "RANGES",
        .argument_is_optional = true,
        .valid = ON_COMMAND_LINE | IN_POD | IN_SERVICE,
        .help = "Map the owners of the root's files by the service's ID map, or by IN:OUT:COUNT",
        .set = SET_TEXT(service, namespaces.filesystem.root_idmap, set_root_idmap),
    },
    {
        .name = "chroot",
        .valid = ON_COMMAND_LINE | IN_POD | IN_SERVICE,
        .help = "Enter the root directory by chroot(2), for an initramfs",
        .set = SET_FLAG(service, namespaces.filesystem.by_chroot),
    },
    {
        .name = "etc-files",
        .argument = "auto|no",
        .valid = ON_COMMAND_LINE | IN_POD | IN_SERVICE,
        .default_value = "auto",
        .help = "Make hosts, hostname and resolv.conf in a new root with its own network or name",
        .set = SET_SERVICE(set_etc_files),
    },
    {
        .name = "overlay",
        .argument = "UPPER",
        .argument_is_optional = true,
        .valid = ON_COMMAND_LINE | IN_POD | IN_SERVICE,
        .help = "Keep changes of the root in UPPER, or on a tmpfs; --root may be TOP:BELOW:...",
        .set = SET_TEXT(service, namespaces.filesystem.overlay, set_overlay),
    },
    {
        .name = "read-only",
        .argument = "recursive|no",
        .argument_is_optional = true,
        .valid = ON_COMMAND_LINE | IN_POD | IN_SERVICE,
        .help = "Mount the root directory read-only; recursive: also the mounts below it",
        .set = SET_SERVICE(set_read_only),
    },
    {
        .name = "propagation",
        .argument = "KIND",
        .valid = ON_COMMAND_LINE | IN_POD | IN_SERVICE,
        .default_value = "private",
        .help = "Set the propagation of mounts: private, slave, shared, unchanged",
        .set = SET_SERVICE(set_propagation),
    },
    {
        .name = "mount-proc",
        .argument = "DIR|no",
        .argument_is_optional = true,
        .valid = ON_COMMAND_LINE | IN_POD | IN_SERVICE,
        .default_value = "/proc when pid and mnt are both new",
        .help = "Mount a fresh proc at DIR, or none (no)",
        .set = SET_SERVICE(set_mount_proc),
    },
    {
        .name = "mask-proc",
        .valid = ON_COMMAND_LINE | IN_POD | IN_SERVICE,
        .default_value = "yes for uid 0",
        .help = "Hide files of the machine in a fresh /proc and /sys, make others read-only",
        .set = SET_SERVICE(set_mask_proc),
    },
};

const struct option_group mounts_options = OPTION_GROUP("Mounts", rows);
