// Signal forwarding: the time from kill(2) of the init until the service, having got the signal
// from it, has answered through a pipe.
#include "sandbox.h"
#include "service.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

// Short, so that a disturbance hits all contenders; long enough to have the caches to oneself.
#define TRIPS_IN_A_ROW 500
#define WARM_UP_TRIPS 20
#define CHUNK_TIMEOUT 30 // seconds

static int make_trips(const struct sandbox *sandbox, double *microseconds, unsigned count)
{
    int result = 0;

    // A signal that is never forwarded would block for ever.
    alarm(CHUNK_TIMEOUT);
    for (unsigned i = 0; result == 0 && i < count; i++) {
        uint64_t begin = clock_now_ns();

        if (kill(sandbox->pid, SIGUSR1) < 0)
            result = -errno;
        else
            result = sandbox_wait_reply(sandbox);
        microseconds[i] = (double)(clock_now_ns() - begin) / 1000;
    }
    alarm(0);
    return result;
}

// One turn of one contender: the warm-up is overwritten by the trips that count.
static int make_turn(const struct sandbox *sandbox, double *microseconds, unsigned count)
{
    unsigned warm_up = count < WARM_UP_TRIPS ? count : WARM_UP_TRIPS;
    int result = make_trips(sandbox, microseconds, warm_up);

    return result < 0 ? result : make_trips(sandbox, microseconds, count);
}

static int make_round(const struct settings *settings, const struct table *samples,
                      struct problem *problem)
{
    cleanup_fleet struct fleet fleet = {0};
    int result = fleet_start(&fleet, 0, settings, TASK_ECHO, problem);
    unsigned turn = 0;

    for (unsigned done = 0; result == 0 && done < settings->runs; done += TRIPS_IN_A_ROW, turn++) {
        unsigned left = settings->runs - done;
        unsigned count = left < TRIPS_IN_A_ROW ? left : TRIPS_IN_A_ROW;

        for (size_t i = 0; result == 0 && i < fleet.count; i++) {
            size_t who = (i + turn) % fleet.count;

            result = make_turn(&fleet.sandboxes[who], table_row(samples, who) + done, count);
            if (result < 0)
                problem_set(problem, -result, "get a signal through",
                            settings->contenders[who].name);
        }
    }
    return result;
}

int measure_roundtrip(const struct settings *settings, struct problem *problem)
{
    cleanup_table struct table samples = {0};
    cleanup_table struct table rounds = {0};
    int result = table_new(&samples, settings, settings->runs, problem);

    if (result == 0)
        result = table_new(&rounds, settings, settings->rounds, problem);
    for (unsigned round = 0; result == 0 && round < settings->rounds; round++) {
        result = make_round(settings, &samples, problem);
        for (size_t i = 0; result == 0 && i < settings->contender_count; i++)
            table_row(&rounds, i)[round] = stats_median(table_row(&samples, i), settings->runs);
    }
    if (result == 0)
        results_print("roundtrip_us", settings, 0, &rounds);
    return result;
}
