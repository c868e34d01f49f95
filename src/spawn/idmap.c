/*
 * idmap.c - the id maps of a new user namespace: user_namespaces(7)
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
#include "spawn/helper.h"
#include "util/path_search.h"
#include "util/file.h"
#include "util/parse.h"
#include "util/strbuf.h"

/* One of the two maps, with all that differs between them. */
struct kind {
    const char *option;
    const char *file;    /* of /proc/PID */
    const char *helper;  /* that writes it for an ordinary user */
    const char *sub_ids; /* where it finds the ranges a user may use */
    long call;           /* that changes all three of a process's */
};

enum { SUB_ID_FIELDS = 3 };

static const struct kind users_kind = {"--map-users", "uid_map", "newuidmap", "/etc/subuid",
                                       CALL_SETRESUID};
static const struct kind groups_kind = {"--map-groups", "gid_map", "newgidmap", "/etc/subgid",
                                        CALL_SETRESGID};

static int write_file(pid_t pid, const char *name, const char *content)
{
    char path[64];

    strbuf_set(path, sizeof path, "/proc/%d/%s", pid, name);
    return file_write(path, content);
}

/* user_namespaces(7): an ordinary user writes a gid_map only where setgroups(2) is denied. */
static bool is_for_setgroups(const struct kind *kind, const struct namespaces *namespaces,
                             int error_number)
{
    return kind == &groups_kind && error_number == EPERM && geteuid() != 0 &&
           namespaces->setgroups == SETGROUPS_ALLOW;
}

static int explain_setgroups(struct error *error)
{
    error_subject(error, "--setgroups allow");
    error_hint(error, "leave it out, or let newgidmap map the groups: --map-auto");
    return error_reason(error, ERROR_FAILED, "an ordinary user may not map groups with it");
}

static int explain_map(const struct kind *kind, int error_number, struct error *error)
{
    char *restricted = NULL;

    error_subject(error, "%s", kind->option);
    if (file_read("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", &restricted, NULL) ==
            0 &&
        restricted[0] == '1' && geteuid() != 0)
        error_hint(error,
                   "AppArmor restricts user namespaces here: sysctl "
                   "kernel.apparmor_restrict_unprivileged_userns=0, or a profile with userns");
    else if (error_number == EPERM)
        error_hint(error,
                   "an ordinary user may map only itself, once (--map-root-user); more is "
                   "for root, or for --map-auto by %s",
                   kind->sub_ids);
    free(restricted);
    errno = error_number;
    return error_reason(error, ERROR_FAILED, "%s: %m", kind->file);
}

static int write_map(const struct kind *kind, const struct namespaces *namespaces,
                     const struct id_range *ranges, size_t count, pid_t pid, struct error *error)
{
    char content[2048];
    struct strbuf text = strbuf_in(content, sizeof content);
    int result;

    for (size_t i = 0; i < count; i++)
        strbuf_format(&text, "%u %u %u\n", ranges[i].inside, ranges[i].outside, ranges[i].count);
    result = write_file(pid, kind->file, content);
    if (result < 0 && is_for_setgroups(kind, namespaces, -result))
        return explain_setgroups(error);
    return result < 0 ? explain_map(kind, -result, error) : 0;
}

/* The first range of the user, by name or number: subuid(5). */
static int find_sub_ids(const struct kind *kind, struct id_range *range, struct error *error)
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
    if (file_read_regular(kind->sub_ids, &content, NULL) == 0)
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
    error_hint(error, "add a line there: %s:100000:65536", name);
    return error_reason(error, ERROR_FAILED, "%s has no range for %s", kind->sub_ids, name);
}

/* Its rights come from its file: set-user-ID root, or capabilities(7) of its own. */
static bool has_rights(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 && (((status.st_mode & S_ISUID) != 0 && status.st_uid == 0) ||
                                        getxattr(path, "security.capability", NULL, 0) > 0);
}

/* Why it may have failed, beside what it has said itself. */
static void explain_helper(const struct kind *kind, struct error *error)
{
    struct path_search search = path_search(kind->helper, environ);
    char path[PATH_MAX];
    bool is_there = false;

    while (!is_there && path_search_next(&search, path))
        is_there = access(path, X_OK) == 0;
    if (is_there && prctl(PR_GET_NO_NEW_PRIVS, 0L, 0L, 0L, 0L) == 1)
        error_hint(error,
                   "%s gets no rights under no_new_privs: leave out docker run --security-opt "
                   "no-new-privileges",
                   kind->helper);
    else if (is_there && !has_rights(path))
        error_hint(error, "chmod u+s %s, as root", path);
}

/* Root is the caller, what follows comes from the range. */
static int map_auto(const struct kind *kind, const struct namespaces *namespaces, unsigned int own,
                    pid_t pid, struct error *error)
{
    struct id_range ranges[2] = {{0, own, 1}};
    char numbers[4][12];
    const char *const arguments[] = {kind->helper, numbers[0], "0",        numbers[1], "1",
                                     "1",          numbers[2], numbers[3], NULL};

    if (find_sub_ids(kind, &ranges[1], error) < 0)
        return -1;
    if (geteuid() == 0)
        return write_map(kind, namespaces, ranges, 2, pid, error);
    for (int i = 0; i < 4; i++) {
        const unsigned int values[] = {(unsigned int)pid, own, ranges[1].outside, ranges[1].count};

        strbuf_set(numbers[i], sizeof numbers[i], "%u", values[i]);
    }
    error_subject(error, "--map-auto");
    if (helper_run(arguments, environ, error) == 0)
        return 0;
    explain_helper(kind, error);
    return -1;
}

static int set_groups_rule(const struct namespaces *namespaces, pid_t pid, struct error *error)
{
    enum setgroups rule = namespaces->setgroups;
    int result;

    if (rule == SETGROUPS_DEFAULT) {
        if (namespaces->map_auto || (namespaces->groups == NULL && !namespaces->map_root) ||
            geteuid() == 0)
            return 0;
        /* Without it an ordinary user may not write a gid_map. */
        rule = SETGROUPS_DENY;
    }
    result = write_file(pid, "setgroups", rule == SETGROUPS_DENY ? "deny" : "allow");
    errno = -result;
    return result < 0 ? error_failed(error, "--setgroups") : 0;
}

/* The map that was asked for, or else the one by which root is `own`. */
static int map(const struct kind *kind, const struct namespaces *namespaces,
               const struct id_map *asked, unsigned int own, pid_t pid, struct error *error)
{
    const struct id_range root = {0, own, 1};

    if (namespaces->map_auto)
        return map_auto(kind, namespaces, own, pid, error);
    if (asked != NULL)
        return write_map(kind, namespaces, asked->ranges, asked->count, pid, error);
    return namespaces->map_root ? write_map(kind, namespaces, &root, 1, pid, error) : 0;
}

int idmap_map(const struct namespaces *namespaces, pid_t pid, struct error *error)
{
    if (set_groups_rule(namespaces, pid, error) < 0 ||
        map(&users_kind, namespaces, namespaces->users, geteuid(), pid, error) < 0)
        return -1;
    return map(&groups_kind, namespaces, namespaces->groups, getegid(), pid, error);
}

/*
 * A process that stayed unmapped would be to all files who it was outside, root perhaps. No
 * capability gets lost by the change: it is leaving root inside that does that (capabilities(7)),
 * and that is done only where root is not mapped.
 */
static int become(const struct kind *kind, unsigned int id, struct error *error)
{
    if (syscall(kind->call, id, id, id) == 0)
        return 0;
    error_subject(error, "%s", kind->option);
    return error_reason(error, ERROR_FAILED, "become %u in the user namespace: %m", id);
}

/* It fails where setgroups is denied. */
static void leave_groups(void)
{
    (void)syscall(CALL_SETGROUPS, 0UL, NULL);
}

/* Root where it is mapped, else the first id of the map. */
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

    leave_groups();
    if ((maps_root || groups != NULL) && become(&groups_kind, first_id(groups), error) < 0)
        return -1;
    return maps_root || users != NULL ? become(&users_kind, first_id(users), error) : 0;
}

/* The outside of the first id of a map; false where there is no map. */
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

/* The first one as the kernel tells it. 1, or 0 if none is mapped, or a negative errno. */
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

static int become_entered(const struct kind *kind, struct error *error)
{
    unsigned int id = 0;
    int result;

    if (syscall(kind->call, 0UL, 0UL, 0UL) == 0)
        return 0;
    result = read_first_id(kind->file, &id);
    if (result > 0)
        return become(kind, id, error);
    /* Without a map there is nobody to be. */
    if (result == 0)
        return 0;
    errno = -result;
    error_hint(error, "mount -t proc proc /proc");
    return error_failed(error, "--enter user: root is not mapped: /proc/self/%s", kind->file);
}

int idmap_set_joined_ids(struct error *error)
{
    leave_groups();
    return become_entered(&groups_kind, error) < 0 ? -1 : become_entered(&users_kind, error);
}
