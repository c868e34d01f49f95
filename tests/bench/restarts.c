// Restarts: how long one takes by the wall and of the supervisor's own CPU, and whether it keeps
// memory or files from run to run. The restarted program counts its runs in the offset of the file
// that is its stdout (service.h): nobody reads or wakes up while they are counted.
#include "proc.h"
#include "sandbox.h"
#include "service.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

// Until the supervisor is back asleep and its CPU time is booked.
#define SETTLE_MS 20
// Memory that comes with the first runs and stays is no growth.
#define WARM_UP_RUNS 100
#define TIMEOUT 120 // seconds

// Who takes so long sleeps by itself: a few of its restarts tell as much as thousands.
#define SLEEPER_US 50000
#define SLEEPER_PROBE_RUNS 2
#define SLEEPER_ROUND_RUNS 2

enum { RSS_KB, FILES, STATE_FIGURES };

enum {
    WALL_US,
    CPU_US,
    ROUND_FIGURES,
};

static const char *const round_metrics[ROUND_FIGURES] = {"restart_us", "restart_cpu_us"};

struct course {
    struct sandbox sandbox; // of the supervisor; both its descriptors are the channel
    int counter;            // the file whose offset counts
    unsigned runs;          // in a round
    double before[STATE_FIGURES];
};

static int wait_for_mark(const struct course *course)
{
    alarm(TIMEOUT);
    int result = sandbox_wait_reply(&course->sandbox);

    alarm(0);
    return result;
}

// Let the program that waits at the mark end, and wait until it is there again RUNS restarts later.
static int restart(const struct course *course, unsigned runs, double *wall_us)
{
    const char go = REPLY_BYTE;

    if (lseek(course->counter, RESTART_MARK - (off_t)runs, SEEK_SET) < 0)
        return -errno;
    uint64_t begin = clock_now_ns();
    if (write(course->sandbox.request_fd, &go, 1) != 1)
        return -errno;
    int result = wait_for_mark(course);
    *wall_us = (double)(clock_now_ns() - begin) / 1000 / runs;
    return result;
}

static int start_between(struct course *course, const struct contender *contender,
                         const int channel[2], struct problem *problem)
{
    // The program is among the contender's words, or in its service directory.
    pid_t pid = sandbox_spawn(contender, NULL, NULL, channel[1], course->counter, problem);

    if (pid < 0)
        return (int)pid;
    course->sandbox = (struct sandbox){.pid = pid, .request_fd = -1, .reply_fd = channel[0]};
    course->sandbox.request_fd = fcntl(channel[0], F_DUPFD_CLOEXEC, 0);
    return course->sandbox.request_fd < 0
               ? problem_set(problem, errno, "make files for", contender->name)
               : 0;
}

static int start(struct course *course, const struct contender *contender, struct problem *problem)
{
    int channel[2];

    course->counter = memfd_create("counter", MFD_CLOEXEC);
    if (course->counter < 0 || lseek(course->counter, RESTART_MARK - 1, SEEK_SET) < 0 ||
        socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, channel) < 0)
        return problem_set(problem, errno, "make files for", contender->name);
    int result = start_between(course, contender, channel, problem);
    close(channel[1]);
    if (course->sandbox.reply_fd < 0)
        close(channel[0]);
    if (result < 0)
        return result;
    result = wait_for_mark(course);
    return result < 0
               ? problem_set(problem, -result, "wait for the first run under", contender->name)
               : 0;
}

static int warm_up(struct course *course, const struct contender *contender, unsigned runs,
                   struct problem *problem)
{
    double wall_us = 0;
    int result = restart(course, SLEEPER_PROBE_RUNS, &wall_us);

    course->runs = wall_us > SLEEPER_US ? SLEEPER_ROUND_RUNS : runs;
    if (result == 0 && wall_us <= SLEEPER_US)
        result = restart(course, WARM_UP_RUNS, &wall_us);
    return result < 0 ? problem_set(problem, -result, "have restarts by", contender->name) : 0;
}

static int read_state(const struct course *course, double *figures, struct problem *problem)
{
    int result =
        proc_read_number(course->sandbox.pid, "smaps_rollup", "Rss:", &figures[RSS_KB], problem);

    return result < 0 ? result : proc_count_files(course->sandbox.pid, &figures[FILES], problem);
}

static int measure_round(const struct course *course, const struct contender *contender,
                         double *wall_us, double *cpu_us, struct problem *problem)
{
    double before = 0;
    double after = 0;
    // Once unmeasured: the run that has waited for its turn was long, and a long one's end may be
    // followed by no pause (runsv).
    int result = restart(course, 1, wall_us);

    sleep_ms(SETTLE_MS);
    if (result == 0)
        result = proc_read_number(course->sandbox.pid, "schedstat", "", &before, problem);
    if (result == 0)
        result = restart(course, course->runs, wall_us);
    if (result < 0)
        return problem_set(problem, -result, "have restarts by", contender->name);
    sleep_ms(SETTLE_MS);
    result = proc_read_number(course->sandbox.pid, "schedstat", "", &after, problem);
    if (result == 0)
        *cpu_us = (after - before) / 1000 / course->runs;
    return result;
}

static int prepare(struct course *course, const struct settings *settings, size_t who,
                   struct problem *problem)
{
    int result = start(course, &settings->contenders[who], problem);

    if (result == 0)
        result = warm_up(course, &settings->contenders[who], settings->runs, problem);
    sleep_ms(SETTLE_MS);
    return result < 0 ? result : read_state(course, course->before, problem);
}

// All are alive at the same time, their program waiting, so that the rounds can go round them.
static int go_round(struct course *courses, const struct settings *settings,
                    const struct table *rounds, struct problem *problem)
{
    int result = 0;

    for (size_t i = 1; result == 0 && i < settings->contender_count; i++)
        result = prepare(&courses[i], settings, i, problem);
    for (unsigned round = 0; round < settings->rounds; round++)
        for (size_t i = 1; result == 0 && i < settings->contender_count; i++)
            result = measure_round(&courses[i], &settings->contenders[i],
                                   &table_row(&rounds[WALL_US], i)[round],
                                   &table_row(&rounds[CPU_US], i)[round], problem);
    return result;
}

static void print_figure(const char *metric, const char *name, double figure)
{
    result_print(metric, name, figure, &figure, 1);
}

// What each has kept over all rounds.
static int print_states(const struct course *courses, const struct settings *settings,
                        struct problem *problem)
{
    for (size_t i = 1; i < settings->contender_count; i++) {
        const char *name = settings->contenders[i].name;
        double after[STATE_FIGURES];
        int result = read_state(&courses[i], after, problem);

        if (result < 0)
            return result;
        print_figure("restart_count", name, courses[i].runs * settings->rounds);
        print_figure("restart_rss_kb", name, courses[i].before[RSS_KB]);
        print_figure("restart_rss_after_kb", name, after[RSS_KB]);
        print_figure("restart_files", name, courses[i].before[FILES]);
        print_figure("restart_files_after", name, after[FILES]);
    }
    return 0;
}

static int measure_courses(struct course *courses, const struct settings *settings,
                           struct problem *problem)
{
    struct table rounds[ROUND_FIGURES] = {0};
    int result = 0;

    for (size_t i = 0; result == 0 && i < ROUND_FIGURES; i++)
        result = table_new(&rounds[i], settings, settings->rounds, problem);
    if (result == 0)
        result = go_round(courses, settings, rounds, problem);
    for (size_t i = 0; i < ROUND_FIGURES; i++) {
        if (result == 0)
            results_print(round_metrics[i], settings, 1, &rounds[i]);
        table_free(&rounds[i]);
    }
    return result < 0 ? result : print_states(courses, settings, problem);
}

int measure_restarts(const struct settings *settings, struct problem *problem)
{
    struct course *courses = calloc(settings->contender_count, sizeof(*courses));

    if (!courses)
        return problem_set(problem, ENOMEM, "allocate", "courses");
    for (size_t i = 0; i < settings->contender_count; i++)
        courses[i] = (struct course){.sandbox = SANDBOX_STOPPED, .counter = -1};
    int result = measure_courses(courses, settings, problem);
    for (size_t i = 0; i < settings->contender_count; i++) {
        // Supervisors first: one that sees its program end would run it again.
        sandbox_stop(&courses[i].sandbox);
        if (courses[i].counter >= 0)
            close(courses[i].counter);
    }
    free(courses);
    return result;
}
