/*
 * setup.c - between the start of a service and its program: nsinit goes on, whatever holds it up
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "system/listening_pod.h"

/* A hook that says that it runs, and waits until its file is gone. */
static const char *holding_hook(void)
{
    static char hook[300];
    const char *file = fresh_file("held");

    snprintf(hook, sizeof hook, "echo hook runs; while [ -e %s ]; do sleep 0.01; done", file);
    return hook;
}

static void let_hook_go(void)
{
    char file[200];

    snprintf(file, sizeof file, "%s/held", test_directory());
    ck_assert_int_eq(unlink(file), 0);
}

/* ---- hooks --------------------------------------------------------------------------------- */

static void start_with_hook(struct process *process)
{
    process_start(process,
                  AS_FIRST("-v", "--control", socket_path(), "--unshare", "uts", "--hook-created",
                           holding_hook(), "--", "sh", "-c", "echo program runs; exec cat"));
    process_expect(process, "hook runs");
}

START_TEST(nsctl_is_answered_while_a_hook_runs)
{
    struct process process;

    start_with_hook(&process);
    ck_assert_contains(answer_of(ASK("status"), 0), "main     hook");
    let_hook_go();
    process_expect(&process, "program runs");
    ck_assert_contains(answer_of(ASK("status"), 0), "main     running");
    process_signal(&process, SIGTERM);
    ck_assert_int_eq(process_wait(&process), 128 + SIGTERM);
}
END_TEST

START_TEST(a_request_to_stop_ends_a_hook_and_its_children_at_once)
{
    struct process process;

    start_with_hook(&process);
    process_signal(&process, SIGTERM);
    ck_assert_int_eq(process_wait(&process), 128 + SIGTERM);
    ck_assert_lacks(process.output.text, "program runs");
    let_hook_go();
}
END_TEST

START_TEST(a_hook_that_takes_too_long_is_killed_and_the_start_has_failed)
{
    struct process process;

    process_run(&process, AS_SECOND("-s", "--unshare", "uts", "--hook-timeout", "200ms",
                                    "--hook-created", "sleep 1000 & sleep 1000", "--", "true"));
    ck_assert_int_eq(process.exit_code, 125);
    ck_assert_str_eq(process.errors.text,
                     "nsinit: main: --hook-created: timed out after 200ms, killed\n"
                     "  hint: allow more time by --hook-timeout TIME, or any time by 0\n");
    ck_assert(!process.left_some);
}
END_TEST

START_TEST(a_hook_finds_the_namespaces_open_though_it_may_not_look_at_the_process)
{
    struct process process;

    process_run(&process, &(struct process_options){
                              .arguments = NSINIT("-s", "--unshare", "user,uts,net",
                                                  "--map-root-user", "--hook-created",
                                                  "readlink $NSINIT_UTS $NSINIT_NET $NSINIT_USER",
                                                  "--", "readlink", "/proc/self/ns/uts",
                                                  "/proc/self/ns/net", "/proc/self/ns/user"),
                              .place = PLACE_SECOND,
                              .uid = 54321});
    ck_assert_str_eq(process.errors.text, "");
    ck_assert_int_eq(process.exit_code, 0);
    ck_assert_uint_eq(process.output.length % 2, 0);
    ck_assert_uint_gt(process.output.length, 0);
    ck_assert_mem_eq(process.output.text, process.output.text + process.output.length / 2,
                     process.output.length / 2);
}
END_TEST

/* ---- a process that is stopped ------------------------------------------------------------- */

#define STOPPED_BY_HOOK "--unshare", "uts", "--hook-created", "kill -STOP $NSINIT_PID"

START_TEST(a_process_that_does_not_come_to_its_program_is_given_up)
{
    struct process process;

    process_run(&process,
                AS_SECOND("-s", STOPPED_BY_HOOK, "--setup-timeout", "200ms", "--", "true"));
    ck_assert_int_eq(process.exit_code, 125);
    ck_assert_str_eq(process.errors.text,
                     "nsinit: main: setup: the program was not executed within 200ms\n"
                     "  hint: allow more time by --setup-timeout TIME, or any time by 0\n");
    ck_assert(!process.left_some);
}
END_TEST

START_TEST(a_restart_that_hangs_counts_as_a_failure)
{
    struct process process;
    char hook[300];

    snprintf(hook, sizeof hook, "if [ -e %s ]; then rm %s; else kill -STOP $NSINIT_PID; fi",
             fresh_file("first"), fresh_file("first"));
    process_run(&process, AS_SECOND("-s", "--restart", "on-failure:2", "--restart-delay", "10ms",
                                    "--setup-timeout", "2s", "--unshare", "uts", "--hook-created",
                                    hook, "--", "sh", "-c", "echo run; exit 3"));
    ck_assert_int_eq(process.exit_code, 125);
    ck_assert_str_eq(process.output.text, "run\n");
    ck_assert_int_eq(count_of(process.errors.text, "was not executed within 2s\n"), 2);
    ck_assert_contains(process.errors.text, "main: exit code 125, gave up after 2 restarts\n");
    ck_assert(!process.left_some);
}
END_TEST

static void start_stopped_pod(struct process *process)
{
    start_pod(process, "[service a]\ncommand = sh -c 'echo a runs; exec sleep 1000'\n"
                       "unshare = uts\nhook-created = echo hook runs; kill -STOP $NSINIT_PID\n"
                       "setup-timeout = 1h\n"
                       "[service b]\ncommand = sh -c 'echo b runs; exec sleep 1000'\n");
}

START_TEST(a_pod_goes_on_and_ends_while_a_service_does_not_come_to_its_program)
{
    struct process process;

    start_stopped_pod(&process);
    process_expect(&process, "b runs");
    ck_assert_contains(answer_of(ASK("status", "a"), 0), "a        ");
    (void)answer_of(ASK("stop", "b"), 0);
    end_pod(&process, 0);
}
END_TEST

START_TEST(a_stop_schedule_ends_a_process_that_hangs_by_its_kill)
{
    struct process process;

    process_start(&process, AS_FIRST(STOPPED_BY_HOOK "; echo hook runs", "--stop",
                                     "TERM/100ms/KILL", "--setup-timeout", "0", "--", "true"));
    process_expect(&process, "hook runs");
    process_signal(&process, SIGTERM);
    (void)process_wait(&process);
    ck_assert(process.exit_code == 128 + SIGTERM || process.exit_code == 128 + SIGKILL);
}
END_TEST

/*
 * An epoll(7) that another process polls looks at nsinit's signalfd, sees no signals of that
 * process, and forgets nsinit's own. It came about in one of twenty runs.
 */
START_TEST(a_process_that_is_set_up_takes_no_signal_from_nsinits_loop)
{
    for (int i = 0; i < 60; i++) {
        struct process process;

        process_run(&process, &(struct process_options){
                                  .arguments = NSINIT("-s", "--control", "no", "--pod",
                                                      pod_file("[pod]\nunshare = pid,uts,ipc\n"
                                                               "[service a]\ncommand = sleep 1000\n"
                                                               "unshare = mnt\n[service b]\n"
                                                               "command = sh -c 'exit 3'\n"
                                                               "essential = yes\n")),
                                  .place = PLACE_SECOND});
        ck_assert_int_eq(process.exit_code, 3);
        ck_assert(!process.left_some);
        process_drop(&process);
    }
}
END_TEST

/* ---- what a process has in a service ------------------------------------------------------- */

/* The inner init's files, memory and environment. */
static const char looks[] =
    "for f in fd/0 fd/3 fd/4 cwd root; do readlink /proc/1/$f && exit 1; done; "
    "cat /proc/1/environ && exit 1; cat /proc/1/maps && exit 1; (: >/proc/1/mem) && exit 1; exit 0";

START_TEST(an_inner_init_is_not_to_be_looked_at_by_root_of_its_user_namespace)
{
    struct process process;

    for (uid_t uid = 0; uid <= 54321; uid += 54321) {
        process_run(&process, &(struct process_options){
                                  .arguments = NSINIT("-s", "--unshare", "user,pid,mnt,net,uts,ipc",
                                                      "--map-root-user", "--", "sh", "-c", looks),
                                  .place = PLACE_SECOND,
                                  .uid = uid});
        ck_assert_msg(process.exit_code == 0, "as %u: %s", uid, process.output.text);
    }
}
END_TEST

START_TEST(a_hidden_environment_is_gone_from_an_inner_init)
{
    struct process process;

    if (lacks_root("a_hidden_environment_is_gone_from_an_inner_init"))
        return;
    setenv("HIDDEN", "not-for-services", 1);
    /* Root in nsinit's own user namespace may look. */
    process_run(&process, AS_SECOND("-s", "--unshare", "pid,mnt", "--clear-env", "--env",
                                    "SHOWN=shown", "--env", "PATH", "--", "sh", "-c",
                                    "tr '\\0' '\\n' </proc/1/environ; grep -a not-for-services "
                                    "/proc/1/environ && exit 1; exit 0"));
    unsetenv("HIDDEN");
    ck_assert_int_eq(process.exit_code, 0);
    ck_assert_lacks(process.output.text, "not-for-services");
    ck_assert_contains(process.output.text, "PATH=");
}
END_TEST

TCase *setup_case(void)
{
    const TTest *const tests[] = {
        nsctl_is_answered_while_a_hook_runs,
        a_request_to_stop_ends_a_hook_and_its_children_at_once,
        a_hook_that_takes_too_long_is_killed_and_the_start_has_failed,
        a_hook_finds_the_namespaces_open_though_it_may_not_look_at_the_process,
        a_process_that_does_not_come_to_its_program_is_given_up,
        a_restart_that_hangs_counts_as_a_failure,
        a_pod_goes_on_and_ends_while_a_service_does_not_come_to_its_program,
        a_stop_schedule_ends_a_process_that_hangs_by_its_kill,
        a_process_that_is_set_up_takes_no_signal_from_nsinits_loop,
        an_inner_init_is_not_to_be_looked_at_by_root_of_its_user_namespace,
        a_hidden_environment_is_gone_from_an_inner_init,
        NULL};

    return case_of("setup", tests);
}
