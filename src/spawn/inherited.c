/*
 * inherited.c - the state nsinit was started with, set aside so that the program gets it back
 */
#include "spawn/inherited.h"

#include <limits.h>
#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "util/inert.h"

static void fill_closed_stdio(void)
{
    struct pollfd stdio[3] = {{.fd = 0}, {.fd = 1}, {.fd = 2}};

    if (poll(stdio, 3, 0) <= 0)
        return;
    for (int fd = 0; fd < 3; fd++) {
        int placeholder;

        if ((stdio[fd].revents & POLLNVAL) == 0)
            continue;
        /* The lowest free number is used, hence this one. It needs no /dev/null. */
        placeholder = inert_open();
        if (placeholder > STDERR_FILENO)
            close(placeholder);
    }
}

void inherited_take(struct inherited *inherited)
{
    const struct signal_set all = signal_set_full();
    struct sigaction child = {.sa_handler = SIG_DFL};
    struct sigaction old = {0};

    signal_mask(SIG_SETMASK, &all, &inherited->mask);
    /* Ignored, it would make the kernel reap in our place, and the exit code be lost: wait(2). */
    (void)sigaction(SIGCHLD, &child, &old);
    inherited->child_signal_ignored = old.sa_handler == SIG_IGN;
    inherited->parent = getppid();
    inherited->self = getpid();
    fill_closed_stdio();
}

void inherited_give_back(const struct inherited *inherited)
{
    if (inherited->child_signal_ignored) {
        const struct sigaction ignore = {.sa_handler = SIG_IGN};

        (void)sigaction(SIGCHLD, &ignore, NULL);
    }
    signal_mask(SIG_SETMASK, &inherited->mask, NULL);
}

static void close_from_to(int first, unsigned int last)
{
    if ((unsigned int)first <= last)
        (void)syscall(SYS_close_range, (unsigned int)first, last, 0U);
}

void inherited_close_files(int *keep, size_t count)
{
    int first = STDERR_FILENO + 1;

    for (size_t i = 1; i < count; i++)
        for (size_t j = i; j > 0 && keep[j - 1] > keep[j]; j--) {
            int swapped = keep[j];

            keep[j] = keep[j - 1];
            keep[j - 1] = swapped;
        }
    for (size_t i = 0; i < count; i++) {
        if (keep[i] < first)
            continue;
        close_from_to(first, (unsigned int)keep[i] - 1);
        first = keep[i] + 1;
    }
    close_from_to(first, UINT_MAX);
}
