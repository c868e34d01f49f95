/*
 * machine.h - do what the table of states.h asks for
 */
#ifndef NSINIT_SERVICE_MACHINE_H
#define NSINIT_SERVICE_MACHINE_H

#include "service/states.h"

struct supervised;

/*
 * The event by which a run's end, or a start that failed, is told to the table: by the restart
 * policy, and what the service has done.
 */
enum service_event machine_outcome(const struct supervised *supervised);

/* The same, with a word to the user when the policy's patience is at its end. */
enum service_event machine_conclude(const struct supervised *supervised);

#endif
