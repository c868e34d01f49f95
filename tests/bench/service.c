// The program that runs under the init being measured. See service.h for how it is talked to.
// It ends when its init or the measuring program does.
#include "service.h"

#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ORPHAN_STACK_SIZE 4096
#define POLL_NS 20000

static bool reply(void)
{
    const char byte = REPLY_BYTE;
    return write(STDOUT_FILENO, &byte, 1) == 1;
}

static bool run_pause(void)
{
    char byte;

    // Blocks as pause(2) does, and ends when the measuring program is gone.
    return reply() && read(STDIN_FILENO, &byte, 1) == 0;
}

// What sd_notify(3) does. The kernel's abstract names begin with a zero, written as @.
static bool tell_watchdog(const char *name)
{
    static const char message[] = "WATCHDOG=1";
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = strlen(name);

    if (length >= sizeof(address.sun_path))
        return false;
    memcpy(address.sun_path, name, length);
    if (name[0] == '@')
        address.sun_path[0] = '\0';
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    ssize_t sent = sendto(fd, message, sizeof(message) - 1, 0, (struct sockaddr *)&address,
                          (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length));
    close(fd);
    return sent == (ssize_t)(sizeof(message) - 1);
}

static bool run_feed(void)
{
    const char *name = getenv("NOTIFY_SOCKET");
    const char *usec = getenv("WATCHDOG_USEC");
    // Twice in its time, as sd_watchdog_enabled(3) has it.
    int timeout = name && usec ? (int)(strtol(usec, NULL, 10) / 1000 / 2) : -1;
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    int ready;

    if (!reply())
        return false;
    while ((ready = poll(&input, 1, timeout)) == 0) {
        if (!name || !tell_watchdog(name))
            return false;
    }
    return ready > 0;
}

static bool run_echo(void)
{
    sigset_t signals;

    // Blocked and taken synchronously: no handler's frame and sigreturn on the path that is timed.
    sigemptyset(&signals);
    sigaddset(&signals, SIGUSR1);
    if (sigprocmask(SIG_BLOCK, &signals, NULL) < 0 || !reply())
        return false;
    while (sigwaitinfo(&signals, NULL) == SIGUSR1) {
        if (!reply())
            return false;
    }
    return false;
}

struct batch {
    uint32_t count;
    uint32_t made;
    int gate[2];
    pid_t orphans[ORPHAN_BATCH_MAX];
};

static int be_orphan(void *argument)
{
    const struct batch *batch = argument;
    char byte;

    close(batch->gate[1]);
    (void)!read(batch->gate[0], &byte, 1);
    _exit(0);
}

// The middle process: leaves children behind, each waiting for the gate to close.
static int be_parent(void *argument)
{
    static _Alignas(16) char stacks[ORPHAN_BATCH_MAX][ORPHAN_STACK_SIZE];
    struct batch *batch = argument;

    for (uint32_t i = 0; i < batch->count; i++) {
        pid_t pid = clone(be_orphan, stacks[i] + ORPHAN_STACK_SIZE, CLONE_VM | SIGCHLD, batch);

        if (pid < 0)
            break;
        batch->orphans[batch->made++] = pid;
    }
    _exit(0);
}

// All share this process's memory: copying and tearing down page tables would take many times as
// long as what is measured, and the init sees no difference. The orphans live until all of their
// batch are the init's, then die together: each is reaped as a child that ended, not as a zombie
// inherited, and how many may share a SIGCHLD is the batch's choice.
static bool make_batch(uint32_t count)
{
    static _Alignas(16) char stack[ORPHAN_STACK_SIZE];
    static struct batch batch;
    const struct timespec pause = {.tv_nsec = POLL_NS};

    batch.count = count;
    batch.made = 0;
    if (pipe(batch.gate) < 0)
        return false;
    pid_t middle =
        clone(be_parent, stack + ORPHAN_STACK_SIZE, CLONE_VM | CLONE_VFORK | SIGCHLD, &batch);
    bool made = middle > 0 && waitpid(middle, NULL, 0) == middle && batch.made == count;
    close(batch.gate[0]);
    close(batch.gate[1]);

    // A zombie still answers kill(2), so no answer means reaped; pids do not come round again this
    // soon. Sleeping rather than yielding: on one CPU a yield may forfeit a whole time slice.
    for (uint32_t i = 0; i < batch.made; i++) {
        while (kill(batch.orphans[i], 0) == 0)
            nanosleep(&pause, NULL);
    }
    return made;
}

static bool run_orphans(void)
{
    struct orphan_request request;

    // The default lets each of the short sleeps take 50 us more.
    prctl(PR_SET_TIMERSLACK, 1);
    if (!reply())
        return false;
    while (read(STDIN_FILENO, &request, sizeof(request)) == (ssize_t)sizeof(request)) {
        if (request.batch == 0 || request.batch > ORPHAN_BATCH_MAX)
            return false;
        for (uint32_t left = request.count; left > 0;) {
            uint32_t count = left < request.batch ? left : request.batch;

            if (!make_batch(count))
                return false;
            left -= count;
        }
        if (!reply())
            return false;
    }
    return true;
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        bool (*run)(void);
    } tasks[] = {
        {TASK_PAUSE, run_pause},
        {TASK_FEED, run_feed},
        {TASK_ECHO, run_echo},
        {TASK_ORPHANS, run_orphans},
    };

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (size_t i = 0; argc == 2 && i < sizeof(tasks) / sizeof(tasks[0]); i++) {
        if (strcmp(argv[1], tasks[i].name) == 0)
            return tasks[i].run() ? 0 : 1;
    }
    return 2;
}
