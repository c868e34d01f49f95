/*
 * discard.c - close files that a service has sent
 */
#include "service/discard_private.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "linux/clone_process.h"
#include "util/log.h"
#include "visit/door.h"

/* Data of a socket that has not been sent by then is lost. */
enum { CLOSING_SECONDS = 5 };

/* BARRIER=1 comes with a pipe, which closes without waiting. */
static bool is_pipe(int file)
{
    return fcntl(file, F_GETPIPE_SZ) >= 0;
}

static _Noreturn void run_closer(const int *files, size_t count)
{
    sigset_t none;

    door_protect();
    /* The signal of alarm(2) ends the wait for a socket. */
    (void)alarm(CLOSING_SECONDS);
    (void)sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    for (size_t i = 0; i < count; i++)
        close(files[i]);
    _exit(0);
}

/* Without another process, make at least sockets close without waiting. */
static void close_here(const int *files, size_t count)
{
    const struct linger none = {0};

    for (size_t i = 0; i < count; i++) {
        (void)setsockopt(files[i], SOL_SOCKET, SO_LINGER, &none, sizeof none);
        close(files[i]);
    }
}

bool discard_files(struct children *children, const int *files, size_t count, child_ended *on_end,
                   void *owner)
{
    pid_t pid = -1;
    size_t pipes = 0;

    while (pipes < count && is_pipe(files[pipes]))
        close(files[pipes++]);
    files += pipes;
    count -= pipes;
    if (count == 0)
        return false;
    if (children_reserve(children) == 0)
        pid = clone_process(CLONE_FILES, SIGCHLD, 0);
    if (pid == 0)
        run_closer(files, count);
    if (pid < 0) {
        close_here(files, count);
        return false;
    }
    children_add(children, pid, on_end, owner);
    return true;
}
