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

#endif
