/*
 * arena.c - namespaces in which scenarios are run, one after the other
 * The process that watches a run is PID 1 there: all that is left of the run comes to it. Files
 * are in file systems of its own, so names may be plain.
 */
#include "faults/faults.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* How long what a run has ended may take to be gone: processes, devices of a namespace. */
enum { GRACE_MS = 2000 };

static const char binary[] = "/run/bin/nsinit";
static const char client[] = "/run/bin/nsctl";

/* One run, as long as it lasts. */
struct run {
    struct listener listener;
    pid_t pid;
    int status;
    bool has_ended;
    bool is_empty; /* no process is left */
    int streams[2];
    char texts[2][TEXT_SIZE / 4]; /* stdout, stderr */
    size_t lengths[2];
};

static _Noreturn void fail(const char *what)
{
    fprintf(stderr, "faults: %s: %s\n", what, strerror(errno));
    _exit(1);
}

static long now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- a run ---------------------------------------------------------------------------------- */

static _Noreturn void be_script(const struct scenario *scenario, const struct fault *fault,
                                const int ends[2], volatile int *shared)
{
    static char script[8192];
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

    snprintf(script, sizeof script, "%s\n%s", scenario_prelude, scenario->script);
    if (dup2(null, 0) < 0 || dup2(ends[0], 1) < 0 || dup2(ends[1], 2) < 0)
        _exit(99);
    (void)setsid();
    listener_install(fault, shared);
    execl("/bin/sh", "sh", "-c", script, (char *)NULL);
    _exit(99);
}

static void start(struct run *run, const struct scenario *scenario, volatile int *shared)
{
    int ends[2];
    int pair[2];

    for (int i = 0; i < 2; i++) {
        if (pipe2(pair, O_CLOEXEC | O_NONBLOCK) < 0)
            fail("pipe");
        run->streams[i] = pair[0];
        ends[i] = pair[1];
        if (fcntl(ends[i], F_SETFL, 0) < 0)
            fail("fcntl");
    }
    *shared = 0;
    run->pid = fork();
    if (run->pid < 0)
        fail("fork");
    if (run->pid == 0)
        be_script(scenario, &run->listener.fault, ends, shared);
    close(ends[0]);
    close(ends[1]);
    if (listener_take(&run->listener, run->pid, shared) < 0)
        fail("seccomp");
}

/* What comes is kept as far as there is room. */
static void read_stream(struct run *run, int i)
{
    char rest[1024];
    size_t room = sizeof run->texts[i] - 1 - run->lengths[i];
    ssize_t size = room > 0 ? read(run->streams[i], run->texts[i] + run->lengths[i], room)
                            : read(run->streams[i], rest, sizeof rest);

    if (size > 0 && room > 0)
        run->lengths[i] += (size_t)size;
    if (size == 0) {
        close(run->streams[i]);
        run->streams[i] = -1;
    }
}

static void reap(struct run *run)
{
    int status;
    pid_t pid;

    while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
        if (pid == run->pid) {
            run->has_ended = true;
            run->status = status;
        }
    run->is_empty = pid < 0 && errno == ECHILD;
}

/* Until nothing is left of it, or the deadline. */
static void watch(struct run *run, long deadline)
{
    int pidfd = (int)syscall(SYS_pidfd_open, run->pid, 0);
    enum { STREAMS = 2, LISTENER = 2, COUNT = 4 };
    bool was_over = false;

    while (!run->is_empty && now_ms() < deadline) {
        struct pollfd news[COUNT] = {{run->streams[0], POLLIN, 0},
                                     {run->streams[1], POLLIN, 0},
                                     {run->listener.fd, POLLIN, 0},
                                     {run->has_ended ? -1 : pidfd, POLLIN, 0}};

        /* All that ends is reaped: where PID 1 of a namespace ends, it waits for that. */
        (void)poll(news, COUNT, run->has_ended ? 2 : 20);
        for (int i = 0; i < STREAMS; i++)
            if (news[i].revents != 0)
                read_stream(run, i);
        if ((news[LISTENER].revents & POLLIN) != 0)
            listener_answer(&run->listener);
        else
            reap(run);
        if (run->has_ended && !was_over && deadline > now_ms() + GRACE_MS)
            deadline = now_ms() + GRACE_MS;
        was_over = run->has_ended;
    }
    close(pidfd);
}

static void describe_processes(struct outcome *outcome)
{
    char line[400];
    FILE *list = popen("ps -eo pid,ppid,stat,wchan:24,args --no-headers | cut -c 1-130", "re");

    while (list != NULL && fgets(line, sizeof line, list) != NULL)
        if (strstr(line, "ps -eo") == NULL && strstr(line, "cut -c") == NULL && atoi(line) != 1)
            add_text(outcome, "  process %s", line);
    if (list != NULL)
        pclose(list);
}

/* All but us; their calls are to be answered until they are gone. */
static void kill_all(struct run *run)
{
    long deadline = now_ms() + 5000;

    while (!run->is_empty && now_ms() < deadline) {
        struct pollfd news = {run->listener.fd, POLLIN, 0};

        (void)kill(-1, SIGKILL);
        if (poll(&news, 1, 5) == 1 && (news.revents & POLLIN) != 0)
            listener_answer(&run->listener);
        reap(run);
    }
}

/* ---- its end -------------------------------------------------------------------------------- */

/* Lines of `after` that `before` has not. */
static void add_new_lines(struct outcome *outcome, const char *before, const char *after)
{
    while (*after != '\0') {
        size_t length = strcspn(after, "\n");
        char line[500];

        snprintf(line, sizeof line, "%.*s\n", (int)length, after);
        if (strstr(before, line) == NULL)
            add_text(outcome, "  left: %s", line);
        after += length + (after[length] != '\0');
    }
}

/* A network namespace's devices go a moment after it. */
static bool has_left_something(struct outcome *outcome, const char *before)
{
    long deadline = now_ms() + GRACE_MS;
    char *after = inventory();
    bool left;

    while (strcmp(before, after) != 0 && now_ms() < deadline) {
        free(after);
        (void)poll(NULL, 0, 5);
        after = inventory();
    }
    left = strcmp(before, after) != 0;
    if (left) {
        add_text(outcome, "something is left, or gone:\n");
        add_new_lines(outcome, before, after);
        add_new_lines(outcome, after, before);
    }
    free(after);
    return left;
}

static void conclude(struct run *run, const struct scenario *scenario, const char *before,
                     struct outcome *outcome)
{
    const struct fault *fault = &run->listener.fault;
    bool forgives = fault->ordinal > 0 && (calls[fault->call].flags & CALL_UNDOES) != 0;
    int code = WIFEXITED(run->status) ? WEXITSTATUS(run->status) : 128 + WTERMSIG(run->status);
    bool hangs = !run->has_ended;
    bool wrong = false;

    if (hangs) {
        add_text(outcome, "it hangs\n");
        wrong = true;
    } else if (!run->is_empty) {
        add_text(outcome, "processes are left\n");
        wrong = true;
    }
    if (!run->is_empty) {
        describe_processes(outcome);
        kill_all(run);
        outcome->unclean = true;
    }
    for (int i = 0; i < 2; i++)
        while (run->streams[i] >= 0 && run->lengths[i] < sizeof run->texts[i] - 1) {
            size_t length = run->lengths[i];

            read_stream(run, i);
            if (run->streams[i] >= 0 && run->lengths[i] == length)
                break;
        }
    if (!hangs)
        wrong |= judge(scenario, &run->listener, code, run->texts[0], run->texts[1], outcome);
    if (has_left_something(outcome, before)) {
        outcome->unclean = true;
        wrong |= !forgives && !hangs;
    }
    if (fault->ordinal > 0 && !run->listener.has_failed)
        outcome->verdict = VERDICT_NOT_REACHED;
    if (wrong || (fault->ordinal == 0 && outcome->text[0] != '\0')) {
        outcome->verdict = VERDICT_BAD;
        if (!hangs)
            add_text(outcome, "exit code %d\n", code);
        add_text(outcome, "--- stdout\n%s--- stderr\n%s", run->texts[0], run->texts[1]);
    }
}

static void run_job(const struct job *job, const struct setup *setup, volatile int *shared,
                    struct outcome *outcome)
{
    const struct scenario *scenario = &scenarios[job->scenario];
    static struct run run;
    struct stat status;
    char *before = inventory();
    long begin = now_ms();

    if (stat(binary, &status) < 0)
        fail(binary);
    run = (struct run){.listener = {.device = status.st_dev,
                                    .inode = status.st_ino,
                                    .fault = job->fault,
                                    .outcome = outcome}};
    start(&run, scenario, shared);
    watch(&run, now_ms() + setup->deadline_ms);
    conclude(&run, scenario, before, outcome);
    outcome->milliseconds = (unsigned int)(now_ms() - begin);
    for (int i = 0; i < 2; i++)
        if (run.streams[i] >= 0)
            close(run.streams[i]);
    close(run.listener.fd);
    free(before);
}

/* ---- the namespaces ------------------------------------------------------------------------- */

/* The binary is hidden where it is in /tmp or /run. */
static void copy_binary(int from)
{
    struct stat status;
    int to = open(binary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755);

    if (to < 0 || fstat(from, &status) < 0 || fchmod(to, 0755) < 0)
        fail(binary);
    for (off_t left = status.st_size; left > 0;) {
        ssize_t size = sendfile(to, from, NULL, (size_t)left);

        if (size <= 0)
            fail(binary);
        left -= size;
    }
    close(to);
    close(from);
    if (symlink("nsinit", client) < 0)
        fail(client);
}

/* What is mounted below, of the machine's: hidden it would still be listed, and could go. */
static void detach_all(const char *directory)
{
    FILE *mounts = fopen("/proc/self/mountinfo", "re");
    char line[4096];
    char place[4096];

    while (mounts != NULL && fgets(line, sizeof line, mounts) != NULL)
        if (sscanf(line, "%*s %*s %*s %*s %4095s", place) == 1 &&
            strncmp(place, directory, strlen(directory)) == 0)
            (void)umount2(place, MNT_DETACH);
    if (mounts != NULL)
        fclose(mounts);
}

/* A program for the scenarios: how many of its caller's namespaces are none of the arena's. */
static void write_new(void)
{
    static const char list[] = "cd /proc/self/ns; readlink pid net mnt uts ipc user cgroup time";
    FILE *file = fopen("/run/bin/new", "we");
    char command[200];

    if (file == NULL)
        fail("/run/bin/new");
    fprintf(file, "#!/bin/sh\n(%s) | grep -c -v -x -F -f /run/bin/outer\n", list);
    if (fclose(file) != 0 || chmod("/run/bin/new", 0755) < 0)
        fail("/run/bin/new");
    snprintf(command, sizeof command, "(%s) >/run/bin/outer", list);
    if (system(command) != 0)
        fail("/run/bin/outer");
}

static void furnish(const struct setup *setup)
{
    int from = open(setup->binary, O_RDONLY | O_CLOEXEC);

    if (from < 0)
        fail(setup->binary);
    (void)umask(022);
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
        fail("mount /");
    detach_all("/run");
    detach_all("/tmp");
    if (mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0 ||
        mount("tmpfs", "/run", "tmpfs", 0, "mode=755") < 0 ||
        mount("tmpfs", "/tmp", "tmpfs", 0, "mode=1777") < 0 ||
        mount("tmpfs", "/dev/shm", "tmpfs", 0, "mode=1777") < 0)
        fail("mount");
    /* umount(8) makes the last one. */
    if (mkdir("/run/bin", 0755) < 0 || mkdir("/run/mount", 0755) < 0 ||
        mkdir("/run/netns", 0755) < 0 || chdir("/tmp") < 0)
        fail("mkdir");
    copy_binary(from);
    write_new();
    if (setenv("PATH", "/run/bin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", 1) < 0 ||
        setenv("LC_ALL", "C", 1) < 0 ||
        /* It can't look at processes that a filter holds. */
        setenv("ASAN_OPTIONS", "detect_leaks=0", 1) < 0 ||
        setenv("SETUP", setup->knows_setup_timeout ? "--setup-timeout=1s" : "", 1) < 0 ||
        setenv("SETUP_KEY", setup->knows_setup_timeout ? "setup-timeout = 1s" : "", 1) < 0)
        fail("setenv");
}

/* A notification that is gone must not keep us waiting for the next one. */
static void wake(int signal_number)
{
    (void)signal_number;
}

static _Noreturn void serve(int fd, const struct setup *setup)
{
    const struct itimerval often = {{0, 200000}, {0, 200000}};
    const struct sigaction action = {.sa_handler = wake};
    volatile int *shared =
        mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    static struct outcome outcome;
    struct job job;

    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (shared == MAP_FAILED)
        fail("mmap");
    furnish(setup);
    if (sigaction(SIGALRM, &action, NULL) < 0 || setitimer(ITIMER_REAL, &often, NULL) < 0)
        fail("setitimer");
    for (;;) {
        ssize_t size = recv(fd, &job, sizeof job, 0);

        if (size < 0 && errno == EINTR)
            continue;
        if (size != (ssize_t)sizeof job)
            _exit(0);
        memset(&outcome, 0, sizeof outcome);
        run_job(&job, setup, shared, &outcome);
        while (send(fd, &outcome, sizeof outcome, MSG_NOSIGNAL) < 0)
            if (errno != EINTR)
                _exit(1);
    }
}

int arena_open(struct arena *arena, const struct setup *setup)
{
    unsigned long flags = CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWUTS | CLONE_NEWIPC;
    int ends[2];

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
        return -1;
    arena->pid = (pid_t)syscall(SYS_clone, flags | SIGCHLD, 0L, 0L, 0L, 0L);
    if (arena->pid == 0)
        serve(ends[1], setup);
    close(ends[1]);
    arena->fd = ends[0];
    if (arena->pid > 0)
        return 0;
    close(ends[0]);
    return -1;
}

void arena_close(struct arena *arena)
{
    close(arena->fd);
    (void)kill(arena->pid, SIGKILL);
    (void)waitpid(arena->pid, NULL, 0);
    arena->pid = 0;
}
