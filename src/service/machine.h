/*
 * machine.h - the state machine of a service: each event enters here, and the table of states.h
 * decides on the action
 */
#ifndef NSINIT_SERVICE_MACHINE_H
#define NSINIT_SERVICE_MACHINE_H

#include "service/children.h"
#include "service/states.h"

struct supervised;

/* Before any event. */
void machine_init(struct supervised *supervised);

/* Handle an event: carry out the table's action, and any events that it raises at once. */
void machine_on_event(struct supervised *supervised, enum service_event event);

/* The service's program has ended: for children_add. */
child_ended machine_on_program_end;

#endif
