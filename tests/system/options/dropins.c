/*
 * dropins.c - called by a peer's name nsinit does as the peer does, but for its faults
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "system/system.h"

static int run(struct process *process, enum place place, const char *const *arguments)
{
    return process_run(process, &(struct process_options){.arguments = arguments, .place = place});
}

#define CALLED(name, ...) COMMAND(nsinit_called(name), __VA_ARGS__)

START_TEST(version_lines_are_those_that_engines_parse)
{
    struct process process;

    ck_assert_int_eq(run(&process, PLACE_FIRST, CALLED("docker-init", "--version")), 0);
    ck_assert_int_eq(strncmp(process.output.text, "tini version 0.19.0", 19), 0);
    ck_assert_int_eq(run(&process, PLACE_FIRST, CALLED("catatonit", "-V")), 0);
    ck_assert_int_eq(strncmp(process.output.text, "tini version 0.1.7_catatonit", 28), 0);
    ck_assert_int_eq(run(&process, PLACE_FIRST, CALLED("dumb-init", "--version")), 0);
    ck_assert_int_eq(strncmp(process.errors.text, "dumb-init v1.2.5", 16), 0);
    ck_assert_int_eq(run(&process, PLACE_FIRST, NSINIT("-V")), 0);
    ck_assert_int_eq(strncmp(process.output.text, "nsinit version ", 15), 0);
}
END_TEST

START_TEST(help_and_licence_come_where_the_peer_prints_them)
{
    struct process process;

    ck_assert_int_eq(run(&process, PLACE_FIRST, CALLED("tini", "-h")), 0);
    ck_assert_contains(process.output.text, "tini [OPTION...]");
    ck_assert_int_eq(run(&process, PLACE_FIRST, CALLED("dumb-init", "-h")), 0);
    ck_assert_contains(process.errors.text, "--single-child");
    ck_assert_int_eq(run(&process, PLACE_FIRST, CALLED("tini", "-l")), 0);
    ck_assert_contains(process.output.text, "MIT License");
    ck_assert_int_eq(run(&process, PLACE_FIRST, CALLED("catatonit", "-L")), 0);
    ck_assert_contains(process.output.text, "MIT License");
}
END_TEST

START_TEST(exit_codes_are_the_peers)
{
    static const struct {
        const char *name;
        int usage;
        int not_found;
        int not_executable;
        int symlink_loop;
    } peers[] = {{"tini", 1, 127, 126, 1},
                 {"docker-init", 1, 127, 126, 1},
                 {"dumb-init", 1, 2, 2, 2},
                 {"catatonit", 1, 1, 1, 1},
                 {"podman-init", 1, 1, 1, 1}};

    ck_assert_int_eq(symlink("loop", path_in_directory("loop")), 0);
    for (size_t i = 0; i < sizeof peers / sizeof peers[0]; i++) {
        const char *name = peers[i].name;
        struct process process;

        ck_assert_int_eq(run(&process, PLACE_FIRST, CALLED(name, "-Z")), peers[i].usage);
        ck_assert_int_eq(run(&process, PLACE_FIRST, COMMAND(nsinit_called(name))), peers[i].usage);
        ck_assert_int_eq(run(&process, PLACE_FIRST, CALLED(name, "nosuch")), peers[i].not_found);
        ck_assert_int_eq(run(&process, PLACE_FIRST, CALLED(name, "/etc/passwd")),
                         peers[i].not_executable);
        ck_assert_int_eq(run(&process, PLACE_FIRST, CALLED(name, path_in_directory("loop"))),
                         peers[i].symlink_loop);
        ck_assert_int_eq(run(&process, PLACE_FIRST, CALLED(name, "--", "sh", "-c", "exit 42")), 42);
        ck_assert_int_eq(run(&process, PLACE_FIRST, CALLED(name, "sh", "-c", "kill $$")), 143);
    }
}
END_TEST

/* tini and catatonit permute: there `tini ls -l` prints the licence. */
START_TEST(the_programs_options_are_the_programs)
{
    struct process process;

    ck_assert_int_eq(run(&process, PLACE_FIRST, CALLED("tini", "echo", "-l")), 0);
    ck_assert_str_eq(process.output.text, "-l\n");
    ck_assert_int_eq(run(&process, PLACE_FIRST, CALLED("catatonit", "echo", "-h")), 0);
    ck_assert_str_eq(process.output.text, "-h\n");
}
END_TEST

START_TEST(tini_warns_without_subreaper_and_obeys_its_variables)
{
    struct process process;

#define LOSES_AN_ORPHAN "sh", "-c", "sleep 1000 & exit 0"
    ck_assert_int_eq(run(&process, PLACE_SECOND, CALLED("tini", LOSES_AN_ORPHAN)), 0);
    ck_assert_contains(process.errors.text, "neither PID 1 nor a subreaper");
    ck_assert_int_eq(run(&process, PLACE_SECOND,
                         COMMAND("env", "TINI_SUBREAPER=", nsinit_called("tini"), LOSES_AN_ORPHAN)),
                     0);
    ck_assert_str_eq(process.errors.text, "");
    ck_assert_int_eq(
        run(&process, PLACE_SECOND,
            COMMAND("env", "TINI_VERBOSITY=0", nsinit_called("tini"), LOSES_AN_ORPHAN)),
        0);
    ck_assert_str_eq(process.errors.text, "");
    ck_assert_int_eq(
        run(&process, PLACE_SECOND, CALLED("tini", "-s", "-e", "7", "sh", "-c", "exit 7")), 0);
}
END_TEST

START_TEST(tini_ends_at_once_and_signals_nobody)
{
    struct process process;

    ck_assert_int_eq(run(&process, PLACE_SECOND,
                         CALLED("tini", "-s", "--", "sh", "-c",
                                "(trap 'echo got TERM' TERM; sleep 1000 & wait) >&2 & exit 4")),
                     4);
    ck_assert(process.left_some);
    ck_assert_lacks(process.errors.text, "got TERM");
}
END_TEST

START_TEST(dumb_init_forwards_to_the_group_in_a_session_of_its_own)
{
    struct process process;

    process_start(&process,
                  &(struct process_options){.arguments = CALLED("dumb-init", PROBE, "members", "2"),
                                            .place = PLACE_FIRST});
    process_expect(&process, "ready");
    process_expect(&process, "member is there");
    process_expect(&process, "member is there");
    process_signal(&process, SIGUSR1);
    ck_assert_int_eq(process_wait(&process), 0);
    ck_assert_int_eq(count_of(process.output.text, "member value"), 2);
    ck_assert_int_eq(
        run(&process, PLACE_FIRST, CALLED("dumb-init", "sh", "-c", "ps -o sid= -p $$; echo $$")),
        0);
    ck_assert_contains(process.output.text, "2\n2\n");
}
END_TEST

START_TEST(dumb_init_single_child_shares_the_group)
{
    static const char show[] = "[ $(ps -o pgid= -p $$) = $(ps -o pgid= -p 1) ] && echo same";
    struct process process;

    ck_assert_int_eq(run(&process, PLACE_FIRST, CALLED("dumb-init", "-c", "sh", "-c", show)), 0);
    ck_assert_str_eq(process.output.text, "same\n");
    ck_assert_int_eq(
        run(&process, PLACE_FIRST,
            COMMAND("env", "DUMB_INIT_SETSID=0", nsinit_called("dumb-init"), "sh", "-c", show)),
        0);
    ck_assert_str_eq(process.output.text, "same\n");
    ck_assert_int_eq(run(&process, PLACE_FIRST, CALLED("dumb-init", "sh", "-c", show)), 1);
}
END_TEST

START_TEST(dumb_init_sends_term_to_what_is_left_and_does_not_wait)
{
    struct process process;

    process_start(&process,
                  &(struct process_options){.arguments = CALLED("dumb-init", "sh", "-c",
                                                                "(trap 'echo got TERM; exit' TERM; "
                                                                "sleep 1000 & echo there; wait) & "
                                                                "read x; exit 4"),
                                            .place = PLACE_SECOND});
    process_expect(&process, "there");
    process_type(&process, "\n");
    ck_assert_int_eq(process_wait(&process), 4);
}
END_TEST

struct stopped {
    pid_t pid;
};

static bool is_stopped(void *argument)
{
    const struct stopped *stopped = argument;
    char path[64];
    char state = 0;
    FILE *file;

    snprintf(path, sizeof path, "/proc/%d/stat", stopped->pid);
    file = fopen(path, "re");
    if (file == NULL)
        return false;
    if (fscanf(file, "%*d (%*[^)]) %c", &state) != 1)
        state = 0;
    fclose(file);
    return state == 'T';
}

START_TEST(dumb_init_suspends_itself_with_its_child_and_both_continue)
{
    struct process process;
    struct stopped stopped;

    process_start(&process, &(struct process_options){.arguments = CALLED("dumb-init", "-vv", "--",
                                                                          PROBE, "signals", "2"),
                                                      .place = PLACE_SECOND});
    process_expect(&process, "ready");
    stopped.pid = process.pid;
    process_signal(&process, SIGTSTP);
    wait_until(is_stopped, &stopped, "dumb-init stopped");
    process_signal(&process, SIGCONT);
    process_signal(&process, SIGUSR1);
    ck_assert_int_eq(process_wait(&process), 0);
    ck_assert_contains(process.output.text, "got 18");
    ck_assert_contains(process.output.text, "got 10");
}
END_TEST

static void set_debug(void *argument)
{
    (void)argument;
    setenv("CATATONIT_DEBUG", "1", 1);
}

START_TEST(catatonit_is_a_subreaper_unasked_and_drops_terminal_stops)
{
    struct process process;

    process_start(&process, &(struct process_options){
                                .arguments = CALLED("catatonit", "--", PROBE, "signals", "1"),
                                .place = PLACE_SECOND});
    process_expect(&process, "ready");
    process_signal(&process, SIGTSTP);
    process_signal(&process, SIGTTIN);
    process_signal(&process, SIGUSR1);
    ck_assert_int_eq(process_wait(&process), 0);
    ck_assert_contains(process.output.text, "got 10");
    ck_assert_str_eq(process.errors.text, "");
}
END_TEST

START_TEST(catatonit_pauses_without_a_program)
{
    struct process process;

    process_start(&process, &(struct process_options){
                                .arguments = COMMAND("sh", "-c", "(exit 3) & exec \"$0\" -P",
                                                     nsinit_called("catatonit")),
                                .place = PLACE_FIRST,
                                .prepare = set_debug});
    process_expect(&process, "exit code 3");
    process_signal(&process, SIGTERM);
    ck_assert_int_eq(process_wait(&process), 0);
}
END_TEST

TCase *dropins_case(void)
{
    const TTest *const tests[] = {version_lines_are_those_that_engines_parse,
                                  help_and_licence_come_where_the_peer_prints_them,
                                  exit_codes_are_the_peers,
                                  the_programs_options_are_the_programs,
                                  tini_warns_without_subreaper_and_obeys_its_variables,
                                  tini_ends_at_once_and_signals_nobody,
                                  dumb_init_forwards_to_the_group_in_a_session_of_its_own,
                                  dumb_init_single_child_shares_the_group,
                                  dumb_init_sends_term_to_what_is_left_and_does_not_wait,
                                  dumb_init_suspends_itself_with_its_child_and_both_continue,
                                  catatonit_is_a_subreaper_unasked_and_drops_terminal_stops,
                                  catatonit_pauses_without_a_program,
                                  NULL};

    return case_of("dropins", tests);
}
