/*
 * health.h - run a service's health command, again and again, beside the service
 */
#ifndef NSINIT_SERVICE_HEALTH_H
#define NSINIT_SERVICE_HEALTH_H

#include "service/service.h"
#include "service/health_state_private.h"

struct health;

/* Get ready for the checks of a service that has a health command. NULL with errno. */
struct health *health_new(struct supervised *supervised);

/* It is ready: the first check comes after the interval. */
void health_begin(struct health *health);

/* The run ends: no check goes on, and none begins. */
void health_stop(struct health *health);

/* What the checks amount to so far. */
const struct health_verdict *health_verdict(const struct health *health);

/* Whether no check runs and none is due. */
bool health_is_quiet(const struct health *health);

#endif
