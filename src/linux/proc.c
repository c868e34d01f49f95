/*
 * proc.c - whether /proc speaks of the processes that we know
 */
#include "linux/proc.h"

#include <limits.h>
#include <unistd.h>

#include "util/parse.h"

bool proc_is_ours(void)
{
    char link[16] = "";
    unsigned long self;

    return readlink("/proc/self", link, sizeof link - 1) > 0 &&
           parse_number(link, INT_MAX, &self) == 0 && (pid_t)self == getpid();
}
