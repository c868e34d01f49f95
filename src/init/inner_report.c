/*
 * inner_report.c - reports of the inner init to the outer init
 */
#include "init/inner_private.h"
#include "spawn/channel.h"

void inner_report_main(struct init *init, const struct supervised *supervised)
{
    /* CHANNEL_STARTED has reported the first main process. */
    if (init->reported_program == 0 || supervised->pid == 0 ||
        supervised->program == init->reported_program)
        return;
    init->reported_program = supervised->program;
    (void)channel_send_pid(init->channel_fd, CHANNEL_MAIN, supervised->program);
}

void inner_report_stop(const struct init *init, int signal_number)
{
    (void)channel_send(init->channel_fd, CHANNEL_STOPPED, signal_number, NULL);
}

void inner_report_end(const struct init *init, int signal_number)
{
    if (signal_number != 0)
        (void)channel_send(init->channel_fd, CHANNEL_KILLED, signal_number, NULL);
}
