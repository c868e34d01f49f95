/*
 * reap.c - wait for every child that has ended: services, orphans, and children that nsinit
 * inherited from the process that executed it
 */
#include "init/init_private.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#include "util/log.h"

static void on_orphan(struct init *init, pid_t pid, int wait_status)
{
    char buffer[32];
    struct strbuf end = strbuf_in(buffer, sizeof buffer);

    if (!init->pod->warn_reaped && !log_shows(LOG_DEBUG))
        return;
    if (init->pod->warn_reaped)
        events_publish(
            init,
            &(struct event){.kind = EVENT_KIND_REAP, .number = pid, .wait_status = wait_status});
    signal_add_end(&end, wait_status);
    log_line(LOG_ERROR, "reaped orphan %d: %s", pid, buffer);
}

/*
 * A program that calls PTRACE_TRACEME, mostly to avoid debuggers, makes nsinit its tracer: it stops
 * at each signal, and at its next execve(2) by a TRAP (ptrace(2)). nsinit detaches and delivers the
 * signal. False when nsinit is not its tracer.
 */
static bool detach_tracee(pid_t pid, int signal_number)
{
    siginfo_t info = {0};
    bool is_tracee = ptrace(PTRACE_GETSIGINFO, pid, NULL, &info) == 0;

    /* The TRAP of an execve(2) comes in the name of the process itself. */
    if (is_tracee && signal_number == SIGTRAP && info.si_code == SI_USER)
        signal_number = 0;
    return ptrace(PTRACE_DETACH, pid, NULL, (void *)(intptr_t)signal_number) == 0;
}

void reap_all(struct init *init)
{
    bool children_left;
    int wait_status;
    pid_t pid;

    init->is_reaping = true;
    while ((pid = waitpid(-1, &wait_status, WNOHANG | WUNTRACED)) > 0) {
        if (WIFSTOPPED(wait_status)) {
            struct supervised *service = supervisor_by_pid(&init->supervisor, pid);

            if (!detach_tracee(pid, WSTOPSIG(wait_status)) && service != NULL)
                job_control_on_stop(init, service, WSTOPSIG(wait_status));
        } else if (!supervisor_on_child(&init->supervisor, pid, wait_status)) {
            on_orphan(init, pid, wait_status);
        }
    }
    children_left = pid == 0 || errno != ECHILD;
    init->is_reaping = false;
    supervisor_on_reap(&init->supervisor, children_left);
    cleanup_on_reap(&init->drain, children_left);
}
