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

/* For the service's name (kept by the caller). NULL with errno. */
struct output *output_new(struct ev_loop *loop, const char *name, enum log_format format);

/*
 * For a run: pipes for its stdout and stderr, whose ends for writing are to be closed by the
 * caller when the service has them. 0, or -1 with errno. A run's pipes are read until everyone who
 * can write to them has ended.
 */
int output_open_run(struct output *output, int fds[2]);

/*
 * A line of nsinit's own for the file at `fd`, which may be one that services' lines go to: then it
 * goes with them, or there is no room for it now.
 */
enum output_result { OUTPUT_OTHER_FILE, OUTPUT_WRITTEN, OUTPUT_FULL };
enum output_result output_write_line(int fd, const char *line, size_t length);

/* Whether nothing is listened to, and nothing waits for a reader. */
bool output_is_quiet(const struct output *output);

/* nsinit is about to end: pass on what is there, waiting at most so long for a slow reader. */
void output_end(struct output *output, int milliseconds);

#endif
