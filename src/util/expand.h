/*
 * expand.h - variables of the environment in a value
 */
#ifndef NSINIT_UTIL_EXPAND_H
#define NSINIT_UTIL_EXPAND_H

#include "util/error.h"

/*
 * Replace ${NAME} by the value of NAME in `environment` (NAME=VALUE each, ended by NULL), and
 * ${NAME:-default} by that or, where NAME is unset or empty, by the text up to the '}' that closes
 * it, in which the same holds: ${A:-${B:-c}}. $${ stands for a literal ${, and every other $ for
 * itself; a variable's value is not looked at again. A fresh string, to be freed by the caller;
 * NULL with the reason filled in when ${ is followed by anything else, or NAME is not set and has
 * no default (ERROR_USAGE).
 */
char *expand(const char *value, char *const *environment, struct error *error);

#endif
