/*
 * setup_parent.c - nsinit's part in the setup of a process in new namespaces
 */
#include "spawn/setup_parent_private.h"

#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "spawn/helper_private.h"
#include "spawn/idmap_private.h"
#include "linux/proc.h"
#include "util/strbuf.h"
#include "visit/door.h"
#include "mount/idmapped.h"
#include "mount/sources.h"
#include "spawn/channel.h"

enum { HOOK_ENTRY_SIZE = 64 };

/*
 * NSINIT_<TYPE> is the path of nsinit's descriptor of the namespace. The /proc/PID/ns of the
 * process is closed to an ordinary user, as the process is undumpable.
 */
static void set_hook_entry(char entry[HOOK_ENTRY_SIZE], int fd, int type)
{
    strbuf_set(entry, HOOK_ENTRY_SIZE, "NSINIT_%s=/proc/%d/fd/%d", ns_types[type].name, getpid(),
               fd);
    for (char *at = strchr(entry, '_') + 1; *at != '='; at++)
        *at = (char)toupper(*at);
}

pid_t setup_parent_start_hook(const struct namespaces *namespaces, pid_t pid,
                              const struct nsfds *ns_fds, struct error *error)
{
    const char *const arguments[] = {"/bin/sh", "-c", namespaces->hook_created, NULL};
    char entries[NAMESPACE_COUNT][HOOK_ENTRY_SIZE];
    char **environment;
    size_t count = 0;
    pid_t hook;

    error_subject(error, "--hook-created");
    while (environ[count] != NULL)
        count++;
    environment = calloc(count + NAMESPACE_COUNT + 1, sizeof *environment);
    if (environment == NULL)
        return error_reason(error, ERROR_FAILED, "%m");
    memcpy(environment, environ, count * sizeof *environment);
    strbuf_set(entries[NAMESPACE_PID], HOOK_ENTRY_SIZE, "NSINIT_PID=%d", pid);
    environment[count++] = entries[NAMESPACE_PID];
    for (int type = 0; type < NAMESPACE_COUNT; type++)
        if (type != NAMESPACE_PID && ns_fds->fds[type] >= 0) {
            set_hook_entry(entries[type], ns_fds->fds[type], type);
            environment[count++] = entries[type];
        }
    hook = helper_start(arguments, environment, error);
    free(environment);
    return hook;
}

int setup_parent_check_hook(int wait_status, struct error *error)
{
    error_subject(error, "--hook-created");
    return helper_check_status("/bin/sh", wait_status, error);
}

static int map_in_joined(int user_fd, const struct namespaces *namespaces, pid_t pid,
                         struct error *error)
{
    if (setns(user_fd, CLONE_NEWUSER) < 0)
        return error_failed(error, "--enter user: setns");
    door_protect();
    return idmap_map(namespaces, pid, error);
}

bool setup_parent_needs_mapper(const struct namespaces *namespaces, int user_fd)
{
    return ns_set_has(namespaces->unshared, NAMESPACE_USER) &&
           (user_fd >= 0 || idmap_waits_for_helper(namespaces));
}

int setup_parent_map(const struct namespaces *namespaces, int user_fd, pid_t pid,
                     struct error *error)
{
    if (!ns_set_has(namespaces->unshared, NAMESPACE_USER))
        return 0;
    /* A process in the parent of the new user namespace writes the maps: user_namespaces(7). */
    return user_fd >= 0 ? map_in_joined(user_fd, namespaces, pid, error)
                        : idmap_map(namespaces, pid, error);
}

int setup_parent_check(const struct namespaces *namespaces, struct error *error)
{
    /* The /proc of another PID namespace shows other processes under these PIDs. */
    if ((namespaces->kept_at == NULL && namespaces->hook_created == NULL &&
         namespaces->sysctl_count == 0 && !ns_set_has(namespaces->unshared, NAMESPACE_USER)) ||
        proc_is_ours())
        return 0;
    error_subject(error, "/proc");
    error_hint(error, "mount -t proc proc /proc");
    return error_reason(error, ERROR_FAILED, "not mounted, or of another PID namespace");
}

static int send_batch(int channel_fd, const int *files, size_t count, struct error *error)
{
    struct pollfd channel = {.fd = channel_fd, .events = POLLOUT};
    int result;

    while ((result = channel_send_files(channel_fd, CHANNEL_SOURCES, (int)count, files, count)) ==
           -EAGAIN)
        (void)poll(&channel, 1, -1);
    for (size_t i = 0; i < count; i++)
        close(files[i]);
    if (result == 0)
        return 0;
    errno = -result;
    return error_failed(error, "send to the new process");
}

/* Send the files in order; a missing source is a message without one. */
static int send_files(int channel_fd, const int *files, size_t count, struct error *error)
{
    size_t sent = 0;

    while (sent < count) {
        size_t batch = 0;
        size_t missing = files[sent] < 0;

        while (batch < CHANNEL_FILES && sent + batch < count && files[sent + batch] >= 0)
            batch++;
        if (send_batch(channel_fd, files + sent, batch, error) < 0)
            return -1;
        sent += batch + missing;
    }
    return 0;
}

/* Open all sources in order. After an error the process must end, which closes those it opened. */
static int open_sources(const struct filesystem *plan, int root, int *files, struct error *error)
{
    struct source source = {0};

    for (; source_next(&source, plan); files++) {
        *files = source_open_for_another(&source, root, error);
        if (*files < 0 && *files != SOURCE_MISSING)
            return -1;
    }
    return 0;
}

int setup_parent_send_sources(const struct filesystem *plan, int root, const struct nsfds *ns_fds,
                              int channel_fd, struct error *error)
{
    size_t count = sources_count(plan);
    int *files = malloc(count * sizeof *files);
    int result = -1;

    if (files == NULL)
        return error_failed(error, "malloc");
    if (open_sources(plan, root, files, error) == 0 &&
        idmapped_copy_sources(plan, ns_fds, files, error) == 0)
        result = send_files(channel_fd, files, count, error);
    free(files);
    return result;
}
