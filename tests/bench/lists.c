// Lists of all namespaces: how long a program takes to print one, and the most memory it has had.
// Run among the processes of a crowd (crowd.c), by contenders that are whole commands.
#include "bench.h"
#include "proc.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WALL_MS, RSS_KB, FIGURES };

static const char *const metrics[FIGURES] = {"list_ms", "list_rss_kb"};

static _Noreturn void execute(const struct contender *contender, bool is_traced)
{
    const int null = open("/dev/null", O_RDWR | O_CLOEXEC);

    if (null < 0 || dup2(null, STDOUT_FILENO) < 0 || dup2(null, STDERR_FILENO) < 0)
        _exit(126);
    if (is_traced && ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0)
        _exit(126);
    execv(contender->words[0], contender->words);
    _exit(127);
}

static pid_t start(const struct contender *contender, bool is_traced, struct problem *problem)
{
    const pid_t pid = fork();

    if (pid == 0)
        execute(contender, is_traced);
    return pid > 0 ? pid : problem_set(problem, errno, "start", contender->name);
}

static int check_end(const struct contender *contender, int status, struct problem *problem)
{
    return WIFEXITED(status) && WEXITSTATUS(status) == 0
               ? 0
               : problem_set(problem, ECANCELED, "end without an error", contender->name);
}

static int measure_time(const struct contender *contender, double *wall_ms, struct problem *problem)
{
    const uint64_t begin = clock_now_ns();
    const pid_t pid = start(contender, false, problem);
    int status;

    if (pid < 0)
        return pid;
    if (waitpid(pid, &status, 0) != pid)
        return problem_set(problem, errno, "wait for", contender->name);
    *wall_ms = (double)(clock_now_ns() - begin) / 1e6;
    return check_end(contender, status, problem);
}

// Stopped at its end, when it still has its memory: getrusage(2) would tell the most that it has
// had before execve, too, which is ours. In a run of its own, as it takes time.
static int measure_memory_of(const struct contender *contender, double *rss_kb,
                             struct problem *problem)
{
    const pid_t pid = start(contender, true, problem);
    int result = 0;
    int status;

    if (pid < 0)
        return pid;
    // The first stop is that of its execve.
    if (waitpid(pid, &status, 0) != pid ||
        ptrace(PTRACE_SETOPTIONS, pid, NULL, PTRACE_O_TRACEEXIT | PTRACE_O_EXITKILL) < 0)
        return problem_set(problem, errno, "trace", contender->name);
    while (WIFSTOPPED(status)) {
        if (status >> 8 == (SIGTRAP | PTRACE_EVENT_EXIT << 8))
            result = proc_read_number(pid, "status", "VmHWM:", rss_kb, problem);
        ptrace(PTRACE_CONT, pid, NULL, NULL);
        if (waitpid(pid, &status, 0) != pid)
            return problem_set(problem, errno, "wait for", contender->name);
    }
    return result < 0 ? result : check_end(contender, status, problem);
}

// Another is the first in each round.
static int go_round(const struct settings *settings, unsigned round, const struct table *rounds,
                    struct problem *problem)
{
    const size_t count = settings->contender_count - 1;
    int result = 0;

    for (size_t i = 0; result == 0 && i < count; i++) {
        const size_t who = 1 + (round + i) % count;
        const struct contender *contender = &settings->contenders[who];

        result = measure_time(contender, &table_row(&rounds[WALL_MS], who)[round], problem);
        if (result == 0)
            result = measure_memory_of(contender, &table_row(&rounds[RSS_KB], who)[round], problem);
    }
    return result;
}

int measure_lists(const struct settings *settings, struct problem *problem)
{
    struct table rounds[FIGURES] = {0};
    int result = 0;

    for (size_t i = 0; result == 0 && i < FIGURES; i++)
        result = table_new(&rounds[i], settings, settings->rounds, problem);
    for (unsigned round = 0; result == 0 && round < settings->rounds; round++)
        result = go_round(settings, round, rounds, problem);
    for (size_t i = 0; i < FIGURES; i++) {
        if (result == 0)
            results_print(metrics[i], settings, 1, &rounds[i]);
        table_free(&rounds[i]);
    }
    return result;
}
