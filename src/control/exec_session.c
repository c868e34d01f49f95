/*
 * exec_session.c - execute a command in a service's place: nsctl exec
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "control/connection.h"
#include "service/command.h"
#include "util/loop.h"
#include "util/signal_names.h"

#ifndef PIDFD_SIGNAL_PROCESS_GROUP
#define PIDFD_SIGNAL_PROCESS_GROUP (1U << 2)
#endif

/* Whoever has asked for it may have gone meanwhile: then it gets so long to end after HUP. */
enum { GRACE_MS = 3000 };

struct exec_session {
    struct supervisor *supervisor;
    struct connection *peer; /* NULL: gone */
    const struct supervised *host;
    struct setup *setup; /* until its command is executed, or NULL */
    pid_t pid;
    bool replaces_terminal;
    int pidfd;      /* from the moment the peer has gone, or -1 */
    bool has_ended; /* of its group others live on, until the killer comes */
    struct timer killer;
};

static void job_free(struct exec_session *job)
{
    timer_stop(job->supervisor->loop, &job->killer);
    if (job->pidfd >= 0)
        close(job->pidfd);
    free(job);
}

/*
 * When the leader is gone its number may be another group's by now, unless the kernel knows the
 * group by the leader's pidfd (Linux 6.9). Before, the number is used: it comes again when all
 * others have been through.
 */
static void kill_group(const struct exec_session *job)
{
    if (syscall(SYS_pidfd_send_signal, job->pidfd, SIGKILL, NULL, PIDFD_SIGNAL_PROCESS_GROUP) < 0 &&
        errno != ESRCH)
        (void)kill(-job->pid, SIGKILL);
}

static void on_killer(struct ev_loop *loop, struct ev_timer *watcher, int events)
{
    struct exec_session *job = watcher->data;

    (void)loop;
    (void)events;
    kill_group(job);
    if (job->has_ended)
        job_free(job);
}

/* Whoever has asked for it has gone, but it is not known here yet. */
static bool is_hung_up(const struct connection *peer)
{
    struct pollfd socket = {.fd = peer->readable.fd, .events = POLLRDHUP};

    return poll(&socket, 1, 0) == 1 && (socket.revents & (POLLRDHUP | POLLHUP)) != 0;
}

/* Its command has ended of that; the rest of the group has as long as it would have had. */
static void leave_rest(struct exec_session *job)
{
    job->has_ended = true;
    if (!timer_is_active(&job->killer) || kill(-job->pid, 0) < 0)
        job_free(job);
}

static void on_end(void *owner, pid_t pid, int wait_status)
{
    struct exec_session *job = owner;
    struct connection *peer = job->peer;

    pid_list_remove(&job->supervisor->strangers, pid);
    if (peer != NULL && is_hung_up(peer)) {
        exec_session_leave(peer);
        peer->job = NULL;
        peer = NULL;
    }
    if (peer == NULL) {
        leave_rest(job);
        return;
    }
    job_free(job);
    peer->job = NULL;
    connection_tell(peer, "exit",
              WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : 128 + WTERMSIG(wait_status));
    connection_finish(peer, "ok");
}

/* Which of its files is the terminal: the others may have been redirected. */
static int find_terminal(const struct connection *peer)
{
    for (int i = 0; i < CONNECTION_FILES; i++)
        if (isatty(peer->files[i]))
            return peer->files[i];
    return -1;
}

/* Its command runs: no restart of a service counts it among what the service has left behind. */
static void begin(struct exec_session *job, struct spawning *spawning)
{
    struct supervisor *supervisor = job->supervisor;
    struct connection *peer = job->peer;

    job->pid = spawning->pid;
    (void)pid_list_add(&supervisor->strangers, job->pid);
    children_add_visitor(&supervisor->children, job->pid, on_end, job, job->host);
    if (spawning->terminal_fd >= 0) {
        peer->gift = spawning->terminal_fd;
        spawning->terminal_fd = -1;
    }
    connection_tell(peer, "started", job->pid);
    if (peer->early_signal != 0)
        (void)kill(-job->pid, peer->early_signal);
}

static void on_done(void *owner, struct spawning *spawning, enum spawn_outcome outcome)
{
    struct exec_session *job = owner;
    struct connection *peer = job->peer;
    const struct error *error = &spawning->error;

    if (outcome == SPAWN_STARTED) {
        begin(job, spawning);
        return;
    }
    peer->job = NULL;
    connection_finish(peer, "error %d %s%s%s%s%s", (int)job->supervisor->pod->error_codes[error->kind],
                error->subject, error->subject[0] != '\0' ? ": " : "", error->reason,
                error->hint[0] != '\0' ? " - hint: " : "", error->hint);
    job_free(job);
}

static void set_up(struct exec_session *job, const struct supervised *host, char **words, bool has_terminal)
{
    static const struct setup_hooks setup_hooks = {on_done, NULL};
    const struct connection *peer = job->peer;
    struct spawn_context context = spawn_context_plain(job->supervisor->context.inherited);
    struct command command = {.words = words,
                            .placement = has_terminal ? PLACEMENT_SESSION : PLACEMENT_GROUP,
                            .context = &context};

    for (int fd = 0; fd < CONNECTION_FILES; fd++)
        context.stdio[fd] = peer->files[fd];
    context.stdio_is_lent = true;
    context.replaces_terminal = job->replaces_terminal;
    if (has_terminal) {
        context.terminal_fd = find_terminal(peer);
        context.default_variable = "TERM=xterm";
    }
    command_begin(&job->setup, host, &command, &setup_hooks, job);
}

void exec_session_start(struct connection *peer, struct supervised *host, char **words, enum terminal_kind kind)
{
    struct exec_session *job;

    if (host->pid == 0) {
        connection_finish(peer, "error 1 %s: %s", name_of(host),
                    host->setup != NULL ? "is being set up" : "does not run");
        return;
    }
    if (peer->files[CONNECTION_FILES - 1] < 0) {
        connection_finish(peer, "error 2 exec needs three files to come with the request (SCM_RIGHTS)");
        return;
    }
    job = calloc(1, sizeof *job);
    if (job == NULL) {
        connection_finish(peer, "error 1 no memory");
        return;
    }
    job->supervisor = host->supervisor;
    job->host = host;
    job->peer = peer;
    job->pidfd = -1;
    job->replaces_terminal = kind == TERMINAL_REPLACED;
    timer_init(&job->killer, on_killer, job);
    peer->job = job;
    set_up(job, host, words, kind != TERMINAL_NONE);
}

void exec_session_hear(struct connection *peer, const char *line)
{
    static const char word[] = "signal ";
    int signal_number =
        strncmp(line, word, sizeof word - 1) == 0 ? signal_by_name(line + sizeof word - 1) : 0;

    if (signal_number == 0)
        return;
    /* It gets the last one that came before its command ran. */
    if (peer->job == NULL || peer->job->setup != NULL)
        peer->early_signal = signal_number;
    else
        (void)kill(-peer->job->pid, signal_number);
}

void exec_session_leave(struct connection *peer)
{
    struct exec_session *job = peer->job;

    /* It may run, unheard; or have failed, which frees the job. */
    if (job->setup != NULL)
        setup_hear(job->setup);
    if (peer->job == NULL)
        return;
    if (job->setup != NULL) {
        setup_abandon(job->setup);
        job_free(job);
        return;
    }
    job->peer = NULL;
    job->pidfd = (int)syscall(SYS_pidfd_open, job->pid, 0);
    (void)kill(-job->pid, SIGHUP);
    (void)kill(-job->pid, SIGCONT);
    timer_start(job->supervisor->loop, &job->killer, GRACE_MS);
}
