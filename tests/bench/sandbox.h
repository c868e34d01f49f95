// An init (or a bare program) as PID 1 of a fresh PID namespace, and the service under it. Or, with
// no namespace made for it, a contender that makes its own.
#pragma once

#include "bench.h"

struct sandbox {
    pid_t pid; // of PID 1 (or the outer process), seen from here; 0: not running
    int request_fd;
    int reply_fd;
};

#define SANDBOX_STOPPED ((struct sandbox){.pid = 0, .request_fd = -1, .reply_fd = -1})

// Starts PROGRAM with one optional ARGUMENT under CONTENDER, in the way a caller in a hurry would
// (vfork), and returns its pid or a negative errno. INPUT and OUTPUT become stdin and
// stdout.
pid_t sandbox_spawn(const struct contender *contender, const char *program, const char *argument,
                    int input, int output, struct problem *problem);

// Starts the service with TASK under CONTENDER and waits until it is ready.
int sandbox_start(struct sandbox *sandbox, const struct contender *contender,
                  const char *service_path, const char *task, struct problem *problem);

// Waits for the service's next reply; -ETIMEDOUT when an alarm(2) set by the caller went off.
int sandbox_wait_reply(const struct sandbox *sandbox);

void sandbox_stop(struct sandbox *sandbox);

// One sandbox for each contender: all alive at the same time, so that rounds can go round them.
struct fleet {
    struct sandbox *sandboxes;
    size_t count;
};

#define cleanup_fleet __attribute__((cleanup(fleet_stop)))

// From index FIRST on (1 leaves the bare program out). On failure FLEET is stopped already.
int fleet_start(struct fleet *fleet, size_t first, const struct settings *settings,
                const char *task, struct problem *problem);
void fleet_stop(struct fleet *fleet);
