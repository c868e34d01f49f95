/*
 * probe.c - the program the black-box tests run under nsinit: it tells what it was given
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <netinet/in.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "system/programs/control_verbs.h"
#include "system/programs/attack_verbs.h"
#include "system/programs/process_state_verbs.h"
#include "system/programs/notify_verbs.h"

/* Block all signals there are, 32 to 34 too, and return a blocking signalfd for them. */
static int all_signals(void)
{
    const uint64_t all = ~UINT64_C(0);

    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, NULL, sizeof all);
    return (int)syscall(SYS_signalfd4, -1, &all, sizeof all, SFD_CLOEXEC);
}

static struct signalfd_siginfo next_signal(int fd)
{
    struct signalfd_siginfo info;

    if (read(fd, &info, sizeof info) != (ssize_t)sizeof info) {
        perror("probe: signalfd");
        exit(90);
    }
    return info;
}

/* signals N: wait for N signals, print each. */
static int tell_signals(int count)
{
    int fd = all_signals();

    printf("ready\n");
    fflush(stdout);
    while (count-- > 0) {
        struct signalfd_siginfo info = next_signal(fd);

        printf("got %u code %d value %d from %u.\n", info.ssi_signo, info.ssi_code, info.ssi_int,
               info.ssi_pid);
        fflush(stdout);
    }
    return 0;
}

/* until N: count the real-time signals that come until signal N does. */
static int count_signals(unsigned int last)
{
    int fd = all_signals();
    unsigned int signal_number;
    int count = 0;

    printf("ready\n");
    fflush(stdout);
    while ((signal_number = next_signal(fd).ssi_signo) != last)
        if (signal_number > 31)
            count++;
    printf("counted %d\n", count);
    return 0;
}

/* takes N CODE: end with CODE at signal N, which is blocked from before the start on. */
static int take_one(unsigned int last, int code)
{
    int fd = all_signals();

    while (next_signal(fd).ssi_signo != last)
        ;
    printf("got it\n");
    return code;
}

/* values N: wait until stdin closes, then take N real-time signals with the values 0 to N - 1. */
static int check_values(int count)
{
    int fd = all_signals();
    char byte;

    printf("ready\n");
    fflush(stdout);
    while (read(0, &byte, 1) > 0)
        ;
    for (int expected = 0; expected < count; expected++) {
        struct signalfd_siginfo info = next_signal(fd);

        if (info.ssi_code != SI_QUEUE || info.ssi_int != expected) {
            printf("wrong: signal %u code %d value %d instead of %d\n", info.ssi_signo,
                   info.ssi_code, info.ssi_int, expected);
            return 1;
        }
    }
    printf("%d in order\n", count);
    return 0;
}

/* members N: the program and N children, all in one group, tell one signal each. */
static int tell_members(int count)
{
    struct signalfd_siginfo info;
    int fd = all_signals();

    printf("ready\n");
    fflush(stdout);
    for (int i = 0; i < count; i++)
        if (fork() == 0) {
            int own = all_signals();

            dprintf(1, "member is there\n");
            dprintf(1, "member value %d\n", next_signal(own).ssi_int);
            _exit(0);
        }
    do
        info = next_signal(fd);
    while (info.ssi_signo == SIGCHLD);
    dprintf(1, "leader value %d\n", info.ssi_int);
    while (wait(NULL) > 0)
        ;
    return 0;
}

/* How many children PID 1 has, zombies included. */
static int children_of_init(void)
{
    FILE *file = fopen("/proc/1/task/1/children", "re");
    int count = 0;
    int pid;

    if (file == NULL) {
        perror("probe: /proc/1/task/1/children");
        exit(91);
    }
    while (fscanf(file, "%d", &pid) == 1)
        count++;
    fclose(file);
    return count;
}

static long rss_of_init(void)
{
    char line[200];
    long kilobytes = -1;
    FILE *file = fopen("/proc/1/status", "re");

    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        if (sscanf(line, "VmRSS: %ld", &kilobytes) == 1)
            break;
    if (file != NULL)
        fclose(file);
    return kilobytes;
}

static void make_orphans(int count)
{
    const struct timespec moment = {.tv_nsec = 1000 * 1000};

    while (count > 0) {
        int batch = count < 500 ? count : 500;

        if (vfork() == 0) {
            for (int i = 0; i < batch; i++)
                if (vfork() == 0)
                    _exit(0);
            _exit(0);
        }
        wait(NULL);
        count -= batch;
    }
    /* Nobody tells us of an orphan's end. */
    while (children_of_init() > 1)
        nanosleep(&moment, NULL);
}

/* orphans N: make N orphans, wait until PID 1 has reaped them all, tell its memory. */
static int tell_orphans(int count)
{
    long before;

    make_orphans(count / 10 + 1);
    before = rss_of_init();
    make_orphans(count);
    printf("all reaped, grown by %ld kB\n", rss_of_init() - before);
    return 0;
}

/* files [CODE]: each open file above stderr, and each closed one below; end with CODE. */
static int tell_files(int exit_code)
{
    struct dirent *entry;
    DIR *directory;

    for (int fd = 0; fd < 3; fd++)
        if (fcntl(fd, F_GETFD) < 0)
            dprintf(9, "closed %d\n", fd);
    directory = opendir("/proc/self/fd");
    while ((entry = readdir(directory)) != NULL) {
        int fd = atoi(entry->d_name);

        if (entry->d_name[0] != '.' && fd > 2 && fd != dirfd(directory) && fd != 9)
            dprintf(9, "open %d\n", fd);
    }
    dprintf(9, "end\n");
    closedir(directory);
    return exit_code;
}

/* root: become root by the set-user-ID bit, wait until stdin closes. */
static int wait_as_root(void)
{
    char byte;

    if (setresuid(0, 0, 0) < 0)
        return 92;
    printf("ready\n");
    fflush(stdout);
    while (read(0, &byte, 1) > 0)
        ;
    return 7;
}

static int tell_and_wait(int release, int ready)
{
    int signals = all_signals();
    struct pollfd fds[] = {{.fd = signals, .events = POLLIN}, {.fd = release, .events = POLLIN}};

    dprintf(1, "working\n");
    close(ready);
    while (fds[1].revents == 0) {
        if (fds[0].revents != 0) {
            int signal_number = (int)next_signal(signals).ssi_signo;

            if (signal_number != SIGCONT)
                dprintf(1, "worker got %d\n", signal_number);
        }
        (void)poll(fds, 2, -1);
    }
    dprintf(1, "worker done\n");
    return 0;
}

/* worker FIFO [CODE]: as a shell or npm with a child that does the work: the child tells which
 * signals it gets, and ends when something is written to the FIFO. With a code the parent ends with
 * it at once. */
static int leave_worker(const char *fifo, const char *code)
{
    int release = open(fifo, O_RDWR | O_CLOEXEC);
    int ready[2];
    char byte;

    if (release < 0 || pipe(ready) < 0)
        return 92;
    if (fork() == 0) {
        close(ready[0]);
        return tell_and_wait(release, ready[1]);
    }
    close(ready[1]);
    /* A signal before the child can count it would be none of the test's. */
    (void)!read(ready[0], &byte, 1);
    while (code == NULL)
        pause();
    return atoi(code);
}

/*
 * polite, daemon, stopped: leave behind a process that ends on TERM; the second is in a session of
 * its own, the third was stopped.
 */
static int leave_polite(const char *how)
{
    bool is_stopped = strcmp(how, "stopped") == 0;
    pid_t child = fork();
    char byte;

    if (child == 0) {
        int fd = all_signals();

        if (strcmp(how, "daemon") == 0)
            setsid();
        if (is_stopped)
            raise(SIGSTOP);
        else
            dprintf(1, "there\n");
        while (next_signal(fd).ssi_signo != SIGTERM)
            ;
        dprintf(1, "got TERM\n");
        _exit(0);
    }
    if (is_stopped && waitpid(child, NULL, WUNTRACED) == child)
        dprintf(1, "there\n");
    while (read(0, &byte, 1) > 0)
        ;
    return 3;
}

/* background: give the terminal's foreground to a child that ends, then read from the terminal. */
static int read_from_background(void)
{
    char line[100];
    pid_t child = fork();

    if (child == 0) {
        pause();
        _exit(0);
    }
    setpgid(child, child);
    signal(SIGTTOU, SIG_IGN);
    if (tcsetpgrp(0, child) < 0) {
        perror("probe: tcsetpgrp");
        return 94;
    }
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    printf("ready\n");
    fflush(stdout);
    if (fgets(line, sizeof line, stdin) == NULL) {
        perror("probe: read");
        return 95;
    }
    printf("read %s", line);
    return 0;
}

/* stubborn: leave behind a process that ignores TERM and is in a session of its own. */
static int leave_stubborn(void)
{
    if (fork() == 0) {
        setsid();
        signal(SIGTERM, SIG_IGN);
        signal(SIGHUP, SIG_IGN);
        printf("stubborn one is there\n");
        fflush(stdout);
        for (;;)
            pause();
    }
    return 5;
}

/*
 * runners: leave behind processes that are never there when one looks: each forks and ends, over
 * and over, and ignores TERM. They do not become more.
 */
static int leave_runners(void)
{
    for (int i = 0; i < 4; i++)
        if (fork() == 0) {
            setsid();
            signal(SIGTERM, SIG_IGN);
            for (;;)
                if (fork() > 0)
                    _exit(0);
        }
    return 6;
}

/* Nobody else may have the lock, the socket's name or the port of this service. */
static bool take_all(const char *file, int port)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    int lock = open(file, O_RDWR | O_CLOEXEC);
    int local = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int tcp = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    snprintf(name.sun_path + 1, sizeof name.sun_path - 1, "%s", file);
    return flock(lock, LOCK_EX | LOCK_NB) == 0 &&
           bind(local, (const struct sockaddr *)&name, sizeof name) == 0 && listen(local, 1) == 0 &&
           bind(tcp, (const struct sockaddr *)&address, sizeof address) == 0 && listen(tcp, 1) == 0;
}

/*
 * holder HOW FILE PORT: take what only one can have, leave behind a process that goes on holding
 * it, and end as soon as that is as it is to be: plain, stubborn (ignores TERM), stopped, or a
 * daemon, which is stubborn in a session of its own.
 */
static int leave_holder(char **arguments)
{
    const char *how = arguments[0];
    bool is_daemon = strcmp(how, "daemon") == 0;
    pid_t child;
    int status;

    if (!take_all(arguments[1], atoi(arguments[2]))) {
        perror("probe: taken");
        return 96;
    }
    dprintf(1, "took all\n");
    child = fork();
    if (child == 0) {
        if (is_daemon)
            setsid();
        if (is_daemon || strcmp(how, "stubborn") == 0)
            signal(SIGTERM, SIG_IGN);
        raise(SIGSTOP);
        for (;;)
            pause();
    }
    waitpid(child, &status, WUNTRACED);
    if (strcmp(how, "stopped") != 0)
        kill(child, SIGCONT);
    return 7;
}

/* recycle PID: leave behind a process that has got this pid, in a session of its own. */
static int recycle(pid_t pid)
{
    /* struct clone_args of Linux 5.5. */
    uint64_t arguments[10] = {[4] = SIGCHLD, [8] = (uint64_t)(uintptr_t)&pid, [9] = 1};
    long child = syscall(SYS_clone3, arguments, sizeof arguments);

    if (child < 0) {
        perror("probe: clone3 with a pid");
        return 97;
    }
    if (child > 0)
        return waitpid((pid_t)child, NULL, 0) == child ? 0 : 98;
    setsid();
    dprintf(9, "unrelated\n");
    close(9);
    for (;;)
        pause();
}

/* lease FILE: hold a lease on it that nobody gives up, and say so on descriptor 9. */
static int hold_lease(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    signal(SIGIO, SIG_IGN);
    if (fcntl(fd, F_SETLEASE, F_WRLCK) < 0)
        perror("probe: lease");
    dprintf(9, "leased\n");
    close(9);
    for (;;)
        pause();
}

/*
 * bomb CODE: fork as long as the limits allow it, again and again, and ignore TERM. The first one
 * says when it is at the limit, and ends with CODE, or with 0 as CODE stays.
 */
static int explode(int exit_code)
{
    const struct timespec moment = {.tv_nsec = 1000 * 1000};
    pid_t first = getpid();

    signal(SIGTERM, SIG_IGN);
    for (;;) {
        if (fork() >= 0)
            continue;
        if (getpid() == first)
            break;
        nanosleep(&moment, NULL);
    }
    dprintf(1, "at the limit\n");
    while (exit_code == 0)
        pause();
    return exit_code;
}

/* join GROUP WORD...: execute the words in that process group. */
static int join_group(char **words)
{
    if (setpgid(0, (pid_t)atoi(words[0])) == 0)
        execvp(words[1], words + 1);
    perror("probe: join");
    return 99;
}

int main(int argc, char **argv)
{
    const char *verb = argc > 1 ? argv[1] : "";
    int number = argc > 2 ? atoi(argv[2]) : 0;
    int exit_code = argc > 1 ? notify_verb(argv + 1) : -1;

    if (exit_code < 0 && argc > 1)
        exit_code = control_verb(argv + 1);
    if (exit_code < 0 && argc > 1)
        exit_code = attack_verb(argv + 1);
    if (exit_code < 0 && argc > 1)
        exit_code = process_state_verb(argv + 1);
    if (exit_code >= 0)
        return exit_code;
    if (strcmp(verb, "signals") == 0)
        return tell_signals(number);
    if (strcmp(verb, "until") == 0)
        return count_signals((unsigned int)number);
    if (strcmp(verb, "takes") == 0 && argc == 4)
        return take_one((unsigned int)number, atoi(argv[3]));
    if (strcmp(verb, "values") == 0)
        return check_values(number);
    if (strcmp(verb, "members") == 0)
        return tell_members(number);
    if (strcmp(verb, "orphans") == 0)
        return tell_orphans(number);
    if (strcmp(verb, "files") == 0)
        return tell_files(number);
    if (strcmp(verb, "root") == 0)
        return wait_as_root();
    if (strcmp(verb, "polite") == 0 || strcmp(verb, "daemon") == 0 || strcmp(verb, "stopped") == 0)
        return leave_polite(verb);
    if (strcmp(verb, "background") == 0)
        return read_from_background();
    if (strcmp(verb, "stubborn") == 0)
        return leave_stubborn();
    if (strcmp(verb, "holder") == 0 && argc == 5)
        return leave_holder(argv + 2);
    if (strcmp(verb, "recycle") == 0)
        return recycle(number);
    if (strcmp(verb, "join") == 0 && argc > 3)
        return join_group(argv + 2);
    if (strcmp(verb, "lease") == 0 && argc == 3)
        return hold_lease(argv[2]);
    if (strcmp(verb, "bomb") == 0)
        return explode(number);
    if (strcmp(verb, "worker") == 0 && argc >= 3)
        return leave_worker(argv[2], argv[3]);
    if (strcmp(verb, "runners") == 0)
        return leave_runners();
    fprintf(stderr, "probe: no such verb: %s\n", verb);
    return 93;
}
