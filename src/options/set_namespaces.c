/*
 * set_namespaces.c - setters of the options that tell where the program lives
 */
#include <limits.h>
#include <string.h>

#include "options/setters_private.h"
#include "util/keywords.h"
#include "util/parse.h"
#include "util/strbuf.h"

/* What ip-netns(8) does not take as a name would be the path of something else. */
static const char *check_netns(const char *source, struct error *error)
{
    const char *name = netns_name_of(source);

    return name == NULL || netns_is_name(name)
               ? NULL
               : told(error_reason(error, ERROR_USAGE,
                                   "'%s' is no name of a network namespace: netns:NAME", source));
}

/* A path as it is, or that of netns:NAME. NULL with the reason filled in. */
static const char *place_to_keep(struct invocation *invocation, ns_set set, const char *source,
                                 struct error *error)
{
    const char *name = netns_name_of(source);
    char *path;
    size_t size;

    if (name == NULL)
        return source;
    if (!ns_set_has(set, NAMESPACE_NET)) {
        error_reason(error, ERROR_USAGE, "'%s' names a network namespace: net=%s", source, source);
        return NULL;
    }
    if (check_netns(source, error) != NULL)
        return NULL;
    size = sizeof NETNS_DIRECTORY "/" + strlen(name);
    path = invocation_keep(invocation, size, error);
    if (path != NULL)
        strbuf_set(path, size, NETNS_DIRECTORY "/%s", name);
    return path;
}

/* Keep the namespace of the set's only type at the path, which is the end of the value. */
static int keep_at(struct invocation *invocation, ns_set set, const char *path, struct error *error)
{
    struct namespaces *namespaces = &invocation->current->namespaces;

    if ((set & (set - 1)) != 0)
        return error_reason(error, ERROR_USAGE, "'all' can't be kept at one path");
    /* The words of the command line live as long as we do; the next comma ends the path. */
    if (strchr(path, ',') != NULL)
        return error_reason(error, ERROR_USAGE,
                            "a TYPE=PATH stands last or alone: repeat --unshare");
    path = place_to_keep(invocation, set, path, error);
    if (path == NULL)
        return -1;
    if (namespaces->kept_at == NULL)
        namespaces->kept_at =
            invocation_keep(invocation, NAMESPACE_COUNT * sizeof namespaces->kept_at[0], error);
    if (namespaces->kept_at == NULL)
        return -1;
    if (namespaces->kept_at[__builtin_ctz(set)] != NULL)
        return error_reason(error, ERROR_USAGE, "%s is kept at two paths",
                            ns_types[__builtin_ctz(set)].name);
    namespaces->kept_at[__builtin_ctz(set)] = path;
    return 0;
}

/*
 * pid,net,mnt or all; a type may be followed by =PATH, and the path ends at the next comma. An
 * empty list, or an empty word in it, is an error: who isolates by a variable that is not set would
 * run without isolation.
 */
const char *set_unshare(void *field, const char *value, struct error *error)
{
    struct invocation *invocation = field;
    struct namespaces *namespaces = &invocation->current->namespaces;

    for (;;) {
        size_t length = strcspn(value, ",");
        char name[32];
        const char *end = value + parse_word(value, ",=", name, sizeof name);
        ns_set set = 0;

        if (ns_set_parse(&set, name, error) < 0)
            return "";
        namespaces->unshared |= set;
        if (*end == '=' && keep_at(invocation, set, end + 1, error) < 0)
            return "";
        if (value[length] == '\0')
            return NULL;
        value += length + 1;
    }
}

/* The types of all entrances so far. */
static ns_set entered_types(const struct namespaces *namespaces)
{
    ns_set set = 0;

    for (size_t i = 0; i < namespaces->entrance_count; i++)
        set |= namespaces->joins[i].types;
    return set;
}

const char *set_enter(void *field, const char *value, struct error *error)
{
    struct namespaces *namespaces = field;
    struct ns_join join = {0};
    struct ns_join *added;
    ns_set twice;
    char list[80];
    size_t length = parse_word(value, "=", list, sizeof list);

    if (value[length] == '\0' || value[length + 1] == '\0' || length >= sizeof list)
        return "not LIST=SOURCE, as in net,uts=1234 or net=netns:NAME";
    join.source = value + length + 1;
    if (check_netns(join.source, error) != NULL)
        return "";
    if (ns_set_parse(&join.types, list, error) < 0)
        return "";
    join.all = list_has(list, "all");
    twice = join.types & entered_types(namespaces);
    if (twice != 0)
        return told(error_reason(error, ERROR_USAGE, "%s is entered twice",
                                 ns_types[__builtin_ctz(twice)].name));
    added = array_add(&namespaces->joins, &namespaces->entrance_count, sizeof *added, error);
    if (added == NULL)
        return "";
    *added = join;
    return NULL;
}

const char *set_map(void *field, const char *value, struct error *error)
{
    return told(id_map_add(field, value, error));
}

const char *set_setgroups(void *field, const char *value, struct error *error)
{
    static const char *const words[] = {"allow", "deny"};
    static const struct keywords names = {KEYWORDS_IN(words), .exact = true, .kind = "value",
                                          .choices = "allow or deny"};
    enum setgroups *setgroups = field;
    int row = keywords_find(&names, value, error);

    if (row < 0)
        return "";
    *setgroups = (enum setgroups)(SETGROUPS_ALLOW + row);
    return NULL;
}

const char *set_hostname(void *field, const char *value, struct error *error)
{
    return value[0] != '\0' && strlen(value) <= 64 ? set_text(field, value, error)
                                                   : "no name of 1 to 64 bytes";
}

const char *set_domainname(void *field, const char *value, struct error *error)
{
    return strlen(value) <= 64 ? set_text(field, value, error) : "longer than 64 bytes";
}

const char *set_mount(void *field, const char *value, struct error *error)
{
    struct filesystem *filesystem = field;
    struct mount *mount =
        array_add(&filesystem->mounts, &filesystem->mount_count, sizeof *mount, error);

    return mount != NULL ? told(mount_parse(mount, value, error)) : "";
}

const char *set_root(void *field, const char *value, struct error *error)
{
    return value[0] != '\0' ? set_text(field, value, error)
                            : told(error_reason(error, ERROR_USAGE, "names no directory"));
}

const char *set_propagation(void *field, const char *value, struct error *error)
{
    static const struct keywords names = {KEYWORDS_IN(propagation_names), .exact = true,
                                          .kind = "propagation",
                                          .choices = "private, slave, shared or unchanged"};
    struct namespaces *namespaces = field;
    int row = keywords_find(&names, value, error);

    if (row < 0)
        return "";
    namespaces->has_propagation = true;
    namespaces->filesystem.propagation = (enum propagation)row;
    return NULL;
}

/* Alone, or with yes, it is /proc; no; or a directory. */
const char *set_mount_proc(void *field, const char *value, struct error *error)
{
    struct namespaces *namespaces = field;
    bool flag;

    if (value != NULL && value[0] == '/') {
        namespaces->filesystem.proc = value;
        return NULL;
    }
    if (set_flag(&flag, value, error) != NULL)
        return "neither an absolute path nor 'no'";
    namespaces->no_fresh_proc = !flag;
    namespaces->filesystem.proc = flag ? "/proc" : NULL;
    return NULL;
}

const char *set_mask_proc(void *field, const char *value, struct error *error)
{
    enum mask_proc *mask = field;
    bool flag;
    const char *wrong = set_flag(&flag, value, error);

    if (wrong == NULL)
        *mask = flag ? MASK_PROC_YES : MASK_PROC_NO;
    return wrong;
}

const char *set_veth(void *field, const char *value, struct error *error)
{
    struct namespaces *namespaces = field;
    size_t index = namespaces->veth_count;
    struct veth *veth = array_add(&namespaces->veths, &namespaces->veth_count, sizeof *veth, error);

    return veth != NULL ? told(veth_parse(veth, value, index, error)) : "";
}

/*
 * Seconds, forward or back. The kernel's own limit is half of what 64 bits of nanoseconds hold:
 * time_namespaces(7).
 */
static const char *read_offset(const char *text, bool *given, int *seconds)
{
    *given = true;
    return parse_between(text, -INT_MAX, INT_MAX, seconds) == 0 ? NULL : "no number of seconds";
}

const char *set_monotonic(void *field, const char *value, struct error *error)
{
    struct namespaces *namespaces = field;

    (void)error;
    return read_offset(value, &namespaces->has_monotonic, &namespaces->monotonic);
}

const char *set_boottime(void *field, const char *value, struct error *error)
{
    struct namespaces *namespaces = field;

    (void)error;
    return read_offset(value, &namespaces->has_boottime, &namespaces->boottime);
}
