/*
 * values_private.h - setters of plain values
 * Each returns 0, or -1 with the error's reason filled in (ERROR_USAGE).
 */
#ifndef NSINIT_OPTIONS_VALUES_PRIVATE_H
#define NSINIT_OPTIONS_VALUES_PRIVATE_H

#include <stdbool.h>
#include <stdint.h>

#include "util/error.h"

/* yes or no; `value` may be NULL for a flag without a value, which is yes. */
int set_flag(bool *flag, const char *value, struct error *error);

/* Any text, which has to live as long as the plan. */
int set_text(const char **text, const char *value, struct error *error);

int set_absolute_path(const char **text, const char *value, struct error *error);

/* A duration, and one that is not 0. */
int set_duration(uint32_t *milliseconds, const char *value, struct error *error);
int set_positive_duration(uint32_t *milliseconds, const char *value, struct error *error);

/* A number from `least` to `most`, which `advice` names: "use 0 to 255". `kind` is for the error.
 */
int set_number(int *number, const char *value, int least, int most, const char *kind,
               const char *advice, struct error *error);

/* A descriptor above stderr, 3 to 1023. */
int set_descriptor(int *fd, const char *value, struct error *error);

/* A signal's name or number. */
int set_signal(int *signal_number, const char *value, struct error *error);

#endif
