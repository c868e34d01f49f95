/*
 * health.c - run a service's health command at intervals
 * The command runs in the service's namespaces with the service's credentials, in a new session,
 * and is killed at its timeout.
 */
#include "service/health.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "service/command.h"
#include "service/supervised.h"
#include "util/loop.h"
#include "util/log.h"
#include "util/time.h"

/* The end of a check's output is kept, as it mostly says what went wrong. */
enum { OUTPUT_SIZE = 4096, READ_SIZE = 1024 };

/*
 * The end of a PID namespace kills the check before nsinit sees that the service has ended:
 * pid_namespaces(7). nsinit waits for this time before a killed check counts as failed.
 */
enum { DOUBT_MS = 1000 };

static const char not_run[] = "could not be run";

struct health {
    struct supervised *supervised;
    const struct health_check *rules;
    struct health_verdict verdict;
    struct health_verdict reported; /* by the last event of this run, if there was one */
    bool reported_passed;
    bool has_reported;
    struct timer timer;  /* until the next check, or until this one's time is over */
    struct ev_io output; /* of the running check */
    struct setup *setup; /* of the check, until its command is executed; NULL: none */
    pid_t pid;           /* of the check, until it is waited for; 0: none */
    bool is_abandoned;   /* its result is ignored */
    bool is_late;        /* it was killed at its time-out */
    bool is_in_doubt;    /* another process has killed it, or it could not be run */
    bool was_run;
    uint64_t begun_ms; /* the check */
    size_t length;
    char text[OUTPUT_SIZE + READ_SIZE];
};

static void on_timer(struct ev_loop *loop, struct ev_timer *watcher, int events);
static void on_output(struct ev_loop *loop, struct ev_io *watcher, int events);
static void on_end(void *owner, pid_t pid, int wait_status);

/* execve(2) takes char *, though it changes no argument. */
static char *word(const char *text)
{
    return (char *)(uintptr_t)text;
}

struct health *health_new(struct supervised *supervised)
{
    struct health *health = calloc(1, sizeof *health);

    if (health == NULL)
        return NULL;
    health->supervised = supervised;
    health->rules = &supervised->service->supervision.health;
    timer_init(&health->timer, on_timer, health);
    return health;
}

static void start_timer(struct health *health, uint32_t milliseconds)
{
    timer_start(health->supervised->common->loop, &health->timer, milliseconds);
}

static void close_output(struct health *health)
{
    watch_end(health->supervised->common->loop, &health->output);
}

/* Read, and keep the end of the output. False when it is over. */
static bool read_output(struct health *health)
{
    ssize_t count = read(health->output.fd, health->text + health->length, READ_SIZE);

    if (count <= 0)
        return false;
    health->length += (size_t)count;
    if (health->length > OUTPUT_SIZE) {
        memmove(health->text, health->text + health->length - OUTPUT_SIZE, OUTPUT_SIZE);
        health->length = OUTPUT_SIZE;
    }
    return true;
}

static void on_output(struct ev_loop *loop, struct ev_io *watcher, int events)
{
    struct health *health = watcher->data;

    watch_again(loop, watcher, events);
    errno = 0;
    if (!read_output(health) && errno != EAGAIN)
        close_output(health);
}

/* Log each line of the output. */
static void show_output(struct health *health, enum log_level level)
{
    char *line = health->text;

    while (*line != '\0') {
        char *end = strchrnul(line, '\n');
        bool is_last = *end == '\0';

        *end = '\0';
        log_line(level, "%s: health: | %s", name_of(health->supervised), line);
        line = is_last ? end : end + 1;
    }
}

/* Whether the result differs from the last one reported; a healthy service's mostly do not. */
static bool is_news(struct health *health, bool passed)
{
    const struct health_verdict *last = &health->reported;
    const struct health_verdict *now = &health->verdict;
    bool is_same = health->has_reported && health->reported_passed == passed &&
                   last->state == now->state && last->failures == now->failures;

    health->reported = *now;
    health->reported_passed = passed;
    health->has_reported = true;
    return !is_same || health->supervised->common->pod->report_checks;
}

/* A check has passed or failed, for the reason given. */
static void judge(struct health *health, bool passed, const char *reason)
{
    struct supervised *supervised = health->supervised;
    const char *name = name_of(supervised);
    uint64_t age = health->begun_ms - supervised->started_ms;
    bool has_changed = health_verdict_on_check(&health->verdict, health->rules, passed, age);
    bool is_bad = health->verdict.state == HEALTH_UNHEALTHY;
    enum log_level level = has_changed && is_bad ? LOG_WARNING : LOG_INFO;

    health->text[health->length] = '\0';
    if (is_news(health, passed))
        event_emit(supervised, EVENT_KIND_HEALTH, health->text, passed);
    if (!passed) {
        log_line(level, "%s: health: check failed (%s), %u of %u", name, reason,
                 health->verdict.failures, health->rules->retries);
        show_output(health, level);
    }
    if (has_changed)
        log_line(level, "%s: %s", name, health_state_name(health->verdict.state));
    if (is_bad)
        supervised->machine->on_event(supervised, EVENT_UNHEALTHY);
    else
        start_timer(health, health->rules->interval_ms);
}

/* The check writes to nsinit, and its stdin is empty. */
static int open_pipes(struct health *health, int *input, int *output)
{
    int in[2];

    if (pipe2(in, O_CLOEXEC) < 0)
        return -1;
    close(in[1]);
    *input = in[0];
    *output = watch_pipe(health->supervised->common->loop, &health->output, on_output, health);
    if (*output < 0)
        close(in[0]);
    return *output;
}

/* A service that is ending takes its namespaces along; its end arrives soon. */
static void on_not_run(struct health *health, const struct error *error)
{
    struct strbuf text = strbuf_in(health->text, sizeof health->text);

    close_output(health);
    strbuf_format(&text, "%s: %s", error->subject, error->reason);
    health->length = text.length;
    health->is_in_doubt = error->kind == ERROR_FAILED;
    if (health->is_in_doubt)
        start_timer(health, DOUBT_MS);
    else
        judge(health, false, not_run);
}

static void on_done(void *owner, struct spawning *spawning, enum spawn_outcome outcome)
{
    struct health *health = owner;

    if (outcome != SPAWN_STARTED) {
        on_not_run(health, &spawning->error);
        return;
    }
    health->pid = spawning->pid;
    health->was_run = true;
    children_add_for(&health->supervised->common->children, health->pid, on_end, health,
                     health->supervised);
}

static const struct setup_hooks setup_hooks = {on_done, NULL};

static void spawn_check(struct health *health, int input, int output)
{
    struct service_common *common = health->supervised->common;
    struct spawn_context context = spawn_context_plain(common->context.inherited);
    char *const by_shell[] = {word("/bin/sh"), word("-c"), word(health->rules->command), NULL};
    struct command check = {.words = health->rules->words != NULL ? health->rules->words : by_shell,
                            .placement = PLACEMENT_SESSION,
                            .context = &context};

    context.stdio[STDIN_FILENO] = input;
    context.stdio[STDOUT_FILENO] = output;
    context.stdio[STDERR_FILENO] = output;
    context.unsets_notify_socket = true;
    context.parent_death_signal = SIGKILL;
    command_begin(&health->setup, health->supervised, &check, &setup_hooks, health);
}

static void begin_check(struct health *health)
{
    struct spawning failed = {0};
    int input;
    int output;

    health->begun_ms = time_monotonic_ms();
    health->is_late = false;
    health->is_abandoned = false;
    health->was_run = false;
    health->length = 0;
    if (open_pipes(health, &input, &output) < 0) {
        error_failed(&failed.error, "%s: health: pipe", name_of(health->supervised));
        on_done(health, &failed, SPAWN_FAILED);
        return;
    }
    start_timer(health, health->rules->timeout_ms);
    spawn_check(health, input, output);
    close(input);
    close(output);
}

/* The process may not lead its group yet. */
static void kill_check(const struct health *health)
{
    (void)kill(health->pid, SIGKILL);
    (void)kill(-health->pid, SIGKILL);
}

static void give_up_setup(struct health *health)
{
    char reason[64];
    struct strbuf text = strbuf_in(reason, sizeof reason);

    setup_abandon(health->setup);
    close_output(health);
    strbuf_add(&text, "its command was not executed within ");
    time_add_duration(&text, health->rules->timeout_ms);
    judge(health, false, reason);
}

static void on_timer(struct ev_loop *loop, struct ev_timer *watcher, int events)
{
    struct health *health = watcher->data;

    (void)loop;
    (void)events;
    if (health->is_in_doubt) {
        health->is_in_doubt = false;
        judge(health, false, health->was_run ? "killed by KILL" : not_run);
    } else if (health->setup != NULL) {
        give_up_setup(health);
    } else if (health->pid == 0) {
        begin_check(health);
    } else if (health->is_abandoned) {
        /* The check of the last run has not ended yet. */
        start_timer(health, health->rules->interval_ms);
    } else {
        health->is_late = true;
        kill_check(health);
    }
}

void health_begin(struct health *health)
{
    health->verdict = (struct health_verdict){0};
    health->has_reported = false;
    start_timer(health, health->rules->interval_ms);
}

void health_stop(struct health *health)
{
    timer_stop(health->supervised->common->loop, &health->timer);
    close_output(health);
    health->is_in_doubt = false;
    if (health->setup != NULL)
        setup_abandon(health->setup);
    if (health->pid == 0)
        return;
    health->is_abandoned = true;
    kill_check(health);
}

/* Append why the check has failed. */
static void add_reason(struct strbuf *text, const struct health *health, int wait_status)
{
    if (health->is_late) {
        strbuf_add(text, "killed after ");
        time_add_duration(text, health->rules->timeout_ms);
    } else {
        signal_add_end(text, wait_status);
    }
}

static void on_end(void *owner, pid_t pid, int wait_status)
{
    struct health *health = owner;
    bool passed = WIFEXITED(wait_status) && WEXITSTATUS(wait_status) == 0;
    char reason[64];
    struct strbuf text = strbuf_in(reason, sizeof reason);

    (void)pid;
    health->pid = 0;
    if (health->is_abandoned)
        return;
    while (ev_is_active(&health->output) && read_output(health))
        ;
    close_output(health);
    health->is_in_doubt =
        WIFSIGNALED(wait_status) && WTERMSIG(wait_status) == SIGKILL && !health->is_late;
    if (health->is_in_doubt) {
        start_timer(health, DOUBT_MS);
        return;
    }
    add_reason(&text, health, wait_status);
    judge(health, passed && !health->is_late, reason);
}

const struct health_verdict *health_verdict(const struct health *health)
{
    return &health->verdict;
}

bool health_is_quiet(const struct health *health)
{
    return health->pid == 0 && health->setup == NULL && !timer_is_active(&health->timer);
}
