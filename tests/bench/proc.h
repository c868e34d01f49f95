// Figures the kernel keeps about a process.
#pragma once

#include "bench.h"

// The number after LABEL at the start of a line of /proc/PID/FILE. With an empty LABEL it is what
// the first line starts with.
int proc_read_number(pid_t pid, const char *file, const char *label, double *value,
                     struct problem *problem);

// How many files PID has open.
int proc_count_files(pid_t pid, double *count, struct problem *problem);

// The child of PID that was found first; 0 when there is none.
int proc_find_child(pid_t pid, pid_t *child, struct problem *problem);
