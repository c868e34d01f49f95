/*
 * signals.c - forward signals to the services, and stop them on a request to stop
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
 * Two requests to stop within this time count as one: timeout(1) sends TERM to its child and then
 * to its group, and foreman(1) sends TERM after an INT that the terminal has sent to all.
 */
enum { ONE_REQUEST_MS = 2000 };

static bool is_stop(int signal_number)
{
    return signal_number == SIGTSTP || signal_number == SIGTTIN || signal_number == SIGTTOU;
}

/*
 * Whether the signal is for a key, for a use of the terminal from the background, or for its size.
 */
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
 * A script's shell ignores these signals in background commands, so that a key ends the script
 * alone. The signalfd reads ignored signals too, as they are blocked: signal(7).
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
 * The terminal signals a whole process group, so a program in nsinit's group already has the
 * signal. Only the leader of the session gets HUP and CONT when the terminal hangs up.
 */
static bool has_it_already(const struct supervised *running, const struct signalfd_siginfo *info)
{
    bool is_for_leader = info->ssi_signo == SIGHUP || info->ssi_signo == SIGCONT;
    pid_t pid = process_of(running);

    return info->ssi_code == SI_KERNEL && !(is_for_leader && getsid(0) == getpid()) && pid != 0 &&
           getpgid(pid) == getpgrp();
}

/* A program in another group has missed the signal that the terminal sent to nsinit's group. */
static bool is_for_group(const struct init *init, const struct supervised *running,
                         const struct signalfd_siginfo *info)
{
    return is_of_terminal(info) && init->terminal.is_ours && !init->terminal.is_relayed &&
           running->group != 0;
}

/* Whether the terminal has stopped nsinit's group since this signal; that may not be read yet. */
static bool has_stop_behind(const struct signal_queue *queue, const struct signalfd_siginfo *info)
{
    const struct signalfd_siginfo *end = queue->signals + queue->count;
    const struct signal_set pending = signal_pending();

    for (const struct signalfd_siginfo *next = info + 1; next < end; next++)
        if (is_stop((int)next->ssi_signo))
            return true;
    return signal_set_has(&pending, SIGTSTP) || signal_set_has(&pending, SIGTTIN) ||
           signal_set_has(&pending, SIGTTOU);
}

/*
 * A shell has continued nsinit's whole group, so the program needs no CONT from nsinit. The
 * terminal may have stopped it again since.
 */
static bool is_still_stopped(const struct init *init, pid_t program,
                             const struct signalfd_siginfo *info)
{
    return terminal_has_stopped(program) && !has_stop_behind(&init->queue, info);
}

/* False if the program's queue is full and nsinit must try again. */
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
        if (!to_group && !is_still_stopped(init, running->program, info))
            return true;
    }
    result = !to_group ? supervised_signal(running, signal_number, info)
             : kill(-running->group, signal_number) < 0 ? -errno
                                                        : 0;
    if (result == -EAGAIN)
        return false;
    /* ESRCH: it has just ended. EPERM: it has changed its user by setuid(2). */
    has_failed = result < 0 && result != -ESRCH;
    errno = -result;
    if (has_failed || log_shows(LOG_DEBUG))
        log_line(has_failed ? LOG_WARNING : LOG_DEBUG,
                 has_failed ? "%s: forward %s: %m" : "%s: forwarded %s", running->service->name,
                 signal_name(signal_number, &name));
    return true;
}

/* A signal that asks one service to stop stops the whole pod. */
static bool asks_to_stop(const struct init *init, int signal_number)
{
    for (size_t i = 0; i < init->pod->service_count; i++)
        if (service_stops_on(&init->pod->services[i], signal_number))
            return true;
    return init->pod->service_count == 0 && signal_asks_to_end(signal_number);
}

/*
 * Whether a request to stop repeats the last one, and does not count. Two keys are always two
 * requests. For the holder of shared namespaces, the outer init has already ignored repetitions.
 */
static bool is_repeated(struct init *init, bool by_key)
{
    uint64_t now = time_monotonic_ms();
    bool is_soon = init->last_request_ms != 0 && now - init->last_request_ms < ONE_REQUEST_MS;

    if (is_soon && !(by_key && init->last_request_by_key) &&
        !(init->supervisor.common.is_inner && init->pod->service_count == 0)) {
        log_line(LOG_DEBUG, "ignored a second request to stop within 2s");
        return true;
    }
    init->last_request_ms = now;
    init->last_request_by_key = by_key;
    return false;
}

/* A request to stop is forwarded unless a stop schedule sends other signals. */
static bool is_forwarded(const struct init *init, const struct service *service, int signal_number)
{
    return !service_stops_on(service, signal_number) ||
           (init_single_program(init) != NULL && service->supervision.stop == NULL);
}

/* The program has received the ^C or ^\ too, and is not restarted when it ends by the signal. */
static void note_key(struct init *init, const struct signalfd_siginfo *info)
{
    const struct supervised *only = init->supervisor.common.services;

    if (init_single_program(init) != NULL && is_key(info) &&
        service_stops_on(only->service, (int)info->ssi_signo) && has_it_already(only, info))
        init->terminal.was_interrupted = true;
}

/*
 * When the terminal is closed, the pod ends unless HUP is translated or ignored. A single program
 * gets the HUP, as without nsinit, and is not restarted. True: the HUP must not be forwarded.
 */
static bool on_hang_up(struct init *init, const struct signalfd_siginfo *info)
{
    const struct service *first = init->pod->services;

    if (info->ssi_signo != SIGHUP || service_signal(first, SIGHUP) != SIGHUP ||
        signal_is_ignored(SIGHUP) || !terminal_is_gone(&init->terminal))
        return false;
    if (init_single_program(init) != NULL && process_of(init->supervisor.common.services) != 0) {
        init->terminal.was_interrupted = true;
        return false;
    }
    if (!is_repeated(init, false))
        supervisor_stop(&init->supervisor);
    return true;
}

/* No key stops process 1 of a PID namespace (pid_namespaces(7)), so nsinit does. */
static void stop_process_1(struct init *init, const struct signalfd_siginfo *info)
{
    const struct supervised *only = init->supervisor.common.services;
    int signal_number = (int)info->ssi_signo;

    if (only->service->namespaces.as_pid_1 && getpid() != 1 && has_it_already(only, info))
        terminal_stop(&init->terminal, only->pid, signal_number);
}

/* Act on a signal of the terminal, or a CONT, for nsinit's job. True: do not forward it. */
static bool on_terminal(struct init *init, const struct signalfd_siginfo *info)
{
    struct terminal *terminal = &init->terminal;
    bool is_stopped = is_of_terminal(info) && is_stop((int)info->ssi_signo);

    if (init->pod->file != NULL && is_stopped) {
        /* The services have no terminal. */
        (void)terminal_suspend();
        return true;
    }
    if (init->supervisor.common.count == 0 || !terminal->is_ours || terminal->is_relayed)
        return false;
    if (is_stopped)
        stop_process_1(init, info);
    if (is_stopped && terminal->placement == PLACEMENT_INHERITED)
        terminal_lose_foreground(terminal);
    else if (is_of_terminal(info) || info->ssi_signo == SIGCONT || init->supervisor.common.is_inner)
        (void)terminal_follow_foreground(terminal, init->supervisor.common.services->group);
    return false;
}

static void begin_power(struct init *init, enum power power, bool by_key)
{
    init->power = power;
    if (is_repeated(init, by_key))
        return;
    log_line(LOG_INFO, "%s was requested: stopping the pod", power_name(power));
    if (init->drain.begun)
        drain_skip(init);
    else if (init->pod->service_count == 0)
        drain_begin(init);
    else
        supervisor_stop(&init->supervisor);
}

void signals_power(struct init *init, enum power power)
{
    begin_power(init, power, false);
}

/*
 * Signals that nsinit has caused itself: SIGPIPE and SIGXFSZ by a write(2), SIGXCPU by its
 * processor time, and signals that it sends to look for children (service/signal.c) or to its
 * group.
 */
static bool is_our_own(const struct init *init, const struct signalfd_siginfo *info)
{
    int signal_number = (int)info->ssi_signo;

    if (info->ssi_code > 0)
        return info->ssi_code == SI_KERNEL && signal_number == SIGXCPU;
    return (signal_number == SIGPIPE || signal_number == SIGXFSZ || signal_number == SIGCHLD ||
            init->supervisor.common.is_inner) &&
           (pid_t)info->ssi_pid == getpid();
}

bool signals_deliver(struct init *init, const struct signalfd_siginfo *info)
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
            drain_skip(init);
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
        supervisor_stop(&init->supervisor);
    for (size_t i = 0; i < init->supervisor.common.count; i++)
        if (is_forwarded(init, init->supervisor.common.services[i].service, signal_number) &&
            !forward_to(init, &init->supervisor.common.services[i], info))
            return false;
    return true;
}
