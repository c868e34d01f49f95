/*
 * forward.c - every signal nsinit gets goes on to the services
 * They are read from a signalfd: ev_signal would merge queued real-time signals into one and lose
 * their values.
 */
#include "init/state.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "init/processes.h"
#include "util/log.h"

/* How long to wait for a program to take signals from its full queue. */
static const ev_tstamp retry_after = 0.01;

/* As if the sender had queued it for `pid`: with its value, and in its name (sigqueue(3)). */
static int queue_signal(pid_t pid, int signal_number, const struct signalfd_siginfo *from)
{
    siginfo_t info;

    memset(&info, 0, sizeof info);
    info.si_signo = signal_number;
    info.si_code = SI_QUEUE;
    info.si_pid = (pid_t)from->ssi_pid;
    info.si_uid = from->ssi_uid;
    info.si_value.sival_ptr = (void *)(uintptr_t)from->ssi_ptr;
    return syscall(SYS_rt_sigqueueinfo, pid, signal_number, &info) < 0 ? -errno : 0;
}

/* kill(2) has no value to give to a group: each member gets its own. */
static int queue_to_group(pid_t group, int signal_number, const struct signalfd_siginfo *from)
{
    struct process_list list;
    int result = processes_read(&list);

    if (result < 0)
        return kill(-group, signal_number) < 0 ? -errno : 0;
    result = -ESRCH;
    for (size_t i = 0; i < list.count; i++)
        if (list.processes[i].group == group) {
            int sent = queue_signal(list.processes[i].pid, signal_number, from);

            if (result != 0)
                result = sent;
        }
    processes_free(&list);
    return result;
}

static int send_signal(const struct running *running, int signal_number,
                       const struct signalfd_siginfo *from)
{
    bool to_group = running->service->forward_to_group && running->group != 0;

    if (from->ssi_code == SI_QUEUE)
        return to_group ? queue_to_group(running->group, signal_number, from)
                        : queue_signal(running->pid, signal_number, from);
    return kill(to_group ? -running->group : running->pid, signal_number) < 0 ? -errno : 0;
}

/*
 * A signal of the terminal driver's goes to the whole foreground group: a program in nsinit's own
 * group has it already. Not so HUP and CONT, which a session's leader gets alone.
 */
static bool has_it_already(const struct running *running, const struct signalfd_siginfo *info)
{
    int signal_number = (int)info->ssi_signo;

    return info->ssi_code == SI_KERNEL && signal_number != SIGHUP && signal_number != SIGCONT &&
           running->group == 0 && getpgid(running->pid) == getpgrp();
}

/* False when the program's queue is full and the signal is to be tried again. */
static bool forward_to(const struct init *init, struct running *running,
                       const struct signalfd_siginfo *info)
{
    int signal_number = running->service->rewrite[info->ssi_signo];
    struct signal_name name;
    int result;

    if (running->pid == 0 || signal_number == 0 || has_it_already(running, info))
        return true;
    if (signal_number == SIGCONT && running->stopped_by != 0 && running->group != 0) {
        running->stopped_by = 0;
        terminal_resume(&init->terminal, running->group);
        return true;
    }
    result = send_signal(running, signal_number, info);
    if (result == -EAGAIN)
        return false;
    /* ESRCH: it has just ended. Anything else is the program's doing, as EPERM by setuid(2). */
    if (result < 0 && result != -ESRCH) {
        errno = -result;
        log_line(LOG_WARNING, "%s: cannot forward %s: %m", running->service->name,
                 signal_name(signal_number, &name));
    } else if (log_shows(LOG_DEBUG)) {
        log_line(LOG_DEBUG, "%s: forwarded %s", running->service->name,
                 signal_name(signal_number, &name));
    }
    return true;
}

static bool asks_to_end(int signal_number)
{
    return signal_number == SIGTERM || signal_number == SIGINT || signal_number == SIGQUIT;
}

/* A signal that is not news about a child. False when it is to be tried again. */
static bool on_signal(struct init *init, const struct signalfd_siginfo *info)
{
    int signal_number = (int)info->ssi_signo;

    /* The price of a message to a closed pipe: nobody sent it. */
    if (signal_number == SIGPIPE && info->ssi_code == SI_USER && (pid_t)info->ssi_pid == getpid())
        return true;
    if (init->drain.begun) {
        if (asks_to_end(signal_number))
            drain_hurry(init);
        return true;
    }
    if (init->pod->service_count == 0) {
        if (signal_number == SIGTERM || signal_number == SIGINT)
            drain_begin(init);
        return true;
    }
    for (size_t i = 0; i < init->pod->service_count; i++)
        if (!forward_to(init, &init->running[i], info))
            return false;
    return true;
}

/*
 * The program does not take its real-time signals fast enough. Keep the rest and read no more, so
 * that the next sender meets a full queue (EAGAIN of sigqueue(3)), as it would without nsinit.
 */
static void keep_for_later(struct init *init, const struct signalfd_siginfo *rest, size_t count)
{
    struct backlog *backlog = &init->backlog;

    memmove(backlog->signals, rest, count * sizeof *rest);
    backlog->next = 0;
    backlog->count = count;
    ev_io_stop(init->loop, &init->signals);
    ev_timer_set(&backlog->retry, retry_after, 0.);
    ev_timer_start(init->loop, &backlog->retry);
}

/* Returns whether all were dealt with; sets `reap` if one of them is news about a child. */
static bool deal_with(struct init *init, const struct signalfd_siginfo *signals, size_t count,
                      bool *reap)
{
    for (size_t i = 0; i < count; i++) {
        /* Codes above 0 are the kernel's: CLD_EXITED and its kin (sigaction(2)). */
        if (signals[i].ssi_signo == SIGCHLD && signals[i].ssi_code > 0) {
            *reap = true;
        } else if (!on_signal(init, &signals[i])) {
            keep_for_later(init, &signals[i], count - i);
            return false;
        } else if (signals[i].ssi_signo == SIGCHLD) {
            /* A SIGCHLD that was sent may have swallowed one of the kernel's. */
            *reap = true;
        }
    }
    return true;
}

static void read_signals(struct init *init)
{
    struct signalfd_siginfo batch[SIGNAL_BATCH];
    bool reap = false;
    ssize_t size;

    /* A batch that is not full has emptied the queue. */
    do {
        size = read(init->signal_fd, batch, sizeof batch);
    } while (size > 0 && deal_with(init, batch, (size_t)size / sizeof batch[0], &reap) &&
             size == (ssize_t)sizeof batch);
    if (reap)
        drain_on_reap(init, reap_all(init));
}

static void on_readable(struct ev_loop *loop, struct ev_io *watcher, int events)
{
    (void)loop;
    (void)events;
    read_signals(watcher->data);
}

static void on_retry(struct ev_loop *loop, struct ev_timer *watcher, int events)
{
    struct init *init = watcher->data;
    struct backlog *backlog = &init->backlog;
    bool reap = false;

    (void)events;
    /* A child's end may be behind what is kept, and may be what makes an end of the waiting. */
    drain_on_reap(init, reap_all(init));
    if (!deal_with(init, backlog->signals, backlog->count, &reap))
        return;
    backlog->count = 0;
    ev_io_start(loop, &init->signals);
    read_signals(init);
}

void forward_start(struct init *init)
{
    ev_io_init(&init->signals, on_readable, init->signal_fd, EV_READ);
    init->signals.data = init;
    ev_init(&init->backlog.retry, on_retry);
    init->backlog.retry.data = init;
    ev_io_start(init->loop, &init->signals);
}
