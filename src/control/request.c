/*
 * request.c - carry out a request, as nsctl(1) documents it in its section PROTOCOL
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "control/connection_private.h"
#include "plan/depends.h"
#include "report/status.h"
#include "pod/startup.h"
#include "service/signal.h"
#include "util/keywords.h"
#include "util/signal_names.h"
#include "util/shellwords.h"

static struct supervisor *supervisor_of(const struct connection *connection)
{
    return connection->server->supervisor;
}

/* The service of that name, or NULL after an error has been sent. */
static struct supervised *find_service(struct connection *connection, const char *name)
{
    const struct supervisor *supervisor = supervisor_of(connection);
    const struct pod *pod = supervisor->common.pod;
    int place = depends_find(pod, name, strlen(name));
    const char *closest;

    if (place >= 0)
        return &supervisor->common.services[place];
    closest = keywords_closest(name, pod->services, sizeof pod->services[0], pod->service_count);
    answer_error(connection, 2, "%s: no such service%s%s%s", name,
                 closest != NULL ? "; did you mean " : "", closest != NULL ? closest : "",
                 closest != NULL ? "?" : "");
    return NULL;
}

/* ---- requests that wait for something ---------------------------------------------------- */

static bool is_down(const struct supervised *supervised)
{
    return supervised->state == SERVICE_DOWN && !supervised->member.is_pending &&
           !supervised->starts_again;
}

/* The service runs, or an attempt to start it has failed. */
static bool has_tried(const struct supervised *supervised)
{
    return !supervised->starts_again && !supervised->member.is_pending &&
           supervised->state != SERVICE_SETUP && supervised->state != SERVICE_CLEANING &&
           supervised->state != SERVICE_STOPPING && supervised->state != SERVICE_ENDING;
}

static bool has_happened(enum wait_kind kind, const struct supervised *supervised)
{
    if (kind == WAIT_SETUP)
        return supervised->setup == NULL;
    return kind == WAIT_RUNNING ? has_tried(supervised) : is_down(supervised);
}

/* A start has been requested since this stop: waiting longer would end only with the next stop. */
static bool is_overruled(enum wait_kind kind, const struct supervised *supervised)
{
    return kind == WAIT_DOWN && !supervised->is_kept_down && !is_down(supervised);
}

static void add_exit_code(struct connection *connection, const struct supervised *supervised)
{
    char buffer[256];

    strbuf_set(buffer, sizeof buffer, PROTOCOL_EXIT PROTOCOL_SEPARATOR "%s", name_of(supervised));
    answer_add_number(connection, buffer, supervised->exit_code);
}

/* The wait is over, which does not mean that the services run. */
static void answer_wait(struct connection *connection, enum wait_kind kind)
{
    for (size_t i = 0; i < connection->service_count; i++) {
        const struct supervised *supervised = connection->services[i];

        if (kind == WAIT_RUNNING && supervised->pid == 0) {
            answer_error(connection, 1, "%s: is not running: its exit code is %d",
                         name_of(supervised), supervised->exit_code);
            return;
        }
        if (kind == WAIT_EXIT_CODE)
            add_exit_code(connection, supervised);
    }
    answer_ok(connection);
}

static void exec_after_setup(struct connection *connection);

void request_on_change(struct connection *connection)
{
    enum wait_kind kind = connection->waits_for;
    const struct supervised *overruled = NULL;
    bool waits = false;

    for (size_t i = 0; i < connection->service_count; i++) {
        if (is_overruled(kind, connection->services[i]))
            overruled = connection->services[i];
        waits = waits || !has_happened(kind, connection->services[i]);
    }
    if (overruled == NULL && waits)
        return;
    connection->waits_for = WAIT_NONE;
    connection->server->waiting_count--;
    if (kind == WAIT_SETUP)
        exec_after_setup(connection);
    else if (overruled != NULL)
        answer_error(connection, 1, "%s: a start was requested meanwhile", name_of(overruled));
    else
        answer_wait(connection, kind);
}

/* Look up the services by their names. False after an error has been sent. */
static bool find_all(struct connection *connection, char *const *names)
{
    size_t count = 0;

    while (names[count] != NULL)
        count++;
    connection->services = calloc(count + 1, sizeof(struct supervised *));
    if (count == 0 || connection->services == NULL) {
        if (count == 0)
            answer_error(connection, 2, "no service is named");
        else
            answer_error(connection, 1, "out of memory");
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        connection->services[i] = find_service(connection, names[i]);
        if (connection->services[i] == NULL)
            return false;
    }
    connection->service_count = count;
    return true;
}

static void begin_wait(struct connection *connection, enum wait_kind kind)
{
    connection->waits_for = kind;
    connection->server->waiting_count++;
}

static void answer_after(struct connection *connection, enum wait_kind kind)
{
    begin_wait(connection, kind);
    request_on_change(connection);
}

static void change_all(struct connection *connection, char *const *names,
                       int (*change)(struct supervised *supervised), enum wait_kind kind)
{
    if (!find_all(connection, names))
        return;
    for (size_t i = 0; i < connection->service_count; i++)
        if (change(connection->services[i]) < 0) {
            answer_error(connection, 1, "%s: the pod is being stopped",
                         name_of(connection->services[i]));
            return;
        }
    answer_after(connection, kind);
}

/* ---- the verbs --------------------------------------------------------------------------- */

/* Skip the next word, if it is this one. */
static bool take_word(char ***arguments, const char *word)
{
    if (**arguments == NULL || strcmp(**arguments, word) != 0)
        return false;
    (*arguments)++;
    return true;
}

static void add_status(struct connection *connection, const struct supervised *supervised,
                       bool as_json)
{
    char buffer[STATUS_SIZE];
    struct strbuf text = strbuf_in(buffer, sizeof buffer);

    status_add(&text, supervised, as_json);
    answer_add(connection, buffer, text.length);
}

static void do_status(struct connection *connection, char **arguments)
{
    const struct supervisor *supervisor = supervisor_of(connection);
    bool as_json = take_word(&arguments, PROTOCOL_JSON);
    bool is_of_all = *arguments == NULL;

    if (!is_of_all && !find_all(connection, arguments))
        return;
    for (size_t i = 0; i < (is_of_all ? supervisor->common.count : connection->service_count); i++)
        add_status(connection,
                   is_of_all ? &supervisor->common.services[i] : connection->services[i], as_json);
    answer_ok(connection);
}

static void do_start(struct connection *connection, char **arguments)
{
    change_all(connection, arguments, startup_request_start, WAIT_RUNNING);
}

static void do_stop(struct connection *connection, char **arguments)
{
    change_all(connection, arguments, startup_request_stop, WAIT_DOWN);
}

static void do_restart(struct connection *connection, char **arguments)
{
    change_all(connection, arguments, startup_request_restart, WAIT_RUNNING);
}

static void do_kill(struct connection *connection, char **arguments)
{
    int signal_number = arguments[0] != NULL ? signal_by_name(arguments[0]) : 0;
    struct supervised *supervised;
    int result;

    if (arguments[0] == NULL || arguments[1] == NULL || arguments[2] != NULL) {
        answer_error(connection, 2, "usage: kill SIGNAL SERVICE");
        return;
    }
    if (signal_number == 0) {
        answer_error(connection, 2, "unknown signal '%s'", arguments[0]);
        return;
    }
    supervised = find_service(connection, arguments[1]);
    if (supervised == NULL)
        return;
    result = supervised->pid != 0 ? supervised_signal(supervised, signal_number, NULL) : -ESRCH;
    if (result < 0)
        answer_error(connection, 1, "%s: %s", arguments[1],
                     result == -ESRCH ? "is not running" : strerror(-result));
    else
        answer_ok(connection);
}

static void do_power(struct connection *connection, enum power power)
{
    const struct supervisor *supervisor = supervisor_of(connection);

    if (supervisor->hooks->on_power(supervisor->owner, power))
        answer_ok(connection);
    else
        answer_error(connection, 1, "nsinit did not boot this machine");
}

static void do_poweroff(struct connection *connection, char **arguments)
{
    (void)arguments;
    do_power(connection, POWER_OFF);
}

static void do_reboot(struct connection *connection, char **arguments)
{
    (void)arguments;
    do_power(connection, POWER_REBOOT);
}

static void do_halt(struct connection *connection, char **arguments)
{
    (void)arguments;
    do_power(connection, POWER_HALT);
}

static void do_wait(struct connection *connection, char **arguments)
{
    if (find_all(connection, arguments))
        answer_after(connection, WAIT_EXIT_CODE);
}

static void do_events(struct connection *connection, char **arguments)
{
    /* Events are always JSON. */
    (void)take_word(&arguments, PROTOCOL_JSON);
    if (*arguments != NULL) {
        answer_error(connection, 2, "events: unexpected argument '%s'", *arguments);
        return;
    }
    connection->follows = true;
    connection->server->waiting_count++;
}

/* Keep the request and its files until the service runs. */
static void exec_later(struct connection *connection, struct supervised *target)
{
    connection->services = calloc(1, sizeof(struct supervised *));
    if (connection->services == NULL) {
        answer_error(connection, 1, "out of memory");
        return;
    }
    connection->services[0] = target;
    connection->service_count = 1;
    begin_wait(connection, WAIT_SETUP);
}

static void do_exec(struct connection *connection, char **arguments)
{
    const char *service = arguments[0];
    enum terminal_kind kind = TERMINAL_NONE;
    struct supervised *target;

    arguments += service != NULL;
    if (take_word(&arguments, PROTOCOL_TTY))
        kind = TERMINAL_LENT;
    else if (take_word(&arguments, PROTOCOL_PTY))
        kind = TERMINAL_REPLACED;
    (void)take_word(&arguments, "--");
    if (service == NULL || *arguments == NULL) {
        answer_error(connection, 2, "usage: exec SERVICE [tty|pty] -- COMMAND...");
        return;
    }
    target = find_service(connection, service);
    if (target == NULL)
        return;
    if (target->setup != NULL)
        setup_on_message(target->setup);
    if (target->setup != NULL && connection->services == NULL)
        exec_later(connection, target);
    else
        exec_session_start(connection, target, arguments, kind);
}

static void exec_after_setup(struct connection *connection)
{
    char **words = connection->words;

    connection->words = NULL;
    do_exec(connection, words + 1);
    free(words);
}

static const struct verb {
    /* cppcheck-suppress unusedStructMember ; keywords_find uses it */
    const char *name;
    void (*carry_out)(struct connection *connection, char **arguments);
    enum control_access needed;
} verbs[] = {
    {"status", do_status, CONTROL_STATUS},   {"start", do_start, CONTROL_FULL},
    {"stop", do_stop, CONTROL_FULL},         {"restart", do_restart, CONTROL_FULL},
    {"kill", do_kill, CONTROL_FULL},         {"wait", do_wait, CONTROL_FULL},
    {"events", do_events, CONTROL_FULL},     {"exec", do_exec, CONTROL_FULL},
    {"poweroff", do_poweroff, CONTROL_FULL}, {"reboot", do_reboot, CONTROL_FULL},
    {"halt", do_halt, CONTROL_FULL},
};

static const struct keywords verb_names = {KEYWORDS_IN(verbs), .exact = true, .kind = "verb"};

/*
 * Judge full access again, as the caller may have dropped rights since it connected; lesser access
 * stays as it is. Returns false after sending an error.
 */
static bool is_granted(struct connection *connection, const struct verb *verb)
{
    struct supervisor *supervisor = supervisor_of(connection);
    char reason[512];
    struct strbuf text = strbuf_in(reason, sizeof reason);

    if (connection->access.level == CONTROL_FULL)
        connection->access = access_judge(&connection->caller, supervisor);
    caller_close(&connection->caller);
    if (connection->access.level >= verb->needed)
        return true;
    access_explain(&text, &connection->access, supervisor->common.pod);
    answer_error(connection, 1, "%s: %s", verb->name, reason);
    return false;
}

void request_carry_out(struct connection *connection, char *request)
{
    struct error error = {.kind = ERROR_USAGE};
    char **words = shellwords_of_shell(request, &error);
    int verb = -1;

    if (words != NULL && words[0] == NULL)
        (void)error_reason(&error, ERROR_USAGE, "no verb is given");
    else if (words != NULL)
        verb = keywords_find(&verb_names, words[0], &error);
    if (verb < 0)
        answer_error(connection, 2, "%s", error.reason);
    else if (is_granted(connection, &verbs[verb]))
        verbs[verb].carry_out(connection, words + 1);
    if (connection->waits_for == WAIT_SETUP)
        connection->words = words;
    else
        free(words);
}
