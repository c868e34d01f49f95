// Clock, medians, the line format of the results, and problems: what every subject needs.
#include "bench.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

int problem_set(struct problem *problem, int error, const char *attempt, const char *subject)
{
    problem->error = error;
    problem->attempt = attempt;
    snprintf(problem->subject, sizeof(problem->subject), "%s", subject);
    return -error;
}

uint64_t clock_now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
}

void sleep_ms(unsigned ms)
{
    struct timespec left = {.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000};

    while (nanosleep(&left, &left) < 0)
        continue;
}

static int compare_doubles(const void *left, const void *right)
{
    const double a = *(const double *)left;
    const double b = *(const double *)right;

    return (a > b) - (a < b);
}

double stats_median(double *values, size_t count)
{
    qsort(values, count, sizeof(*values), compare_doubles);
    if (count % 2 == 1)
        return values[count / 2];
    return (values[count / 2 - 1] + values[count / 2]) / 2;
}

int table_new(struct table *table, const struct settings *settings, size_t columns,
              struct problem *problem)
{
    table->columns = columns;
    table->cells = calloc(settings->contender_count * columns, sizeof(*table->cells));
    return table->cells ? 0 : problem_set(problem, ENOMEM, "allocate", "a table of figures");
}

double *table_row(const struct table *table, size_t contender)
{
    return table->cells + contender * table->columns;
}

void table_free(struct table *table)
{
    free(table->cells);
}

void result_print(const char *metric, const char *name, double headline, double *rounds,
                  size_t round_count)
{
    qsort(rounds, round_count, sizeof(*rounds), compare_doubles);
    printf("%s\t%s\t%.3f\t", metric, name, headline);
    for (size_t i = 0; i < round_count; i++)
        printf("%s%.3f", i > 0 ? "," : "", rounds[i]);
    putchar('\n');
}

void results_print(const char *metric, const struct settings *settings, size_t first,
                   const struct table *rounds)
{
    for (size_t i = first; i < settings->contender_count; i++) {
        double *row = table_row(rounds, i);

        result_print(metric, settings->contenders[i].name, stats_median(row, rounds->columns), row,
                     rounds->columns);
    }
}
