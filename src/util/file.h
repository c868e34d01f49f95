/*
 * file.h - a whole small file at once
 */
#ifndef NSINIT_UTIL_FILE_H
#define NSINIT_UTIL_FILE_H

#include <stddef.h>

/*
 * Read a file: 0, with its text (terminated, to be freed by the caller) in `text` and its length in
 * `length` (may be NULL), or a negative errno.
 */
int file_read(const char *path, char **text, size_t *length);

/*
 * Write the text to a file that is there, in one write, as /proc wants it: 0 or a negative errno.
 * Async-signal-safe.
 */
int file_write(const char *path, const char *text);

#endif
