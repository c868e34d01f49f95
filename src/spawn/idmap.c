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

#include "linux/capabilities.h"
#include "linux/proc.h"
#include "linux/syscalls.h"
#include "spawn/helper_private.h"
#include "spawn/id_ranges_private.h"
#include "util/path_search.h"
#include "util/file.h"
#include "util/parse.h"
#include "util/strbuf.h"

/* One of the two maps. */
struct map_type {
    const char *option;
    const char *file;        /* of /proc/PID */
    const char *helper;      /* writes the map for an ordinary user */
    const char *sub_ids;     /* the ranges that users may map: subuid(5), subgid(5) */
    unsigned int capability; /* writes any map */
    long set_ids_call;       /* sets real, effective and saved ID */
};

static const struct map_type user_map = {"--map-users", "uid_map",  "newuidmap",
                                         "/etc/subuid", CAP_SETUID, CALL_SETRESUID};
static const struct map_type group_map = {"--map-groups", "gid_map",  "newgidmap",
                                          "/etc/subgid",  CAP_SETGID, CALL_SETRESGID};

/* ---- the plan of a map --------------------------------------------------------------------- */

static unsigned int own_id(const struct map_type *map)
{
    return map == &user_map ? geteuid() : getegid();
}

/* Whether nsinit may write any map itself. In a user namespace that it has joined, it may. */
static bool is_privileged(const struct map_type *map)
{
    return geteuid() == 0 || capability_is_effective(map->capability);
}

/* Whether newuidmap(1) has to write the map: the caller may map its own ID alone. */
static bool needs_helper(const struct map_type *map, const struct id_map *ids)
{
    bool is_caller_alone =
        ids->count == 1 && ids->ranges[0].count == 1 && ids->ranges[0].outside == own_id(map);

    return ids->count > 0 && !is_caller_alone && !is_privileged(map);
}

bool idmap_waits_for_helper(const struct namespaces *namespaces)
{
    return namespaces->map_auto ||
           (namespaces->users != NULL && needs_helper(&user_map, namespaces->users)) ||
           (namespaces->groups != NULL && needs_helper(&group_map, namespaces->groups));
}

static int plan_ids(const struct map_type *map, const struct namespaces *namespaces,
                    struct id_map *ids, struct error *error)
{
    const struct id_map *ranges = map == &user_map ? namespaces->users : namespaces->groups;
    unsigned int own = own_id(map);
    unsigned int inside = namespaces->map_current ? own : 0;

    if (namespaces->map_auto)
        return id_ranges_of_user(ids, own, inside, map == &group_map, error);
    if (ranges != NULL)
        *ids = *ranges;
    else
        *ids = (struct id_map){.ranges = {{inside, own, 1}},
                               .count = namespaces->map_root || namespaces->map_current};
    return 0;
}

/* ---- the files of a map -------------------------------------------------------------------- */

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

static void set_range_hint(const struct map_type *map, struct error *error)
{
    error_hint(error, "as an ordinary user, map only yourself by --map-root-user, or ranges of %s",
               map->sub_ids);
}

static int map_error(const struct map_type *map, int error_number, struct error *error)
{
    char *restricted = NULL;

    error_subject(error, "%s", map->option);
    if (file_read("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", &restricted, NULL) ==
            0 &&
        restricted[0] == '1' && geteuid() != 0)
        error_hint(error, "AppArmor restricts user namespaces: sysctl "
                          "kernel.apparmor_restrict_unprivileged_userns=0");
    else if (error_number == EPERM)
        set_range_hint(map, error);
    free(restricted);
    errno = error_number;
    return error_reason(error, ERROR_FAILED, "write %s: %m", map->file);
}

enum { MAP_FILE_SIZE = 2048 };

/* The content of a map file. */
static void print_ids(const struct id_map *ids, char content[MAP_FILE_SIZE])
{
    struct strbuf text = strbuf_in(content, MAP_FILE_SIZE);

    for (size_t i = 0; i < ids->count; i++)
        strbuf_format(&text, "%u %u %u\n", ids->ranges[i].inside, ids->ranges[i].outside,
                      ids->ranges[i].count);
}

static int write_map(const struct map_type *map, const struct namespaces *namespaces,
                     const struct id_map *ids, pid_t pid, struct error *error)
{
    char content[MAP_FILE_SIZE];
    int result;

    print_ids(ids, content);
    result = proc_write(pid, map->file, content);
    if (result < 0 && fails_for_setgroups(map, namespaces, -result))
        return setgroups_error(error);
    return result < 0 ? map_error(map, -result, error) : 0;
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
    else if (is_there)
        set_range_hint(map, error);
}

static int run_helper(const struct map_type *map, const struct id_map *ids, pid_t pid,
                      struct error *error)
{
    char numbers[MAP_FILE_SIZE];
    char number[12];
    const char *arguments[2 + 3 * ID_RANGES + 1] = {map->helper, number};
    size_t count = 2;

    strbuf_set(number, sizeof number, "%d", pid);
    print_ids(ids, numbers);
    for (char *word = numbers; *word != '\0';) {
        arguments[count++] = word;
        word += strcspn(word, " \n");
        *word++ = '\0';
    }
    if (helper_run(arguments, environ, error) == 0)
        return 0;
    set_helper_hint(map, error);
    return -1;
}

static int write_setgroups(const struct namespaces *namespaces, const struct id_map *groups,
                           pid_t pid, struct error *error)
{
    enum setgroups rule = namespaces->setgroups;
    int result;

    if (rule == SETGROUPS_DEFAULT) {
        if (groups->count == 0 || needs_helper(&group_map, groups) || is_privileged(&group_map))
            return 0;
        /* An ordinary user may write a gid_map only then. */
        rule = SETGROUPS_DENY;
    }
    result = proc_write(pid, "setgroups", rule == SETGROUPS_DENY ? "deny" : "allow");
    errno = -result;
    return result < 0 ? error_failed(error, "--setgroups") : 0;
}

static int write_ids(const struct map_type *map, const struct namespaces *namespaces,
                     struct id_map *ids, pid_t pid, struct error *error)
{
    if (ids->count == 0)
        return 0;
    error_subject(error, "%s",
                  namespaces->map_auto  ? "--map-auto"
                  : namespaces->has_map ? "--map"
                                        : map->option);
    if ((ids->count > 1 || ids->ranges[0].count > 1) && id_ranges_split(ids, map->file, error) < 0)
        return -1;
    return needs_helper(map, ids) ? run_helper(map, ids, pid, error)
                                  : write_map(map, namespaces, ids, pid, error);
}

int idmap_map(const struct namespaces *namespaces, pid_t pid, struct error *error)
{
    struct id_map users;
    struct id_map groups;

    if (plan_ids(&user_map, namespaces, &users, error) < 0 ||
        plan_ids(&group_map, namespaces, &groups, error) < 0 ||
        write_setgroups(namespaces, &groups, pid, error) < 0 ||
        write_ids(&user_map, namespaces, &users, pid, error) < 0)
        return -1;
    return write_ids(&group_map, namespaces, &groups, pid, error);
}

/* ---- the IDs of a process ------------------------------------------------------------------ */

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

int idmap_set_ids(const struct namespaces *namespaces, bool keeps_groups, struct error *error)
{
    /* The caller keeps its own IDs by --map-current-user. */
    bool maps_root = namespaces->map_root || (namespaces->map_auto && !namespaces->map_current);
    const struct id_map *users = namespaces->map_auto ? NULL : namespaces->users;
    const struct id_map *groups = namespaces->map_auto ? NULL : namespaces->groups;

    if (!keeps_groups)
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
    char *content = NULL;
    const char *digits;
    uint64_t number = 0;
    int result = id_ranges_read(file, &content);

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

int idmap_keep_joined_groups(struct error *error)
{
    return set_joined_ids(&group_map, error) < 0 ? -1 : set_joined_ids(&user_map, error);
}

int idmap_set_joined_ids(struct error *error)
{
    clear_groups();
    return idmap_keep_joined_groups(error);
}
