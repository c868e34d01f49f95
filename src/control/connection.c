/*
 * connection.c - a client at the control socket: its request comes, its answer goes
 */
#include "control/connection_private.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "linux/unix_socket.h"
#include "util/loop.h"
#include "util/time.h"

/* For a request to come whole, and for an answer to be taken. */
enum { PATIENCE_MS = 10 * 1000 };

/* Of a line for a job. */
enum { LINE_MAX = 100 };

static struct ev_loop *loop_of(const struct connection *connection)
{
    return connection->server->supervisor->loop;
}

static void close_files(int *files, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (files[i] >= 0)
            close(files[i]);
        files[i] = -1;
    }
}

void connection_close_files(struct connection *connection)
{
    close_files(connection->files, CONNECTION_FILES);
}

void connection_free(struct connection *connection)
{
    struct server *server = connection->server;
    struct ev_loop *loop = loop_of(connection);
    struct connection **at = &server->connections;

    while (*at != connection)
        at = &(*at)->next;
    *at = connection->next;
    server->peer_count--;
    if (connection->follows || connection->awaits != AWAITS_NOTHING)
        server->waiting_count--;
    if (connection->session != NULL)
        exec_session_leave(connection);
    ev_io_stop(loop, &connection->readable);
    ev_io_stop(loop, &connection->writable);
    timer_stop(loop, &connection->deadline);
    hangup_forget(connection);
    close(connection->readable.fd);
    close_files(connection->files, CONNECTION_FILES);
    close_files(&connection->reply_fd, 1);
    caller_close(&connection->caller);
    free(connection->answer);
    free(connection->services);
    free(connection->words);
    free(connection);
}

/* ---- the answer -------------------------------------------------------------------------- */

static void tell_missed(struct connection *connection)
{
    static char buffer[128];
    struct strbuf text = strbuf_in(buffer, sizeof buffer);

    strbuf_add(&text, "{\"event\":\"missed\",\"time\":\"");
    strbuf_add_now(&text);
    strbuf_format(&text, "\",\"count\":%lu}\n", connection->missed);
    connection->missed = 0;
    connection_add(connection, buffer, text.length);
}

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
        tell_missed(connection);
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

/* Room for so much more, or false. */
static bool make_room(struct connection *connection, size_t length)
{
    size_t room = connection->answer_room > 0 ? connection->answer_room : 1024;
    char *larger;

    if (connection->answer_length + length > ANSWER_MAX)
        return false;
    while (room < connection->answer_length + length)
        room *= 2;
    if (room == connection->answer_room)
        return true;
    larger = realloc(connection->answer, room);
    if (larger == NULL)
        return false;
    connection->answer = larger;
    connection->answer_room = room;
    return true;
}

/* It goes out from the loop alone, so a peer is never freed under who adds to its answer. */
void connection_add(struct connection *connection, const char *text, size_t length)
{
    if (make_room(connection, length)) {
        memcpy(connection->answer + connection->answer_length, text, length);
        connection->answer_length += length;
    } else {
        /* Who does not read for so long is gone: the next attempt to write finds that. */
        (void)shutdown(connection->readable.fd, SHUT_RDWR);
    }
    watch_start(loop_of(connection), &connection->writable);
}

/* From the first that it misses on it gets no more until it has taken all: it is told in between.
 */
void connection_add_event(struct connection *connection, const char *line, size_t length)
{
    if (connection->missed > 0 || connection->answer_length + length > EVENTS_MAX)
        connection->missed++;
    else
        connection_add(connection, line, length);
}

void connection_tell(struct connection *connection, const char *word, int number)
{
    static char buffer[256];
    struct strbuf text = strbuf_in(buffer, sizeof buffer);

    strbuf_format(&text, "%s\t%d\n", word, number);
    connection_add(connection, buffer, text.length);
}

void connection_finish(struct connection *connection, const char *format, ...)
{
    static char buffer[1024];
    struct strbuf text = strbuf_in(buffer, sizeof buffer);
    va_list arguments;

    va_start(arguments, format);
    strbuf_vformat(&text, format, arguments);
    va_end(arguments);
    /* One line: what is quoted of the request may have more. */
    for (char *at = buffer; *at != '\0'; at++)
        if (*at == '\n')
            *at = ' ';
    connection_add(connection, buffer, text.length);
    connection_add(connection, "\n", 1);
    connection->is_answered = true;
    timer_start(loop_of(connection), &connection->deadline, PATIENCE_MS);
}

/* ---- the request ------------------------------------------------------------------------- */

/*
 * The newline that ends a request, outside of quotes, or NULL. It goes on where it has stopped when
 * a part had come; behind a backslash that is one beyond the end.
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

/* One that runs, or will. */
static bool has_command(const struct connection *connection)
{
    return connection->session != NULL || connection->awaits == AWAITS_SETUP;
}

/*
 * What follows a request: of a job, lines for it. One of which a part has come waits for the rest
 * in the request's place; it is short, or nothing that is understood.
 */
static void hear_lines(struct connection *connection, const char *text, size_t length)
{
    for (size_t i = 0; i < length && has_command(connection); i++) {
        if (text[i] != '\n') {
            connection->request[connection->request_length] = text[i];
            connection->request_length += connection->request_length < LINE_MAX;
            continue;
        }
        connection->request[connection->request_length] = '\0';
        connection->request_length = 0;
        exec_session_hear(connection, connection->request);
    }
}

static void hear_request(struct connection *connection)
{
    char *end = end_of_request(connection);

    if (end == NULL && connection->request_length < REQUEST_MAX)
        return;
    timer_stop(loop_of(connection), &connection->deadline);
    connection->has_asked = true;
    if (end == NULL) {
        connection_finish(connection, "error 2 a request has at most %d bytes", REQUEST_MAX);
        return;
    }
    *end = '\0';
    if (strlen(connection->request) != (size_t)(end - connection->request))
        connection_finish(connection, "error 2 a request has no NUL byte");
    else
        request_carry_out(connection, connection->request);
    connection->request_length = 0;
    if (connection->awaits != AWAITS_SETUP)
        connection_close_files(connection);
}

/*
 * It has nothing more to say, as when a pipe ends, but waits for its answer: from now on only its
 * going is watched. False when it has gone altogether: that hangs up, unix(7).
 */
static bool falls_silent(struct connection *connection)
{
    struct pollfd socket = {.fd = connection->readable.fd};

    if (!connection->has_asked || has_command(connection) || poll(&socket, 1, 0) != 0)
        return false;
    ev_io_stop(loop_of(connection), &connection->readable);
    return hangup_watch(connection);
}

/* While it is read, `readable` is the peer's whole life: its end ends the peer, too. */
static void on_readable(struct ev_loop *loop, struct ev_io *watcher, int events)
{
    struct connection *connection = watcher->data;
    static char lines[1024];
    bool is_request = !connection->has_asked;
    char *to = is_request ? connection->request + connection->request_length : lines;
    size_t room = is_request ? REQUEST_MAX - connection->request_length : sizeof lines;
    ssize_t count = socket_receive(watcher->fd, to, room, connection->files, CONNECTION_FILES);

    watch_again(loop, watcher, events);
    if (count > 0 && is_request) {
        connection->request_length += (size_t)count;
        hear_request(connection);
    } else if (count > 0) {
        hear_lines(connection, lines, (size_t)count);
    } else if (count == 0 ? !falls_silent(connection) : errno != EAGAIN && errno != EINTR) {
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
    connection->has_asked = true;
    connection_finish(connection, "error 2 no request came");
}

void connection_new(struct server *server, int fd, struct caller *caller,
                    const struct access *access)
{
    struct ev_loop *loop = server->supervisor->loop;
    struct connection *connection = malloc(sizeof *connection + REQUEST_MAX + 1);

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
    server->peer_count++;
    watch_file(loop, &connection->readable, fd, on_readable, connection);
    timer_start(loop, &connection->deadline, PATIENCE_MS);
    /* At once, so that requests are carried out in the order in which they come. */
    on_readable(loop, &connection->readable, EV_READ);
}
