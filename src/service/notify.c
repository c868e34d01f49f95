/*
 * notify.c - receive a service's messages of sd_notify(3)
 * Every process in the service's network namespace can send to the socket, but nsinit accepts
 * messages from the service's own processes only.
 */
#include "service/notify_private.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "service/discard_private.h"
#include "service/main_pid.h"
#include "service/notify_message_private.h"
#include "service/supervised.h"
#include "util/loop.h"
#include "linux/cmsg.h"
#include "util/log.h"

/* A sender that never stops must not keep nsinit from its other tasks. */
enum { MESSAGES_AT_ONCE = 16, TURNS_MAX = 16 };

/*
 * A foreign process may send without end, and each message costs a read of /proc. After so many in
 * one turn nsinit pauses: senders block, and the service's own messages queue in the kernel. They
 * wait longer, but nsinit stays idle most of the time.
 */
enum { FOREIGN_MESSAGES_AT_ONCE = 8, PAUSE_MS = 10 };

/* Receive no more files while this many processes close earlier ones: discard_private.h. */
enum { CLOSERS_MAX = 4 };

struct message {
    char text[NOTIFY_MESSAGE_SIZE + 1];
    size_t length;
    bool is_whole;
    struct ucred sender;
    int files[RELAYED_FILES_MAX];
    size_t file_count;
};

/* ---- the meaning of a message ---------------------------------------------------------------- */

static void relay(struct supervised *supervised, const char *lines,
                  const struct relayed_files *files)
{
    if (supervised->common->pod->file == NULL)
        notify_relay_send(&supervised->common->relay, lines, files);
}

void notify_relay_lines(struct supervised *supervised, const char *lines)
{
    relay(supervised, lines, &RELAYED_NO_FILES);
}

static void extend_timers(struct supervised *supervised, uint64_t microseconds)
{
    uint64_t milliseconds = microseconds / 1000;
    uint32_t most = milliseconds < UINT32_MAX ? (uint32_t)milliseconds : UINT32_MAX;

    if (supervised->state == SERVICE_STARTING)
        timer_extend(supervised->common->loop, &supervised->timer, most);
    stop_walk_extend(&supervised->stop_walk, most);
}

static const char *const claim_names[] = {
    [CLAIMS_NOTHING] = "ready", [CLAIMS_RELOADING] = "reloading", [CLAIMS_STOPPING] = "stopping"};

static const enum event_kind claim_events[] = {[CLAIMS_NOTHING] = EVENT_KIND_READY,
                                               [CLAIMS_RELOADING] = EVENT_KIND_RELOAD,
                                               [CLAIMS_STOPPING] = EVENT_KIND_STOP};

/* RELOADING=1 holds until READY=1, STOPPING=1 until the end of the program. */
static void take_claim(struct supervised *supervised, const struct notify_message *notice)
{
    enum claim before = supervised->claim;

    /* A service that nsinit stops has been reported as stopping already. */
    if (supervised->state != SERVICE_STARTING && supervised->state != SERVICE_READY)
        return;
    if (notice->stopping)
        supervised->claim = CLAIMS_STOPPING;
    else if (notice->reloading)
        supervised->claim = CLAIMS_RELOADING;
    else if (notice->ready && before == CLAIMS_RELOADING)
        supervised->claim = CLAIMS_NOTHING;
    if (supervised->claim == before)
        return;
    log_line(LOG_INFO, "%s: %s", name_of(supervised), claim_names[supervised->claim]);
    event_emit(supervised, claim_events[supervised->claim],
               supervised->claim == CLAIMS_STOPPING ? "program" : NULL, 0);
    supervised->common->hooks->on_change(supervised);
}

/* Act on a message. Its files stay the caller's. */
static void apply(struct supervised *supervised, const struct notify_message *notice,
                  const struct relayed_files *files)
{
    char buffer[NOTIFY_MESSAGE_SIZE + 1];
    struct strbuf text = strbuf_in(buffer, sizeof buffer);
    struct notify_message relayed = *notice;
    uint64_t watchdog_ms = notice->watchdog_usec / 1000;
    bool has_watchdog = watchdog_ms > 0 && watchdog_ms <= UINT32_MAX;

    /* The first READY=1 is relayed by the state machine. */
    relayed.ready = notice->ready && supervised->is_ready;
    notify_message_relay(&relayed, &text);
    relay(supervised, buffer, notice->stores_files ? files : &RELAYED_NO_FILES);
    if (notice->status != NULL) {
        log_line(LOG_INFO, "%s: status: %s", name_of(supervised), notice->status);
        event_emit(supervised, EVENT_KIND_STATUS, notice->status, 0);
    }
    take_claim(supervised, notice);
    if (notice->extend_usec != 0)
        extend_timers(supervised, notice->extend_usec);
    if (has_watchdog)
        supervised->listening->watchdog_ms = (uint32_t)watchdog_ms;
    if ((has_watchdog || notice->keep_alive) && supervised->state == SERVICE_READY)
        notify_start_watchdog(supervised);
    if (notice->ready && plan_of(supervised)->notify)
        supervised->machine->on_event(supervised, EVENT_READY);
    if (notice->trigger)
        supervised->machine->on_event(supervised, EVENT_WATCHDOG);
}

/* ---- the socket ----------------------------------------------------------------------------- */

/* Files come with FDSTORE=1, or with BARRIER=1: its sender waits until the file is closed. */
static void take_files(struct message *message, const struct cmsghdr *part)
{
    message->file_count = (part->cmsg_len - CMSG_LEN(0)) / sizeof message->files[0];
    memcpy(message->files, CMSG_DATA(part), message->file_count * sizeof message->files[0]);
}

static void on_closed(void *owner, pid_t pid, int wait_status)
{
    struct supervised *supervised = owner;

    (void)pid;
    (void)wait_status;
    supervised->listening->closers--;
}

static void close_files(struct supervised *supervised, const struct message *message)
{
    if (discard_files(&supervised->common->children, message->files, message->file_count, on_closed,
                      supervised))
        supervised->listening->closers++;
}

/* Receive a message. False if none has arrived. */
static bool receive(int fd, struct message *message)
{
    /* cppcheck-suppress ctuuninitvar ; recvmsg fills it in */
    struct iovec data = {.iov_base = message->text, .iov_len = NOTIFY_MESSAGE_SIZE};
    _Alignas(struct cmsghdr) char
        control[CMSG_SPACE(sizeof(struct ucred)) + CMSG_SPACE(RELAYED_FILES_MAX * sizeof(int))];
    struct msghdr header = {.msg_iov = &data,
                            .msg_iovlen = 1,
                            .msg_control = control,
                            .msg_controllen = sizeof control};
    ssize_t size = recvmsg(fd, &header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);

    if (size < 0)
        return false;
    message->length = (size_t)size;
    message->is_whole = (header.msg_flags & MSG_TRUNC) == 0;
    message->sender = (struct ucred){0};
    message->file_count = 0;
    for (struct cmsghdr *part = CMSG_FIRSTHDR(&header); part != NULL;
         part = cmsg_next(&header, part)) {
        if (part->cmsg_level != SOL_SOCKET)
            continue;
        if (part->cmsg_type == SCM_RIGHTS)
            take_files(message, part);
        else if (part->cmsg_type == SCM_CREDENTIALS)
            memcpy(&message->sender, CMSG_DATA(part), sizeof message->sender);
    }
    return true;
}

/* The group's number belongs to the service while its main process is a member, or just was. */
static bool is_in_group(const struct supervised *supervised, pid_t sender)
{
    pid_t group = supervised->group;

    if (group == 0 || getpgid(sender) != group)
        return false;
    return supervised->pid == 0 || supervised->pid == group || getpgid(supervised->pid) == group;
}

/*
 * Whether the sender is the program or one of its descendants; of a single service these are all of
 * nsinit's descendants. A sender that has been waited for looks like a foreign process, so
 * systemd-notify(1) waits by BARRIER=1 until its message is read.
 */
static bool is_of_service(const struct supervised *supervised, pid_t program, pid_t sender)
{
    const struct service_common *common = supervised->common;
    pid_t child;

    if (sender <= 0)
        return false;
    if (sender == program)
        return true;
    /*
     * systemd-notify(1) sends in the name of its parent, which is nsinit for an orphan. The kernel
     * permits that (unix(7)) only to processes that could send in the program's name too.
     */
    if (sender == getpid() && common->adopts_orphans)
        return true;
    if (is_in_group(supervised, sender))
        return true;
    if (common->count > 1 || !common->adopts_orphans)
        return processes_descends_from(sender, program);
    child = processes_child_above(sender, getpid());
    return child > 0 && !pid_list_has(&common->foreign_children, child);
}

static void warn_ignored(struct supervised *supervised, const struct message *message,
                         const char *what)
{
    if (supervised->listening->has_warned)
        return;
    supervised->listening->has_warned = true;
    log_line(LOG_WARNING, "%s: sd_notify: ignore %s (process %d, user %u)", name_of(supervised),
             what, message->sender.pid, message->sender.uid);
}

/* False if the message is from a foreign process. */
static bool handle(struct supervised *supervised, pid_t program, struct message *message)
{
    const struct relayed_files files = {message->files, message->file_count};
    struct notify_message notice;

    if (!is_of_service(supervised, program, message->sender.pid)) {
        warn_ignored(supervised, message, "a message from outside of the service");
        return false;
    }
    if (!message->is_whole)
        warn_ignored(supervised, message, "a message of more than 4096 bytes");
    else if (!notify_message_parse(&notice, message->text, message->length))
        warn_ignored(supervised, message, "a message that is empty or has a NUL byte");
    else {
        if (notice.main_pid != 0)
            main_pid_follow(supervised, notice.main_pid, message->sender.pid);
        apply(supervised, &notice, &files);
    }
    return true;
}

/* Handle a batch of messages. True if there may be more; `foreign` counts the foreign ones. */
static bool read_messages(struct supervised *supervised, pid_t program, int *foreign)
{
    struct message message = {0};
    int count = 0;

    while (count++ < MESSAGES_AT_ONCE) {
        if (!receive(supervised->listening->notify.fd, &message))
            return false;
        if (!handle(supervised, program, &message))
            (*foreign)++;
        /* Not earlier: the sender may end when its file is closed, and then looks foreign. */
        close_files(supervised, &message);
    }
    return true;
}

static void on_readable(struct ev_loop *loop, struct ev_io *watcher, int events)
{
    struct supervised *supervised = watcher->data;
    int foreign = 0;

    watch_again(loop, watcher, events);
    if (supervised->listening->closers < CLOSERS_MAX)
        (void)read_messages(supervised, supervised->pid, &foreign);
    if ((foreign < FOREIGN_MESSAGES_AT_ONCE && supervised->listening->closers < CLOSERS_MAX) ||
        !ev_is_active(watcher))
        return;
    ev_io_stop(loop, watcher);
    timer_start(loop, &supervised->listening->notify_pause, PAUSE_MS);
}

static void on_pause_over(struct ev_loop *loop, struct ev_timer *watcher, int events)
{
    struct supervised *supervised = watcher->data;

    (void)events;
    watch_start(loop, &supervised->listening->notify);
}

static bool is_open(const struct listening *listening)
{
    return listening != NULL &&
           (ev_is_active(&listening->notify) || timer_is_active(&listening->notify_pause));
}

void notify_begin(struct supervised *supervised, int fd, const struct notify_name *name)
{
    supervised->listening->notify_name = *name;
    supervised->listening->has_warned = false;
    timer_init(&supervised->listening->notify_pause, on_pause_over, supervised);
    watch_file(supervised->common->loop, &supervised->listening->notify, fd, on_readable,
               supervised);
}

void notify_read(struct supervised *supervised, pid_t program)
{
    int foreign = 0;
    int turns = 0;

    while (is_open(supervised->listening) && turns++ < TURNS_MAX &&
           read_messages(supervised, program, &foreign))
        ;
}

void notify_end(struct supervised *supervised, pid_t program)
{
    struct ev_loop *loop = supervised->common->loop;
    int foreign = 0;

    if (!is_open(supervised->listening))
        return;
    /* A leftover process must not be able to send forever. */
    (void)shutdown(supervised->listening->notify.fd, SHUT_RD);
    while (read_messages(supervised, program, &foreign))
        ;
    if (timer_is_active(&supervised->listening->notify_pause)) {
        timer_stop(loop, &supervised->listening->notify_pause);
        ev_io_start(loop, &supervised->listening->notify);
    }
    watch_end(loop, &supervised->listening->notify);
    notify_socket_remove(&supervised->listening->notify_name);
}

/* ---- the watchdog ---------------------------------------------------------------------------- */

static void on_watchdog(struct ev_loop *loop, struct ev_timer *watcher, int events)
{
    struct supervised *supervised = watcher->data;

    (void)loop;
    (void)events;
    /* WATCHDOG=1 may have come in time, and nsinit may not have read it yet. */
    notify_read(supervised, supervised->pid);
    if (!ev_is_active(watcher) && supervised->state == SERVICE_READY)
        supervised->machine->on_event(supervised, EVENT_WATCHDOG);
}

void notify_init(struct supervised *supervised)
{
    timer_init(&supervised->listening->watchdog, on_watchdog, supervised);
}

void notify_start_watchdog(struct supervised *supervised)
{
    struct listening *listening = supervised->listening;

    if (listening != NULL && listening->watchdog_ms != 0)
        timer_start(supervised->common->loop, &listening->watchdog, listening->watchdog_ms);
}
