/*
 * process.c - a command under test: started where a test wants it, watched without sleeping
 */
#include "support/process.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/close_range.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

/* Long enough for a loaded machine under a sanitizer; the event itself ends the wait. */
enum { DEADLINE_MS = 60 * 1000 };

struct pipe_ends {
    int reader;
    int writer;
};

/* What the PID 1 of PLACE_SECOND tells the test: first the command's pid, then its end. */
struct report {
    pid_t pid;
    int wait_status;
    bool left_some;
};

struct plan {
    const struct process_options *options;
    enum place place;
    int input;
    int output;
    int errors;
    int report;
    uid_t outer_uid;
    gid_t outer_gid;
};

static struct pipe_ends make_pipe(void)
{
    int ends[2];

    ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
    return (struct pipe_ends){ends[0], ends[1]};
}

static void fail_child(const char *what)
{
    fprintf(stderr, "test set-up: %s: %s\n", what, strerror(errno));
    _exit(99);
}

static void take_stdio(const struct plan *plan)
{
    if (plan->options->terminal) {
        if (ioctl(plan->input, TIOCSCTTY, 0) < 0)
            fail_child("TIOCSCTTY");
    }
    if (dup2(plan->input, 0) < 0 || dup2(plan->output, 1) < 0 || dup2(plan->errors, 2) < 0)
        fail_child("dup2");
}

static void become(uid_t uid)
{
    if (uid == 0)
        return;
    if (setgroups(0, NULL) < 0 || setresgid(uid, uid, uid) < 0 || setresuid(uid, uid, uid) < 0)
        fail_child("setresuid");
}

/* Whatever the test's own starter left open. Before Linux 5.11 one by one. */
static void close_all_on_exec(void)
{
    if (syscall(SYS_close_range, 3U, ~0U, CLOSE_RANGE_CLOEXEC) == 0)
        return;
    if (errno != EINVAL)
        fail_child("close_range");
    for (int fd = 3; fd < 1024; fd++)
        (void)fcntl(fd, F_SETFD, FD_CLOEXEC);
}

static void execute(const struct plan *plan)
{
    const struct process_options *options = plan->options;
    sigset_t none;

    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    become(options->uid);
    /* Changing the user has cleared it: prctl(2). */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    close_all_on_exec();
    if (options->prepare != NULL)
        options->prepare(options->argument);
    if (options->close_stdio)
        for (int fd = 0; fd < 3; fd++)
            close(fd);
    execvp(options->arguments[0], (char *const *)options->arguments);
    fail_child(options->arguments[0]);
}

/* Whether processes live on: one that the command has killed may take a moment to end. */
static bool is_anything_left(void)
{
    enum { MOMENT_MS = 500, LOOK_MS = 5 };

    for (int waited = 0; waited < MOMENT_MS; waited += LOOK_MS) {
        while (waitpid(-1, NULL, WNOHANG) > 0)
            ;
        if (kill(-1, 0) < 0)
            return false;
        (void)poll(NULL, 0, LOOK_MS);
    }
    return true;
}

/* PID 1 above the command: reaps, and at the command's end looks whether anything is left. */
static void run_above(const struct plan *plan)
{
    struct report report = {0};
    pid_t command = fork();
    pid_t pid;
    int status;

    if (command < 0)
        fail_child("fork");
    if (command == 0)
        execute(plan);
    /* The test's ends of the pipes among them: nobody would see their end while we hold them. */
    if (dup2(plan->report, 3) < 0 || syscall(SYS_close_range, 4U, ~0U, 0) < 0)
        fail_child("close_range");
    while ((pid = wait(&status)) > 0)
        if (pid == command)
            break;
    report.wait_status = status;
    report.left_some = is_anything_left();
    if (write(3, &report, sizeof report) != (ssize_t)sizeof report)
        _exit(98);
    _exit(0);
}

/* An ordinary user may make the other namespaces in a user namespace, as root in there. */
static unsigned long flags_for(enum place place)
{
    if (place == PLACE_PLAIN)
        return 0;
    return CLONE_NEWPID | CLONE_NEWNS | (geteuid() != 0 ? CLONE_NEWUSER : 0);
}

static pid_t clone_like_fork(unsigned long flags)
{
    return (pid_t)syscall(SYS_clone, flags | SIGCHLD, NULL, NULL, NULL, NULL);
}

static bool write_file(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    bool written = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

    close(fd);
    return written;
}

/* In a new user namespace of an ordinary user's: be root there (user_namespaces(7)). */
static bool become_root_inside(uid_t uid, gid_t gid)
{
    char uid_map[40];
    char gid_map[40];

    snprintf(uid_map, sizeof uid_map, "0 %u 1", uid);
    snprintf(gid_map, sizeof gid_map, "0 %u 1", gid);
    return write_file("/proc/self/setgroups", "deny") &&
           write_file("/proc/self/gid_map", gid_map) && write_file("/proc/self/uid_map", uid_map);
}

bool process_can_isolate(void)
{
    unsigned long flags = flags_for(PLACE_FIRST);
    uid_t uid = geteuid();
    gid_t gid = getegid();
    pid_t pid = clone_like_fork(flags);
    int status = 1;

    if (pid == 0)
        _exit((flags & CLONE_NEWUSER) != 0 && !become_root_inside(uid, gid));
    return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

static int run_child(void *argument)
{
    const struct plan *plan = argument;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (setsid() < 0)
        fail_child("setsid");
    take_stdio(plan);
    if (plan->place != PLACE_PLAIN) {
        if (plan->outer_uid != 0 && !become_root_inside(plan->outer_uid, plan->outer_gid))
            fail_child("uid_map");
        if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
            mount("proc", "/proc", "proc", 0, NULL) < 0)
            fail_child("mount /proc");
    }
    if (plan->place == PLACE_SECOND)
        run_above(plan);
    execute(plan);
    return 99;
}

/* The pid, as the test sees it, of the only child of `parent`. */
static bool find_child(pid_t parent, pid_t *child)
{
    char path[64];
    FILE *file;
    bool found;

    snprintf(path, sizeof path, "/proc/%d/task/%d/children", parent, parent);
    file = fopen(path, "re");
    if (file == NULL)
        return false;
    found = fscanf(file, "%d", child) == 1;
    fclose(file);
    return found;
}

struct parent_and_child {
    const struct process *process;
    pid_t parent;
    pid_t child;
};

static bool has_child(void *argument)
{
    struct parent_and_child *both = argument;

    /* A short one may be over before we look. */
    return find_child(both->parent, &both->child) || process_has_ended(both->process);
}

static void open_terminal(struct plan *plan, struct process *process)
{
    int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    struct winsize size = {.ws_row = 24, .ws_col = 80};
    struct termios modes;
    int slave;

    ck_assert_int_ge(master, 0);
    ck_assert_int_eq(grantpt(master), 0);
    ck_assert_int_eq(unlockpt(master), 0);
    slave = open(ptsname(master), O_RDWR | O_NOCTTY | O_CLOEXEC);
    ck_assert_int_ge(slave, 0);
    ck_assert_int_eq(ioctl(master, TIOCSWINSZ, &size), 0);
    /* Else a key that makes a signal discards output, with what a program has answered by then. */
    ck_assert_int_eq(tcgetattr(slave, &modes), 0);
    modes.c_lflag |= NOFLSH;
    ck_assert_int_eq(tcsetattr(slave, TCSANOW, &modes), 0);
    /* The pty belongs to whoever uses it, as sshd and docker have it. */
    if (plan->options->uid != 0)
        ck_assert_int_eq(fchown(slave, plan->options->uid, (gid_t)-1), 0);
    plan->input = plan->output = plan->errors = slave;
    process->input = master;
    process->output.fd = master;
    process->errors.fd = -1;
    /* Else the first moment in which nobody has it open would be its end (EIO). */
    process->terminal = slave;
}

static void open_pipes(struct plan *plan, struct process *process)
{
    struct pipe_ends input = make_pipe();
    struct pipe_ends output = make_pipe();
    struct pipe_ends errors = make_pipe();

    plan->input = input.reader;
    plan->output = output.writer;
    plan->errors = errors.writer;
    process->input = input.writer;
    process->output.fd = output.reader;
    process->errors.fd = errors.reader;
}

static bool has_word(const char *const *words, const char *word)
{
    for (; *words != NULL; words++)
        if (strcmp(*words, word) == 0)
            return true;
    return false;
}

/* Where nobody can be a subreaper (qemu-user), who would be is PID 1 instead. */
static enum place place_of(const struct process_options *options)
{
    if (options->place == PLACE_SECOND && getenv("TESTS_WITHOUT_SUBREAPER") != NULL &&
        has_word(options->arguments, "-s"))
        return PLACE_FIRST;
    return options->place;
}

void process_start(struct process *process, const struct process_options *options)
{
    struct plan plan = {.options = options,
                        .place = place_of(options),
                        .outer_uid = geteuid(),
                        .outer_gid = getegid()};
    struct pipe_ends report = make_pipe();
    unsigned long flags = flags_for(plan.place);

    *process = (struct process){.exit_code = -1, .terminal = -1};
    if (options->terminal)
        open_terminal(&plan, process);
    else
        open_pipes(&plan, process);
    plan.report = report.writer;
    process->report = report.reader;
    process->child = clone_like_fork(flags);
    ck_assert_msg(process->child >= 0, "cannot make a PID namespace: %s", strerror(errno));
    if (process->child == 0)
        _exit(run_child(&plan));
    process->pidfd = (int)syscall(SYS_pidfd_open, process->child, 0);
    ck_assert_int_ge(process->pidfd, 0);
    close(report.writer);
    if (!options->terminal) {
        close(plan.output);
        close(plan.input);
        close(plan.errors);
    }
    process->pid = process->child;
    if (plan.place == PLACE_SECOND) {
        struct parent_and_child both = {.process = process, .parent = process->child};

        wait_until(has_child, &both, "the command under the test's PID 1");
        process->pid = both.child;
    }
}

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* On a slow machine libcheck's own time limits grow by the same factor. */
static int64_t deadline(void)
{
    const char *factor = getenv("CK_TIMEOUT_MULTIPLIER");
    int64_t limit = DEADLINE_MS;

    return now_ms() + (factor != NULL ? limit * atoi(factor) : limit);
}

void wait_until(bool (*condition)(void *argument), void *argument, const char *what)
{
    const struct timespec pause = {.tv_nsec = 1000 * 1000};
    int64_t end = deadline();

    while (!condition(argument)) {
        ck_assert_msg(now_ms() < end, "waited in vain for: %s", what);
        nanosleep(&pause, NULL);
    }
}

/* Read what there is. False at the end of the stream. */
static bool take(struct stream *stream)
{
    ssize_t count;

    if (stream->room - stream->length < 4097) {
        stream->room = stream->room * 2 + 8192;
        stream->text = realloc(stream->text, stream->room);
        ck_assert_ptr_nonnull(stream->text);
    }
    count = read(stream->fd, stream->text + stream->length, 4096);
    if (count > 0)
        stream->length += (size_t)count;
    stream->text[stream->length] = '\0';
    /* EIO is how a terminal's master side says that nobody holds the other one any more. */
    return count > 0 || (count < 0 && (errno == EINTR || errno == EAGAIN));
}

static void take_or_close(struct stream *stream)
{
    if (!take(stream))
        stream->fd = -1;
}

/* Wait for output or the command's end. Returns whether the command has ended. */
static bool wait_for_news(struct process *process, int64_t end)
{
    struct pollfd fds[3] = {
        {.fd = process->output.fd, .events = POLLIN},
        {.fd = process->errors.fd, .events = POLLIN},
        {.fd = process->pidfd, .events = POLLIN},
    };
    int64_t rest = end - now_ms();

    if (poll(fds, 3, rest > 0 ? (int)rest : 0) == 0)
        ck_abort_msg("waited in vain; stdout so far: <<%.3000s>> stderr: <<%.3000s>>",
                     process->output.text ? process->output.text : "",
                     process->errors.text ? process->errors.text : "");
    if (fds[0].revents != 0)
        take_or_close(&process->output);
    if (fds[1].revents != 0)
        take_or_close(&process->errors);
    return fds[2].revents != 0 && fds[0].revents == 0 && fds[1].revents == 0;
}

static bool find(struct stream *stream, const char *text)
{
    char *found = stream->text ? strstr(stream->text + stream->read, text) : NULL;

    if (found == NULL)
        return false;
    stream->read = (size_t)(found - stream->text) + strlen(text);
    return true;
}

static bool has_come(struct process *process, const char *text)
{
    return find(&process->output, text) || find(&process->errors, text);
}

void process_expect(struct process *process, const char *text)
{
    int64_t end = deadline();
    bool ended = false;

    while (!has_come(process, text)) {
        if (ended)
            ck_abort_msg("it ended without '%s'; stdout: <<%.3000s>> stderr: <<%.3000s>>", text,
                         process->output.text ? process->output.text : "",
                         process->errors.text ? process->errors.text : "");
        ended = wait_for_news(process, end);
    }
}

void process_type(struct process *process, const char *text)
{
    ck_assert_int_eq(write(process->input, text, strlen(text)), (ssize_t)strlen(text));
}

void process_close_input(struct process *process)
{
    close(process->input);
    process->input = -1;
}

void process_signal(const struct process *process, int signal_number)
{
    ck_assert_int_eq(kill(process->pid, signal_number), 0);
}

bool process_has_ended(const struct process *process)
{
    struct pollfd fd = {.fd = process->pidfd, .events = POLLIN};

    return poll(&fd, 1, 0) == 1;
}

static int code_of(int wait_status)
{
    return WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : 128 + WTERMSIG(wait_status);
}

int process_wait(struct process *process)
{
    int64_t end = deadline();
    struct report report;
    int status;

    while (!wait_for_news(process, end))
        ;
    if (process->terminal >= 0) {
        close(process->terminal);
        process->terminal = -1;
        while (process->output.fd >= 0)
            take_or_close(&process->output);
    }
    ck_assert_int_eq(waitpid(process->child, &status, 0), process->child);
    process->exit_code = code_of(status);
    if (read(process->report, &report, sizeof report) == (ssize_t)sizeof report) {
        process->exit_code = code_of(report.wait_status);
        process->left_some = report.left_some;
    }
    if (process->output.text == NULL)
        process->output.text = calloc(1, 1);
    if (process->errors.text == NULL)
        process->errors.text = calloc(1, 1);
    process->child = 0;
    return process->exit_code;
}

void process_drop(struct process *process)
{
    if (process->child > 0) {
        kill(process->child, SIGKILL);
        waitpid(process->child, NULL, 0);
    }
    close(process->input);
    if (process->output.fd >= 0 && process->output.fd != process->input)
        close(process->output.fd);
    if (process->terminal >= 0)
        close(process->terminal);
    if (process->errors.fd >= 0)
        close(process->errors.fd);
    close(process->pidfd);
    close(process->report);
    free(process->output.text);
    free(process->errors.text);
}

int process_run(struct process *process, const struct process_options *options)
{
    process_start(process, options);
    return process_wait(process);
}
