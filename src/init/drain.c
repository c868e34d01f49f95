/*
 * drain.c - the services have ended: what they left behind is asked to end, then made to
 */
#include "init/state.h"

static void on_done(struct clearing *clearing)
{
    struct init *init = clearing->supervisor->owner;

    init->ended = true;
    ev_break(init->loop, EVBREAK_ALL);
}

void drain_init(struct init *init)
{
    clearing_init(&init->drain, &init->supervisor, NULL, on_done);
}

void drain_begin(struct init *init)
{
    if (init->awaits_steps)
        clearing_go_on(&init->drain, &init->drain.steps, init->owed);
    else
        clearing_begin(&init->drain, &init->pod->drain);
    if (!init->is_reaping)
        reap_all(init);
}
