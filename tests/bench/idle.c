// What an init costs while nothing happens: its memory and how often it wakes up.
#include "proc.h"
#include "sandbox.h"
#include "service.h"

// Until whatever an init does after it started its program is over.
#define SETTLE_MS 300
#define SETTLE_WAKEUPS_MS 1500

static const struct {
    const char *metric;
    const char *label;
} memory_figures[] = {
    {"rss_kb", "Rss:"},
    {"pss_kb", "Pss:"},
    {"dirty_kb", "Private_Dirty:"},
};

#define MEMORY_FIGURES (sizeof(memory_figures) / sizeof(memory_figures[0]))

static int read_memory(pid_t pid, struct table *rounds, size_t contender, unsigned round,
                       struct problem *problem)
{
    int result = 0;

    for (size_t i = 0; result == 0 && i < MEMORY_FIGURES; i++)
        result = proc_read_number(pid, "smaps_rollup", memory_figures[i].label,
                                  &table_row(&rounds[i], contender)[round], problem);
    return result;
}

static int memory_round(const struct settings *settings, struct table *rounds, unsigned round,
                        struct problem *problem)
{
    int result = 0;

    // One at a time: a second instance would share pages with the first and halve its PSS.
    for (size_t i = 1; result == 0 && i < settings->contender_count; i++) {
        struct sandbox sandbox;

        result = sandbox_start(&sandbox, &settings->contenders[i], settings->service_path,
                               TASK_PAUSE, problem);
        if (result < 0)
            break;
        sleep_ms(SETTLE_MS);
        result = read_memory(sandbox.pid, rounds, i, round, problem);
        sandbox_stop(&sandbox);
    }
    return result;
}

int measure_memory(const struct settings *settings, struct problem *problem)
{
    struct table rounds[MEMORY_FIGURES] = {0};
    int result = 0;

    for (size_t i = 0; result == 0 && i < MEMORY_FIGURES; i++)
        result = table_new(&rounds[i], settings, settings->rounds, problem);
    for (unsigned round = 0; result == 0 && round < settings->rounds; round++)
        result = memory_round(settings, rounds, round, problem);
    for (size_t i = 0; i < MEMORY_FIGURES; i++) {
        if (result == 0)
            results_print(memory_figures[i].metric, settings, 1, &rounds[i]);
        table_free(&rounds[i]);
    }
    return result;
}

// Adds SIGN times the number of times each init has been scheduled away so far: a process that
// never runs never is.
static int count_switches(const struct fleet *fleet, const struct table *wakeups, double sign,
                          struct problem *problem)
{
    static const char *const labels[] = {"voluntary_ctxt_switches:", "nonvoluntary_ctxt_switches:"};

    for (size_t i = 1; i < fleet->count; i++) {
        for (size_t j = 0; j < sizeof(labels) / sizeof(labels[0]); j++) {
            double switches;
            int result =
                proc_read_number(fleet->sandboxes[i].pid, "status", labels[j], &switches, problem);
            if (result < 0)
                return result;
            *table_row(wakeups, i) += sign * switches;
        }
    }
    return 0;
}

// Adds SIGN times the time in ms that each init has been on a CPU so far.
static int add_cpu(const struct fleet *fleet, const struct table *cpu, double sign,
                   struct problem *problem)
{
    for (size_t i = 1; i < fleet->count; i++) {
        double nanoseconds;
        int result =
            proc_read_number(fleet->sandboxes[i].pid, "schedstat", "", &nanoseconds, problem);

        if (result < 0)
            return result;
        *table_row(cpu, i) += sign * nanoseconds / 1e6;
    }
    return 0;
}

static int count_work(const struct fleet *fleet, const struct table *wakeups,
                      const struct table *cpu, double sign, struct problem *problem)
{
    int result = count_switches(fleet, wakeups, sign, problem);

    return result < 0 ? result : add_cpu(fleet, cpu, sign, problem);
}

int measure_wakeups(const struct settings *settings, struct problem *problem)
{
    cleanup_table struct table wakeups = {0};
    cleanup_fleet struct fleet fleet = {0};
    int result = table_new(&wakeups, settings, 1, problem);

    if (result == 0)
        result = fleet_start(&fleet, 1, settings, TASK_PAUSE, problem);
    if (result < 0)
        return result;
    sleep_ms(SETTLE_WAKEUPS_MS);
    result = count_switches(&fleet, &wakeups, -1, problem);
    if (result < 0)
        return result;
    sleep_ms(settings->seconds * 1000);
    result = count_switches(&fleet, &wakeups, 1, problem);
    if (result == 0)
        results_print("wakeups", settings, 1, &wakeups);
    return result;
}

// The same, and the CPU it takes, while timers of supervision run.
int measure_supervision_idle(const struct settings *settings, struct problem *problem)
{
    cleanup_table struct table wakeups = {0};
    cleanup_table struct table cpu = {0};
    cleanup_fleet struct fleet fleet = {0};
    int result = table_new(&wakeups, settings, 1, problem);

    if (result == 0)
        result = table_new(&cpu, settings, 1, problem);
    if (result == 0)
        result = fleet_start(&fleet, 1, settings, TASK_FEED, problem);
    if (result < 0)
        return result;
    sleep_ms(SETTLE_WAKEUPS_MS);
    result = count_work(&fleet, &wakeups, &cpu, -1, problem);
    if (result < 0)
        return result;
    sleep_ms(settings->seconds * 1000);
    result = count_work(&fleet, &wakeups, &cpu, 1, problem);
    if (result < 0)
        return result;
    results_print("idle_wakeups", settings, 1, &wakeups);
    results_print("idle_cpu_ms", settings, 1, &cpu);
    return 0;
}
