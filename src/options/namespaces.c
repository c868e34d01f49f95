/*
 * namespaces.c - setters of the options that tell where the program lives
 */
#include <limits.h>
#include <string.h>

#include "options/setters.h"
#include "util/parse.h"

static struct isolation *isolation_of(struct request *request)
{
    return &request->current->isolation;
}

/* pid,net,mnt or all; a type may be followed by =PATH, and the path ends at the next comma. */
int set_unshare(struct request *request, const char *value, struct error *error)
{
    struct isolation *isolation = isolation_of(request);

    while (*value != '\0') {
        size_t length = strcspn(value, ",");
        size_t name_length = strcspn(value, ",=");
        char name[32] = "";
        namespace_set set = 0;

        memcpy(name, value, name_length < sizeof name ? name_length : sizeof name - 1);
        if (namespaces_parse(&set, name, error) < 0)
            return -1;
        isolation->unshared |= set;
        if (value[name_length] == '=') {
            unsigned int type = (unsigned int)__builtin_ctz(set);

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
            isolation->kept_at[type] = value + name_length + 1;
        }
        value += length + (value[length] == ',');
    }
    return 0;
}

int set_enter(struct request *request, const char *value, struct error *error)
{
    struct isolation *isolation = isolation_of(request);
    const char *equals = strchr(value, '=');
    struct entrance entrance = {0};
    struct entrance *larger;
    char list[80] = "";

    if (equals == NULL || equals[1] == '\0' || (size_t)(equals - value) >= sizeof list)
        return error_reason(error, ERROR_USAGE,
                            "'%s' is not LIST=SOURCE, as in net,uts=1234 or net=netns:NAME", value);
    memcpy(list, value, (size_t)(equals - value));
    entrance.source = equals + 1;
    if (namespaces_parse(&entrance.types, list, error) < 0)
        return -1;
    entrance.all = list_has(list, "all");
    larger = array_grow(isolation->entrances, isolation->entrance_count, sizeof *larger, error);
    if (larger == NULL)
        return -1;
    isolation->entrances = larger;
    isolation->entrances[isolation->entrance_count++] = entrance;
    return 0;
}

int set_as_pid_1(struct request *request, const char *value, struct error *error)
{
    return read_flag(value, &isolation_of(request)->as_pid_1, error);
}

int set_map_root_user(struct request *request, const char *value, struct error *error)
{
    return read_flag(value, &isolation_of(request)->map_root, error);
}

int set_map_users(struct request *request, const char *value, struct error *error)
{
    return id_map_add(&isolation_of(request)->users, value, error);
}

int set_map_groups(struct request *request, const char *value, struct error *error)
{
    return id_map_add(&isolation_of(request)->groups, value, error);
}

int set_map_auto(struct request *request, const char *value, struct error *error)
{
    return read_flag(value, &isolation_of(request)->map_auto, error);
}

int set_setgroups(struct request *request, const char *value, struct error *error)
{
    struct isolation *isolation = isolation_of(request);

    if (strcmp(value, "allow") == 0)
        isolation->setgroups = SETGROUPS_ALLOW;
    else if (strcmp(value, "deny") == 0)
        isolation->setgroups = SETGROUPS_DENY;
    else
        return error_reason(error, ERROR_USAGE, "'%s' is neither allow nor deny", value);
    return 0;
}

int set_hostname(struct request *request, const char *value, struct error *error)
{
    if (value[0] == '\0' || strlen(value) > 64)
        return error_reason(error, ERROR_USAGE, "'%s' is no name of 1 to 64 bytes", value);
    isolation_of(request)->hostname = value;
    return 0;
}

int set_domainname(struct request *request, const char *value, struct error *error)
{
    if (strlen(value) > 64)
        return error_reason(error, ERROR_USAGE, "'%s' is longer than 64 bytes", value);
    isolation_of(request)->domainname = value;
    return 0;
}

int set_mount(struct request *request, const char *value, struct error *error)
{
    struct filesystem *filesystem = &isolation_of(request)->filesystem;
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

int set_root(struct request *request, const char *value, struct error *error)
{
    if (value[0] == '\0')
        return error_reason(error, ERROR_USAGE, "names no directory");
    isolation_of(request)->filesystem.root = value;
    return 0;
}

int set_read_only(struct request *request, const char *value, struct error *error)
{
    return read_flag(value, &isolation_of(request)->filesystem.read_only, error);
}

int set_propagation(struct request *request, const char *value, struct error *error)
{
    static const char *const names[] = {
        [PROPAGATION_PRIVATE] = "private",
        [PROPAGATION_SLAVE] = "slave",
        [PROPAGATION_SHARED] = "shared",
        [PROPAGATION_UNCHANGED] = "unchanged",
    };

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(value, names[i]) == 0) {
            isolation_of(request)->has_propagation = true;
            isolation_of(request)->filesystem.propagation = (enum propagation)i;
            return 0;
        }
    return error_reason(error, ERROR_USAGE, "'%s' is not private, slave, shared or unchanged",
                        value);
}

/* Alone, or with yes, it is /proc; no; or a directory. */
int set_mount_proc(struct request *request, const char *value, struct error *error)
{
    struct isolation *isolation = isolation_of(request);
    bool flag = true;

    if (value != NULL && value[0] == '/') {
        isolation->filesystem.proc = value;
        return 0;
    }
    if (read_flag(value, &flag, error) < 0)
        return error_reason(error, ERROR_USAGE, "'%s' is neither an absolute path nor 'no'", value);
    isolation->no_fresh_proc = !flag;
    isolation->filesystem.proc = flag ? "/proc" : NULL;
    return 0;
}

int set_no_loopback(struct request *request, const char *value, struct error *error)
{
    return read_flag(value, &isolation_of(request)->no_loopback, error);
}

int set_veth(struct request *request, const char *value, struct error *error)
{
    struct isolation *isolation = isolation_of(request);
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

/* Seconds, forward or back. */
static int read_offset(const char *text, bool *given, long *seconds, struct error *error)
{
    bool negative = text[0] == '-';
    unsigned long number;

    /* The kernel's own limit is half of what 64 bits of nanoseconds hold: time_namespaces(7). */
    if (parse_number(text + negative, INT_MAX, &number) < 0)
        return error_reason(error, ERROR_USAGE, "'%s' is no number of seconds", text);
    *given = true;
    *seconds = negative ? -(long)number : (long)number;
    return 0;
}

int set_monotonic(struct request *request, const char *value, struct error *error)
{
    struct isolation *isolation = isolation_of(request);

    return read_offset(value, &isolation->has_monotonic, &isolation->monotonic, error);
}

int set_boottime(struct request *request, const char *value, struct error *error)
{
    struct isolation *isolation = isolation_of(request);

    return read_offset(value, &isolation->has_boottime, &isolation->boottime, error);
}

int set_hook_created(struct request *request, const char *value, struct error *error)
{
    (void)error;
    isolation_of(request)->hook_created = value;
    return 0;
}
