/*
 * pinger.c - a process that asks nsinit's control socket for `status`, again and again
 */
#include "attack/pinger.h"

#include <check.h>
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

struct pinger {
    _Atomic int run;          /* odd: one that is to be asked */
    _Atomic int64_t asked_us; /* the question that is open; 0: none */
    _Atomic int64_t slowest_us;
    _Atomic int answers;
    _Atomic int late;
};

enum { PAUSE_US = 2000, STEP_MS = 10 };

static int64_t now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void rest(void)
{
    const struct timespec pause = {.tv_nsec = PAUSE_US * 1000};

    nanosleep(&pause, NULL);
}

static bool is_current(const struct pinger *pinger, int run)
{
    return pinger->run == run;
}

static int open_socket(const struct sockaddr_un *address)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (connect(fd, (const struct sockaddr *)address, sizeof *address) == 0)
        return fd;
    /* EAGAIN: so many wait to be accepted already. Without a socket there is no nsinit yet. */
    if (errno != EAGAIN) {
        close(fd);
        return -1;
    }
    close(fd);
    return -2;
}

/* The rest of the answer: true when its last line, "ok", has come. */
static bool hear_out(const struct pinger *pinger, int run, int fd)
{
    char tail[4] = "";
    char buffer[4096];

    while (is_current(pinger, run)) {
        struct pollfd socket = {.fd = fd, .events = POLLIN};
        ssize_t size;

        if (poll(&socket, 1, STEP_MS) == 0)
            continue;
        size = read(fd, buffer, sizeof buffer);
        if (size == 0 || (size < 0 && errno != EAGAIN))
            return strncmp(tail, "ok\n", 3) == 0;
        for (ssize_t i = 0; i < size; i++) {
            memmove(tail, tail + 1, 2);
            tail[2] = buffer[i];
        }
        if (memcmp(tail, "ok\n", 3) == 0)
            return true;
    }
    return false;
}

static void note(struct pinger *pinger, int64_t time_us)
{
    if (time_us > pinger->slowest_us)
        pinger->slowest_us = time_us;
    if (time_us > LATE_MS * 1000)
        pinger->late++;
}

static void ask(struct pinger *pinger, int run, const struct sockaddr_un *address)
{
    static const char question[] = "status\n";
    int fd;

    pinger->asked_us = now_us();
    while ((fd = open_socket(address)) == -2 && is_current(pinger, run))
        rest();
    if (fd >= 0 && send(fd, question, sizeof question - 1, MSG_NOSIGNAL) > 0 &&
        hear_out(pinger, run, fd) && is_current(pinger, run)) {
        note(pinger, now_us() - pinger->asked_us);
        pinger->answers++;
    }
    pinger->asked_us = 0;
    if (fd >= 0)
        close(fd);
}

static _Noreturn void ask_for_ever(struct pinger *pinger, const char *path)
{
    const struct sched_param priority = {.sched_priority = 1};
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    /* What is to be measured is how long nsinit takes, not how long we do on a busy machine. */
    (void)sched_setscheduler(0, SCHED_FIFO, &priority);
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    for (;;) {
        int run = pinger->run;

        if (run % 2 == 1)
            ask(pinger, run, &address);
        rest();
    }
}

struct pinger *pinger_start(const char *path)
{
    struct pinger *pinger =
        mmap(NULL, sizeof *pinger, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pid_t pid;

    ck_assert_ptr_ne(pinger, MAP_FAILED);
    pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0)
        ask_for_ever(pinger, path);
    return pinger;
}

void pinger_resume(struct pinger *pinger)
{
    pinger->asked_us = 0;
    pinger->run |= 1;
}

void pinger_pause(struct pinger *pinger)
{
    int silence = pinger_silence(pinger);

    if (pinger->run % 2 == 0)
        return;
    pinger->run++;
    note(pinger, silence * INT64_C(1000));
}

int pinger_silence(const struct pinger *pinger)
{
    int64_t asked_us = pinger->asked_us;

    return asked_us == 0 ? 0 : (int)((now_us() - asked_us) / 1000);
}

int pinger_slowest(const struct pinger *pinger)
{
    return (int)((pinger->slowest_us + 999) / 1000);
}

int pinger_answers(const struct pinger *pinger)
{
    return pinger->answers;
}

int pinger_late(const struct pinger *pinger)
{
    return pinger->late;
}
