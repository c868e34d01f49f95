/*
 * pods.c - contrib/docker/pod, the README's pod, in a real Docker Engine
 */
#include "engine/engine.h"

#include <stdio.h>
#include <unistd.h>

static char name[40];

/* A command in the container; its output, when it ends with 0. */
static const char *inside(const char *const *command)
{
    static struct process process;
    const char *words[12] = {"exec", name};
    size_t count = 2;

    for (; *command != NULL; command++) {
        ck_assert_uint_lt(count, 11);
        words[count++] = *command;
    }
    words[count] = NULL;
    ck_assert_msg(engine_run(&process, "docker", words) == 0, "%s%s", process.output.text,
                  process.errors.text);
    return process.output.text;
}

static int count_of(const char *text, const char *part)
{
    int count = 0;

    for (; (text = strstr(text, part)) != NULL; text++)
        count++;
    return count;
}

/* In whichever order. */
static bool both_are_healthy(void *nothing)
{
    struct process status;
    bool healthy;

    (void)nothing;
    healthy = engine_run(&status, "docker", WORDS("exec", name, "nsctl", "status")) == 0 &&
              count_of(status.output.text, " healthy") == 2;
    process_drop(&status);
    return healthy;
}

/* Checked often, so that nobody waits; whoever runs an image may say so. */
static void run(struct process *process, const char *const *options)
{
    const char *words[30] = {"run",
                             "--rm",
                             "--name",
                             name,
                             DOCKER_OPTIONS,
                             "--env",
                             "NSINIT_VERBOSE=2",
                             "--env",
                             "NSINIT_HEALTH_INTERVAL=100ms"};
    size_t count = 0;

    snprintf(name, sizeof name, "nsinit-test-pod-%d", getpid());
    while (words[count] != NULL)
        count++;
    for (; options != NULL && *options != NULL; options++)
        words[count++] = *options;
    words[count++] = "nsinit-test/pod";
    engine_start(process, "docker", words);
    wait_until(both_are_healthy, NULL, "two healthy servers");
}

static void stop(struct process *process)
{
    struct process asked;

    ck_assert_int_eq(engine_run(&asked, "docker", WORDS("stop", name)), 0);
    process_expect(process, "web: stop: QUIT");
    process_expect(process, "web: ended, exit code 0");
    process_expect(process, "cache: stop: TERM");
    process_expect(process, "cache: ended, exit code 0");
    ck_assert_int_eq(process_wait(process), 0);
}

START_TEST(two_servers_start_report_heal_and_stop_in_order)
{
    struct process process;

    run(&process, NULL);
    ck_assert_int_eq(count_of(inside(WORDS("nsctl", "status")), " healthy"), 2);
    ck_assert_contains(inside(WORDS("redis-cli", "set", "key", "kept")), "OK");
    ck_assert_contains(inside(WORDS("curl", "-fsS", "http://127.0.0.1/")), "nginx");

    inside(WORDS("nsctl", "kill", "KILL", "cache"));
    process_expect(&process, "cache: ended, exit code 137");
    process_expect(&process, "cache: healthy");
    ck_assert_contains(inside(WORDS("redis-cli", "get", "key")), "kept");

    /* Its workers would keep the port. */
    inside(WORDS("nsctl", "kill", "KILL", "web"));
    process_expect(&process, "web: ended, exit code 137");
    process_expect(&process, "web: healthy");
    ck_assert_contains(inside(WORDS("curl", "-fsS", "http://127.0.0.1/")), "nginx");
    ck_assert_contains(inside(WORDS("nsctl", "exec", "cache", "id", "-un")), "redis");
    stop(&process);
}
END_TEST

START_TEST(data_outlives_the_container)
{
    struct process process;
    struct process volume;
    char data[50];
    char mount[60];

    /* Not one that an earlier attempt has left. */
    snprintf(data, sizeof data, "nsinit-test-data-%d", getpid());
    snprintf(mount, sizeof mount, "%s:/data", data);
    ck_assert_int_eq(engine_run(&volume, "docker", WORDS("volume", "create", data)), 0);
    run(&process, WORDS("--volume", mount));
    ck_assert_contains(inside(WORDS("redis-cli", "set", "key", "kept")), "OK");
    stop(&process);
    process_drop(&process);
    run(&process, WORDS("--volume", mount));
    ck_assert_contains(inside(WORDS("redis-cli", "get", "key")), "kept");
    stop(&process);
    ck_assert_int_eq(engine_run(&volume, "docker", WORDS("volume", "rm", data)), 0);
}
END_TEST

START_TEST(a_read_only_container_runs_it_too)
{
    struct process process;

    run(&process, WORDS("--read-only", "--tmpfs", "/run", "--tmpfs", "/data", "--tmpfs",
                        "/var/lib/nginx", "--tmpfs", "/var/log/nginx"));
    ck_assert_int_eq(count_of(inside(WORDS("nsctl", "status")), " healthy"), 2);
    stop(&process);
}
END_TEST

TCase *docker_pods_case(void)
{
    const TTest *const tests[] = {two_servers_start_report_heal_and_stop_in_order,
                                  data_outlives_the_container, a_read_only_container_runs_it_too,
                                  NULL};

    return case_of("docker_pods", tests);
}
