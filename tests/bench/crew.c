// Finds a supervisor's processes by the PID namespace they are in, and adds up what the kernel
// keeps about them.
#include "crew.h"
#include "proc.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

// False also for a process that has ended.
static bool stat_link(pid_t pid, const char *link, struct stat *status)
{
    char path[64];

    snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, link);
    return stat(path, status) == 0;
}

static bool is_same(const struct stat *one, const struct stat *other)
{
    return one->st_dev == other->st_dev && one->st_ino == other->st_ino;
}

static bool is_of_crew(pid_t pid, const struct stat *namespace, const struct stat *service)
{
    struct stat status;

    return stat_link(pid, "ns/pid", &status) && is_same(&status, namespace) &&
           stat_link(pid, "exe", &status) && !is_same(&status, service);
}

static int crew_add(struct crew *crew, pid_t pid, struct problem *problem)
{
    pid_t *pids = reallocarray(crew->pids, crew->count + 1, sizeof(*pids));

    if (!pids)
        return problem_set(problem, ENOMEM, "allocate", "pids");
    crew->pids = pids;
    crew->pids[crew->count++] = pid;
    return 0;
}

int crew_find(struct crew *crew, pid_t pid, const char *service_path, struct problem *problem)
{
    struct stat namespace;
    struct stat service;
    struct dirent *entry;
    int result = 0;

    *crew = (struct crew){0};
    if (!stat_link(pid, "ns/pid", &namespace) || stat(service_path, &service) < 0)
        return problem_set(problem, errno, "look at the supervisor or", service_path);
    DIR *directory = opendir("/proc");
    if (!directory)
        return problem_set(problem, errno, "open", "/proc");
    while (result == 0 && (entry = readdir(directory)) != NULL) {
        pid_t candidate = (pid_t)strtol(entry->d_name, NULL, 10);

        if (candidate > 0 && is_of_crew(candidate, &namespace, &service))
            result = crew_add(crew, candidate, problem);
    }
    closedir(directory);
    if (result < 0)
        crew_free(crew);
    return result;
}

int crew_sum(const struct crew *crew, const char *file, const char *label, double *sum,
             struct problem *problem)
{
    int result = 0;

    *sum = 0;
    for (size_t i = 0; result == 0 && i < crew->count; i++) {
        double figure = 0;

        result = proc_read_number(crew->pids[i], file, label, &figure, problem);
        *sum += figure;
    }
    return result;
}

void crew_free(struct crew *crew)
{
    free(crew->pids);
    *crew = (struct crew){0};
}
