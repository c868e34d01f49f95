/*
 * advice_private.h - what was given and has no effect: no error, and worth a word
 */
#ifndef NSINIT_OPTIONS_ADVICE_PRIVATE_H
#define NSINIT_OPTIONS_ADVICE_PRIVATE_H

#include "options/cmdline.h"

/* Tell of each option or key that has no effect without another one, which is missing. */
void options_advise(struct invocation *invocation);

#endif
