/*
 * status.h - the status of a service, as a line of the protocol or as a JSON object
 */
#ifndef NSINIT_REPORT_STATUS_H
#define NSINIT_REPORT_STATUS_H

#include <stdbool.h>

#include "pod/supervisor.h"
#include "util/strbuf.h"

/* Large enough for one status. */
enum { STATUS_SIZE = 1024 };

/*
 * The owner of the service's namespace of the type: "own", "pod", "service:NAME" or "entered"; NULL
 * where it is nsinit's.
 */
const char *status_owner(const struct supervised *supervised, enum ns_type type);

/* Append a line with the fields that nsctl(1) lists in its section PROTOCOL, or a JSON object. */
void status_add(struct strbuf *text, const struct supervised *supervised, bool as_json);

#endif
