/*
 * idmap.c - ID maps of a new user namespace, and the IDs of a process in one: user_namespaces(7)
 */
#include "spawn/idmap_private.h"

#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "linux/userdb.h"
#include "linux/syscalls.h"
#include "spawn/helper_private.h"
#include "util/path_search.h"
#include "util/file.h"
#include "util/parse.h"
#include "util/strbuf.h"

/* One of the two maps. */
struct map_type {
    const char *option;
    const char *file;    /* of /proc/PID */
    const char *helper;  /* writes the map for an ordinary user */
    const char *sub_ids; /* the ranges that users may map: subuid(5), subgid(5) */
    long set_ids_call;   /* sets real, effective and saved ID */
};

enum { SUB_ID_FIELDS = 3 };

static const struct map_type user_map = {"--map-users", "uid_map", "newuidmap", "/etc/subuid",
                                         CALL_SETRESUID};
static const struct map_type group_map = {"--map-groups", "gid_map", "newgidmap", "/etc/subgid",
                                          CALL_SETRESGID};

static int write_file(pid_t pid, const char *name, const char *content)
{
    char path[64];

    strbuf_set(path, sizeof path, "/proc/%d/%s", pid, name);
    return file_write(path, content);
}

/* user_namespaces(7): an ordinary user may write a gid_map only where setgroups(2) is denied. */
static bool fails_for_setgroups(const struct map_type *map, const struct namespaces *namespaces,
                                int error_number)
{
    return map == &group_map && error_number == EPERM && geteuid() != 0 &&
           namespaces->setgroups == SETGROUPS_ALLOW;
}

static int setgroups_error(struct error *error)
{
    error_subject(error, "--setgroups allow");
    error_hint(error, "remove --setgroups allow, or let newgidmap map the groups: --map-auto");
    return error_reason(error, ERROR_FAILED,
                        "write gid_map: an ordinary user must deny setgroups to map a group");
}

static int map_error(const struct map_type *map, int error_number, struct error *error)
{
    char *restricted = NULL;

    error_subject(error, "%s", map->option);
    if (file_read("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", &restricted, NULL) ==
            0 &&
        restricted[0] == '1' && geteuid() != 0)
        error_hint(error,
                   "AppArmor restricts user namespaces: sysctl "
                   "kernel.apparmor_restrict_unprivileged_userns=0, or load a profile with userns");
    else if (error_number == EPERM)
        error_hint(error,
                   "as an ordinary user, map only yourself by --map-root-user, or ranges of %s by "
                   "--map-auto",
                   map->sub_ids);
    free(restricted);
    errno = error_number;
    return error_reason(error, ERROR_FAILED, "write %s: %m", map->file);
}

static int write_map(const struct map_type *map, const struct namespaces *namespaces,
                     const struct id_range *ranges, size_t count, pid_t pid, struct error *error)
{
    char content[2048];
    struct strbuf text = strbuf_in(content, sizeof content);
    int result;

    for (size_t i = 0; i < count; i++)
        strbuf_format(&text, "%u %u %u\n", ranges[i].inside, ranges[i].outside, ranges[i].count);
    result = write_file(pid, map->file, content);
    if (result < 0 && fails_for_setgroups(map, namespaces, -result))
        return setgroups_error(error);
    return result < 0 ? map_error(map, -result, error) : 0;
}

/* Find the first range of the user, by name or number: subuid(5). */
static int find_sub_ids(const struct map_type *map, struct id_range *range, struct error *error)
{
    unsigned int uid = geteuid();
    char name[256];
    char number[12];
    struct entry entry;
    char *content = NULL;
    char *rest;
    bool found = false;

    strbuf_set(number, sizeof number, "%u", uid);
    strbuf_set(name, sizeof name, "%s", number);
    (void)account_name(uid, name, sizeof name);
    if (file_read_regular(map->sub_ids, &content, NULL) == 0)
        for (rest = content; !found && entry_next(&rest, SUB_ID_FIELDS, &entry);) {
            char spec[40];

            if (strcmp(entry.fields[0], name) != 0 && strcmp(entry.fields[0], number) != 0)
                continue;
            strbuf_set(spec, sizeof spec, "1:%s:%s", entry.fields[1], entry.fields[2]);
            found = id_range_parse(range, spec, error) == 0;
        }
    free(content);
    if (found)
        return 0;
    error_subject(error, "--map-auto");
    error_hint(error, "echo %s:100000:65536 >> %s", name, map->sub_ids);
    return error_reason(error, ERROR_FAILED, "%s has no range for %s", map->sub_ids, name);
}

/* Whether the helper's file gives it rights: set-user-ID root, or file capabilities. */
static bool has_file_rights(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 && (((status.st_mode & S_ISUID) != 0 && status.st_uid == 0) ||
                                        getxattr(path, "security.capability", NULL, 0) > 0);
}

/* The helper prints why it failed; a hint shows what its file lacks. */
static void set_helper_hint(const struct map_type *map, struct error *error)
{
    struct path_search search = path_search(map->helper, environ);
    char path[PATH_MAX];
    bool is_there = false;

    while (!is_there && path_search_next(&search, path))
        is_there = access(path, X_OK) == 0;
    if (is_there && prctl(PR_GET_NO_NEW_PRIVS, 0L, 0L, 0L, 0L) == 1)
        error_hint(error,
                   "%s gets no rights under no_new_privs: remove docker run --security-opt "
                   "no-new-privileges",
                   map->helper);
    else if (is_there && !has_file_rights(path))
        error_hint(error, "sudo chmod u+s %s", path);
}

/* Map root to the caller, and the following IDs to the range of the user. */
static int map_auto(const struct map_type *map, const struct namespaces *namespaces,
                    unsigned int own, pid_t pid, struct error *error)
{
    struct id_range ranges[2] = {{0, own, 1}};
    char numbers[4][12];
    const char *const arguments[] = {map->helper, numbers[0], "0",        numbers[1], "1",
                                     "1",         numbers[2], numbers[3], NULL};

    if (find_sub_ids(map, &ranges[1], error) < 0)
        return -1;
    if (geteuid() == 0)
        return write_map(map, namespaces, ranges, 2, pid, error);
    for (int i = 0; i < 4; i++) {
        const unsigned int values[] = {(unsigned int)pid, own, ranges[1].outside, ranges[1].count};

        strbuf_set(numbers[i], sizeof numbers[i], "%u", values[i]);
    }
    error_subject(error, "--map-auto");
    if (helper_run(arguments, environ, error) == 0)
        return 0;
    set_helper_hint(map, error);
    return -1;
}

static int write_setgroups(const struct namespaces *namespaces, pid_t pid, struct error *error)
{
    enum setgroups rule = namespaces->setgroups;
    int result;

    if (rule == SETGROUPS_DEFAULT) {
        if (namespaces->map_auto || (namespaces->groups == NULL && !namespaces->map_root) ||
            geteuid() == 0)
            return 0;
        /* An ordinary user may write a gid_map only then. */
        rule = SETGROUPS_DENY;
    }
    result = write_file(pid, "setgroups", rule == SETGROUPS_DENY ? "deny" : "allow");
    errno = -result;
    return result < 0 ? error_failed(error, "--setgroups") : 0;
}

/* Write the plan's map, or a map of root to `own`. */
static int write_planned_map(const struct map_type *map, const struct namespaces *namespaces,
                             const struct id_map *planned, unsigned int own, pid_t pid,
                             struct error *error)
{
    const struct id_range root = {0, own, 1};

    if (namespaces->map_auto)
        return map_auto(map, namespaces, own, pid, error);
    if (planned != NULL)
        return write_map(map, namespaces, planned->ranges, planned->count, pid, error);
    return namespaces->map_root ? write_map(map, namespaces, &root, 1, pid, error) : 0;
}

int idmap_map(const struct namespaces *namespaces, pid_t pid, struct error *error)
{
    if (write_setgroups(namespaces, pid, error) < 0 ||
        write_planned_map(&user_map, namespaces, namespaces->users, geteuid(), pid, error) < 0)
        return -1;
    return write_planned_map(&group_map, namespaces, namespaces->groups, getegid(), pid, error);
}

/*
 * A process that kept an unmapped ID would access files by that ID, perhaps as root. The change
 * clears no capability: capabilities(7) clears them when an ID changes from 0 in the namespace, and
 * that happens only where root is not mapped.
 */
static int set_ids(const struct map_type *map, unsigned int id, struct error *error)
{
    if (syscall(map->set_ids_call, id, id, id) == 0)
        return 0;
    error_subject(error, "%s", map->option);
    return error_reason(error, ERROR_FAILED, "set the ID %u in the user namespace: %m", id);
}

/* This fails where setgroups is denied. */
static void clear_groups(void)
{
    (void)syscall(CALL_SETGROUPS, 0UL, NULL);
}

/* Root where it is mapped, else the first ID of the map. */
static unsigned int first_id(const struct id_map *map)
{
    for (size_t i = 0; map != NULL && i < map->count; i++)
        if (map->ranges[i].inside == 0)
            return 0;
    return map != NULL ? map->ranges[0].inside : 0;
}

int idmap_set_ids(const struct namespaces *namespaces, struct error *error)
{
    bool maps_root = namespaces->map_root || namespaces->map_auto;
    const struct id_map *users = namespaces->map_auto ? NULL : namespaces->users;
    const struct id_map *groups = namespaces->map_auto ? NULL : namespaces->groups;

    clear_groups();
    if ((maps_root || groups != NULL) && set_ids(&group_map, first_id(groups), error) < 0)
        return -1;
    return maps_root || users != NULL ? set_ids(&user_map, first_id(users), error) : 0;
}

/* The outside ID of a map's first_id; false without a map. */
static bool first_outside(const struct id_map *map, unsigned int *id)
{
    unsigned int first = first_id(map);

    for (size_t i = 0; map != NULL && i < map->count; i++)
        if (map->ranges[i].inside == first) {
            *id = map->ranges[i].outside;
            return true;
        }
    return false;
}

bool idmap_root_owner(const struct namespaces *namespaces, unsigned int *user, unsigned int *group)
{
    return !namespaces->map_auto && first_outside(namespaces->users, user) &&
           first_outside(namespaces->groups, group);
}

/* Read the first mapped ID. 1, or 0 if none is mapped, or a negative errno. */
static int read_first_id(const char *file, unsigned int *id)
{
    char path[32];
    char *content = NULL;
    const char *digits;
    uint64_t number = 0;
    int result;

    strbuf_set(path, sizeof path, "/proc/self/%s", file);
    result = file_read(path, &content, NULL);
    if (result < 0)
        return result;
    digits = content + strspn(content, " ");
    result = parse_digits(&digits, UINT32_MAX, &number) == 0;
    *id = (unsigned int)number;
    free(content);
    return result;
}

static int set_joined_ids(const struct map_type *map, struct error *error)
{
    unsigned int id = 0;
    int result;

    if (syscall(map->set_ids_call, 0UL, 0UL, 0UL) == 0)
        return 0;
    result = read_first_id(map->file, &id);
    if (result > 0)
        return set_ids(map, id, error);
    /* Without a map no ID can be set. */
    if (result == 0)
        return 0;
    errno = -result;
    error_hint(error, "mount -t proc proc /proc");
    return error_failed(error, "--enter user: read /proc/self/%s", map->file);
}

int idmap_set_joined_ids(struct error *error)
{
    clear_groups();
    return set_joined_ids(&group_map, error) < 0 ? -1 : set_joined_ids(&user_map, error);
}
