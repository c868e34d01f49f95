/*
 * notify.c - listen to what a service says by sd_notify(3)
 * Whoever is in the service's network namespace can send to the socket; only the service's own
 * processes are heard.
 */
#include "service/notify_private.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "service/discard_private.h"
#include "service/main_pid.h"
#include "service/notify_message_private.h"
#include "service/service.h"
#include "util/loop.h"
#include "linux/cmsg.h"
#include "util/log.h"

/* A sender that never stops does not keep nsinit from its other tasks. */
enum { MESSAGES_AT_ONCE = 16, TURNS_MAX = 16 };

/*
 * Whoever is in the network namespace may talk without end, at the cost of a look at /proc for each
 * message. After so many in one turn nobody is heard for a while: the sender waits, and the
 * service's own messages take their turn in the kernel's queue. It waits longer, but nsinit is idle
 * most of the time.
 */
enum { FOREIGN_MESSAGES_AT_ONCE = 8, REST_MS = 10 };

/* While so many processes close files that came, no more are taken: see discard.h. */
enum { CLOSERS_MAX = 4 };

struct message {
    char text[NOTIFY_MESSAGE_SIZE + 1];
    size_t length;
    bool is_whole;
    struct ucred sender;
    int files[RELAYED_FILES_MAX];
    size_t file_count;
};

/* ---- what is said --------------------------------------------------------------------------- */

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

static const enum event_kind claim_occurrences[] = {[CLAIMS_NOTHING] = EVENT_KIND_READY,
                                                    [CLAIMS_RELOADING] = EVENT_KIND_RELOAD,
                                                    [CLAIMS_STOPPING] = EVENT_KIND_STOP};

/* It reloads until it says that it is ready, and stops until it has ended. */
static void take_claim(struct supervised *supervised, const struct notify_message *notice)
{
    unsigned char before = supervised->claim;

    /* What nsinit ends is told to be stopping already. */
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
    event_emit(supervised, claim_occurrences[supervised->claim],
               supervised->claim == CLAIMS_STOPPING ? "program" : NULL, 0);
    supervised->common->hooks->on_change(supervised);
}

/* `files` came along, and stay the caller's. */
static void take(struct supervised *supervised, const struct notify_message *notice,
                 const struct relayed_files *files)
{
    char buffer[NOTIFY_MESSAGE_SIZE + 1];
    struct strbuf text = strbuf_in(buffer, sizeof buffer);
    struct notify_message relayed = *notice;
    uint64_t watchdog_ms = notice->watchdog_usec / 1000;
    bool has_watchdog = watchdog_ms > 0 && watchdog_ms <= UINT32_MAX;

    /* That is told by the table, when it is the first time. */
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

/* Files come with BARRIER=1, whose sender waits for its file to be closed, or with FDSTORE=1. */
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

/* False when there is none now. */
static bool receive(int fd, struct message *message)
{
    /* cppcheck-suppress ctuuninitvar ; it is to be filled in */
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

/* The number is the service's as long as its main process is in the group, or was until now. */
static bool is_in_group(const struct supervised *supervised, pid_t sender)
{
    pid_t group = supervised->group;

    if (group == 0 || getpgid(sender) != group)
        return false;
    return supervised->pid == 0 || supervised->pid == group || getpgid(supervised->pid) == group;
}

/*
 * The program and its descendants, which are all of nsinit's where there is but one service.
 * One that has ended and been waited for can't be told from a stranger: systemd-notify(1) waits
 * for its message to be read, by BARRIER=1.
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
     * systemd-notify(1) speaks in its parent's name, which nsinit is when it runs as an orphan. The
     * kernel lets only those speak for others (unix(7)) who could as well speak for the program.
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

static void complain(struct supervised *supervised, const struct message *message, const char *what)
{
    if (supervised->listening->has_complained)
        return;
    supervised->listening->has_complained = true;
    log_line(LOG_WARNING, "%s: sd_notify: %s from process %d of user %u is ignored",
             name_of(supervised), what, message->sender.pid, message->sender.uid);
}

/* False for one of somebody else's. */
static bool hear(struct supervised *supervised, pid_t program, struct message *message)
{
    const struct relayed_files files = {message->files, message->file_count};
    struct notify_message notice;

    if (!is_of_service(supervised, program, message->sender.pid)) {
        complain(supervised, message, "a message from outside of the service,");
        return false;
    }
    if (!message->is_whole)
        complain(supervised, message, "a message of more than 4096 bytes");
    else if (!notify_message_parse(&notice, message->text, message->length))
        complain(supervised, message, "a message that is empty or has a NUL byte");
    else {
        if (notice.main_pid != 0)
            main_pid_follow(supervised, notice.main_pid, message->sender.pid);
        take(supervised, &notice, &files);
    }
    return true;
}

/* True when there may be more; `strangers` counts those of others. */
static bool read_messages(struct supervised *supervised, pid_t program, int *foreign_children)
{
    struct message message = {0};
    int count = 0;

    while (count++ < MESSAGES_AT_ONCE) {
        if (!receive(supervised->listening->notify.fd, &message))
            return false;
        if (!hear(supervised, program, &message))
            (*foreign_children)++;
        /* Only then: the sender may end at that, and could not be told from a stranger. */
        close_files(supervised, &message);
    }
    return true;
}

static void on_readable(struct ev_loop *loop, struct ev_io *watcher, int events)
{
    struct supervised *supervised = watcher->data;
    int foreign_children = 0;

    watch_again(loop, watcher, events);
    if (supervised->listening->closers < CLOSERS_MAX)
        (void)read_messages(supervised, supervised->pid, &foreign_children);
    if ((foreign_children < FOREIGN_MESSAGES_AT_ONCE &&
         supervised->listening->closers < CLOSERS_MAX) ||
        !ev_is_active(watcher))
        return;
    ev_io_stop(loop, watcher);
    timer_start(loop, &supervised->listening->notify_rest, REST_MS);
}

static void on_rested(struct ev_loop *loop, struct ev_timer *watcher, int events)
{
    struct supervised *supervised = watcher->data;

    (void)events;
    watch_start(loop, &supervised->listening->notify);
}

static bool is_open(const struct listening *listening)
{
    return listening != NULL &&
           (ev_is_active(&listening->notify) || timer_is_active(&listening->notify_rest));
}

void notify_begin(struct supervised *supervised, int fd, const struct notify_name *name)
{
    supervised->listening->notify_name = *name;
    supervised->listening->has_complained = false;
    timer_init(&supervised->listening->notify_rest, on_rested, supervised);
    watch_file(supervised->common->loop, &supervised->listening->notify, fd, on_readable,
               supervised);
}

void notify_read(struct supervised *supervised, pid_t program)
{
    int foreign_children = 0;
    int turns = 0;

    while (is_open(supervised->listening) && turns++ < TURNS_MAX &&
           read_messages(supervised, program, &foreign_children))
        ;
}

/* ---- the watchdog ---------------------------------------------------------------------------- */

static void on_watchdog(struct ev_loop *loop, struct ev_timer *watcher, int events)
{
    struct supervised *supervised = watcher->data;

    (void)loop;
    (void)events;
    /* It may have said so in time, and nsinit not had the time to listen. */
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

void notify_end(struct supervised *supervised, pid_t program)
{
    struct ev_loop *loop = supervised->common->loop;
    int foreign_children = 0;

    if (!is_open(supervised->listening))
        return;
    /* Else one who is left behind and never stops talking is never heard to the end. */
    (void)shutdown(supervised->listening->notify.fd, SHUT_RD);
    while (read_messages(supervised, program, &foreign_children))
        ;
    if (timer_is_active(&supervised->listening->notify_rest)) {
        timer_stop(loop, &supervised->listening->notify_rest);
        ev_io_start(loop, &supervised->listening->notify);
    }
    watch_end(loop, &supervised->listening->notify);
    notify_socket_remove(&supervised->listening->notify_name);
}
