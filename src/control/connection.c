/*
 * connection.c - a client's connection: read its request, send its answer
 */
#include "control/connection_private.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "linux/unix_socket.h"
#include "util/loop.h"

/* The longest line for a command that runs; the rest of a longer one is dropped. */
enum { COMMAND_LINE_MAX = 100 };

static struct ev_loop *loop_of(const struct connection *connection)
{
    return connection->server->supervisor->common.loop;
}

static void close_files(int *files, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (files[i] >= 0)
            close(files[i]);
        files[i] = -1;
    }
}

void connection_free(struct connection *connection)
{
    struct server *server = connection->server;
    struct ev_loop *loop = loop_of(connection);
    struct connection **at = &server->connections;

    while (*at != connection)
        at = &(*at)->next;
    *at = connection->next;
    server->connection_count--;
    if (connection->follows || connection->waits_for != WAIT_NONE)
        server->waiting_count--;
    if (connection->session != NULL)
        exec_session_on_hangup(connection);
    ev_io_stop(loop, &connection->readable);
    ev_io_stop(loop, &connection->writable);
    timer_stop(loop, &connection->deadline);
    hangup_unwatch(connection);
    close(connection->readable.fd);
    close_files(connection->files, PROTOCOL_FILES);
    close_files(&connection->reply_fd, 1);
    caller_close(&connection->caller);
    free(connection->answer);
    free(connection->services);
    free(connection->words);
    free(connection);
}

/* ---- the answer -------------------------------------------------------------------------- */

static void on_writable(struct ev_loop *loop, struct ev_io *watcher, int events)
{
    struct connection *connection = watcher->data;
    ssize_t count = socket_send(watcher->fd, connection->answer, connection->answer_length,
                                &connection->reply_fd, connection->reply_fd >= 0, MSG_DONTWAIT);

    watch_again(loop, watcher, events);
    if (count < 0) {
        if (errno != EAGAIN && errno != EINTR)
            connection_free(connection);
        return;
    }
    close_files(&connection->reply_fd, 1);
    connection->answer_length -= (size_t)count;
    memmove(connection->answer, connection->answer + count, connection->answer_length);
    if (connection->answer_length > 0)
        return;
    if (connection->missed > 0) {
        answer_add_missed(connection);
        return;
    }
    ev_io_stop(loop, watcher);
    if (connection->is_answered)
        connection_free(connection);
}

void connection_flush(const struct connection *connection)
{
    if (connection->answer_length > 0)
        (void)send(connection->readable.fd, connection->answer, connection->answer_length,
                   MSG_NOSIGNAL | MSG_DONTWAIT);
}

/* ---- the request ------------------------------------------------------------------------- */

/*
 * The newline outside quotes that ends a request, or NULL. The search resumes where it stopped
 * before the last bytes arrived; after a final backslash, one byte beyond the request.
 */
static char *end_of_request(struct connection *connection)
{
    for (; connection->scanned < connection->request_length; connection->scanned++) {
        char *at = connection->request + connection->scanned;

        if (connection->quote == '\0' && *at == '\n')
            return at;
        if (*at == '\\' && connection->quote != '\'')
            connection->scanned++;
        else if (connection->quote == '\0' && (*at == '\'' || *at == '"'))
            connection->quote = *at;
        else if (*at == connection->quote)
            connection->quote = '\0';
    }
    return NULL;
}

/* Whether the client's command runs, or will when its service is set up. */
static bool has_command(const struct connection *connection)
{
    return connection->session != NULL || connection->waits_for == WAIT_SETUP;
}

/* Only a request that waits for a setup still needs the files sent with it. */
static void close_unneeded_files(struct connection *connection)
{
    if (connection->waits_for != WAIT_SETUP)
        close_files(connection->files, PROTOCOL_FILES);
}

void connection_on_change(struct connection *connection)
{
    if (connection->waits_for == WAIT_NONE)
        return;
    request_on_change(connection);
    close_unneeded_files(connection);
}

/* A line may arrive in parts: `request`, which is no longer needed, keeps them. */
static void read_lines(struct connection *connection, const char *text, size_t length)
{
    for (size_t i = 0; i < length && has_command(connection); i++) {
        if (text[i] != '\n') {
            connection->request[connection->request_length] = text[i];
            connection->request_length += connection->request_length < COMMAND_LINE_MAX;
            continue;
        }
        connection->request[connection->request_length] = '\0';
        connection->request_length = 0;
        exec_session_on_line(connection, connection->request);
    }
}

static void read_request(struct connection *connection)
{
    char *end = end_of_request(connection);

    if (end == NULL && connection->request_length < PROTOCOL_REQUEST_MAX)
        return;
    timer_stop(loop_of(connection), &connection->deadline);
    connection->has_request = true;
    if (end == NULL) {
        answer_error(connection, 2, "a request has at most %d bytes", PROTOCOL_REQUEST_MAX);
        return;
    }
    *end = '\0';
    if (strlen(connection->request) != (size_t)(end - connection->request))
        answer_error(connection, 2, "a request must not contain a NUL byte");
    else
        request_carry_out(connection, connection->request);
    connection->request_length = 0;
    close_unneeded_files(connection);
}

/*
 * The client has shut down its side, as at the end of a pipe, and may still read its answer. False
 * when it has closed the socket, which poll(2) reports as POLLHUP.
 */
static bool becomes_silent(struct connection *connection)
{
    struct pollfd socket = {.fd = connection->readable.fd};

    if (!connection->has_request || has_command(connection) || poll(&socket, 1, 0) != 0)
        return false;
    ev_io_stop(loop_of(connection), &connection->readable);
    return hangup_watch(connection);
}

static void on_readable(struct ev_loop *loop, struct ev_io *watcher, int events)
{
    struct connection *connection = watcher->data;
    char lines[1024];
    bool is_request = !connection->has_request;
    char *to = is_request ? connection->request + connection->request_length : lines;
    size_t room = is_request ? PROTOCOL_REQUEST_MAX - connection->request_length : sizeof lines;
    ssize_t count = socket_receive(watcher->fd, to, room, connection->files, PROTOCOL_FILES);

    watch_again(loop, watcher, events);
    if (count > 0 && is_request) {
        connection->request_length += (size_t)count;
        read_request(connection);
    } else if (count > 0) {
        read_lines(connection, lines, (size_t)count);
    } else if (count == 0 ? !becomes_silent(connection) : errno != EAGAIN && errno != EINTR) {
        connection_free(connection);
    }
}

static void on_deadline(struct ev_loop *loop, struct ev_timer *watcher, int events)
{
    struct connection *connection = watcher->data;

    (void)loop;
    (void)events;
    if (connection->is_answered) {
        connection_free(connection);
        return;
    }
    connection->has_request = true;
    answer_error(connection, 2, "no request came");
}

void connection_new(struct server *server, int fd, struct caller *caller,
                    const struct access *access)
{
    struct ev_loop *loop = server->supervisor->common.loop;
    struct connection *connection = malloc(sizeof *connection + PROTOCOL_REQUEST_MAX + 1);

    if (connection == NULL) {
        caller_close(caller);
        close(fd);
        return;
    }
    *connection = (struct connection){.server = server,
                                      .next = server->connections,
                                      .caller = *caller,
                                      .access = *access,
                                      .files = {-1, -1, -1},
                                      .reply_fd = -1};
    ev_io_init(&connection->writable, on_writable, fd, EV_WRITE);
    connection->writable.data = connection;
    timer_init(&connection->deadline, on_deadline, connection);
    server->connections = connection;
    server->connection_count++;
    watch_file(loop, &connection->readable, fd, on_readable, connection);
    timer_start(loop, &connection->deadline, CLIENT_TIMEOUT_MS);
    /* Read now, because requests are carried out in the order in which clients connect. */
    on_readable(loop, &connection->readable, EV_READ);
}
