/*
 * screen.c - what may be shown where stdout goes
 */
#include "control/screen.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <unistd.h>

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

    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

/* As locale(7) has it: the first of them that is not empty counts. */
bool screen_is_utf8(void)
{
    static const char *const variables[] = {"LC_ALL", "LC_CTYPE", "LANG"};

    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++) {
        const char *value = getenv(variables[i]);
        const char *point = value != NULL ? strchr(value, '.') : NULL;

        if (value != NULL && value[0] != '\0')
            return point != NULL &&
                   (strncasecmp(point, ".UTF-8", 6) == 0 || strncasecmp(point, ".UTF8", 5) == 0);
    }
    return false;
}
