/*
 * mountinfo.c - mount points in /proc/self/mountinfo: proc_pid_mountinfo(5)
 */
#include "linux/mountinfo.h"

#include <string.h>

void mountinfo_unescape(char *text)
{
    char *to = text;

    for (const char *from = text; *from != '\0'; to++) {
        if (from[0] == '\\' && strspn(from + 1, "01234567") >= 3) {
            *to = (char)((from[1] - '0') * 64 + (from[2] - '0') * 8 + (from[3] - '0'));
            from += 4;
        } else {
            *to = *from++;
        }
    }
    *to = '\0';
}

static char *next_word(char **rest)
{
    char *word = *rest;

    *rest += strcspn(*rest, " ");
    if (**rest == ' ')
        *(*rest)++ = '\0';
    return word;
}

char *mountinfo_next(char **rest, const char *directory)
{
    /* Every path lies below the root. */
    size_t length = strcmp(directory, "/") == 0 ? 0 : strlen(directory);

    while (**rest != '\0') {
        char *line = *rest;
        char *point = line;

        *rest += strcspn(*rest, "\n");
        if (**rest == '\n')
            *(*rest)++ = '\0';
        /* The fields before it are ID, parent, device and root. */
        for (int i = 0; i < 5; i++)
            point = next_word(&line);
        mountinfo_unescape(point);
        if (strncmp(point, directory, length) == 0 &&
            (point[length] == '\0' || point[length] == '/'))
            return point;
    }
    return NULL;
}
