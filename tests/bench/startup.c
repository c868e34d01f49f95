// Start-up cost: the wall time from vfork to the end of a program that does nothing, with an init
// in front of it, minus the same without one. Both are PID 1 of a fresh PID namespace: that is what
// an init is for, and some print a warning or take another path elsewhere.
#include "startup.h"
#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

// An init that hangs must not hang the benchmark.
#define END_TIMEOUT 30 // seconds

static int time_one(const struct contender *contender, const char *program, int null,
                    double *microseconds, struct problem *problem)
{
    int status;

    alarm(END_TIMEOUT);
    uint64_t begin = clock_now_ns();
    pid_t pid = sandbox_spawn(contender, program, NULL, null, null, problem);

    if (pid < 0)
        return (int)pid;
    if (waitpid(pid, &status, 0) != pid)
        return problem_set(problem, errno, "wait for", contender->name);
    *microseconds = (double)(clock_now_ns() - begin) / 1000;
    alarm(0);
    if (status != 0)
        return problem_set(problem, EPROTO, "get exit status 0 of", contender->name);
    return 0;
}

// Goes round the contenders once for each run, so that a drift of the machine hits all alike, and
// starts with another each time and goes the other way every second time, so that none has always
// the same one's leftovers in the caches.
static int time_all(const struct settings *settings, const struct table *samples, int null,
                    struct problem *problem)
{
    const size_t count = settings->contender_count;
    int result = 0;

    for (unsigned run = 0; run < settings->runs; run++) {
        for (size_t i = 0; result == 0 && i < count; i++) {
            size_t who = (run % 2 == 0 ? run + i : run + count - i) % count;

            result = time_one(&settings->contenders[who], settings->true_path, null,
                              &table_row(samples, who)[run], problem);
        }
    }
    return result;
}

int startup_samples(const struct settings *settings, const struct table *samples,
                    struct problem *problem)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);

    if (null < 0)
        return problem_set(problem, errno, "open", "/dev/null");
    int result = time_all(settings, samples, null, problem);
    close(null);
    return result;
}

// The overhead in the part of the runs that makes one round: an idea of the spread.
static void split_rounds(const struct settings *settings, const struct table *samples,
                         const struct table *rounds)
{
    size_t length = settings->runs / settings->rounds;

    for (size_t round = 0; round < settings->rounds; round++) {
        double bare = stats_median(table_row(samples, 0) + round * length, length);

        table_row(rounds, 0)[round] = bare;
        for (size_t i = 1; i < settings->contender_count; i++)
            table_row(rounds, i)[round] =
                stats_median(table_row(samples, i) + round * length, length) - bare;
    }
}

int measure_startup(const struct settings *settings, struct problem *problem)
{
    cleanup_table struct table samples = {0};
    cleanup_table struct table rounds = {0};

    if (settings->runs < settings->rounds)
        return problem_set(problem, EINVAL, "have fewer runs than rounds for", "startup");
    int result = table_new(&samples, settings, settings->runs, problem);
    if (result == 0)
        result = table_new(&rounds, settings, settings->rounds, problem);
    if (result == 0)
        result = startup_samples(settings, &samples, problem);
    if (result < 0)
        return result;

    split_rounds(settings, &samples, &rounds);
    double bare = stats_median(table_row(&samples, 0), settings->runs);
    for (size_t i = 0; i < settings->contender_count; i++) {
        double wall = stats_median(table_row(&samples, i), settings->runs);

        result_print("startup_us", settings->contenders[i].name, i == 0 ? wall : wall - bare,
                     table_row(&rounds, i), settings->rounds);
    }
    return 0;
}
