// The floor under a restart: the least that runs a program, waits for its end and runs it again.
// usage: restart-floor PROGRAM [ARG...]
#include <sched.h>
#include <signal.h>
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

int main(int argc, char **argv)
{
    static _Alignas(16) char stack[STACK_SIZE];
    int status = 0;

    // Its own end when the program fails: the measuring program is gone.
    while (argc > 1 && status == 0) {
        pid_t pid =
            clone(run_program, stack + STACK_SIZE, CLONE_VM | CLONE_VFORK | SIGCHLD, argv + 1);

        if (pid < 0 || waitpid(pid, &status, 0) != pid)
            break;
    }
    return EXIT_FAILED;
}
