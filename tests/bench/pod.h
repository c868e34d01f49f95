// A supervisor with its services, as PID 1 of a fresh PID namespace with a /proc of its own.
#pragma once

#include "bench.h"
#include "pods-board.h"
#include "sandbox.h"

#include <stdbool.h>

struct pod {
    struct contender contender; // its words are the pod's own
    struct sandbox sandbox;
    struct board *board;
    unsigned size;
    uint32_t ended;    // services so far, which are those that were started first
    char control[128]; // where nsinit makes its socket, the others nothing
    int null;
};

#define POD_STOPPED ((struct pod){.sandbox = SANDBOX_STOPPED, .null = -1})
#define cleanup_pod __attribute__((cleanup(pod_stop)))

// Starts the contender with SIZE services, and waits until all of them run. In a contender's words
// % stands for SIZE.
int pod_start(struct pod *pod, const struct settings *settings, size_t contender, unsigned size,
              double *ready_ms, struct problem *problem);

// Has services end, one after the other, each once the last one is back. It is another one each
// time, as long as there are others.
int pod_restart(struct pod *pod, unsigned runs, double *wall_us, struct problem *problem);

// Whether `nsctl status` can ask it.
bool pod_has_status(const struct pod *pod);

// One run of that, output thrown away.
int pod_status(struct pod *pod, double *wall_ms, struct problem *problem);

void pod_stop(struct pod *pod);
