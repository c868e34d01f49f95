/*
 * file.h - a whole small file at once
 */
#ifndef NSINIT_UTIL_FILE_H
#define NSINIT_UTIL_FILE_H

#include <stddef.h>
#include <sys/types.h>

#include "util/error.h"

/* More than this is never read: of any file, and of one that others may have made. */
enum { FILE_MAX = 64 * 1024 * 1024, FILE_REGULAR_MAX = 16 * 1024 * 1024 };

/*
 * Read a file: 0, with its text (terminated, to be freed by the caller) in `text` and its length in
 * `length` (may be NULL), or a negative errno: -EFBIG for one of more than FILE_MAX bytes. A FIFO
 * is waited for.
 */
int file_read(const char *path, char **text, size_t *length);

/*
 * The same with a file that others may have made, as one of a service's tree: it is never waited
 * for. -EMEDIUMTYPE unless it is a regular file, -EFBIG for one of more than FILE_REGULAR_MAX
 * bytes. file_explain fills in the reason for a failure; it returns -1.
 */
int file_read_regular(const char *path, char **text, size_t *length);
int file_explain(const char *path, int result, struct error *error);

/*
 * Write the text to a file that is there, in one write, as /proc wants it: 0 or a negative errno.
 * Async-signal-safe.
 */
int file_write(const char *path, const char *text);

/*
 * Give a pipe that belongs to the caller's user to another one, and to a group (-1: its own), who
 * may then open it anew by /dev/stdout: nginx's logs in images. A file, a terminal, a socket or a
 * device stays what it is. Async-signal-safe.
 */
void file_give_pipe(int fd, uid_t user, gid_t group);

#endif
