/*
 * event_json.h - an event as a JSON object on one line: nsinit(1), section EVENTS
 */
#ifndef NSINIT_REPORT_EVENT_JSON_H
#define NSINIT_REPORT_EVENT_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "linux/nstypes.h"
#include "service/event.h"
#include "util/strbuf.h"

/* Large enough for each event: the longest has the output of a check, all bytes of it escaped. */
enum { EVENT_SIZE = 32 * 1024 };

/* The ids of nsinit's own namespaces, by type. All zero: they are read when they are needed. */
struct own_namespaces {
    uint64_t ids[NAMESPACE_COUNT];
};

/* Append the object and a newline. `own` is for the kinds that show namespaces, or NULL. */
void event_json_add(struct strbuf *text, const struct event *event, struct own_namespaces *own);

/* Add to the event in `line` how many were lost before it. */
void event_json_add_lost(struct strbuf *line, unsigned long lost);

/*
 * The table of events, for tests of its documents: call `visit` for each member of a kind, in the
 * order of the JSON. An optional member may be missing.
 */
typedef void event_member_visitor(void *data, const char *name, bool is_optional);
const char *event_kind_name(enum event_kind kind);
void event_json_each_member(enum event_kind kind, event_member_visitor *visit, void *data);

#endif
