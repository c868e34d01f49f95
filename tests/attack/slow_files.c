/*
 * slow_files.c - files of the service's tree that take their time, or never come to an end
 */
#include "attack/attack.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

static void write_accounts(void)
{
    FILE *file;

    (void)unlink(test_file("tree/etc/passwd"));
    file = fopen(test_file("tree/etc/passwd"), "we");
    ck_assert_ptr_nonnull(file);
    fprintf(file, "evil:x:%d:%d::/:/\n", ORDINARY_USER, ORDINARY_USER);
    fclose(file);
}

/* In KiB, the most memory that the process has had. */
static long peak_of(pid_t pid)
{
    char path[64];
    char line[256];
    long peak = 0;
    FILE *file;

    snprintf(path, sizeof path, "/proc/%d/status", pid);
    file = fopen(path, "re");
    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        if (strncmp(line, "VmHWM:", 6) == 0)
            peak = atol(line + 6);
    if (file != NULL)
        fclose(file);
    return peak;
}

/* Of nsinit and of its children. */
static long peak_of_family(pid_t pid)
{
    long most = peak_of(pid);
    char path[64];
    int child;
    FILE *file;

    snprintf(path, sizeof path, "/proc/%d/task/%d/children", pid, pid);
    file = fopen(path, "re");
    while (file != NULL && fscanf(file, "%d", &child) == 1)
        if (peak_of(child) > most)
            most = peak_of(child);
    if (file != NULL)
        fclose(file);
    return most;
}

enum { GREEDY_KIB = 100 * 1024, WATCH_MS = 60 };

/* The service puts the file in the place of /etc/passwd, and ends: nsinit restarts it by name. */
static void replace_accounts(struct attack *attack, void (*make)(const char *path),
                             const struct process_options *options)
{
    while (attack_goes_on(attack)) {
        bool over = false;
        int since = 0;

        (void)unlink(test_file("tree/etc/trap"));
        write_accounts();
        make(test_file("tree/etc/trap"));
        attack_start(attack, options);
        for (int ms = 0; !over && ms < FROZEN_MS * 4; ms++) {
            if (attack->score->prepared == 0)
                since = ms;
            if (ms > since + WATCH_MS && pinger_silence(attack->pinger) < LATE_MS / 4)
                break;
            over = attack_is_frozen(attack);
            if (!over && peak_of_family(attack->process.pid) > GREEDY_KIB) {
                score_success(attack->score, "nsinit read the whole file");
                over = true;
            }
            over = over || !attack_wait(attack);
        }
        attack_stop(attack);
        attack->tries++;
    }
    attack_end(attack);
}

static void make_fifo(const char *path)
{
    ck_assert_int_eq(mkfifo(path, 0644), 0);
}

static void make_sparse(const char *path)
{
    int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0644);

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(ftruncate(fd, 1500L * 1024 * 1024), 0);
    close(fd);
}

#define REPLACED                                                                             \
    "--root", test_file("tree"), "--user", "evil", "--restart", "always", "--restart-delay", \
        "1ms..1ms"

#define BY_ACCOUNTS(test, name, make, few, namespaces)                                \
    START_TEST(test)                                                                  \
    {                                                                                 \
        struct attack attack;                                                         \
                                                                                      \
        if (!attack_begin(&attack, name, few))                                        \
            return;                                                                   \
        attack_make_tree();                                                           \
        replace_accounts(&attack, make,                                               \
                         TARGET("--unshare", namespaces, REPLACED, "--", "/attacker", \
                                "stop-passwd", "/score", "/etc/trap"));               \
    }                                                                                 \
    END_TEST

BY_ACCOUNTS(a_fifo_for_accounts_freezes_nobody, "freeze.passwd.fifo", make_fifo, 8, "mnt")
BY_ACCOUNTS(a_fifo_for_the_inner_inits_accounts_freezes_nobody, "freeze.passwd.fifo.inner",
            make_fifo, 8, "mnt,pid")
BY_ACCOUNTS(endless_accounts_are_not_read, "freeze.passwd.sparse", make_sparse, 8, "mnt")
BY_ACCOUNTS(endless_accounts_are_not_read_by_the_inner_init, "freeze.passwd.sparse.inner",
            make_sparse, 8, "mnt,pid")

/* ---- a file system that hangs --------------------------------------------------------------- */

/* A file system whose daemon never answers, mounted in the target's own mount namespace. */
struct hung {
    int fd;
    const char *place;
};

static void mount_hung(void *argument)
{
    const struct hung *hung = argument;
    char options[100];

    snprintf(options, sizeof options, "fd=%d,rootmode=40000,user_id=0,group_id=0,allow_other",
             hung->fd);
    if (mount("hung", hung->place, "fuse", 0, options) < 0) {
        perror("mount fuse");
        _exit(99);
    }
}

static void start_in_hung(struct attack *attack, const char *const *arguments)
{
    (void)mkdir(test_file("hung"), 0755);
    while (attack_goes_on(attack)) {
        struct hung hung = {.fd = open("/dev/fuse", O_RDWR | O_CLOEXEC),
                            .place = test_file("hung")};
        bool frozen = false;

        ck_assert_int_ge(hung.fd, 0);
        attack_start(attack, &(struct process_options){.arguments = arguments,
                                                       .place = PLACE_FIRST,
                                                       .prepare = mount_hung,
                                                       .argument = &hung});
        for (int ms = 0; ms < FROZEN_MS + WATCH_MS && !frozen && attack_wait(attack); ms++) {
            frozen = attack_is_frozen(attack);
            if (ms > WATCH_MS && pinger_silence(attack->pinger) < LATE_MS / 4)
                break;
        }
        /* Whoever waits for an answer gets an error. */
        close(hung.fd);
        attack_stop(attack);
        attack->tries++;
    }
    attack_end(attack);
}

static bool lacks_fuse(const char *test)
{
    if (access("/dev/fuse", R_OK | W_OK) == 0)
        return false;
    skip_test(test, "no /dev/fuse here");
    return true;
}

#define BY_HUNG(test, name, ...)                                                             \
    START_TEST(test)                                                                         \
    {                                                                                        \
        struct attack attack;                                                                \
                                                                                             \
        if (!lacks_fuse(name) && attack_begin(&attack, name, 8))                             \
            start_in_hung(&attack, NSINIT("--workdir", test_file("hung"), __VA_ARGS__, "--", \
                                          ATTACKER("run")));                                 \
    }                                                                                        \
    END_TEST

BY_HUNG(a_file_system_that_hangs_freezes_nobody, "freeze.workdir.hung", "--restart", "no")
BY_HUNG(a_file_system_that_hangs_a_user_freezes_nobody, "freeze.workdir.hung.user", "--user",
        "54321")
BY_HUNG(a_file_system_that_hangs_new_namespaces_freezes_nobody, "freeze.workdir.hung.inner",
        "--unshare", "pid,mnt")

/* The same file system, which the service itself mounts where nsinit's visitors go. */
static void visit_hung(struct attack *attack, const struct process_options *options,
                       const struct process_options *command)
{
    while (attack_goes_on(attack)) {
        struct process nsctl = {.child = 0};
        bool frozen = false;

        attack_start(attack, options);
        while (attack->score->prepared == 0 && attack_wait(attack))
            ;
        if (command != NULL)
            process_start(&nsctl, command);
        for (int ms = 0; ms < FROZEN_MS * 2 && !frozen && attack_wait(attack); ms++) {
            frozen = attack_is_frozen(attack);
            if (ms > WATCH_MS && pinger_silence(attack->pinger) < LATE_MS / 4)
                break;
        }
        ck_assert_msg(attack->score->prepared > 0, "%s: nothing was mounted", attack->name);
        if (command != NULL)
            process_drop(&nsctl);
        attack_stop(attack);
        attack->tries++;
    }
    attack_end(attack);
}

#define HANGS(directory) MAPPED_ROOT, "--", ATTACKER("stop-mount", directory)

START_TEST(a_health_check_that_hangs_before_its_program_freezes_nobody)
{
    struct attack attack;

    if (lacks_fuse("freeze.health.hung") || !attack_begin(&attack, "freeze.health.hung", 8))
        return;
    visit_hung(&attack,
               TARGET("--health-cmd", "[\"/mnt/check\"]", "--health-interval", "30ms",
                      "--health-retries", "1000000", HANGS("/mnt")),
               NULL);
}
END_TEST

START_TEST(a_command_that_hangs_before_its_program_freezes_nobody)
{
    struct attack attack;

    if (lacks_fuse("freeze.exec.hung") || !attack_begin(&attack, "freeze.exec.hung", 8))
        return;
    visit_hung(&attack, TARGET(HANGS("/mnt")),
               &(struct process_options){.arguments = NSCTL("exec", "main", "--", "/mnt/command")});
}
END_TEST

START_TEST(a_terminal_that_hangs_freezes_nobody)
{
    struct attack attack;

    if (lacks_fuse("freeze.terminal.hung") || !attack_begin(&attack, "freeze.terminal.hung", 8))
        return;
    visit_hung(&attack, TARGET(HANGS("/dev/pts")),
               &(struct process_options){.arguments = NSCTL("exec", "main", "--", ATTACKER("run")),
                                         .terminal = true});
}
END_TEST

TCase *slow_files_case(void)
{
    const TTest *const tests[] = {a_fifo_for_accounts_freezes_nobody,
                                  a_fifo_for_the_inner_inits_accounts_freezes_nobody,
                                  endless_accounts_are_not_read,
                                  endless_accounts_are_not_read_by_the_inner_init,
                                  a_file_system_that_hangs_freezes_nobody,
                                  a_file_system_that_hangs_a_user_freezes_nobody,
                                  a_file_system_that_hangs_new_namespaces_freezes_nobody,
                                  a_health_check_that_hangs_before_its_program_freezes_nobody,
                                  a_command_that_hangs_before_its_program_freezes_nobody,
                                  a_terminal_that_hangs_freezes_nobody,
                                  NULL};

    return case_of("slow_files", tests);
}
