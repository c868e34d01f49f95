/*
 * occurrence.c - what happens to a service, as it is told to whoever wants to know
 */
#include "supervise/occurrence.h"

#include "supervise/supervise.h"

void occurrence_tell(const struct supervised *supervised, enum occurrence_kind kind,
                     const char *text, int64_t number)
{
    const struct supervisor *supervisor = supervised->supervisor;

    supervisor->hooks->on_occurrence(supervisor->owner,
                                     &(struct occurrence){kind, supervised, text, number, 0});
}
