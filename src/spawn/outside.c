/*
 * outside.c - what nsinit does for a process in new namespaces from outside of them
 */
#include "spawn/outside.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "spawn/command.h"
#include "spawn/ids.h"
#include "spawn/link.h"
#include "spawn/network.h"
#include "util/proc.h"
#include "util/text.h"

/* The file in /proc that stands for the namespace that the process, or its child, lives in. */
static void set_namespace_path(char *path, size_t size, pid_t pid, enum namespace_type type)
{
    text_set(path, size, "/proc/%d/ns/%s", pid,
             type == NAMESPACE_TIME ? "time_for_children" : namespace_kinds[type].name);
}

static int keep(const char *place, pid_t pid, enum namespace_type type, struct error *error)
{
    char path[64];
    int fd = open(place, O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0444);
    bool is_new = fd >= 0;

    if (fd < 0 && errno == EEXIST)
        fd = open(place, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    error_subject(error, "--unshare %s=%s", namespace_kinds[type].name, place);
    if (fd < 0)
        return error_reason(error, ERROR_FAILED, "%m");
    close(fd);
    set_namespace_path(path, sizeof path, pid, type);
    if (mount(path, place, NULL, MS_BIND, NULL) == 0)
        return 0;
    if (errno == EPERM || errno == EACCES)
        error_hint(error, "keeping a namespace by a bind mount needs CAP_SYS_ADMIN outside");
    else if (errno == EINVAL && type == NAMESPACE_MNT)
        error_hint(error, "a mount namespace is kept on a private mount only: "
                          "mount --bind DIR DIR; mount --make-private DIR");
    error_reason(error, ERROR_FAILED, "mount: %m");
    if (is_new)
        (void)unlink(place);
    return -1;
}

void outside_undo(const struct isolation *isolation)
{
    for (int type = 0; type < NAMESPACE_COUNT; type++)
        if (isolation_kept_at(isolation, type) != NULL &&
            umount2(isolation->kept_at[type], MNT_DETACH) == 0)
            (void)unlink(isolation->kept_at[type]);
}

static int keep_all(const struct isolation *isolation, pid_t pid, struct error *error)
{
    for (int type = 0; type < NAMESPACE_COUNT; type++)
        if (isolation_kept_at(isolation, type) != NULL &&
            keep(isolation->kept_at[type], pid, (enum namespace_type)type, error) < 0)
            return -1;
    return 0;
}

enum { HOOK_ENTRY_SIZE = 64 };

/* NSINIT_PID, or NSINIT_<TYPE> with the path of the namespace. */
static void set_hook_entry(char entry[HOOK_ENTRY_SIZE], pid_t pid, int type)
{
    char path[64];

    if (type == NAMESPACE_COUNT) {
        text_set(entry, HOOK_ENTRY_SIZE, "NSINIT_PID=%d", pid);
        return;
    }
    set_namespace_path(path, sizeof path, pid, (enum namespace_type)type);
    text_set(entry, HOOK_ENTRY_SIZE, "NSINIT_%s=%s", namespace_kinds[type].name, path);
    for (char *at = strchr(entry, '_') + 1; *at != '='; at++)
        *at = (char)(*at - 'a' + 'A');
}

static int run_hook(const char *command, pid_t pid, struct error *error)
{
    const char *const arguments[] = {"/bin/sh", "-c", command, NULL};
    char entries[NAMESPACE_COUNT + 1][HOOK_ENTRY_SIZE];
    size_t count = 0;
    char **environment;
    int result;

    while (environ[count] != NULL)
        count++;
    environment = calloc(count + NAMESPACE_COUNT + 2, sizeof *environment);
    if (environment == NULL)
        return error_failed(error, "--hook-created");
    memcpy(environment, environ, count * sizeof *environment);
    for (int type = 0; type <= NAMESPACE_COUNT; type++) {
        set_hook_entry(entries[type], pid, type);
        environment[count++] = entries[type];
    }
    error_subject(error, "--hook-created");
    result = command_run(arguments, environment, error);
    free(environment);
    return result;
}

static int map_in(int user_fd, const struct isolation *isolation, pid_t pid, struct error *error)
{
    if (setns(user_fd, CLONE_NEWUSER) < 0)
        return error_failed(error, "--enter user: setns");
    return ids_map(isolation, pid, error);
}

/*
 * Who writes the maps is in the new user namespace or in its parent (user_namespaces(7)), which is
 * one that was entered: a process goes there to do it, and tells how it went.
 */
static int map_from(int user_fd, const struct isolation *isolation, pid_t pid, struct error *error)
{
    struct link_message message;
    int ends[2];
    int result = link_open(ends, false);
    pid_t helper = result == 0 ? fork() : -1;

    if (helper < 0) {
        error_failed(error, "--map-users: a process for it");
        for (int i = 0; result == 0 && i < 2; i++)
            close(ends[i]);
        return -1;
    }
    if (helper == 0) {
        result = map_in(user_fd, isolation, pid, error);
        link_tell(ends[1], result < 0 ? LINK_FAILED : LINK_CREATED, 0, error);
        _exit(0);
    }
    close(ends[1]);
    message.kind = LINK_FAILED;
    if (link_receive(ends[0], &message, NULL, NULL, 1) == 1)
        *error = message.error;
    close(ends[0]);
    (void)command_wait(helper);
    return message.kind == LINK_FAILED ? -1 : 0;
}

/* It is asked for processes by their numbers: another's would be the wrong ones. */
static int check_proc(const struct isolation *isolation, struct error *error)
{
    if ((isolation->kept_at == NULL && isolation->hook_created == NULL &&
         !namespaces_have(isolation->unshared, NAMESPACE_USER)) ||
        proc_is_ours())
        return 0;
    error_subject(error, "/proc");
    error_hint(error, "mount -t proc proc /proc");
    return error_reason(error, ERROR_FAILED, "is not there, or another PID namespace's");
}

int outside_prepare(const struct isolation *isolation, int user_fd, pid_t pid, struct error *error)
{
    if (check_proc(isolation, error) < 0)
        return -1;
    if (namespaces_have(isolation->unshared, NAMESPACE_USER) &&
        (user_fd >= 0 ? map_from(user_fd, isolation, pid, error) : ids_map(isolation, pid, error)) <
            0)
        return -1;
    if (isolation->veth_count > 0 &&
        network_make_veths(isolation->veths, isolation->veth_count, pid, error) < 0)
        return -1;
    if (keep_all(isolation, pid, error) < 0 ||
        (isolation->hook_created != NULL && run_hook(isolation->hook_created, pid, error) < 0)) {
        outside_undo(isolation);
        return -1;
    }
    return 0;
}
