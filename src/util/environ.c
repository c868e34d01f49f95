/*
 * environ.c - change an array of environment entries, as execve(2) takes it
 */
#include "util/environ.h"

#include <stddef.h>
#include <string.h>

char **environment_find(char **environment, const char *name)
{
    size_t length = strcspn(name, "=");

    for (; *environment != NULL; environment++) {
        const char *entry = *environment;

        if (strncmp(entry, name, length) == 0 && (entry[length] == '=' || entry[length] == '\0'))
            return environment;
    }
    return NULL;
}

void environment_set(char **environment, char *entry)
{
    char **same = environment_find(environment, entry);

    if (same != NULL) {
        *same = entry;
        return;
    }
    while (*environment != NULL)
        environment++;
    environment[0] = entry;
    environment[1] = NULL;
}

void environment_unset(char **environment, const char *name)
{
    char **entry = environment_find(environment, name);

    for (; entry != NULL && entry[0] != NULL; entry++)
        entry[0] = entry[1];
}
