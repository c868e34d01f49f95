// Pods: what a supervisor with 1, 100, 1,000 services costs: until all of them run, in memory, for
// the restart of one of them, and to be asked for their status.
#include "crew.h"
#include "pod.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

// Until whatever a supervisor does after it has started them is over.
#define SETTLE_MS 1000
// Until it is back asleep and its CPU time is booked.
#define SETTLE_CPU_MS 20
#define STATUS_RUNS 11

// Who takes so long sleeps by itself: a few of its restarts tell as much as hundreds.
#define SLEEPER_US 50000
#define PROBE_RUNS 2
#define WARM_UP_RUNS 100
#define SLEEPER_RUNS 6

enum {
    READY_MS,
    RSS_KB,
    PSS_KB,
    DIRTY_KB,
    PROCESSES,
    CPU_US,
    WALL_US,
    RESTARTS,
    STATUS_MS,
    FIGURES
};

static const char *const metrics[FIGURES] = {
    "pod_ready_ms",       "pod_rss_kb",          "pod_pss_kb",   "pod_dirty_kb", "pod_processes",
    "pod_restart_cpu_us", "pod_restart_wall_us", "pod_restarts", "pod_status_ms"};

static const char *const memory_labels[] = {
    [RSS_KB] = "Rss:", [PSS_KB] = "Pss:", [DIRTY_KB] = "Private_Dirty:"};

// In the place of a figure that the contender has not.
#define NO_FIGURE (-1.)

// Of one size, all figures by contender and round.
struct figures {
    struct table rounds[FIGURES];
};

// --- one pod -------------------------------------------------------------------------------------

static int measure_restarts_of(struct pod *pod, const struct crew *crew, unsigned runs,
                               double *figures, struct problem *problem)
{
    double before = 0;
    double after = 0;
    int result = pod_restart(pod, PROBE_RUNS, &figures[WALL_US], problem);

    if (figures[WALL_US] > SLEEPER_US)
        runs = SLEEPER_RUNS;
    else if (result == 0)
        result = pod_restart(pod, WARM_UP_RUNS, &figures[WALL_US], problem);
    figures[RESTARTS] = runs;
    sleep_ms(SETTLE_CPU_MS);
    if (result == 0)
        result = crew_sum(crew, "schedstat", "", &before, problem);
    if (result == 0)
        result = pod_restart(pod, runs, &figures[WALL_US], problem);
    sleep_ms(SETTLE_CPU_MS);
    if (result == 0)
        result = crew_sum(crew, "schedstat", "", &after, problem);
    figures[CPU_US] = (after - before) / 1000 / runs;
    return result;
}

static int measure_status(struct pod *pod, double *wall_ms, struct problem *problem)
{
    double samples[STATUS_RUNS];
    int result = 0;

    *wall_ms = NO_FIGURE;
    if (!pod_has_status(pod))
        return 0;
    for (size_t i = 0; result == 0 && i < STATUS_RUNS; i++)
        result = pod_status(pod, &samples[i], problem);
    if (result == 0)
        *wall_ms = stats_median(samples, STATUS_RUNS);
    return result;
}

static int measure_running(struct pod *pod, const struct settings *settings, double *figures,
                           struct problem *problem)
{
    cleanup_crew struct crew crew = {0};
    int result = crew_find(&crew, pod->sandbox.pid, settings->service_path, problem);

    figures[PROCESSES] = (double)crew.count;
    for (size_t i = RSS_KB; result == 0 && i <= DIRTY_KB; i++)
        result = crew_sum(&crew, "smaps_rollup", memory_labels[i], &figures[i], problem);
    if (result == 0)
        result = measure_restarts_of(pod, &crew, settings->runs, figures, problem);
    return result < 0 ? result : measure_status(pod, &figures[STATUS_MS], problem);
}

static int measure_pod(const struct settings *settings, size_t who, unsigned size, double *figures,
                       struct problem *problem)
{
    cleanup_pod struct pod pod = POD_STOPPED;
    int result = pod_start(&pod, settings, who, size, &figures[READY_MS], problem);

    if (result < 0)
        return result;
    sleep_ms(SETTLE_MS);
    return measure_running(&pod, settings, figures, problem);
}

// --- all of them ---------------------------------------------------------------------------------

// One after the other, since a second instance would share pages with the first; another is the
// first in each round.
static int go_round(const struct settings *settings, unsigned size, unsigned round,
                    const struct figures *all, struct problem *problem)
{
    const size_t count = settings->contender_count - 1;
    int result = 0;

    for (size_t i = 0; result == 0 && i < count; i++) {
        const size_t who = 1 + (round + i) % count;
        double figures[FIGURES] = {0};

        result = measure_pod(settings, who, size, figures, problem);
        for (size_t j = 0; j < FIGURES; j++)
            table_row(&all->rounds[j], who)[round] = figures[j];
    }
    return result;
}

static int make_tables(struct figures *all, const struct settings *settings,
                       struct problem *problem)
{
    int result = 0;

    for (size_t size = 0; size < settings->size_count; size++)
        for (size_t i = 0; result == 0 && i < FIGURES; i++)
            result = table_new(&all[size].rounds[i], settings, settings->rounds, problem);
    return result;
}

static void free_tables(struct figures *all, const struct settings *settings)
{
    for (size_t size = 0; size < settings->size_count; size++)
        for (size_t i = 0; i < FIGURES; i++)
            table_free(&all[size].rounds[i]);
}

static int fill_tables(struct figures *all, const struct settings *settings,
                       struct problem *problem)
{
    int result = 0;

    for (unsigned round = 0; round < settings->rounds; round++)
        for (size_t size = 0; result == 0 && size < settings->size_count; size++)
            result = go_round(settings, settings->services[size], round, &all[size], problem);
    return result;
}

// --- results -------------------------------------------------------------------------------------

// A metric of this size: its name with the number of services behind.
static void print_metric(const char *metric, unsigned size, const char *name, double *rounds,
                         size_t round_count)
{
    char full[64];

    if (rounds[0] == NO_FIGURE)
        return;
    snprintf(full, sizeof(full), "%s_%u", metric, size);
    result_print(full, name, stats_median(rounds, round_count), rounds, round_count);
}

// Compares a size with the smallest, round by round: before the rounds are sorted by printing.
static void print_comparison(const struct figures *all, const struct settings *settings,
                             size_t size, size_t who)
{
    const double more = (double)settings->services[size] - (double)settings->services[0];
    const char *name = settings->contenders[who].name;
    double *rounds = calloc(settings->rounds, sizeof(*rounds));

    if (!rounds)
        return;
    for (unsigned i = 0; i < settings->rounds; i++)
        rounds[i] = (table_row(&all[size].rounds[RSS_KB], who)[i] -
                     table_row(&all[0].rounds[RSS_KB], who)[i]) /
                    more;
    print_metric("pod_rss_each_kb", settings->services[size], name, rounds, settings->rounds);
    for (unsigned i = 0; i < settings->rounds; i++)
        rounds[i] = table_row(&all[size].rounds[CPU_US], who)[i] /
                    table_row(&all[0].rounds[CPU_US], who)[i];
    print_metric("pod_restart_growth", settings->services[size], name, rounds, settings->rounds);
    free(rounds);
}

static void print_results(const struct figures *all, const struct settings *settings)
{
    for (size_t who = 1; who < settings->contender_count; who++) {
        for (size_t size = 1; size < settings->size_count; size++)
            print_comparison(all, settings, size, who);
        for (size_t size = 0; size < settings->size_count; size++)
            for (size_t i = 0; i < FIGURES; i++)
                print_metric(metrics[i], settings->services[size], settings->contenders[who].name,
                             table_row(&all[size].rounds[i], who), settings->rounds);
    }
}

int measure_pods(const struct settings *settings, struct problem *problem)
{
    struct figures all[SIZES_MAX] = {0};

    if (!settings->directory || settings->size_count == 0 || settings->services[0] == 0)
        return problem_set(problem, EINVAL, "know the directory and sizes of", "pods");
    int result = make_tables(all, settings, problem);
    if (result == 0)
        result = fill_tables(all, settings, problem);
    if (result == 0)
        print_results(all, settings);
    free_tables(all, settings);
    return result;
}
