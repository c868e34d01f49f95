/*
 * namespaces.c - setters of the options that tell where the program lives
 */
#include <limits.h>
#include <string.h>

#include "options/setters.h"
#include "util/names.h"
#include "util/parse.h"

/* pid,net,mnt or all; a type may be followed by =PATH, and the path ends at the next comma. */
int set_unshare(void *field, const char *value, struct error *error)
{
    struct request *request = field;
    struct isolation *isolation = &request->current->isolation;

    while (*value != '\0') {
        size_t length = strcspn(value, ",");
        char name[32];
        const char *path = value + parse_word(value, ",=", name, sizeof name) + 1;
        namespace_set set = 0;

        if (namespaces_parse(&set, name, error) < 0)
            return -1;
        isolation->unshared |= set;
        if (path[-1] == '=') {
            if ((set & (set - 1)) != 0)
                return error_reason(error, ERROR_USAGE, "'all' can't be kept at one path");
            /* The words of the command line live as long as we do; the next comma ends the path. */
            if (value[length] != '\0')
                return error_reason(error, ERROR_USAGE,
                                    "a TYPE=PATH stands last or alone: repeat --unshare");
            if (isolation->kept_at == NULL)
                isolation->kept_at =
                    request_keep(request, NAMESPACE_COUNT * sizeof isolation->kept_at[0], error);
            if (isolation->kept_at == NULL)
                return -1;
            isolation->kept_at[__builtin_ctz(set)] = path;
        }
        value += length + (value[length] == ',');
    }
    return 0;
}

int set_enter(void *field, const char *value, struct error *error)
{
    struct isolation *isolation = field;
    struct entrance entrance = {0};
    struct entrance *larger;
    char list[80];
    size_t length = parse_word(value, "=", list, sizeof list);

    if (value[length] == '\0' || value[length + 1] == '\0' || length >= sizeof list)
        return error_wrong(error, value, "not LIST=SOURCE, as in net,uts=1234 or net=netns:NAME");
    entrance.source = value + length + 1;
    if (namespaces_parse(&entrance.types, list, error) < 0)
        return -1;
    entrance.all = strstr(list, "all") != NULL;
    larger = array_grow(isolation->entrances, isolation->entrance_count, sizeof *larger, error);
    if (larger == NULL)
        return -1;
    isolation->entrances = larger;
    isolation->entrances[isolation->entrance_count++] = entrance;
    return 0;
}

int set_map(void *field, const char *value, struct error *error)
{
    return id_map_add(field, value, error);
}

int set_setgroups(void *field, const char *value, struct error *error)
{
    static const char *const words[] = {"allow", "deny"};
    static const struct names names = {NAMES_IN(words), .exact = true,
                                       .others = "neither allow nor deny"};
    enum setgroups *setgroups = field;
    int row = names_find(&names, value, error);

    if (row < 0)
        return -1;
    *setgroups = (enum setgroups)(SETGROUPS_ALLOW + row);
    return 0;
}

int set_hostname(void *field, const char *value, struct error *error)
{
    return value[0] != '\0' && strlen(value) <= 64
               ? set_text(field, value, error)
               : error_wrong(error, value, "no name of 1 to 64 bytes");
}

int set_domainname(void *field, const char *value, struct error *error)
{
    return strlen(value) <= 64 ? set_text(field, value, error)
                               : error_wrong(error, value, "longer than 64 bytes");
}

int set_mount(void *field, const char *value, struct error *error)
{
    struct filesystem *filesystem = field;
    struct mount *larger;

    larger = array_grow(filesystem->mounts, filesystem->mount_count, sizeof *larger, error);
    if (larger == NULL)
        return -1;
    filesystem->mounts = larger;
    if (mount_parse(&larger[filesystem->mount_count], value, error) < 0)
        return -1;
    filesystem->mount_count++;
    return 0;
}

int set_root(void *field, const char *value, struct error *error)
{
    return value[0] != '\0' ? set_text(field, value, error)
                            : error_reason(error, ERROR_USAGE, "names no directory");
}

int set_propagation(void *field, const char *value, struct error *error)
{
    static const char *const words[] = {
        [PROPAGATION_PRIVATE] = "private",
        [PROPAGATION_SLAVE] = "slave",
        [PROPAGATION_SHARED] = "shared",
        [PROPAGATION_UNCHANGED] = "unchanged",
    };
    static const struct names names = {NAMES_IN(words), .exact = true,
                                       .others = "not private, slave, shared or unchanged"};
    struct isolation *isolation = field;
    int row = names_find(&names, value, error);

    if (row < 0)
        return -1;
    isolation->has_propagation = true;
    isolation->filesystem.propagation = (enum propagation)row;
    return 0;
}

/* Alone, or with yes, it is /proc; no; or a directory. */
int set_mount_proc(void *field, const char *value, struct error *error)
{
    struct isolation *isolation = field;
    bool flag;

    if (value != NULL && value[0] == '/') {
        isolation->filesystem.proc = value;
        return 0;
    }
    if (set_flag(&flag, value, error) < 0)
        return error_wrong(error, value, "neither an absolute path nor 'no'");
    isolation->no_fresh_proc = !flag;
    isolation->filesystem.proc = flag ? "/proc" : NULL;
    return 0;
}

int set_veth(void *field, const char *value, struct error *error)
{
    struct isolation *isolation = field;
    struct veth *larger;

    larger = array_grow(isolation->veths, isolation->veth_count, sizeof *larger, error);
    if (larger == NULL)
        return -1;
    isolation->veths = larger;
    if (veth_parse(&larger[isolation->veth_count], value, isolation->veth_count, error) < 0)
        return -1;
    isolation->veth_count++;
    return 0;
}

/*
 * Seconds, forward or back. The kernel's own limit is half of what 64 bits of nanoseconds hold:
 * time_namespaces(7).
 */
static int read_offset(const char *text, bool *given, int *seconds, struct error *error)
{
    *given = true;
    return parse_between(text, -INT_MAX, INT_MAX, seconds) == 0
               ? 0
               : error_wrong(error, text, "no number of seconds");
}

int set_monotonic(void *field, const char *value, struct error *error)
{
    struct isolation *isolation = field;

    return read_offset(value, &isolation->has_monotonic, &isolation->monotonic, error);
}

int set_boottime(void *field, const char *value, struct error *error)
{
    struct isolation *isolation = field;

    return read_offset(value, &isolation->has_boottime, &isolation->boottime, error);
}
