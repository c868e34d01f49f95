/*
 * control_verbs.c - those verbs of the probe by which a service asks nsinit for things, and hides
 * whose it is
 */
#include "system/programs/control_verbs.h"

#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static _Noreturn void fail(const char *what)
{
    perror(what);
    exit(90);
}

static int connect_to(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) < 0)
        fail("probe: connect");
    return fd;
}

/* Ask on a connection, and print the answer. */
static int ask(int fd, const char *request)
{
    static char answer[4096];
    ssize_t count;

    if (send(fd, request, strlen(request), MSG_NOSIGNAL) < 0 || send(fd, "\n", 1, MSG_NOSIGNAL) < 0)
        perror("probe: send");
    while ((count = read(fd, answer, sizeof answer)) > 0)
        (void)!write(STDOUT_FILENO, answer, (size_t)count);
    return 0;
}

/* late SOCKET REQUEST: connect, give rights away, and ask. */
static int ask_late(char **arguments)
{
    int fd = connect_to(arguments[0]);

    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        fail("probe: no-new-privs");
    return ask(fd, arguments[1]);
}

/* reaped SOCKET REQUEST: ask on the connection of a process that has been waited for. */
static int ask_as_reaped(char **arguments)
{
    /* A fork that shares the table of files, where the connection stays. */
    long child = syscall(SYS_clone, CLONE_FILES | SIGCHLD, NULL, NULL, NULL, NULL);
    int status;

    if (child == 0)
        _exit(connect_to(arguments[0]));
    if (child < 0 || waitpid((pid_t)child, &status, 0) < 0 || !WIFEXITED(status))
        fail("probe: reaped");
    return ask(WEXITSTATUS(status), arguments[1]);
}

/* crowd SOCKET COUNT: so many connections that ask for nothing. */
static int crowd(char **arguments)
{
    for (int count = atoi(arguments[1]); count > 0; count--)
        (void)connect_to(arguments[0]);
    dprintf(STDOUT_FILENO, "the crowd is there\n");
    for (;;)
        pause();
}

/* orphan PROGRAM ARGUMENT...: execute it in a session of its own when its parent has ended. */
static int orphan(char **arguments)
{
    sigset_t end;
    int ends[2];
    char byte;

    sigemptyset(&end);
    sigaddset(&end, SIGUSR1);
    sigprocmask(SIG_BLOCK, &end, NULL);
    if (pipe(ends) < 0)
        fail("probe: pipe");
    if (fork() == 0) {
        if (fork() > 0)
            _exit(read(ends[0], &byte, 1) == 1 ? 0 : 90);
        setsid();
        /* The signal comes when another process is the parent already. */
        prctl(PR_SET_PDEATHSIG, SIGUSR1);
        if (write(ends[1], "x", 1) != 1)
            fail("probe: pipe");
        sigwaitinfo(&end, NULL);
        sigprocmask(SIG_UNBLOCK, &end, NULL);
        execvp(arguments[0], arguments);
        fail("probe: exec");
    }
    for (;;)
        pause();
}

int control_verb(char **arguments)
{
    static const struct {
        const char *verb;
        int (*carry_out)(char **arguments);
        int least;
    } verbs[] = {{"late", ask_late, 2},
                 {"reaped", ask_as_reaped, 2},
                 {"crowd", crowd, 2},
                 {"orphan", orphan, 1}};
    int count = 0;

    while (arguments[count] != NULL)
        count++;
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
        if (strcmp(arguments[0], verbs[i].verb) == 0 && count > verbs[i].least)
            return verbs[i].carry_out(arguments + 1);
    return -1;
}
