// Reaping: the init's own CPU time, and the wall time, for orphans that die together (the init may
// take many at one wake-up) and for orphans that die one by one (a wake-up for each).
#include "proc.h"
#include "sandbox.h"
#include "service.h"

#include <errno.h>
#include <unistd.h>

// Short, so that a disturbance hits all contenders and spoils few of the samples of any.
#define ORPHANS_IN_A_ROW 200
#define CHUNK_TIMEOUT 60 // seconds
#define SETTLE_MS 2
#define PER_ORPHANS 10000.0 // the figures are for so many, however many were made

static const struct {
    uint32_t batch;
    const char *cpu_metric;
    const char *wall_metric;
} patterns[] = {
    {100, "reap_cpu_ms", "reap_wall_ms"},
    {1, "reap_single_cpu_ms", "reap_single_wall_ms"},
};

#define PATTERNS (sizeof(patterns) / sizeof(patterns[0]))

// CPU and wall time in ms per 10,000 orphans, for each chunk of a round or each round of a run.
struct costs {
    struct table cpu;
    struct table wall;
};

#define cleanup_costs __attribute__((cleanup(costs_free)))

static int costs_new(struct costs *costs, const struct settings *settings, size_t columns,
                     struct problem *problem)
{
    int result = table_new(&costs->cpu, settings, columns, problem);

    return result < 0 ? result : table_new(&costs->wall, settings, columns, problem);
}

static void costs_free(struct costs *costs)
{
    table_free(&costs->cpu);
    table_free(&costs->wall);
}

static int send_request(const struct sandbox *sandbox, uint32_t count, uint32_t batch)
{
    const struct orphan_request request = {.count = count, .batch = batch};

    if (write(sandbox->request_fd, &request, sizeof(request)) != (ssize_t)sizeof(request))
        return -EPIPE;
    alarm(CHUNK_TIMEOUT);
    int result = sandbox_wait_reply(sandbox);
    alarm(0);
    return result;
}

static int reap_chunk(const struct sandbox *sandbox, uint32_t batch, double *cpu_ms,
                      double *wall_ms, struct problem *problem)
{
    const double scale = PER_ORPHANS / ORPHANS_IN_A_ROW / 1e6;
    double before;
    double after;
    // The first field is the time on a CPU in ns, where stat's utime and stime are clock ticks.
    int result = proc_read_number(sandbox->pid, "schedstat", "", &before, problem);

    if (result < 0)
        return result;
    uint64_t begin = clock_now_ns();
    result = send_request(sandbox, ORPHANS_IN_A_ROW, batch);
    if (result < 0)
        return problem_set(problem, -result, "have orphans reaped by", "an init");
    *wall_ms = (double)(clock_now_ns() - begin) * scale;

    // The last orphan is gone, but the init may not be back asleep, and its time not yet booked.
    sleep_ms(SETTLE_MS);
    result = proc_read_number(sandbox->pid, "schedstat", "", &after, problem);
    if (result == 0)
        *cpu_ms = (after - before) * scale;
    return result;
}

// One round of all contenders, chunk by chunk in turns.
static int reap_round(const struct settings *settings, uint32_t batch, const struct costs *chunks,
                      struct problem *problem)
{
    cleanup_fleet struct fleet fleet = {0};
    int result = fleet_start(&fleet, 1, settings, TASK_ORPHANS, problem);

    for (size_t chunk = 0; result == 0 && chunk < chunks->cpu.columns; chunk++) {
        for (size_t i = 0; result == 0 && i < fleet.count - 1; i++) {
            size_t who = 1 + (i + chunk) % (fleet.count - 1);

            result = reap_chunk(&fleet.sandboxes[who], batch, &table_row(&chunks->cpu, who)[chunk],
                                &table_row(&chunks->wall, who)[chunk], problem);
        }
    }
    return result;
}

static int measure_pattern(const struct settings *settings, size_t pattern, struct problem *problem)
{
    cleanup_costs struct costs chunks = {0};
    cleanup_costs struct costs rounds = {0};
    size_t chunk_count = (settings->runs + ORPHANS_IN_A_ROW - 1) / ORPHANS_IN_A_ROW;
    int result = costs_new(&chunks, settings, chunk_count, problem);

    if (result == 0)
        result = costs_new(&rounds, settings, settings->rounds, problem);
    for (unsigned round = 0; result == 0 && round < settings->rounds; round++) {
        result = reap_round(settings, patterns[pattern].batch, &chunks, problem);
        for (size_t i = 1; i < settings->contender_count; i++) {
            table_row(&rounds.cpu, i)[round] = stats_median(table_row(&chunks.cpu, i), chunk_count);
            table_row(&rounds.wall, i)[round] =
                stats_median(table_row(&chunks.wall, i), chunk_count);
        }
    }
    if (result < 0)
        return result;
    results_print(patterns[pattern].cpu_metric, settings, 1, &rounds.cpu);
    results_print(patterns[pattern].wall_metric, settings, 1, &rounds.wall);
    return 0;
}

int measure_orphans(const struct settings *settings, struct problem *problem)
{
    int result = 0;

    for (size_t i = 0; result == 0 && i < PATTERNS; i++)
        result = measure_pattern(settings, i, problem);
    return result;
}
