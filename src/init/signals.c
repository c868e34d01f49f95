/*
 * signals.c - every signal nsinit gets goes on to the services
 * They are read from a signalfd: ev_signal would merge queued real-time signals into one and lose
 * their values.
 */
#include "init/init_private.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "init/pty_relay_private.h"
#include "report/report_file.h"
#include "service/signal.h"
#include "util/loop.h"
#include "util/log.h"
#include "util/signal_names.h"
#include "util/time.h"
#include "linux/signal_set.h"

/*
 * Two requests to stop within this time are one: timeout(1) sends TERM to its child and then to its
 * group, and where foreman(1) gets INT by the terminal, it sends TERM itself.
 */
enum { ONE_REQUEST_MS = 2000 };

/* How long to wait for a program to take signals from its full queue. */
enum { RETRY_MS = 5 };

static bool is_stop(int signal_number)
{
    return signal_number == SIGTSTP || signal_number == SIGTTIN || signal_number == SIGTTOU;
}

/* The kernel's own, for a key, for the use of a terminal from the background, for its new size. */
static bool is_of_terminal(const struct signalfd_siginfo *info)
{
    int signal_number = (int)info->ssi_signo;

    return info->ssi_code == SI_KERNEL && (signal_number == SIGINT || signal_number == SIGQUIT ||
                                           signal_number == SIGWINCH || is_stop(signal_number));
}

static bool is_key(const struct signalfd_siginfo *info)
{
    return info->ssi_code == SI_KERNEL && (info->ssi_signo == SIGINT || info->ssi_signo == SIGQUIT);
}

/*
 * A script's shell lets what it puts in the background ignore these, so that a key ends the script
 * alone. Blocked, they are there all the same: signal(7).
 */
static bool is_ignored_key(const struct signalfd_siginfo *info)
{
    return is_key(info) && signal_is_ignored((int)info->ssi_signo);
}

static pid_t process_of(const struct supervised *supervised)
{
    if (supervised->pid != 0 || supervised->setup == NULL)
        return supervised->pid;
    return setup_pid(supervised->setup);
}

/*
 * A signal of the terminal driver's goes to a whole process group: a program in nsinit's own group
 * has it already. Not so the HUP and CONT of a terminal that hangs up, which a session's leader
 * gets alone.
 */
static bool has_it_already(const struct supervised *running, const struct signalfd_siginfo *info)
{
    bool is_for_leader = info->ssi_signo == SIGHUP || info->ssi_signo == SIGCONT;
    pid_t pid = process_of(running);

    return info->ssi_code == SI_KERNEL && !(is_for_leader && getsid(0) == getpid()) && pid != 0 &&
           getpgid(pid) == getpgrp();
}

/* One in a group of its own has missed what has come to nsinit's. */
static bool is_for_group(const struct init *init, const struct supervised *running,
                         const struct signalfd_siginfo *info)
{
    return is_of_terminal(info) && init->terminal.is_ours && !init->terminal.is_relayed &&
           running->group != 0;
}

/* False when the program's queue is full and the signal is to be tried again. */
static bool forward_to(const struct init *init, struct supervised *running,
                       const struct signalfd_siginfo *info)
{
    int signal_number = service_signal(running->service, (int)info->ssi_signo);
    bool to_group = signal_number == (int)info->ssi_signo && is_for_group(init, running, info);
    struct signal_name name;
    bool has_failed;
    int result;

    if ((running->pid == 0 && running->setup == NULL) || signal_number == 0 ||
        has_it_already(running, info))
        return true;
    if (signal_number == SIGCONT && running->stopped_by != 0) {
        running->stopped_by = 0;
        to_group = running->group != 0;
        /* A shell continues all of nsinit's group; and the next stop may come before this is sent.
         */
        if (!to_group && !terminal_has_stopped(running->program))
            return true;
    }
    result = !to_group                                  ? send_signal(running, signal_number, info)
             : kill(-running->group, signal_number) < 0 ? -errno
                                                        : 0;
    if (result == -EAGAIN)
        return false;
    /* ESRCH: it has just ended. Anything else is the program's doing, as EPERM by setuid(2). */
    has_failed = result < 0 && result != -ESRCH;
    errno = -result;
    if (has_failed || log_shows(LOG_DEBUG))
        log_line(has_failed ? LOG_WARNING : LOG_DEBUG,
                 has_failed ? "%s: cannot forward %s: %m" : "%s: forwarded %s",
                 running->service->name, signal_name(signal_number, &name));
    return true;
}

/* What asks one of them to stop asks the pod. */
static bool asks_to_stop(const struct init *init, int signal_number)
{
    for (size_t i = 0; i < init->pod->service_count; i++)
        if (service_stops_on(&init->pod->services[i], signal_number))
            return true;
    return init->pod->service_count == 0 && signal_asks_to_end(signal_number);
}

/* Whether a request to stop is the last one over again. Two keys are always two requests; and what
 * the pod's PID 1 is asked for has been looked at by the outer nsinit. */
static bool is_repeated(struct init *init, bool by_key)
{
    uint64_t now = time_monotonic_ms();
    bool is_soon = init->requested_ms != 0 && now - init->requested_ms < ONE_REQUEST_MS;

    if (is_soon && !(by_key && init->was_key) &&
        !(init->supervisor.is_inner && init->pod->service_count == 0)) {
        log_line(LOG_DEBUG, "a second request to stop within 2s: the same one");
        return true;
    }
    init->requested_ms = now;
    init->was_key = by_key;
    return false;
}

/* A request to stop is forwarded unless there is a schedule for that. */
static bool is_forwarded(const struct init *init, const struct service *service, int signal_number)
{
    return !service_stops_on(service, signal_number) ||
           (init->pod->file == NULL && service->supervision.stop == NULL);
}

/* A ^C or ^\ that the program has got as well as nsinit: it is not restarted when it ends of it. */
static void note_key(struct init *init, const struct signalfd_siginfo *info)
{
    const struct supervised *only = init->supervisor.services;

    if (init->pod->file == NULL && is_key(info) &&
        service_stops_on(only->service, (int)info->ssi_signo) && has_it_already(only, info))
        init->terminal.was_interrupted = true;
}

/*
 * Who closes a terminal wants what runs there to end, unless HUP is said to mean something else. A
 * program is sent it, as without nsinit, and is not restarted. True: nothing is left to forward it
 * to.
 */
static bool on_hang_up(struct init *init, const struct signalfd_siginfo *info)
{
    const struct service *first = init->pod->services;

    if (info->ssi_signo != SIGHUP || service_signal(first, SIGHUP) != SIGHUP ||
        signal_is_ignored(SIGHUP) || !terminal_is_gone(&init->terminal))
        return false;
    if (init->pod->file == NULL && process_of(init->supervisor.services) != 0) {
        init->terminal.was_interrupted = true;
        return false;
    }
    if (!is_repeated(init, false))
        supervise_stop(&init->supervisor);
    return true;
}

/* Process 1 of a PID namespace is stopped by no key (pid_namespaces(7)): nsinit does it. */
static void stop_process_1(struct init *init, const struct signalfd_siginfo *info)
{
    const struct supervised *only = init->supervisor.services;
    int signal_number = (int)info->ssi_signo;

    if (only->service->namespaces.as_pid_1 && getpid() != 1 && has_it_already(only, info))
        terminal_stop(&init->terminal, only->pid, signal_number);
}

/* Where the terminal's word, or a CONT, leaves nsinit's job. True: it is not for the services. */
static bool on_terminal(struct init *init, const struct signalfd_siginfo *info)
{
    struct terminal *terminal = &init->terminal;
    bool is_stopped = is_of_terminal(info) && is_stop((int)info->ssi_signo);

    if (init->pod->file != NULL && is_stopped) {
        /* They have no terminal. */
        (void)terminal_suspend();
        return true;
    }
    if (init->supervisor.count == 0 || !terminal->is_ours || terminal->is_relayed)
        return false;
    if (is_stopped)
        stop_process_1(init, info);
    if (is_stopped && terminal->placement == PLACEMENT_INHERITED)
        terminal_lose(terminal);
    else if (is_of_terminal(info) || info->ssi_signo == SIGCONT || init->supervisor.is_inner)
        (void)terminal_follow(terminal, init->supervisor.services->group);
    return false;
}

static void begin_power(struct init *init, enum power power, bool by_key)
{
    init->power = power;
    if (is_repeated(init, by_key))
        return;
    log_line(LOG_INFO, "%s is asked for: the pod ends", power_name(power));
    if (init->drain.begun)
        drain_hurry(init);
    else if (init->pod->service_count == 0)
        drain_begin(init);
    else
        supervise_stop(&init->supervisor);
}

void signals_power(struct init *init, enum power power)
{
    begin_power(init, power, false);
}

/*
 * The price of a message to a closed pipe or to a file that is at its limit, which the kernel sends
 * in our own name; of our own processor time; sent to look for children (service/signal.c), or to
 * the group we are in.
 */
static bool is_our_own(const struct init *init, const struct signalfd_siginfo *info)
{
    int signal_number = (int)info->ssi_signo;

    if (info->ssi_code > 0)
        return info->ssi_code == SI_KERNEL && signal_number == SIGXCPU;
    return (signal_number == SIGPIPE || signal_number == SIGXFSZ || signal_number == SIGCHLD ||
            init->supervisor.is_inner) &&
           (pid_t)info->ssi_pid == getpid();
}

/* A signal that is not news about a child. False when it is to be tried again. */
static bool on_signal(struct init *init, const struct signalfd_siginfo *info)
{
    int signal_number = (int)info->ssi_signo;
    enum power power = init->pod->boots ? power_of_signal(signal_number) : POWER_NONE;

    if (is_our_own(init, info))
        return true;
    if (power != POWER_NONE) {
        begin_power(init, power, is_key(info));
        return true;
    }
    if (on_terminal(init, info) || pty_relay_on_signal(init, info) ||
        (init->relay == NULL && is_ignored_key(info)))
        return true;
    if (init->drain.begun) {
        if (!asks_to_stop(init, signal_number))
            drain_forward(init, info);
        else if (!is_repeated(init, is_key(info)))
            drain_hurry(init);
        return true;
    }
    if (init->pod->service_count == 0) {
        if ((signal_number == SIGTERM || signal_number == SIGINT) &&
            !is_repeated(init, is_key(info)))
            drain_begin(init);
        return true;
    }
    note_key(init, info);
    if (on_hang_up(init, info))
        return true;
    if (asks_to_stop(init, signal_number) && !is_repeated(init, is_key(info)))
        supervise_stop(&init->supervisor);
    for (size_t i = 0; i < init->supervisor.count; i++)
        if (is_forwarded(init, init->supervisor.services[i].service, signal_number) &&
            !forward_to(init, &init->supervisor.services[i], info))
            return false;
    return true;
}

/* Take off the front of the queue what can be dealt with; `reap` is set by news about a child. */
static void deliver(struct init *init, bool *reap)
{
    struct signal_queue *queue = &init->queue;
    size_t done = 0;

    for (; done < queue->count; done++) {
        const struct signalfd_siginfo *info = &queue->signals[done];

        /* Codes above 0 are the kernel's own: CLD_EXITED and its kin (sigaction(2)). */
        if ((info->ssi_signo != SIGCHLD || info->ssi_code <= 0) && !on_signal(init, info))
            break;
        /* A SIGCHLD that was sent may have swallowed one of the kernel's. */
        if (info->ssi_signo == SIGCHLD)
            *reap = true;
    }
    queue->count -= done;
    if (done > 0 && queue->count > 0)
        memmove(queue->signals, queue->signals + done, queue->count * sizeof queue->signals[0]);
}

/* Read a batch behind what is in the queue. False when there are no more to be read now. */
static bool fetch(struct init *init)
{
    struct signal_queue *queue = &init->queue;
    size_t room = SIGNAL_ROOM - queue->count;
    ssize_t size;

    if (room > SIGNAL_BATCH)
        room = SIGNAL_BATCH;
    if (room == 0)
        return false;
    size = read(init->signal_fd, queue->signals + queue->count, room * sizeof queue->signals[0]);
    if (size <= 0)
        return false;
    queue->count += (size_t)size / sizeof queue->signals[0];
    /* A batch that is not full has emptied the kernel's queue. */
    return (size_t)size == room * sizeof queue->signals[0];
}

/*
 * The program does not take its real-time signals fast enough. Read no more than fits in, so that
 * the next sender meets a full queue (EAGAIN of sigqueue(3)), as it would without nsinit. The
 * limit counts by user (RLIMIT_SIGPENDING), so what waits for nsinit could use it up for ever:
 * lowered for nsinit alone, it leaves some to the program.
 */
static void start_waiting(struct init *init)
{
    struct signal_queue *queue = &init->queue;
    struct rlimit lower;

    queue->waiting = true;
    ev_io_stop(init->loop, &init->signals);
    /* prlimit(2): musl's setrlimit(3) has what it takes to do the same in all threads. */
    if (prlimit(0, RLIMIT_SIGPENDING, NULL, &queue->limit) < 0)
        return;
    lower = queue->limit;
    lower.rlim_cur -= lower.rlim_cur / 2 < SIGNAL_ROOM ? lower.rlim_cur / 2 : SIGNAL_ROOM;
    (void)prlimit(0, RLIMIT_SIGPENDING, &lower, NULL);
}

static void end_waiting(struct init *init)
{
    init->queue.waiting = false;
    (void)prlimit(0, RLIMIT_SIGPENDING, &init->queue.limit, NULL);
    watch_start(init->loop, &init->signals);
}

static void read_signals(struct init *init, bool reap)
{
    struct signal_queue *queue = &init->queue;
    size_t before;
    bool more;

    do {
        more = fetch(init);
        before = queue->count;
        deliver(init, &reap);
        /* Before more is fetched: only then does what that frees go to the program. */
        if (queue->count > 0 && !queue->waiting)
            start_waiting(init);
    } while (more && queue->count < before && !init->signal_fd_blocks);
    if (reap)
        reap_all(init);
    if (queue->count > 0) {
        timer_start(init->loop, &queue->retry, RETRY_MS);
    } else if (queue->waiting) {
        end_waiting(init);
    }
}

static void on_readable(struct ev_loop *loop, struct ev_io *watcher, int events)
{
    watch_again(loop, watcher, events);
    read_signals(watcher->data, false);
}

static void on_retry(struct ev_loop *loop, struct ev_timer *watcher, int events)
{
    (void)loop;
    (void)events;
    /* The program's end may be behind what it does not take. */
    read_signals(watcher->data, true);
}

/* In the loop a read may come in vain (on_retry); outside of it a read is what we wait in. */
static void set_blocking(struct init *init, bool blocking)
{
    if (init->signal_fd_blocks == blocking)
        return;
    if (fcntl(init->signal_fd, F_SETFL, blocking ? 0 : O_NONBLOCK) == 0)
        init->signal_fd_blocks = blocking;
}

/* Of the files only the signals are left: enough to stop what runs, and to end with it. */
static void go_on_without_loop(struct init *init)
{
    if (!init->has_lost_loop && !init->drain.begun)
        (void)kill(getpid(), SIGTERM);
    init->has_lost_loop = true;
    watch_one(init->signal_fd);
    read_signals(init, false);
}

void signals_run(struct init *init)
{
    while (!init->ended) {
        /* What is set up is given its files by nsinit; and files that wait for its manager stay. */
        if (init->lets_go && !supervise_sets_up(&init->supervisor) &&
            init->supervisor.relay.waiting_files == 0)
            init_close_inherited_fds(init);

        /* In a pod of several services there is always something else. */
        bool only_signals =
            init->supervisor.count <= 1 && !init->drain.begun && !init->queue.waiting &&
            !init->supervisor.is_inner && init->server == NULL && init->relay == NULL &&
            init->watchdog.fd < 0 &&
            (init->report_file == NULL || report_file_is_quiet(init->report_file)) &&
            supervise_is_quiet(&init->supervisor);

        set_blocking(init, only_signals);
        if (only_signals)
            read_signals(init, false);
        else
            watch_turn(init->loop);
        if (watch_has_failed())
            go_on_without_loop(init);
    }
}

void signals_start(struct init *init)
{
    timer_init(&init->queue.retry, on_retry, init);
    watch_file(init->loop, &init->signals, init->signal_fd, on_readable, init);
}
