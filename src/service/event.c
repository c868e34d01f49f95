/*
 * event.c - what happens to a service, as it is told to whoever wants to know
 */
#include "service/event.h"

#include "pod/supervisor.h"

void event_tell(const struct supervised *supervised, enum event_kind kind, const char *text,
                int64_t number)
{
    const struct supervisor *supervisor = supervised->supervisor;

    supervisor->hooks->on_occurrence(supervisor->owner,
                                     &(struct event){kind, supervised, text, number, 0});
}
