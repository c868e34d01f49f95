/*
 * connection.c - a client at the control socket: its request comes, its answer goes
 */
#include "control/connection.h"

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

static struct ev_loop *loop_of(const struct connection *peer)
{
    return peer->server->supervisor->loop;
}

static void close_files(int *files, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (files[i] >= 0)
            close(files[i]);
        files[i] = -1;
    }
}

void connection_close_files(struct connection *peer)
{
    close_files(peer->files, CONNECTION_FILES);
}

void connection_free(struct connection *peer)
{
    struct server *server = peer->server;
    struct ev_loop *loop = loop_of(peer);
    struct connection **at = &server->peers;

    while (*at != peer)
        at = &(*at)->next;
    *at = peer->next;
    server->peer_count--;
    if (peer->follows || peer->awaits != AWAITS_NOTHING)
        server->waiting_count--;
    if (peer->job != NULL)
        exec_session_leave(peer);
    ev_io_stop(loop, &peer->readable);
    ev_io_stop(loop, &peer->writable);
    timer_stop(loop, &peer->deadline);
    hangup_forget(peer);
    close(peer->readable.fd);
    close_files(peer->files, CONNECTION_FILES);
    close_files(&peer->gift, 1);
    caller_close(&peer->caller);
    free(peer->answer);
    free(peer->services);
    free(peer->words);
    free(peer);
}

/* ---- the answer -------------------------------------------------------------------------- */

static void tell_missed(struct connection *peer)
{
    static char buffer[128];
    struct strbuf text = strbuf_in(buffer, sizeof buffer);

    strbuf_add(&text, "{\"event\":\"missed\",\"time\":\"");
    strbuf_add_now(&text);
    strbuf_format(&text, "\",\"count\":%lu}\n", peer->missed);
    peer->missed = 0;
    connection_add(peer, buffer, text.length);
}

static void on_writable(struct ev_loop *loop, struct ev_io *watcher, int events)
{
    struct connection *peer = watcher->data;
    ssize_t count = socket_send(watcher->fd, peer->answer, peer->answer_length, &peer->gift,
                                peer->gift >= 0, MSG_DONTWAIT);

    watch_again(loop, watcher, events);
    if (count < 0) {
        if (errno != EAGAIN && errno != EINTR)
            connection_free(peer);
        return;
    }
    close_files(&peer->gift, 1);
    peer->answer_length -= (size_t)count;
    memmove(peer->answer, peer->answer + count, peer->answer_length);
    if (peer->answer_length > 0)
        return;
    if (peer->missed > 0) {
        tell_missed(peer);
        return;
    }
    ev_io_stop(loop, watcher);
    if (peer->is_answered)
        connection_free(peer);
}

void connection_flush(const struct connection *peer)
{
    if (peer->answer_length > 0)
        (void)send(peer->readable.fd, peer->answer, peer->answer_length,
                   MSG_NOSIGNAL | MSG_DONTWAIT);
}

/* Room for so much more, or false. */
static bool make_room(struct connection *peer, size_t length)
{
    size_t room = peer->answer_room > 0 ? peer->answer_room : 1024;
    char *larger;

    if (peer->answer_length + length > ANSWER_MAX)
        return false;
    while (room < peer->answer_length + length)
        room *= 2;
    if (room == peer->answer_room)
        return true;
    larger = realloc(peer->answer, room);
    if (larger == NULL)
        return false;
    peer->answer = larger;
    peer->answer_room = room;
    return true;
}

/* It goes out from the loop alone, so a peer is never freed under who adds to its answer. */
void connection_add(struct connection *peer, const char *text, size_t length)
{
    if (make_room(peer, length)) {
        memcpy(peer->answer + peer->answer_length, text, length);
        peer->answer_length += length;
    } else {
        /* Who does not read for so long is gone: the next attempt to write finds that. */
        (void)shutdown(peer->readable.fd, SHUT_RDWR);
    }
    watch_start(loop_of(peer), &peer->writable);
}

/* From the first that it misses on it gets no more until it has taken all: it is told in between.
 */
void connection_add_event(struct connection *peer, const char *line, size_t length)
{
    if (peer->missed > 0 || peer->answer_length + length > EVENTS_MAX)
        peer->missed++;
    else
        connection_add(peer, line, length);
}

void connection_tell(struct connection *peer, const char *word, int number)
{
    static char buffer[256];
    struct strbuf text = strbuf_in(buffer, sizeof buffer);

    strbuf_format(&text, "%s\t%d\n", word, number);
    connection_add(peer, buffer, text.length);
}

void connection_finish(struct connection *peer, const char *format, ...)
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
    connection_add(peer, buffer, text.length);
    connection_add(peer, "\n", 1);
    peer->is_answered = true;
    timer_start(loop_of(peer), &peer->deadline, PATIENCE_MS);
}

/* ---- the request ------------------------------------------------------------------------- */

/*
 * The newline that ends a request, outside of quotes, or NULL. It goes on where it has stopped when
 * a part had come; behind a backslash that is one beyond the end.
 */
static char *end_of_request(struct connection *peer)
{
    for (; peer->scanned < peer->request_length; peer->scanned++) {
        char *at = peer->request + peer->scanned;

        if (peer->quote == '\0' && *at == '\n')
            return at;
        if (*at == '\\' && peer->quote != '\'')
            peer->scanned++;
        else if (peer->quote == '\0' && (*at == '\'' || *at == '"'))
            peer->quote = *at;
        else if (*at == peer->quote)
            peer->quote = '\0';
    }
    return NULL;
}

/* One that runs, or will. */
static bool has_command(const struct connection *peer)
{
    return peer->job != NULL || peer->awaits == AWAITS_SETUP;
}

/*
 * What follows a request: of a job, lines for it. One of which a part has come waits for the rest
 * in the request's place; it is short, or nothing that is understood.
 */
static void hear_lines(struct connection *peer, const char *text, size_t length)
{
    for (size_t i = 0; i < length && has_command(peer); i++) {
        if (text[i] != '\n') {
            peer->request[peer->request_length] = text[i];
            peer->request_length += peer->request_length < LINE_MAX;
            continue;
        }
        peer->request[peer->request_length] = '\0';
        peer->request_length = 0;
        exec_session_hear(peer, peer->request);
    }
}

static void hear_request(struct connection *peer)
{
    char *end = end_of_request(peer);

    if (end == NULL && peer->request_length < REQUEST_MAX)
        return;
    timer_stop(loop_of(peer), &peer->deadline);
    peer->has_asked = true;
    if (end == NULL) {
        connection_finish(peer, "error 2 a request has at most %d bytes", REQUEST_MAX);
        return;
    }
    *end = '\0';
    if (strlen(peer->request) != (size_t)(end - peer->request))
        connection_finish(peer, "error 2 a request has no NUL byte");
    else
        request_carry_out(peer, peer->request);
    peer->request_length = 0;
    if (peer->awaits != AWAITS_SETUP)
        connection_close_files(peer);
}

/*
 * It has nothing more to say, as when a pipe ends, but waits for its answer: from now on only its
 * going is watched. False when it has gone altogether: that hangs up, unix(7).
 */
static bool falls_silent(struct connection *peer)
{
    struct pollfd socket = {.fd = peer->readable.fd};

    if (!peer->has_asked || has_command(peer) || poll(&socket, 1, 0) != 0)
        return false;
    ev_io_stop(loop_of(peer), &peer->readable);
    return hangup_watch(peer);
}

/* While it is read, `readable` is the peer's whole life: its end ends the peer, too. */
static void on_readable(struct ev_loop *loop, struct ev_io *watcher, int events)
{
    struct connection *peer = watcher->data;
    static char lines[1024];
    bool is_request = !peer->has_asked;
    char *to = is_request ? peer->request + peer->request_length : lines;
    size_t room = is_request ? REQUEST_MAX - peer->request_length : sizeof lines;
    ssize_t count = socket_receive(watcher->fd, to, room, peer->files, CONNECTION_FILES);

    watch_again(loop, watcher, events);
    if (count > 0 && is_request) {
        peer->request_length += (size_t)count;
        hear_request(peer);
    } else if (count > 0) {
        hear_lines(peer, lines, (size_t)count);
    } else if (count == 0 ? !falls_silent(peer) : errno != EAGAIN && errno != EINTR) {
        connection_free(peer);
    }
}

static void on_deadline(struct ev_loop *loop, struct ev_timer *watcher, int events)
{
    struct connection *peer = watcher->data;

    (void)loop;
    (void)events;
    if (peer->is_answered) {
        connection_free(peer);
        return;
    }
    peer->has_asked = true;
    connection_finish(peer, "error 2 no request came");
}

void connection_new(struct server *server, int fd, struct caller *caller, const struct access *access)
{
    struct ev_loop *loop = server->supervisor->loop;
    struct connection *peer = malloc(sizeof *peer + REQUEST_MAX + 1);

    if (peer == NULL) {
        caller_close(caller);
        close(fd);
        return;
    }
    *peer = (struct connection){.server = server,
                          .next = server->peers,
                          .caller = *caller,
                          .access = *access,
                          .files = {-1, -1, -1},
                          .gift = -1};
    ev_io_init(&peer->writable, on_writable, fd, EV_WRITE);
    peer->writable.data = peer;
    timer_init(&peer->deadline, on_deadline, peer);
    server->peers = peer;
    server->peer_count++;
    watch_file(loop, &peer->readable, fd, on_readable, peer);
    timer_start(loop, &peer->deadline, PATIENCE_MS);
    /* At once, so that requests are carried out in the order in which they come. */
    on_readable(loop, &peer->readable, EV_READ);
}
