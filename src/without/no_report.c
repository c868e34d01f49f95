/*
 * no_report.c - stubs for events as JSON in a build without reports
 */
#include <errno.h>
#include <stddef.h>

#include "report/event_json.h"
#include "report/report_file.h"
#include "options/setter_private.h"

void event_json_add(struct strbuf *text, const struct event *event, struct own_namespaces *own)
{
}

struct report_file *report_file_open(const char *target, struct ev_loop *loop, struct error *error)
{
    errno = ENOSYS;
    error_failed(error, "--report");
    return NULL;
}

void report_file_add(struct report_file *report_file, const struct strbuf *event)
{
}

bool report_file_is_quiet(const struct report_file *report_file)
{
    return true;
}

void report_file_close(struct report_file *report_file)
{
}

/* ---- options --------------------------------------------------------------------------------- */

static const char *const report_names[] = {"report", "report-checks", NULL};

const struct option_group report_options = LEFT_OUT("REPORT", report_names);
