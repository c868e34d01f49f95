/*
 * pod_users.c - contrib/examples/docker/pod by others than root in Docker: as an ordinary user, and
 * in podman
 */
#include <stdio.h>

#include "engine/pods/example_pod.h"

#define POD_OPTIONS "--env", "NSINIT_VERBOSE=2", "--env", "NSINIT_HEALTH_INTERVAL=100ms"

/* Of an empty network: in there Docker lets everyone have port 80. */
static const struct pod_kind as_redis = {
    .way = {.engine = "docker",
            .image = "nsinit-test/pod",
            .options = WORDS("--network", "none", POD_OPTIONS, "--user", "redis")},
};

static const struct pod_kind as_nobody = {
    .way = {.engine = "docker",
            .image = "nsinit-test/pod",
            .options = WORDS("--network", "none", "--user", "65534")},
};

static const struct pod_kind in_podman = {
    .way = {.engine = "podman",
            .image = "nsinit-test/pod",
            .options = WORDS(PODMAN_OPTIONS, "--no-healthcheck", POD_OPTIONS)},
};

static const struct pod_kind isolated_in_podman = {
    .way = {.engine = "podman",
            .image = "nsinit-test/pod",
            .options =
                WORDS(PODMAN_OPTIONS, "--no-healthcheck", POD_OPTIONS, "--cap-add", "SYS_ADMIN",
                      "--cap-add", "NET_ADMIN", "--security-opt", "apparmor=unconfined")},
    .arguments = WORDS("--pod", "/etc/pod-isolated.ini"),
};

/* Directories of the image's, as redis's own and empty: they keep their modes, but not the owner.
 */
enum { RUN, WEB_STATE, WEB_LOG, DIRECTORY_COUNT };
static char own[DIRECTORY_COUNT][64];

#define OWN_WEB "--tmpfs", own[WEB_STATE], "--tmpfs", own[WEB_LOG]

/* Fixture: Debian gives redis the numbers that are free. */
static void name_own_directories(void)
{
    static const char *const paths[] = {
        [RUN] = "/run", [WEB_STATE] = "/var/lib/nginx", [WEB_LOG] = "/var/log/nginx"};
    struct process id;
    int uid;
    int gid;

    ck_assert_int_eq(engine_run(&id, "docker",
                                WORDS("run", "--rm", "--network", "none", "--entrypoint", "id",
                                      "nsinit-test/pod", "redis")),
                     0);
    ck_assert_int_eq(sscanf(id.output.text, "uid=%d(redis) gid=%d", &uid, &gid), 2);
    for (int i = 0; i < DIRECTORY_COUNT; i++)
        snprintf(own[i], sizeof own[i], "%s:uid=%d,gid=%d", paths[i], uid, gid);
}

/* Up to its user's number. */
#define RUN_IS_REFUSED                                        \
    "nsinit: --control /run/nsinit.sock: Permission denied: " \
    "using /dev/shm/nsinit-"

START_TEST(an_ordinary_user_runs_it_where_that_may_write)
{
    struct container pod;

    pod_start(&pod, &as_redis, WORDS("--tmpfs", own[RUN], OWN_WEB));
    ck_assert_str_eq(pod_inside(&pod, WORDS("nsctl", "exec", "web", "id", "-un")), "redis\n");
    ck_assert_str_eq(pod_inside(&pod, WORDS("nsctl", "exec", "cache", "id", "-un")), "redis\n");
    ck_assert_contains(pod_inside(&pod, WORDS("curl", "-fsS", "http://127.0.0.1/")), "nginx");
    pod_stop(&pod);
}
END_TEST

START_TEST(an_ordinary_user_keeps_its_data_in_a_volume)
{
    const char *const *volume = pod_volume();
    const char *const options[] = {"--tmpfs", own[RUN], OWN_WEB, volume[0], volume[1], NULL};
    struct container pod;

    pod_start(&pod, &as_redis, options);
    ck_assert_contains(pod_inside(&pod, WORDS("redis-cli", "set", "key", "kept")), "OK");
    pod_stop(&pod);
    pod_start(&pod, &as_redis, options);
    ck_assert_contains(pod_inside(&pod, WORDS("redis-cli", "get", "key")), "kept");
    pod_stop(&pod);
    pod_remove_volume();
}
END_TEST

/* The web server can't do without /run, the cache can. */
START_TEST(where_it_may_not_write_to_run_its_socket_is_in_dev_shm)
{
    struct container pod;

    pod_begin(&pod, &as_redis, WORDS(OWN_WEB));
    process_expect(&pod.client, RUN_IS_REFUSED);
    process_expect(&pod.client, "cache: healthy");
    ck_assert_contains(pod_inside(&pod, WORDS("nsctl", "status", "cache")), " healthy");
    container_stop(&pod);
    process_expect(&pod.client, "cache: ended, exit code 0");
    container_wait(&pod);
    ck_assert_int_eq(count_of(pod.client.errors.text, "--control"), 1);
}
END_TEST

START_TEST(the_socket_may_be_elsewhere_where_nsctl_finds_it)
{
    struct container pod;

    pod_begin(&pod, &as_redis, WORDS(OWN_WEB, "--env", "NSINIT_CONTROL=/data/nsinit.sock"));
    process_expect(&pod.client, "cache: healthy");
    ck_assert_contains(pod_inside(&pod, WORDS("nsctl", "status", "cache")), " healthy");
    container_stop(&pod);
    container_wait(&pod);
    ck_assert_lacks(pod.client.errors.text, "--control");
}
END_TEST

/* The directory is redis's: that step fails, and who waits for it can't start. */
START_TEST(another_user_is_told_in_a_line_each_why_it_can_not_run)
{
    struct container pod;

    pod_begin(&pod, &as_nobody, NULL);
    ck_assert_int_eq(container_wait(&pod), 1);
    ck_assert_str_eq(pod.client.errors.text, RUN_IS_REFUSED
                     "65534/nsinit.sock instead\n"
                     "chown: changing ownership of '/data': Operation not permitted\n"
                     "nsinit: data: ended, exit code 1\n"
                     "nsinit: cache: not started: data has ended before it was done\n"
                     "nsinit: web: not started: cache has ended before it was ready\n");
}
END_TEST

static void podman_runs(const struct pod_kind *kind)
{
    struct container pod;

    pod_start(&pod, kind, NULL);
    ck_assert_str_eq(pod_inside(&pod, WORDS("nsctl", "exec", "web", "redis-cli", "ping")),
                     "PONG\n");
    ck_assert_str_eq(pod_inside(&pod, WORDS("nsctl", "exec", "cache", "id", "-un")), "redis\n");
    pod_inside(&pod, WORDS("nsctl", "kill", "KILL", "cache"));
    process_expect(&pod.client, "cache: ended, exit code 137");
    process_expect(&pod.client, "cache: healthy");
    pod_stop(&pod);
}

START_TEST(podman_runs_it_as_docker_does)
{
    podman_runs(&in_podman);
}
END_TEST

START_TEST(podman_runs_the_isolated_one_as_docker_does)
{
    podman_runs(&isolated_in_podman);
}
END_TEST

TCase *pod_users_case(void)
{
    const TTest *const tests[] = {an_ordinary_user_runs_it_where_that_may_write,
                                  an_ordinary_user_keeps_its_data_in_a_volume,
                                  where_it_may_not_write_to_run_its_socket_is_in_dev_shm,
                                  the_socket_may_be_elsewhere_where_nsctl_finds_it,
                                  another_user_is_told_in_a_line_each_why_it_can_not_run,
                                  podman_runs_it_as_docker_does,
                                  podman_runs_the_isolated_one_as_docker_does,
                                  NULL};
    TCase *tcase = case_of("pod_users", tests);

    tcase_add_checked_fixture(tcase, name_own_directories, NULL);
    return tcase;
}
