/*
 * exclusions.c - tests that can't run on this machine, from the file named by TESTS_EXCLUDED
 */
#include "support/exclusions.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_SIZE = 300 };

/* Search the rest of the file for a line that matches the test; returns the reason above it. */
static const char *search(FILE *file, const char *name)
{
    static char reason[LINE_SIZE];
    char line[LINE_SIZE];

    while (fgets(line, sizeof line, file) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        if (strncmp(line, "= ", 2) == 0)
            memcpy(reason, line + 2, strlen(line + 2) + 1);
        else if (line[0] != '#' && fnmatch(line, name, 0) == 0)
            return strdup(reason);
    }
    return NULL;
}

const char *exclusion_of(const char *case_name, const char *test)
{
    const char *path = getenv("TESTS_EXCLUDED");
    const char *reason;
    char name[LINE_SIZE];
    FILE *file;

    if (path == NULL)
        return NULL;
    file = fopen(path, "re");
    if (file == NULL) {
        perror(path);
        exit(EXIT_FAILURE);
    }
    snprintf(name, sizeof name, "%s.%s", case_name, test);
    reason = search(file, name);
    fclose(file);
    return reason;
}
