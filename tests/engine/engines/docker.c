/*
 * docker.c - what is Docker's own: docker-init, shared PID namespaces, seccomp, missing devices
 */
#include "engine/engine.h"

#include <signal.h>

START_TEST(dockerd_understands_the_version_of_its_docker_init)
{
    struct process version;
    struct process info;

    ck_assert_int_eq(
        engine_run(&version, "docker",
                   WORDS("version", "--format",
                         "{{range .Server.Components}}{{.Name}} {{.Version}};{{end}}")),
        0);
    ck_assert_contains(version.output.text, "docker-init 0.19.0");
    ck_assert_int_eq(engine_run(&info, "docker",
                                WORDS("info", "--format", "{{.InitBinary}};{{.InitCommit.ID}}.")),
                     0);
    ck_assert_contains(info.output.text, "/bin/docker-init;");
    ck_assert_lacks(info.output.text, "N/A");
}
END_TEST

START_TEST(docker_init_is_nsinit)
{
    struct process run;

    ck_assert_int_eq(
        engine_run(&run, "docker",
                   WORDS("run", "--rm", DOCKER_OPTIONS, "--init", "nsinit-test/plain", "sh", "-c",
                         "readlink /proc/1/exe; /sbin/docker-init --version")),
        0);
    ck_assert_contains(run.output.text, "/sbin/docker-init\n");
    ck_assert_contains(run.output.text, "nsinit");
}
END_TEST

#define NO_INIT_WARNING "neither PID 1 nor a subreaper"

START_TEST(in_the_hosts_pid_namespace_it_runs_the_program_and_is_silent)
{
    struct container container;

    ck_assert_int_eq(container_run(&container, WORDS("--pid", "host"), HELPER("exit", "42")), 42);
    ck_assert_lacks(container.client.errors.text, NO_INIT_WARNING);
}
END_TEST

START_TEST(in_another_containers_pid_namespace_it_runs_the_program_and_is_silent)
{
    struct container container;
    struct container second;
    char namespace[64] = "container:";

    container_start(&container, NULL, HELPER("wait"));
    process_expect(&container.client, "ready");
    strcat(namespace, container.name);
    second = container;
    ck_assert_int_eq(engine_run(&second.client, "docker",
                                WORDS("run", "--rm", DOCKER_OPTIONS, "--pid", namespace, way->image,
                                      "/helper", "exit", "42")),
                     42);
    ck_assert_lacks(second.client.errors.text, NO_INIT_WARNING);
    container_stop(&container);
    ck_assert_int_eq(container_wait(&container), 128 + SIGTERM);
}
END_TEST

START_TEST(as_a_subreaper_it_reaps_in_a_shared_pid_namespace_without_a_warning)
{
    struct container container;

    ck_assert_int_eq(container_run(&container,
                                   WORDS("--pid", "host", "--env", "NSINIT_SUBREAPER=yes", "--env",
                                         "NSINIT_WARN_REAPED=yes"),
                                   HELPER("orphans", "1")),
                     0);
    ck_assert_lacks(container.client.errors.text, NO_INIT_WARNING);
    ck_assert_contains(container.client.errors.text, "reaped orphan");
}
END_TEST

START_TEST(as_a_subreaper_it_ends_daemons_in_a_shared_pid_namespace)
{
    struct container container;

    ck_assert_int_eq(container_run(&container,
                                   WORDS("--pid", "host", "--env", "NSINIT_SUBREAPER=yes", "--env",
                                         "NSINIT_DRAIN=TERM/1h"),
                                   HELPER("leave", "3")),
                     3);
    ck_assert_contains(container.client.output.text, "daemon asked to end");
}
END_TEST

START_TEST(stop_works_in_a_shared_pid_namespace)
{
    struct container container;

    container_start(&container, WORDS("--pid", "host"), HELPER("serve", "7"));
    process_expect(&container.client, "ready");
    container_stop(&container);
    ck_assert_int_eq(container_wait(&container), 7);
}
END_TEST

/* All tests but the next one run so. */
START_TEST(the_default_seccomp_profile_is_in_force)
{
    struct container container;

    ck_assert_int_eq(container_run(&container, NULL, HELPER("show")), 0);
    ck_assert_contains(container.client.output.text, "Seccomp:\t2");
}
END_TEST

START_TEST(it_runs_without_a_seccomp_profile_too)
{
    struct container container;

    ck_assert_int_eq(container_run(&container,
                                   WORDS("--security-opt", "seccomp=unconfined", "--security-opt",
                                         "apparmor=unconfined", "--cap-add", "SYS_ADMIN"),
                                   HELPER("show")),
                     0);
    ck_assert_contains(container.client.output.text, "Seccomp:\t0");
}
END_TEST

START_TEST(a_shell_has_job_control_where_dev_tty_is_missing)
{
    struct container container;

    container_start_on_terminal(&container, WORDS("--entrypoint", "sh", "--env", "PS1=shell> "),
                                WORDS("-c", "rm /dev/tty; exec nsinit -- bash --norc --noprofile "
                                            "--noediting -i"));
    process_expect(&container.client, "shell> ");
    process_type(&container.client, "set -o | grep monitor\n");
    process_expect(&container.client, "\ton");
    process_type(&container.client, "exit 7\n");
    ck_assert_int_eq(container_wait(&container), 7);
    ck_assert_lacks(container.client.output.text, "no job control");
}
END_TEST

TCase *docker_case(void)
{
    const TTest *const tests[] = {
        dockerd_understands_the_version_of_its_docker_init,
        docker_init_is_nsinit,
        in_the_hosts_pid_namespace_it_runs_the_program_and_is_silent,
        in_another_containers_pid_namespace_it_runs_the_program_and_is_silent,
        as_a_subreaper_it_reaps_in_a_shared_pid_namespace_without_a_warning,
        as_a_subreaper_it_ends_daemons_in_a_shared_pid_namespace,
        stop_works_in_a_shared_pid_namespace,
        the_default_seccomp_profile_is_in_force,
        it_runs_without_a_seccomp_profile_too,
        a_shell_has_job_control_where_dev_tty_is_missing,
        NULL};
    TCase *tcase = case_of("docker", tests);

    tcase_add_checked_fixture(tcase, use_debian, NULL);
    return tcase;
}
