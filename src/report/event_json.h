/*
 * event_json.h - an occurrence as a JSON object on one line: nsinit(1), section EVENTS
 */
#ifndef NSINIT_REPORT_EVENT_JSON_H
#define NSINIT_REPORT_EVENT_JSON_H

#include "service/event.h"
#include "util/strbuf.h"

/* The most that an event needs: a check's output, each byte of it escaped. */
enum { EVENT_SIZE = 32 * 1024 };

/* Append the object and a newline. */
void event_json_add(struct strbuf *text, const struct event *event);

#endif
