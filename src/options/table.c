/*
 * table.c - the one place where an option is declared; all that tells of options is made from it
 */
#include "options/table.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "options/setters.h"
#include "util/parse.h"
#include "util/signals.h"

int read_flag(const char *value, bool *flag, struct error *error)
{
    *flag = true;
    if (value == NULL || parse_flag(value, flag) == 0)
        return 0;
    return error_reason(error, ERROR_USAGE, "'%s' is neither yes nor no", value);
}

static int read_signal(const char *name, int *signal_number, struct error *error)
{
    *signal_number = signal_by_name(name);
    if (*signal_number != 0)
        return 0;
    if (name[0] >= '0' && name[0] <= '9')
        return error_reason(error, ERROR_USAGE, "'%s' is no signal: numbers go from 1 to %d", name,
                            SIGNAL_MAX);
    return error_unknown(error, name, "signal", signal_closest_name(name));
}

static int set_group(struct request *request, const char *value, struct error *error)
{
    struct service *service = request->current;

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
        request->current->placement = PLACEMENT_INHERITED;
        request->current->forward_to_group = false;
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
    struct translation *translation;
    unsigned long code;

    if (parse_number(value, EXIT_CODE_COUNT - 1, &code) < 0)
        return error_reason(error, ERROR_USAGE, "'%s' is no exit code from 0 to %d", value,
                            EXIT_CODE_COUNT - 1);
    translation = request_translation(request, error);
    if (translation == NULL)
        return -1;
    exit_codes_add(&translation->success_codes, (unsigned int)code);
    return 0;
}

static int set_rewrite(struct request *request, const char *value, struct error *error)
{
    const char *colon = strchr(value, ':');
    char from_name[16] = "";
    struct translation *translation;
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
    translation = request_translation(request, error);
    if (translation == NULL)
        return -1;
    translation_rewrite(translation, from, to);
    return 0;
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
    {"group", 'g', 0, OPTION_ENVIRONMENT | OPTION_SERVICE, "Init", NULL,
     "forward signals to the program's whole process group", set_group},
    {"single-child", 'c', 0, OPTION_ENVIRONMENT | OPTION_SERVICE, NULL, NULL,
     "forward to the program alone, and keep it in nsinit's own process group", set_single_child},
    {"subreaper", 's', 0, OPTION_ENVIRONMENT | OPTION_POD, NULL, NULL,
     "adopt and reap orphans although nsinit is not PID 1", set_subreaper},
    {"parent-death-signal", 'p', 0, OPTION_ENVIRONMENT | OPTION_POD, NULL, "SIG",
     "get SIG when nsinit's parent dies", set_parent_death_signal},
    {"remap-exit", 'e', 0, OPTION_ENVIRONMENT | OPTION_REPEATABLE | OPTION_SERVICE, NULL, "CODE",
     "exit 0 when the program exits with CODE (repeatable)", set_remap_exit},
    {"rewrite", 'r', 0, OPTION_ENVIRONMENT | OPTION_REPEATABLE | OPTION_SERVICE, NULL, "FROM:TO",
     "forward signal TO for signal FROM; TO 0 drops it (repeatable)", set_rewrite},
    {"pause", 'P', 0, OPTION_ENVIRONMENT, NULL, NULL,
     "run no program: hold the namespaces and reap until INT or TERM", set_pause},
    {"warn-reaped", 'w', 0, OPTION_ENVIRONMENT | OPTION_POD, NULL, NULL,
     "print a line for each orphan reaped", set_warn_reaped},
    {"verbose", 'v', 0, OPTION_ENVIRONMENT | OPTION_POD, NULL, NULL,
     "say more: information, debugging, tracing (repeatable)", set_verbose},
    {"unshare", 0, 0, OPTION_REPEATABLE | OPTION_SERVICE | OPTION_POD, "Namespaces", "LIST",
     "new namespaces: of user,mnt,pid,net,uts,ipc,cgroup,time, or all; TYPE=PATH also keeps it",
     set_unshare},
    {"enter", 0, 0, OPTION_REPEATABLE | OPTION_SERVICE | OPTION_POD, NULL, "LIST=SOURCE",
     "join those of a PID, a path, or netns:NAME (repeatable)", set_enter},
    {"as-pid-1", 0, 0, OPTION_SERVICE, NULL, NULL,
     "the program itself is PID 1 of its new PID namespace", set_as_pid_1},
    {"map-root-user", 0, 0, OPTION_SERVICE | OPTION_POD, NULL, NULL,
     "root in the new user namespace is the caller outside", set_map_root_user},
    {"map-users", 0, 0, OPTION_REPEATABLE | OPTION_SERVICE | OPTION_POD, NULL, "IN:OUT:COUNT",
     "a range of users of the new user namespace (repeatable)", set_map_users},
    {"map-groups", 0, 0, OPTION_REPEATABLE | OPTION_SERVICE | OPTION_POD, NULL, "IN:OUT:COUNT",
     "a range of groups of the new user namespace (repeatable)", set_map_groups},
    {"map-auto", 0, 0, OPTION_SERVICE | OPTION_POD, NULL, NULL,
     "root is the caller, the rest from /etc/subuid and /etc/subgid", set_map_auto},
    {"setgroups", 0, 0, OPTION_SERVICE | OPTION_POD, NULL, "allow|deny",
     "whether setgroups(2) works in there", set_setgroups},
    {"hostname", 0, 0, OPTION_SERVICE | OPTION_POD, NULL, "NAME",
     "in a new or entered UTS namespace", set_hostname},
    {"domainname", 0, 0, OPTION_SERVICE | OPTION_POD, NULL, "NAME", "likewise, the NIS domain",
     set_domainname},
    {"mount", 0, 0, OPTION_REPEATABLE | OPTION_SERVICE | OPTION_POD, NULL, "SPEC",
     "type=bind|tmpfs|proc|sysfs|mqueue|devpts|dev|overlay,source=,target=,readonly,... "
     "(repeatable)",
     set_mount},
    {"root", 0, 0, OPTION_SERVICE | OPTION_POD, NULL, "DIR",
     "that tree becomes /, and the old one is gone", set_root},
    {"read-only", 0, 0, OPTION_SERVICE | OPTION_POD, NULL, NULL, "mount the root read-only",
     set_read_only},
    {"propagation", 0, 0, OPTION_SERVICE | OPTION_POD, NULL, "KIND",
     "of mounts: private (default), slave, shared, unchanged", set_propagation},
    {"mount-proc", 0, 0, OPTION_OPTIONAL | OPTION_SERVICE | OPTION_POD, NULL, "DIR|no",
     "a fresh proc there; at /proc unasked when pid and mnt are both new", set_mount_proc},
    {"no-loopback", 0, 0, OPTION_SERVICE | OPTION_POD, NULL, NULL,
     "leave lo down in the new network namespace", set_no_loopback},
    {"veth", 0, 0, OPTION_REPEATABLE | OPTION_SERVICE | OPTION_POD, NULL, "SPEC",
     "host=,name=,address=,gateway=,bridge=,mtu=,mac= of a pair of devices (repeatable)", set_veth},
    {"monotonic", 0, 0, OPTION_SERVICE | OPTION_POD, NULL, "SECONDS",
     "offset of this clock in the new time namespace", set_monotonic},
    {"boottime", 0, 0, OPTION_SERVICE | OPTION_POD, NULL, "SECONDS",
     "offset of this one, which uptime shows", set_boottime},
    {"hook-created", 0, 0, OPTION_SERVICE | OPTION_POD, NULL, "COMMAND",
     "run it outside when the namespaces exist, before the program starts", set_hook_created},
    {"user", 0, 0, OPTION_SERVICE, "Process", "NAME|UID[:GROUP|GID]",
     "run as that user, with its groups; numbers need no /etc/passwd", set_user},
    {"groups", 0, 0, OPTION_SERVICE, NULL, "LIST",
     "supplementary groups, instead of the user's own", set_groups},
    {"workdir", 0, 0, OPTION_SERVICE, NULL, "DIR", "the working directory", set_workdir},
    {"umask", 0, 0, OPTION_SERVICE, NULL, "MODE", "the file mode creation mask, octal", set_umask},
    {"rlimit", 0, 0, OPTION_REPEATABLE | OPTION_SERVICE, NULL, "NAME=SOFT[:HARD]",
     "a limit: nofile=1024:4096, core=unlimited (repeatable)", set_rlimit},
    {"nice", 0, 0, OPTION_SERVICE, NULL, "N", "the scheduling priority, -20 to 19", set_nice},
    {"oom-score-adj", 0, 0, OPTION_SERVICE, NULL, "N", "-1000 to 1000: higher is killed earlier",
     set_oom_score_adj},
    {"cap-add", 0, 0, OPTION_REPEATABLE | OPTION_SERVICE, NULL, "LIST|all",
     "capabilities to keep, for a user other than root too", set_cap_add},
    {"cap-drop", 0, 0, OPTION_REPEATABLE | OPTION_SERVICE, NULL, "LIST|all",
     "capabilities to drop first", set_cap_drop},
    {"no-new-privs", 0, 0, OPTION_SERVICE, NULL, NULL,
     "no program gets more rights by being executed", set_no_new_privs},
    {"env", 0, 0, OPTION_REPEATABLE | OPTION_SERVICE, NULL, "NAME=VALUE",
     "an environment variable; NAME alone is nsinit's own (repeatable)", set_env},
    {"clear-env", 0, 0, OPTION_SERVICE, NULL, NULL, "start from an empty environment",
     set_clear_env},
    {"restart", 0, 0, OPTION_ENVIRONMENT | OPTION_SERVICE, "Supervision", "POLICY",
     "start the program again: no, on-failure[:MAX], always", set_restart},
    {"restart-delay", 0, 0, OPTION_ENVIRONMENT | OPTION_SERVICE, NULL, "FIRST[..CAP]",
     "wait so long before; doubled each time, 100ms..1m", set_restart_delay},
    {"stop", 0, 0, OPTION_ENVIRONMENT | OPTION_SERVICE, NULL, "SCHEDULE",
     "what TERM, INT or QUIT to nsinit set off: TERM/10/KILL", set_stop},
    {"stop-all", 0, 0, OPTION_ENVIRONMENT | OPTION_SERVICE, NULL, NULL,
     "all the program's descendants get the schedule's signals", set_stop_all},
    {"drain", 0, 0, OPTION_ENVIRONMENT | OPTION_POD, NULL, "SCHEDULE",
     "what the processes left behind get: TERM/3/KILL, or no", set_drain},
    {"notify", 0, 0, OPTION_ENVIRONMENT | OPTION_SERVICE, NULL, NULL,
     "the program says by sd_notify that it is ready", set_notify},
    {"ready-fd", 0, 0, OPTION_ENVIRONMENT | OPTION_SERVICE, NULL, "N",
     "it says so by a newline on its descriptor N", set_ready_fd},
    {"ready-timeout", 0, 0, OPTION_ENVIRONMENT | OPTION_SERVICE, NULL, "TIME",
     "it has failed when it is not ready by then", set_ready_timeout},
    {"watchdog", 0, 0, OPTION_ENVIRONMENT | OPTION_SERVICE, NULL, "TIME",
     "or when it does not say WATCHDOG=1 so often", set_watchdog},
    {"health-cmd", 0, 0, OPTION_ENVIRONMENT | OPTION_SERVICE, NULL, "COMMAND",
     "or when this fails, run by sh in its namespaces", set_health_cmd},
    {"health-interval", 0, 0, OPTION_ENVIRONMENT | OPTION_SERVICE, NULL, "TIME",
     "between two checks, 30s", set_health_interval},
    {"health-timeout", 0, 0, OPTION_ENVIRONMENT | OPTION_SERVICE, NULL, "TIME",
     "a check is killed and has failed then, 30s", set_health_timeout},
    {"health-retries", 0, 0, OPTION_ENVIRONMENT | OPTION_SERVICE, NULL, "N",
     "so many failures in a row are too many, 3", set_health_retries},
    {"health-start-period", 0, 0, OPTION_ENVIRONMENT | OPTION_SERVICE, NULL, "TIME",
     "failures at the beginning do not count so long, 0s", set_health_start_period},
    {"log-prefix", 0, 0, OPTION_ENVIRONMENT | OPTION_OPTIONAL | OPTION_SERVICE, NULL,
     "no|name|time", "the service's name, and the time, in front of each line", set_log_prefix},
    {"report", 0, 0, OPTION_ENVIRONMENT | OPTION_POD, "Report and control", "FILE|fd:N",
     "append each event to it, a line of JSON (see EVENTS)", set_report},
    {"control", 0, 0, OPTION_ENVIRONMENT | OPTION_POD, NULL, "PATH",
     "a socket for nsctl; a pod has /run/nsinit.sock", set_control},
    {"boot", 0, 0, OPTION_ENVIRONMENT, "Machines", NULL,
     "boot the machine as its first process: file systems, console, its end", set_boot},
    {"on-end", 0, 0, OPTION_ENVIRONMENT | OPTION_POD, NULL, "reboot|poweroff|halt|rescue",
     "what becomes of the machine when the pod ends; default reboot", set_on_end},
    {"tty", 0, 0, OPTION_SERVICE, NULL, "PATH",
     "a terminal that is the program's, its controlling one", set_tty},
    {"watchdog-device", 0, 0, OPTION_ENVIRONMENT | OPTION_POD, NULL, "PATH",
     "a hardware watchdog to feed, as /dev/watchdog0", set_watchdog_device},
    {"watchdog-timeout", 0, 0, OPTION_ENVIRONMENT | OPTION_POD, NULL, "TIME",
     "its time; default 1m", set_watchdog_timeout},
    {"watchdog-requires-healthy", 0, 0, OPTION_ENVIRONMENT | OPTION_POD, NULL, NULL,
     "starve it when an essential service fails for as long", set_watchdog_requires_healthy},
    {"pod", 0, 0, 0, NULL, "FILE", "run the services of a pod file", set_pod},
    {"check", 0, 0, 0, NULL, NULL, "say what the pod file comes to, and run nothing", set_check},
    {"json", 0, 0, 0, NULL, NULL, "the same as JSON", set_json},
    {"command", 0, 0, OPTION_SERVICE | OPTION_FILE_ONLY, "Only in a pod file", "WORDS",
     "the program and its arguments, quoted as for a shell", set_command},
    {"after", 0, 0, OPTION_SERVICE | OPTION_FILE_ONLY, NULL, "LIST",
     "start when these services are ready", set_after},
    {"type", 0, 0, OPTION_SERVICE | OPTION_FILE_ONLY, NULL, "simple|oneshot",
     "oneshot: a step that is done when it has ended with 0", set_type},
    {"essential", 0, 0, OPTION_SERVICE | OPTION_FILE_ONLY, NULL, "yes|no",
     "the pod ends when this service has ended for good", set_essential},
    {"help", 'h', 0, 0, "General", NULL, "print this help", set_help},
    {"version", 'V', 0, 0, NULL, NULL, "print the version", set_version},
    {"license", 'l', 'L', 0, NULL, NULL, "print the licence", set_license},
};

const size_t option_count = sizeof option_table / sizeof option_table[0];

/* Level 3 shows what the peers' own debugging shows: each signal and each process reaped. */
const struct peer_variable peer_variable_table[] = {
    {"TINI_SUBREAPER", NULL, "subreaper", "yes"}, {"TINI_KILL_PROCESS_GROUP", NULL, "group", "yes"},
    {"TINI_VERBOSITY", NULL, "verbose", NULL},    {"DUMB_INIT_SETSID", "0", "single-child", "yes"},
    {"DUMB_INIT_DEBUG", "1", "verbose", "3"},     {"CATATONIT_DEBUG", NULL, "verbose", "3"},
};

const size_t peer_variable_count = sizeof peer_variable_table / sizeof peer_variable_table[0];
