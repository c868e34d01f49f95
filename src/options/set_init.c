/*
 * set_init.c - options of the init itself: signals, exit codes, orphans, how a service ends; and
 * the program's user and environment
 */
#include <stdint.h>
#include <string.h>

#include "options/arena_private.h"
#include "options/setter_private.h"
#include "options/values_private.h"
#include "util/parse.h"

static int set_group(struct service *service, const char *value, struct error *error)
{
    if (set_flag(&service->forward_to_group, value, error) < 0)
        return -1;
    if (service->forward_to_group && service->placement == PLACEMENT_INHERITED)
        service->placement = PLACEMENT_GROUP;
    return 0;
}

static int set_single_child(struct service *service, const char *value, struct error *error)
{
    bool single;

    if (set_flag(&single, value, error) < 0)
        return -1;
    if (single) {
        service->placement = PLACEMENT_INHERITED;
        service->forward_to_group = false;
    }
    return 0;
}

static int set_parent_death_signal(struct invocation *invocation, const char *value,
                                   struct error *error)
{
    return set_signal(&invocation->pod.parent_death_signal, value, error);
}

static int set_remap_exit(struct invocation *invocation, const char *value, struct error *error)
{
    struct translation *translation;
    int code;

    if (set_number(&code, value, 0, EXIT_CODE_COUNT - 1, "exit code", "use 0 to 255", error) < 0)
        return -1;
    translation = invocation_translation(invocation, error);
    if (translation == NULL)
        return -1;
    exit_codes_add(&translation->success_codes, (unsigned int)code);
    return 0;
}

static int set_rewrite(struct invocation *invocation, const char *value, struct error *error)
{
    struct translation *translation;
    char from_name[16];
    size_t length = parse_word(value, ":", from_name, sizeof from_name);
    const char *to_name = value + length + 1;
    int from;
    int to = 0;

    if (value[length] == '\0' || length >= sizeof from_name)
        return error_invalid(error, value, "value", "use FROM:TO, e.g. TERM:QUIT or HUP:0");
    if (set_signal(&from, from_name, error) < 0 ||
        (strcmp(to_name, "0") != 0 && set_signal(&to, to_name, error) < 0))
        return -1;
    translation = invocation_translation(invocation, error);
    if (translation == NULL)
        return -1;
    translation_rewrite(translation, from, to);
    return 0;
}

static int set_verbose(struct invocation *invocation, const char *value, struct error *error)
{
    enum log_level *verbosity = &invocation->pod.verbosity;
    int level = (int)*verbosity + 1;

    if (value != NULL && set_number(&level, value, 0, UINT8_MAX, "level",
                                    "use 0 (errors) to 4 (everything)", error) < 0)
        return -1;
    *verbosity = level < LOG_TRACE ? (enum log_level)level : LOG_TRACE;
    return 0;
}

static int set_stop(struct invocation *invocation, const char *value, struct error *error)
{
    struct stop_schedule *schedule = arena_allocate(invocation, sizeof *schedule, error);

    if (schedule == NULL || stop_schedule_parse(schedule, value, error) < 0)
        return -1;
    /* `forever` alone, which --drain takes, would make a service that can't be stopped. */
    if (schedule->count > 0 && !stop_schedule_signals(schedule))
        return error_invalid(error, value, "schedule", "it has no signal");
    invocation->current->supervision.stop = schedule->count > 0 ? schedule : NULL;
    return 0;
}

static int set_drain(struct invocation *invocation, const char *value, struct error *error)
{
    return stop_schedule_parse(&invocation->pod.drain, value, error);
}

static const struct option rows[] = {
    {
        .name = "group",
        .letter = 'g',
        .valid = ON_COMMAND_LINE | IN_ENVIRONMENT | IN_SERVICE,
        .help = "Forward signals to the program's whole process group",
        .set = SET_SERVICE(set_group),
    },
    {
        .name = "single-child",
        .letter = 'c',
        .valid = ON_COMMAND_LINE | IN_ENVIRONMENT | IN_SERVICE,
        .help = "Forward signals to the program alone, in nsinit's own process group",
        .set = SET_SERVICE(set_single_child),
    },
    {
        .name = "subreaper",
        .letter = 's',
        .valid = ON_COMMAND_LINE | IN_ENVIRONMENT | IN_POD,
        .help = "Adopt and reap orphans even if nsinit is not PID 1",
        .set = SET_FLAG(invocation, pod.subreaper),
    },
    {
        .name = "parent-death-signal",
        .letter = 'p',
        .argument = "SIG",
        .valid = ON_COMMAND_LINE | IN_ENVIRONMENT | IN_POD,
        .help = "Send SIG to nsinit when its parent dies",
        .set = SET_INVOCATION(set_parent_death_signal),
    },
    {
        .name = "remap-exit",
        .letter = 'e',
        .argument = "CODE",
        .repeatable = true,
        .valid = ON_COMMAND_LINE | IN_ENVIRONMENT | IN_SERVICE,
        .help = "Exit with 0 when the program exits with CODE",
        .set = SET_INVOCATION(set_remap_exit),
    },
    {
        .name = "rewrite",
        .letter = 'r',
        .argument = "FROM:TO",
        .repeatable = true,
        .valid = ON_COMMAND_LINE | IN_ENVIRONMENT | IN_SERVICE,
        .help = "Forward signal TO instead of FROM; 0 drops the signal",
        .set = SET_INVOCATION(set_rewrite),
    },
    {
        .name = "pause",
        .letter = 'P',
        .valid = ON_COMMAND_LINE | IN_ENVIRONMENT,
        .help = "Run no program: hold the namespaces and reap until INT or TERM",
        .set = SET_FLAG(invocation, pause),
    },
    {
        .name = "warn-reaped",
        .letter = 'w',
        .valid = ON_COMMAND_LINE | IN_ENVIRONMENT | IN_POD,
        .help = "Print a line for each orphan reaped",
        .set = SET_FLAG(invocation, pod.warn_reaped),
    },
    {
        .name = "verbose",
        .letter = 'v',
        .counted = true,
        .valid = ON_COMMAND_LINE | IN_ENVIRONMENT | IN_POD,
        .help = "Print more: information, debugging, tracing",
        .set = SET_INVOCATION(set_verbose),
    },
    {
        .name = "stop",
        .argument = "SCHEDULE",
        .valid = ON_COMMAND_LINE | IN_ENVIRONMENT | IN_SERVICE,
        .default_value = "forward the signal",
        .help = "Stop the program by this schedule, e.g. TERM/10/KILL",
        .set = SET_INVOCATION(set_stop),
    },
    {
        .name = "stop-all",
        .valid = ON_COMMAND_LINE | IN_ENVIRONMENT | IN_SERVICE,
        .help = "Send the signals of --stop to all descendants of the program",
        .set = SET_FLAG(service, supervision.stop_all),
    },
    {
        .name = "drain",
        .argument = "SCHEDULE",
        .valid = ON_COMMAND_LINE | IN_ENVIRONMENT | IN_POD,
        .default_value = "TERM/3/KILL",
        .help = "End leftover processes by this schedule; no leaves them alone",
        .set = SET_INVOCATION(set_drain),
    },
};

const struct option_group init_options = OPTION_GROUP("Init", rows);

/* ---- the program's user and environment ---------------------------------------------------- */

static int set_user(const char **user, const char *value, struct error *error)
{
    if (value[0] == '\0' || value[0] == ':')
        return error_invalid(error, value, "user", "use NAME|UID[:GROUP|GID]");
    *user = value;
    return 0;
}

static int set_env(struct settings *settings, const char *value, struct error *error)
{
    if (value[0] == '\0' || value[0] == '=')
        return error_invalid(error, value, "variable", "use NAME=VALUE or NAME");
    return ARRAY_APPEND(settings->variables, settings->variable_count, &value, error);
}

static const struct option user_rows[] = {
    {
        .name = "user",
        .argument = "NAME|UID[:GROUP|GID]",
        .valid = ON_COMMAND_LINE | IN_SERVICE,
        .help = "Run as this user with the user's groups; a number needs no entry in /etc/passwd",
        .set = SET_TEXT(settings, user, set_user),
    },
    {
        .name = "groups",
        .argument = "LIST",
        .valid = ON_COMMAND_LINE | IN_SERVICE,
        .default_value = "the user's own",
        .help = "Set the supplementary groups",
        .set = SET_TEXT(settings, groups, set_text),
    },
    {
        .name = "keep-groups",
        .valid = ON_COMMAND_LINE | IN_SERVICE,
        .help = "Keep nsinit's supplementary groups, also in a user namespace",
        .set = SET_FLAG(settings, keep_groups),
    },
    {
        .name = "workdir",
        .argument = "DIR",
        .valid = ON_COMMAND_LINE | IN_SERVICE,
        .default_value = "$PWD",
        .help = "Run in the directory DIR",
        .set = SET_TEXT(settings, workdir, set_text),
    },
    {
        .name = "env",
        .argument = "NAME=VALUE",
        .repeatable = true,
        .valid = ON_COMMAND_LINE | IN_SERVICE,
        .help = "Set an environment variable; NAME alone passes on nsinit's value",
        .set = SET_SETTINGS(set_env),
    },
    {
        .name = "clear-env",
        .valid = ON_COMMAND_LINE | IN_SERVICE,
        .help = "Start from an empty environment",
        .set = SET_FLAG(settings, clear_environment),
    },
};

const struct option_group user_options = OPTION_GROUP("User and environment", user_rows);
