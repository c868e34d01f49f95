/*
 * set_report.c - options for the report of events
 */
#include <string.h>

#include "options/setter_private.h"
#include "options/values_private.h"

static int set_report(const char **report, const char *value, struct error *error)
{
    (void)error;
    *report = value[0] != '\0' && strcmp(value, "no") != 0 ? value : NULL;
    return 0;
}

static const struct option rows[] = {
    {
        .name = "report",
        .argument = "FILE|fd:N",
        .valid = ON_COMMAND_LINE | IN_ENVIRONMENT | IN_POD,
        .help = "Append each event to FILE, as a line of JSON (see EVENTS)",
        .set = SET_TEXT(invocation, pod.report, set_report),
    },
    {
        .name = "report-checks",
        .valid = ON_COMMAND_LINE | IN_ENVIRONMENT | IN_POD,
        .help = "Report every health check, not only changes of the result",
        .set = SET_FLAG(invocation, pod.report_checks),
    },
};

const struct option_group report_options = OPTION_GROUP("Report", rows);
