/*
 * discard_private.h - close files that a service has sent
 * Whoever closes a file for the last time may have to wait: close(2) of a TCP socket with SO_LINGER
 * takes as long as its sender has chosen, and that of a file of a FUSE file system as long as that
 * takes. So a process of its own closes them, which shares nsinit's descriptors.
 */
#ifndef NSINIT_SERVICE_DISCARD_PRIVATE_H
#define NSINIT_SERVICE_DISCARD_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>

#include "service/children.h"

/*
 * Close them without waiting. True: a process does, whose end `on_end` is told with `owner`; false:
 * they are closed.
 */
bool discard_files(struct children *children, const int *files, size_t count, child_ended *on_end,
                   void *owner);

#endif
