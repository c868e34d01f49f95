/*
 * connection_private.h - a client at the control socket: its request, its answer. Private to
 * src/control.
 */
#ifndef NSINIT_CONTROL_CONNECTION_PRIVATE_H
#define NSINIT_CONTROL_CONNECTION_PRIVATE_H

#include <ev.h>
#include <stdbool.h>
#include <stddef.h>

#include "control/access_private.h"
#include "protocol/socket_places.h"
#include "control/server.h"
#include "util/loop.h"
#include "util/strbuf.h"

enum {
    REQUEST_MAX = 64 * 1024,
    ANSWER_MAX = 4 * 1024 * 1024,
    CONNECTIONS_MAX = 128,
    CONNECTION_FILES = 3
};

/* Of peers that may not ask for all, so that they leave room for those that may. */
enum { LIMITED_CONNECTIONS_MAX = 32 };

/* Of events, for a peer that follows them but does not take them; and as far as nsctl(1) says. */
enum { EVENTS_MAX = 64 * 1024 };

/* What a peer waits for to be answered. */
enum awaited {
    AWAITS_NOTHING,
    AWAITS_SETUP,   /* its service is being set up: then its request is carried out */
    AWAITS_RUNNING, /* each of its services runs, or can't */
    AWAITS_DOWN,    /* each has ended for good */
    AWAITS_CODE     /* the same, and how is to be told */
};

/* What is asked for most is in front. */
struct connection {
    struct server *server;
    struct connection *next;
    struct exec_session *session; /* what it has executed, or NULL */
    struct caller caller;         /* who it is, until it has asked */
    struct access access;         /* the least that it has had up to now */
    size_t request_length;
    size_t scanned; /* of the request, for its end */
    char *answer;   /* what it has not taken yet; owned */
    size_t answer_length;
    size_t answer_room;
    struct supervised **services; /* that it waits for; owned */
    size_t service_count;
    char **words;                /* of a request that is carried out later; owned */
    int early_signal;            /* that came for its command before that; 0: none */
    unsigned long missed;        /* events that it was not told of, as it takes none */
    int files[CONNECTION_FILES]; /* that came with the request, or -1 */
    int reply_fd;                /* a file that goes with what comes next of the answer, or -1 */
    enum awaited awaits;
    char quote;       /* that is open in the request so far, or NUL */
    bool has_asked;   /* its request is there */
    bool is_answered; /* it is to be closed when it has taken all */
    bool is_silent;   /* it has shut down its side: see hangup.c */
    bool follows;     /* events */
    struct ev_io readable;
    struct ev_io writable;
    struct timer deadline; /* until its request must have come, or its answer be taken */
    char request[];        /* REQUEST_MAX and a NUL */
};

struct server {
    char path[PLACE_SIZE];
    unsigned int place; /* its number in protocol/socket_places.h */
    struct supervisor *supervisor;
    struct connection *connections;
    size_t peer_count;
    size_t waiting_count; /* of peers that wait or follow */
    int spare;            /* a descriptor to give up when there are no more: see server.c */
    dev_t device;         /* of the socket's file, so that no other's is removed */
    ino_t inode;
    struct ev_io listening;
    struct timer later;   /* until it is listened again, where that can not be done now */
    struct ev_io hangups; /* of those that are silent */
    struct ev_io removal; /* of the socket's file */
    struct timer look;    /* whether it is there */
};

/* For a new connection and its caller, which are closed when there is no memory. */
void connection_new(struct server *server, int fd, struct caller *caller,
                    const struct access *access);
void connection_free(struct connection *connection);

/* The last chance to take what there is for it. */
void connection_flush(const struct connection *connection);

/* The files that came with the request are in other hands, or wanted no more. */
void connection_close_files(struct connection *connection);

/* Add to the answer. A peer that does not take it is dropped in the end. */
void connection_add(struct connection *connection, const char *text, size_t length);
void connection_add_event(struct connection *connection, const char *line, size_t length);

/* The same of a line, a word and a number. */
void connection_tell(struct connection *connection, const char *word, int number);

/* The answer is complete: its last line is "ok", or "error", nsctl's exit code and the reason. */
void connection_finish(struct connection *connection, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* hangup.c: free the peer, which is silent, when it has gone. False when that can't be. */
void hangup_open(struct server *server);
bool hangup_watch(struct connection *connection);
void hangup_forget(struct connection *connection);
void hangup_close(struct server *server);

/* socket_removal.c: make the socket's file again when it is removed. */
void socket_removal_open(struct server *server);
void socket_removal_close(struct server *server);

/* server.c, for that: whether it is where it was made; and make it again, or -1. */
bool server_is_at_its_path(const struct server *server);
int server_listen_again(struct server *server);

/* options/arena.c: carry out a request, which is complete and terminated. */
void request_carry_out(struct connection *connection, char *request);

/* A service has changed: answer who has waited for that. */
void request_on_change(struct connection *connection);

/* What the first terminal among a job's files is. */
enum terminal_kind {
    TERMINAL_NONE,    /* there is none */
    TERMINAL_LENT,    /* a terminal, to be the job's */
    TERMINAL_REPLACED /* the same, unless its service can have one of its own devpts */
};

/* exec_session.c: execute a command in a service's place for the peer. */
void exec_session_start(struct connection *connection, struct supervised *host, char **words,
                        enum terminal_kind kind);
void exec_session_hear(struct connection *connection, const char *line);
void exec_session_leave(struct connection *connection);

#endif
