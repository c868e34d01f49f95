/*
 * podfile_private.h - read a pod from an INI file: its keys are the long options
 */
#ifndef NSINIT_OPTIONS_PODFILE_PRIVATE_H
#define NSINIT_OPTIONS_PODFILE_PRIVATE_H

#include "options/invocation.h"

/*
 * The control socket of a pod file that names none: this path, or the next usable one of
 * protocol/socket_path.h.
 */
#define DEFAULT_CONTROL "/run/nsinit.sock"

/*
 * Read the file into the pod of an invocation whose command line has been read. Variables in values
 * are replaced from `environment`. 0, or -1 with `error` filled in: the file, line, section and key
 * of the first mistake (ERROR_USAGE). Other mistakes become diagnostics.
 */
int podfile_read(struct invocation *invocation, const char *path, char **environment,
                 struct error *error);

#endif
