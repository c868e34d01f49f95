/*
 * words.h - a command's words from text
 */
#ifndef NSINIT_UTIL_WORDS_H
#define NSINIT_UTIL_WORDS_H

/*
 * A JSON array of strings, the exec form of a Dockerfile: ["/app", "--check"] (RFC 8259). A
 * NULL-terminated array in one block, to be freed by the caller; NULL with errno EINVAL when it
 * is none, or has no string, or ENOMEM.
 */
char **words_of_json(const char *text);

#endif
