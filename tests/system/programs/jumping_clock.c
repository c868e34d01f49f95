/*
 * jumping_clock.c - for LD_PRELOAD: at each look at it the wall clock has been set back by an hour
 */
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

/* So that a test knows that it is in force. */
__attribute__((constructor)) static void say_so(void)
{
    dprintf(2, "the wall clock jumps\n");
}

static time_t hours_back(void)
{
    static time_t looks;

    return ++looks * 3600;
}

/* NOLINTNEXTLINE: the C library's own declarations have reserved names. */
int clock_gettime(clockid_t clock, struct timespec *now)
{
    int result = (int)syscall(SYS_clock_gettime, clock, now);

    if (clock == CLOCK_REALTIME && result == 0)
        now->tv_sec -= hours_back();
    return result;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
    struct timespec precise;

    (void)zone;
    if (clock_gettime(CLOCK_REALTIME, &precise) < 0)
        return -1;
    *now = (struct timeval){precise.tv_sec, precise.tv_nsec / 1000};
    return 0;
}
