// Starting and stopping PID 1 of a fresh PID namespace. Nothing is left behind: the kernel kills
// all of a namespace whose PID 1 dies, and PDEATHSIG kills that when the measuring program dies.
#include "sandbox.h"
#include "service.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define STACK_SIZE 65536
#define READY_TIMEOUT 10 // seconds

// The same for everyone, so that a TINI_… or NSINIT_… of the caller's changes nothing.
static char *const environment[] = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", NULL};

struct spawn_plan {
    char *argv[CONTENDER_WORDS + 3];
    int namespaces;
    int input;
    int output;
    int error; // written by the child: CLONE_VM makes this the parent's own variable
};

// Whose PID namespace is new finds itself in the wrong /proc, where it may find no process at all.
static int mount_own_proc(void)
{
    return mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0
               ? -1
               : mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
}

static int run_plan(void *argument)
{
    struct spawn_plan *plan = argument;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (((plan->namespaces & CLONE_NEWNS) == 0 || mount_own_proc() == 0) &&
        dup2(plan->input, STDIN_FILENO) >= 0 && dup2(plan->output, STDOUT_FILENO) >= 0)
        execve(plan->argv[0], plan->argv, environment);
    plan->error = errno;
    _exit(127);
}

pid_t sandbox_spawn(const struct contender *contender, const char *program, const char *argument,
                    int input, int output, struct problem *problem)
{
    static _Alignas(16) char stack[STACK_SIZE];
    struct spawn_plan plan = {
        .namespaces = contender->namespaces, .input = input, .output = output};
    size_t count = 0;

    while (contender->words[count]) {
        plan.argv[count] = contender->words[count];
        count++;
    }
    // execve takes char * for historical reasons and changes nothing.
    plan.argv[count++] = (char *)(uintptr_t)program;
    plan.argv[count] = (char *)(uintptr_t)argument;

    pid_t pid = clone(run_plan, stack + STACK_SIZE,
                      CLONE_VM | CLONE_VFORK | contender->namespaces | SIGCHLD, &plan);
    if (pid < 0)
        return problem_set(problem, errno, "make a process for", contender->name);
    if (plan.error != 0) {
        waitpid(pid, NULL, 0);
        return problem_set(problem, plan.error, "execute", plan.argv[0]);
    }
    return pid;
}

int sandbox_wait_reply(const struct sandbox *sandbox)
{
    char byte;
    ssize_t got = read(sandbox->reply_fd, &byte, 1);

    if (got == 1)
        return 0;
    if (got == 0)
        return -EPIPE;
    return errno == EINTR ? -ETIMEDOUT : -errno;
}

static int start_between(struct sandbox *sandbox, const struct contender *contender,
                         const char *service_path, const char *task, int input, int output,
                         struct problem *problem)
{
    pid_t pid = sandbox_spawn(contender, service_path, task, input, output, problem);

    if (pid < 0)
        return (int)pid;
    sandbox->pid = pid;
    return 0;
}

int sandbox_start(struct sandbox *sandbox, const struct contender *contender,
                  const char *service_path, const char *task, struct problem *problem)
{
    int request[2];
    int replies[2];

    *sandbox = SANDBOX_STOPPED;
    if (pipe2(request, O_CLOEXEC) < 0)
        return problem_set(problem, errno, "make pipes for", contender->name);
    sandbox->request_fd = request[1];
    if (pipe2(replies, O_CLOEXEC) < 0) {
        int error = errno;

        close(request[0]);
        sandbox_stop(sandbox);
        return problem_set(problem, error, "make pipes for", contender->name);
    }
    sandbox->reply_fd = replies[0];
    int result =
        start_between(sandbox, contender, service_path, task, request[0], replies[1], problem);
    // Closed here, so that the service's end shows as end of file and not as silence.
    close(request[0]);
    close(replies[1]);

    if (result == 0) {
        alarm(READY_TIMEOUT);
        result = sandbox_wait_reply(sandbox);
        alarm(0);
        if (result < 0)
            problem_set(problem, -result, "wait for the service under", contender->name);
    }
    if (result < 0)
        sandbox_stop(sandbox);
    return result;
}

void sandbox_stop(struct sandbox *sandbox)
{
    if (sandbox->pid > 0) {
        kill(sandbox->pid, SIGKILL);
        waitpid(sandbox->pid, NULL, 0);
    }
    if (sandbox->request_fd >= 0)
        close(sandbox->request_fd);
    if (sandbox->reply_fd >= 0)
        close(sandbox->reply_fd);
    *sandbox = SANDBOX_STOPPED;
}

int fleet_start(struct fleet *fleet, size_t first, const struct settings *settings,
                const char *task, struct problem *problem)
{
    fleet->count = settings->contender_count;
    fleet->sandboxes = calloc(fleet->count, sizeof(*fleet->sandboxes));
    if (!fleet->sandboxes) {
        fleet->count = 0;
        return problem_set(problem, ENOMEM, "allocate", "sandboxes");
    }
    for (size_t i = 0; i < fleet->count; i++)
        fleet->sandboxes[i] = SANDBOX_STOPPED;
    for (size_t i = first; i < fleet->count; i++) {
        int result = sandbox_start(&fleet->sandboxes[i], &settings->contenders[i],
                                   settings->service_path, task, problem);
        if (result < 0) {
            fleet_stop(fleet);
            return result;
        }
    }
    return 0;
}

void fleet_stop(struct fleet *fleet)
{
    for (size_t i = 0; i < fleet->count; i++)
        sandbox_stop(&fleet->sandboxes[i]);
    free(fleet->sandboxes);
    *fleet = (struct fleet){0};
}
