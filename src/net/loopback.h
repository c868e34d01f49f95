/*
 * loopback.h - the loopback interface of a network namespace
 */
#ifndef NSINIT_NET_LOOPBACK_H
#define NSINIT_NET_LOOPBACK_H

#include "util/error.h"

/* Bring `lo` up in the caller's network namespace. 0, or -1 with `error` filled in. */
int loopback_up(struct error *error);

#endif
