// The cost of namespaces: a program that does nothing in all of them with a fresh /proc, run by
// tools that make them themselves, and the memory of all their processes while a service runs.
#include "proc.h"
#include "sandbox.h"
#include "service.h"
#include "startup.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

// Until whatever a contender does after it started its program is over.
#define SETTLE_MS 300
#define GONE_TIMEOUT 10 // seconds

// --- wall time -----------------------------------------------------------------------------------

// Of `true`, namespaces and all; the bare program's time is not taken off, but printed too.
static int measure_wall(const struct settings *settings, struct problem *problem)
{
    cleanup_table struct table samples = {0};
    cleanup_table struct table rounds = {0};
    const size_t length = settings->runs / settings->rounds;

    if (length == 0)
        return problem_set(problem, EINVAL, "have fewer runs than rounds for", "namespaces");
    int result = table_new(&samples, settings, settings->runs, problem);
    if (result == 0)
        result = table_new(&rounds, settings, settings->rounds, problem);
    if (result == 0)
        result = startup_samples(settings, &samples, problem);
    if (result < 0)
        return result;

    for (size_t i = 0; i < settings->contender_count; i++) {
        double *row = table_row(&samples, i);

        // Before the median of all, which sorts them.
        for (size_t round = 0; round < settings->rounds; round++)
            table_row(&rounds, i)[round] = stats_median(row + round * length, length);
        result_print("ns_wall_us", settings->contenders[i].name, stats_median(row, settings->runs),
                     table_row(&rounds, i), settings->rounds);
    }
    return 0;
}

// --- memory --------------------------------------------------------------------------------------

#define PROCESSES_MAX 2 // an outer one and an inner one, which not every contender has
#define MEMORY_FIGURES 3

static const char *const memory_labels[MEMORY_FIGURES] = {"Rss:", "Pss:", "Private_Dirty:"};

// The sum first, then each process.
static const char *const memory_metrics[1 + PROCESSES_MAX][MEMORY_FIGURES] = {
    {"ns_rss_kb", "ns_pss_kb", "ns_dirty_kb"},
    {"ns_outer_rss_kb", "ns_outer_pss_kb", "ns_outer_dirty_kb"},
    {"ns_inner_rss_kb", "ns_inner_pss_kb", "ns_inner_dirty_kb"},
};

struct memory {
    double figures[1 + PROCESSES_MAX][MEMORY_FIGURES];
};

static int add_process(pid_t pid, struct memory *memory, size_t position, struct problem *problem)
{
    int result = 0;

    for (size_t i = 0; result == 0 && i < MEMORY_FIGURES; i++) {
        double *figure = &memory->figures[position][i];

        result = proc_read_number(pid, "smaps_rollup", memory_labels[i], figure, problem);
        memory->figures[0][i] += *figure;
    }
    return result;
}

// Of each process from the outermost one to the service's parent: the service has no child.
static int read_tree(pid_t pid, struct memory *memory, struct problem *problem)
{
    *memory = (struct memory){0};
    for (size_t position = 1;; position++) {
        pid_t child;
        int result = proc_find_child(pid, &child, problem);

        if (result < 0 || child == 0)
            return result;
        if (position > PROCESSES_MAX)
            return problem_set(problem, E2BIG, "tell the service from", "a third process");
        result = add_process(pid, memory, position, problem);
        if (result < 0)
            return result;
        pid = child;
    }
}

// Whatever outlives the outer process has become our child, and ends with the service, which ends
// with its stdin.
static int wait_for_rest(const struct contender *contender, struct problem *problem)
{
    alarm(GONE_TIMEOUT);
    while (waitpid(-1, NULL, 0) > 0)
        continue;
    int error = errno;
    alarm(0);
    return error == ECHILD ? 0 : problem_set(problem, error, "see the end of", contender->name);
}

static int read_contender(const struct settings *settings, size_t contender, struct memory *memory,
                          struct problem *problem)
{
    struct sandbox sandbox;
    int result = sandbox_start(&sandbox, &settings->contenders[contender], settings->service_path,
                               TASK_PAUSE, problem);

    if (result < 0)
        return result;
    sleep_ms(SETTLE_MS);
    result = read_tree(sandbox.pid, memory, problem);
    sandbox_stop(&sandbox);
    int rest = wait_for_rest(&settings->contenders[contender], problem);
    return result < 0 ? result : rest;
}

static void print_memory(const char *name, const struct memory *rounds, size_t round_count,
                         double *column)
{
    for (size_t i = 0; i < 1 + PROCESSES_MAX; i++) {
        for (size_t j = 0; j < MEMORY_FIGURES; j++) {
            for (size_t round = 0; round < round_count; round++)
                column[round] = rounds[round].figures[i][j];
            result_print(memory_metrics[i][j], name, stats_median(column, round_count), column,
                         round_count);
        }
    }
}

// One contender at a time: a second instance would share pages with the first and halve its PSS.
static int measure_rounds(const struct settings *settings, struct memory *rounds, double *column,
                          struct problem *problem)
{
    for (size_t i = 1; i < settings->contender_count; i++) {
        for (size_t round = 0; round < settings->rounds; round++) {
            int result = read_contender(settings, i, &rounds[round], problem);

            if (result < 0)
                return result;
        }
        print_memory(settings->contenders[i].name, rounds, settings->rounds, column);
    }
    return 0;
}

static int measure_processes(const struct settings *settings, struct problem *problem)
{
    struct memory *rounds = calloc(settings->rounds, sizeof(*rounds));
    double *column = calloc(settings->rounds, sizeof(*column));
    int result;

    if (!rounds || !column)
        result = problem_set(problem, ENOMEM, "allocate", "a table of figures");
    else if (prctl(PR_SET_CHILD_SUBREAPER, 1) < 0)
        result = problem_set(problem, errno, "become", "a subreaper");
    else
        result = measure_rounds(settings, rounds, column, problem);
    free(column);
    free(rounds);
    return result;
}

// Mounts that come and go elsewhere, such as those of a Docker Engine, would change the work of all
// and make bwrap fail, which goes through the list of them.
static int keep_mounts(struct problem *problem)
{
    if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
        return problem_set(problem, errno, "make a mount namespace for", "all contenders");
    return 0;
}

int measure_namespaces(const struct settings *settings, struct problem *problem)
{
    int result = keep_mounts(problem);

    if (result == 0)
        result = measure_wall(settings, problem);

    return result < 0 ? result : measure_processes(settings, problem);
}
