/*
 * table.c - the one place where an option is declared; all that tells of options is made from it
 */
#include "options/table.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "util/parse.h"
#include "util/signals.h"

static int read_flag(const char *value, bool *flag, struct error *error)
{
    *flag = true;
    if (value == NULL || parse_flag(value, flag) == 0)
        return 0;
    return error_reason(error, ERROR_USAGE, "'%s' is neither yes nor no", value);
}

static int read_signal(const char *name, int *signal_number, struct error *error)
{
    const char *closest;

    *signal_number = signal_by_name(name);
    if (*signal_number != 0)
        return 0;
    if (name[0] >= '0' && name[0] <= '9')
        return error_reason(error, ERROR_USAGE, "'%s' is no signal: numbers go from 1 to %d", name,
                            SIGNAL_MAX);
    closest = signal_closest_name(name);
    return error_reason(error, ERROR_USAGE, "'%s' is no signal%s%s%s", name,
                        closest ? "; did you mean " : "", closest ? closest : "",
                        closest ? "?" : "");
}

static int set_group(struct request *request, const char *value, struct error *error)
{
    struct service *service = &request->main_service;

    if (read_flag(value, &service->forward_to_group, error) < 0)
        return -1;
    if (service->forward_to_group && service->placement == PLACEMENT_INHERITED)
        service->placement = PLACEMENT_GROUP;
    return 0;
}

static int set_single_child(struct request *request, const char *value, struct error *error)
{
    bool single;

    if (read_flag(value, &single, error) < 0)
        return -1;
    if (single) {
        request->main_service.placement = PLACEMENT_INHERITED;
        request->main_service.forward_to_group = false;
    }
    return 0;
}

static int set_subreaper(struct request *request, const char *value, struct error *error)
{
    return read_flag(value, &request->pod.subreaper, error);
}

static int set_parent_death_signal(struct request *request, const char *value, struct error *error)
{
    return read_signal(value, &request->pod.parent_death_signal, error);
}

static int set_remap_exit(struct request *request, const char *value, struct error *error)
{
    unsigned long code;

    if (parse_number(value, EXIT_CODE_COUNT - 1, &code) < 0)
        return error_reason(error, ERROR_USAGE, "'%s' is no exit code from 0 to %d", value,
                            EXIT_CODE_COUNT - 1);
    request->main_service.success_code[code] = true;
    return 0;
}

static int set_rewrite(struct request *request, const char *value, struct error *error)
{
    const char *colon = strchr(value, ':');
    char from_name[16] = "";
    int from;
    int to = 0;

    if (colon == NULL || (size_t)(colon - value) >= sizeof from_name)
        return error_reason(error, ERROR_USAGE, "'%s' is not FROM:TO, as in TERM:QUIT or HUP:0",
                            value);
    memcpy(from_name, value, (size_t)(colon - value));
    if (read_signal(from_name, &from, error) < 0)
        return -1;
    if (strcmp(colon + 1, "0") != 0 && read_signal(colon + 1, &to, error) < 0)
        return -1;
    request->main_service.rewrite[from] = (unsigned char)to;
    return 0;
}

static int set_drain(struct request *request, const char *value, struct error *error)
{
    return schedule_parse(&request->pod.drain, value, error);
}

static int set_pause(struct request *request, const char *value, struct error *error)
{
    return read_flag(value, &request->pause, error);
}

static int set_warn_reaped(struct request *request, const char *value, struct error *error)
{
    return read_flag(value, &request->pod.warn_reaped, error);
}

static int set_verbose(struct request *request, const char *value, struct error *error)
{
    unsigned long level = (unsigned long)request->pod.verbosity + 1;

    if (value != NULL && parse_number(value, UINT8_MAX, &level) < 0)
        return error_reason(error, ERROR_USAGE, "'%s' is no level from 0 (errors) to %d (all)",
                            value, LOG_TRACE);
    request->pod.verbosity = level < LOG_TRACE ? (enum log_level)level : LOG_TRACE;
    return 0;
}

/* Help, version and licence: what is asked for first is given. */
static int set_action(struct request *request, enum action action)
{
    if (request->action == ACTION_RUN)
        request->action = action;
    return 0;
}

static int set_help(struct request *request, const char *value, struct error *error)
{
    (void)value;
    (void)error;
    return set_action(request, ACTION_HELP);
}

static int set_version(struct request *request, const char *value, struct error *error)
{
    (void)value;
    (void)error;
    return set_action(request, ACTION_VERSION);
}

static int set_license(struct request *request, const char *value, struct error *error)
{
    (void)value;
    (void)error;
    return set_action(request, ACTION_LICENSE);
}

/* In the order of --help. */
const struct option option_table[] = {
    {"group", 'g', 0, OPTION_ENVIRONMENT, NULL,
     "forward signals to the program's whole process group", set_group},
    {"single-child", 'c', 0, OPTION_ENVIRONMENT, NULL,
     "forward to the program alone, and keep it in nsinit's own process group", set_single_child},
    {"subreaper", 's', 0, OPTION_ENVIRONMENT, NULL,
     "adopt and reap orphans although nsinit is not PID 1", set_subreaper},
    {"parent-death-signal", 'p', 0, OPTION_ENVIRONMENT, "SIG", "get SIG when nsinit's parent dies",
     set_parent_death_signal},
    {"remap-exit", 'e', 0, OPTION_ENVIRONMENT | OPTION_REPEATABLE, "CODE",
     "exit 0 when the program exits with CODE (repeatable)", set_remap_exit},
    {"rewrite", 'r', 0, OPTION_ENVIRONMENT | OPTION_REPEATABLE, "FROM:TO",
     "forward signal TO for signal FROM; TO 0 drops it (repeatable)", set_rewrite},
    {"drain", 0, 0, OPTION_ENVIRONMENT, "SCHEDULE",
     "what the processes left behind get: TERM/3/KILL, or no", set_drain},
    {"pause", 'P', 0, OPTION_ENVIRONMENT, NULL,
     "run no program: hold the namespaces and reap until INT or TERM", set_pause},
    {"warn-reaped", 'w', 0, OPTION_ENVIRONMENT, NULL, "print a line for each orphan reaped",
     set_warn_reaped},
    {"verbose", 'v', 0, OPTION_ENVIRONMENT, NULL,
     "say more: information, debugging, tracing (repeatable)", set_verbose},
    {"help", 'h', 0, 0, NULL, "print this help", set_help},
    {"version", 'V', 0, 0, NULL, "print the version", set_version},
    {"license", 'l', 'L', 0, NULL, "print the licence", set_license},
};

const size_t option_count = sizeof option_table / sizeof option_table[0];

/* Level 3 shows what the peers' own debugging shows: each signal and each process reaped. */
const struct peer_variable peer_variable_table[] = {
    {"TINI_SUBREAPER", NULL, "subreaper", "yes"}, {"TINI_KILL_PROCESS_GROUP", NULL, "group", "yes"},
    {"TINI_VERBOSITY", NULL, "verbose", NULL},    {"DUMB_INIT_SETSID", "0", "single-child", "yes"},
    {"DUMB_INIT_DEBUG", "1", "verbose", "3"},     {"CATATONIT_DEBUG", NULL, "verbose", "3"},
};

const size_t peer_variable_count = sizeof peer_variable_table / sizeof peer_variable_table[0];
