/*
 * notify_relay.c - send messages to nsinit's own manager (systemd, podman) by sd_notify(3)
 */
#include "service/notify_relay.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "service/discard_private.h"
#include "util/loop.h"
#include "util/log.h"

/* A manager that has not read this many bytes counts as one that never reads. */
enum { WAITING_MAX = 4096 };

/* The messages that could not be sent yet: each has a byte before that counts its files, and a NUL
 * behind. The files are kept open. */
static char waiting[WAITING_MAX];
static int waiting_files[RELAYED_FILES_MAX];

/*
 * Open a connected socket, as only a connected one can be watched for room: unix(7). -1 with errno.
 */
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

static void close_socket(struct notify_relay *relay)
{
    ev_io_stop(relay->loop, &relay->socket);
    close(relay->socket.fd);
    relay->socket.fd = -1;
}

static ssize_t send_message(int fd, const char *lines, size_t length,
                            const struct relayed_files *files)
{
    struct iovec data = {.iov_base = (char *)(uintptr_t)lines, .iov_len = length};
    _Alignas(struct cmsghdr) char control[CMSG_SPACE(RELAYED_FILES_MAX * sizeof(int))] = {0};
    size_t size = files->count * sizeof(int);
    struct msghdr header = {.msg_iov = &data, .msg_iovlen = 1};

    if (files->count > 0) {
        struct cmsghdr *part = (struct cmsghdr *)control;

        header.msg_control = control;
        header.msg_controllen = (socklen_t)CMSG_SPACE(size);
        part->cmsg_level = SOL_SOCKET;
        part->cmsg_type = SCM_RIGHTS;
        part->cmsg_len = (socklen_t)CMSG_LEN(size);
        memcpy(CMSG_DATA(part), files->fds, size);
    }
    return sendmsg(fd, &header, MSG_NOSIGNAL);
}

/* 0, or a negative errno: -EAGAIN if the manager's queue is full. */
static int try_to_send(struct notify_relay *relay, const char *lines, size_t length,
                       const struct relayed_files *files)
{
    /* The manager may have restarted: a second attempt connects anew. */
    for (int attempt = 0; attempt < 2; attempt++) {
        if (relay->socket.fd < 0)
            ev_io_set(&relay->socket, open_socket(relay->address), EV_WRITE);
        if (relay->socket.fd < 0)
            return -errno;
        if (send_message(relay->socket.fd, lines, length, files) >= 0) {
            relay->has_warned = false;
            return 0;
        }
        if (errno == EAGAIN)
            return -EAGAIN;
        close_socket(relay);
    }
    return -errno;
}

static void warn_once(struct notify_relay *relay, int error_number)
{
    if (relay->has_warned)
        return;
    relay->has_warned = true;
    errno = error_number;
    log_line(LOG_WARNING, "send to NOTIFY_SOCKET %s: %m", relay->address);
}

/* Keep duplicates, as the sender closes its files. False if nsinit has no room for them. */
static bool keep_files(struct notify_relay *relay, const struct relayed_files *files)
{
    size_t kept = relay->waiting_files;

    if (files->count > RELAYED_FILES_MAX - kept)
        return false;
    for (size_t i = 0; i < files->count; i++) {
        waiting_files[kept] = fcntl(files->fds[i], F_DUPFD_CLOEXEC, 0);
        if (waiting_files[kept] < 0) {
            while (kept > relay->waiting_files)
                close(waiting_files[--kept]);
            return false;
        }
        kept++;
    }
    relay->waiting_files = kept;
    return true;
}

static void keep(struct notify_relay *relay, const char *lines, size_t length,
                 const struct relayed_files *files)
{
    char *at = waiting + relay->waiting_length;

    if (relay->waiting_length + length + 2 > WAITING_MAX || !keep_files(relay, files)) {
        warn_once(relay, EAGAIN);
        return;
    }
    *at++ = (char)files->count;
    memcpy(at, lines, length + 1);
    relay->waiting_length += length + 2;
    watch_start(relay->loop, &relay->socket);
}

/* Remove this many bytes and files from the front of the queue. */
static void drop(struct notify_relay *relay, size_t length, size_t files)
{
    (void)discard_files(relay->children, waiting_files, files, children_ignore_end, NULL);
    relay->waiting_files -= files;
    memmove(waiting_files, waiting_files + files, relay->waiting_files * sizeof waiting_files[0]);
    relay->waiting_length -= length;
    memmove(waiting, waiting + length, relay->waiting_length);
}

static void on_writable(struct ev_loop *loop, struct ev_io *watcher, int events)
{
    struct notify_relay *relay = watcher->data;
    size_t sent = 0;
    size_t sent_files = 0;
    int result = 0;

    watch_again(loop, watcher, events);
    /* Send each message by itself: of two STATUS= in one message systemd takes the first. */
    while (result == 0 && sent < relay->waiting_length) {
        const char *lines = waiting + sent + 1;
        const struct relayed_files files = {waiting_files + sent_files,
                                            (unsigned char)waiting[sent]};
        size_t length = strlen(lines);

        result = try_to_send(relay, lines, length, &files);
        if (result < 0)
            break;
        sent += length + 2;
        sent_files += files.count;
    }
    if (result < 0 && result != -EAGAIN) {
        warn_once(relay, -result);
        sent = relay->waiting_length;
        sent_files = relay->waiting_files;
    }
    drop(relay, sent, sent_files);
    /* A new connection in try_to_send has stopped the watcher. */
    if (relay->waiting_length > 0)
        watch_start(loop, watcher);
    else
        ev_io_stop(loop, watcher);
}

void notify_relay_init(struct notify_relay *relay, struct ev_loop *loop, struct children *children,
                       const char *address)
{
    *relay = (struct notify_relay){.loop = loop, .children = children, .address = address};
    ev_io_init(&relay->socket, on_writable, -1, EV_WRITE);
    relay->socket.data = relay;
}

void notify_relay_send(struct notify_relay *relay, const char *lines,
                       const struct relayed_files *files)
{
    size_t length = strlen(lines);
    int result;

    if (relay->address == NULL || length == 0)
        return;
    /* Keep the order: queued messages go first. */
    result = relay->waiting_length > 0 ? -EAGAIN : try_to_send(relay, lines, length, files);
    if (result == -EAGAIN)
        keep(relay, lines, length, files);
    else if (result < 0)
        warn_once(relay, -result);
}
