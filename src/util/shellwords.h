/*
 * shellwords.h - a command's words from text
 */
#ifndef NSINIT_UTIL_SHELLWORDS_H
#define NSINIT_UTIL_SHELLWORDS_H

#include "util/error.h"
#include "util/strbuf.h"

/*
 * A JSON array of strings, the exec form of a Dockerfile: ["/app", "--check"] (RFC 8259). A
 * NULL-terminated array in one block, to be freed by the caller; NULL with errno EINVAL when it
 * is none, or has no string, or ENOMEM.
 */
char **shellwords_of_json(const char *text);

/*
 * Words as a POSIX shell splits them, and nothing else of a shell: blanks (space, tab, newline)
 * between them, single and double quotes, backslashes. What would be an expansion, a comment or an
 * operator to a shell is plain text. An array as above, which may be empty; NULL with the reason
 * filled in for a quote that is not closed or a backslash at the end (ERROR_USAGE).
 */
char **shellwords_of_shell(const char *text, struct error *error);

/*
 * The same of a command that somebody has written who may have a shell in mind: operators (&&, |,
 * ;), redirections and comments are an error where they are not quoted (ERROR_USAGE).
 */
char **shellwords_of_command(const char *text, struct error *error);

/*
 * Append a word so that shellwords_of_shell, and a shell too, gives it back: in single quotes where
 * it needs them.
 */
void shellwords_quote(struct strbuf *text, const char *word);

#endif
