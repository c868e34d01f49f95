/*
 * helper.c - the program that runs in the tests' containers: static, for images that hold no other
 * Usage: helper WORD [ARGUMENT]; each word is a row of the table at the end.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int fail(const char *what)
{
    fprintf(stderr, "helper: %s: %s\n", what, strerror(errno));
    return 99;
}

static int number(const char *argument)
{
    return (int)strtol(argument, NULL, 10);
}

static int do_exit(const char *argument)
{
    return number(argument);
}

static int do_die(const char *argument)
{
    raise(number(argument));
    return fail("raise");
}

/* What comes in goes out. */
static int do_cat(const char *argument)
{
    char buffer[1024];
    ssize_t count;

    (void)argument;
    puts("ready");
    while ((count = read(STDIN_FILENO, buffer, sizeof buffer)) > 0)
        if (write(STDOUT_FILENO, buffer, (size_t)count) != count)
            return fail("write");
    return count == 0 ? 0 : fail("read");
}

/* Until a signal kills it. */
static int do_wait(const char *argument)
{
    (void)argument;
    puts("ready");
    pause();
    return fail("pause");
}

/* Wait for TERM, then end with that exit code, as a server does. */
static int do_serve(const char *argument)
{
    sigset_t term;
    int signal_number;

    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    sigprocmask(SIG_BLOCK, &term, NULL);
    puts("ready");
    sigwait(&term, &signal_number);
    puts("asked to end");
    return number(argument);
}

/*
 * Name each signal that arrives; for ever, as any of them may be under test. By system calls, as
 * the C library would keep two of them to itself.
 */
static int do_signals(const char *argument)
{
    const uint64_t all = ~UINT64_C(0);
    long signal_number;

    (void)argument;
    if (syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, NULL, sizeof all) < 0)
        return fail("rt_sigprocmask");
    puts("ready");
    while ((signal_number = syscall(SYS_rt_sigtimedwait, &all, NULL, NULL, sizeof all)) > 0)
        printf("got %ld.\n", signal_number);
    return fail("rt_sigtimedwait");
}

static int show_size(const char *why)
{
    struct winsize size;

    if (ioctl(STDIN_FILENO, TIOCGWINSZ, &size) < 0)
        return fail("TIOCGWINSZ");
    printf("%s %dx%d.\n", why, size.ws_row, size.ws_col);
    return 0;
}

/* The terminal's size, for each line that is typed and each signal of a change. */
static int do_size(const char *argument)
{
    struct pollfd sources[2] = {{.fd = STDIN_FILENO, .events = POLLIN}, {.events = POLLIN}};
    char buffer[sizeof(struct signalfd_siginfo)];
    sigset_t change;

    (void)argument;
    sigemptyset(&change);
    sigaddset(&change, SIGWINCH);
    sigprocmask(SIG_BLOCK, &change, NULL);
    sources[1].fd = signalfd(-1, &change, SFD_CLOEXEC);
    if (sources[1].fd < 0)
        return fail("signalfd");
    puts("ready");
    while (poll(sources, 2, -1) > 0)
        for (int i = 0; i < 2; i++)
            if (sources[i].revents != 0 && (read(sources[i].fd, buffer, sizeof buffer) <= 0 ||
                                            show_size(i == 0 ? "size" : "WINCH:") != 0))
                return fail("read");
    return fail("poll");
}

/* A process whose parent has ended; it ends when `gate` is closed. Its pid comes through `pids`. */
static void make_orphan(int gate, int pids)
{
    pid_t parent = fork();

    if (parent == 0) {
        pid_t orphan = fork();

        if (orphan == 0) {
            char byte;

            _exit(read(gate, &byte, 1) == 0 ? 0 : 1);
        }
        _exit(write(pids, &orphan, sizeof orphan) == (ssize_t)sizeof orphan ? 0 : 1);
    }
    waitpid(parent, NULL, 0);
}

/* A zombie still answers; one that was reaped does not. */
static bool wait_until_reaped(pid_t pid)
{
    const struct timespec pause = {.tv_nsec = 1000 * 1000};

    for (int tries = 0; tries < 20000; tries++) {
        if (kill(pid, 0) < 0 && errno == ESRCH)
            return true;
        nanosleep(&pause, NULL);
    }
    return false;
}

static int do_orphans(const char *argument)
{
    int count = number(argument);
    int gate[2];
    int pids[2];

    if (pipe(gate) < 0 || pipe(pids) < 0)
        return fail("pipe");
    for (int i = 0; i < count; i++) {
        pid_t child = fork();

        if (child == 0) {
            close(gate[1]);
            make_orphan(gate[0], pids[1]);
            _exit(0);
        }
        waitpid(child, NULL, 0);
    }
    close(gate[1]);
    for (int i = 0; i < count; i++) {
        pid_t pid;

        if (read(pids[0], &pid, sizeof pid) != (ssize_t)sizeof pid)
            return fail("read");
        if (!wait_until_reaped(pid)) {
            printf("zombie %d\n", pid);
            return 1;
        }
    }
    printf("%d orphans reaped\n", count);
    return 0;
}

/* End with that exit code and leave a daemon behind, which tells when it is asked to end. */
static int do_leave(const char *argument)
{
    int ready[2];
    char byte;

    if (pipe(ready) < 0)
        return fail("pipe");
    if (fork() == 0) {
        sigset_t term;
        int signal_number;

        setsid();
        sigemptyset(&term);
        sigaddset(&term, SIGTERM);
        sigprocmask(SIG_BLOCK, &term, NULL);
        close(ready[0]);
        close(ready[1]);
        sigwait(&term, &signal_number);
        puts("daemon asked to end");
        return 0;
    }
    close(ready[1]);
    if (read(ready[0], &byte, 1) != 0)
        return fail("read");
    return number(argument);
}

static void show_file(const char *name, const char *path, const char *line_start)
{
    FILE *file = fopen(path, "re");
    char line[256];

    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        if (strncmp(line, line_start, strlen(line_start)) == 0)
            printf("%s%s", name, line);
    if (file != NULL)
        fclose(file);
}

/* Who and where we are. */
static int do_show(const char *argument)
{
    (void)argument;
    printf("pid %d.\nparent %d.\nuser %d.\nforeground %s.\n", getpid(), getppid(), getuid(),
           tcgetpgrp(STDIN_FILENO) == getpgrp() ? "yes" : "no");
    show_file("init ", "/proc/1/comm", "");
    show_file("", "/proc/self/status", "Seccomp:");
    show_file("", "/proc/self/status", "NoNewPrivs:");
    return 0;
}

/* Wait for a line, say the text by sd_notify(3) to nsinit's socket, wait for the end. */
static int do_notify(const char *text)
{
    const char *name = getenv("NOTIFY_SOCKET");
    struct sockaddr_un peer = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
    size_t length = name != NULL ? strlen(name) : 0;
    char line[16];

    if (length == 0 || length > sizeof peer.sun_path || fd < 0)
        return fail("NOTIFY_SOCKET");
    memcpy(peer.sun_path, name, length);
    if (name[0] == '@')
        peer.sun_path[0] = '\0';
    length += offsetof(struct sockaddr_un, sun_path);
    puts("it waits");
    if (fgets(line, sizeof line, stdin) == NULL)
        return fail("read");
    if (sendto(fd, text, strlen(text), 0, (struct sockaddr *)&peer, (socklen_t)length) < 0)
        return fail("sendto");
    while (fgets(line, sizeof line, stdin) != NULL)
        ;
    return 0;
}

static const struct {
    const char *word;
    int (*run)(const char *argument);
} words[] = {
    {"exit", do_exit},       {"die", do_die},   {"cat", do_cat},         {"wait", do_wait},
    {"serve", do_serve},     {"size", do_size}, {"orphans", do_orphans}, {"leave", do_leave},
    {"signals", do_signals}, {"show", do_show}, {"notify", do_notify},
};

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (size_t i = 0; argc > 1 && i < sizeof words / sizeof words[0]; i++)
        if (strcmp(argv[1], words[i].word) == 0)
            return words[i].run(argc > 2 ? argv[2] : "0");
    fprintf(stderr, "helper: what is '%s'?\n", argc > 1 ? argv[1] : "");
    return 98;
}
