/*
 * reap.c - every child that has ended is waited for: services, orphans, and children that nsinit
 * inherited from whoever executed it
 */
#include "init/inner_private.h"
#include "init/pty_relay_private.h"
#include "init/init_private.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "util/log.h"

static void on_orphan(struct init *init, pid_t pid, int wait_status)
{
    char buffer[32];
    struct strbuf end = strbuf_in(buffer, sizeof buffer);

    if (!init->pod->warn_reaped && !log_shows(LOG_DEBUG))
        return;
    if (init->pod->warn_reaped)
        events_tell(init, &(struct event){
                              .kind = EVENT_KIND_REAP, .number = pid, .wait_status = wait_status});
    signal_add_end(&end, wait_status);
    log_line(LOG_ERROR, "reaped orphan %d: %s", pid, buffer);
}

void reap_on_stop(struct init *init, struct supervised *service, int signal_number)
{
    pid_t group = service->group != 0 ? service->group : getpgrp();

    if (init->supervisor.is_inner) {
        /* In another's session the foreground may be a group that is not to be seen in here. */
        if (getsid(0) == getpid() && terminal_rescue(&init->terminal, group, signal_number))
            return;
        service->stopped_by = signal_number;
        inner_tell_stop(init, signal_number);
        return;
    }
    /* For the terminal, where the kernel does not. */
    if (signal_number == SIGSTOP && init->terminal.stopped_for != 0)
        signal_number = init->terminal.stopped_for;
    init->terminal.stopped_for = 0;
    service->stopped_by = signal_number;
    pty_relay_rest(init->relay);
    terminal_on_stop(&init->terminal, service->program, group, signal_number,
                     service->service->suspend_together);
    pty_relay_go_on(init->relay);
}

/*
 * PTRACE_TRACEME (a program that does not want to be debugged, mostly) makes nsinit the tracer, for
 * whom the process stops at each signal, and at its next execve(2) by a TRAP: ptrace(2). Nobody is
 * to be traced by nsinit: it goes on with the signal it has stopped for.
 */
static bool let_tracee_go(pid_t pid, int signal_number)
{
    siginfo_t info = {0};
    bool is_ours = ptrace(PTRACE_GETSIGINFO, pid, NULL, &info) == 0;

    /* The kernel sends the TRAP in the name of the process itself. */
    if (is_ours && signal_number == SIGTRAP && info.si_code == SI_USER)
        signal_number = 0;
    /* Data is the signal: a number in a pointer's place. */
    return ptrace(PTRACE_DETACH, pid, NULL, (void *)(intptr_t)signal_number) == 0;
}

void reap_all(struct init *init)
{
    int options = WNOHANG | WUNTRACED;
    bool children_left;
    int wait_status;
    pid_t pid;

    init->is_reaping = true;
    while ((pid = waitpid(-1, &wait_status, options)) > 0) {
        if (WIFSTOPPED(wait_status)) {
            struct supervised *service = supervise_by_pid(&init->supervisor, pid);

            if (!let_tracee_go(pid, WSTOPSIG(wait_status)) && service != NULL)
                reap_on_stop(init, service, WSTOPSIG(wait_status));
        } else if (!supervise_on_child(&init->supervisor, pid, wait_status)) {
            on_orphan(init, pid, wait_status);
        }
    }
    children_left = pid == 0 || errno != ECHILD;
    init->is_reaping = false;
    supervise_on_reap(&init->supervisor, children_left);
    cleanup_on_reap(&init->drain, children_left);
}
