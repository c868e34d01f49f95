/*
 * process_state_verbs.c - processes in rare states, as the probe can be or leave behind
 */
#include "system/programs/process_state_verbs.h"

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <unistd.h>

static void wait_for_end_of_input(void)
{
    char byte;

    while (read(0, &byte, 1) > 0)
        ;
}

/* left-root: leave behind a process that has become root by the set-user-ID bit; it ends with its
 * input, or by KILL. */
static int leave_root(void)
{
    int ends[2];
    char byte;

    if (pipe(ends) < 0)
        return 92;
    if (fork() == 0) {
        signal(SIGTERM, SIG_IGN);
        if (setresuid(0, 0, 0) < 0)
            _exit(92);
        dprintf(1, "root is there\n");
        close(ends[0]);
        close(ends[1]);
        wait_for_end_of_input();
        _exit(0);
    }
    close(ends[1]);
    (void)!read(ends[0], &byte, 1);
    return 7;
}

static void *outlive_main_thread(void *main_thread)
{
    pthread_join(*(pthread_t *)main_thread, NULL);
    for (;;)
        pause();
    return NULL;
}

static bool is_zombie(pid_t pid)
{
    char path[40];
    char line[200] = "";
    FILE *file;

    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    file = fopen(path, "re");
    if (file == NULL || fgets(line, sizeof line, file) == NULL)
        exit(93);
    fclose(file);
    return strstr(line, ") Z ") != NULL;
}

/* headless: leave behind a process in a session of its own whose main thread has ended. */
static int leave_headless(void)
{
    static pthread_t main_thread;
    pthread_t other;
    pid_t child = fork();

    if (child == 0) {
        setsid();
        main_thread = pthread_self();
        if (pthread_create(&other, NULL, outlive_main_thread, &main_thread) != 0)
            _exit(92);
        pthread_exit(NULL);
    }
    while (!is_zombie(child))
        ;
    return 3;
}

/*
 * patient: a process that ends by TERM, and its child, which says at the first real-time signal how
 * often it has got TERM by then.
 */
static int be_patient(void)
{
    const uint64_t all = ~UINT64_C(0);

    if (fork() == 0) {
        struct signalfd_siginfo info;
        int count = 0;
        int fd;

        syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, NULL, sizeof all);
        fd = (int)syscall(SYS_signalfd4, -1, &all, sizeof all, SFD_CLOEXEC);
        dprintf(1, "there\n");
        while (read(fd, &info, sizeof info) == (ssize_t)sizeof info && info.ssi_signo < 34)
            count += info.ssi_signo == SIGTERM;
        dprintf(1, "TERM came %d times\n", count);
        _exit(0);
    }
    for (;;)
        pause();
}

static void tell(int signal_number)
{
    dprintf(1, "got %d\n", signal_number);
}

/* traced PROGRAM...: ask to be traced, get a signal, and execute the program. */
static int be_traced(char **program)
{
    if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0)
        return 92;
    signal(SIGUSR1, tell);
    raise(SIGUSR1);
    execvp(program[0], program);
    return 93;
}

int process_state_verb(char **words)
{
    if (strcmp(words[0], "left-root") == 0)
        return leave_root();
    if (strcmp(words[0], "headless") == 0)
        return leave_headless();
    if (strcmp(words[0], "patient") == 0)
        return be_patient();
    if (strcmp(words[0], "traced") == 0 && words[1] != NULL)
        return be_traced(words + 1);
    return -1;
}
