/*
 * server.c - listen at the control socket and accept clients
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

/* Connections accepted in one turn of the loop. */
enum { ACCEPTS_PER_TURN = 16 };

/*
 * Connections in the listen(2) queue; further clients wait in connect(2). Finding out a client's
 * service takes time: a queue that a service has filled must not keep nsinit busy.
 */
enum { QUEUE_MAX = 64 };

/* How long nsinit stops accepting when it lacks memory or descriptors. */
enum { ACCEPT_PAUSE_MS = 1000 };

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

/* Remove a socket without a listener. 0 or a negative errno: -EISCONN when there is a listener. */
static int remove_stale(const char *path, const char **hint)
{
    bool is_ours = true;
    int fd;

    if (!is_socket(path)) {
        *hint = "the file is not a socket; remove it, or choose another path";
        return -EADDRINUSE;
    }
    fd = socket_connect(path, SOCK_NONBLOCK);
    if (fd >= 0) {
        is_ours = socket_peer_user(fd) == geteuid();
        close(fd);
    }
    /* A service, or the pod of another user, may listen there. */
    if (!is_ours)
        return -EACCES;
    /* EAGAIN: the listener's queue is full. */
    if (fd >= 0 || fd == -EAGAIN)
        return -EISCONN;
    /* With any other error the socket may still be in use, e.g. for datagrams. */
    if (fd != -ECONNREFUSED)
        return fd;
    return unlink(path) < 0 ? -errno : 0;
}

static int bind_to(int fd, const char *path, const char **hint)
{
    struct sockaddr_un address;
    int result = socket_address(&address, path);

    if (result < 0) {
        *hint = "use a path of at most 107 bytes";
        return result;
    }
    result = bind_new(fd, &address);
    if (result == -EROFS || result == -ENOENT || result == -EACCES)
        *hint = "choose another path by --control PATH, e.g. on a tmpfs, or use --control=no";
    if (result != -EADDRINUSE)
        return result;
    result = remove_stale(path, hint);
    return result < 0 ? result : bind_new(fd, &address);
}

/* Returns a listening socket, or a negative errno and possibly a `hint`. */
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

static void fill_error(struct error *error, const char *path, int result, const char *hint)
{
    errno = -result;
    (void)error_failed(error, "--control %s", path);
    if (result == -EISCONN)
        (void)error_reason(error, ERROR_USAGE, "another nsinit listens there");
    if (hint != NULL)
        error_hint(error, "%s", hint);
}

/* ---- clients ----------------------------------------------------------------------------- */

/* Send the reason, without waiting for the client to read it. */
static void refuse(int fd, const char *line)
{
    (void)send(fd, line, strlen(line), MSG_NOSIGNAL | MSG_DONTWAIT);
    close(fd);
}

/*
 * Without a free descriptor, a connection in the queue would wake the loop forever: accept it on
 * the spare descriptor, and refuse it. False if even that fails.
 */
static bool refuse_by_spare(struct server *server)
{
    int fd;

    if (server->spare_fd < 0)
        return false;
    close(server->spare_fd);
    fd = accept4(server->listening.fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd >= 0)
        refuse(fd, PROTOCOL_ERROR " 1 nsinit has too many open files\n");
    server->spare_fd = inert_open();
    return fd >= 0;
}

static void pause_accepting(struct server *server)
{
    ev_io_stop(server->supervisor->common.loop, &server->listening);
    timer_start(server->supervisor->common.loop, &server->accept_pause, ACCEPT_PAUSE_MS);
}

static void on_accept_pause_over(struct ev_loop *loop, struct ev_timer *watcher, int events)
{
    struct server *server = watcher->data;

    (void)events;
    if (server->spare_fd < 0)
        server->spare_fd = inert_open();
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

static void refuse_access(int fd, const struct access *access, const struct pod *pod)
{
    char line[512];
    struct strbuf text = strbuf_in(line, sizeof line);

    strbuf_add(&text, PROTOCOL_ERROR " 1 ");
    access_explain(&text, access, pod);
    strbuf_add(&text, "\n");
    refuse(fd, line);
}

static void admit(struct server *server, int fd)
{
    struct caller caller;
    struct access access;

    if (server->connection_count >= CONNECTIONS_MAX || caller_open(&caller, fd) < 0) {
        refuse(fd, PROTOCOL_ERROR " 1 too many connections\n");
        return;
    }
    access = access_judge(&caller, server->supervisor);
    if (access.level != CONTROL_NONE && has_room(server, &access)) {
        connection_new(server, fd, &caller, &access);
        return;
    }
    caller_close(&caller);
    if (access.level == CONTROL_NONE)
        refuse_access(fd, &access, server->supervisor->common.pod);
    else
        refuse(fd, PROTOCOL_ERROR " 1 too many connections\n");
}

static void on_connection(struct ev_loop *loop, struct ev_io *watcher, int events)
{
    struct server *server = watcher->data;

    watch_again(loop, watcher, events);
    for (int i = 0; i < ACCEPTS_PER_TURN; i++) {
        int fd = accept4(watcher->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

        if (fd >= 0) {
            admit(server, fd);
            continue;
        }
        if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED && !refuse_by_spare(server))
            pause_accepting(server);
        return;
    }
}

/* ---- open and close ---------------------------------------------------------------------- */

static int open_at(struct server *server, unsigned int place, const char **hint)
{
    int result = socket_path_prepare(server->path, place);

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
        hint = "use a path of at most 107 bytes";
    if (fd < 0)
        fill_error(error, path, fd, hint);
    return fd;
}

/*
 * Listen at the first usable place. Stop the search at a place where another nsinit of this user
 * listens, since nsctl would find that nsinit. At the first place it probably runs this pod already
 * (ERROR_USAGE); at the others the user may run several pods. Warn if the first place could not be
 * used.
 */
static int open_anywhere(struct server *server, struct error *error)
{
    for (unsigned int place = 0; place < SOCKET_PATH_COUNT; place++) {
        const char *hint = NULL;
        int fd;

        if (!socket_path_default(server->path, place))
            continue;
        fd = open_at(server, place, &hint);
        if (fd >= 0 && place > 0) {
            log_line(LOG_WARNING, "%s: %s: using %s instead", error->subject, error->reason,
                     server->path);
            *error = (struct error){.kind = ERROR_FAILED};
        }
        if (fd < 0 && (place == 0 || fd == -EISCONN))
            fill_error(error, server->path, fd, hint);
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
    struct ev_loop *loop = server->supervisor->common.loop;
    struct error error = {.kind = ERROR_FAILED};
    const char *hint = NULL;
    int fd = open_at(server, server->place, &hint);

    if (fd < 0) {
        fill_error(&error, server->path, fd, hint);
        log_line(LOG_WARNING, "%s: create the socket again after its removal: %s", error.subject,
                 error.reason);
        return -1;
    }
    log_line(LOG_WARNING, "--control %s: created the socket again after its removal", server->path);
    timer_stop(loop, &server->accept_pause);
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
        (void)error_failed(error, "--control: allocate memory");
        return NULL;
    }
    fd = path != NULL ? open_asked(server, path, error) : open_anywhere(server, error);
    if (fd < 0) {
        free(server);
        return NULL;
    }
    server->supervisor = supervisor;
    server->spare_fd = inert_open();
    remember_file(server);
    watch_file(supervisor->common.loop, &server->listening, fd, on_connection, server);
    timer_init(&server->accept_pause, on_accept_pause_over, server);
    hangup_open(server, connection_free);
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
    timer_stop(server->supervisor->common.loop, &server->accept_pause);
    ev_io_stop(server->supervisor->common.loop, &server->listening);
    close(server->listening.fd);
    if (server->spare_fd >= 0)
        close(server->spare_fd);
    if (server_is_at_its_path(server))
        (void)unlink(server->path);
    socket_path_remove(server->path, server->place);
    free(server);
}

/* ---- events and changes ------------------------------------------------------------------ */

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
            answer_add_event(connection, event->data, event->length);
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
        connection_on_change(connection);
    }
}
