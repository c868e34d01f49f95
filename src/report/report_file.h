/*
 * report_file.h - where the events go that --report asks for: a file, or one that is open already
 */
#ifndef NSINIT_REPORT_REPORT_FILE_H
#define NSINIT_REPORT_REPORT_FILE_H

#include <ev.h>
#include <stdbool.h>

#include "util/error.h"
#include "util/strbuf.h"

struct report_file;

/*
 * Open FILE, to be appended to, or take over the file `fd:N`, so that no program holds it. NULL
 * with `error` filled in. `target` is kept by the caller. A file that is moved away is opened anew
 * by its name for the next event.
 */
struct report_file *report_file_open(const char *target, struct ev_loop *loop, struct error *error);

/*
 * Write an event, an object on one line. Nothing is waited for: one that has no room, or no reader
 * any more, is lost, and the next one that gets through has a member "lost" with their number.
 */
void report_file_add(struct report_file *report_file, const struct strbuf *event);

/* Whether nothing is waited for. */
bool report_file_is_quiet(const struct report_file *report_file);

/* Wait a moment for a slow reader to take the rest of an event; close. */
void report_file_close(struct report_file *report_file);

#endif
