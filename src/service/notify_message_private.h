/*
 * notify_message_private.h - parse and write messages of sd_notify(3)
 */
#ifndef NSINIT_SERVICE_NOTIFY_MESSAGE_PRIVATE_H
#define NSINIT_SERVICE_NOTIFY_MESSAGE_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/strbuf.h"

/* systemd's limit, too: a longer message is invalid. */
enum { NOTIFY_MESSAGE_SIZE = 4096 };

struct notify_message {
    bool ready;
    bool stopping;
    bool reloading;
    bool keep_alive;         /* WATCHDOG=1 */
    bool trigger;            /* WATCHDOG=trigger */
    bool barrier;            /* BARRIER=1: close its file after all earlier messages are handled */
    const char *status;      /* NULL: absent */
    uint64_t monotonic_usec; /* when the reload began; 0: absent */
    uint64_t extend_usec;    /* EXTEND_TIMEOUT_USEC; 0: absent */
    uint64_t watchdog_usec;  /* WATCHDOG_USEC: another watchdog time; 0: absent */
    uint64_t main_pid;       /* MAINPID: another main process; 0: absent */
    bool stores_files;       /* FDSTORE=1: its files are for nsinit's own manager */
    const char *lines;       /* all lines, each with a NUL behind */
    size_t length;           /* of the lines, without the last NUL */
};

/*
 * Parse a datagram of `length` bytes in a buffer of at least `length` + 1 bytes, which is changed
 * and which the result points into. Unknown fields, invalid numbers and text that is not UTF-8 are
 * skipped. False if the datagram is empty or has a NUL byte inside.
 */
bool notify_message_parse(struct notify_message *notice, char *datagram, size_t length);

/*
 * Append the message for nsinit's own manager, without fields about processes inside. Fields that
 * nsinit does not use (FDSTORE and the like, ERRNO, BUSERROR, X_) are relayed unchanged. Appends
 * nothing if no field is left. NOTIFY_MESSAGE_SIZE + 1 bytes hold all but, at most, the end of the
 * last line.
 */
void notify_message_relay(const struct notify_message *notice, struct strbuf *text);

#endif
