/*
 * option_texts_private.h - the manual's text for each option, from doc/man/options.man
 */
#ifndef NSINIT_TOOLS_OPTION_TEXTS_PRIVATE_H
#define NSINIT_TOOLS_OPTION_TEXTS_PRIVATE_H

#include <stdbool.h>

/*
 * Read the file. False, with a line on stderr for each mistake, when it can't be read, an option
 * has no text, or a text no option.
 */
bool option_texts_read(const char *path);

/* Print an option's text to stdout, with a newline at its end. */
void option_text_print(const char *name);

#endif
