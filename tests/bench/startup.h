// Timing a program that does nothing, under each contender in turns.
#pragma once

#include "bench.h"

// Fills SAMPLES, one column for each run, with the wall time in microseconds from vfork to the end.
int startup_samples(const struct settings *settings, const struct table *samples,
                    struct problem *problem);
