/*
 * main_pid.c - a program that replaces itself says by MAINPID= which process goes on as the service
 */
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "system/system.h"

/* A script in which "$0" is the probe. */
#define SCRIPT(text) "sh", "-c", text, PROBE

/* It says that it is the main process, tells its signals, and ends with 7 at TERM. */
#define NEXT                                                                              \
    "sh -c 'trap \"echo next got USR1\" USR1; trap \"echo next got TERM; exit 7\" TERM; " \
    "\"$0\" say \"MAINPID=$$\"; echo next is there; while :; do sleep 0.01; done' \"$0\""

/* As nginx does at USR2: the next one is the program's child, and then the program ends. */
#define REPLACES_ITSELF "trap 'echo first got TERM' TERM\n" NEXT " &\nread x; exit 0"

/* What the next process is and how it ends is the service's from now on. */
static void goes_on(const struct process_options *options)
{
    struct process process;

    process_start(&process, options);
    process_expect(&process, "main: the main process is");
    process_expect(&process, "next is there");
    /* It gets the signals, though the first one is still there. */
    process_signal(&process, SIGUSR1);
    process_expect(&process, "next got USR1");
    process_type(&process, "\n");
    process_expect(&process, "has ended, ");
    process_signal(&process, SIGTERM);
    ck_assert_int_eq(process_wait(&process), 7);
    ck_assert_contains(process.output.text, "next got TERM");
    ck_assert_lacks(process.output.text, "first got TERM");
    ck_assert_lacks(process.errors.text, "ignored");
    process_drop(&process);
}

START_TEST(a_program_that_hands_over_to_its_child_has_not_ended)
{
    goes_on(AS_FIRST("-vv", "--notify", "--", SCRIPT(REPLACES_ITSELF)));
    goes_on(AS_SECOND("-s", "-vv", "--notify", "--", SCRIPT(REPLACES_ITSELF)));
    goes_on(AS_FIRST("-vv", "--notify", "--restart", "on-failure:1", "--stop", "TERM/1h/KILL", "--",
                     SCRIPT(REPLACES_ITSELF)));
}
END_TEST

/* The number is that of the service's own namespace; nsinit tells it by its own. */
START_TEST(a_main_pid_in_a_pid_namespace_is_followed_too)
{
    goes_on(AS_FIRST("-vv", "--notify", "--unshare", "pid,mnt", "--", SCRIPT(REPLACES_ITSELF)));
    goes_on(AS_SECOND("-vv", "--notify", "--unshare", "pid", "--", SCRIPT(REPLACES_ITSELF)));
    goes_on(AS_SECOND("-vv", "--notify", "--unshare", "all", "--map-root-user", "--",
                      SCRIPT(REPLACES_ITSELF)));
}
END_TEST

/* It is nsinit's child by then, and the first one is a leftover, if it is still there. */
START_TEST(a_program_that_makes_itself_a_daemon_goes_on)
{
    struct process process;

    process_start(&process,
                  AS_FIRST("-v", "--notify", "--drain", "TERM/1h/KILL", "--",
                           SCRIPT("trap 'echo first got TERM; exit 5' TERM; (" NEXT " &)\n"
                                  "while :; do sleep 0.01; done")));
    process_expect(&process, "main: the main process is");
    process_expect(&process, "next is there");
    process_signal(&process, SIGTERM);
    process_expect(&process, "next got TERM");
    process_expect(&process, "first got TERM");
    ck_assert_int_eq(process_wait(&process), 7);
    process_drop(&process);
    /* The first one has ended when nsinit reads what it has said. */
    process_start(&process, AS_FIRST("-vv", "--notify", "--",
                                     SCRIPT("sh -c 'trap \"exit 7\" TERM; echo next is there\n"
                                            "while :; do sleep 0.01; done' &\n"
                                            "exec \"$0\" send \"MAINPID=$!\"")));
    process_expect(&process, "has ended, ");
    process_expect(&process, "next is there");
    process_signal(&process, SIGTERM);
    ck_assert_int_eq(process_wait(&process), 7);
}
END_TEST

/* Both have been asked to end then. */
START_TEST(an_heir_that_ends_first_leaves_the_service_to_the_program)
{
    struct process process;

    process_start(&process, AS_FIRST("-v", "--notify", "--stop", "TERM/1h/KILL", "--",
                                     SCRIPT("trap 'echo first got TERM; exit 5' TERM\n" NEXT " &\n"
                                            "while :; do sleep 0.01; done")));
    process_expect(&process, "main: the main process is");
    process_expect(&process, "next is there");
    process_signal(&process, SIGTERM);
    process_expect(&process, "next got TERM");
    process_expect(&process, "first got TERM");
    ck_assert_int_eq(process_wait(&process), 5);
}
END_TEST

START_TEST(the_end_of_the_next_one_is_the_end_of_the_run)
{
    struct process process;

    ck_assert_int_eq(
        process_run(&process,
                    AS_FIRST("-v", "--notify", "--restart", "on-failure:1", QUICKLY, "--",
                             SCRIPT("sh -c 'while kill -0 $1; do sleep 0.01; done 2>/dev/null; "
                                    "exit 9' - $$ &\n"
                                    "\"$0\" say \"MAINPID=$!\"; exit 0"))),
        9);
    ck_assert_int_eq(count_of(process.errors.text, "main: started"), 2);
    ck_assert_contains(process.errors.text, "main: exit code 9, restart 1");
}
END_TEST

START_TEST(each_service_of_a_pod_has_its_own)
{
    struct process process;

    process_start(&process, AS_POD("[service other]\ncommand = sleep 1000\n"
                                   "[service web]\nnotify = yes\nessential = yes\ncommand = sh -c '"
                                   "sh -c \"while kill -0 $$; do sleep 0.01; done 2>/dev/null; "
                                   "exit 7\" & \"$0\" say \"MAINPID=$!\" READY=1; exit 0' %s\n",
                                   PROBE));
    process_expect(&process, "web: the main process is");
    process_expect(&process, "web: ready");
    ck_assert_int_eq(process_wait(&process), 7);
}
END_TEST

/* ---- whom nsinit does not follow ------------------------------------------------------------- */

static void is_ignored(const struct process_options *options, const char *why)
{
    struct process process;

    process_start(&process, options);
    /* An inner init may look at the number after the message is dealt with. */
    process_expect(&process, why);
    process_close_input(&process);
    ck_assert_int_eq(process_wait(&process), 4);
    ck_assert_int_eq(count_of(process.errors.text, ": ignore MAINPID="), 1);
    ck_assert_lacks(process.errors.text, "the main process is");
    ck_assert_contains(process.errors.text, "main: ready");
    process_drop(&process);
}

START_TEST(a_process_that_is_not_the_services_is_not_followed)
{
    static const char sibling[] =
        "sleep 1000 & exec \"$1\" -s -v --notify -- sh -c "
        "'\"$0\" say MAINPID=$1 MAINPID=$1 READY=1; read x; exit 4' \"$0\" $!";

    is_ignored(AS_FIRST("-v", "--notify", "--",
                        SCRIPT("\"$0\" say MAINPID=1 MAINPID=1 READY=1; read x; exit 4")),
               "main: sd_notify: ignore MAINPID=1: it does not descend from the service");
    is_ignored(AS_FIRST("-v", "--notify", "--unshare", "pid,mnt", "--",
                        SCRIPT("\"$0\" say MAINPID=1 MAINPID=1 READY=1; read x; exit 4")),
               "main: sd_notify: ignore MAINPID=1: it does not descend from the service");
    is_ignored(&(struct process_options){.arguments = COMMAND(SCRIPT(sibling), nsinit_path()),
                                         .place = PLACE_SECOND},
               "it does not descend from the service");
    is_ignored(AS_FIRST("-v", "--notify", "--",
                        SCRIPT("\"$0\" say MAINPID=99999999999 READY=1; read x; exit 4")),
               "no such process");
}
END_TEST

static void write_script(const char *name, const char *text)
{
    FILE *file = fopen(fresh_file(name), "we");

    ck_assert_ptr_nonnull(file);
    fputs(text, file);
    fclose(file);
}

/* Each has a session of its own, so that the kernel refuses the next one the other's group. */
START_TEST(another_services_group_can_not_be_joined)
{
    const char *directory = test_directory();
    struct process process;

    (void)fresh_file("pid");
    write_script("other", "trap 'echo other got ABRT' ABRT\n"
                          "trap 'echo other got TERM; exit 0' TERM\n"
                          "echo $$ >pid; while :; do sleep 0.01; done\n");
    write_script("next", "first=$PPID; \"$1\" say MAINPID=$$; kill -KILL $first\n"
                         "while kill -0 $first; do sleep 0.01; done 2>/dev/null\n"
                         "\"$1\" say READY=1 WATCHDOG=trigger; sleep 1000 & wait\n");
    write_script("web", "until [ -s pid ]; do sleep 0.01; done\n"
                        "\"$1\" join $(cat pid) sh next \"$1\" & wait\n");
    process_run(&process, AS_POD("[service other]\nworkdir = %s\ncommand = sh other\n"
                                 "[service web]\nworkdir = %s\nnotify = yes\ngroup = yes\n"
                                 "essential = yes\ncommand = sh web %s\n",
                                 directory, directory, PROBE));
    ck_assert_contains(process.errors.text, "join: Operation not permitted");
    ck_assert_contains(process.output.text, "other got TERM");
    ck_assert_lacks(process.output.text, "ABRT");
}
END_TEST

START_TEST(a_process_that_nsinit_can_not_wait_for_is_not_followed)
{
    is_ignored(AS_SECOND("-v", "--notify", "--",
                         SCRIPT("cat & \"$0\" say MAINPID=$! READY=1; read x; exit 4")),
               "nsinit would not become its parent\n  hint: use -s (NSINIT_SUBREAPER=1)");
    is_ignored(AS_SECOND("-v", "--notify", "--unshare", "pid", "--as-pid-1", "--",
                         SCRIPT("cat & \"$0\" say MAINPID=$! READY=1; read x; exit 4")),
               "nsinit would not become its parent\n");
}
END_TEST

/* As HAProxy and others do at each start. */
START_TEST(a_program_that_names_itself_says_nothing_new)
{
    static const char *const options[][4] = {
        {NULL}, {"--unshare", "pid", NULL}, {"--unshare", "pid", "--as-pid-1", NULL}};

    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
        const char *arguments[16] = {nsinit_path(), "-s", "-v", "--notify"};
        size_t count = 4;
        struct process process;

        for (size_t j = 0; options[i][j] != NULL; j++)
            arguments[count++] = options[i][j];
        arguments[count++] = "--";
        arguments[count++] = "sh";
        arguments[count++] = "-c";
        arguments[count++] = "exec \"$0\" say MAINPID=$$ READY=1";
        arguments[count] = PROBE;
        ck_assert_int_eq(process_run(&process, &(struct process_options){.arguments = arguments,
                                                                         .place = PLACE_SECOND}),
                         0);
        ck_assert_contains(process.errors.text, "main: ready");
        ck_assert_lacks(process.errors.text, "MAINPID");
        ck_assert_lacks(process.errors.text, "the main process");
        process_drop(&process);
    }
}
END_TEST

/* ---- real ones ------------------------------------------------------------------------------- */

START_TEST(nginx_replaces_its_binary_and_goes_on)
{
    static const char name[] = "nginx_replaces_its_binary_and_goes_on";
    /* It takes USR2 as a daemon only. */
    static const char script[] =
        "cd \"$1\" && echo 'pid pid; error_log err; events {}' >conf\n"
        "/usr/sbin/nginx -e err -p \"$1\" -c conf; first=$(cat pid); \"$0\" say MAINPID=$first "
        "READY=1\n"
        "(kill -USR2 $first\n"
        "until [ -s pid.oldbin ] && [ -s pid ] && [ $(cat pid) != $first ]; do sleep 0.01; done\n"
        "\"$0\" say \"MAINPID=$(cat pid)\"; kill -QUIT $first) &";
    struct process process;

    if (access("/usr/sbin/nginx", X_OK) < 0) {
        skip_test(name, "no nginx here");
        return;
    }
    process_start(&process, AS_FIRST("-vv", "--notify", "--restart", "on-failure:1", QUICKLY, "--",
                                     SCRIPT(script), test_directory()));
    process_expect(&process, "main: the main process is");
    process_expect(&process, "main: the main process is");
    process_expect(&process, "has ended, ");
    process_signal(&process, SIGQUIT);
    ck_assert_int_eq(process_wait(&process), 0);
    ck_assert_int_eq(count_of(process.errors.text, "main: started"), 1);
}
END_TEST

TCase *main_pid_case(void)
{
    const TTest *const tests[] = {a_program_that_hands_over_to_its_child_has_not_ended,
                                  a_main_pid_in_a_pid_namespace_is_followed_too,
                                  a_program_that_makes_itself_a_daemon_goes_on,
                                  an_heir_that_ends_first_leaves_the_service_to_the_program,
                                  the_end_of_the_next_one_is_the_end_of_the_run,
                                  each_service_of_a_pod_has_its_own,
                                  a_process_that_is_not_the_services_is_not_followed,
                                  another_services_group_can_not_be_joined,
                                  a_process_that_nsinit_can_not_wait_for_is_not_followed,
                                  a_program_that_names_itself_says_nothing_new,
                                  nginx_replaces_its_binary_and_goes_on,
                                  NULL};

    return case_of("main_pid", tests);
}
