/*
 * inner_watch.c - in the outer init: read what an inner init reports
 */
#include <errno.h>

#include "init/inner_private.h"
#include "service/main_pid.h"
#include "spawn/channel.h"
#include "util/loop.h"

/* Read one report. Returns 0 or a negative errno: -EAGAIN if no report has arrived. */
static int read_report(struct supervised *service)
{
    struct channel_attached attached;
    struct channel_message message;
    int result = channel_receive(service->listening->channel.fd, &message, &attached, 0, false);

    if (result != 1)
        return result < 0 ? result : -EPIPE;
    if (message.kind == CHANNEL_KILLED)
        service->listening->killed_by = message.value;
    if (message.kind == CHANNEL_STOPPED && service->pid != 0)
        job_control_on_stop(supervisor_for(service)->owner, service, message.value);
    /* The PID is only shown: an inner init that may not send the program's PID sends its own. */
    if (message.kind == CHANNEL_MAIN && service->pid != 0 && attached.sender > 0 &&
        attached.sender != service->pid) {
        service->program = attached.sender;
        main_pid_log_change(service);
        supervisor_for(service)->hooks->on_change(supervisor_for(service)->owner, service);
    }
    return 0;
}

static void on_link(struct ev_loop *loop, struct ev_io *watcher, int events)
{
    int result = read_report(watcher->data);

    watch_again(loop, watcher, events);
    /* The inner init has ended, as SIGCHLD reports too, or the service has taken it over. */
    if (result != 0 && result != -EAGAIN)
        watch_end(loop, watcher);
}

int inner_killing_signal(struct supervised *service)
{
    struct listening *listening = service->listening;

    if (listening == NULL)
        return 0;
    while (ev_is_active(&listening->channel) && read_report(service) == 0)
        ;
    return listening->killed_by;
}

void inner_watch(struct supervised *service, int channel_fd)
{
    service->listening->killed_by = 0;
    watch_file(service->common->loop, &service->listening->channel, channel_fd, on_link, service);
}

void inner_unwatch(struct supervised *service)
{
    if (service->listening != NULL)
        watch_end(service->common->loop, &service->listening->channel);
}
