/*
 * workdirs.c - a working directory that leads out of the service's root
 * In the service's tree it is a symbolic link to /proc/self/fd/N: what N is open on in nsinit's
 * process just before the program.
 */
#include "attack/attack.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NUMBERS = 40 };

static void close_input(void *argument)
{
    (void)argument;
    close(STDIN_FILENO);
}

/* Of the tries, the first leads nowhere: it shows that the attacker runs. */
static void point_link(int try)
{
    static const char *const others[] = {"/tmp", "/proc/1/root", "/proc/1/cwd", "/proc/self/cwd"};
    enum { OTHERS = sizeof others / sizeof others[0] };
    char target[40];
    int number = try % NUMBERS;

    if (number < OTHERS)
        snprintf(target, sizeof target, "%s", others[number]);
    else
        snprintf(target, sizeof target, "/proc/self/fd/%d", number - OTHERS);
    (void)unlink(test_file("next"));
    ck_assert_int_eq(symlink(target, test_file("next")), 0);
    ck_assert_int_eq(rename(test_file("next"), test_file("tree/work")), 0);
}

#define IN_TREE(command, ...) "/attacker", command, "/score", ##__VA_ARGS__
#define LOOK_AROUND IN_TREE("look-around", test_file("marker"))
#define ROOTED(...) \
    "--root", test_file("tree"), "--mount-proc=/proc", "--workdir", "/work", __VA_ARGS__

static void start_with_each(struct attack *attack, const struct process_options *options)
{
    while (attack_goes_on(attack)) {
        point_link(attack->tries);
        attack_start(attack, options);
        while (attack_wait(attack))
            ;
        attack_stop(attack);
        attack->tries++;
    }
    ck_assert_msg(attack->score->runs > 0, "%s: the attacker has not run once", attack->name);
    attack_end(attack);
}

#define BY_START(test, name, before, ...)                                                         \
    START_TEST(test)                                                                              \
    {                                                                                             \
        struct attack attack;                                                                     \
                                                                                                  \
        if (!attack_begin(&attack, name, NUMBERS))                                                \
            return;                                                                               \
        attack_make_tree();                                                                       \
        start_with_each(&attack, &(struct process_options){                                       \
                                     .arguments = NSINIT(ROOTED(__VA_ARGS__, "--", LOOK_AROUND)), \
                                     .place = PLACE_FIRST,                                        \
                                     .prepare = before});                                         \
    }                                                                                             \
    END_TEST

BY_START(a_program_starts_inside_of_its_root, "workdir.start", NULL, "--unshare", "mnt")
BY_START(a_program_of_an_inner_init_starts_inside_of_its_root, "workdir.start.inner", NULL,
         "--unshare", "mnt,pid")
BY_START(a_user_starts_inside_of_its_root, "workdir.start.user", NULL, "--unshare", "mnt,pid",
         "--user", "54321")
BY_START(mapped_root_starts_inside_of_its_root, "workdir.start.mapped", NULL, MAPPED)
BY_START(a_program_starts_inside_of_its_root_without_stdin, "workdir.start.stdin", close_input,
         "--unshare", "mnt")
BY_START(a_program_of_an_inner_init_starts_inside_of_its_root_without_stdin,
         "workdir.start.inner.stdin", close_input, "--unshare", "mnt,pid")

/* The service has replaced the directory since its start. */
static void execute_with_each(struct attack *attack, const struct process_options *options)
{
    while (attack_goes_on(attack)) {
        (void)unlink(test_file("tree/work"));
        ck_assert_int_eq(symlink("/tmp", test_file("tree/work")), 0);
        attack_start(attack, options);
        (void)attack_await_runs(attack, attack->score->runs + 1, 2000);
        while (attack_goes_on(attack) && !process_has_ended(&attack->process)) {
            struct process nsctl;

            point_link(attack->tries++);
            process_start(&nsctl, &(struct process_options){
                                      .arguments = NSCTL("exec", "main", "--", LOOK_AROUND)});
            while (!process_has_ended(&nsctl) && attack_goes_on(attack) && attack_wait(attack))
                ;
            process_drop(&nsctl);
        }
        attack_stop(attack);
    }
    ck_assert_msg(attack->score->runs > 0, "%s: the attacker has not run once", attack->name);
    attack_end(attack);
}

#define BY_EXEC(test, name, before, ...)                                                       \
    START_TEST(test)                                                                           \
    {                                                                                          \
        struct attack attack;                                                                  \
                                                                                               \
        if (!attack_begin(&attack, name, NUMBERS))                                             \
            return;                                                                            \
        attack_make_tree();                                                                    \
        execute_with_each(&attack,                                                             \
                          &(struct process_options){                                           \
                              .arguments = NSINIT(ROOTED(__VA_ARGS__, "--", IN_TREE("idle"))), \
                              .place = PLACE_FIRST,                                            \
                              .prepare = before});                                             \
    }                                                                                          \
    END_TEST

BY_EXEC(a_command_starts_inside_of_its_root, "workdir.exec", NULL, "--unshare", "mnt")
BY_EXEC(a_command_of_mapped_root_starts_inside_of_its_root, "workdir.exec.mapped", NULL, MAPPED)
BY_EXEC(a_command_starts_inside_of_its_root_without_stdin, "workdir.exec.stdin", close_input,
        "--unshare", "mnt,pid")

TCase *workdirs_case(void)
{
    const TTest *const tests[] = {
        a_program_starts_inside_of_its_root,
        a_program_of_an_inner_init_starts_inside_of_its_root,
        a_user_starts_inside_of_its_root,
        mapped_root_starts_inside_of_its_root,
        a_program_starts_inside_of_its_root_without_stdin,
        a_program_of_an_inner_init_starts_inside_of_its_root_without_stdin,
        a_command_starts_inside_of_its_root,
        a_command_of_mapped_root_starts_inside_of_its_root,
        a_command_starts_inside_of_its_root_without_stdin,
        NULL};

    return case_of("workdirs", tests);
}
