/*
 * report_file.h - write the events of --report to a file or a descriptor
 */
#ifndef NSINIT_REPORT_REPORT_FILE_H
#define NSINIT_REPORT_REPORT_FILE_H

#include <ev.h>
#include <stdbool.h>

#include "util/error.h"
#include "util/strbuf.h"

struct report_file;

/*
 * Open FILE for appending, or take over the descriptor of `fd:N`, so that no program inherits it.
 * The caller keeps `target`. If the file is moved away, the next event creates it again under its
 * name. NULL with `error` filled in.
 */
struct report_file *report_file_open(const char *target, struct ev_loop *loop, struct error *error);

/*
 * Write an event, which is one line. nsinit never waits: an event that finds no room or no reader
 * is lost, and the next one that is written has their number in its member "lost".
 */
void report_file_add(struct report_file *report_file, const struct strbuf *event);

/* Whether no rest of a line waits for room. */
bool report_file_is_quiet(const struct report_file *report_file);

/* Wait a moment for a slow reader to take the rest of an event, and close. */
void report_file_close(struct report_file *report_file);

#endif
