/*
 * shellwords.h - POSIX shell word splitting and quoting
 */
#ifndef NSINIT_UTIL_SHELLWORDS_H
#define NSINIT_UTIL_SHELLWORDS_H

#include "util/error.h"
#include "util/strbuf.h"

/*
 * Split a text into words as a POSIX shell does: blanks (space, tab, newline) between words, single
 * and double quotes, backslashes. Expansions, comments and operators are plain text. Returns a
 * NULL-terminated array in one block, which the caller frees and which may be empty; or NULL with
 * the reason filled in, for a quote that is not closed or a backslash at the end (ERROR_USAGE).
 */
char **shellwords_of_shell(const char *text, struct error *error);

/*
 * Split a command that no shell will run. Its author may have a shell in mind, so operators (&&, |,
 * ;), redirections and comments that are not quoted are an error, too (ERROR_USAGE).
 */
char **shellwords_of_command(const char *text, struct error *error);

/* Append a word, in single quotes where a shell or shellwords_of_shell would change it. */
void shellwords_quote(struct strbuf *text, const char *word);

#endif
