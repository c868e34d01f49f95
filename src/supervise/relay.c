/*
 * relay.c - tell nsinit's own supervisor, systemd or podman, by sd_notify(3)
 */
#include "supervise/relay.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "supervise/watch.h"
#include "util/log.h"

/* Who does not listen for this much does not listen. */
enum { WAITING_MOST = 4096 };

/* What could not be sent yet, each message with a NUL behind. */
static char waiting[WAITING_MOST];

/* Connected, so that the loop can tell when there is room again: unix(7). -1 with errno. */
static int open_socket(const char *address)
{
    struct sockaddr_un peer = {.sun_family = AF_UNIX};
    size_t length = strlen(address);
    int fd;

    if ((address[0] != '@' && address[0] != '/') || length >= sizeof peer.sun_path) {
        errno = EAFNOSUPPORT;
        return -1;
    }
    memcpy(peer.sun_path, address, length);
    if (address[0] == '@')
        peer.sun_path[0] = '\0';
    fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&peer,
                           (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length)) < 0) {
        close(fd);
        return -1;
    }
    return fd;
}

static void close_socket(struct relay *relay)
{
    ev_io_stop(relay->loop, &relay->socket);
    close(relay->socket.fd);
    relay->socket.fd = -1;
}

/* 0, or a negative errno: -EAGAIN when the other side's queue is full. */
static int try_to_send(struct relay *relay, const char *lines, size_t length)
{
    /* The other side may have been restarted: a second attempt finds the new one. */
    for (int attempt = 0; attempt < 2; attempt++) {
        if (relay->socket.fd < 0)
            ev_io_set(&relay->socket, open_socket(relay->address), EV_WRITE);
        if (relay->socket.fd < 0)
            return -errno;
        if (send(relay->socket.fd, lines, length, MSG_NOSIGNAL) >= 0) {
            relay->complained = false;
            return 0;
        }
        if (errno == EAGAIN)
            return -EAGAIN;
        close_socket(relay);
    }
    return -errno;
}

static void give_up(struct relay *relay, int error_number)
{
    if (relay->complained)
        return;
    relay->complained = true;
    errno = error_number;
    log_line(LOG_WARNING, "NOTIFY_SOCKET %s: %m", relay->address);
}

static void keep(struct relay *relay, const char *lines, size_t size)
{
    if (relay->waiting_length + size > WAITING_MOST) {
        give_up(relay, EAGAIN);
        return;
    }
    memcpy(waiting + relay->waiting_length, lines, size);
    relay->waiting_length += size;
    watch_start(relay->loop, &relay->socket);
}

static void on_writable(struct ev_loop *loop, struct ev_io *watcher, int events)
{
    struct relay *relay = watcher->data;
    size_t sent = 0;
    int result = 0;

    watch_again(loop, watcher, events);
    /* Each alone, as it came: of two STATUS= in one message systemd takes the first. */
    while (result == 0 && sent < relay->waiting_length) {
        const char *lines = waiting + sent;
        size_t length = strlen(lines);

        result = try_to_send(relay, lines, length);
        if (result == 0)
            sent += length + 1;
    }
    if (result < 0 && result != -EAGAIN) {
        give_up(relay, -result);
        sent = relay->waiting_length;
    }
    relay->waiting_length -= sent;
    memmove(waiting, waiting + sent, relay->waiting_length);
    /* A new connection has stopped the watcher. */
    if (relay->waiting_length > 0)
        watch_start(loop, watcher);
    else
        ev_io_stop(loop, watcher);
}

void relay_init(struct relay *relay, struct ev_loop *loop, const char *address)
{
    *relay = (struct relay){.loop = loop, .address = address};
    ev_io_init(&relay->socket, on_writable, -1, EV_WRITE);
    relay->socket.data = relay;
}

void relay_send(struct relay *relay, const char *lines)
{
    size_t length = strlen(lines);
    int result;

    if (relay->address == NULL || length == 0)
        return;
    /* In their order: what waits goes first. */
    result = relay->waiting_length > 0 ? -EAGAIN : try_to_send(relay, lines, length);
    if (result == -EAGAIN)
        keep(relay, lines, length + 1);
    else if (result < 0)
        give_up(relay, -result);
}
