/*
 * exec_session.c - execute a command in a service's place: nsctl exec
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "control/connection_private.h"
#include "linux/syscalls.h"
#include "service/command.h"
#include "util/loop.h"
#include "util/signal_names.h"

/* Whoever has asked for it may have gone meanwhile: then it gets so long to end after HUP. */
enum { GRACE_MS = 3000 };

struct exec_session {
    struct supervisor *supervisor;
    struct connection *connection; /* NULL: gone */
    const struct supervised *host;
    struct setup *setup; /* until its command is executed, or NULL */
    pid_t pid;
    bool replaces_terminal;
    int pidfd;      /* from the moment the peer has gone, or -1 */
    bool has_ended; /* of its group others live on, until the killer comes */
    struct timer kill_timer;
};

static void job_free(struct exec_session *session)
{
    timer_stop(session->supervisor->loop, &session->kill_timer);
    if (session->pidfd >= 0)
        close(session->pidfd);
    free(session);
}

/*
 * When the leader is gone its number may be another group's by now, unless the kernel knows the
 * group by the leader's pidfd (Linux 6.9). Before, the number is used: it comes again when all
 * others have been through.
 */
static void kill_group(const struct exec_session *session)
{
    if (sys_pidfd_send_signal(session->pidfd, SIGKILL, NULL, PIDFD_SIGNAL_PROCESS_GROUP) < 0 &&
        errno != ESRCH)
        (void)kill(-session->pid, SIGKILL);
}

static void on_killer(struct ev_loop *loop, struct ev_timer *watcher, int events)
{
    struct exec_session *session = watcher->data;

    (void)loop;
    (void)events;
    kill_group(session);
    if (session->has_ended)
        job_free(session);
}

/* Whoever has asked for it has gone, but it is not known here yet. */
static bool is_hung_up(const struct connection *connection)
{
    struct pollfd socket = {.fd = connection->readable.fd, .events = POLLRDHUP};

    return poll(&socket, 1, 0) == 1 && (socket.revents & (POLLRDHUP | POLLHUP)) != 0;
}

/* Its command has ended of that; the rest of the group has as long as it would have had. */
static void leave_rest(struct exec_session *session)
{
    session->has_ended = true;
    if (!timer_is_active(&session->kill_timer) || kill(-session->pid, 0) < 0)
        job_free(session);
}

static void on_end(void *owner, pid_t pid, int wait_status)
{
    struct exec_session *session = owner;
    struct connection *connection = session->connection;

    pid_list_remove(&session->supervisor->foreign_children, pid);
    if (connection != NULL && is_hung_up(connection)) {
        exec_session_leave(connection);
        connection->session = NULL;
        connection = NULL;
    }
    if (connection == NULL) {
        leave_rest(session);
        return;
    }
    job_free(session);
    connection->session = NULL;
    connection_tell(connection, "exit",
                    WIFEXITED(wait_status) ? WEXITSTATUS(wait_status)
                                           : 128 + WTERMSIG(wait_status));
    connection_finish(connection, "ok");
}

/* Which of its files is the terminal: the others may have been redirected. */
static int find_terminal(const struct connection *connection)
{
    for (int i = 0; i < CONNECTION_FILES; i++)
        if (isatty(connection->files[i]))
            return connection->files[i];
    return -1;
}

/* Its command runs: no restart of a service counts it among what the service has left behind. */
static void begin(struct exec_session *session, struct spawning *spawning)
{
    struct supervisor *supervisor = session->supervisor;
    struct connection *connection = session->connection;

    session->pid = spawning->pid;
    (void)pid_list_add(&supervisor->foreign_children, session->pid);
    children_add_visitor(&supervisor->children, session->pid, on_end, session, session->host);
    if (spawning->terminal_fd >= 0) {
        connection->reply_fd = spawning->terminal_fd;
        spawning->terminal_fd = -1;
    }
    connection_tell(connection, "started", session->pid);
    if (connection->early_signal != 0)
        (void)kill(-session->pid, connection->early_signal);
}

static void on_done(void *owner, struct spawning *spawning, enum spawn_outcome outcome)
{
    struct exec_session *session = owner;
    struct connection *connection = session->connection;
    const struct error *error = &spawning->error;

    if (outcome == SPAWN_STARTED) {
        begin(session, spawning);
        return;
    }
    connection->session = NULL;
    connection_finish(connection, "error %d %s%s%s%s%s",
                      (int)session->supervisor->pod->error_codes[error->kind], error->subject,
                      error->subject[0] != '\0' ? ": " : "", error->reason,
                      error->hint[0] != '\0' ? " - hint: " : "", error->hint);
    job_free(session);
}

static void set_up(struct exec_session *session, const struct supervised *host, char **words,
                   bool has_terminal)
{
    static const struct setup_hooks setup_hooks = {on_done, NULL};
    const struct connection *connection = session->connection;
    struct spawn_context context = spawn_context_plain(session->supervisor->context.inherited);
    struct command command = {.words = words,
                              .placement = has_terminal ? PLACEMENT_SESSION : PLACEMENT_GROUP,
                              .context = &context};

    for (int fd = 0; fd < CONNECTION_FILES; fd++)
        context.stdio[fd] = connection->files[fd];
    context.stdio_belongs_to_client = true;
    context.replaces_terminal = session->replaces_terminal;
    if (has_terminal) {
        context.terminal_fd = find_terminal(connection);
        context.default_variable = "TERM=xterm";
    }
    command_begin(&session->setup, host, &command, &setup_hooks, session);
}

void exec_session_start(struct connection *connection, struct supervised *host, char **words,
                        enum terminal_kind kind)
{
    struct exec_session *session;

    if (host->pid == 0) {
        connection_finish(connection, "error 1 %s: %s", name_of(host),
                          host->setup != NULL ? "is being set up" : "does not run");
        return;
    }
    if (connection->files[CONNECTION_FILES - 1] < 0) {
        connection_finish(connection,
                          "error 2 exec needs three files to come with the request (SCM_RIGHTS)");
        return;
    }
    session = calloc(1, sizeof *session);
    if (session == NULL) {
        connection_finish(connection, "error 1 no memory");
        return;
    }
    session->supervisor = host->supervisor;
    session->host = host;
    session->connection = connection;
    session->pidfd = -1;
    session->replaces_terminal = kind == TERMINAL_REPLACED;
    timer_init(&session->kill_timer, on_killer, session);
    connection->session = session;
    set_up(session, host, words, kind != TERMINAL_NONE);
}

void exec_session_hear(struct connection *connection, const char *line)
{
    static const char word[] = "signal ";
    int signal_number =
        strncmp(line, word, sizeof word - 1) == 0 ? signal_by_name(line + sizeof word - 1) : 0;

    if (signal_number == 0)
        return;
    /* It gets the last one that came before its command ran. */
    if (connection->session == NULL || connection->session->setup != NULL)
        connection->early_signal = signal_number;
    else
        (void)kill(-connection->session->pid, signal_number);
}

void exec_session_leave(struct connection *connection)
{
    struct exec_session *session = connection->session;

    /* It may run, unheard; or have failed, which frees the job. */
    if (session->setup != NULL)
        setup_hear(session->setup);
    if (connection->session == NULL)
        return;
    if (session->setup != NULL) {
        setup_abandon(session->setup);
        job_free(session);
        return;
    }
    session->connection = NULL;
    session->pidfd = sys_pidfd_open(session->pid, 0);
    (void)kill(-session->pid, SIGHUP);
    (void)kill(-session->pid, SIGCONT);
    timer_start(session->supervisor->loop, &session->kill_timer, GRACE_MS);
}
