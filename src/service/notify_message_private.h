/*
 * notify_message_private.h - what a service says by sd_notify(3), as text and as data
 */
#ifndef NSINIT_SERVICE_NOTIFY_MESSAGE_PRIVATE_H
#define NSINIT_SERVICE_NOTIFY_MESSAGE_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/strbuf.h"

/* systemd's own bound; what is longer is no notice. */
enum { NOTIFY_MESSAGE_SIZE = 4096 };

struct notify_message {
    bool ready;
    bool stopping;
    bool reloading;
    bool keep_alive;    /* WATCHDOG=1 */
    bool trigger;       /* WATCHDOG=trigger */
    bool barrier;       /* BARRIER=1: its file is to be closed when all before it is dealt with */
    const char *status; /* NULL: not said */
    uint64_t monotonic_usec; /* when the reloading began; 0: not said */
    uint64_t extend_usec;    /* EXTEND_TIMEOUT_USEC; 0: not said */
    uint64_t watchdog_usec;  /* WATCHDOG_USEC: another watchdog time; 0: not said */
    uint64_t main_pid;       /* MAINPID: another process is the main one; 0: not said */
    bool stores_files;       /* FDSTORE=1: its files are for nsinit's own supervisor */
    const char *lines;       /* all of them, each with a NUL behind */
    size_t length;           /* of the lines, without the last NUL */
};

/*
 * Read a datagram of `length` bytes in a buffer of at least `length` + 1, which is changed, and
 * into which the notice points. Unknown fields are passed over, and so is a value that is none
 * or no UTF-8. False when it is no notice at all: empty, or with a NUL byte inside.
 */
bool notify_message_parse(struct notify_message *notice, char *datagram, size_t length);

/*
 * The notice as nsinit's own supervisor is to hear it: nothing about processes inside. What nsinit
 * itself has no use for (FDSTORE and its kin, ERRNO, BUSERROR, X_ fields) is relayed as it came.
 * Nothing is appended where nothing is to be said. NOTIFY_MESSAGE_SIZE + 1 bytes hold all but, at
 * most, the last line's end.
 */
void notify_message_relay(const struct notify_message *notice, struct strbuf *text);

#endif
