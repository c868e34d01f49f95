/*
 * drain.c - the services have ended: what they left behind is asked to end, then made to
 */
#include "init/init_private.h"

#include <signal.h>

#include "util/log.h"

static void on_done(struct cleanup *cleanup)
{
    struct init *init = cleanup->supervisor->owner;

    init->ended = true;
    ev_break(init->loop, EVBREAK_ALL);
}

void drain_init(struct init *init)
{
    cleanup_init(&init->drain, &init->supervisor, NULL, on_done);
}

/* As a stop request does it: by the schedule of the only program, or that of a service. */
static const struct stop_schedule *stop_schedule(const struct init *init)
{
    static const struct supervision none;
    const struct pod *pod = init->pod;
    const struct supervision *plan = &none;

    if (pod->file == NULL && pod->service_count == 1)
        plan = &pod->services[0].supervision;
    return plan->stop != NULL && plan->stop->count > 0 ? plan->stop : supervision_stop(&none);
}

/* Whether the schedule would wait for ever without a signal to anybody. */
static bool signals_nobody(const struct stop_schedule *schedule)
{
    for (unsigned int i = 0; i < schedule->count; i++)
        if (schedule->steps[i].signal_number != 0)
            return false;
    return schedule->count > 0 && schedule->steps[schedule->count - 1].wait_ms == WAIT_FOREVER;
}

void drain_begin(struct init *init)
{
    const struct stop_schedule *schedule = &init->pod->drain;

    if (init->requested_ms != 0 && signals_nobody(schedule))
        schedule = stop_schedule(init);
    if (init->awaits_steps)
        cleanup_go_on(&init->drain, &init->drain.steps, init->owed);
    else
        cleanup_begin(&init->drain, schedule);
    if (!init->is_reaping)
        reap_all(init);
}

void drain_hurry(struct init *init)
{
    if (cleanup_waits_for_good(&init->drain))
        cleanup_go_on_by(&init->drain, stop_schedule(init));
    else
        cleanup_hurry(&init->drain);
}

void drain_forward(struct init *init, const struct signalfd_siginfo *info)
{
    int signal_number = (int)info->ssi_signo;
    struct signal_name name;

    /* Keys and changes of the terminal's are for its foreground, which nsinit's group is by now. */
    if (info->ssi_code == SI_KERNEL && signal_number != SIGHUP)
        return;
    if (init->pod->file == NULL && init->pod->service_count == 1)
        signal_number = service_signal(init->pod->services, signal_number);
    if (signal_number == 0)
        return;
    log_line(LOG_DEBUG, "drain: forwarded %s", signal_name(signal_number, &name));
    leftovers_signal(&init->drain, signal_number);
}
