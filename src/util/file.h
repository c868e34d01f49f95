/*
 * file.h - read or write a whole small file
 */
#ifndef NSINIT_UTIL_FILE_H
#define NSINIT_UTIL_FILE_H

#include <stddef.h>
#include <sys/types.h>

#include "util/error.h"

/* The largest file that is read: of nsinit's own, and of a service's. */
enum { FILE_MAX = 64 * 1024 * 1024, FILE_REGULAR_MAX = 16 * 1024 * 1024 };

/*
 * Read a file into `text`, terminated, which the caller frees, and its length into `length` (may be
 * NULL). 0, or a negative errno: -EFBIG for more than FILE_MAX bytes. This waits for a FIFO's
 * writer.
 */
int file_read(const char *path, char **text, size_t *length);

/*
 * Read a file that a service may have made, and never block on it. -EMEDIUMTYPE unless the file is
 * regular, -EFBIG for more than FILE_REGULAR_MAX bytes. file_explain fills in the reason for these
 * results, and returns -1.
 */
int file_read_regular(const char *path, char **text, size_t *length);
int file_explain(const char *path, int result, struct error *error);

/*
 * Write a text to an existing file in one write(2), as files of /proc need it. 0 or a negative
 * errno; the second one takes a path below a directory. Async-signal-safe.
 */
int file_write(const char *path, const char *text);
int file_write_at(int directory, const char *path, const char *text);

/*
 * Change the owner of a pipe of the calling user, and its group (-1: no change), so that the new
 * owner can open /dev/stdout, as nginx does in images. Files, terminals, sockets and devices keep
 * their owner. Async-signal-safe.
 */
void file_give_pipe(int fd, uid_t user, gid_t group);

#endif
