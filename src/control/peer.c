/*
 * peer.c - a client at the control socket: its request comes, its answer goes
 */
#include "control/peer.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "util/ancillary.h"
#include "util/clock.h"

/* Seconds for a request to come whole, and for an answer to be taken. */
static const ev_tstamp patience = 10.;

/* Of a line for a job. */
enum { LINE_MOST = 100 };

static struct ev_loop *loop_of(const struct peer *peer)
{
    return peer->server->supervisor->loop;
}

static void close_files(struct peer *peer)
{
    for (int i = 0; i < PEER_FILES; i++) {
        if (peer->files[i] >= 0)
            close(peer->files[i]);
        peer->files[i] = -1;
    }
}

static void close_gift(struct peer *peer)
{
    if (peer->gift >= 0)
        close(peer->gift);
    peer->gift = -1;
}

void peer_free(struct peer *peer)
{
    struct server *server = peer->server;
    struct peer **at = &server->peers;

    while (*at != peer)
        at = &(*at)->next;
    *at = peer->next;
    server->peer_count--;
    if (peer->follows || peer->awaits != AWAITS_NOTHING)
        server->waiting_count--;
    if (peer->job != NULL)
        job_leave(peer);
    ev_io_stop(loop_of(peer), &peer->readable);
    ev_io_stop(loop_of(peer), &peer->writable);
    ev_timer_stop(loop_of(peer), &peer->deadline);
    hangup_forget(peer);
    close(peer->readable.fd);
    close_files(peer);
    close_gift(peer);
    free(peer->request);
    free(peer->answer);
    free(peer->places);
    free(peer);
}

/* ---- the answer -------------------------------------------------------------------------- */

static void tell_missed(struct peer *peer)
{
    char buffer[128];
    struct text text = text_in(buffer, sizeof buffer);

    text_add(&text, "{\"event\":\"missed\",\"time\":\"");
    text_add_now(&text);
    text_format(&text, "\",\"count\":%lu}\n", peer->missed);
    peer->missed = 0;
    peer_add(peer, buffer, text.length);
}

static ssize_t send_answer(const struct peer *peer)
{
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(sizeof(int))];
    } control = {.header = {.cmsg_level = SOL_SOCKET,
                            .cmsg_type = SCM_RIGHTS,
                            .cmsg_len = CMSG_LEN(sizeof(int))}};
    struct iovec data = {.iov_base = peer->answer, .iov_len = peer->answer_length};
    struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1};

    if (peer->gift >= 0) {
        memcpy(CMSG_DATA(&control.header), &peer->gift, sizeof peer->gift);
        message.msg_control = control.space;
        message.msg_controllen = sizeof control.space;
    }
    return sendmsg(peer->readable.fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static void on_writable(struct ev_loop *loop, struct ev_io *watcher, int events)
{
    struct peer *peer = watcher->data;
    ssize_t count = send_answer(peer);

    (void)events;
    if (count < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (count < 0) {
        peer_free(peer);
        return;
    }
    close_gift(peer);
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
        peer_free(peer);
}

void peer_flush(const struct peer *peer)
{
    if (peer->answer_length > 0)
        (void)send(peer->readable.fd, peer->answer, peer->answer_length,
                   MSG_NOSIGNAL | MSG_DONTWAIT);
}

/* Room for so much more, or false. */
static bool make_room(struct peer *peer, size_t length)
{
    size_t room = peer->answer_room > 0 ? peer->answer_room : 1024;
    char *larger;

    if (peer->answer_length + length > ANSWER_MOST)
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
void peer_add(struct peer *peer, const char *text, size_t length)
{
    if (make_room(peer, length)) {
        memcpy(peer->answer + peer->answer_length, text, length);
        peer->answer_length += length;
    } else {
        /* Who does not read for so long is gone: the next attempt to write finds that. */
        (void)shutdown(peer->readable.fd, SHUT_RDWR);
    }
    ev_io_start(loop_of(peer), &peer->writable);
}

/* From the first that it misses on it gets no more until it has taken all: it is told in between.
 */
void peer_add_event(struct peer *peer, const char *line, size_t length)
{
    if (peer->missed > 0 || peer->answer_length + length > EVENTS_MOST)
        peer->missed++;
    else
        peer_add(peer, line, length);
}

void peer_format(struct peer *peer, const char *format, ...)
{
    char buffer[1024];
    struct text text = text_in(buffer, sizeof buffer);
    va_list arguments;

    va_start(arguments, format);
    text_vformat(&text, format, arguments);
    va_end(arguments);
    peer_add(peer, buffer, text.length);
}

void peer_finish(struct peer *peer, const char *last_line)
{
    peer_add(peer, last_line, strlen(last_line));
    peer->is_answered = true;
    ev_timer_stop(loop_of(peer), &peer->deadline);
    ev_timer_set(&peer->deadline, patience, 0.);
    ev_timer_start(loop_of(peer), &peer->deadline);
}

void peer_fail(struct peer *peer, int exit_code, const char *format, ...)
{
    char buffer[1024];
    struct text text = text_in(buffer, sizeof buffer);
    va_list arguments;

    va_start(arguments, format);
    text_vformat(&text, format, arguments);
    va_end(arguments);
    peer_format(peer, "error %d ", exit_code);
    /* One line: what is quoted of the request may have more. */
    for (char *at = buffer; *at != '\0'; at++)
        if (*at == '\n')
            *at = ' ';
    peer_add(peer, buffer, text.length);
    peer_finish(peer, "\n");
}

/* ---- the request ------------------------------------------------------------------------- */

/* The files that come with exec: the first three, more are closed. */
static void take_files(struct peer *peer, struct msghdr *header)
{
    int place = 0;

    for (struct cmsghdr *part = CMSG_FIRSTHDR(header); part != NULL;
         part = ancillary_next(header, part)) {
        size_t count = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);

        if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS)
            continue;
        for (size_t i = 0; i < count; i++) {
            int fd;

            memcpy(&fd, CMSG_DATA(part) + i * sizeof fd, sizeof fd);
            while (place < PEER_FILES && peer->files[place] >= 0)
                place++;
            if (place < PEER_FILES)
                peer->files[place] = fd;
            else
                close(fd);
        }
    }
}

/* NOLINTNEXTLINE(readability-non-const-parameter): recvmsg writes to it. */
static ssize_t receive(struct peer *peer, char *buffer, size_t size)
{
    struct iovec data = {.iov_base = buffer, .iov_len = size};
    _Alignas(struct cmsghdr) char control[CMSG_SPACE(PEER_FILES * sizeof(int))];
    struct msghdr header = {.msg_iov = &data,
                            .msg_iovlen = 1,
                            .msg_control = control,
                            .msg_controllen = sizeof control};
    ssize_t count = recvmsg(peer->readable.fd, &header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);

    if (count >= 0)
        take_files(peer, &header);
    return count;
}

/*
 * The newline that ends a request, outside of quotes, or NULL. It goes on where it has stopped when
 * a part had come; behind a backslash that is one beyond the end.
 */
static char *end_of_request(struct peer *peer)
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

/*
 * What follows a request: of a job, lines for it. One of which a part has come waits for the rest
 * in the request's place; it is short, or nothing that is understood.
 */
static void hear_lines(struct peer *peer, const char *text, size_t length)
{
    for (size_t i = 0; i < length && peer->job != NULL; i++) {
        if (text[i] != '\n') {
            peer->request[peer->request_length] = text[i];
            peer->request_length += peer->request_length < LINE_MOST;
            continue;
        }
        peer->request[peer->request_length] = '\0';
        peer->request_length = 0;
        job_hear(peer, peer->request);
    }
}

static void hear_request(struct peer *peer)
{
    char *end = end_of_request(peer);

    if (end == NULL && peer->request_length < REQUEST_MOST)
        return;
    ev_timer_stop(loop_of(peer), &peer->deadline);
    peer->has_asked = true;
    if (end == NULL) {
        peer_fail(peer, 2, "a request has at most %d bytes", REQUEST_MOST);
        return;
    }
    *end = '\0';
    if (strlen(peer->request) != (size_t)(end - peer->request))
        peer_fail(peer, 2, "a request has no NUL byte");
    else
        request_carry_out(peer, peer->request);
    peer->request_length = 0;
    close_files(peer);
}

/* It has nothing more to say, as when a pipe ends; who has gone altogether hangs up: unix(7). */
static bool may_still_listen(const struct peer *peer)
{
    struct pollfd socket = {.fd = peer->readable.fd};

    return peer->has_asked && peer->job == NULL && poll(&socket, 1, 0) == 0;
}

/* While it is read, `readable` is the peer's whole life: its end ends the peer, too. */
static void on_readable(struct ev_loop *loop, struct ev_io *watcher, int events)
{
    struct peer *peer = watcher->data;
    char buffer[1024];
    bool is_request = !peer->has_asked;
    size_t room = REQUEST_MOST - peer->request_length;
    ssize_t count =
        receive(peer, buffer, is_request && room < sizeof buffer - 1 ? room : sizeof buffer - 1);

    (void)loop;
    (void)events;
    if (count < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (count < 0 || (count == 0 && !may_still_listen(peer))) {
        peer_free(peer);
        return;
    }
    if (count == 0) {
        ev_io_stop(loop_of(peer), watcher);
        if (!hangup_watch(peer))
            peer_free(peer);
        return;
    }
    if (!is_request) {
        hear_lines(peer, buffer, (size_t)count);
        return;
    }
    memcpy(peer->request + peer->request_length, buffer, (size_t)count);
    peer->request_length += (size_t)count;
    hear_request(peer);
}

static void on_deadline(struct ev_loop *loop, struct ev_timer *watcher, int events)
{
    struct peer *peer = watcher->data;

    (void)loop;
    (void)events;
    if (peer->is_answered) {
        peer_free(peer);
        return;
    }
    peer->has_asked = true;
    peer_fail(peer, 2, "no request came");
}

void peer_new(struct server *server, int fd)
{
    struct peer *peer = calloc(1, sizeof *peer);

    if (peer == NULL) {
        close(fd);
        return;
    }
    *peer =
        (struct peer){.server = server, .next = server->peers, .files = {-1, -1, -1}, .gift = -1};
    peer->request = malloc(REQUEST_MOST + 1);
    ev_io_init(&peer->readable, on_readable, fd, EV_READ);
    ev_io_init(&peer->writable, on_writable, fd, EV_WRITE);
    ev_timer_init(&peer->deadline, on_deadline, patience, 0.);
    peer->readable.data = peer;
    peer->writable.data = peer;
    peer->deadline.data = peer;
    server->peers = peer;
    server->peer_count++;
    if (peer->request == NULL) {
        peer_free(peer);
        return;
    }
    ev_io_start(loop_of(peer), &peer->readable);
    ev_timer_start(loop_of(peer), &peer->deadline);
    /* At once, so that requests are carried out in the order in which they come. */
    on_readable(loop_of(peer), &peer->readable, EV_READ);
}
