/*
 * main.c - which faults are tried, and what came of it
 */
#include "faults/faults.h"

#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { WORKERS_MOST = 16, EXIT_SKIPPED = 77 };

/* How long an arena may take for a job: longer, and it is stuck in the kernel. */
enum { ARENA_MS = 60000 };

static const char usage[] =
    "usage: faults [--all | --seconds N] [--seed N] [--jobs N] [--deadline MS] [--list]\n"
    "              [--scenario NAME [--call NAME [--number N] [--error NAME]]]\n"
    "Makes the system calls of nsinit fail, one a run, and looks at what comes of it.\n"
    "Without --all it tries what it can in N seconds (default 40), in an order given by the seed.\n"
    "NSINIT in the environment is the binary.\n";

/* What the command line says. */
struct choice {
    bool all;
    bool list;
    long seconds;
    unsigned int seed;
    long workers;
    const char *scenario;
    const char *call;
    long number;
    const char *error;
};

struct worker {
    struct arena arena;
    struct job job;
    bool is_busy;
    long deadline;
};

/* All of a run of this program. */
struct session {
    struct setup setup;
    struct choice choice;
    struct worker workers[WORKERS_MOST];
    struct job *jobs;
    size_t job_count;
    size_t next;
    long end; /* no job is begun later */
    unsigned int tried[CALL_MOST];
    unsigned int bad[CALL_MOST];
    unsigned int not_reached;
};

static long now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static _Noreturn void fail(const char *what)
{
    fprintf(stderr, "faults: %s: %s\n", what, strerror(errno));
    exit(1);
}

/* ---- jobs ----------------------------------------------------------------------------------- */

static void add_job(struct session *session, struct job job)
{
    /* Doubled when it is a power of two. */
    if ((session->job_count & (session->job_count - 1)) == 0) {
        size_t room = session->job_count > 0 ? 2 * session->job_count : 1;

        session->jobs = realloc(session->jobs, room * sizeof job);
        if (session->jobs == NULL)
            fail("memory");
    }
    session->jobs[session->job_count++] = job;
}

static bool is_chosen(const char *choice, const char *name)
{
    return choice == NULL || strcmp(choice, name) == 0;
}

/* A job for each error of each call that the scenario has made. */
static void add_faults(struct session *session, int scenario, const unsigned int *counts)
{
    const struct choice *choice = &session->choice;

    for (int i = 0; i < (int)call_count; i++) {
        if (!is_chosen(choice->call, calls[i].name))
            continue;
        for (int number = 1; number <= (int)counts[i]; number++)
            for (const int *error = calls[i].errors; *error != 0; error++)
                if ((choice->number == 0 || choice->number == number) &&
                    is_chosen(choice->error, error_name(*error)))
                    add_job(session, (struct job){scenario, {i, number, *error}});
    }
}

/* The order of a seed, the same everywhere. */
static void shuffle(struct session *session)
{
    unsigned long long state = session->choice.seed;

    for (size_t i = session->job_count; i > 1; i--) {
        size_t other;
        struct job job = session->jobs[i - 1];

        state = state * 6364136223846793005ULL + 1442695040888963407ULL;
        other = (size_t)(state >> 33) % i;
        session->jobs[i - 1] = session->jobs[other];
        session->jobs[other] = job;
    }
}

/* ---- results -------------------------------------------------------------------------------- */

static void print_bad(const struct job *job, const struct outcome *outcome)
{
    const struct fault *fault = &job->fault;

    if (fault->ordinal == 0)
        printf("# faults --scenario %s (without a fault)\n", scenarios[job->scenario].name);
    else
        printf("# faults --scenario %s --call %s --number %d --error %s\n#   %s\n",
               scenarios[job->scenario].name, calls[fault->call].name, fault->ordinal,
               error_name(fault->error_number), outcome->where);
    for (const char *line = outcome->text; *line != '\0';) {
        size_t length = strcspn(line, "\n");

        printf("#   %.*s\n", (int)length, line);
        line += length + (line[length] != '\0');
    }
    fflush(stdout);
}

static void take_outcome(struct session *session, const struct job *job,
                         const struct outcome *outcome)
{
    if (job->fault.ordinal == 0 && outcome->verdict == VERDICT_GOOD) {
        add_faults(session, job->scenario, outcome->counts);
        return;
    }
    session->tried[job->scenario]++;
    if (outcome->verdict == VERDICT_NOT_REACHED)
        session->not_reached++;
    if (outcome->verdict == VERDICT_BAD) {
        session->bad[job->scenario]++;
        print_bad(job, outcome);
    }
}

/* ---- workers -------------------------------------------------------------------------------- */

static void open_arena(struct session *session, struct worker *worker)
{
    if (worker->arena.pid == 0 && arena_open(&worker->arena, &session->setup) < 0)
        fail("clone");
}

static bool begin(struct session *session, struct worker *worker)
{
    if (session->next == session->job_count || now_ms() > session->end)
        return false;
    open_arena(session, worker);
    worker->job = session->jobs[session->next++];
    worker->is_busy = true;
    worker->deadline = now_ms() + ARENA_MS;
    if (send(worker->arena.fd, &worker->job, sizeof worker->job, MSG_NOSIGNAL) < 0)
        fail("arena");
    return true;
}

static void finish(struct session *session, struct worker *worker)
{
    static struct outcome outcome;
    ssize_t size = recv(worker->arena.fd, &outcome, sizeof outcome, MSG_DONTWAIT);

    if (size != (ssize_t)sizeof outcome) {
        memset(&outcome, 0, sizeof outcome);
        outcome.verdict = VERDICT_BAD;
        outcome.unclean = true;
        add_text(&outcome, size < 0 ? "stuck in the kernel\n" : "PID 1 of the arena has ended\n");
    }
    worker->is_busy = false;
    take_outcome(session, &worker->job, &outcome);
    if (outcome.unclean)
        arena_close(&worker->arena);
}

/* All jobs there are until the end. */
static void work(struct session *session)
{
    for (;;) {
        struct pollfd news[WORKERS_MOST];
        bool busy = false;

        for (long i = 0; i < session->choice.workers; i++) {
            struct worker *worker = &session->workers[i];

            if (!worker->is_busy)
                (void)begin(session, worker);
            busy |= worker->is_busy;
            news[i] = (struct pollfd){worker->is_busy ? worker->arena.fd : -1, POLLIN, 0};
        }
        if (!busy)
            return;
        (void)poll(news, (nfds_t)session->choice.workers, 1000);
        for (long i = 0; i < session->choice.workers; i++) {
            struct worker *worker = &session->workers[i];

            if (worker->is_busy && (news[i].revents != 0 || now_ms() > worker->deadline))
                finish(session, worker);
        }
    }
}

static void close_arenas(struct session *session)
{
    for (long i = 0; i < session->choice.workers; i++)
        if (session->workers[i].arena.pid > 0)
            arena_close(&session->workers[i].arena);
}

/* ---- the whole ------------------------------------------------------------------------------ */

static long number_of(const char *text)
{
    char *end;
    long number = strtol(text, &end, 10);

    if (*end != '\0' || number < 0) {
        fputs(usage, stderr);
        exit(2);
    }
    return number;
}

static void read_options(struct session *session, int count, char *const *words)
{
    static const struct option options[] = {
        {"all", no_argument, NULL, 'a'},
        {"list", no_argument, NULL, 'l'},
        {"seconds", required_argument, NULL, 't'},
        {"seed", required_argument, NULL, 's'},
        {"jobs", required_argument, NULL, 'j'},
        {"deadline", required_argument, NULL, 'd'},
        {"scenario", required_argument, NULL, 'S'},
        {"call", required_argument, NULL, 'c'},
        {"number", required_argument, NULL, 'n'},
        {"error", required_argument, NULL, 'e'},
        {NULL, 0, NULL, 0},
    };
    struct choice *choice = &session->choice;
    int option;

    while ((option = getopt_long(count, words, "", options, NULL)) >= 0) {
        if (option == 'a')
            choice->all = true;
        else if (option == 'l')
            choice->list = true;
        else if (option == 't')
            choice->seconds = number_of(optarg);
        else if (option == 's')
            choice->seed = (unsigned int)number_of(optarg);
        else if (option == 'j')
            choice->workers = number_of(optarg);
        else if (option == 'd')
            session->setup.deadline_ms = (int)number_of(optarg);
        else if (option == 'S')
            choice->scenario = optarg;
        else if (option == 'c')
            choice->call = optarg;
        else if (option == 'n')
            choice->number = number_of(optarg);
        else if (option == 'e')
            choice->error = optarg;
        else
            break;
    }
    if (option >= 0 || optind < count || choice->workers < 1 || choice->workers > WORKERS_MOST) {
        fputs(usage, stderr);
        exit(2);
    }
}

static bool knows_setup_timeout(const char *binary)
{
    char command[4096];

    snprintf(command, sizeof command, "'%s' --help | grep -q -e --setup-timeout", binary);
    return system(command) == 0;
}

/* A run without a fault for each scenario tells what calls it makes. */
static void count_calls(struct session *session)
{
    for (int i = 0; i < (int)scenario_count; i++)
        if (is_chosen(session->choice.scenario, scenarios[i].name))
            add_job(session, (struct job){.scenario = i});
    session->end = now_ms() + 3600000;
    /* What it appends are the next jobs. */
    for (size_t count = session->job_count; session->next < count;) {
        struct worker *worker = &session->workers[0];
        struct pollfd news;

        (void)begin(session, worker);
        news = (struct pollfd){worker->arena.fd, POLLIN, 0};
        (void)poll(&news, 1, ARENA_MS);
        finish(session, worker);
    }
    memmove(session->jobs, session->jobs + session->next,
            (session->job_count - session->next) * sizeof *session->jobs);
    session->job_count -= session->next;
    session->next = 0;
}

static int report(const struct session *session)
{
    unsigned int bad = 0;
    unsigned int tried = 0;
    int number = 0;

    for (size_t i = 0; i < scenario_count; i++) {
        if (!is_chosen(session->choice.scenario, scenarios[i].name))
            continue;
        printf("%sok %d - %s: %u faults, %u of them bad\n", session->bad[i] > 0 ? "not " : "",
               ++number, scenarios[i].name, session->tried[i], session->bad[i]);
        bad += session->bad[i];
        tried += session->tried[i];
    }
    printf("1..%d\n# %u of %zu faults tried, %u not reached, %u bad\n", number, tried,
           session->job_count, session->not_reached, bad);
    return bad > 0 ? 1 : 0;
}

static void print_list(const struct session *session)
{
    for (size_t i = 0; i < session->job_count; i++) {
        const struct job *job = &session->jobs[i];

        printf("--scenario %s --call %s --number %d --error %s\n", scenarios[job->scenario].name,
               calls[job->fault.call].name, job->fault.ordinal,
               error_name(job->fault.error_number));
    }
}

int main(int argc, char **argv)
{
    static struct session session;
    const char *binary = getenv("NSINIT");

    session.choice = (struct choice){
        .seconds = 40, .seed = (unsigned int)time(NULL), .workers = sysconf(_SC_NPROCESSORS_ONLN)};
    if (session.choice.workers > WORKERS_MOST)
        session.choice.workers = WORKERS_MOST;
    session.setup =
        (struct setup){.binary = binary != NULL ? binary : NSINIT_BINARY, .deadline_ms = 10000};
    read_options(&session, argc, argv);
    if (geteuid() != 0) {
        printf("# SKIPPED faults: they need root\n");
        return EXIT_SKIPPED;
    }
    session.setup.knows_setup_timeout = knows_setup_timeout(session.setup.binary);
    count_calls(&session);
    if (session.choice.list) {
        print_list(&session);
    } else {
        if (!session.choice.all) {
            printf("# the order is that of --seed %u\n", session.choice.seed);
            shuffle(&session);
            session.end = now_ms() + 1000 * session.choice.seconds;
        }
        fflush(stdout);
        work(&session);
    }
    close_arenas(&session);
    return session.choice.list ? 0 : report(&session);
}
