// What the measuring program and the service under an init say to each other. They talk over the
// service's stdin and stdout, because catatonit closes every other descriptor.
#pragma once

#include <stdint.h>

// The service's only argument.
#define TASK_PAUSE "pause"     // block for ever
#define TASK_ECHO "echo"       // a byte on stdout for each SIGUSR1
#define TASK_ORPHANS "orphans" // make orphans as asked for on stdin

#define TASK_FEED "feed" // the same, and say to the watchdog, if there is one, that it is alive

// Written once the service is ready, and then after each thing done.
#define REPLY_BYTE '.'

#define ORPHAN_BATCH_MAX 100

// The restarted program moves the offset of its stdout, which all its runs share, by one. The run
// that gets to the mark replies on its stdin, a socket, and waits there for a byte before it ends.
#define RESTART_MARK 1000000

struct orphan_request {
    uint32_t count; // how many in all, before the reply
    uint32_t batch; // how many of them die at the same moment
};
