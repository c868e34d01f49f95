/*
 * cmd_diagram_private.h - nsctl status and ns as a picture of who lives in which namespace
 */
#ifndef NSINIT_NSCTL_CMD_DIAGRAM_PRIVATE_H
#define NSINIT_NSCTL_CMD_DIAGRAM_PRIVATE_H

#include "nsctl/cmd_simple_private.h"

/* Whether there is such a diagram of what was asked for. 0, or -1 with `failure` filled in. */
int diagram_check(const struct call *call, struct failure *failure);

/* Draw it, instead of what the verb prints. The exit code, or -1 with `failure` filled in. */
int diagram_run(const struct call *call, struct failure *failure);

#endif
