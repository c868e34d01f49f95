/*
 * client_private.h - a connection to a running nsinit: one request and its answer
 */
#ifndef NSINIT_NSCTL_CLIENT_PRIVATE_H
#define NSINIT_NSCTL_CLIENT_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>

#include "nsctl/failure_private.h"
#include "protocol/protocol.h"
#include "util/strbuf.h"

/* The request is built in the buffer, and the answer read into it. The struct may not be moved. */
struct client {
    int fd;
    int received_fd; /* came with the answer, or -1; client_close closes it unless it is taken */
    int timeout_ms;  /* for each line of the answer, as for poll(2) */
    bool at_end;     /* nsinit has closed the connection */
    size_t start;    /* of what has been received and not taken */
    size_t end;
    char *line; /* taken by client_take, without its newline */
    size_t length;
    struct strbuf request;
    char buffer[PROTOCOL_REQUEST_MAX + 3];
};

enum answer {
    ANSWER_NONE,   /* no whole line has been received */
    ANSWER_DATA,   /* `line` has a line of data */
    ANSWER_OK,     /* the answer is complete */
    ANSWER_CLOSED, /* nsinit has closed the connection before the answer's end: see `failure` */
    ANSWER_FAILED  /* nsinit reports an error, or sent something unexpected: see `failure` */
};

/*
 * Connect to an nsinit that root or this user runs at `path` (NULL: at the default paths, see
 * protocol/socket_path.h), and begin a request with its verb. 0, or -1 with `failure` filled in.
 */
int client_open(struct client *client, const char *path, const char *verb, struct failure *failure);
void client_close(struct client *client);

/* Append a word to the request, quoted where it has to be. */
void client_add(struct client *client, const char *word);

/*
 * Send the request, with PROTOCOL_FILES open `files` unless they are NULL. Returns 0, or -1 with
 * `failure` filled in. A connection closed by nsinit is not a failure here: the answer may say why.
 */
int client_send(struct client *client, const int *files, struct failure *failure);

/* Connect, and send a verb with these words, NULL-terminated. */
int client_request(struct client *client, const char *path, const char *verb, char *const *words,
                   struct failure *failure);

/* Read what has arrived, without waiting. */
void client_receive(struct client *client);

/* Take the next line of what has been received. */
enum answer client_take(struct client *client, struct failure *failure);

/* Wait for the next line, and take it. Never ANSWER_NONE. */
enum answer client_next(struct client *client, struct failure *failure);

/* Print the line that was taken. 0, or -1 with `failure` filled in. */
int client_print(struct client *client, struct failure *failure);

/* The fields of a line that begins with this keyword, or NULL. */
const char *client_fields(const char *line, const char *keyword);

/* The code in a line "exit CODE" or "exit SERVICE CODE", or -1. */
int client_exit_code(const char *line);

/* Fill in that nsinit has sent this line, which nsctl does not expect. Returns -1. */
int client_unexpected(struct failure *failure, const char *line);

#endif
