// Reads single numbers out of /proc/PID, and finds a process there.
#include "proc.h"

#include <dirent.h>
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

int proc_count_files(pid_t pid, double *count, struct problem *problem)
{
    char path[64];
    struct dirent *entry;

    snprintf(path, sizeof(path), "/proc/%d/fd", (int)pid);
    DIR *directory = opendir(path);
    if (!directory)
        return problem_set(problem, errno, "open", path);
    *count = 0;
    while ((entry = readdir(directory)) != NULL)
        *count += entry->d_name[0] != '.';
    closedir(directory);
    return 0;
}

// Through all processes, since task/TID/children is not in every kernel.
int proc_find_child(pid_t pid, pid_t *child, struct problem *problem)
{
    DIR *directory = opendir("/proc");
    struct dirent *entry;

    if (!directory)
        return problem_set(problem, errno, "open", "/proc");
    *child = 0;
    while (*child == 0 && (entry = readdir(directory)) != NULL) {
        pid_t candidate = (pid_t)strtol(entry->d_name, NULL, 10);
        double parent = 0;

        // One that cannot be read has ended in between.
        if (candidate > 0 &&
            proc_read_number(candidate, "status", "PPid:", &parent, problem) == 0 &&
            (pid_t)parent == pid)
            *child = candidate;
    }
    closedir(directory);
    return 0;
}
