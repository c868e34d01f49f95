// The measuring program behind contrib/bench: reads the command line, runs one subject, and is the
// only place that reports a failure. Its output is for contrib/bench (see result_print).
#include "bench.h"
#include "guard.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define CONTENDERS_MAX 32
#define EXIT_USAGE 2

static const struct {
    const char *name;
    int namespaces; // that the contenders are put into
    int (*measure)(const struct settings *settings, struct problem *problem);
} subjects[] = {
    {"memory", CLONE_NEWPID, measure_memory},
    {"startup", CLONE_NEWPID, measure_startup},
    {"roundtrip", CLONE_NEWPID, measure_roundtrip},
    {"orphans", CLONE_NEWPID, measure_orphans},
    {"wakeups", CLONE_NEWPID, measure_wakeups},
    {"namespaces", 0, measure_namespaces},
    {"restarts", 0, measure_restarts},
    {"supervision-idle", CLONE_NEWPID, measure_supervision_idle},
    {"pods", CLONE_NEWPID | CLONE_NEWNS, measure_pods},
};

static const struct option options[] = {
    {"cpu", required_argument, NULL, 'c'},
    {"true", required_argument, NULL, 't'},
    {"service", required_argument, NULL, 's'},
    {"runs", required_argument, NULL, 'n'},
    {"rounds", required_argument, NULL, 'r'},
    {"seconds", required_argument, NULL, 'd'},
    {"directory", required_argument, NULL, 'D'},
    {"services", required_argument, NULL, 'S'},
    {NULL, 0, NULL, 0},
};

static int usage(void)
{
    fputs("usage: measure --true FILE --service FILE [--cpu N] [--runs N] [--rounds N]"
          " [--seconds N] [--directory DIR --services N,N,...] SUBJECT NAME='INIT ARG...'...\n",
          stderr);
    return EXIT_USAGE;
}

static unsigned parse_count(const char *text)
{
    char *end;
    unsigned long value = strtoul(text, &end, 10);

    // 0 is no count, so it can stand for what is none.
    return *end == '\0' && value <= 1000000 ? (unsigned)value : 0;
}

// As many as there is room for.
static void parse_sizes(struct settings *settings, char *list)
{
    settings->size_count = 0;
    for (char *word; settings->size_count < SIZES_MAX && (word = strsep(&list, ",")) != NULL;)
        settings->services[settings->size_count++] = parse_count(word);
}

// Everything started from here inherits it.
static int pin(int cpu, struct problem *problem)
{
    cpu_set_t set;

    CPU_ZERO(&set);
    CPU_SET((size_t)cpu, &set);
    if (sched_setaffinity(0, sizeof(set), &set) < 0)
        return problem_set(problem, errno, "run on", "the CPU given by --cpu");
    return 0;
}

static void do_nothing(int signal_number)
{
    (void)signal_number;
}

// Handlers, since these do not outlive execve and an ignored signal would. Without SA_RESTART an
// alarm ends a read that would wait for ever; a SIGPIPE becomes EPIPE.
static void prepare_signals(void)
{
    const struct sigaction action = {.sa_handler = do_nothing};

    sigaction(SIGALRM, &action, NULL);
    sigaction(SIGPIPE, &action, NULL);
}

// An init must not find the caller's terminal on its stdin: some would take its foreground.
static int detach_stdin(struct problem *problem)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);

    if (null < 0 || dup2(null, STDIN_FILENO) < 0)
        return problem_set(problem, errno, "open", "/dev/null");
    close(null);
    return 0;
}

// TEXT is NAME=WORD WORD..., and stays in use.
static bool parse_contender(struct contender *contender, char *text)
{
    char *rest = strchr(text, '=');
    size_t count = 0;

    if (!rest)
        return false;
    *rest++ = '\0';
    *contender = (struct contender){.name = text};
    for (char *word; (word = strsep(&rest, " ")) != NULL;) {
        if (count == CONTENDER_WORDS)
            return false;
        contender->words[count++] = word;
    }
    return true;
}

static size_t parse_contenders(char **arguments, struct contender *contenders)
{
    size_t count = 0;

    contenders[count++] = (struct contender){.name = "bare"};
    for (; *arguments; arguments++) {
        if (count == CONTENDERS_MAX || !parse_contender(&contenders[count++], *arguments))
            return 0;
    }
    return count;
}

static int measure_subject(const char *name, struct contender *contenders,
                           const struct settings *settings, struct problem *problem)
{
    for (size_t i = 0; i < sizeof(subjects) / sizeof(subjects[0]); i++) {
        if (strcmp(subjects[i].name, name) != 0)
            continue;
        for (size_t j = 0; j < settings->contender_count; j++)
            contenders[j].namespaces = subjects[i].namespaces;
        return subjects[i].measure(settings, problem);
    }
    return problem_set(problem, EINVAL, "measure", name);
}

static int run(const char *subject, int cpu, struct contender *contenders,
               const struct settings *settings)
{
    struct problem problem;

    // From here on in a child: what is started here ends with it (see sandbox.c).
    guard_begin();
    prepare_signals();
    // What the caller has left open would be counted as the contenders' files.
    syscall(SYS_close_range, STDERR_FILENO + 1U, ~0U, 0U);
    int result = detach_stdin(&problem);
    if (result == 0 && cpu >= 0)
        result = pin(cpu, &problem);
    if (result == 0)
        result = measure_subject(subject, contenders, settings, &problem);
    if (result == 0)
        return EXIT_SUCCESS;

    fprintf(stderr, "measure: cannot %s %s: %s\n", problem.attempt, problem.subject,
            strerror(problem.error));
    if (problem.error == EPERM)
        fputs("  hint: namespaces take root (CAP_SYS_ADMIN)\n", stderr);
    return EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    struct contender contenders[CONTENDERS_MAX];
    struct settings settings = {.contenders = contenders, .runs = 1, .rounds = 1, .seconds = 1};
    int cpu = -1;
    int option;

    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (option) {
        case 'c':
            cpu = (int)strtol(optarg, NULL, 10);
            break;
        case 't':
            settings.true_path = optarg;
            break;
        case 's':
            settings.service_path = optarg;
            break;
        case 'n':
            settings.runs = parse_count(optarg);
            break;
        case 'r':
            settings.rounds = parse_count(optarg);
            break;
        case 'd':
            settings.seconds = parse_count(optarg);
            break;
        case 'D':
            settings.directory = optarg;
            break;
        case 'S':
            parse_sizes(&settings, optarg);
            break;
        default:
            return usage();
        }
    }
    if (argc - optind < 2 || !settings.true_path || !settings.service_path || settings.runs == 0 ||
        settings.rounds == 0 || settings.seconds == 0)
        return usage();
    settings.contender_count = parse_contenders(argv + optind + 1, contenders);
    if (settings.contender_count == 0)
        return usage();
    return run(argv[optind], cpu, contenders, &settings);
}
