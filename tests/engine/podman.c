/*
 * podman.c - what is podman's own: the option --init-path, limits lower than the machine's
 */
#include "engine/engine.h"

#include <stdio.h>

#define PODMAN_RUN "run", "--rm", PODMAN_OPTIONS

START_TEST(init_path_can_be_an_option)
{
    struct process run;
    char path[300];

    snprintf(path, sizeof path, "%s", state_path("bin/docker-init"));
    ck_assert_int_eq(
        engine_run(&run, "podman",
                   WORDS(PODMAN_RUN, "--init", "--init-path", path, "nsinit-test/plain", "sh", "-c",
                         "cat /proc/1/comm /proc/self/mountinfo; exit 42")),
        42);
    /* Where the file comes from tells the option's from the one that containers.conf names. */
    ck_assert_contains(run.output.text, "podman-init\n");
    ck_assert_contains(run.output.text, "/bin/docker-init /");
}
END_TEST

START_TEST(the_limits_of_containers_conf_are_in_force)
{
    struct process run;

    ck_assert_int_eq(engine_run(&run, "podman",
                                WORDS(PODMAN_RUN, "--init", "nsinit-test/plain", "bash", "-c",
                                      "ulimit -n; ulimit -u")),
                     0);
    ck_assert_str_eq(run.output.text, "1024\n1024\n");
}
END_TEST

START_TEST(in_the_hosts_pid_namespace_it_warns_and_runs_the_program)
{
    struct process run;

    ck_assert_int_eq(engine_run(&run, "podman",
                                WORDS(PODMAN_RUN, "--pid", "host", "nsinit-test/scratch", "/helper",
                                      "exit", "42")),
                     42);
    ck_assert_contains(run.errors.text, "neither PID 1 nor a subreaper");
}
END_TEST

TCase *podman_options_case(void)
{
    const TTest *const tests[] = {init_path_can_be_an_option,
                                  the_limits_of_containers_conf_are_in_force,
                                  in_the_hosts_pid_namespace_it_warns_and_runs_the_program, NULL};

    return case_of("podman_options", tests);
}
