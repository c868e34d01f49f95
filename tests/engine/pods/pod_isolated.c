/*
 * pod_isolated.c - contrib/examples/docker/pod/pod-isolated.ini: a pod with namespaces of its own
 * in a container, and services with their own in there
 */
#include <stdio.h>

#include "engine/pods/example_pod.h"

#define IN(service, ...) WORDS("nsctl", "exec", service, __VA_ARGS__)

struct namespaces {
    char names[256];
};

static struct namespaces shared_of(const struct container *pod, const char *service)
{
    struct namespaces namespaces;

    snprintf(namespaces.names, sizeof namespaces.names, "%s",
             pod_inside(pod, IN(service, "readlink", "/proc/self/ns/net", "/proc/self/ns/ipc",
                                "/proc/self/ns/uts")));
    ck_assert_int_eq(count_of(namespaces.names, "\n"), 3);
    return namespaces;
}

START_TEST(its_services_share_namespaces_that_are_not_the_containers)
{
    struct container pod;
    struct namespaces cache;
    const char *types[] = {"net", "ipc", "uts"};

    pod_start(&pod, &isolated_pod, NULL);
    cache = shared_of(&pod, "cache");
    ck_assert_str_eq(shared_of(&pod, "web").names, cache.names);
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        char path[32];

        snprintf(path, sizeof path, "/proc/1/ns/%s", types[i]);
        ck_assert_lacks(cache.names, pod_inside(&pod, WORDS("readlink", path)));
    }
    ck_assert_str_eq(pod_inside(&pod, IN("web", "hostname")), "shop\n");
    pod_stop(&pod);
}
END_TEST

/* The container has the host's network here, and nothing of the pod is seen in that. */
START_TEST(its_services_talk_on_a_loopback_of_their_own)
{
    struct container pod;

    pod_start(&pod, &isolated_pod, NULL);
    ck_assert_str_eq(pod_inside(&pod, IN("web", "redis-cli", "-h", "127.0.0.1", "ping")), "PONG\n");
    ck_assert_contains(pod_inside(&pod, IN("cache", "curl", "-fsS", "http://127.0.0.1/")), "nginx");
    ck_assert_str_eq(
        pod_inside(&pod, WORDS("sh", "-c", "curl -sS http://127.0.0.1/ 2>/dev/null; echo $?")),
        "7\n");
    pod_stop(&pod);
}
END_TEST

START_TEST(each_service_has_a_proc_with_its_own_processes_alone)
{
    static const char script[] = "cat /proc/1/comm /proc/2/comm; cat /proc/[0-9]*/comm | sort -u";
    struct container pod;
    const char *cache;
    const char *web;

    pod_start(&pod, &isolated_pod, NULL);
    cache = pod_inside(&pod, IN("cache", "sh", "-c", script));
    ck_assert_int_eq(strncmp(cache, "nsinit\nredis-server\n", 20), 0);
    ck_assert_lacks(cache, "nginx");
    web = pod_inside(&pod, IN("web", "sh", "-c", script));
    ck_assert_int_eq(strncmp(web, "nsinit\nnginx\n", 13), 0);
    ck_assert_lacks(web, "redis-server");
    pod_stop(&pod);
}
END_TEST

START_TEST(a_restart_leaves_the_shared_namespaces_and_the_other_service)
{
    struct container pod;
    struct namespaces before;

    pod_start(&pod, &isolated_pod, NULL);
    before = shared_of(&pod, "cache");
    pod_inside(&pod, WORDS("nsctl", "restart", "cache"));
    process_expect(&pod.client, "cache: stop: TERM");
    pod_await_health(&pod);
    ck_assert_str_eq(shared_of(&pod, "cache").names, before.names);
    ck_assert_str_eq(shared_of(&pod, "web").names, before.names);
    ck_assert_int_eq(count_of(pod.client.errors.text, "cache: started redis-server as"), 2);
    ck_assert_int_eq(count_of(pod.client.errors.text, "web: started nginx as"), 1);
    ck_assert_str_eq(pod_inside(&pod, IN("web", "redis-cli", "ping")), "PONG\n");
    pod_stop(&pod);
}
END_TEST

START_TEST(its_cache_runs_as_its_user_and_is_entered_so)
{
    struct container pod;

    pod_start(&pod, &isolated_pod, NULL);
    ck_assert_str_eq(pod_inside(&pod, IN("cache", "id", "-un")), "redis\n");
    ck_assert_str_eq(pod_inside(&pod, IN("web", "id", "-un")), "root\n");
    pod_stop(&pod);
}
END_TEST

static const struct pod_kind without_capabilities = {
    .way = {.engine = "docker",
            .image = "nsinit-test/pod",
            .options = WORDS(DOCKER_OPTIONS, "--security-opt", "apparmor=unconfined")},
    .arguments = WORDS("--pod", "/etc/pod-isolated.ini"),
};

/* Under Docker's default profile, and with one of the two capabilities. */
START_TEST(a_capability_that_is_missing_is_named)
{
    struct container pod;

    pod_begin(&pod, &without_capabilities, NULL);
    ck_assert_int_eq(container_wait(&pod), 125);
    ck_assert_contains(pod.client.errors.text, "--cap-add SYS_ADMIN");
    ck_assert_int_eq(count_of(pod.client.errors.text, "\n"), 2);

    pod_begin(&pod, &without_capabilities, WORDS("--cap-add", "SYS_ADMIN"));
    ck_assert_int_eq(container_wait(&pod), 125);
    ck_assert_contains(pod.client.errors.text, "--cap-add NET_ADMIN");
    ck_assert_int_eq(count_of(pod.client.errors.text, "\n"), 2);
}
END_TEST

TCase *pod_isolated_case(void)
{
    const TTest *const tests[] = {its_services_share_namespaces_that_are_not_the_containers,
                                  its_services_talk_on_a_loopback_of_their_own,
                                  each_service_has_a_proc_with_its_own_processes_alone,
                                  a_restart_leaves_the_shared_namespaces_and_the_other_service,
                                  its_cache_runs_as_its_user_and_is_entered_so,
                                  a_capability_that_is_missing_is_named,
                                  NULL};
    TCase *tcase = case_of("pod_isolated", tests);

    tcase_add_checked_fixture(tcase, pod_remove_leftovers, NULL);
    return tcase;
}
