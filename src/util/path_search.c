/*
 * path_search.c - the files that a program's name may stand for: PATH
 */
#include "util/path_search.h"

#include <limits.h>
#include <string.h>

const char *path_search_value(char *const *environment)
{
    for (; *environment != NULL; environment++)
        if (strncmp(*environment, "PATH=", 5) == 0)
            return *environment + 5;
    /* Docker's default for an image that sets none. */
    return "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
}

struct path_search path_search(const char *program, char *const *environment)
{
    /* One empty directory stands for the name itself. */
    bool has_slash = strchr(program, '/') != NULL;
    const char *rest = has_slash ? "" : path_search_value(environment);

    return (struct path_search){program, program[0] != '\0' ? rest : NULL};
}

bool path_search_next(struct path_search *search, char *candidate)
{
    size_t size = strlen(search->program) + 1;

    while (search->rest != NULL) {
        const char *directory = search->rest;
        size_t length = strcspn(directory, ":");

        search->rest = directory[length] == ':' ? directory + length + 1 : NULL;
        /* No file has a longer path. */
        if (length + size + 1 > PATH_MAX)
            continue;
        memcpy(candidate, directory, length);
        candidate[length] = '/';
        /* An empty entry is the working directory. */
        memcpy(candidate + length + (length > 0), search->program, size);
        return true;
    }
    return false;
}
