/*
 * set_namespaces.c - options for the namespaces that a service lives in
 */
#include <limits.h>
#include <string.h>

#include "options/arena_private.h"
#include "options/setter_private.h"
#include "options/values_private.h"
#include "util/keywords.h"
#include "util/parse.h"
#include "util/strbuf.h"

enum { UTS_NAME_MAX = 64 };

/* ip-netns(8) takes no other name; one with a slash would be the path of something else. */
static int check_netns(const char *source, struct error *error)
{
    const char *name = netns_name_of(source);

    if (name == NULL || netns_is_name(name))
        return 0;
    return error_invalid(error, source, "network namespace", "use netns:NAME");
}

/*
 * The path that keeps a namespace: the value, or the path of netns:NAME. NULL with the reason
 * filled in.
 */
static const char *path_to_keep_at(struct invocation *invocation, ns_set set, const char *source,
                                   struct error *error)
{
    const char *name = netns_name_of(source);
    char *path;
    size_t size;

    if (name == NULL)
        return source;
    if (!ns_set_has(set, NAMESPACE_NET)) {
        error_reason(error, ERROR_USAGE, "'%s' is a network namespace: use net=%s", source, source);
        return NULL;
    }
    if (check_netns(source, error) < 0)
        return NULL;
    size = sizeof NETNS_DIRECTORY "/" + strlen(name);
    path = arena_allocate(invocation, size, error);
    if (path != NULL)
        strbuf_set(path, size, NETNS_DIRECTORY "/%s", name);
    return path;
}

/* Keep the namespace of the set's only type at the path, which is the end of the value. */
static int keep_at(struct invocation *invocation, ns_set set, const char *path, struct error *error)
{
    struct namespaces *namespaces = &invocation->current->namespaces;
    int type = __builtin_ctz(set);

    if ((set & (set - 1)) != 0)
        return error_reason(error, ERROR_USAGE, "'all' can't be kept at one path");
    /* The plan points to the path in the argument, where a comma would have to become its end. */
    if (strchr(path, ',') != NULL)
        return error_reason(error, ERROR_USAGE, "TYPE=PATH must come last: repeat --unshare");
    path = path_to_keep_at(invocation, set, path, error);
    if (path == NULL)
        return -1;
    if (namespaces->kept_at == NULL)
        namespaces->kept_at =
            arena_allocate(invocation, NAMESPACE_COUNT * sizeof namespaces->kept_at[0], error);
    if (namespaces->kept_at == NULL)
        return -1;
    if (namespaces->kept_at[type] != NULL)
        return error_reason(error, ERROR_USAGE, "%s is kept at two paths", ns_types[type].name);
    namespaces->kept_at[type] = path;
    return 0;
}

/*
 * A list of types, the last of which may be TYPE=PATH. An empty list or word is an error: with
 * --unshare "$UNSET" a program would run without isolation.
 */
static int set_unshare(struct invocation *invocation, const char *value, struct error *error)
{
    for (;;) {
        size_t length = strcspn(value, ",");
        char name[32];
        const char *end = value + parse_word(value, ",=", name, sizeof name);
        ns_set set = 0;

        if (ns_set_parse(&set, name, error) < 0)
            return -1;
        invocation->current->namespaces.unshared |= set;
        if (*end == '=' && keep_at(invocation, set, end + 1, error) < 0)
            return -1;
        if (value[length] == '\0')
            return 0;
        value += length + 1;
    }
}

static int set_enter(struct service *service, const char *value, struct error *error)
{
    struct namespaces *namespaces = &service->namespaces;
    struct ns_join join = {0};
    struct ns_join *joins;
    ns_set twice;
    char list[80];
    size_t length = parse_word(value, "=", list, sizeof list);

    if (value[length] == '\0' || value[length + 1] == '\0' || length >= sizeof list)
        return error_invalid(error, value, "value",
                             "use LIST=SOURCE, e.g. net,uts=1234 or net=netns:NAME");
    join.source = value + length + 1;
    if (netns_name_of(join.source) != NULL)
        namespaces->filesystem.netns = netns_name_of(join.source);
    if (check_netns(join.source, error) < 0 || ns_set_parse(&join.types, list, error) < 0)
        return -1;
    join.all = list_has(list, "all");
    twice = join.types & namespaces_entered(namespaces);
    if (twice != 0)
        return error_reason(error, ERROR_USAGE, "%s is entered twice",
                            ns_types[__builtin_ctz(twice)].name);
    joins = array_grow(namespaces->joins, namespaces->join_count, sizeof *joins, error);
    if (joins == NULL)
        return -1;
    namespaces->joins = joins;
    joins[namespaces->join_count++] = join;
    return 0;
}

static int set_map(struct service *service, const char *value, struct error *error)
{
    struct namespaces *namespaces = &service->namespaces;

    namespaces->has_map = true;
    return id_map_add(&namespaces->users, value, error) < 0
               ? -1
               : id_map_add(&namespaces->groups, value, error);
}

static int set_map_users(struct service *service, const char *value, struct error *error)
{
    return id_map_add(&service->namespaces.users, value, error);
}

static int set_map_groups(struct service *service, const char *value, struct error *error)
{
    return id_map_add(&service->namespaces.groups, value, error);
}

static int set_setgroups(struct service *service, const char *value, struct error *error)
{
    static const char *const words[] = {"allow", "deny"};
    static const struct keywords names = {KEYWORDS_IN(words), .exact = true, .kind = "value"};
    int row = keywords_find(&names, value, error);

    if (row < 0)
        return -1;
    service->namespaces.setgroups = row == 0 ? SETGROUPS_ALLOW : SETGROUPS_DENY;
    return 0;
}

static int set_hostname(const char **hostname, const char *value, struct error *error)
{
    if (value[0] == '\0' || strlen(value) > UTS_NAME_MAX)
        return error_invalid(error, value, "host name", "use 1 to 64 bytes");
    *hostname = value;
    return 0;
}

static int set_domainname(const char **domainname, const char *value, struct error *error)
{
    if (strlen(value) > UTS_NAME_MAX)
        return error_invalid(error, value, "domain name", "use at most 64 bytes");
    *domainname = value;
    return 0;
}

/* The kernel's own limit is half of what 64 bits of nanoseconds hold: time_namespaces(7). */
static int set_offset(int *seconds, bool *is_given, const char *value, struct error *error)
{
    *is_given = true;
    return set_number(seconds, value, -INT_MAX, INT_MAX, "number of seconds", "use e.g. 60 or -60",
                      error);
}

static int set_monotonic(struct service *service, const char *value, struct error *error)
{
    struct namespaces *namespaces = &service->namespaces;

    return set_offset(&namespaces->monotonic, &namespaces->has_monotonic, value, error);
}

static int set_boottime(struct service *service, const char *value, struct error *error)
{
    struct namespaces *namespaces = &service->namespaces;

    return set_offset(&namespaces->boottime, &namespaces->has_boottime, value, error);
}

static const struct option rows[] = {
    {
        .name = "unshare",
        .argument = "LIST",
        .repeatable = true,
        .valid = ON_COMMAND_LINE | IN_POD | IN_SERVICE,
        .help = "Create namespaces: user,mnt,pid,net,uts,ipc,cgroup,time or all; TYPE=PATH or "
                "net=netns:NAME keeps a namespace",
        .set = SET_INVOCATION(set_unshare),
    },
    {
        .name = "enter",
        .argument = "LIST=SOURCE",
        .repeatable = true,
        .valid = ON_COMMAND_LINE | IN_POD | IN_SERVICE,
        .help = "Join the namespaces of a PID, a path or netns:NAME, each type once",
        .set = SET_SERVICE(set_enter),
    },
    {
        .name = "enter-root",
        .valid = ON_COMMAND_LINE | IN_SERVICE,
        .help = "Change to the root directory of the entered process",
        .set = SET_FLAG(service, namespaces.enters[ENTER_ROOT]),
    },
    {
        .name = "enter-dir",
        .valid = ON_COMMAND_LINE | IN_SERVICE,
        .help = "Change to the working directory of the entered process",
        .set = SET_FLAG(service, namespaces.enters[ENTER_DIRECTORY]),
    },
    {
        .name = "enter-env",
        .valid = ON_COMMAND_LINE | IN_SERVICE,
        .help = "Give the program the environment of the entered process",
        .set = SET_FLAG(service, namespaces.enters[ENTER_ENVIRONMENT]),
    },
    {
        .name = "enter-privileges",
        .valid = ON_COMMAND_LINE | IN_SERVICE,
        .help = "Drop the capabilities and groups that the entered process lacks",
        .set = SET_FLAG(service, namespaces.enters[ENTER_PRIVILEGES]),
    },
    {
        .name = "as-pid-1",
        .valid = ON_COMMAND_LINE | IN_SERVICE,
        .help = "Make the program itself PID 1 of its new PID namespace",
        .set = SET_FLAG(service, namespaces.as_pid_1),
    },
    {
        .name = "map-root-user",
        .valid = ON_COMMAND_LINE | IN_POD | IN_SERVICE,
        .help = "Map root of the new user namespace to the caller",
        .set = SET_FLAG(service, namespaces.map_root),
    },
    {
        .name = "map-current-user",
        .valid = ON_COMMAND_LINE | IN_POD | IN_SERVICE,
        .help = "Map the caller to its own IDs in the new user namespace",
        .set = SET_FLAG(service, namespaces.map_current),
    },
    {
        .name = "map",
        .argument = "IN:OUT:COUNT",
        .repeatable = true,
        .valid = ON_COMMAND_LINE | IN_POD | IN_SERVICE,
        .help = "Map a range of users and groups of the new user namespace",
        .set = SET_SERVICE(set_map),
    },
    {
        .name = "map-users",
        .argument = "IN:OUT:COUNT",
        .repeatable = true,
        .valid = ON_COMMAND_LINE | IN_POD | IN_SERVICE,
        .help = "Map a range of users of the new user namespace",
        .set = SET_SERVICE(set_map_users),
    },
    {
        .name = "map-groups",
        .argument = "IN:OUT:COUNT",
        .repeatable = true,
        .valid = ON_COMMAND_LINE | IN_POD | IN_SERVICE,
        .help = "Map a range of groups of the new user namespace",
        .set = SET_SERVICE(set_map_groups),
    },
    {
        .name = "map-auto",
        .valid = ON_COMMAND_LINE | IN_POD | IN_SERVICE,
        .help = "Map root to the caller, and other IDs by /etc/subuid and /etc/subgid",
        .set = SET_FLAG(service, namespaces.map_auto),
    },
    {
        .name = "setgroups",
        .argument = "allow|deny",
        .valid = ON_COMMAND_LINE | IN_POD | IN_SERVICE,
        .help = "Allow or deny setgroups(2) in the new user namespace",
        .set = SET_SERVICE(set_setgroups),
    },
    {
        .name = "hostname",
        .argument = "NAME",
        .valid = ON_COMMAND_LINE | IN_POD | IN_SERVICE,
        .help = "Set the host name of a new or joined UTS namespace",
        .set = SET_TEXT(service, namespaces.hostname, set_hostname),
    },
    {
        .name = "domainname",
        .argument = "NAME",
        .valid = ON_COMMAND_LINE | IN_POD | IN_SERVICE,
        .help = "Set the NIS domain name of a new or joined UTS namespace",
        .set = SET_TEXT(service, namespaces.domainname, set_domainname),
    },
    {
        .name = "monotonic",
        .argument = "SECONDS",
        .valid = ON_COMMAND_LINE | IN_POD | IN_SERVICE,
        .help = "Move the monotonic clock of the new time namespace [seconds]",
        .set = SET_SERVICE(set_monotonic),
    },
    {
        .name = "boottime",
        .argument = "SECONDS",
        .valid = ON_COMMAND_LINE | IN_POD | IN_SERVICE,
        .help = "Move the boot-time clock of the new time namespace, which uptime shows [seconds]",
        .set = SET_SERVICE(set_boottime),
    },
    {
        .name = "hook-created",
        .argument = "COMMAND",
        .valid = ON_COMMAND_LINE | IN_POD | IN_SERVICE,
        .help = "Run COMMAND outside the new namespaces, before the program starts",
        .set = SET_TEXT(service, namespaces.hook_created, set_text),
    },
};

const struct option_group namespaces_options = OPTION_GROUP("Namespaces", rows);
