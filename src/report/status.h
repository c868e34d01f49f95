/*
 * status.h - how a service is, as a row of a table or as a JSON object
 */
#ifndef NSINIT_REPORT_STATUS_H
#define NSINIT_REPORT_STATUS_H

#include <stdbool.h>

#include "supervise/supervise.h"
#include "util/text.h"

/* The most that one needs. */
enum { STATUS_SIZE = 1024 };

/* Append a line, as nsctl(1) has it under PROTOCOL. */
void status_add(struct text *text, const struct supervised *supervised, bool as_json);

#endif
