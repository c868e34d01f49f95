/*
 * output.h - pass on the services' output line by line, each with a prefix
 */
#ifndef NSINIT_LOGS_OUTPUT_H
#define NSINIT_LOGS_OUTPUT_H

#include <ev.h>
#include <stdbool.h>
#include <stddef.h>

#include "util/log.h"

struct output; /* of one service */

/* For the service `name`, which the caller keeps. NULL with errno. */
struct output *output_new(struct ev_loop *loop, const char *name, enum log_format format);

/*
 * Open pipes for stdout and stderr of a run. The caller closes their ends for writing when the
 * service has them. 0, or -1 with errno. The pipes are read until all of their writers have ended.
 */
int output_open_run(struct output *output, int fds[2]);

/*
 * Write a line of nsinit for the file at `fd`. If the services' lines go to this file, the line
 * goes through their sink, or is refused if the sink has no room now.
 */
enum output_result { OUTPUT_OTHER_FILE, OUTPUT_WRITTEN, OUTPUT_FULL };
enum output_result output_write_line(int fd, const char *line, size_t length);

/* Whether no pipe is open, and no line waits for a reader. */
bool output_is_quiet(const struct output *output);

/* nsinit is about to end: pass on the rest, and wait for a slow reader for a bounded time. */
void output_end(struct output *output, int milliseconds);

#endif
