// The floor under `nsinit --unshare`: the least that runs a program in all namespaces with an init
// inside. No option, no supervision, no forwarding; an outer process that writes the ID maps, and
// an inner one that mounts proc, starts the program and waits for it. usage: floor PROGRAM [ARG...]
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define EXIT_FAILED 125
#define STACK_SIZE 16384

#define NAMESPACES                                                                             \
    (CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWUTS | CLONE_NEWIPC | \
     CLONE_NEWCGROUP)

// The kernel's struct clone_args in its first version; musl-gcc does not find the kernel's headers.
struct clone_arguments {
    uint64_t flags;
    uint64_t pidfd;
    uint64_t child_tid;
    uint64_t parent_tid;
    uint64_t exit_signal;
    uint64_t stack;
    uint64_t stack_size;
    uint64_t tls;
};

// The map of a caller who is root in whatever namespace this is.
static const char root_map[] = "0 0 1";

// Not by stdio, which would be most of the program and of its memory.
static _Noreturn void fail(const char *attempt)
{
    static const char prefix[] = "floor: cannot ";

    (void)!write(STDERR_FILENO, prefix, sizeof(prefix) - 1);
    (void)!write(STDERR_FILENO, attempt, strlen(attempt));
    (void)!write(STDERR_FILENO, "\n", 1);
    _exit(EXIT_FAILED);
}

static int run_program(void *argv)
{
    char *const *words = argv;
    static char *const environment[] = {NULL};

    execve(words[0], words, environment);
    fail("execute the program");
}

static int wait_for(pid_t pid)
{
    int status;

    if (waitpid(pid, &status, 0) != pid)
        fail("wait for a child");
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static _Noreturn void run_inner(const int gate[2], char **argv)
{
    static _Alignas(16) char stack[STACK_SIZE];
    char byte;

    // End of file rather than a byte: the outer one is gone.
    close(gate[1]);
    if (read(gate[0], &byte, 1) != 1)
        _exit(EXIT_FAILED);
    if (mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0)
        fail("mount proc");
    pid_t pid = clone(run_program, stack + STACK_SIZE, CLONE_VM | CLONE_VFORK | SIGCHLD, argv);
    if (pid < 0)
        fail("fork");
    _exit(wait_for(pid));
}

static void write_map(pid_t pid, const char *file)
{
    char path[64];

    snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, file);
    int map = openat(AT_FDCWD, path, O_WRONLY | O_CLOEXEC);
    if (map < 0 || write(map, root_map, sizeof(root_map) - 1) < 0)
        fail("write an ID map");
    close(map);
}

int main(int argc, char **argv)
{
    struct clone_arguments arguments = {.flags = NAMESPACES, .exit_signal = SIGCHLD};
    int gate[2];

    if (argc < 2)
        fail("run no program");
    if (pipe2(gate, O_CLOEXEC) < 0)
        fail("make a pipe");
    pid_t pid = (pid_t)syscall(SYS_clone3, &arguments, sizeof(arguments));
    if (pid < 0)
        fail("make the namespaces (root's user namespace is needed, and clone3)");
    if (pid == 0)
        run_inner(gate, argv + 1);

    write_map(pid, "uid_map");
    write_map(pid, "gid_map");
    if (write(gate[1], root_map, 1) != 1)
        fail("let the inner process go on");
    return wait_for(pid);
}
