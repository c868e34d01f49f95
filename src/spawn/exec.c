/*
 * exec.c - find and execute a program
 */
#include "spawn/exec_private.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "util/path_search.h"

/* Whether the search goes on in the next directory, as in execvp(3). */
static bool is_search_continued(int error_number)
{
    return error_number == ENOENT || error_number == ENOTDIR || error_number == EACCES;
}

int exec_search(char *const *arguments, char *const *environment, char *path)
{
    struct path_search search = path_search(arguments[0], environment);
    char candidate[PATH_MAX];
    int result = -ENOENT;

    path[0] = '\0';
    while (path_search_next(&search, candidate)) {
        bool tries_next;

        execve(candidate, arguments, environment);
        tries_next = is_search_continued(errno);
        /* A denied permission is a better reason than the file's absence from another directory. */
        if (errno == EACCES || result == -ENOENT || !tries_next) {
            result = -errno;
            memcpy(path, candidate, sizeof candidate);
        }
        if (!tries_next)
            break;
    }
    return result == -ENOTDIR && strchr(arguments[0], '/') == NULL ? -ENOENT : result;
}
