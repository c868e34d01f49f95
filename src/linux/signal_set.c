/*
 * signal_set.c - the kernel's sets of signals: masks, signalfd(2), pending signals
 */
#include "linux/signal_set.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { BITS_PER_LONG = 8 * sizeof(long) };

struct signal_set signal_set_full(void)
{
    struct signal_set set = {0};

    for (size_t word = 0; word < sizeof set.bits / sizeof set.bits[0]; word++)
        set.bits[word] = ~0UL;
    return set;
}

struct signal_set signal_set_of(int signal_number)
{
    struct signal_set set = {0};
    unsigned int bit = (unsigned int)signal_number - 1;

    set.bits[bit / BITS_PER_LONG] = 1UL << bit % BITS_PER_LONG;
    return set;
}

bool signal_set_has(const struct signal_set *set, int signal_number)
{
    unsigned int bit = (unsigned int)signal_number - 1;

    return (set->bits[bit / BITS_PER_LONG] >> bit % BITS_PER_LONG & 1) != 0;
}

void signal_mask(int how, const struct signal_set *set, struct signal_set *old)
{
    (void)syscall(SYS_rt_sigprocmask, how, set, old, sizeof *set);
}

int signal_open_fd(const struct signal_set *set)
{
    long fd = syscall(SYS_signalfd4, -1, set, sizeof *set, SFD_NONBLOCK | SFD_CLOEXEC);

    return fd < 0 ? -errno : (int)fd;
}

bool signal_is_ignored(int signal_number)
{
    struct sigaction now;

    return sigaction(signal_number, NULL, &now) == 0 && now.sa_handler == SIG_IGN;
}

struct signal_set signal_pending(void)
{
    struct signal_set set = {0};

    (void)syscall(SYS_rt_sigpending, &set, sizeof set);
    return set;
}
