/*
 * client_private.h - one request to a running nsinit over its control socket, and the answer to it
 * The protocol is described in nsctl(1).
 */
#ifndef NSINIT_NSCTL_CLIENT_PRIVATE_H
#define NSINIT_NSCTL_CLIENT_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>

#include "protocol/protocol.h"
#include "util/error.h"
#include "util/strbuf.h"

enum {
    EXIT_UNREACHABLE = 125 /* nsinit can't be reached, or nsctl was misused */
};

/* Why a verb failed, and what nsctl exits with for it. */
struct failure {
    struct error error;
    int exit_code;
};

/* Because of what has been tried: 0 for a `result` of 0, or -1 for a negative errno. */
int failure_of(struct failure *failure, int result, const char *subject);

/* Because of something else. Returns -1. */
int failure_say(struct failure *failure, const char *subject, const char *reason);

/* The request is built, and the answer read, in one buffer. The struct may not be moved. */
struct client {
    int fd;
    int file;        /* that came with the answer, or -1: whose it is may be changed */
    int patience_ms; /* for each line of an answer, as for poll(2) */
    bool has_ended;  /* nothing more will come */
    size_t start;    /* of what has come and was not taken yet */
    size_t end;
    char *line; /* what client_take has taken, without its newline */
    size_t length;
    struct strbuf request;
    char buffer[PROTOCOL_REQUEST_MAX + 3];
};

enum answer {
    ANSWER_NONE,    /* no whole line has come yet */
    ANSWER_DATA,    /* a line of data, in `line` */
    ANSWER_OK,      /* all has come */
    ANSWER_HUNG_UP, /* the connection has ended before: `failure` says so */
    ANSWER_FAILED   /* nsinit says why not, or what it says makes no sense: see `failure` */
};

/*
 * Connect to a nsinit of root's or of this user's at the path (NULL: where it is by default, see
 * protocol/socket_places.h), and begin a request by its verb. 0, or -1 with `failure` filled in.
 */
int client_open(struct client *client, const char *path, const char *verb, struct failure *failure);
void client_close(struct client *client);

/* Append a word to the request, quoted where it has to be. */
void client_add(struct client *client, const char *word);

/*
 * Send the request, with PROTOCOL_FILES open `files` if they are not NULL. 0, or -1 with
 * `failure` filled in. Who has hung up already may have said why: that is told by the answer.
 */
int client_send(struct client *client, const int *files, struct failure *failure);

/* Open, add the words, and send. */
int client_ask(struct client *client, const char *path, const char *verb, char *const *words,
               struct failure *failure);

/* Read what there is, without waiting. */
void client_receive(struct client *client);

/* Take one line of what has been read. */
enum answer client_take(struct client *client, struct failure *failure);

/* Wait for one line, and take it: never ANSWER_NONE. */
enum answer client_next(struct client *client, struct failure *failure);

/* Print the line that was taken. 0, or -1 with `failure` filled in. */
int client_print(struct client *client, struct failure *failure);

/* The code in the line "exit CODE" or "exit SERVICE CODE", or -1. */
int client_exit_code(const char *line);

/* What has come can't be an answer of nsinit's. Returns -1. */
int client_complain(struct failure *failure, const char *line);

#endif
