/*
 * health.h - run a service's health command at intervals
 */
#ifndef NSINIT_SERVICE_HEALTH_H
#define NSINIT_SERVICE_HEALTH_H

#include <stdbool.h>

#include "service/health_state_private.h"

struct health;
struct supervised;

/* Prepare the checks of a service that has a health command. NULL with errno. */
struct health *health_new(struct supervised *supervised);

/* The service is ready: the first check follows after the interval. */
void health_begin(struct health *health);

/* The run ends: abandon a running check, and begin none. */
void health_stop(struct health *health);

/* The result of the checks so far. */
const struct health_verdict *health_verdict(const struct health *health);

/* Whether no check runs and none is due. */
bool health_is_quiet(const struct health *health);

#endif
