#include "supervise/output.h"
#include <errno.h>
struct output *output_open(struct ev_loop *loop, const char *name, bool with_time)
{
    (void)loop;
    (void)name;
    (void)with_time;
    errno = ENOSYS;
    return NULL;
}
int output_fd(const struct output *output, int which)
{
    (void)output;
    (void)which;
    return -1;
}
size_t output_own_fds(const struct output *output, int fds[4])
{
    (void)output;
    (void)fds;
    return 0;
}
void output_end_run(struct output *output)
{
    (void)output;
}
void output_close(struct output *output, int milliseconds)
{
    (void)output;
    (void)milliseconds;
}
