/*
 * expand.h - variables of the environment in a value
 */
#ifndef NSINIT_UTIL_EXPAND_H
#define NSINIT_UTIL_EXPAND_H

#include "util/error.h"

/*
 * Replace ${NAME} by the value of NAME in `environment` (entries NAME=VALUE, then NULL). Replace
 * ${NAME:-DEFAULT} by the default if NAME is unset or empty; defaults may nest: ${A:-${B:-c}}. $${
 * stands for a literal ${, and every other $ for itself. Values are not expanded again. Returns a
 * string that the caller frees; or NULL with the reason filled in (ERROR_USAGE) for any other text
 * behind ${, and for a variable that is not set and has no default.
 */
char *expand(const char *value, char *const *environment, struct error *error);

#endif
