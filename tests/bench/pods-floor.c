// The floor under a supervisor of many: the least that runs COUNT of a program, waits for the end
// of any, and runs it again. The kernel's wait for any child looks at all of them.
// usage: pods-floor COUNT PROGRAM [ARG...]
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define EXIT_FAILED 125
#define STACK_SIZE 16384

static int run_program(void *argv)
{
    char *const *words = argv;

    execve(words[0], words, environ);
    _exit(EXIT_FAILED);
}

static pid_t start(char **argv)
{
    static _Alignas(16) char stack[STACK_SIZE];

    return clone(run_program, stack + STACK_SIZE, CLONE_VM | CLONE_VFORK | SIGCHLD, argv);
}

int main(int argc, char **argv)
{
    unsigned long count = argc > 2 ? strtoul(argv[1], NULL, 10) : 0;
    int status = 0;

    for (unsigned long i = 0; i < count; i++)
        if (start(argv + 2) < 0)
            return EXIT_FAILED;
    // Its own end when the program fails: the measuring program is gone.
    while (status == 0 && waitpid(-1, &status, 0) > 0) {
        if (status == 0 && start(argv + 2) < 0)
            break;
    }
    return EXIT_FAILED;
}
