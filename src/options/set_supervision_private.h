/*
 * set_supervision_private.h - setters of set_supervision.c that the pod file's reader needs as well
 */
#ifndef NSINIT_OPTIONS_SET_SUPERVISION_PRIVATE_H
#define NSINIT_OPTIONS_SET_SUPERVISION_PRIVATE_H

#include "plan/pod.h"

/* 0, or -1 with the reason filled in. */
int set_health_command(struct service *service, const char *value, struct error *error);

#endif
