/*
 * request.c - what a request asks for: nsctl(1), section PROTOCOL
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

/* The service of that name, or NULL when the peer has been told that there is none. */
static struct supervised *find_service(struct connection *connection, const char *name)
{
    const struct supervisor *supervisor = supervisor_of(connection);
    const struct pod *pod = supervisor->pod;
    int place = depends_find(pod, name, strlen(name));
    const char *closest;

    if (place >= 0)
        return &supervisor->services[place];
    closest = keywords_closest(name, pod->services, sizeof pod->services[0], pod->service_count);
    connection_finish(connection, "error 2 %s: no such service%s%s%s", name,
                      closest != NULL ? "; did you mean " : "", closest != NULL ? closest : "",
                      closest != NULL ? "?" : "");
    return NULL;
}

/* ---- requests that wait for something ---------------------------------------------------- */

static bool is_down(const struct supervised *supervised)
{
    return supervised->state == SERVICE_DOWN && !supervised->is_pending &&
           !supervised->starts_again;
}

/* A run is there, or an attempt at one has failed. */
static bool has_tried(const struct supervised *supervised)
{
    return !supervised->starts_again && !supervised->is_pending &&
           supervised->state != SERVICE_SETUP && supervised->state != SERVICE_CLEANING &&
           supervised->state != SERVICE_STOPPING && supervised->state != SERVICE_ENDING;
}

static bool has_come_about(enum awaited awaits, const struct supervised *supervised)
{
    if (awaits == AWAITS_SETUP)
        return supervised->setup == NULL;
    return awaits == AWAITS_RUNNING ? has_tried(supervised) : is_down(supervised);
}

/* Who waits for a stop would wait for the next one, when a start has been asked for since. */
static bool is_called_back(enum awaited awaits, const struct supervised *supervised)
{
    return awaits == AWAITS_DOWN && !supervised->is_kept_down && !is_down(supervised);
}

static void tell_code(struct connection *connection, const struct supervised *supervised)
{
    static char buffer[256];

    strbuf_set(buffer, sizeof buffer, "exit\t%s", name_of(supervised));
    connection_tell(connection, buffer, supervised->exit_code);
}

/* What it has waited for is there, but a run may not be. */
static void tell_end(struct connection *connection, enum awaited awaits)
{
    for (size_t i = 0; i < connection->service_count; i++) {
        const struct supervised *supervised = connection->services[i];

        if (awaits == AWAITS_RUNNING && supervised->pid == 0) {
            connection_finish(connection, "error 1 %s: does not run: its exit code is %d",
                              name_of(supervised), supervised->exit_code);
            return;
        }
        if (awaits == AWAITS_CODE)
            tell_code(connection, supervised);
    }
    connection_finish(connection, "ok");
}

static void exec_after_setup(struct connection *connection);

void request_on_change(struct connection *connection)
{
    enum awaited awaits = connection->awaits;
    const struct supervised *back = NULL;
    bool waits = false;

    for (size_t i = 0; i < connection->service_count; i++) {
        if (is_called_back(awaits, connection->services[i]))
            back = connection->services[i];
        waits = waits || !has_come_about(awaits, connection->services[i]);
    }
    if (back == NULL && waits)
        return;
    connection->awaits = AWAITS_NOTHING;
    connection->server->waiting_count--;
    if (awaits == AWAITS_SETUP) {
        exec_after_setup(connection);
        return;
    }
    if (back != NULL)
        connection_finish(connection, "error 1 %s: a start was asked for meanwhile", name_of(back));
    else
        tell_end(connection, awaits);
}

/* Look up the services. False when the peer has been told of an error. */
static bool find_all(struct connection *connection, char *const *names)
{
    size_t count = 0;

    while (names[count] != NULL)
        count++;
    connection->services = calloc(count + 1, sizeof(struct supervised *));
    if (count == 0 || connection->services == NULL) {
        connection_finish(connection, count == 0 ? "error 2 which service?" : "error 1 no memory");
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

static void await(struct connection *connection, enum awaited awaits)
{
    connection->awaits = awaits;
    connection->server->waiting_count++;
    request_on_change(connection);
}

static void change_all(struct connection *connection, char *const *names,
                       int (*change)(struct supervised *supervised), enum awaited awaits)
{
    if (!find_all(connection, names))
        return;
    for (size_t i = 0; i < connection->service_count; i++)
        if (change(connection->services[i]) < 0) {
            connection_finish(connection, "error 1 %s: all is being stopped",
                              name_of(connection->services[i]));
            return;
        }
    await(connection, awaits);
}

/* ---- the verbs --------------------------------------------------------------------------- */

/* The next word, if it is that. */
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
    static char buffer[STATUS_SIZE];
    struct strbuf text = strbuf_in(buffer, sizeof buffer);

    status_add(&text, supervised, as_json);
    connection_add(connection, buffer, text.length);
}

static void do_status(struct connection *connection, char **arguments)
{
    const struct supervisor *supervisor = supervisor_of(connection);
    bool as_json = take_word(&arguments, "--json");
    bool is_of_all = *arguments == NULL;

    if (!is_of_all && !find_all(connection, arguments))
        return;
    for (size_t i = 0; i < (is_of_all ? supervisor->count : connection->service_count); i++)
        add_status(connection, is_of_all ? &supervisor->services[i] : connection->services[i],
                   as_json);
    connection_finish(connection, "ok");
}

static void do_start(struct connection *connection, char **arguments)
{
    change_all(connection, arguments, startup_request_start, AWAITS_RUNNING);
}

static void do_stop(struct connection *connection, char **arguments)
{
    change_all(connection, arguments, startup_request_stop, AWAITS_DOWN);
}

static void do_restart(struct connection *connection, char **arguments)
{
    change_all(connection, arguments, startup_request_restart, AWAITS_RUNNING);
}

static void do_kill(struct connection *connection, char **arguments)
{
    int signal_number = arguments[0] != NULL ? signal_by_name(arguments[0]) : 0;
    struct supervised *supervised;
    int result;

    if (arguments[0] == NULL || arguments[1] == NULL || arguments[2] != NULL) {
        connection_finish(connection, "error 2 kill SIGNAL SERVICE");
        return;
    }
    if (signal_number == 0) {
        connection_finish(connection, "error 2 '%s' is no signal", arguments[0]);
        return;
    }
    supervised = find_service(connection, arguments[1]);
    if (supervised == NULL)
        return;
    result = supervised->pid != 0 ? send_signal(supervised, signal_number, NULL) : -ESRCH;
    if (result < 0)
        connection_finish(connection, "error 1 %s: %s", arguments[1],
                          result == -ESRCH ? "does not run" : strerror(-result));
    else
        connection_finish(connection, "ok");
}

static void do_power(struct connection *connection, enum power power)
{
    const struct supervisor *supervisor = supervisor_of(connection);

    if (supervisor->hooks->on_power(supervisor->owner, power))
        connection_finish(connection, "ok");
    else
        connection_finish(connection, "error 1 nsinit has not booted this machine");
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
        await(connection, AWAITS_CODE);
}

static void do_events(struct connection *connection, char **arguments)
{
    /* They are JSON in any case. */
    (void)take_word(&arguments, "--json");
    if (*arguments != NULL) {
        connection_finish(connection, "error 2 '%s' is one too many", *arguments);
        return;
    }
    connection->follows = true;
    connection->server->waiting_count++;
}

/* Its command is executed when the service runs: the request and its files are kept until then. */
static void await_setup(struct connection *connection, struct supervised *host)
{
    connection->services = calloc(1, sizeof(struct supervised *));
    if (connection->services == NULL) {
        connection_finish(connection, "error 1 no memory");
        return;
    }
    connection->services[0] = host;
    connection->service_count = 1;
    connection->awaits = AWAITS_SETUP;
    connection->server->waiting_count++;
}

static void do_exec(struct connection *connection, char **arguments)
{
    const char *service = arguments[0];
    enum terminal_kind kind = TERMINAL_NONE;
    struct supervised *host;

    arguments += service != NULL;
    if (take_word(&arguments, "tty"))
        kind = TERMINAL_LENT;
    else if (take_word(&arguments, "pty"))
        kind = TERMINAL_REPLACED;
    (void)take_word(&arguments, "--");
    if (service == NULL || *arguments == NULL) {
        connection_finish(connection, "error 2 exec SERVICE [tty|pty] -- COMMAND...");
        return;
    }
    host = find_service(connection, service);
    if (host == NULL)
        return;
    if (host->setup != NULL)
        setup_hear(host->setup);
    if (host->setup != NULL && connection->services == NULL)
        await_setup(connection, host);
    else
        exec_session_start(connection, host, arguments, kind);
}

static void exec_after_setup(struct connection *connection)
{
    char **words = connection->words;

    connection->words = NULL;
    do_exec(connection, words + 1);
    free(words);
    connection_close_files(connection);
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
 * Less than all stays what it is. All is looked at once more: the peer may have dropped rights
 * since it connected. False when it has been told no.
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
    access_explain(&text, &connection->access, supervisor->pod);
    connection_finish(connection, "error 1 %s: %s", verb->name, reason);
    return false;
}

void request_carry_out(struct connection *connection, char *request)
{
    struct error error = {.kind = ERROR_USAGE};
    char **words = shellwords_of_shell(request, &error);
    int verb = -1;

    if (words != NULL && words[0] == NULL)
        (void)error_reason(&error, ERROR_USAGE, "which verb?");
    else if (words != NULL)
        verb = keywords_find(&verb_names, words[0], &error);
    if (verb < 0)
        connection_finish(connection, "error 2 %s", error.reason);
    else if (is_granted(connection, &verbs[verb]))
        verbs[verb].carry_out(connection, words + 1);
    if (connection->awaits == AWAITS_SETUP)
        connection->words = words;
    else
        free(words);
}
