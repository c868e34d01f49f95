/*
 * control_random.c - random verbs by several clients at once while services crash: whatever they
 * ask for and however they leave, nothing adds up in nsinit
 * NSINIT_TEST_RANDOM_SECONDS in the environment is for how long, NSINIT_TEST_RANDOM_SEED the seed
 * of a run to repeat; it is printed.
 */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "system/listening_pod.h"

enum { SECONDS = 20, WARM_UP_SECONDS = 4, ROUNDS_MAX = 4, CLIENTS = 6, KEPT = 4 };

/*
 * What runs when all is quiet: the keeper, which nobody touches, a, and b under its inner init.
 * The other two crash, one of them with a child that it leaves behind.
 */
enum { QUIET_PROCESSES = 4 };

static const char pod[] =
    "[service a]\ncommand = sleep 1000\nrestart = always\nrestart-delay = 1ms..5ms\n"
    "[service b]\ncommand = sleep 1000\nunshare = pid,mnt\nrestart = on-failure\n"
    "restart-delay = 1ms..5ms\n"
    "[service c]\ncommand = sh -c 'sleep 0.0$(($$ % 8)); exit $(($$ % 3))'\nrestart = always\n"
    "restart-delay = 1ms..20ms\n"
    "[service d]\ncommand = sh -c 'sleep 1000 & exit 3'\nrestart = always\n"
    "restart-delay = 1ms..20ms\n"
    "[service keeper]\ncommand = sh -c 'echo keeper runs; exec sleep 1000'\nafter = a b\n";

static unsigned int number_from(const char *variable, unsigned int otherwise)
{
    const char *text = getenv(variable);

    return text != NULL ? (unsigned int)strtoul(text, NULL, 10) : otherwise;
}

static long now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- a client: a process that never waits long ------------------------------------------- */

static unsigned int seed; /* of the client's own */

static unsigned int any_of(size_t count)
{
    return (unsigned int)rand_r(&seed) % (unsigned int)count;
}

#define ANY(array) ((array)[any_of(sizeof(array) / sizeof((array)[0]))])

static const char *const verbs[] = {"status\n",       "status --json b\n", "restart a\n",
                                    "restart b a\n",  "stop a b\n",        "stop c\n",
                                    "start a\n",      "start b c d\n",     "restart d\n",
                                    "kill KILL a\n",  "kill TERM b\n",     "kill HUP c\n",
                                    "wait c\n",       "wait a\n",          "events\n",
                                    "kill USR1 no\n", "start c\n",         "\n",
                                    "exec a true\n",  "stop d\n",          "status 'a' \"b",
                                    "'no\nverb'\n"};

static const char *const executed[] = {
    "exec a -- true\n",
    "exec b -- sh -c 'exit 3'\n",
    "exec keeper -- sleep 1000\n",
    "exec b sleep 1000\n",
    "exec a -- no-such-program\n",
    "exec keeper -- sh -c 'trap \"\" HUP; sleep 1000 & wait'\n",
    "exec a -- sh -c '(trap \"\" HUP; exec sleep 1000) & wait'\n",
};

/* As much as it takes at once. */
static void say(int connection, const char *text, size_t length)
{
    (void)send(connection, text, length, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static void say_garbage(int connection)
{
    static char garbage[70 * 1024];
    size_t length = any_of(sizeof garbage);

    for (size_t i = 0; i < length; i++)
        garbage[i] = (char)any_of(256);
    say(connection, garbage, length);
}

static void say_with_files(int connection, const char *request)
{
    int file = open("/dev/null", O_RDWR | O_CLOEXEC);
    const int files[] = {file, file, file, file};
    /* One too few, enough, one too many. */
    size_t size = (2 + any_of(3)) * sizeof file;
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(sizeof files)];
    } control = {.header = {.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS}};
    struct iovec part = {.iov_base = (char *)(uintptr_t)request, .iov_len = strlen(request)};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = control.space,
                             .msg_controllen = CMSG_SPACE(size)};

    control.header.cmsg_len = CMSG_LEN(size);
    memcpy(CMSG_DATA(&control.header), files, size);
    (void)sendmsg(connection, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    close(file);
}

/*
 * Some of its lines come in parts, or make no sense. None is a HUP: who ends of that by himself
 * may leave something behind.
 */
static void say_signals(int connection)
{
    static const char *const parts[] = {"signal ", "TERM\n", "signal KILL\n", "CONT", "\n", "x\n"};

    for (unsigned int i = any_of(5); i > 0; i--) {
        const char *part = ANY(parts);

        say(connection, part, strlen(part));
    }
}

static void hear(int connection)
{
    struct pollfd news = {.fd = connection, .events = POLLIN};
    char text[4096];

    while (poll(&news, 1, (int)any_of(30)) > 0)
        if (recv(connection, text, sizeof text, MSG_DONTWAIT) <= 0)
            return;
}

static int ask_anything(void)
{
    int connection = connect_to_pod();
    const char *request = ANY(verbs);

    switch (any_of(8)) {
    case 0:
        say_garbage(connection);
        break;
    case 1:
        say(connection, request, any_of(strlen(request)));
        break;
    case 2:
        say_with_files(connection, ANY(executed));
        say_signals(connection);
        break;
    case 3:
        say(connection, request, strlen(request));
        (void)shutdown(connection, SHUT_WR);
        break;
    default:
        say(connection, request, strlen(request));
    }
    return connection;
}

/* The real client; some are killed in the midst of it. */
static void run_nsctl(void)
{
    static const char *const commands[][4] = {
        {"ns"},
        {"ns", "b"},
        {"status", "--json"},
        {"exec", "b", "true"},
        {"restart", "c"},
        {"exec", "a", "sleep", "1000"},
        {"events"},
        {"wait", "d"},
    };
    const char *const *command = ANY(commands);
    const char *arguments[9] = {nsinit_path(), "--ctl", "-c", socket_path()};
    struct pollfd nothing = {.fd = -1};
    pid_t pid = fork();

    /* kill(2) would take a -1 for everybody. */
    if (pid < 0)
        _exit(2);
    memcpy(arguments + 4, command, sizeof commands[0]);
    if (pid == 0) {
        int file = open("/dev/null", O_RDWR);

        prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (int fd = 0; fd < 3; fd++)
            dup2(file, fd);
        execv(arguments[0], (char *const *)arguments);
        _exit(1);
    }
    (void)poll(&nothing, 0, (int)any_of(20));
    kill(pid, any_of(2) ? SIGKILL : SIGTERM);
    waitpid(pid, NULL, 0);
}

static _Noreturn void be_client(unsigned int own_seed, long end_ms)
{
    int kept[KEPT] = {-1, -1, -1, -1};

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    /* libcheck's would end all of the test. */
    signal(SIGTERM, SIG_DFL);
    seed = own_seed;
    while (now_ms() < end_ms) {
        int *place = &kept[any_of(KEPT)];

        if (*place >= 0)
            close(*place);
        *place = -1;
        if (any_of(20) == 0) {
            run_nsctl();
            continue;
        }
        *place = ask_anything();
        if (any_of(2) == 0)
            hear(*place);
    }
    _exit(0);
}

static void run_clients(unsigned int first_seed, unsigned int seconds)
{
    long end_ms = now_ms() + 1000L * seconds;
    pid_t pids[CLIENTS];
    int status;

    for (unsigned int i = 0; i < CLIENTS; i++) {
        pids[i] = fork();
        ck_assert_int_ge(pids[i], 0);
        if (pids[i] == 0)
            be_client(first_seed + i, end_ms);
    }
    for (int i = 0; i < CLIENTS; i++) {
        ck_assert_int_eq(waitpid(pids[i], &status, 0), pids[i]);
        ck_assert_int_eq(status, 0);
    }
}

/* ---- what nsinit has in the end ---------------------------------------------------------- */

static int count_descendants(pid_t pid)
{
    char path[64];
    FILE *file;
    pid_t child;
    int count = 0;

    snprintf(path, sizeof path, "/proc/%d/task/%d/children", pid, pid);
    file = fopen(path, "re");
    while (file != NULL && fscanf(file, "%d", &child) == 1)
        count += 1 + count_descendants(child);
    if (file != NULL)
        fclose(file);
    return count;
}

/* Of its own, in kB; counted page by page, where RssAnon of /proc/PID/status may be behind. */
static long memory_of(pid_t pid)
{
    char line[200];
    long kilobytes = -1;
    FILE *file;

    snprintf(line, sizeof line, "/proc/%d/smaps_rollup", pid);
    file = fopen(line, "re");
    ck_assert_ptr_nonnull(file);
    while (kilobytes < 0 && fgets(line, sizeof line, file) != NULL)
        (void)sscanf(line, "Anonymous: %ld", &kilobytes);
    fclose(file);
    ck_assert_int_ge(kilobytes, 0);
    return kilobytes;
}

struct quiet {
    pid_t pid;
    int files;
};

static bool is_quiet(void *argument)
{
    const struct quiet *quiet = argument;

    return count_descendants(quiet->pid) == QUIET_PROCESSES &&
           (quiet->files == 0 || files_of(quiet->pid) == quiet->files);
}

static bool is_quiet_soon(struct quiet *quiet)
{
    enum { SOON_MS = 5000, LOOK_MS = 10 };
    long end = now_ms() + SOON_MS;

    while (!is_quiet(quiet) && now_ms() < end)
        (void)poll(NULL, 0, LOOK_MS);
    return is_quiet(quiet);
}

/* A request of a client that has ended may be carried out after these, so they are made again. */
static void settle(struct quiet *quiet)
{
    enum { TRIES = 3 };
    char what[100];

    for (int tries = 0; tries < TRIES; tries++) {
        (void)answer_of(ASK("stop", "c", "d"), 0);
        (void)answer_of(ASK("start", "a", "b"), 0);
        if (is_quiet_soon(quiet))
            return;
        printf("# not quiet yet: %d processes and %d files\n", count_descendants(quiet->pid),
               files_of(quiet->pid));
        (void)fflush(stdout);
    }
    snprintf(what, sizeof what, "%d processes and %d files", QUIET_PROCESSES, quiet->files);
    wait_until(is_quiet, quiet, what);
}

/*
 * Its messages would fill a pipe that nobody empties meanwhile. What it frees is to go back at
 * once (mallopt(3)), so that what it has can be compared.
 */
static void prepare(void *argument)
{
    (void)argument;
    setenv("MALLOC_MMAP_THRESHOLD_", "8192", 1);
    setenv("MALLOC_TRIM_THRESHOLD_", "0", 1);
    if (dup2(open("/dev/null", O_WRONLY | O_CLOEXEC), STDERR_FILENO) < 0)
        _exit(90);
}

static void start_quietly(struct process *process, struct quiet *quiet)
{
    process_start(process,
                  &(struct process_options){
                      .arguments = NSINIT("--control", socket_path(), "--pod", pod_file("%s", pod)),
                      .place = PLACE_FIRST,
                      .prepare = prepare});
    process_expect(process, "keeper runs");
    *quiet = (struct quiet){.pid = process->pid};
    settle(quiet);
    /* At the end of this connection those before it are closed. */
    (void)rest_of(ask("status\n"));
    quiet->files = files_of(quiet->pid);
}

/*
 * Whether it has more memory than before by the smallest thing there is, lost with each request.
 * Under the sanitizer what was freed is kept for a while; it looks for leaks itself.
 */
static bool has_grown(const struct quiet *quiet, long *before)
{
    long now = memory_of(quiet->pid);
    bool result = now > *before + 64;

    printf("# %ld kB of nsinit's own, and %ld kB a round before\n", now, *before);
    (void)fflush(stdout);
    *before = now;
#ifdef __SANITIZE_ADDRESS__
    result = false;
#endif
    return result;
}

/* A heap that is fragmented ceases to grow, one that something leaks from does not. */
START_TEST(random_verbs_leave_no_file_no_process_and_no_memory_behind)
{
    unsigned int seconds = number_from("NSINIT_TEST_RANDOM_SECONDS", SECONDS);
    unsigned int first = number_from("NSINIT_TEST_RANDOM_SEED", (unsigned int)time(NULL));
    unsigned int rounds = 0;
    struct process process;
    struct quiet quiet;
    long memory;

    printf("# random verbs for %u seconds, seed %u\n", seconds, first);
    (void)fflush(stdout);
    start_quietly(&process, &quiet);
    run_clients(first, WARM_UP_SECONDS);
    settle(&quiet);
    memory = memory_of(quiet.pid);
    do {
        ck_assert_msg(rounds < ROUNDS_MAX, "it grows with each round");
        run_clients(first + ++rounds * CLIENTS, seconds);
        settle(&quiet);
    } while (has_grown(&quiet, &memory));
    process_signal(&process, SIGTERM);
    ck_assert_int_eq(process_wait(&process), 0);
}
END_TEST

TCase *control_random_case(void)
{
    const TTest *const tests[] = {random_verbs_leave_no_file_no_process_and_no_memory_behind, NULL};
    TCase *tcase = case_of("control_random", tests);

    tcase_set_timeout(tcase, TEST_TIMEOUT +
                                 ROUNDS_MAX * number_from("NSINIT_TEST_RANDOM_SECONDS", SECONDS));
    return tcase;
}
