/*
 * server.c - the socket by which nsctl asks nsinit for things: who may come in
 */
#include "control/server.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "control/connection_private.h"
#include "linux/unix_socket.h"
#include "util/loop.h"
#include "linux/inert_fd.h"
#include "util/log.h"

/* Connections taken at once, so that the loop has its turn. */
enum { ACCEPTS_AT_ONCE = 16 };

/*
 * Connections that wait to be taken; more of them wait in connect(2). To look whose a connection is
 * takes time: a queue that a service has filled must not take long.
 */
enum { QUEUE_MAX = 64 };

/* Until a connection that could not be taken is looked at again. */
enum { PAUSE_MS = 1000 };

/* ---- the socket -------------------------------------------------------------------------- */

static bool is_socket(const char *path)
{
    struct stat status;

    return lstat(path, &status) == 0 && S_ISSOCK(status.st_mode);
}

static int bind_new(int fd, const struct sockaddr_un *address)
{
    mode_t mask = umask(0177);
    int result = bind(fd, (const struct sockaddr *)address, sizeof *address) < 0 ? -errno : 0;

    umask(mask);
    return result;
}

/* Remove a socket that nobody listens at. 0 or a negative errno: -EISCONN when somebody does. */
static int make_way(const char *path, const char **hint)
{
    bool is_ours = true;
    int fd;

    if (!is_socket(path)) {
        *hint = "it is no socket, so it stays";
        return -EADDRINUSE;
    }
    fd = socket_connect(path, SOCK_NONBLOCK);
    if (fd >= 0) {
        is_ours = socket_peer_user(fd) == geteuid();
        close(fd);
    }
    /* The socket may belong to a service, or to the pod of another user. */
    if (!is_ours)
        return -EACCES;
    /* Not even a full queue (EAGAIN) is without a listener. */
    if (fd >= 0 || fd == -EAGAIN)
        return -EISCONN;
    /* Refused is who has none. Else it may be somebody's, as a socket for datagrams. */
    if (fd != -ECONNREFUSED)
        return fd;
    return unlink(path) < 0 ? -errno : 0;
}

static int bind_to(int fd, const char *path, const char **hint)
{
    static struct sockaddr_un address;
    int result = socket_address(&address, path);

    if (result < 0) {
        *hint = "the path of a socket has at most 107 bytes";
        return result;
    }
    result = bind_new(fd, &address);
    if (result == -EROFS || result == -ENOENT || result == -EACCES)
        *hint = "--control names another place for it (a tmpfs), or 'no'";
    if (result != -EADDRINUSE)
        return result;
    result = make_way(path, hint);
    return result < 0 ? result : bind_new(fd, &address);
}

/* Or a negative errno, with a hint where there is one. */
static int open_socket(const char *path, const char **hint)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int result;

    if (fd < 0)
        return -errno;
    result = bind_to(fd, path, hint);
    if (result == 0) {
        if (listen(fd, QUEUE_MAX) == 0)
            return fd;
        result = -errno;
        (void)unlink(path);
    }
    close(fd);
    return result;
}

static void explain(struct error *error, const char *path, int result, const char *hint)
{
    errno = -result;
    (void)error_failed(error, "--control %s", path);
    if (result == -EISCONN)
        (void)error_reason(error, ERROR_USAGE, "another nsinit listens there");
    if (hint != NULL)
        error_hint(error, "%s", hint);
}

/* ---- who comes --------------------------------------------------------------------------- */

/* It is told why, if it takes it at once. */
static void refuse(int fd, const char *line)
{
    (void)send(fd, line, strlen(line), MSG_NOSIGNAL | MSG_DONTWAIT);
    close(fd);
}

/*
 * No descriptor is left, and the connection would be reported for ever: take it in the place of the
 * spare one, and turn it away. False when even that can't be.
 */
static bool refuse_by_spare(struct server *server)
{
    int fd;

    if (server->spare < 0)
        return false;
    close(server->spare);
    fd = accept4(server->listening.fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd >= 0)
        refuse(fd, "error 1 nsinit has too many open files\n");
    server->spare = inert_open();
    return fd >= 0;
}

/* Neither memory nor a descriptor: it is not looked at who waits, for a while. */
static void look_later(struct server *server)
{
    ev_io_stop(server->supervisor->loop, &server->listening);
    timer_start(server->supervisor->loop, &server->later, PAUSE_MS);
}

static void on_later(struct ev_loop *loop, struct ev_timer *watcher, int events)
{
    struct server *server = watcher->data;

    (void)events;
    if (server->spare < 0)
        server->spare = inert_open();
    watch_start(loop, &server->listening);
}

static bool has_room(const struct server *server, const struct access *access)
{
    size_t limited = 0;

    if (access->level == CONTROL_FULL)
        return true;
    for (const struct connection *connection = server->connections; connection != NULL;
         connection = connection->next)
        limited += connection->access.level != CONTROL_FULL;
    return limited < LIMITED_CONNECTIONS_MAX;
}

static void refuse_for(int fd, const struct access *access, const struct pod *pod)
{
    char line[512];
    struct strbuf text = strbuf_in(line, sizeof line);

    strbuf_add(&text, "error 1 ");
    access_explain(&text, access, pod);
    strbuf_add(&text, "\n");
    refuse(fd, line);
}

static void let_in(struct server *server, int fd)
{
    struct caller caller;
    struct access access;

    if (server->peer_count >= CONNECTIONS_MAX || caller_open(&caller, fd) < 0) {
        refuse(fd, "error 1 too many ask at once\n");
        return;
    }
    access = access_judge(&caller, server->supervisor);
    if (access.level != CONTROL_NONE && has_room(server, &access)) {
        connection_new(server, fd, &caller, &access);
        return;
    }
    caller_close(&caller);
    if (access.level == CONTROL_NONE)
        refuse_for(fd, &access, server->supervisor->pod);
    else
        refuse(fd, "error 1 too many ask at once\n");
}

static void on_connection(struct ev_loop *loop, struct ev_io *watcher, int events)
{
    struct server *server = watcher->data;

    watch_again(loop, watcher, events);
    for (int i = 0; i < ACCEPTS_AT_ONCE; i++) {
        int fd = accept4(watcher->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

        if (fd >= 0) {
            let_in(server, fd);
            continue;
        }
        if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED && !refuse_by_spare(server))
            look_later(server);
        return;
    }
}

/* ---- beginning and end ------------------------------------------------------------------- */

static int open_at(struct server *server, unsigned int place, const char **hint)
{
    int result = place_prepare(server->path, place);

    server->place = place;
    return result < 0 ? result : open_socket(server->path, hint);
}

static int open_asked(struct server *server, const char *path, struct error *error)
{
    const char *hint = NULL;
    int fd = -ENAMETOOLONG;

    if (strlen(path) < sizeof server->path) {
        strbuf_set(server->path, sizeof server->path, "%s", path);
        fd = open_at(server, 0, &hint);
    } else
        hint = "the path of a socket has at most 107 bytes";
    if (fd < 0)
        explain(error, path, fd, hint);
    return fd;
}

/*
 * At the first place that can be had, as far as no nsinit of this user's is there, which nsctl
 * would find. At the very first that is taken for the same pod's; behind it a user may have several
 * pods. Why not at the first one, is told.
 */
static int open_anywhere(struct server *server, struct error *error)
{
    for (unsigned int place = 0; place < PLACE_COUNT; place++) {
        const char *hint = NULL;
        int fd;

        if (!place_path(server->path, place))
            continue;
        fd = open_at(server, place, &hint);
        if (fd >= 0 && place > 0) {
            log_line(LOG_WARNING, "%s: %s: the control socket is %s", error->subject, error->reason,
                     server->path);
            *error = (struct error){.kind = ERROR_FAILED};
        }
        if (fd < 0 && (place == 0 || fd == -EISCONN))
            explain(error, server->path, fd, hint);
        if (place > 0)
            error->kind = ERROR_FAILED;
        if (fd >= 0 || fd == -EISCONN)
            return fd;
    }
    return -1;
}

static void remember_file(struct server *server)
{
    struct stat status;

    if (lstat(server->path, &status) == 0) {
        server->device = status.st_dev;
        server->inode = status.st_ino;
    }
}

bool server_is_at_its_path(const struct server *server)
{
    struct stat status;

    return lstat(server->path, &status) == 0 && status.st_dev == server->device &&
           status.st_ino == server->inode;
}

int server_listen_again(struct server *server)
{
    struct ev_loop *loop = server->supervisor->loop;
    struct error error = {.kind = ERROR_FAILED};
    const char *hint = NULL;
    int fd = open_at(server, server->place, &hint);

    if (fd < 0) {
        explain(&error, server->path, fd, hint);
        log_line(LOG_WARNING, "%s: the socket was removed and can't be made again: %s",
                 error.subject, error.reason);
        return -1;
    }
    log_line(LOG_WARNING, "--control %s: the socket was removed, and is made again", server->path);
    timer_stop(loop, &server->later);
    ev_io_stop(loop, &server->listening);
    close(server->listening.fd);
    watch_file(loop, &server->listening, fd, on_connection, server);
    remember_file(server);
    return 0;
}

struct server *server_open(const char *path, struct supervisor *supervisor, struct error *error)
{
    struct server *server = calloc(1, sizeof *server);
    int fd;

    if (server == NULL) {
        (void)error_failed(error, "--control: memory");
        return NULL;
    }
    fd = path != NULL ? open_asked(server, path, error) : open_anywhere(server, error);
    if (fd < 0) {
        free(server);
        return NULL;
    }
    server->supervisor = supervisor;
    server->spare = inert_open();
    remember_file(server);
    watch_file(supervisor->loop, &server->listening, fd, on_connection, server);
    timer_init(&server->later, on_later, server);
    hangup_open(server);
    socket_removal_open(server);
    return server;
}

void server_close(struct server *server)
{
    while (server->connections != NULL) {
        connection_flush(server->connections);
        connection_free(server->connections);
    }
    socket_removal_close(server);
    hangup_close(server);
    timer_stop(server->supervisor->loop, &server->later);
    ev_io_stop(server->supervisor->loop, &server->listening);
    close(server->listening.fd);
    if (server->spare >= 0)
        close(server->spare);
    if (server_is_at_its_path(server))
        (void)unlink(server->path);
    place_leave(server->path, server->place);
    free(server);
}

/* ---- what happens ------------------------------------------------------------------------ */

bool server_has_followers(const struct server *server)
{
    if (server->waiting_count == 0)
        return false;
    for (const struct connection *connection = server->connections; connection != NULL;
         connection = connection->next)
        if (connection->follows)
            return true;
    return false;
}

void server_on_event(struct server *server, const struct strbuf *event)
{
    struct connection *next;

    for (struct connection *connection = server->connections; connection != NULL;
         connection = next) {
        next = connection->next;
        if (connection->follows)
            connection_add_event(connection, event->data, event->length);
    }
}

void server_on_change(struct server *server, const struct supervised *supervised)
{
    struct connection *next;

    (void)supervised;
    if (server->waiting_count == 0)
        return;
    for (struct connection *connection = server->connections; connection != NULL;
         connection = next) {
        next = connection->next;
        if (connection->awaits != AWAITS_NOTHING)
            request_on_change(connection);
    }
}
