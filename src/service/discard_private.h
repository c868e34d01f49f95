/*
 * discard_private.h - close files that a service has sent
 * The last close(2) of a file may block: on a TCP socket with SO_LINGER as long as the sender has
 * chosen, on a FUSE file as long as the file system likes. So a separate process, which shares
 * nsinit's descriptors, closes the files.
 */
#ifndef NSINIT_SERVICE_DISCARD_PRIVATE_H
#define NSINIT_SERVICE_DISCARD_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>

#include "service/children.h"

/*
 * Close the files without waiting. True: a child process closes them, and `on_end` is called with
 * `owner` at its end. False: they are closed already.
 */
bool discard_files(struct children *children, const int *files, size_t count, child_ended *on_end,
                   void *owner);

#endif
