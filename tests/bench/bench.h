// What the parts of the measuring program share: the inits under test, the settings of a run, the
// subjects that can be measured, and how a failure is carried to main.
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// --- failures ------------------------------------------------------------------------------------

struct problem {
    const char *attempt; // "start", "read"
    char subject[128];
    int error;
};

// Fills PROBLEM and returns -ERROR, so that a caller can return what it returns.
int problem_set(struct problem *problem, int error, const char *attempt, const char *subject);

// --- what is measured ----------------------------------------------------------------------------

#define CONTENDER_WORDS 16
#define SIZES_MAX 8

struct contender {
    const char *name;
    char *words[CONTENDER_WORDS + 1]; // come before the program's; none: the program by itself
    int namespaces; // made for it: CLONE_NEWPID, with CLONE_NEWNS for a /proc of it,
                    // or 0 for one that makes its own
};

struct settings {
    const struct contender *contenders; // the first is the bare program
    size_t contender_count;
    const char *true_path;
    const char *service_path;
    unsigned runs; // per contender in all (start-up) or per round (the others)
    unsigned rounds;
    unsigned seconds;
    const char *directory; // of the pods: their settings, what they share, and nsinit's socket
    unsigned services[SIZES_MAX]; // the sizes of the pods, ascending
    size_t size_count;
};

// Each prints its results and returns 0 or a negative errno with PROBLEM filled.
int measure_memory(const struct settings *settings, struct problem *problem);
int measure_startup(const struct settings *settings, struct problem *problem);
int measure_roundtrip(const struct settings *settings, struct problem *problem);
int measure_orphans(const struct settings *settings, struct problem *problem);
int measure_wakeups(const struct settings *settings, struct problem *problem);
int measure_supervision_idle(const struct settings *settings, struct problem *problem);
int measure_restarts(const struct settings *settings, struct problem *problem);
int measure_namespaces(const struct settings *settings, struct problem *problem);
int measure_pods(const struct settings *settings, struct problem *problem);

// --- numbers -------------------------------------------------------------------------------------

uint64_t clock_now_ns(void);
void sleep_ms(unsigned ms);

// Sorts VALUES. COUNT is at least 1.
double stats_median(double *values, size_t count);

// A row of figures for each contender.
struct table {
    double *cells;
    size_t columns;
};

#define cleanup_table __attribute__((cleanup(table_free)))

int table_new(struct table *table, const struct settings *settings, size_t columns,
              struct problem *problem);
double *table_row(const struct table *table, size_t contender);
void table_free(struct table *table);

// A line "METRIC NAME HEADLINE ROUND,ROUND,…", separated by tabs, on stdout. Sorts ROUNDS.
void result_print(const char *metric, const char *name, double headline, double *rounds,
                  size_t round_count);

// That line for each contender from index FIRST on, the headline being the median of the rounds.
void results_print(const char *metric, const struct settings *settings, size_t first,
                   const struct table *rounds);
