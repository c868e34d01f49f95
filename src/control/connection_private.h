/*
 * connection_private.h - a client's connection to the control socket. Private to src/control.
 * Calls go down: server.c, connection.c, request.c, exec_session.c, answer.c.
 */
#ifndef NSINIT_CONTROL_CONNECTION_PRIVATE_H
#define NSINIT_CONTROL_CONNECTION_PRIVATE_H

#include <ev.h>
#include <stdbool.h>
#include <stddef.h>

#include "control/access_private.h"
#include "protocol/socket_path.h"
#include "control/server.h"
#include "protocol/protocol.h"
#include "util/loop.h"
#include "util/strbuf.h"

enum {
    ANSWER_MAX = 4 * 1024 * 1024,
    EVENTS_MAX = 64 * 1024, /* of unread events, as documented in nsctl(1) */
    CONNECTIONS_MAX = 128,
    LIMITED_CONNECTIONS_MAX = 32, /* of clients without full access: the others keep room */
};

/* How long a client may take to send its request, and to read its answer. */
enum { CLIENT_TIMEOUT_MS = 10 * 1000 };

/* What a client waits for before its request is answered. */
enum wait_kind {
    WAIT_NONE,
    WAIT_SETUP,    /* its service is being set up: the request is carried out afterwards */
    WAIT_RUNNING,  /* each of its services runs, or cannot */
    WAIT_DOWN,     /* each has ended for good */
    WAIT_EXIT_CODE /* as WAIT_DOWN, and the exit codes are sent */
};

struct connection {
    struct server *server;
    struct connection *next;
    struct ev_io readable;
    struct ev_io writable;
    struct timer deadline; /* CLIENT_TIMEOUT_MS */

    struct caller caller; /* closed when the request has come */
    struct access access; /* the least access that the caller has had so far */

    size_t request_length;
    size_t scanned;            /* bytes of the request searched for its end */
    char quote;                /* the quote that is open there, or NUL */
    bool has_request;          /* the request is complete */
    bool is_silent;            /* the client has shut down its side: see hangup.c */
    int files[PROTOCOL_FILES]; /* sent with the request; -1: none */

    char *answer; /* the part that the client has not read yet; owned */
    size_t answer_length;
    size_t answer_capacity;
    int reply_fd;         /* is sent along with the next bytes of the answer; -1: none */
    bool is_answered;     /* closed as soon as the client has read all */
    bool follows;         /* events */
    unsigned long missed; /* events dropped while the client did not read */

    enum wait_kind waits_for;
    struct supervised **services; /* the services it waits for; owned */
    size_t service_count;
    char **words;                 /* of the request, with WAIT_SETUP; owned */
    struct exec_session *session; /* its command, or NULL */
    int early_signal;             /* arrived for the command before it ran; 0: none */

    char request[]; /* PROTOCOL_REQUEST_MAX and a NUL */
};

struct server {
    char path[SOCKET_PATH_SIZE];
    unsigned int place; /* its number in protocol/socket_path.h */
    struct supervisor *supervisor;
    struct connection *connections;
    size_t connection_count;
    size_t waiting_count; /* of connections that wait or follow */
    int spare_fd;         /* closed when no other descriptor is left: see server.c */
    dev_t device;         /* of the socket's file, so that nsinit removes no other file */
    ino_t inode;
    struct ev_io listening;
    struct timer accept_pause;
    struct ev_io hangups;                             /* an epoll of the silent connections */
    void (*on_hangup)(struct connection *connection); /* see hangup.c */
    struct ev_io removal;                             /* the inotify of the socket's file */
    struct timer removal_check;                       /* until nsinit looks for the file */
};

/* ---- connection.c ------------------------------------------------------------------------ */

/*
 * Serve a new client. Takes over `fd` and `caller`, and closes them without memory for the client.
 */
void connection_new(struct server *server, int fd, struct caller *caller,
                    const struct access *access);
void connection_free(struct connection *connection);

/* Send as much of the answer as fits, before the connection is freed. */
void connection_flush(const struct connection *connection);

/* A service has changed: carry out or answer the request that waits for that. */
void connection_on_change(struct connection *connection);

/* ---- request.c --------------------------------------------------------------------------- */

/* Carry out a complete request, which ends with a NUL. */
void request_carry_out(struct connection *connection, char *request);
void request_on_change(struct connection *connection);

/* ---- exec_session.c ---------------------------------------------------------------------- */

/* Which terminal a command gets; that is the first terminal among the client's files. */
enum terminal_kind {
    TERMINAL_NONE,
    TERMINAL_LENT,    /* the client's terminal */
    TERMINAL_REPLACED /* a terminal of the service's own devpts, or else the client's */
};

/* Execute a command in the service's namespaces; its exit code is the answer. */
void exec_session_start(struct connection *connection, struct supervised *target, char **words,
                        enum terminal_kind kind);

/* A line has come from the client: "signal NAME". Other lines are ignored. */
void exec_session_on_line(struct connection *connection, const char *line);

/* The client has gone: hang up on the command, and kill it later. */
void exec_session_on_hangup(struct connection *connection);

/* ---- answer.c ---------------------------------------------------------------------------- */

/*
 * Append to the answer, which is sent by the loop: a connection is never freed by these functions.
 * A client that lets ANSWER_MAX bytes pile up is disconnected.
 */
void answer_add(struct connection *connection, const char *text, size_t length);

/* Append a line of the word and the number. */
void answer_add_number(struct connection *connection, const char *word, int number);

/* Append an event, or count it as missed until the client has read all before it. */
void answer_add_event(struct connection *connection, const char *line, size_t length);

/* Append the event "missed", and begin to count anew. */
void answer_add_missed(struct connection *connection);

/* End the answer with the line "ok", or with "error", nsctl's exit code and the reason. */
void answer_ok(struct connection *connection);
void answer_error(struct connection *connection, int exit_code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* ---- hangup.c ---------------------------------------------------------------------------- */

/* Call `on_hangup` for a silent connection when its client has gone. */
void hangup_open(struct server *server, void (*on_hangup)(struct connection *connection));
void hangup_close(struct server *server);

/* False when the connection cannot be watched, as its client has gone already. */
bool hangup_watch(struct connection *connection);
void hangup_unwatch(struct connection *connection);

/* ---- socket_removal.c -------------------------------------------------------------------- */

/* Watch the socket's file. `server` makes it again when it is removed. */
void socket_removal_open(struct server *server);
void socket_removal_close(struct server *server);

/* ---- server.c, for socket_removal.c ------------------------------------------------------ */

bool server_is_at_its_path(const struct server *server);

/* Make the socket again at its path. Returns 0, or -1 after logging the failure. */
int server_listen_again(struct server *server);

#endif
