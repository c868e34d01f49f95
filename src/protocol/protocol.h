/*
 * protocol.h - the messages of nsinit and nsctl on the control socket: nsctl(1), section PROTOCOL
 */
#ifndef NSINIT_PROTOCOL_PROTOCOL_H
#define NSINIT_PROTOCOL_PROTOCOL_H

enum {
    PROTOCOL_REQUEST_MAX = 64 * 1024, /* bytes in a request, its newline included */
    PROTOCOL_FILES = 3                /* descriptors that exec passes: stdin, stdout, stderr */
};

/* Separates the fields of a line of data. */
#define PROTOCOL_SEPARATOR "\t"

/* The last line of an answer: "ok", or "error EXITCODE MESSAGE". */
#define PROTOCOL_OK "ok"
#define PROTOCOL_ERROR "error"

/* The first field of a line of data. */
#define PROTOCOL_SERVICE "service" /* status: the other fields of enum status_field follow */
#define PROTOCOL_EXIT "exit"       /* the service and its exit code follow: wait, exec */
#define PROTOCOL_STARTED "started" /* the PID of the command follows: exec */

/* The line that a client may send while its command runs: "signal NAME". */
#define PROTOCOL_SIGNAL "signal"

/* Words of requests. */
#define PROTOCOL_JSON "--json" /* status, events: answer with JSON objects */
#define PROTOCOL_TTY "tty"     /* exec: a terminal among the files becomes the controlling one */
#define PROTOCOL_PTY "pty"     /* exec: as tty, with a pseudo-terminal that nsinit may replace */

/* The fields of a service's line, in this order. A field without a value is "-". */
enum status_field {
    STATUS_KEYWORD,
    STATUS_NAME,
    STATUS_STATE,
    STATUS_PID,
    STATUS_RESTARTS,
    STATUS_SINCE, /* milliseconds since the last change of state */
    STATUS_READY,
    STATUS_HEALTH,
    STATUS_EXIT,
    STATUS_NAMESPACES, /* pid=own,net=pod */
    STATUS_PIDS,       /* from the outermost PID namespace to the innermost; optional */
    STATUS_FIELDS
};

#endif
