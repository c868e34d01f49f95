/*
 * drain.c - the services have ended: end what they left behind
 */
#include "init/init_private.h"

#include <signal.h>

#include "util/log.h"

static void on_done(struct cleanup *cleanup)
{
    const struct supervisor *supervisor = cleanup->common->supervisor;
    struct init *init = supervisor->owner;

    init->is_finished = true;
    ev_break(init->loop, EVBREAK_ALL);
}

void drain_init(struct init *init)
{
    cleanup_init(&init->drain, &init->supervisor.common, NULL, on_done);
}

/* The stop schedule of the single program, or the default one. */
static const struct stop_schedule *stop_schedule(const struct init *init)
{
    static const struct supervision defaults;
    const struct service *program = init_single_program(init);
    const struct stop_schedule *own = program != NULL ? program->supervision.stop : NULL;

    return own != NULL && own->count > 0 ? own : supervision_stop(&defaults);
}

/* Whether the schedule sends no signal and waits forever. */
static bool only_waits(const struct stop_schedule *schedule)
{
    for (unsigned int i = 0; i < schedule->count; i++)
        if (schedule->steps[i].signal_number != 0)
            return false;
    return schedule->count > 0 && schedule->steps[schedule->count - 1].wait_ms == WAIT_FOREVER;
}

void drain_begin(struct init *init)
{
    const struct stop_schedule *schedule = &init->pod->drain;

    /* After a request to stop, only a signal can end the leftovers. */
    if (init->last_request_ms != 0 && only_waits(schedule))
        schedule = stop_schedule(init);
    if (init->outer_has_steps)
        cleanup_continue(&init->drain, &init->drain.own_walk, init->owed_signal);
    else
        cleanup_begin(&init->drain, schedule);
    if (!init->is_reaping)
        reap_all(init);
}

void drain_skip(struct init *init)
{
    if (cleanup_waits_forever(&init->drain))
        cleanup_continue_by(&init->drain, stop_schedule(init));
    else
        cleanup_skip_step(&init->drain);
}

void drain_forward(struct init *init, const struct signalfd_siginfo *info)
{
    const struct service *program = init_single_program(init);
    int signal_number = (int)info->ssi_signo;
    struct signal_name name;

    /* The terminal signals its foreground group, which is nsinit's own by now. */
    if (info->ssi_code == SI_KERNEL && signal_number != SIGHUP)
        return;
    if (program != NULL)
        signal_number = service_signal(program, signal_number);
    if (signal_number == 0)
        return;
    log_line(LOG_DEBUG, "drain: forwarded %s", signal_name(signal_number, &name));
    leftovers_signal(&init->drain, signal_number);
}
