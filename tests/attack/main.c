/*
 * main.c - the attacks: hostile services, and what is judged from outside
 * Each attack is a test, which fails when one try has succeeded. contrib/attack shows all of them,
 * on an older binary, too: an attack that succeeds on no binary would prove nothing.
 */
#include "attack/attack.h"

#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Each run of the program has its own directory. */
static char directory[] = "/tmp/nsinit-attack-XXXXXX";

/* How long an attack goes on in a test of CTest, at most. */
enum { FEW_SECONDS = 4, MANY_SECONDS = 600 };

/* What is tried less often shows nothing, but that the target does not run as it should. */
enum { FEWEST_TRIES = 5 };

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void rest(void)
{
    const struct timespec pause = {.tv_nsec = 1000 * 1000};

    nanosleep(&pause, NULL);
}

static int number_of(const char *variable, int otherwise)
{
    const char *value = getenv(variable);

    return value != NULL ? atoi(value) : otherwise;
}

/* ---- files -------------------------------------------------------------------------------- */

const char *test_file(const char *name)
{
    enum { MOST = 64 };
    static char paths[MOST][200];
    char path[200];

    snprintf(path, sizeof path, "%s/%s", directory, name);
    for (size_t i = 0; i < MOST; i++) {
        if (paths[i][0] == '\0')
            memcpy(paths[i], path, sizeof path);
        if (strcmp(paths[i], path) == 0)
            return paths[i];
    }
    ck_abort_msg("too many files");
}

#define PATH_OF(function, name)                             \
    const char *function(void)                              \
    {                                                       \
        static char path[200];                              \
                                                            \
        snprintf(path, sizeof path, "%s/" name, directory); \
        return path;                                        \
    }

PATH_OF(nsinit_path, "nsinit")
PATH_OF(attacker_path, "attacker")
PATH_OF(score_path, "score")
PATH_OF(control_path, "control")

const char *check_command(void)
{
    static char command[500];

    snprintf(command, sizeof command, "[\"%s\", \"run\", \"%s\"]", attacker_path(), score_path());
    return command;
}

const char *pod_file(const char *format, ...)
{
    const char *path = test_file("pod");
    FILE *file = fopen(path, "we");
    va_list arguments;

    ck_assert_ptr_nonnull(file);
    va_start(arguments, format);
    ck_assert_int_ge(vfprintf(file, format, arguments), 0);
    va_end(arguments);
    ck_assert_int_eq(fclose(file), 0);
    return path;
}

static struct score *fresh_score(void)
{
    struct score *score;
    int fd = open(score_path(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(fchmod(fd, 0666), 0);
    ck_assert_int_eq(ftruncate(fd, sizeof *score), 0);
    close(fd);
    score = score_open(score_path());
    ck_assert_ptr_nonnull(score);
    return score;
}

void attack_make_tree(void)
{
    char script[600];

    snprintf(script, sizeof script,
             "cd %s && rm -rf tree && mkdir -p tree/proc tree/etc tree/tmp && "
             "chown %d:%d tree/etc && cp attacker tree/ && ln score tree/ && "
             "touch marker && chmod 600 marker",
             directory, ORDINARY_USER, ORDINARY_USER);
    ck_assert_int_eq(system(script), 0);
}

/* ---- an attack ---------------------------------------------------------------------------- */

bool attack_begin(struct attack *attack, const char *name, int few)
{
    int seconds = getenv("ATTACK_TRIES") != NULL ? MANY_SECONDS : FEW_SECONDS;
    const char *pattern = getenv("ATTACK_ONLY");

    if (pattern != NULL && fnmatch(pattern, name, 0) != 0)
        return false;
    if (geteuid() != 0) {
        skip_test(name, "needs root, which the target runs as");
        return false;
    }
    *attack = (struct attack){.name = name,
                              .wanted = number_of("ATTACK_TRIES", few),
                              .enough = ENOUGH,
                              .end_ms = now_ms() + 1000 * number_of("ATTACK_SECONDS", seconds),
                              .score = fresh_score()};
    attack->pinger = pinger_start(control_path());
    return true;
}

bool attack_goes_on(const struct attack *attack)
{
    return attack->tries < attack->wanted && attack->score->successes < attack->enough &&
           now_ms() < attack->end_ms;
}

int attack_seconds_left(const struct attack *attack)
{
    return (int)((attack->end_ms - now_ms()) / 1000);
}

/*
 * What is to be timed is whether nsinit waits for its service, not whether it gets a processor: it
 * goes before all others, its children do not (sched(7)).
 */
static void prefer_nsinit(void *argument)
{
    const struct process_options *options = argument;
    const struct sched_param priority = {.sched_priority = 1};

    (void)sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &priority);
    if (options->prepare != NULL)
        options->prepare(options->argument);
}

void attack_start(struct attack *attack, const struct process_options *options)
{
    struct process_options preferred = *options;

    preferred.prepare = prefer_nsinit;
    /* The child has its own copy of what this points to. */
    preferred.argument = (void *)(uintptr_t)options;
    (void)unlink(control_path());
    (void)unlink(test_file("report"));
    attack->report_read = 0;
    attack->score->prepared = 0;
    process_start(&attack->process, &preferred);
    (void)fcntl(attack->process.output.fd, F_SETFL, O_NONBLOCK);
    (void)fcntl(attack->process.errors.fd, F_SETFL, O_NONBLOCK);
    attack->is_running = true;
    pinger_resume(attack->pinger);
}

/* Nothing is to be read, but nobody is to wait for a reader. */
static void drain(int fd)
{
    char buffer[4096];
    ssize_t size;

    while ((size = read(fd, buffer, sizeof buffer)) > 0)
        if (getenv("ATTACK_DEBUG") != NULL)
            (void)!write(STDERR_FILENO, buffer, (size_t)size);
}

void attack_stop(struct attack *attack)
{
    if (!attack->is_running)
        return;
    pinger_pause(attack->pinger);
    drain(attack->process.output.fd);
    drain(attack->process.errors.fd);
    process_drop(&attack->process);
    attack->is_running = false;
}

bool attack_wait(struct attack *attack)
{
    drain(attack->process.output.fd);
    if (!attack->is_unread)
        drain(attack->process.errors.fd);
    rest();
    return !process_has_ended(&attack->process);
}

bool attack_await_runs(struct attack *attack, int runs, int milliseconds)
{
    int64_t end = now_ms() + milliseconds;

    while (attack->score->runs < runs)
        if (now_ms() > end || !attack_wait(attack))
            return attack->score->runs >= runs;
    return true;
}

int attack_events(struct attack *attack, const char *name)
{
    char wanted[60];
    char line[4096];
    int count = 0;
    FILE *file = fopen(test_file("report"), "re");

    if (file == NULL)
        return 0;
    snprintf(wanted, sizeof wanted, "{\"event\":\"%s\"", name);
    (void)fseek(file, attack->report_read, SEEK_SET);
    while (fgets(line, sizeof line, file) != NULL)
        count += strncmp(line, wanted, strlen(wanted)) == 0;
    attack->report_read = ftell(file);
    fclose(file);
    return count;
}

bool attack_is_answered(struct attack *attack, int milliseconds)
{
    int64_t end = now_ms() + milliseconds;
    int answers = pinger_answers(attack->pinger);

    while (pinger_answers(attack->pinger) == answers)
        if (now_ms() > end || !attack_wait(attack))
            return false;
    return true;
}

bool attack_is_frozen(struct attack *attack)
{
    if (pinger_silence(attack->pinger) < FROZEN_MS)
        return false;
    score_success(attack->score, "nsinit answers nobody any more");
    return true;
}

void attack_end(struct attack *attack)
{
    const struct score *score = attack->score;
    bool only_tells = getenv("ATTACK_REPORT") != NULL;

    attack_stop(attack);
    /* Some tries are counted by what comes of them. */
    if (attack->tries < score->successes)
        attack->tries = score->successes;
    printf("# ATTACK %s: %d tries, %d successes, slowest answer %d ms of %d%s%s\n", attack->name,
           attack->tries, score->successes, pinger_slowest(attack->pinger),
           pinger_answers(attack->pinger), score->how[0] != '\0' ? ": " : "", score->how);
    fflush(stdout);
    if (only_tells)
        return;
    ck_assert_msg(attack->tries >= FEWEST_TRIES, "%s: tried %d times only", attack->name,
                  attack->tries);
    ck_assert_msg(score->successes == 0, "%s: %d of %d tries succeeded: %s", attack->name,
                  score->successes, attack->tries, score->how);
    ck_assert_msg(pinger_slowest(attack->pinger) <= LATE_MS, "%s: status was answered after %d ms",
                  attack->name, pinger_slowest(attack->pinger));
}

bool nsinit_knows(const char *option)
{
    struct process process;

    process_run(&process, &(struct process_options){.arguments = COMMAND(nsinit_path(), "--help")});
    return strstr(process.output.text, option) != NULL;
}

/* ---- the program -------------------------------------------------------------------------- */

static int run_shell(const char *format, const char *from)
{
    char command[1000];

    snprintf(command, sizeof command, format, from, directory);
    return system(command);
}

static const char *missing(void)
{
    return process_can_isolate() ? NULL : "no PID namespaces for us here (needs CAP_SYS_ADMIN)";
}

static void remove_directory(void)
{
    if (run_shell("%srm -rf %s", "") != 0)
        fprintf(stderr, "%s is left behind\n", directory);
}

static bool set_up(void)
{
    const char *nsinit = getenv("NSINIT") != NULL ? getenv("NSINIT") : NSINIT_BINARY;

    if (mkdtemp(directory) == NULL || chmod(directory, 0755) < 0) {
        perror(directory);
        return false;
    }
    if (run_shell("cp '%s' %s/nsinit", nsinit) == 0 &&
        run_shell("cp '%s' %s/attacker", ATTACKER_BINARY) == 0)
        return true;
    remove_directory();
    return false;
}

int main(int argc, char **argv)
{
    case_maker *const makers[] = {ALL_CASES, NULL};

    return suite_main(&(struct suite){.name = "attack",
                                      .makers = makers,
                                      .missing = missing,
                                      .set_up = set_up,
                                      .tear_down = remove_directory},
                      argc, argv);
}
