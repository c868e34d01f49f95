/*
 * start.c - nsinit's side of a setup, step by step
 * Nothing here waits: each message of the process, and the end of each helper, leads on to the next
 * step. What the process says is checked, as a service may have taken it over.
 */
#include "spawn/start_private.h"

#include <errno.h>
#include <linux/nsfs.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "linux/wait.h"
#include "spawn/channel.h"
#include "net/veth.h"
#include "spawn/setup_parent_private.h"
#include "spawn/clone_error_private.h"
#include "mount/sources.h"
#include "visit/door.h"

static enum spawn_outcome fail(struct spawning *spawning)
{
    clone_error_adapt_hint(&spawning->error);
    spawn_abandon(spawning);
    return SPAWN_FAILED;
}

static enum spawn_outcome fail_for(struct spawning *spawning, const char *reason)
{
    error_subject(&spawning->error, "%s", spawning->service.name);
    spawning->error.hint[0] = '\0';
    error_reason(&spawning->error, ERROR_FAILED, "%s", reason);
    return fail(spawning);
}

/* Whoever speaks over the link may have been taken over, and say anything. */
static enum spawn_outcome distrust(struct spawning *spawning)
{
    return fail_for(spawning,
                    "the new process does not speak as nsinit does: it was tampered with");
}

/* ---- from outside -------------------------------------------------------------------------- */

static enum spawn_outcome let_go_on(struct spawning *spawning)
{
    int result;

    if (spawning->service.namespaces.as_pid_1 && !spawning->context.holds_shared_namespaces) {
        error_subject(&spawning->error, "%s", spawning->service.name);
        if (guard_start(&spawning->guard, spawning->pid, &spawning->error) < 0)
            return fail(spawning);
    }
    result = channel_send(spawning->channel_fd, CHANNEL_GO, 0, NULL);

    spawning->step = spawning->context.makes_notify_socket ? SPAWN_NOTIFYING : SPAWN_EXECUTING;
    /* It has ended, perhaps with a word that is still to be read. */
    if (result == 0 || result == -EPIPE || result == -ECONNRESET)
        return SPAWN_PENDING;
    errno = -result;
    error_failed(&spawning->error, "%s: the link to the new process", spawning->service.name);
    return fail(spawning);
}

static enum spawn_outcome await_helper(struct spawning *spawning, enum spawn_step step, pid_t pid)
{
    spawning->step = step;
    spawning->helper = pid;
    if (!spawning->on_child(spawning->owner, SPAWN_HELPER, pid))
        return fail_for(spawning, "no memory");
    return SPAWN_PENDING;
}

/* A process that does `work`, tells of it over its end of a link, and ends. */
static enum spawn_outcome start_helper(struct spawning *spawning, enum spawn_step step,
                                       void (*work)(struct spawning *spawning, int helper_fd))
{
    int ends[2];
    int result = channel_open(ends, false);
    pid_t pid;

    if (result < 0) {
        errno = -result;
        error_failed(&spawning->error, "%s: socketpair", spawning->service.name);
        return fail(spawning);
    }
    pid = fork();
    if (pid == 0)
        work(spawning, ends[1]);
    close(ends[1]);
    spawning->helper_fd = ends[0];
    if (pid < 0) {
        error_failed(&spawning->error, "%s: %s: fork", spawning->service.name,
                     step == SPAWN_MAPPING ? "a process to write the id maps"
                                           : "a process to open the sources of mounts");
        return fail(spawning);
    }
    return await_helper(spawning, step, pid);
}

static _Noreturn void be_opener(struct spawning *spawning, int helper_fd)
{
    struct kept_fds kept_fds = {.files = {helper_fd, spawning->channel_fd, spawning->root_fd},
                                .count = 3,
                                /* A source may be named /proc/self/fd/N. */
                                .keeps_inherited = true};
    int result;

    /* It must not be polled here: see leave_nsinit. */
    if (spawning->context.loop_fd >= 0)
        close(spawning->context.loop_fd);
    door_close_fds(&kept_fds);
    door_protect();
    result = setup_parent_send_sources(&spawning->service.namespaces.filesystem, spawning->root_fd,
                                       spawning->channel_fd, &spawning->error);
    (void)channel_send(helper_fd, result < 0 ? CHANNEL_FAILED : CHANNEL_CREATED, 0,
                       &spawning->error);
    _exit(0);
}

/* All else from outside is done: what is mounted is as it is when the program begins. */
static enum spawn_outcome open_sources(struct spawning *spawning)
{
    return spawning->receives_sources ? start_helper(spawning, SPAWN_OPENING, be_opener)
                                      : let_go_on(spawning);
}

static enum spawn_outcome on_mapped(struct spawning *spawning)
{
    const struct namespaces *namespaces = &spawning->service.namespaces;
    struct error *error = &spawning->error;
    pid_t hook;

    if (setup_parent_add_veths(namespaces, spawning->pid, spawning->context.veth_indexes, error) <
        0)
        return fail(spawning);
    spawning->has_veths = true;
    if (persistent_create(spawning->persistent, namespaces, &spawning->ns_fds, error) < 0)
        return fail(spawning);
    if (namespaces->hook_created == NULL)
        return open_sources(spawning);
    hook = setup_parent_start_hook(namespaces, spawning->pid, &spawning->ns_fds, error);
    return hook < 0 ? fail(spawning) : await_helper(spawning, SPAWN_HOOK, hook);
}

static _Noreturn void be_mapper(struct spawning *spawning, int channel_fd)
{
    struct kept_fds kept_fds = {.files = {channel_fd, spawning->join_fds.fds[NAMESPACE_USER]},
                                .count = 2};
    int result;

    door_close_fds(&kept_fds);
    door_protect();
    result = setup_parent_map(&spawning->service.namespaces, spawning->join_fds.fds[NAMESPACE_USER],
                              spawning->pid, &spawning->error);
    (void)channel_send(channel_fd, result < 0 ? CHANNEL_FAILED : CHANNEL_CREATED, 0,
                       &spawning->error);
    _exit(0);
}

enum spawn_outcome start_on_created(struct spawning *spawning)
{
    const struct namespaces *namespaces = &spawning->service.namespaces;
    int user_fd = spawning->join_fds.fds[NAMESPACE_USER];

    if (!spawning->context.is_exec) {
        if (setup_parent_check(namespaces, &spawning->error) < 0)
            return fail(spawning);
        if (setup_parent_needs_mapper(namespaces, user_fd))
            return start_helper(spawning, SPAWN_MAPPING, be_mapper);
        if (setup_parent_map(namespaces, -1, spawning->pid, &spawning->error) < 0)
            return fail(spawning);
        return on_mapped(spawning);
    }
    spawning->step = SPAWN_EXECUTING;
    return SPAWN_PENDING;
}

/* ---- helpers ------------------------------------------------------------------------------- */

/* What the helper has said, as its last word: then comes `next`. */
static enum spawn_outcome on_last_word(struct spawning *spawning,
                                       enum spawn_outcome (*next)(struct spawning *spawning),
                                       const char *silence)
{
    struct channel_attached attached;
    struct channel_message message;
    int result = channel_receive(spawning->helper_fd, &message, &attached, 0, false);

    close(spawning->helper_fd);
    spawning->helper_fd = -1;
    if (result == 1 && message.kind == CHANNEL_CREATED)
        return next(spawning);
    if (result == 1 && message.kind == CHANNEL_FAILED) {
        spawning->error = message.error;
        return fail(spawning);
    }
    return fail_for(spawning, silence);
}

enum spawn_outcome spawn_on_helper_end(struct spawning *spawning, int wait_status)
{
    spawning->helper = 0;
    if (spawning->step == SPAWN_MAPPING)
        return on_last_word(spawning, on_mapped, "the process that writes the id maps was killed");
    if (spawning->step == SPAWN_OPENING)
        return on_last_word(spawning, let_go_on,
                            "the process that opens the sources of mounts was killed");
    if (setup_parent_check_hook(wait_status, &spawning->error) < 0)
        return fail(spawning);
    return open_sources(spawning);
}

/* ---- messages ------------------------------------------------------------------------------ */

/* A process that a message speaks of is to be a child of nsinit's, and none that is known. */
static bool is_new_child(struct spawning *spawning, enum spawn_child role, pid_t pid)
{
    if (pid <= 0 || (pid != spawning->reaped && !wait_has_child(P_PID, (id_t)pid)))
        return false;
    return spawning->on_child(spawning->owner, role, pid);
}

static unsigned int count_of(ns_set set)
{
    return (unsigned int)__builtin_popcount(set);
}

static bool is_namespace(int fd, enum ns_type type)
{
    return ioctl(fd, NS_GET_NSTYPE) == (int)ns_types[type].clone_flag;
}

static bool is_directory(int fd)
{
    struct stat status;

    return fstat(fd, &status) == 0 && S_ISDIR(status.st_mode);
}

/*
 * The files that came are those of the types in `set`, in the order of the types, and the root of a
 * process that gets sources.
 */
static bool take_namespaces(struct spawning *spawning, struct channel_attached *attached, int value)
{
    ns_set set = (ns_set)value;
    size_t next = 0;

    if ((set & ~spawning->context.ns_fds_wanted) != 0 ||
        count_of(set) + spawning->receives_sources != attached->file_count)
        return false;
    if (spawning->receives_sources && !is_directory(attached->files[count_of(set)]))
        return false;
    for (unsigned int type = 0; type < NAMESPACE_COUNT; type++) {
        if (!ns_set_has(set, (enum ns_type)type))
            continue;
        if (!is_namespace(attached->files[next], (enum ns_type)type))
            return false;
        next++;
    }
    next = 0;
    for (unsigned int type = 0; type < NAMESPACE_COUNT; type++)
        if (ns_set_has(set, (enum ns_type)type))
            spawning->ns_fds.fds[type] = attached->files[next++];
    if (spawning->receives_sources)
        spawning->root_fd = attached->files[next];
    attached->file_count = 0;
    return true;
}

static enum spawn_outcome on_created(struct spawning *spawning, struct channel_attached *attached,
                                     int value)
{
    if (spawning->uses_stage) {
        if (!is_new_child(spawning, SPAWN_PROCESS, attached->sender))
            return distrust(spawning);
        spawning->pid = attached->sender;
    }
    if (!take_namespaces(spawning, attached, value))
        return distrust(spawning);
    return start_on_created(spawning);
}

static int option_of(int fd, int name)
{
    int value = -1;
    socklen_t size = sizeof value;

    return getsockopt(fd, SOL_SOCKET, name, &value, &size) == 0 ? value : -1;
}

static void close_notify_socket(struct spawning *spawning)
{
    if (spawning->notify_fd < 0)
        return;
    close(spawning->notify_fd);
    spawning->notify_fd = -1;
    notify_socket_remove(&spawning->notify_name);
}

static enum spawn_outcome on_notify_socket(struct spawning *spawning,
                                           struct channel_attached *attached)
{
    if (attached->file_count == 0 && spawning->notify_fd >= 0) {
        spawning->step = SPAWN_EXECUTING;
        return SPAWN_PENDING;
    }
    if (attached->file_count != 1 || option_of(attached->files[0], SO_DOMAIN) != AF_UNIX ||
        option_of(attached->files[0], SO_TYPE) != SOCK_DGRAM)
        return distrust(spawning);
    close_notify_socket(spawning);
    spawning->notify_fd = attached->files[0];
    spawning->notify_name.text[0] = '\0';
    attached->file_count = 0;
    spawning->step = SPAWN_EXECUTING;
    return SPAWN_PENDING;
}

static enum spawn_outcome on_terminal(struct spawning *spawning, struct channel_attached *attached)
{
    struct stat status;

    /* The controlling side of any terminal: devices.txt. */
    if (!spawning->context.replaces_terminal || spawning->terminal_fd >= 0 ||
        attached->file_count != 1 || fstat(attached->files[0], &status) < 0 ||
        !S_ISCHR(status.st_mode) || status.st_rdev != makedev(5, 2))
        return distrust(spawning);
    spawning->terminal_fd = attached->files[0];
    attached->file_count = 0;
    return SPAWN_PENDING;
}

static bool tells_of_program(const struct spawning *spawning)
{
    return namespaces_has_inner_init(&spawning->service.namespaces) ||
           spawning->context.holds_shared_namespaces;
}

static enum spawn_outcome on_started(struct spawning *spawning,
                                     const struct channel_attached *attached)
{
    if (!tells_of_program(spawning))
        return distrust(spawning);
    /* It is told of a process that is not nsinit's child, and is only shown and signalled. */
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
        return fail(spawning);
    }
    if (message->kind == CHANNEL_STAGE && step == SPAWN_CREATING)
        return is_new_child(spawning, SPAWN_STAGE, attached->sender) ? SPAWN_PENDING
                                                                     : distrust(spawning);
    if (message->kind == CHANNEL_CREATED && step == SPAWN_CREATING)
        return on_created(spawning, attached, message->value);
    if (message->kind == CHANNEL_TERMINAL && (step == SPAWN_CREATING || step == SPAWN_EXECUTING))
        return on_terminal(spawning, attached);
    if (message->kind == CHANNEL_NOTIFY && step == SPAWN_NOTIFYING)
        return on_notify_socket(spawning, attached);
    if (message->kind == CHANNEL_STARTED && step == SPAWN_EXECUTING)
        return on_started(spawning, attached);
    return distrust(spawning);
}

/* Executed, or killed, of which its exit code tells. */
static enum spawn_outcome on_silence(struct spawning *spawning)
{
    if (spawning->step != SPAWN_EXECUTING)
        return fail_for(spawning, "the new process ended before its program ran");
    spawning->program = spawning->pid;
    close(spawning->channel_fd);
    spawning->channel_fd = -1;
    return SPAWN_STARTED;
}

static enum spawn_outcome on_bad_link(struct spawning *spawning, int result)
{
    if (result == -EBADMSG)
        return distrust(spawning);
    errno = -result;
    error_failed(&spawning->error, "%s: the link to the new process", spawning->service.name);
    return fail(spawning);
}

/* As many files as the next message may bring. */
static size_t files_wanted(const struct spawning *spawning)
{
    if (spawning->step == SPAWN_CREATING && !spawning->context.is_exec)
        return count_of(spawning->context.ns_fds_wanted) + spawning->receives_sources;
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
            outcome = result == 0 ? on_silence(spawning) : on_bad_link(spawning, result);
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
        return fail_for(spawning, "the new process ended before its program ran");
    /* A stage that has not ended yet may hold the link open. */
    return outcome == SPAWN_PENDING ? on_silence(spawning) : outcome;
}

/* ---- the end ------------------------------------------------------------------------------- */

static void close_file(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

void spawn_release(struct spawning *spawning)
{
    close_file(&spawning->channel_fd);
    close_file(&spawning->helper_fd);
    close_notify_socket(spawning);
    close_file(&spawning->terminal_fd);
    close_file(&spawning->root_fd);
    nsfds_close(&spawning->join_fds);
    nsfds_close(&spawning->ns_fds);
}

/*
 * A child that has not been waited for, so that its number, and that of the group that it may lead,
 * are nobody else's. A hook, or a program that runs unheard, may have started others.
 */
static void kill_with_group(pid_t pid)
{
    if (pid <= 0)
        return;
    (void)kill(-pid, SIGKILL);
    (void)kill(pid, SIGKILL);
}

void spawn_abandon(struct spawning *spawning)
{
    if (!spawning->has_ended)
        kill_with_group(spawning->pid);
    kill_with_group(spawning->helper);
    guard_stop(&spawning->guard);
    spawning->pid = spawning->helper = 0;
    if (spawning->persistent != NULL)
        persistent_undo(spawning->persistent);
    if (spawning->has_veths)
        veth_delete(spawning->context.veth_indexes, spawning->service.namespaces.veth_count);
    spawn_release(spawning);
}
