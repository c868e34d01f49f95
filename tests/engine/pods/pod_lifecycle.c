/*
 * pod_lifecycle.c - contrib/examples/docker/pod, the pod of doc/TOUR.md, in a real Docker Engine
 */
#include "engine/pods/example_pod.h"

START_TEST(two_servers_start_report_heal_and_stop_in_order)
{
    struct container pod;

    pod_start(&pod, &plain_pod, NULL);
    ck_assert_int_eq(count_of(pod_inside(&pod, WORDS("nsctl", "status")), " healthy"), 2);
    ck_assert_contains(pod_inside(&pod, WORDS("redis-cli", "set", "key", "kept")), "OK");
    ck_assert_contains(pod_inside(&pod, WORDS("curl", "-fsS", "http://127.0.0.1/")), "nginx");

    pod_inside(&pod, WORDS("nsctl", "kill", "KILL", "cache"));
    process_expect(&pod.client, "cache: ended, exit code 137");
    process_expect(&pod.client, "cache: healthy");
    ck_assert_contains(pod_inside(&pod, WORDS("redis-cli", "get", "key")), "kept");

    /* Its workers would keep the port. */
    pod_inside(&pod, WORDS("nsctl", "kill", "KILL", "web"));
    process_expect(&pod.client, "web: ended, exit code 137");
    process_expect(&pod.client, "web: healthy");
    ck_assert_contains(pod_inside(&pod, WORDS("curl", "-fsS", "http://127.0.0.1/")), "nginx");
    ck_assert_contains(pod_inside(&pod, WORDS("nsctl", "exec", "cache", "id", "-un")), "redis");
    pod_stop(&pod);
}
END_TEST

START_TEST(data_outlives_the_container)
{
    const char *const *volume = pod_volume();
    struct container pod;

    pod_start(&pod, &plain_pod, volume);
    ck_assert_contains(pod_inside(&pod, WORDS("redis-cli", "set", "key", "kept")), "OK");
    pod_stop(&pod);
    pod_start(&pod, &plain_pod, volume);
    ck_assert_contains(pod_inside(&pod, WORDS("redis-cli", "get", "key")), "kept");
    pod_stop(&pod);
    pod_remove_volume();
}
END_TEST

START_TEST(a_read_only_container_runs_it_too)
{
    struct container pod;

    pod_start(&pod, &plain_pod,
              WORDS("--read-only", "--tmpfs", "/run", "--tmpfs", "/data", "--tmpfs",
                    "/var/lib/nginx", "--tmpfs", "/var/log/nginx"));
    ck_assert_int_eq(count_of(pod_inside(&pod, WORDS("nsctl", "status")), " healthy"), 2);
    pod_stop(&pod);
}
END_TEST

/* The image's HEALTHCHECK, with less patience. */
START_TEST(docker_learns_of_the_services_health)
{
    struct process events;
    struct container pod;

    engine_start(
        &events, "docker",
        WORDS("events", "--filter", "image=nsinit-test/pod", "--filter", "event=health_status"));
    pod_start(&pod, &plain_pod, WORDS("--health-interval", "100ms"));
    process_expect(&events, "health_status: healthy");
    pod_inside(&pod, WORDS("nsctl", "stop", "cache"));
    process_expect(&events, "health_status: unhealthy");
    pod_inside(&pod, WORDS("nsctl", "start", "cache"));
    process_expect(&events, "health_status: healthy");
    process_drop(&events);
    pod_stop(&pod);
}
END_TEST

TCase *pod_lifecycle_case(void)
{
    const TTest *const tests[] = {two_servers_start_report_heal_and_stop_in_order,
                                  data_outlives_the_container, a_read_only_container_runs_it_too,
                                  docker_learns_of_the_services_health, NULL};
    TCase *tcase = case_of("pod_lifecycle", tests);

    tcase_add_checked_fixture(tcase, pod_remove_leftovers, NULL);
    return tcase;
}
