/*
 * setup_messages.c - read the reports of a new process to nsinit
 * A service may have taken over the process, so every message is checked as if it came from the
 * network.
 */
#include "spawn/spawn.h"

#include <errno.h>
#include <linux/netlink.h>
#include <linux/nsfs.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "linux/fd.h"
#include "linux/wait.h"
#include "spawn/channel.h"
#include "spawn/setup_steps_private.h"
#include "spawn/spawning_private.h"

static enum spawn_outcome fail_untrusted(struct spawning *spawning)
{
    return spawning_fail_for(spawning, "the new process sent an invalid message: a service may "
                                       "have taken it over");
}

/* The PID in a message must be a child of nsinit without another role. */
static bool is_new_child(struct spawning *spawning, enum spawn_child role, pid_t pid)
{
    if (pid <= 0 || (pid != spawning->reaped && !wait_has_child(P_PID, (id_t)pid)))
        return false;
    return spawning->on_child(spawning->owner, role, pid);
}

/* ---- namespaces ---------------------------------------------------------------------------- */

static unsigned int count_of(ns_set set)
{
    return (unsigned int)__builtin_popcount(set);
}

static bool is_namespace(int fd, enum ns_type type)
{
    return ioctl(fd, NS_GET_NSTYPE) == (int)ns_types[type].clone_flag;
}

static int socket_option(int fd, int name)
{
    int value = -1;
    socklen_t size = sizeof value;

    return getsockopt(fd, SOL_SOCKET, name, &value, &size) == 0 ? value : -1;
}

static bool is_netlink(int fd)
{
    return socket_option(fd, SO_DOMAIN) == AF_NETLINK &&
           socket_option(fd, SO_PROTOCOL) == NETLINK_ROUTE;
}

/* The number of descriptors besides those of namespaces. */
static size_t other_files(const struct spawning *spawning)
{
    return (size_t)spawning->receives_sources + count_of(spawning->net_sockets_wanted);
}

/*
 * The descriptors are the namespaces of the types in `set`, in order, then the root if sources are
 * sent, then the netlink sockets.
 */
static bool are_namespaces(const struct spawning *spawning, const struct channel_attached *attached,
                           ns_set set)
{
    size_t next = 0;

    if ((set & ~spawning->context.ns_fds_wanted) != 0 ||
        count_of(set) + other_files(spawning) != attached->file_count)
        return false;
    for (unsigned int type = 0; type < NAMESPACE_COUNT; type++)
        if (ns_set_has(set, (enum ns_type)type) &&
            !is_namespace(attached->files[next++], (enum ns_type)type))
            return false;
    if (spawning->receives_sources && !S_ISDIR(fd_mode(attached->files[next++])))
        return false;
    while (next < attached->file_count)
        if (!is_netlink(attached->files[next++]))
            return false;
    return true;
}

static void take_namespaces(struct spawning *spawning, struct channel_attached *attached,
                            ns_set set)
{
    size_t next = 0;

    for (unsigned int type = 0; type < NAMESPACE_COUNT; type++)
        if (ns_set_has(set, (enum ns_type)type))
            spawning->ns_fds.fds[type] = attached->files[next++];
    if (spawning->receives_sources)
        spawning->root_fd = attached->files[next++];
    for (int i = 0; i < NET_SOCKETS; i++)
        if ((spawning->net_sockets_wanted >> i & 1) != 0)
            spawning->net_sockets[i] = attached->files[next++];
    attached->file_count = 0;
}

static enum spawn_outcome on_created(struct spawning *spawning, struct channel_attached *attached,
                                     ns_set set)
{
    if (spawning->uses_stage) {
        if (!is_new_child(spawning, SPAWN_PROCESS, attached->sender))
            return fail_untrusted(spawning);
        spawning->pid = attached->sender;
    }
    if (!are_namespaces(spawning, attached, set))
        return fail_untrusted(spawning);
    take_namespaces(spawning, attached, set);
    return setup_on_created(spawning);
}

/* ---- descriptors --------------------------------------------------------------------------- */

/* No descriptor: the process can reach the socket that nsinit has opened by its path. */
static enum spawn_outcome on_notify_socket(struct spawning *spawning,
                                           struct channel_attached *attached)
{
    if (attached->file_count == 0 && spawning->notify_fd >= 0) {
        spawning->step = SPAWN_EXECUTING;
        return SPAWN_PENDING;
    }
    if (attached->file_count != 1 || socket_option(attached->files[0], SO_DOMAIN) != AF_UNIX ||
        socket_option(attached->files[0], SO_TYPE) != SOCK_DGRAM)
        return fail_untrusted(spawning);
    spawning_close_notify_socket(spawning);
    spawning->notify_fd = attached->files[0];
    spawning->notify_name.text[0] = '\0';
    attached->file_count = 0;
    spawning->step = SPAWN_EXECUTING;
    return SPAWN_PENDING;
}

static enum spawn_outcome on_terminal(struct spawning *spawning, struct channel_attached *attached)
{
    struct stat status;

    /* The controlling side of any pseudo-terminal is device 5:2: devices.txt. */
    if (!spawning->context.replaces_terminal || spawning->terminal_fd >= 0 ||
        attached->file_count != 1 || fstat(attached->files[0], &status) < 0 ||
        !S_ISCHR(status.st_mode) || status.st_rdev != makedev(5, 2))
        return fail_untrusted(spawning);
    spawning->terminal_fd = attached->files[0];
    attached->file_count = 0;
    return SPAWN_PENDING;
}

/* ---- messages ------------------------------------------------------------------------------ */

static bool reports_program(const struct spawning *spawning)
{
    return namespaces_has_inner_init(&spawning->service.namespaces) ||
           spawning->context.holds_shared_namespaces;
}

static enum spawn_outcome on_started(struct spawning *spawning,
                                     const struct channel_attached *attached)
{
    if (!reports_program(spawning))
        return fail_untrusted(spawning);
    /* nsinit only shows and signals this PID, which is not its child. */
    spawning->program = attached->sender > 0 ? attached->sender : spawning->pid;
    return SPAWN_STARTED;
}

static enum spawn_outcome on_message(struct spawning *spawning,
                                     const struct channel_message *message,
                                     struct channel_attached *attached)
{
    enum spawn_step step = spawning->step;

    if (message->kind == CHANNEL_FAILED) {
        spawning->error = message->error;
        return spawning_fail(spawning);
    }
    if (message->kind == CHANNEL_STAGE && step == SPAWN_CREATING)
        return is_new_child(spawning, SPAWN_STAGE, attached->sender) ? SPAWN_PENDING
                                                                     : fail_untrusted(spawning);
    if (message->kind == CHANNEL_CREATED && step == SPAWN_CREATING)
        return on_created(spawning, attached, (ns_set)message->value);
    if (message->kind == CHANNEL_TERMINAL && (step == SPAWN_CREATING || step == SPAWN_EXECUTING))
        return on_terminal(spawning, attached);
    if (message->kind == CHANNEL_NOTIFY && step == SPAWN_NOTIFYING)
        return on_notify_socket(spawning, attached);
    if (message->kind == CHANNEL_STARTED && step == SPAWN_EXECUTING)
        return on_started(spawning, attached);
    return fail_untrusted(spawning);
}

/* execve(2) has closed the channel, or the process was killed, which its exit code will show. */
static enum spawn_outcome on_closed(struct spawning *spawning)
{
    if (spawning->step != SPAWN_EXECUTING)
        return spawning_fail_for(spawning, "the new process ended before its program ran");
    spawning->program = spawning->pid;
    close(spawning->channel_fd);
    spawning->channel_fd = -1;
    return SPAWN_STARTED;
}

static enum spawn_outcome on_receive_error(struct spawning *spawning, int result)
{
    if (result == -EBADMSG)
        return fail_untrusted(spawning);
    errno = -result;
    error_failed(&spawning->error, "%s: receive from the new process", spawning->service.name);
    return spawning_fail(spawning);
}

/* The number of descriptors that the next message may bring. */
static size_t files_wanted(const struct spawning *spawning)
{
    if (spawning->step == SPAWN_CREATING && !spawning->context.is_exec)
        return count_of(spawning->context.ns_fds_wanted) + other_files(spawning);
    return spawning->step == SPAWN_NOTIFYING || spawning->context.replaces_terminal ? 1 : 0;
}

enum spawn_outcome spawn_on_message(struct spawning *spawning)
{
    enum spawn_outcome outcome = SPAWN_PENDING;

    while (outcome == SPAWN_PENDING) {
        struct channel_attached attached;
        struct channel_message message;
        int result = channel_receive(spawning->channel_fd, &message, &attached,
                                     files_wanted(spawning), false);

        if (result == -EAGAIN)
            return SPAWN_PENDING;
        if (result == 1)
            outcome = on_message(spawning, &message, &attached);
        else
            outcome = result == 0 ? on_closed(spawning) : on_receive_error(spawning, result);
        channel_close_files(&attached);
    }
    return outcome;
}

enum spawn_outcome spawn_on_process_end(struct spawning *spawning)
{
    enum spawn_outcome outcome;

    spawning->has_ended = true;
    outcome = spawn_on_message(spawning);
    if (outcome == SPAWN_PENDING && spawning->step != SPAWN_EXECUTING)
        return spawning_fail_for(spawning, "the new process ended before its program ran");
    /* A stage that has not ended yet may hold the channel open. */
    return outcome == SPAWN_PENDING ? on_closed(spawning) : outcome;
}
