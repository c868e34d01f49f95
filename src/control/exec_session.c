/*
 * exec_session.c - nsctl exec: run a command in a service's namespaces
 */
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "control/connection_private.h"
#include "linux/process_group.h"
#include "service/children.h"
#include "service/command.h"
#include "util/loop.h"
#include "util/signal_names.h"

/* When the client has gone the command gets HUP, and KILL after this time. */
enum { HANGUP_GRACE_MS = 3000 };

struct exec_session {
    struct supervisor *supervisor;
    struct connection *connection; /* NULL: the client has gone */
    const struct supervised *target;
    struct setup *setup;        /* until the command is executed, or NULL */
    struct process_group group; /* of the command, from its start on */
    bool has_ended; /* the command has ended; the rest of its group lives until kill_timer */
    bool replaces_terminal;
    struct timer kill_timer;
};

static void session_free(struct exec_session *session)
{
    timer_stop(session->supervisor->common.loop, &session->kill_timer);
    process_group_end(&session->group);
    free(session);
}

static void on_kill_timer(struct ev_loop *loop, struct ev_timer *watcher, int events)
{
    struct exec_session *session = watcher->data;

    (void)loop;
    (void)events;
    (void)process_group_signal(&session->group, SIGKILL);
    if (session->has_ended)
        session_free(session);
}

/* The client may have gone before the loop reports it. */
static bool is_hung_up(const struct connection *connection)
{
    struct pollfd socket = {.fd = connection->readable.fd, .events = POLLRDHUP};

    return poll(&socket, 1, 0) == 1 && (socket.revents & (POLLRDHUP | POLLHUP)) != 0;
}

/* The command has ended after its client. The rest of its group may live until kill_timer. */
static void on_end_after_hangup(struct exec_session *session)
{
    session->has_ended = true;
    if (!timer_is_active(&session->kill_timer) || session->group.number == 0)
        session_free(session);
}

static void on_end(void *owner, pid_t pid, int wait_status)
{
    struct exec_session *session = owner;
    struct connection *connection = session->connection;

    pid_list_remove(&session->supervisor->common.foreign_children, pid);
    process_group_on_leader_end(&session->group);
    if (connection != NULL && is_hung_up(connection)) {
        exec_session_on_hangup(connection);
        connection->session = NULL;
        connection = NULL;
    }
    if (connection == NULL) {
        on_end_after_hangup(session);
        return;
    }
    session_free(session);
    connection->session = NULL;
    answer_add_number(connection, PROTOCOL_EXIT,
                      WIFEXITED(wait_status) ? WEXITSTATUS(wait_status)
                                             : 128 + WTERMSIG(wait_status));
    answer_ok(connection);
}

/* The first terminal among the client's files, or -1: other files may be redirected. */
static int find_terminal(const struct connection *connection)
{
    for (int i = 0; i < PROTOCOL_FILES; i++)
        if (isatty(connection->files[i]))
            return connection->files[i];
    return -1;
}

/* The command runs. As a foreign child it survives restarts of the service. */
static void on_started(struct exec_session *session, struct spawning *spawning)
{
    struct supervisor *supervisor = session->supervisor;
    struct connection *connection = session->connection;

    process_group_begin(&session->group, spawning->pid);
    (void)pid_list_add(&supervisor->common.foreign_children, spawning->pid);
    children_add_for(&supervisor->common.children, spawning->pid, on_end, session, session->target);
    if (spawning->terminal_fd >= 0) {
        connection->reply_fd = spawning->terminal_fd;
        spawning->terminal_fd = -1;
    }
    answer_add_number(connection, PROTOCOL_STARTED, spawning->pid);
    if (connection->early_signal != 0)
        (void)process_group_signal(&session->group, connection->early_signal);
}

static void on_setup_done(void *owner, struct spawning *spawning, enum spawn_outcome outcome)
{
    struct exec_session *session = owner;
    struct connection *connection = session->connection;
    const struct error *error = &spawning->error;

    if (outcome == SPAWN_STARTED) {
        on_started(session, spawning);
        return;
    }
    connection->session = NULL;
    answer_error(connection, (int)session->supervisor->common.pod->error_codes[error->kind],
                 "%s%s%s%s%s", error->subject, error->subject[0] != '\0' ? ": " : "", error->reason,
                 error->hint[0] != '\0' ? " - hint: " : "", error->hint);
    session_free(session);
}

static void set_up(struct exec_session *session, const struct supervised *target, char **words,
                   bool has_terminal)
{
    static const struct setup_hooks setup_hooks = {on_setup_done, NULL};
    const struct connection *connection = session->connection;
    struct spawn_context context =
        spawn_context_plain(session->supervisor->common.context.inherited);
    struct command command = {.words = words,
                              .placement = has_terminal ? PLACEMENT_SESSION : PLACEMENT_GROUP,
                              .context = &context};

    for (int fd = 0; fd < PROTOCOL_FILES; fd++)
        context.stdio[fd] = connection->files[fd];
    context.stdio_belongs_to_client = true;
    context.replaces_terminal = session->replaces_terminal;
    if (has_terminal) {
        context.terminal_fd = find_terminal(connection);
        context.default_variable = "TERM=xterm";
    }
    command_begin(&session->setup, target, &command, &setup_hooks, session);
}

void exec_session_start(struct connection *connection, struct supervised *target, char **words,
                        enum terminal_kind kind)
{
    struct exec_session *session;

    if (target->pid == 0) {
        answer_error(connection, 1, "%s: %s", name_of(target),
                     target->setup != NULL ? "is being set up" : "is not running");
        return;
    }
    if (connection->files[PROTOCOL_FILES - 1] < 0) {
        answer_error(connection, 2, "exec: send three descriptors with the request (SCM_RIGHTS)");
        return;
    }
    session = calloc(1, sizeof *session);
    if (session == NULL) {
        answer_error(connection, 1, "out of memory");
        return;
    }
    session->supervisor = supervisor_for(target);
    session->target = target;
    session->connection = connection;
    session->group = PROCESS_GROUP_NONE;
    session->replaces_terminal = kind == TERMINAL_REPLACED;
    timer_init(&session->kill_timer, on_kill_timer, session);
    connection->session = session;
    set_up(session, target, words, kind != TERMINAL_NONE);
}

void exec_session_on_line(struct connection *connection, const char *line)
{
    static const char word[] = PROTOCOL_SIGNAL " ";
    int signal_number =
        strncmp(line, word, sizeof word - 1) == 0 ? signal_by_name(line + sizeof word - 1) : 0;

    if (signal_number == 0)
        return;
    /* Before the command runs only the last signal is kept. */
    if (connection->session == NULL || connection->session->setup != NULL)
        connection->early_signal = signal_number;
    else
        (void)process_group_signal(&connection->session->group, signal_number);
}

void exec_session_on_hangup(struct connection *connection)
{
    struct exec_session *session = connection->session;

    /* This tells whether the command runs by now, or has failed, which frees the session. */
    if (session->setup != NULL)
        setup_on_message(session->setup);
    if (connection->session == NULL)
        return;
    if (session->setup != NULL) {
        setup_abandon(session->setup);
        session_free(session);
        return;
    }
    session->connection = NULL;
    (void)process_group_signal(&session->group, SIGHUP);
    (void)process_group_signal(&session->group, SIGCONT);
    timer_start(session->supervisor->common.loop, &session->kill_timer, HANGUP_GRACE_MS);
}
