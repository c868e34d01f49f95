/*
 * main_pid.c - replace a service's main process by another one: MAINPID= of sd_notify(3)
 */
#include "service/main_pid.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "linux/syscalls.h"
#include "linux/wait.h"
#include "spawn/channel.h"
#include "service/signal.h"
#include "service/supervised.h"
#include "util/loop.h"
#include "util/log.h"
#include "linux/proc.h"

/* Few services have a successor, so it is allocated when needed. */
struct successor {
    pid_t pid;         /* 0: none */
    struct ev_io ends; /* on its pidfd, while there is one */
    bool has_warned;
};

/* ---- which process may be the successor ------------------------------------------------------ */

/* Whether the service lives in nsinit's PID namespace, where nsinit adopts its orphans. */
static bool shares_pids(const struct supervised *supervised)
{
    const struct service_common *common = supervised->common;
    const struct namespaces *namespaces = &supervised->service->namespaces;

    if (ns_set_has(namespaces->unshared, NAMESPACE_PID) || common->holder_pid != 0)
        return false;
    for (size_t i = 0; i < namespaces->join_count; i++)
        if (ns_set_has(namespaces->joins[i].types, NAMESPACE_PID))
            return false;
    return true;
}

/* Whether the process is a child of nsinit, alive or not. */
static bool is_child(int pidfd)
{
    return wait_has_child(P_PIDFD, (id_t)pidfd);
}

/* Whether the process is an orphan of the service; with several services, its group shows that. */
static bool is_orphan_of(const struct supervised *supervised, pid_t pid, int pidfd)
{
    const struct service_common *common = supervised->common;

    if (!is_child(pidfd) || pid_list_has(&common->foreign_children, pid))
        return false;
    return common->count == 1 || (supervised->group != 0 && getpgid(pid) == supervised->group);
}

static bool is_descendant_of(const struct supervised *supervised, pid_t pid)
{
    if (supervised->pid != 0 && processes_descends_from(pid, supervised->pid))
        return true;
    /* Every process beside an inner init is its service's, but for commands run by nsctl exec,
     * which never become its children. */
    return supervised->common->is_inner && !proc_is_ours();
}

/* Why the process cannot be the successor, or NULL. */
static const char *reason_against(const struct supervised *supervised, pid_t pid, int pidfd)
{
    struct service_common *common = supervised->common;

    if (!common->adopts_orphans || !shares_pids(supervised))
        return "nsinit would not become its parent";
    /* pidfd_open(2) fails for a thread, too. */
    if (pidfd < 0)
        return "no such process";
    /* Check for an orphan last: a descendant becomes one when its parent ends meanwhile. */
    if (pid == getpid() || children_find(&common->children, pid) != NULL ||
        !(is_descendant_of(supervised, pid) || is_orphan_of(supervised, pid, pidfd)))
        return "it does not descend from the service";
    return children_reserve(&common->children) < 0 ? "out of memory" : NULL;
}

static void warn_ignored(struct supervised *supervised, uint64_t number, const char *reason)
{
    const struct service_common *common = supervised->common;
    struct error error = {.kind = ERROR_FAILED};

    if (supervised->successor->has_warned)
        return;
    supervised->successor->has_warned = true;
    error_subject(&error, "%s: sd_notify: ignore MAINPID=%llu", name_of(supervised),
                  (unsigned long long)number);
    error_reason(&error, ERROR_FAILED, "%s", reason);
    if (!common->adopts_orphans && shares_pids(supervised))
        error_hint(&error, "use -s (NSINIT_SUBREAPER=1) to make nsinit the parent of orphans");
    log_error(LOG_WARNING, &error);
}

/* ---- the succession ------------------------------------------------------------------------- */

/* The signal that ends the service, if one has been sent, or 0. */
static int ending_signal(const struct supervised *supervised)
{
    if (supervised->state != SERVICE_STOPPING && supervised->state != SERVICE_FAILING)
        return 0;
    return supervised->stop_walk.last_signal != 0 ? supervised->stop_walk.last_signal : SIGTERM;
}

/* The service is being stopped already: signal its new main process, too. */
static void forward_end_signal(struct supervised *supervised)
{
    int signal_number = ending_signal(supervised);

    if (signal_number != 0)
        (void)supervised_signal(supervised, signal_number, NULL);
}

void main_pid_log_change(const struct supervised *supervised)
{
    log_line(LOG_INFO, "%s: the main process is %d now", name_of(supervised), supervised->program);
}

static void report_change(struct supervised *supervised)
{
    /* The outer nsinit logs it for an inner init. */
    if (!supervised->common->is_inner)
        main_pid_log_change(supervised);
    supervised->common->hooks->on_change(supervised);
}

static void log_end(const struct supervised *supervised, pid_t ended)
{
    log_line(LOG_DEBUG, "%s: process %d has ended, the main process %d runs on",
             name_of(supervised), ended, supervised->pid);
}

/* The former main process may run on. Its group's number is reserved only until it has ended. */
static void on_former_end(void *owner, pid_t pid, int wait_status)
{
    struct supervised *supervised = owner;

    (void)wait_status;
    if (supervised->pid != 0)
        log_end(supervised, pid);
    if (supervised->cleanup.group.number == pid)
        cleanup_on_program_end(&supervised->cleanup);
}

/*
 * The service's group is the group that its process leads or was started in. By setpgid(2) the
 * process may have joined another group of the session, where signals would reach foreign
 * processes.
 */
static void take_group(struct supervised *supervised, bool has_leader)
{
    pid_t group = getpgid(supervised->pid);

    if (supervised->service->placement == PLACEMENT_INHERITED)
        return;
    if (group == supervised->pid) {
        supervised->group = group;
        cleanup_on_program(&supervised->cleanup);
        return;
    }
    if (!has_leader)
        cleanup_on_program_end(&supervised->cleanup);
    if (group != supervised->group)
        supervised->group = 0;
}

/* The successor is a child of nsinit: make it the main process. */
static void become_main(struct supervised *supervised, pid_t pid)
{
    struct children *children = &supervised->common->children;
    pid_t former = supervised->pid;

    if (former != 0) {
        children_remove(children, former);
        children_add_for(children, former, on_former_end, supervised, supervised);
    }
    children_add(children, pid, supervised->machine->on_program_end, supervised);
    supervised->pid = pid;
    supervised->stopped_by = 0;
    take_group(supervised, former != 0);
}

static void drop_successor(struct supervised *supervised)
{
    struct successor *successor = supervised->successor;

    if (successor == NULL || successor->pid == 0)
        return;
    successor->pid = 0;
    watch_end(supervised->common->loop, &successor->ends);
}

static void on_successor_end(struct ev_loop *loop, struct ev_io *watcher, int events)
{
    struct supervised *supervised = watcher->data;
    struct pollfd end = {.fd = watcher->fd, .events = POLLIN};

    watch_again(loop, watcher, events);
    /* If its parent has ended, too, main_pid_take_over handles the successor's end. */
    if (poll(&end, 1, 0) != 1 || is_child(watcher->fd))
        return;
    drop_successor(supervised);
    supervised->program = supervised->pid;
    forward_end_signal(supervised);
    report_change(supervised);
}

static void accept_successor(struct supervised *supervised, pid_t pid, int pidfd)
{
    drop_successor(supervised);
    supervised->program = pid;
    if (is_child(pidfd)) {
        close(pidfd);
        become_main(supervised, pid);
        forward_end_signal(supervised);
    } else {
        supervised->successor->pid = pid;
        watch_file(supervised->common->loop, &supervised->successor->ends, pidfd, on_successor_end,
                   supervised);
    }
    report_change(supervised);
}

/* ---- the interface -------------------------------------------------------------------------- */

/* Let the inner init look up the number in its PID namespace. False without an inner init. */
static bool pass_inside(const struct supervised *supervised, uint64_t number)
{
    const struct listening *listening = supervised->listening;

    if (listening == NULL || !ev_is_active(&listening->channel))
        return false;
    if (number <= INT_MAX)
        (void)channel_send(listening->channel.fd, CHANNEL_MAIN, (int)number, NULL);
    return true;
}

/*
 * Many programs name themselves at their start. A number from another PID namespace does not show
 * that, but the sender does.
 */
static bool means_itself(const struct supervised *supervised, uint64_t number, pid_t sender)
{
    if (shares_pids(supervised))
        return number == (uint64_t)supervised->program;
    return sender == supervised->program;
}

void main_pid_follow(struct supervised *supervised, uint64_t number, pid_t sender)
{
    pid_t pid = number <= INT_MAX ? (pid_t)number : 0;
    const char *reason;
    int pidfd;

    if (pass_inside(supervised, number) || means_itself(supervised, number, sender))
        return;
    if (supervised->successor == NULL)
        supervised->successor = calloc(1, sizeof *supervised->successor);
    if (supervised->successor == NULL)
        return;
    if (shares_pids(supervised) && pid == supervised->pid && pid != 0) {
        drop_successor(supervised);
        supervised->program = pid;
        report_change(supervised);
        return;
    }
    /* Open the pidfd first, so that everything read later is about this process. */
    pidfd = sys_pidfd_open(pid, 0);
    reason = reason_against(supervised, pid, pidfd);
    if (reason == NULL) {
        accept_successor(supervised, pid, pidfd);
        return;
    }
    warn_ignored(supervised, number, reason);
    if (pidfd >= 0)
        close(pidfd);
}

bool main_pid_take_over(struct supervised *supervised, pid_t ended)
{
    const struct successor *successor;
    pid_t pid;

    if (supervised->pid == 0) {
        successor = supervised->successor;
        if (successor == NULL || successor->pid == 0 || !is_child(successor->ends.fd))
            return false;
        pid = successor->pid;
        drop_successor(supervised);
        become_main(supervised, pid);
    }
    log_end(supervised, ended);
    return true;
}

int main_pid_signal(const struct supervised *supervised, int signal_number, siginfo_t *info)
{
    const struct successor *successor = supervised->successor;

    if (successor == NULL || successor->pid == 0)
        return 1;
    return sys_pidfd_send_signal(successor->ends.fd, signal_number, info, 0) < 0 ? -errno : 0;
}

void main_pid_end(struct supervised *supervised)
{
    drop_successor(supervised);
    free(supervised->successor);
    supervised->successor = NULL;
}
