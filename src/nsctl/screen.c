/*
 * screen.c - printing to stdout, which may be a terminal
 */
#include "nsctl/screen_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "linux/ioctl.h"

/* https://no-color.org */
bool screen_wants_colour(void)
{
    const char *no_colour = getenv("NO_COLOR");
    const char *terminal = getenv("TERM");

    return (no_colour == NULL || no_colour[0] == '\0') &&
           (terminal == NULL || strcmp(terminal, "dumb") != 0) && isatty(STDOUT_FILENO);
}

size_t screen_width(void)
{
    struct winsize size;

    return ioctl_ask(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

int screen_print(screen_add *add, const void *context)
{
    bool fits = false;
    int result = 0;

    for (size_t size = 16UL * 1024; result == 0 && !fits; size *= 2) {
        char *buffer = malloc(size);
        struct strbuf text;

        if (buffer == NULL)
            return -ENOMEM;
        text = strbuf_in(buffer, size);
        result = add(&text, context);
        fits = text.length < size - 1;
        if (result == 0 && fits)
            result = strbuf_write(&text, STDOUT_FILENO);
        free(buffer);
    }
    return result;
}
