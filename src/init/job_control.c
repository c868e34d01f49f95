/*
 * job_control.c - a program was stopped: the terminal's job stops with it
 */
#include <signal.h>
#include <unistd.h>

#include "init/init_private.h"
#include "init/inner_private.h"
#include "init/pty_relay_private.h"

void job_control_on_stop(struct init *init, struct supervised *service, int signal_number)
{
    pid_t group = service->group != 0 ? service->group : getpgrp();

    if (init->supervisor.common.is_inner) {
        /* In a session of nsinit's own, every foreground group is visible from here. */
        if (getsid(0) == getpid() &&
            terminal_take_foreground(&init->terminal, group, signal_number))
            return;
        service->stopped_by = signal_number;
        inner_report_stop(init, signal_number);
        return;
    }
    /* nsinit has stopped the program by STOP in place of the terminal's signal. */
    if (signal_number == SIGSTOP && init->terminal.stopped_for != 0)
        signal_number = init->terminal.stopped_for;
    init->terminal.stopped_for = 0;
    service->stopped_by = signal_number;
    pty_relay_pause(init->relay);
    terminal_on_stop(&init->terminal, service->program, group, signal_number,
                     service->service->suspend_together);
    pty_relay_resume(init->relay);
}
