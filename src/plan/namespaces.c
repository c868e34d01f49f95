/*
 * namespaces.c - the namespaces of a service
 */
#include "plan/namespaces.h"

#include <limits.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "util/keywords.h"
#include "util/parse.h"

const char *netns_name_of(const char *source)
{
    static const char prefix[] = "netns:";

    return strncmp(source, prefix, sizeof prefix - 1) == 0 ? source + sizeof prefix - 1 : NULL;
}

bool netns_is_name(const char *name)
{
    size_t length = strlen(name);

    return length > 0 && length <= NAME_MAX && strchr(name, '/') == NULL &&
           strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
}

const char enter_names[ENTER_COUNT][12] = {"root", "dir", "env", "privileges"};

bool entered_pid_parse(struct entered_pid *process, const char *source)
{
    uint64_t pid;

    if (parse_digits(&source, INT_MAX, &pid) < 0)
        return false;
    process->pid = (int)pid;
    process->kind = *source;
    return *source == '\0' || ((*source == ':' || *source == '/') &&
                               parse_large_number(source + 1, UINT64_MAX, &process->number) == 0);
}

bool namespaces_entered_pid(const struct namespaces *namespaces, struct entered_pid *process)
{
    for (size_t i = 0; i < namespaces->join_count; i++)
        if (entered_pid_parse(process, namespaces->joins[i].source))
            return true;
    return false;
}

int id_range_parse(struct id_range *range, const char *text, struct error *error)
{
    const char *rest = text;
    uint64_t numbers[3] = {0};
    bool valid = true;

    for (int i = 0; i < 3 && valid; i++)
        valid = parse_digits(&rest, UINT_MAX, &numbers[i]) == 0 && *rest++ == "::"[i];
    *range = (struct id_range){(unsigned int)numbers[0], (unsigned int)numbers[1],
                               (unsigned int)numbers[2]};
    if (valid && range->count > 0)
        return 0;
    return error_invalid(error, text, "range", "use IN:OUT:COUNT, e.g. 0:100000:65536");
}

int id_map_append(struct id_map *map, struct id_range range, struct error *error)
{
    if (map->count == ID_RANGES)
        return error_reason(error, ERROR_USAGE, "more than %d ranges", ID_RANGES);
    map->ranges[map->count++] = range;
    return 0;
}

int id_map_add(struct id_map **map, const char *text, struct error *error)
{
    struct id_range range = {0};

    if (id_range_parse(&range, text, error) < 0)
        return -1;
    if (*map == NULL)
        *map = calloc(1, sizeof **map);
    if (*map == NULL)
        return error_reason(error, ERROR_FAILED, "%m");
    return id_map_append(*map, range, error);
}

/* Add the range of one word to the maps that it is for. 0, or -1 with the reason filled in. */
static int add_idmap_range(struct idmap_lines *lines, const char *word, struct error *error)
{
    struct id_range range = {0};
    char kind = 'b';

    if (word[0] != '\0' && word[1] == ':' && strchr("bug", word[0]) != NULL) {
        kind = word[0];
        word += 2;
    }
    if (id_range_parse(&range, word, error) < 0)
        return -1;
    for (int i = 0; i < 2; i++)
        if (kind != "gu"[i])
            strbuf_format(&lines->maps[i], "%u %u %u\n", range.inside, range.outside, range.count);
    return 0;
}

int idmap_read(struct idmap_lines *lines, const char *ranges, struct error *error)
{
    for (int i = 0; i < 2; i++)
        /* cppcheck-suppress uninitvar ; the text's address is taken alone. */
        lines->maps[i] = strbuf_in(lines->text[i], sizeof lines->text[i]);
    while (*ranges != '\0') {
        char word[40]; /* longer than any range */
        size_t length = parse_word(ranges, " ", word, sizeof word);

        if (add_idmap_range(lines, word, error) < 0)
            return -1;
        ranges += length + (ranges[length] == ' ');
    }
    for (int i = 0; i < 2; i++)
        /* The kernel takes no empty map. */
        if (lines->maps[i].length == 0 || lines->maps[i].length == lines->maps[i].size - 1)
            return error_reason(error, ERROR_USAGE, "idmap has %s for %s",
                                lines->maps[i].length == 0 ? "no range" : "too many ranges",
                                i == 0 ? "users" : "groups");
    return 0;
}

int idmap_check(const char *ranges, struct error *error)
{
    struct idmap_lines lines;

    return ranges[0] == '\0' ? 0 : idmap_read(&lines, ranges, error);
}

void namespaces_free(struct namespaces *namespaces)
{
    for (size_t i = 0; i < namespaces->filesystem.mount_count; i++)
        mount_free(&namespaces->filesystem.mounts[i]);
    free(namespaces->filesystem.mounts);
    free(namespaces->veths);
    free(namespaces->published);
    free(namespaces->egresses);
    free(namespaces->sysctls);
    free(namespaces->joins);
    free(namespaces->users);
    free(namespaces->groups);
}

ns_set namespaces_entered(const struct namespaces *namespaces)
{
    ns_set set = 0;

    for (size_t i = 0; i < namespaces->join_count; i++)
        set |= namespaces->joins[i].types;
    return set;
}

bool namespaces_has_inner_init(const struct namespaces *namespaces)
{
    return ns_set_has(namespaces->unshared, NAMESPACE_PID) && !namespaces->as_pid_1;
}

/* The last --mount at /proc, or NULL. */
static const struct mount *mount_at_proc(const struct namespaces *namespaces)
{
    const struct filesystem *filesystem = &namespaces->filesystem;

    for (size_t i = filesystem->mount_count; i-- > 0;)
        if (mount_place_of(&filesystem->mounts[i], "/proc") == MOUNT_AT)
            return &filesystem->mounts[i];
    return NULL;
}

const char *namespaces_fresh_proc(const struct namespaces *namespaces)
{
    const ns_set both = 1U << NAMESPACE_PID | 1U << NAMESPACE_MNT;

    if (namespaces->filesystem.proc != NULL)
        return namespaces->filesystem.proc;
    if ((namespaces->unshared & both) != both || namespaces->no_fresh_proc ||
        mount_at_proc(namespaces) != NULL)
        return NULL;
    /* The old /proc shows the processes of another PID namespace. */
    return "/proc";
}

bool namespaces_has_fresh_proc(const struct namespaces *namespaces)
{
    const struct mount *mount = mount_at_proc(namespaces);

    return namespaces_fresh_proc(namespaces) != NULL ||
           (mount != NULL && mount->type == MOUNT_PROC);
}

bool namespaces_has_device(const struct namespaces *namespaces, bool is_pair)
{
    for (size_t i = 0; i < namespaces->veth_count; i++)
        if ((namespaces->veths[i].kind == DEVICE_PAIR) == is_pair)
            return true;
    return false;
}

bool namespaces_is_needed(const struct namespaces *namespaces)
{
    return namespaces->unshared != 0 || namespaces->join_count > 0;
}

static int excludes(const char *one, const char *other, struct error *error)
{
    error_subject(error, "%s", one);
    return error_reason(error, ERROR_USAGE, "excludes %s", other);
}

/*
 * The kernel accepts a map once, so two options that fill one map exclude each other. If only one
 * of the two maps were given, the other IDs would stay unmapped.
 */
static int check_maps(const struct namespaces *namespaces, struct error *error)
{
    const struct id_map *map = namespaces->users != NULL ? namespaces->users : namespaces->groups;
    const struct id_range *range;

    const char *option = namespaces->has_map        ? "--map"
                         : map == namespaces->users ? "--map-users"
                                                    : "--map-groups";
    bool maps_caller = namespaces->map_root || namespaces->map_current;

    if (namespaces->map_root && namespaces->map_current)
        return excludes("--map-root-user", "--map-current-user", error);
    if (namespaces->map_root && namespaces->map_auto)
        return excludes("--map-root-user", "--map-auto", error);
    if (namespaces->map_auto && map != NULL)
        return excludes("--map-auto", option, error);
    if (maps_caller && namespaces->users != NULL)
        return excludes(namespaces->map_root ? "--map-root-user" : "--map-current-user", option,
                        error);

    if ((namespaces->users != NULL) == (namespaces->groups != NULL) || namespaces->map_auto ||
        maps_caller)
        return 0;
    range = &map->ranges[0];
    error_subject(error, "%s", option);
    error_hint(error, "--map-users %u:%u:%u --map-groups %u:%u:%u", range->inside, range->outside,
               range->count, range->inside, range->outside, range->count);
    return error_reason(error, ERROR_USAGE, "leaves the %s unmapped",
                        map == namespaces->users ? "groups" : "users");
}

static int needs_new(const char *option, enum ns_type type, struct error *error)
{
    error_subject(error, "%s", option);
    return error_reason(error, ERROR_USAGE, "needs a new %s namespace: add --unshare %s",
                        ns_types[type].name, ns_types[type].name);
}

static bool has_mount(const struct filesystem *filesystem, enum mount_type type)
{
    for (size_t i = filesystem->mounts != NULL ? filesystem->mount_count : 0; i > 0; i--)
        if (filesystem->mounts[i - 1].type == type)
            return true;
    return false;
}

/* An option about a namespace needs a new one of its type; for some an entered one will do. */
struct need {
    const char *option;
    unsigned short offset; /* of a member of struct namespaces, which is 0 without the option */
    unsigned char size;
    unsigned char type; /* of enum ns_type */
    bool may_be_entered;
};

#define MEMBER(name) \
    offsetof(struct namespaces, name), sizeof(((const struct namespaces *)NULL)->name)

/* NOLINTBEGIN(bugprone-sizeof-expression): of a pointer the size itself is meant. */
static const struct need needs[] = {
    {"--hostname", MEMBER(hostname), NAMESPACE_UTS, true},
    {"--domainname", MEMBER(domainname), NAMESPACE_UTS, true},
    {"--mount", MEMBER(filesystem.mounts), NAMESPACE_MNT, false},
    {"--read-only", MEMBER(filesystem.read_only), NAMESPACE_MNT, false},
    {"--propagation", MEMBER(has_propagation), NAMESPACE_MNT, false},
    {"--mount-proc", MEMBER(filesystem.proc), NAMESPACE_MNT, false},
    {"--mask-proc", MEMBER(mask_proc), NAMESPACE_MNT, false},
    {"--network", MEMBER(uses_pasta), NAMESPACE_NET, false},
    {"--publish", MEMBER(published), NAMESPACE_NET, false},
    {"--egress", MEMBER(restricts_egress), NAMESPACE_NET, false},
    {"--no-loopback", MEMBER(no_loopback), NAMESPACE_NET, false},
    {"--as-pid-1", MEMBER(as_pid_1), NAMESPACE_PID, false},
    {"--map-root-user", MEMBER(map_root), NAMESPACE_USER, false},
    {"--map-current-user", MEMBER(map_current), NAMESPACE_USER, false},
    {"--map", MEMBER(has_map), NAMESPACE_USER, false},
    {"--map-users", MEMBER(users), NAMESPACE_USER, false},
    {"--map-groups", MEMBER(groups), NAMESPACE_USER, false},
    {"--map-auto", MEMBER(map_auto), NAMESPACE_USER, false},
    {"--setgroups", MEMBER(setgroups), NAMESPACE_USER, false},
    {"--monotonic", MEMBER(has_monotonic), NAMESPACE_TIME, false},
    {"--boottime", MEMBER(has_boottime), NAMESPACE_TIME, false},
};
/* NOLINTEND(bugprone-sizeof-expression) */

static bool is_given(const struct need *need, const struct namespaces *plan)
{
    const unsigned char *member = (const unsigned char *)plan + need->offset;

    for (size_t i = 0; i < need->size; i++)
        if (member[i] != 0)
            return true;
    return false;
}

/* The options that more than one member, or one of several elements, tells. */
static int check_other_needs(const struct namespaces *plan, struct error *error)
{
    const struct filesystem *filesystem = &plan->filesystem;

    if (filesystem->root != NULL && !ns_set_has(plan->unshared, NAMESPACE_MNT))
        return needs_new(root_options[filesystem->root_kind], NAMESPACE_MNT, error);
    /* In the initial one it would change options of the machine's cgroup2. */
    if (has_mount(filesystem, MOUNT_CGROUP2) &&
        !ns_set_has(plan->unshared | namespaces_entered(plan), NAMESPACE_CGROUP))
        return needs_new("--mount type=cgroup2", NAMESPACE_CGROUP, error);
    if (plan->veth_count > 0 && !ns_set_has(plan->unshared, NAMESPACE_NET))
        return needs_new(namespaces_has_device(plan, true) ? "--veth" : "--netdev", NAMESPACE_NET,
                         error);
    for (size_t i = 0; i < plan->sysctl_count; i++)
        if (!ns_set_has(plan->unshared, plan->sysctls[i].type))
            return needs_new("--sysctl", plan->sysctls[i].type, error);
    return 0;
}

static int check_needs(const struct namespaces *plan, struct error *error)
{
    const ns_set new_or_entered = plan->unshared | namespaces_entered(plan);

    for (const struct need *need = needs; need < needs + sizeof needs / sizeof needs[0]; need++)
        if (is_given(need, plan) &&
            !ns_set_has(need->may_be_entered ? new_or_entered : plan->unshared, need->type))
            return needs_new(need->option, (enum ns_type)need->type, error);
    return check_other_needs(plan, error);
}

static int check_entered(const struct namespaces *namespaces, struct error *error)
{
    struct entered_pid process;

    for (int what = 0; what < ENTER_COUNT; what++)
        if (namespaces->enters[what] && !namespaces_entered_pid(namespaces, &process)) {
            error_subject(error, "--enter-%s", enter_names[what]);
            return error_reason(error, ERROR_USAGE, "needs a process: add --enter LIST=PID");
        }
    return 0;
}

static int check_root(const struct filesystem *filesystem, struct error *error)
{
    if ((filesystem->root_idmap == NULL && filesystem->overlay == NULL) ||
        (filesystem->root != NULL && filesystem->root_kind != ROOT_TMPFS))
        return 0;
    error_subject(error, filesystem->root_idmap != NULL ? "--root-idmap" : "--overlay");
    return error_reason(error, ERROR_USAGE, "needs --root");
}

static bool has_pair_address(const struct namespaces *namespaces)
{
    for (size_t i = 0; i < namespaces->veth_count; i++)
        if (namespaces->veths[i].kind == DEVICE_PAIR &&
            namespaces->veths[i].inner.address_count > 0)
            return true;
    return false;
}

int namespaces_check(const struct namespaces *namespaces, struct error *error)
{
    if (check_needs(namespaces, error) < 0 || check_maps(namespaces, error) < 0 ||
        check_entered(namespaces, error) < 0 || check_root(&namespaces->filesystem, error) < 0)
        return -1;
    /* See mount/content_private.h. */
    if (has_mount(&namespaces->filesystem, MOUNT_FILE) && namespaces->filesystem.root == NULL &&
        namespaces->filesystem.propagation >= PROPAGATION_SHARED) {
        error_subject(error, "--mount type=file");
        return error_reason(error, ERROR_USAGE, "needs --propagation private or slave, or --root");
    }
    if (namespaces->mask_proc == MASK_PROC_YES && !namespaces_has_fresh_proc(namespaces)) {
        error_subject(error, "--mask-proc");
        return error_reason(error, ERROR_USAGE,
                            "needs a fresh proc: add --unshare pid,mnt or --mount-proc");
    }
    if (namespaces->published != NULL && !namespaces->uses_pasta && !has_pair_address(namespaces)) {
        error_subject(error, "--publish");
        return error_reason(error, ERROR_USAGE, "needs --network pasta, or --veth with an address");
    }
    if (namespaces->hook_created != NULL && !namespaces_is_needed(namespaces)) {
        error_subject(error, "--hook-created");
        return error_reason(error, ERROR_USAGE, "needs --unshare or --enter");
    }
    return 0;
}
