/*
 * ids.c - the id maps of a new user namespace: user_namespaces(7)
 */
#include "spawn/ids.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "spawn/accounts.h"
#include "spawn/calls.h"
#include "spawn/command.h"
#include "util/file.h"
#include "util/text.h"

/* One of the two maps, with all that differs between them. */
struct kind {
    const char *option;
    const char *file;    /* of /proc/PID */
    const char *helper;  /* that writes it for an ordinary user */
    const char *sub_ids; /* where it finds the ranges a user may use */
};

enum { SUB_ID_FIELDS = 3 };

static const struct kind users_kind = {"--map-users", "uid_map", "newuidmap", "/etc/subuid"};
static const struct kind groups_kind = {"--map-groups", "gid_map", "newgidmap", "/etc/subgid"};

static int write_file(pid_t pid, const char *name, const char *content)
{
    char path[64];

    text_set(path, sizeof path, "/proc/%d/%s", pid, name);
    return file_write(path, content);
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

static int write_map(const struct kind *kind, const struct id_range *ranges, size_t count,
                     pid_t pid, struct error *error)
{
    char content[2048];
    struct text text = text_in(content, sizeof content);
    int result;

    for (size_t i = 0; i < count; i++)
        text_format(&text, "%u %u %u\n", ranges[i].inside, ranges[i].outside, ranges[i].count);
    result = write_file(pid, kind->file, content);
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

    text_set(number, sizeof number, "%u", uid);
    text_set(name, sizeof name, "%s", number);
    (void)account_name(uid, name, sizeof name);
    if (file_read_regular(kind->sub_ids, &content, NULL) == 0)
        for (rest = content; !found && entry_next(&rest, SUB_ID_FIELDS, &entry);) {
            char spec[40];

            if (strcmp(entry.fields[0], name) != 0 && strcmp(entry.fields[0], number) != 0)
                continue;
            text_set(spec, sizeof spec, "1:%s:%s", entry.fields[1], entry.fields[2]);
            found = id_range_parse(range, spec, error) == 0;
        }
    free(content);
    if (found)
        return 0;
    error_subject(error, "--map-auto");
    error_hint(error, "add a line there: %s:100000:65536", name);
    return error_reason(error, ERROR_FAILED, "%s has no range for %s", kind->sub_ids, name);
}

/* Root is the caller, what follows comes from the range. */
static int map_auto(const struct kind *kind, unsigned int own, pid_t pid, struct error *error)
{
    struct id_range ranges[2] = {{0, own, 1}};
    char numbers[4][12];
    const char *const arguments[] = {kind->helper, numbers[0], "0",        numbers[1], "1",
                                     "1",          numbers[2], numbers[3], NULL};

    if (find_sub_ids(kind, &ranges[1], error) < 0)
        return -1;
    if (geteuid() == 0)
        return write_map(kind, ranges, 2, pid, error);
    for (int i = 0; i < 4; i++) {
        const unsigned int values[] = {(unsigned int)pid, own, ranges[1].outside, ranges[1].count};

        text_set(numbers[i], sizeof numbers[i], "%u", values[i]);
    }
    error_subject(error, "--map-auto");
    return command_run(arguments, environ, error);
}

static int set_groups_rule(const struct isolation *isolation, pid_t pid, struct error *error)
{
    enum setgroups rule = isolation->setgroups;
    int result;

    if (rule == SETGROUPS_DEFAULT) {
        if (isolation->map_auto || (isolation->groups == NULL && !isolation->map_root) ||
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
static int map(const struct kind *kind, const struct isolation *isolation,
               const struct id_map *asked, unsigned int own, pid_t pid, struct error *error)
{
    const struct id_range root = {0, own, 1};

    if (isolation->map_auto)
        return map_auto(kind, own, pid, error);
    if (asked != NULL)
        return write_map(kind, asked->ranges, asked->count, pid, error);
    return isolation->map_root ? write_map(kind, &root, 1, pid, error) : 0;
}

int ids_map(const struct isolation *isolation, pid_t pid, struct error *error)
{
    if (set_groups_rule(isolation, pid, error) < 0 ||
        map(&users_kind, isolation, isolation->users, geteuid(), pid, error) < 0)
        return -1;
    return map(&groups_kind, isolation, isolation->groups, getegid(), pid, error);
}

void ids_become_root(void)
{
    /* Each may fail: where root is not mapped, or setgroups denied. Then we stay who we are. */
    (void)syscall(CALL_SETGROUPS, 0UL, NULL);
    (void)syscall(CALL_SETRESGID, 0UL, 0UL, 0UL);
    (void)syscall(CALL_SETRESUID, 0UL, 0UL, 0UL);
}
