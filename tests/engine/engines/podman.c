/*
 * podman.c - what is podman's own: the option --init-path, limits lower than the machine's
 */
#include "engine/engine.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

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

START_TEST(in_the_hosts_pid_namespace_it_runs_the_program_and_is_silent)
{
    struct process run;

    ck_assert_int_eq(engine_run(&run, "podman",
                                WORDS(PODMAN_RUN, "--pid", "host", "nsinit-test/scratch", "/helper",
                                      "exit", "42")),
                     42);
    ck_assert_lacks(run.errors.text, "neither PID 1 nor a subreaper");
}
END_TEST

/* A socket as systemd gives podman one. */
static int listen_as_systemd(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    snprintf(address.sun_path, sizeof address.sun_path, "%s", state_path("systemd.sock"));
    (void)unlink(address.sun_path);
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    ck_assert_int_eq(setenv("NOTIFY_SOCKET", address.sun_path, 1), 0);
    return fd;
}

/* Whether READY=1 is among what podman says within the time. */
static bool hears_ready(int fd, int milliseconds)
{
    struct pollfd socket = {.fd = fd, .events = POLLIN};
    char message[4096];

    while (poll(&socket, 1, milliseconds) == 1) {
        ssize_t size = recv(fd, message, sizeof message - 1, 0);

        ck_assert_int_ge(size, 0);
        message[size] = '\0';
        if (strstr(message, "READY=1") != NULL)
            return true;
    }
    return false;
}

/* From the program to nsinit, from there to the runtime's socket, and by podman to systemd. */
START_TEST(notifications_reach_systemd_through_podman)
{
    enum { PATIENCE_MS = 60 * 1000 };
    struct process run;
    int fd = listen_as_systemd();

    engine_start(&run, "podman",
                 WORDS(PODMAN_RUN, "--interactive", "--sdnotify", "container", "--env",
                       "NSINIT_NOTIFY=1", "nsinit-test/scratch", "/helper", "notify", "READY=1"));
    process_expect(&run, "it waits");
    ck_assert(!hears_ready(fd, 0));
    process_type(&run, "now\n");
    ck_assert(hears_ready(fd, PATIENCE_MS));
    process_close_input(&run);
    ck_assert_int_eq(process_wait(&run), 0);
}
END_TEST

TCase *podman_options_case(void)
{
    const TTest *const tests[] = {init_path_can_be_an_option,
                                  the_limits_of_containers_conf_are_in_force,
                                  in_the_hosts_pid_namespace_it_runs_the_program_and_is_silent,
                                  notifications_reach_systemd_through_podman, NULL};

    return case_of("podman_options", tests);
}
