/*
 * podfile_private.h - a pod from a file: DESIGN's INI, its keys the long options
 */
#ifndef NSINIT_OPTIONS_PODFILE_PRIVATE_H
#define NSINIT_OPTIONS_PODFILE_PRIVATE_H

#include "options/cmdline.h"

/* Control over a pod that does not say where. */
/* Or at the next one that can be had: protocol/socket_path.h. */
#define DEFAULT_CONTROL "/run/nsinit.sock"

/*
 * Read the file into the request's pod, whose command line has been read. Variables are taken
 * from `environment`. 0, or -1 with `error` filled in: file, line, section, key (ERROR_USAGE).
 */
int podfile_read(struct invocation *invocation, const char *path, char **environment,
                 struct error *error);

#endif
