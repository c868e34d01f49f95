/*
 * cmdline_private.h - options from outside the pod file: the environment and the command line
 */
#ifndef NSINIT_OPTIONS_CMDLINE_PRIVATE_H
#define NSINIT_OPTIONS_CMDLINE_PRIVATE_H

#include "options/invocation.h"

/*
 * Read the variables of other inits, then nsinit's own, which are removed from `environment`. 0, or
 * -1 with `error` filled in.
 */
int environment_read(struct invocation *invocation, char **environment, struct error *error);

/*
 * Read the options in front of the program, or up to --help, --version or --license. Returns the
 * first word that is not an option, in place, or NULL with `error` filled in.
 */
char **cmdline_read(struct invocation *invocation, char **words, struct error *error);

#endif
