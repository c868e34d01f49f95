// Reads single numbers out of /proc/PID.
#include "proc.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int proc_read_number(pid_t pid, const char *file, const char *label, double *value,
                     struct problem *problem)
{
    char path[64];
    char line[256];
    size_t length = strlen(label);
    int result = -ENODATA;

    snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, file);
    FILE *stream = fopen(path, "re");
    if (!stream)
        return problem_set(problem, errno, "open", path);
    while (result < 0 && fgets(line, sizeof(line), stream)) {
        if (strncmp(line, label, length) == 0) {
            *value = strtod(line + length, NULL);
            result = 0;
        }
    }
    fclose(stream);
    return result < 0 ? problem_set(problem, ENODATA, "find a figure in", path) : 0;
}
