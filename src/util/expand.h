/*
 * expand.h - variables of the environment in a value
 */
#ifndef NSINIT_UTIL_EXPAND_H
#define NSINIT_UTIL_EXPAND_H

#include "util/error.h"

/*
 * Replace ${NAME} by the value of NAME in `environment` (NAME=VALUE each, ended by NULL), and
 * ${NAME:-default} by that or, where NAME is unset or empty, by the literal text up to the next
 * '}'. $${ stands for a literal ${, and every other $ for itself; what was put in is not looked
 * at again. A fresh string, to be freed by the caller; NULL with the reason filled in when ${ is
 * followed by anything else, or NAME is not set and has no default (ERROR_USAGE).
 */
char *expand(const char *value, char *const *environment, struct error *error);

#endif
