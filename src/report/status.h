/*
 * status.h - how a service is, as a row of a table or as a JSON object
 */
#ifndef NSINIT_REPORT_STATUS_H
#define NSINIT_REPORT_STATUS_H

#include <stdbool.h>

#include "pod/supervisor.h"
#include "util/strbuf.h"

/* The most that one needs. */
enum { STATUS_SIZE = 1024 };

/*
 * Whose the namespace of the type is that the service lives in: "own", the "pod"'s,
 * "service:NAME", or "entered"; NULL: nsinit's.
 */
const char *status_owner(const struct supervised *supervised, enum ns_type type);

/* Append a line, as nsctl(1) has it under PROTOCOL. */
void status_add(struct strbuf *text, const struct supervised *supervised, bool as_json);

#endif
