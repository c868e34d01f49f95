/*
 * set_pod.c - options for a pod of several services, and the keys that only a pod file has
 */
#include <stdlib.h>

#include "options/setter_private.h"
#include "options/values_private.h"
#include "util/keywords.h"
#include "util/shellwords.h"

static int set_command(struct service *service, const char *value, struct error *error)
{
    free(service->words);
    service->words = shellwords_of_command(value, error);
    if (service->words == NULL)
        return -1;
    if (service->words[0] == NULL || service->words[0][0] == '\0')
        return error_reason(error, ERROR_USAGE, "needs a program");
    service->arguments = service->words;
    return 0;
}

static int set_type(struct service *service, const char *value, struct error *error)
{
    static const char *const words[] = {[SERVICE_SIMPLE] = "simple", [SERVICE_ONESHOT] = "oneshot"};
    static const struct keywords names = {KEYWORDS_IN(words), .exact = true, .kind = "type"};
    int row = keywords_find(&names, value, error);

    if (row < 0)
        return -1;
    service->type = (enum service_type)row;
    return 0;
}

static int set_essential(struct service *service, const char *value, struct error *error)
{
    bool yes;

    if (set_flag(&yes, value, error) < 0)
        return -1;
    service->essential = yes ? ESSENTIAL_YES : ESSENTIAL_NO;
    return 0;
}

static const struct option rows[] = {
    {
        .name = "pod",
        .argument = "FILE",
        .valid = ON_COMMAND_LINE,
        .help = "Run the services of a pod file",
        .set = SET_TEXT(invocation, pod.file, set_text),
    },
    {
        .name = "check",
        .valid = ON_COMMAND_LINE,
        .help = "Print the plan of the pod file and every mistake in it; run nothing",
        .set = SET_FLAG(invocation, check),
    },
    {
        .name = "json",
        .valid = ON_COMMAND_LINE,
        .help = "Print the plan of --check as JSON",
        .set = SET_FLAG(invocation, json),
    },
};

const struct option_group pod_options = OPTION_GROUP("Pods", rows);

static const struct option key_rows[] = {
    {
        .name = "command",
        .argument = "WORDS",
        .valid = IN_SERVICE,
        .help = "Run this program with its arguments, quoted as for a shell; no shell is run",
        .set = SET_SERVICE(set_command),
    },
    {
        .name = "after",
        .argument = "LIST",
        .valid = IN_SERVICE,
        .help = "Start the service once these services are ready",
        .set = SET_TEXT(service, after_names, set_text),
    },
    {
        .name = "type",
        .argument = "simple|oneshot",
        .valid = IN_SERVICE,
        .default_value = "simple",
        .help = "Run until stopped (simple), or once, until exit code 0 (oneshot)",
        .set = SET_SERVICE(set_type),
    },
    {
        .name = "essential",
        .argument = "yes|no",
        .valid = IN_SERVICE,
        .default_value = "yes for a oneshot that fails",
        .help = "End the pod when this service has ended for good",
        .set = SET_SERVICE(set_essential),
    },
};

const struct option_group key_options = OPTION_GROUP("Only in a pod file", key_rows);
