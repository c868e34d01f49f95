// A supervisor's crew: all processes it consists of, s6-svscan's s6-supervise among them, but not
// the services.
#pragma once

#include "bench.h"

struct crew {
    pid_t *pids; // owned
    size_t count;
};

#define cleanup_crew __attribute__((cleanup(crew_free)))

// All in the PID namespace of PID but those that run the program SERVICE_PATH.
int crew_find(struct crew *crew, pid_t pid, const char *service_path, struct problem *problem);

// The sum over all of them of proc_read_number.
int crew_sum(const struct crew *crew, const char *file, const char *label, double *sum,
             struct problem *problem);

void crew_free(struct crew *crew);
