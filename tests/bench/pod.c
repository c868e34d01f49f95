// Runs a supervisor with many services: from its start to its end nothing is polled for.
#include "pod.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>

// For all to run, and for one to be back.
#define TIMEOUT 120 // seconds

// --- the start -----------------------------------------------------------------------------------

// WORD with the size in the place of its %.
static char *expand_word(const char *word, unsigned size)
{
    const char *place = strchr(word, '%');
    char *expanded = NULL;
    int length = place ? asprintf(&expanded, "%.*s%u%s", (int)(place - word), word, size, place + 1)
                       : asprintf(&expanded, "%s", word);

    return length < 0 ? NULL : expanded;
}

static int expand_words(struct pod *pod, const struct contender *contender, struct problem *problem)
{
    pod->contender =
        (struct contender){.name = contender->name, .namespaces = contender->namespaces};
    for (size_t i = 0; contender->words[i]; i++) {
        pod->contender.words[i] = expand_word(contender->words[i], pod->size);
        if (!pod->contender.words[i])
            return problem_set(problem, ENOMEM, "allocate", "words");
    }
    return 0;
}

// A new file each time, so that it is all zero, and nobody left over writes to it.
static int make_board(struct pod *pod, const char *directory, struct problem *problem)
{
    char path[128];

    snprintf(path, sizeof(path), "%s/board", directory);
    unlink(path);
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0 || ftruncate(fd, sizeof(*pod->board)) < 0)
        return problem_set(problem, errno, "make", path);
    void *board = mmap(NULL, sizeof(*pod->board), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (board == MAP_FAILED)
        return problem_set(problem, errno, "map", path);
    pod->board = board;
    return 0;
}

// Until so many services have been started in all.
static int wait_for_starts(const struct pod *pod, uint32_t count, struct problem *problem)
{
    const uint64_t begin = clock_now_ns();
    const struct timespec timeout = {.tv_sec = TIMEOUT};

    for (uint32_t seen; (seen = atomic_load(&pod->board->started)) < count;) {
        if (clock_now_ns() - begin >= TIMEOUT * UINT64_C(1000000000))
            return problem_set(problem, ETIMEDOUT, "wait for services of", pod->contender.name);
        board_sleep(&pod->board->started, seen, &timeout);
    }
    return 0;
}

static int start_supervisor(struct pod *pod, double *ready_ms, struct problem *problem)
{
    atomic_store(&pod->board->awaited, pod->size);
    uint64_t begin = clock_now_ns();
    pid_t pid = sandbox_spawn(&pod->contender, NULL, NULL, pod->null, pod->null, problem);

    if (pid < 0)
        return (int)pid;
    pod->sandbox.pid = pid;
    int result = wait_for_starts(pod, pod->size, problem);
    *ready_ms = (double)(clock_now_ns() - begin) / 1e6;
    return result;
}

int pod_start(struct pod *pod, const struct settings *settings, size_t contender, unsigned size,
              double *ready_ms, struct problem *problem)
{
    *pod = POD_STOPPED;
    pod->size = size;
    snprintf(pod->control, sizeof(pod->control), "%s/control", settings->directory);
    pod->null = open("/dev/null", O_RDWR | O_CLOEXEC);
    int result = pod->null < 0 ? problem_set(problem, errno, "open", "/dev/null") : 0;
    if (result == 0)
        result = make_board(pod, settings->directory, problem);
    if (result == 0)
        result = expand_words(pod, &settings->contenders[contender], problem);
    if (result == 0)
        result = start_supervisor(pod, ready_ms, problem);
    if (result < 0)
        pod_stop(pod);
    return result;
}

// --- while it runs -------------------------------------------------------------------------------

int pod_restart(struct pod *pod, unsigned runs, double *wall_us, struct problem *problem)
{
    int result = 0;
    uint64_t begin = clock_now_ns();

    for (unsigned run = 0; result == 0 && run < runs; run++) {
        _Atomic uint32_t *told = board_place(pod->board, pod->ended++);

        atomic_store(&pod->board->awaited, pod->ended + pod->size);
        // The oldest: the ones that are started take their turn behind all others.
        atomic_store(told, pod->ended);
        board_wake(told);
        result = wait_for_starts(pod, pod->ended + pod->size, problem);
    }
    *wall_us = (double)(clock_now_ns() - begin) / 1000 / runs;
    return result;
}

bool pod_has_status(const struct pod *pod)
{
    return access(pod->control, F_OK) == 0;
}

int pod_status(struct pod *pod, double *wall_ms, struct problem *problem)
{
    const struct contender nsctl = {
        .name = pod->contender.name,
        .words = {pod->contender.words[0], (char[]){"--ctl"}, (char[]){"--control"}, pod->control},
    };
    int status = -1;

    alarm(TIMEOUT);
    uint64_t begin = clock_now_ns();
    pid_t pid = sandbox_spawn(&nsctl, "status", NULL, pod->null, pod->null, problem);

    if (pid < 0)
        return (int)pid;
    if (waitpid(pid, &status, 0) != pid)
        return problem_set(problem, errno, "wait for nsctl of", nsctl.name);
    *wall_ms = (double)(clock_now_ns() - begin) / 1e6;
    alarm(0);
    return status == 0 ? 0 : problem_set(problem, EPROTO, "get the status from", nsctl.name);
}

// --- the end -------------------------------------------------------------------------------------

void pod_stop(struct pod *pod)
{
    // Returns once all of the namespace are gone.
    sandbox_stop(&pod->sandbox);
    if (pod->control[0] != '\0')
        unlink(pod->control);
    if (pod->board)
        munmap(pod->board, sizeof(*pod->board));
    for (size_t i = 0; pod->contender.words[i]; i++)
        free(pod->contender.words[i]);
    if (pod->null >= 0)
        close(pod->null);
    *pod = POD_STOPPED;
}
