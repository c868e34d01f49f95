/*
 * table.c - the one place where an option is declared; all that tells of options is made from it
 */
#include "options/table.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "options/setters_private.h"
#include "util/parse.h"
#include "util/signal_names.h"

const char *set_flag(void *field, const char *value, struct error *error)
{
    bool *flag = field;

    (void)error;
    *flag = true;
    return value == NULL || parse_flag(value, flag) == 0 ? NULL : "neither yes nor no";
}

const char *set_text(void *field, const char *value, struct error *error)
{
    const char **text = field;

    (void)error;
    *text = value;
    return NULL;
}

const char *set_path(void *field, const char *value, struct error *error)
{
    return value[0] == '/' ? set_text(field, value, error) : "no absolute path";
}

static const char *set_signal(void *field, const char *value, struct error *error)
{
    int *signal_number = field;

    *signal_number = signal_by_name(value);
    if (*signal_number != 0)
        return NULL;
    if (value[0] >= '0' && value[0] <= '9')
        return told(error_reason(error, ERROR_USAGE, "unknown signal '%s': numbers go from 1 to %d",
                                 value, SIGNAL_MAX));
    return told(error_unknown(error, value, "signal", signal_closest_name(value)));
}

static const char *set_group(void *field, const char *value, struct error *error)
{
    struct service *service = field;
    const char *wrong = set_flag(&service->forward_to_group, value, error);

    if (wrong == NULL && service->forward_to_group && service->placement == PLACEMENT_INHERITED)
        service->placement = PLACEMENT_GROUP;
    return wrong;
}

static const char *set_single_child(void *field, const char *value, struct error *error)
{
    struct service *service = field;
    bool single;
    const char *wrong = set_flag(&single, value, error);

    if (wrong == NULL && single) {
        service->placement = PLACEMENT_INHERITED;
        service->forward_to_group = false;
    }
    return wrong;
}

static const char *set_remap_exit(void *field, const char *value, struct error *error)
{
    struct translation *translation;
    int code;

    if (parse_between(value, 0, EXIT_CODE_COUNT - 1, &code) < 0)
        return "no exit code from 0 to 255";
    translation = invocation_translation(field, error);
    if (translation == NULL)
        return "";
    exit_codes_add(&translation->success_codes, (unsigned int)code);
    return NULL;
}

static const char *set_rewrite(void *field, const char *value, struct error *error)
{
    struct translation *translation;
    char from_name[16];
    size_t length = parse_word(value, ":", from_name, sizeof from_name);
    const char *to_name = value + length + 1;
    const char *wrong;
    int from;
    int to = 0;

    if (value[length] == '\0' || length >= sizeof from_name)
        return "not FROM:TO, as in TERM:QUIT or HUP:0";
    wrong = set_signal(&from, from_name, error);
    if (wrong == NULL && strcmp(to_name, "0") != 0)
        wrong = set_signal(&to, to_name, error);
    if (wrong != NULL)
        return wrong;
    translation = invocation_translation(field, error);
    if (translation == NULL)
        return "";
    translation_rewrite(translation, from, to);
    return NULL;
}

static const char *set_verbose(void *field, const char *value, struct error *error)
{
    enum log_level *verbosity = field;
    int level = (int)*verbosity + 1;

    (void)error;
    if (value != NULL && parse_between(value, 0, UINT8_MAX, &level) < 0)
        return "no level from 0 (errors) to 4 (all)";
    *verbosity = level < LOG_TRACE ? (enum log_level)level : LOG_TRACE;
    return NULL;
}

/* Help, version and licence: what is asked for first is given. */
static const char *set_action(enum action *action, enum action value)
{
    if (*action == ACTION_RUN)
        *action = value;
    return NULL;
}

static const char *set_help(void *field, const char *value, struct error *error)
{
    (void)value;
    (void)error;
    return set_action(field, ACTION_HELP);
}

static const char *set_version(void *field, const char *value, struct error *error)
{
    (void)value;
    (void)error;
    return set_action(field, ACTION_VERSION);
}

static const char *set_license(void *field, const char *value, struct error *error)
{
    (void)value;
    (void)error;
    return set_action(field, ACTION_LICENSE);
}

const char *const option_sections[] = {
    [SECTION_INIT] = "Init",
    [SECTION_NAMESPACES] = "Namespaces",
    [SECTION_PROCESS] = "Process",
    [SECTION_SUPERVISION] = "Supervision",
    [SECTION_CONTROL] = "Report and control",
    [SECTION_MACHINES] = "Machines",
    [SECTION_FILE] = "Only in a pod file",
    [SECTION_GENERAL] = "General",
};

/* What an option's setter is given: one field of these, or the whole. */
#define OF_REQUEST(field) PART_REQUEST, offsetof(struct invocation, field)
#define OF_SERVICE(field) PART_SERVICE, offsetof(struct service, field)
#define OF_SETTINGS(field) PART_SETTINGS, offsetof(struct settings, field)
#define THE_REQUEST PART_REQUEST, 0
#define THE_SERVICE PART_SERVICE, 0
#define THE_SETTINGS PART_SETTINGS, 0

/* In the order of --help. */
const struct option option_table[] = {
    {"group", 'g', 0, OPTION_ENVIRONMENT | OPTION_SERVICE, SECTION_INIT, THE_SERVICE, NULL,
     "Forward signals to the program's whole process group", set_group},
    {"single-child", 'c', 0, OPTION_ENVIRONMENT | OPTION_SERVICE, SECTION_SAME, THE_SERVICE, NULL,
     "Forward signals to the program alone, in nsinit's own process group", set_single_child},
    {"subreaper", 's', 0, OPTION_ENVIRONMENT | OPTION_POD, SECTION_SAME, OF_REQUEST(pod.subreaper),
     NULL, "Adopt and reap orphans although nsinit is not PID 1", set_flag},
    {"parent-death-signal", 'p', 0, OPTION_ENVIRONMENT | OPTION_POD, SECTION_SAME,
     OF_REQUEST(pod.parent_death_signal), "SIG", "Get SIG when nsinit's parent dies", set_signal},
    {"remap-exit", 'e', 0, OPTION_ENVIRONMENT | OPTION_REPEATABLE | OPTION_SERVICE, SECTION_SAME,
     THE_REQUEST, "CODE", "Exit 0 when the program exits with CODE (repeatable)", set_remap_exit},
    {"rewrite", 'r', 0, OPTION_ENVIRONMENT | OPTION_REPEATABLE | OPTION_SERVICE, SECTION_SAME,
     THE_REQUEST, "FROM:TO", "Forward signal TO for signal FROM; TO 0 drops it (repeatable)",
     set_rewrite},
    {"pause", 'P', 0, OPTION_ENVIRONMENT, SECTION_SAME, OF_REQUEST(pause), NULL,
     "Run no program: hold the namespaces and reap until INT or TERM", set_flag},
    {"warn-reaped", 'w', 0, OPTION_ENVIRONMENT | OPTION_POD, SECTION_SAME,
     OF_REQUEST(pod.warn_reaped), NULL, "Print a line for each orphan reaped", set_flag},
    {"verbose", 'v', 0, OPTION_ENVIRONMENT | OPTION_POD | OPTION_COUNTED, SECTION_SAME,
     OF_REQUEST(pod.verbosity), NULL, "Print more: information, debugging, tracing (repeatable)",
     set_verbose},
    {"unshare", 0, 0, OPTION_REPEATABLE | OPTION_SERVICE | OPTION_POD, SECTION_NAMESPACES,
     THE_REQUEST, "LIST",
     "Make new namespaces: user,mnt,pid,net,uts,ipc,cgroup,time or all; TYPE=PATH or "
     "net=netns:NAME keeps one (repeatable)",
     set_unshare},
    {"enter", 0, 0, OPTION_REPEATABLE | OPTION_SERVICE | OPTION_POD, SECTION_SAME,
     OF_SERVICE(namespaces), "LIST=SOURCE",
     "Join namespaces of a PID, a path or netns:NAME, each type once (repeatable)", set_enter},
    {"as-pid-1", 0, 0, OPTION_SERVICE, SECTION_SAME, OF_SERVICE(namespaces.as_pid_1), NULL,
     "Make the program itself PID 1 of its new PID namespace", set_flag},
    {"map-root-user", 0, 0, OPTION_SERVICE | OPTION_POD, SECTION_SAME,
     OF_SERVICE(namespaces.map_root), NULL, "Map root of the new user namespace to the caller",
     set_flag},
    {"map-users", 0, 0, OPTION_REPEATABLE | OPTION_SERVICE | OPTION_POD, SECTION_SAME,
     OF_SERVICE(namespaces.users), "IN:OUT:COUNT",
     "Map a range of users of the new user namespace (repeatable)", set_map},
    {"map-groups", 0, 0, OPTION_REPEATABLE | OPTION_SERVICE | OPTION_POD, SECTION_SAME,
     OF_SERVICE(namespaces.groups), "IN:OUT:COUNT",
     "Map a range of groups of the new user namespace (repeatable)", set_map},
    {"map-auto", 0, 0, OPTION_SERVICE | OPTION_POD, SECTION_SAME, OF_SERVICE(namespaces.map_auto),
     NULL, "Map root to the caller and the rest by /etc/subuid and /etc/subgid", set_flag},
    {"setgroups", 0, 0, OPTION_SERVICE | OPTION_POD, SECTION_SAME, OF_SERVICE(namespaces.setgroups),
     "allow|deny", "Allow or deny setgroups(2) in the new user namespace", set_setgroups},
    {"hostname", 0, 0, OPTION_SERVICE | OPTION_POD, SECTION_SAME, OF_SERVICE(namespaces.hostname),
     "NAME", "Set the host name of a new or entered UTS namespace", set_hostname},
    {"domainname", 0, 0, OPTION_SERVICE | OPTION_POD, SECTION_SAME,
     OF_SERVICE(namespaces.domainname), "NAME",
     "Set the NIS domain name of a new or entered UTS namespace", set_domainname},
    {"mount", 0, 0, OPTION_REPEATABLE | OPTION_SERVICE | OPTION_POD, SECTION_SAME,
     OF_SERVICE(namespaces.filesystem), "SPEC",
     "Mount type=bind|tmpfs|proc|sysfs|mqueue|devpts|dev|overlay,source=,target=,readonly,... "
     "(repeatable)",
     set_mount},
    {"root", 0, 0, OPTION_SERVICE | OPTION_POD, SECTION_SAME,
     OF_SERVICE(namespaces.filesystem.root), "DIR", "Make DIR the root directory, by pivot_root(2)",
     set_root},
    {"read-only", 0, 0, OPTION_SERVICE | OPTION_POD, SECTION_SAME,
     OF_SERVICE(namespaces.filesystem.read_only), NULL, "Mount the root read-only", set_flag},
    {"propagation", 0, 0, OPTION_SERVICE | OPTION_POD, SECTION_SAME, OF_SERVICE(namespaces), "KIND",
     "Set the propagation of mounts: private, slave, shared, unchanged [default: private]",
     set_propagation},
    {"mount-proc", 0, 0, OPTION_OPTIONAL | OPTION_SERVICE | OPTION_POD, SECTION_SAME,
     OF_SERVICE(namespaces), "DIR|no",
     "Mount a fresh proc at DIR, or none [default: at /proc when pid and mnt are both new]",
     set_mount_proc},
    {"mask-proc", 0, 0, OPTION_SERVICE | OPTION_POD, SECTION_SAME, OF_SERVICE(namespaces.mask_proc),
     NULL,
     "Hide what a fresh /proc tells of the machine, protect the rest [default: yes for uid 0]",
     set_mask_proc},
    {"no-loopback", 0, 0, OPTION_SERVICE | OPTION_POD, SECTION_SAME,
     OF_SERVICE(namespaces.no_loopback), NULL, "Leave lo down in the new network namespace",
     set_flag},
    {"veth", 0, 0, OPTION_REPEATABLE | OPTION_SERVICE | OPTION_POD, SECTION_SAME,
     OF_SERVICE(namespaces), "SPEC",
     "Make a veth pair: host=,name=,address=,gateway=,bridge=,mtu=,mac= (repeatable)", set_veth},
    {"monotonic", 0, 0, OPTION_SERVICE | OPTION_POD, SECTION_SAME, OF_SERVICE(namespaces),
     "SECONDS", "Move the monotonic clock of the new time namespace [seconds]", set_monotonic},
    {"boottime", 0, 0, OPTION_SERVICE | OPTION_POD, SECTION_SAME, OF_SERVICE(namespaces), "SECONDS",
     "Move the boot-time clock of the new time namespace, which uptime shows [seconds]",
     set_boottime},
    {"hook-created", 0, 0, OPTION_SERVICE | OPTION_POD, SECTION_SAME,
     OF_SERVICE(namespaces.hook_created), "COMMAND",
     "Run COMMAND outside when the namespaces exist, before the program starts", set_text},
    {"user", 0, 0, OPTION_SERVICE, SECTION_PROCESS, OF_SETTINGS(user), "NAME|UID[:GROUP|GID]",
     "Run as that user, with its groups; numbers need no /etc/passwd", set_user},
    {"groups", 0, 0, OPTION_SERVICE, SECTION_SAME, OF_SETTINGS(groups), "LIST",
     "Set the supplementary groups [default: the user's own]", set_text},
    {"workdir", 0, 0, OPTION_SERVICE, SECTION_SAME, OF_SETTINGS(workdir), "DIR",
     "Run in the directory DIR [default: $PWD]", set_text},
    {"umask", 0, 0, OPTION_SERVICE, SECTION_SAME, THE_SETTINGS, "MODE",
     "Set the file mode creation mask [octal]", set_umask},
    {"rlimit", 0, 0, OPTION_REPEATABLE | OPTION_SERVICE, SECTION_SAME, THE_SETTINGS,
     "NAME=SOFT[:HARD]", "Set a limit: nofile=1024:4096, core=unlimited (repeatable)", set_rlimit},
    {"nice", 0, 0, OPTION_SERVICE, SECTION_SAME, THE_SETTINGS, "N",
     "Set the scheduling priority, -20 to 19", set_nice},
    {"oom-score-adj", 0, 0, OPTION_SERVICE, SECTION_SAME, THE_SETTINGS, "N",
     "Set the score of the OOM killer, -1000 to 1000; a higher one is killed earlier",
     set_oom_score_adj},
    {"cap-add", 0, 0, OPTION_REPEATABLE | OPTION_SERVICE, SECTION_SAME, THE_SETTINGS, "LIST|all",
     "Keep these capabilities, for a user other than root too", set_cap_add},
    {"cap-drop", 0, 0, OPTION_REPEATABLE | OPTION_SERVICE, SECTION_SAME, THE_SETTINGS, "LIST|all",
     "Drop these capabilities first", set_cap_drop},
    {"no-new-privs", 0, 0, OPTION_SERVICE, SECTION_SAME, OF_SETTINGS(no_new_privs), NULL,
     "Let no program gain rights by being executed", set_flag},
    {"env", 0, 0, OPTION_REPEATABLE | OPTION_SERVICE, SECTION_SAME, THE_SETTINGS, "NAME=VALUE",
     "Set an environment variable; NAME alone passes nsinit's own on (repeatable)", set_env},
    {"clear-env", 0, 0, OPTION_SERVICE, SECTION_SAME, OF_SETTINGS(clear_environment), NULL,
     "Start from an empty environment", set_flag},
    {"new-session", 0, 0, OPTION_SERVICE, SECTION_SAME, THE_SERVICE, "yes|no",
     "Run in a session of its own, on a pseudo-terminal in place of the terminal", set_new_session},
    {"keep-keyring", 0, 0, OPTION_SERVICE, SECTION_SAME, OF_SETTINGS(keep_keyring), NULL,
     "Keep the caller's session keyring in new user, mnt and PID namespaces", set_flag},
    {"restart", 0, 0, OPTION_ENVIRONMENT | OPTION_SERVICE, SECTION_SUPERVISION,
     OF_SERVICE(supervision.restart), "POLICY",
     "Restart the program: no, on-failure[:MAX], always [default: no]", set_restart},
    {"restart-delay", 0, 0, OPTION_ENVIRONMENT | OPTION_SERVICE, SECTION_SAME,
     OF_SERVICE(supervision.restart), "FIRST[..CAP]",
     "Wait before a restart, twice as long each time, up to CAP [default: 100ms..1m]",
     set_restart_delay},
    {"stop", 0, 0, OPTION_ENVIRONMENT | OPTION_SERVICE, SECTION_SAME, THE_REQUEST, "SCHEDULE",
     "Stop the program by this schedule, e.g. TERM/10/KILL [default: forward the signal]",
     set_stop},
    {"stop-all", 0, 0, OPTION_ENVIRONMENT | OPTION_SERVICE, SECTION_SAME,
     OF_SERVICE(supervision.stop_all), NULL,
     "Send the schedule's signals to all descendants of the program", set_flag},
    {"drain", 0, 0, OPTION_ENVIRONMENT | OPTION_POD, SECTION_SAME, OF_REQUEST(pod.drain),
     "SCHEDULE",
     "End what the program leaves behind by this schedule, or no [default: TERM/3/KILL]",
     set_drain},
    {"notify", 0, 0, OPTION_ENVIRONMENT | OPTION_SERVICE, SECTION_SAME,
     OF_SERVICE(supervision.notify), NULL,
     "Wait until the program says by sd_notify(3) that it is ready", set_flag},
    {"ready-fd", 0, 0, OPTION_ENVIRONMENT | OPTION_SERVICE, SECTION_SAME,
     OF_SERVICE(supervision.ready_fd), "N",
     "Wait until the program writes a newline to its descriptor N", set_ready_fd},
    {"ready-timeout", 0, 0, OPTION_ENVIRONMENT | OPTION_SERVICE, SECTION_SAME,
     OF_SERVICE(supervision.ready_timeout_ms), "TIME",
     "Fail the program if it is not ready within TIME", set_duration},
    {"setup-timeout", 0, 0, OPTION_ENVIRONMENT | OPTION_SERVICE | OPTION_POD, SECTION_SAME,
     OF_SERVICE(supervision.setup_timeout_ms), "TIME",
     "Give up a start whose program is not executed within TIME; 0 waits for ever [default: 30s]",
     set_duration},
    {"hook-timeout", 0, 0, OPTION_ENVIRONMENT | OPTION_SERVICE | OPTION_POD, SECTION_SAME,
     OF_SERVICE(supervision.hook_timeout_ms), "TIME",
     "Kill the --hook-created command after TIME; 0 waits for ever [default: 30s]", set_duration},
    {"watchdog", 0, 0, OPTION_ENVIRONMENT | OPTION_SERVICE, SECTION_SAME,
     OF_SERVICE(supervision.watchdog_ms), "TIME",
     "Fail the program if it sends no WATCHDOG=1 within TIME", set_duration},
    {"health-cmd", 0, 0, OPTION_ENVIRONMENT | OPTION_SERVICE, SECTION_SAME,
     OF_SERVICE(supervision.health), "COMMAND",
     "Check the program's health by COMMAND, run by sh in its namespaces", set_health_cmd},
    {"health-interval", 0, 0, OPTION_ENVIRONMENT | OPTION_SERVICE, SECTION_SAME,
     OF_SERVICE(supervision.health.interval_ms), "TIME",
     "Wait for TIME between two health checks [default: 30s]", set_time},
    {"health-timeout", 0, 0, OPTION_ENVIRONMENT | OPTION_SERVICE, SECTION_SAME,
     OF_SERVICE(supervision.health.timeout_ms), "TIME",
     "Kill a health check after TIME and count it as failed [default: 30s]", set_time},
    {"health-retries", 0, 0, OPTION_ENVIRONMENT | OPTION_SERVICE, SECTION_SAME,
     OF_SERVICE(supervision.health.retries), "N",
     "Consecutive failures before the program is unhealthy [default: 3]", set_health_retries},
    {"health-start-period", 0, 0, OPTION_ENVIRONMENT | OPTION_SERVICE, SECTION_SAME,
     OF_SERVICE(supervision.health.start_period_ms), "TIME",
     "Ignore failures of health checks for TIME after the start [default: 0s]", set_duration},
    {"log-prefix", 0, 0, OPTION_ENVIRONMENT | OPTION_OPTIONAL | OPTION_SERVICE, SECTION_SAME,
     OF_SERVICE(supervision), "name|time",
     "Print the program's name, or the time and the name, in front of each line", set_log_prefix},
    {"log-format", 0, 0, OPTION_ENVIRONMENT | OPTION_POD, SECTION_SAME, OF_REQUEST(pod.log_format),
     "plain|time|json",
     "Write log lines plainly, with the time, or as JSON objects; time and json hold for the "
     "output "
     "of all services too [default: plain]",
     set_log_format},
    {"report", 0, 0, OPTION_ENVIRONMENT | OPTION_POD, SECTION_CONTROL, OF_REQUEST(pod.report),
     "FILE|fd:N", "Append each event to FILE, a line of JSON (see EVENTS)", set_report},
    {"report-checks", 0, 0, OPTION_ENVIRONMENT | OPTION_POD, SECTION_SAME,
     OF_REQUEST(pod.report_checks), NULL,
     "Make an event of every health check, not only when the result changes", set_flag},
    {"control", 0, 0, OPTION_ENVIRONMENT | OPTION_POD, SECTION_SAME, OF_REQUEST(pod), "PATH",
     "Listen for nsctl at PATH, or no [default in a pod: /run/nsinit.sock]", set_control},
    {"control-access", 0, 0, OPTION_SERVICE, SECTION_SAME, THE_SERVICE, "LEVEL",
     "Limit the program's requests at the control socket: auto, none, status, full [default: auto] "
     "(see CONTROL)",
     set_control_access},
    {"pod", 0, 0, 0, SECTION_SAME, OF_REQUEST(pod.file), "FILE", "Run the services of a pod file",
     set_text},
    {"check", 0, 0, 0, SECTION_SAME, OF_REQUEST(check), NULL,
     "Print the plan of the pod file and every mistake in it; run nothing", set_flag},
    {"json", 0, 0, 0, SECTION_SAME, OF_REQUEST(json), NULL, "Print the plan of --check as JSON",
     set_flag},
    {"boot", 0, 0, OPTION_ENVIRONMENT, SECTION_MACHINES, OF_REQUEST(pod.boots), NULL,
     "Boot the machine, as its first process (see MACHINES)", set_flag},
    {"on-end", 0, 0, OPTION_ENVIRONMENT | OPTION_POD, SECTION_SAME, OF_REQUEST(pod.on_end),
     "ACTION",
     "Choose what follows the pod's end: reboot, poweroff, halt, rescue [default: reboot]",
     set_on_end},
    {"tty", 0, 0, OPTION_SERVICE, SECTION_SAME, THE_SERVICE, "PATH",
     "Run the program on this terminal, as its controlling one", set_tty},
    {"watchdog-device", 0, 0, OPTION_ENVIRONMENT | OPTION_POD, SECTION_SAME,
     OF_REQUEST(pod.watchdog.path), "PATH", "Feed a hardware watchdog, as /dev/watchdog0",
     set_path},
    {"watchdog-timeout", 0, 0, OPTION_ENVIRONMENT | OPTION_POD, SECTION_SAME,
     OF_REQUEST(pod.watchdog.timeout_ms), "TIME",
     "Set the time of the hardware watchdog [default: 1m]", set_watchdog_timeout},
    {"watchdog-requires-healthy", 0, 0, OPTION_ENVIRONMENT | OPTION_POD, SECTION_SAME,
     OF_REQUEST(pod.watchdog.requires_healthy), NULL,
     "Stop feeding the hardware watchdog when an essential service fails for longer than its time",
     set_flag},
    {"command", 0, 0, OPTION_SERVICE | OPTION_FILE_ONLY, SECTION_FILE, THE_SERVICE, "WORDS",
     "Run this program with its arguments, quoted as for a shell; no shell is run", set_command},
    {"after", 0, 0, OPTION_SERVICE | OPTION_FILE_ONLY, SECTION_SAME, OF_SERVICE(after_names),
     "LIST", "Start when these services are ready", set_text},
    {"type", 0, 0, OPTION_SERVICE | OPTION_FILE_ONLY, SECTION_SAME, THE_SERVICE, "simple|oneshot",
     "Run until stopped (simple), or be done by ending with 0 (oneshot) [default: simple]",
     set_type},
    {"essential", 0, 0, OPTION_SERVICE | OPTION_FILE_ONLY, SECTION_SAME, THE_SERVICE, "yes|no",
     "End the pod when this service has ended for good", set_essential},
    {"help", 'h', 0, 0, SECTION_GENERAL, OF_REQUEST(action), NULL, "Print this help", set_help},
    {"version", 'V', 0, 0, SECTION_SAME, OF_REQUEST(action), NULL, "Print the version",
     set_version},
    {"license", 'l', 'L', 0, SECTION_SAME, OF_REQUEST(action), NULL, "Print the licence",
     set_license},
};

const size_t option_count = sizeof option_table / sizeof option_table[0];

/* Level 3 shows what the peers' own debugging shows: each signal and each process reaped. */
const struct peer_variable peer_variable_table[] = {
    {"TINI_SUBREAPER", NULL, "subreaper", "yes"}, {"TINI_KILL_PROCESS_GROUP", NULL, "group", "yes"},
    {"TINI_VERBOSITY", NULL, "verbose", NULL},    {"DUMB_INIT_SETSID", "0", "single-child", "yes"},
    {"DUMB_INIT_DEBUG", "1", "verbose", "3"},     {"CATATONIT_DEBUG", NULL, "verbose", "3"},
};

const size_t peer_variable_count = sizeof peer_variable_table / sizeof peer_variable_table[0];

_Static_assert(sizeof option_table / sizeof option_table[0] <= OPTIONS_MAX, "raise OPTIONS_MAX");

const struct option *option_of_name(const char *name)
{
    for (size_t i = 0; i < option_count; i++)
        if (strcmp(option_table[i].name, name) == 0)
            return &option_table[i];
    return NULL;
}

const char *option_value(const struct option *option, const struct invocation *invocation,
                         const char *value)
{
    static const char *const levels[] = {"0", "1", "2", "3", "4"};
    bool yes = true;

    if ((option->flags & OPTION_COUNTED) != 0)
        return levels[invocation->pod.verbosity];
    if (value == NULL || ((option->argument == NULL || strcmp(option->argument, "yes|no") == 0) &&
                          parse_flag(value, &yes) == 0))
        return yes ? "yes" : "no";
    return value;
}

int option_set(const struct option *option, struct invocation *invocation, const char *value,
               struct error *error)
{
    struct service *service = invocation->current;
    void *part = invocation;

    if (option->part == PART_SERVICE)
        part = service;
    if (option->part == PART_SETTINGS) {
        if (service->settings == NULL)
            service->settings = invocation_keep(invocation, sizeof *service->settings, error);
        part = service->settings;
    }
    if (part == NULL)
        return -1;
    return error_judged(error, value, option->set((char *)part + option->place, value, error));
}
