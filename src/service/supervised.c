/*
 * supervised.c - prepare one service, and answer for it as a whole
 */
#include "service/supervised.h"

#include <stdlib.h>

#include "logs/output.h"
#include "service/health.h"
#include "service/machine.h"
#include "service/main_pid.h"
#include "service/notify_private.h"
#include "service/ready_fd_private.h"
#include "service/run_private.h"

/* How long the end of nsinit waits for a slow reader of the output. */
enum { LAST_OUTPUT_MS = 1000 };

bool supervised_may_notify(const struct service *service)
{
    return supervision_awaits_readiness(&service->supervision) ||
           supervision_has_notify_socket(&service->supervision);
}

static struct listening *new_listening(struct supervised *supervised)
{
    struct service_common *common = supervised->common;

    return supervised == common->services ? &common->first_listening
                                          : calloc(1, sizeof(struct listening));
}

static enum log_format line_format(const struct pod *pod, const struct supervision *plan)
{
    return pod->log_format == LOG_PLAIN && plan->log_prefix == LOG_PREFIX_TIME ? LOG_TIME
                                                                               : pod->log_format;
}

int supervised_init(struct supervised *supervised, struct service_common *common,
                    const struct service *service, struct error *error)
{
    const struct supervision *plan = &service->supervision;

    supervised->service = service;
    supervised->common = common;
    machine_init(supervised);
    if (supervised_may_notify(service) || namespaces_has_inner_init(&service->namespaces)) {
        supervised->listening = new_listening(supervised);
        if (supervised->listening == NULL)
            return error_failed(error, "%s: allocate memory", service->name);
        notify_init(supervised);
        ready_fd_take_parents(supervised);
    }
    if (plan->health.command != NULL) {
        supervised->health = health_new(supervised);
        if (supervised->health == NULL)
            return error_failed(error, "%s: --health-cmd: allocate memory", service->name);
    }
    if (supervision_takes_output(plan)) {
        supervised->output =
            output_new(common->loop, service->name, line_format(common->pod, plan));
        if (supervised->output == NULL)
            return error_failed(error, "%s: --log-prefix: allocate memory", service->name);
    }
    return 0;
}

static bool is_silent(const struct listening *listening)
{
    return !ev_is_active(&listening->channel) && !ev_is_active(&listening->ready) &&
           !ev_is_active(&listening->notify) && !timer_is_active(&listening->notify_pause) &&
           !timer_is_active(&listening->watchdog);
}

bool supervised_is_quiet(const struct supervised *supervised)
{
    return !timer_is_active(&supervised->timer) && !timer_is_active(&supervised->stop_walk.timer) &&
           (supervised->listening == NULL || is_silent(supervised->listening)) &&
           !timer_is_active(&supervised->cleanup.own_walk.timer) &&
           !ev_is_active(&supervised->cleanup.member) &&
           (supervised->output == NULL || output_is_quiet(supervised->output)) &&
           (supervised->health == NULL || health_is_quiet(supervised->health));
}

void supervised_end_output(struct supervised *supervised)
{
    if (supervised->output != NULL)
        output_end(supervised->output, LAST_OUTPUT_MS);
}

void supervised_disconnect(struct supervised *supervised, bool leaves_nothing)
{
    setup_stop_pasta(supervised->common, &supervised->pasta);
    if (leaves_nothing)
        run_disconnect_last(supervised);
    else
        run_await_disconnection(supervised);
}
