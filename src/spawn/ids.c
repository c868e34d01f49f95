/*
 * ids.c - the id maps of a new user namespace: user_namespaces(7)
 */
#include "spawn/ids.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "spawn/calls.h"
#include "spawn/command.h"
#include "util/file.h"
#include "util/parse.h"
#include "util/text.h"

/* One of the two maps, with all that differs between them. */
struct kind {
    const char *option;
    const char *file;    /* of /proc/PID */
    const char *helper;  /* that writes it for an ordinary user */
    const char *sub_ids; /* where it finds the ranges a user may use */
};

static const struct kind users_kind = {"--map-users", "uid_map", "newuidmap", "/etc/subuid"};
static const struct kind groups_kind = {"--map-groups", "gid_map", "newgidmap", "/etc/subgid"};

static int write_file(pid_t pid, const char *name, const char *content)
{
    char path[64];
    struct text text = text_in(path, sizeof path);
    ssize_t size;
    int fd;

    text_format(&text, "/proc/%d/%s", pid, name);
    fd = openat(AT_FDCWD, path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    /* The kernel takes a map in one write only. */
    size = write(fd, content, strlen(content));
    size = size < 0 ? -errno : 0;
    close(fd);
    return (int)size;
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

static int write_map(const struct kind *kind, const struct id_map *map, pid_t pid,
                     struct error *error)
{
    char content[2048];
    struct text text = text_in(content, sizeof content);
    int result;

    for (size_t i = 0; i < map->count; i++)
        text_format(&text, "%u %u %u\n", map->ranges[i].inside, map->ranges[i].outside,
                    map->ranges[i].count);
    result = write_file(pid, kind->file, content);
    return result < 0 ? explain_map(kind, -result, error) : 0;
}

/* Does `line` begin with the word and a colon? Then what is behind it. */
static const char *behind(const char *line, const char *word)
{
    size_t length = strlen(word);

    return strncmp(line, word, length) == 0 && line[length] == ':' ? line + length + 1 : NULL;
}

/* The name of the calling user in /etc/passwd, or an empty text. */
static void add_own_name(struct text *name, unsigned int uid)
{
    char *passwd = NULL;
    char number[12];
    struct text text = text_in(number, sizeof number);

    text_format(&text, "%u", uid);
    if (file_read("/etc/passwd", &passwd, NULL) < 0)
        return;
    for (char *line = passwd; *line != '\0'; line += strcspn(line, "\n"), line += *line == '\n') {
        const char *second = strchr(line, ':');
        const char *third = second != NULL ? strchr(second + 1, ':') : NULL;

        if (third != NULL && behind(third + 1, number) != NULL) {
            *strchr(line, ':') = '\0';
            text_add(name, line);
            break;
        }
    }
    free(passwd);
}

/* The first range of the user, by name or number: subuid(5). */
static int find_sub_ids(const struct kind *kind, struct id_range *range, struct error *error)
{
    unsigned int uid = geteuid();
    char name[256];
    char number[12];
    struct text name_text = text_in(name, sizeof name);
    struct text number_text = text_in(number, sizeof number);
    char *content = NULL;
    bool found = false;

    add_own_name(&name_text, uid);
    text_format(&number_text, "%u", uid);
    if (file_read(kind->sub_ids, &content, NULL) == 0)
        for (char *line = content; *line != '\0' && !found;) {
            size_t length = strcspn(line, "\n");
            const char *rest;
            char spec[40];
            struct text text = text_in(spec, sizeof spec);

            char *next = line + length + (line[length] == '\n');

            line[length] = '\0';
            rest = name[0] != '\0' ? behind(line, name) : NULL;
            if (rest == NULL)
                rest = behind(line, number);
            if (rest != NULL) {
                text_format(&text, "1:%s", rest);
                found = id_range_parse(range, spec, error) == 0;
            }
            line = next;
        }
    free(content);
    if (found)
        return 0;
    error_subject(error, "--map-auto");
    error_hint(error, "add a line there: %s:100000:65536", name[0] != '\0' ? name : number);
    return error_reason(error, ERROR_FAILED, "%s has no range for %s", kind->sub_ids,
                        name[0] != '\0' ? name : number);
}

/* Root is the caller, what follows comes from the range. */
static int map_auto(const struct kind *kind, unsigned int own, pid_t pid, struct error *error)
{
    struct id_map map = {.ranges = {{0, own, 1}}, .count = 1};
    char numbers[7][12];
    const char *arguments[] = {kind->helper, numbers[0], numbers[1], numbers[2], numbers[3],
                               numbers[4],   numbers[5], numbers[6], NULL};
    unsigned int values[7];

    if (find_sub_ids(kind, &map.ranges[1], error) < 0)
        return -1;
    map.count = 2;
    if (geteuid() == 0)
        return write_map(kind, &map, pid, error);
    values[0] = (unsigned int)pid;
    for (int i = 0; i < 2; i++) {
        values[3 * i + 1] = map.ranges[i].inside;
        values[3 * i + 2] = map.ranges[i].outside;
        values[3 * i + 3] = map.ranges[i].count;
    }
    for (int i = 0; i < 7; i++) {
        struct text text = text_in(numbers[i], sizeof numbers[i]);

        text_format(&text, "%u", values[i]);
    }
    error_subject(error, "--map-auto");
    return command_run(arguments, environ, error);
}

static int set_groups_rule(const struct isolation *isolation, pid_t pid, struct error *error)
{
    bool own_helper = isolation->map_auto || geteuid() == 0;
    enum setgroups rule = isolation->setgroups;
    int result;

    /* Without it an ordinary user may not write a gid_map. */
    if (rule == SETGROUPS_DEFAULT && !own_helper)
        rule = SETGROUPS_DENY;
    if (rule == SETGROUPS_DEFAULT)
        return 0;
    result = write_file(pid, "setgroups", rule == SETGROUPS_DENY ? "deny" : "allow");
    if (result == 0)
        return 0;
    error_subject(error, "--setgroups");
    errno = -result;
    return error_reason(error, ERROR_FAILED, "%m");
}

int ids_map(const struct isolation *isolation, pid_t pid, struct error *error)
{
    struct id_map users = {0};
    struct id_map groups = {0};

    if (isolation->users != NULL)
        users = *isolation->users;
    if (isolation->groups != NULL)
        groups = *isolation->groups;

    if (isolation->map_root) {
        users = (struct id_map){.ranges = {{0, geteuid(), 1}}, .count = 1};
        if (groups.count == 0)
            groups = (struct id_map){.ranges = {{0, getegid(), 1}}, .count = 1};
    }
    if (isolation->map_auto)
        return set_groups_rule(isolation, pid, error) < 0 ||
                       map_auto(&users_kind, geteuid(), pid, error) < 0 ||
                       map_auto(&groups_kind, getegid(), pid, error) < 0
                   ? -1
                   : 0;
    if ((groups.count > 0 || isolation->setgroups != SETGROUPS_DEFAULT) &&
        set_groups_rule(isolation, pid, error) < 0)
        return -1;
    if (users.count > 0 && write_map(&users_kind, &users, pid, error) < 0)
        return -1;
    if (groups.count > 0 && write_map(&groups_kind, &groups, pid, error) < 0)
        return -1;
    return 0;
}

void ids_become_root(void)
{
    /* Each may fail: where root is not mapped, or setgroups denied. Then we stay who we are. */
    (void)syscall(CALL_SETGROUPS, 0UL, NULL);
    (void)syscall(CALL_SETRESGID, 0UL, 0UL, 0UL);
    (void)syscall(CALL_SETRESUID, 0UL, 0UL, 0UL);
}
