/*
 * judge.c - KILL nsinit at random moments, and look who is left of what it has started
 * The judge is PID 1 of a PID namespace of its own, in whose /proc all of them are seen.
 */
#include "attacker.h"

#include <ctype.h>
#include <dirent.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* The kernel needs a moment for each process of a namespace that ends. */
enum { GRACE_MS = 500, EARLY_US = 4000, LATE_US = 25000 };

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void sleep_us(long microseconds)
{
    const struct timespec pause = {.tv_sec = microseconds / 1000000,
                                   .tv_nsec = microseconds % 1000000 * 1000};

    nanosleep(&pause, NULL);
}

/* All processes in our /proc but PID 1, each with `act`. Returns how many. */
static int for_others(void (*act)(pid_t pid))
{
    DIR *proc = opendir("/proc");
    struct dirent *entry;
    int count = 0;

    while (proc != NULL && (entry = readdir(proc)) != NULL) {
        pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);

        if (!isdigit((unsigned char)entry->d_name[0]) || pid == 1)
            continue;
        count++;
        if (act != NULL)
            act(pid);
    }
    if (proc != NULL)
        closedir(proc);
    return count;
}

static void kill_it(pid_t pid)
{
    (void)kill(pid, SIGKILL);
}

static void reap(void)
{
    while (waitpid(-1, NULL, WNOHANG) > 0)
        ;
}

/* Whether it is in a PID namespace below ours: it has more than one number (proc(5), NSpid). */
static bool is_nested(pid_t pid)
{
    char path[64];
    char line[256];
    bool nested = false;
    FILE *file;

    snprintf(path, sizeof path, "/proc/%d/status", pid);
    file = fopen(path, "re");
    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        if (strncmp(line, "NSpid:\t", 7) == 0)
            nested = strchr(line + 7, '\t') != NULL;
    if (file != NULL)
        fclose(file);
    return nested;
}

static int nested_count;

static void count_nested(pid_t pid)
{
    nested_count += is_nested(pid);
}

/*
 * Whether all have ended in time; what has not is killed one by one. Of what was stopped from
 * outside only those in a PID namespace of their own count: who may stop a process of nsinit's
 * before it is tied to nsinit, may stop nsinit.
 */
static bool has_survivors(bool stops)
{
    int64_t end = now_ms() + GRACE_MS;
    bool survived;

    for (reap(); for_others(NULL) > 0 && now_ms() < end; reap())
        sleep_us(300);
    nested_count = 0;
    survived = for_others(count_nested) > 0 && (!stops || nested_count > 0);
    while (for_others(kill_it) > 0) {
        reap();
        sleep_us(300);
    }
    return survived;
}

/* Stop what nsinit has for children, as a sibling service of the same user may. */
static void stop_children(pid_t pid)
{
    char path[64];
    int child;
    FILE *file;

    snprintf(path, sizeof path, "/proc/%d/task/%d/children", pid, pid);
    file = fopen(path, "re");
    while (file != NULL && fscanf(file, "%d", &child) == 1)
        (void)kill(child, SIGSTOP);
    if (file != NULL)
        fclose(file);
}

static void try_once(struct score *score, char **command, bool stops)
{
    long moment = random() % (random() % 2 == 0 ? EARLY_US : LATE_US);
    int runs = score->runs;
    pid_t pid = fork();

    if (pid == 0) {
        execv(command[0], command);
        _exit(127);
    }
    sleep_us(moment);
    /* Before, nobody is there to do so but who may stop nsinit itself. */
    if (stops && score->runs > runs)
        stop_children(pid);
    (void)kill(pid, SIGKILL);
    if (has_survivors(stops)) {
        char how[HOW_SIZE];

        snprintf(how, sizeof how, "processes survived a KILL after %ld us", moment);
        score_success(score, how);
    }
}

int survivors_judge(struct score *score, char **words)
{
    int tries = atoi(words[0]);
    int64_t end = now_ms() + 1000 * (int64_t)atoi(words[1]);
    bool stops = strcmp(words[2], "stop") == 0;

    srandom((unsigned int)getppid() + 1);
    while (tries-- > 0 && now_ms() < end && score->successes < 20) {
        try_once(score, words + 3, stops);
        atomic_fetch_add(&score->tries, 1);
    }
    return EXIT_SUCCESS;
}
