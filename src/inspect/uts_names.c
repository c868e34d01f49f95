/*
 * uts_names.c - host name and domain name in the UTS namespace of another process
 * uname(2) returns the names of the caller's namespace only, so a child joins the other namespace.
 */
#include "inspect/uts_names_private.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "linux/clone_process.h"
#include "linux/nsfd.h"
#include "linux/wait.h"
#include "visit/door.h"

/* A service could stop the child forever: see visit/door.h. */
enum { TIMEOUT_MS = 50 };

/* The message that the child writes into its pipe. */
struct answer {
    int error;
    struct utsname names;
};

static int keep_credentials(struct error *error)
{
    (void)error;
    return 0;
}

/*
 * Join the process's UTS namespace. Without capabilities over it, join the process's user namespace
 * first: its creator has all capabilities there. Returns 0 or an errno.
 */
static int enter_uts(pid_t pid)
{
    int uts = nsfd_open_own(pid, NAMESPACE_UTS);
    struct nsfds open = nsfds_none();
    struct error error = {0};

    if (uts < 0)
        return -uts;
    if (setns(uts, (int)ns_types[NAMESPACE_UTS].clone_flag) == 0)
        return 0;
    nsfds_open_of(&open, pid, 1U << NAMESPACE_USER);
    open.fds[NAMESPACE_UTS] = uts;
    errno = EPERM;
    if (door_enter(&open, keep_credentials, &error) == 0)
        return 0;
    return errno != 0 ? errno : EPERM;
}

static _Noreturn void run_child(pid_t pid, int output)
{
    struct kept_fds kept_fds = {.files = {output}, .count = 1};
    struct answer answer = {0};

    door_close_fds(&kept_fds);
    door_protect();
    answer.error = enter_uts(pid);
    if (answer.error == 0 && uname(&answer.names) < 0)
        answer.error = errno;
    (void)!write(output, &answer, sizeof answer);
    _exit(0);
}

/* A child that was killed is waited for at once: it holds nothing that could delay its end. */
static void receive(struct answer *answer, int input, pid_t child)
{
    struct pollfd pipe = {.fd = input, .events = POLLIN};

    if (poll(&pipe, 1, TIMEOUT_MS) != 1) {
        (void)kill(child, SIGKILL);
        answer->error = ETIMEDOUT;
    } else if (read(input, answer, sizeof *answer) != (ssize_t)sizeof *answer) {
        answer->error = EIO;
    }
    (void)wait_for_child(child, 0);
}

int uts_names_read(pid_t pid, struct utsname *names)
{
    struct answer answer = {0};
    int ends[2];
    pid_t child;

    if (pipe2(ends, O_CLOEXEC) < 0)
        return errno;
    child = process_fork();
    if (child == 0)
        run_child(pid, ends[1]);
    answer.error = child < 0 ? errno : 0;
    close(ends[1]);
    if (child > 0)
        receive(&answer, ends[0], child);
    close(ends[0]);
    *names = answer.names;
    return answer.error;
}
