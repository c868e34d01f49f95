/*
 * environment.c - change an array of environment entries, as execve(2) takes it
 */
#include "spawn/environment.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

static bool is_same_variable(const char *one, const char *other)
{
    size_t length = strcspn(one, "=");

    return strncmp(one, other, length) == 0 && (other[length] == '=' || other[length] == '\0');
}

char **environment_find(char **environment, const char *name)
{
    for (; *environment != NULL; environment++)
        if (is_same_variable(*environment, name))
            return environment;
    return NULL;
}

void environment_set(char **environment, char *entry)
{
    for (; *environment != NULL; environment++)
        if (is_same_variable(entry, *environment)) {
            *environment = entry;
            return;
        }
    environment[0] = entry;
    environment[1] = NULL;
}

void environment_unset(char **environment, const char *name)
{
    char **entry = environment_find(environment, name);

    for (; entry != NULL && entry[0] != NULL; entry++)
        entry[0] = entry[1];
}
