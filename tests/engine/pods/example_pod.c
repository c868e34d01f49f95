/*
 * example_pod.c - contrib/examples/docker/pod, redis and nginx in one image, in the ways in which
 * it is run
 */
#include "engine/pods/example_pod.h"

#include <stdio.h>
#include <unistd.h>

enum { COMMAND_WORDS = 12 };

/* Checked often, so that nobody waits; whoever runs an image may say so. */
#define POD_OPTIONS "--env", "NSINIT_VERBOSE=2", "--env", "NSINIT_HEALTH_INTERVAL=100ms"

const struct pod_kind plain_pod = {
    .way = {.engine = "docker",
            .image = "nsinit-test/pod",
            .options = WORDS(DOCKER_OPTIONS, POD_OPTIONS)},
};

/* The least that it needs; Docker's seccomp profile stays in force. */
const struct pod_kind isolated_pod = {
    .way = {.engine = "docker",
            .image = "nsinit-test/pod",
            .options = WORDS(DOCKER_OPTIONS, POD_OPTIONS, "--cap-add", "SYS_ADMIN", "--cap-add",
                             "NET_ADMIN", "--security-opt", "apparmor=unconfined")},
    .arguments = WORDS("--pod", "/etc/pod-isolated.ini"),
};

static int run_inside(struct process *process, const struct container *pod,
                      const char *const *command)
{
    const char *words[COMMAND_WORDS + 1] = {"exec", pod->name};
    size_t count = 2;

    for (; *command != NULL; command++) {
        ck_assert_uint_lt(count, COMMAND_WORDS);
        words[count++] = *command;
    }
    words[count] = NULL;
    return engine_run(process, way->engine, words);
}

const char *pod_inside(const struct container *pod, const char *const *command)
{
    static struct process process;
    static bool was_used;

    if (was_used)
        process_drop(&process);
    was_used = true;
    ck_assert_msg(run_inside(&process, pod, command) == 0, "%s: %s%s", command[0],
                  process.output.text, process.errors.text);
    return process.output.text;
}

/* In whichever order. */
static bool both_are_healthy(void *argument)
{
    const struct container *pod = argument;
    struct process status;
    bool healthy;

    ck_assert_msg(!process_has_ended(&pod->client), "the pod has ended");
    healthy = run_inside(&status, pod, WORDS("nsctl", "status")) == 0 &&
              count_of(status.output.text, " healthy") == 2;
    process_drop(&status);
    return healthy;
}

void pod_await_health(const struct container *pod)
{
    struct container copy = *pod;

    wait_until(both_are_healthy, &copy, "two healthy servers");
}

void pod_begin(struct container *pod, const struct pod_kind *kind, const char *const *options)
{
    way = &kind->way;
    container_start(pod, options, kind->arguments);
}

void pod_start(struct container *pod, const struct pod_kind *kind, const char *const *options)
{
    pod_begin(pod, kind, options);
    pod_await_health(pod);
}

void pod_expect_end(struct container *pod)
{
    process_expect(&pod->client, "web: stop: QUIT");
    process_expect(&pod->client, "web: ended, exit code 0");
    process_expect(&pod->client, "cache: stop: TERM");
    process_expect(&pod->client, "cache: ended, exit code 0");
    ck_assert_int_eq(container_wait(pod), 0);
}

void pod_stop(struct container *pod)
{
    container_stop(pod);
    pod_expect_end(pod);
}

/* Not one that an earlier attempt has left. */
static const char *volume_name(void)
{
    static char name[50];

    snprintf(name, sizeof name, "nsinit-test-data-%d", getpid());
    return name;
}

const char *const *pod_volume(void)
{
    static char mount[60];
    static const char *const words[] = {"--volume", mount, NULL};
    struct process create;

    ck_assert_int_eq(engine_run(&create, "docker", WORDS("volume", "create", volume_name())), 0);
    snprintf(mount, sizeof mount, "%s:/data", volume_name());
    return words;
}

void pod_remove_volume(void)
{
    struct process remove;

    ck_assert_int_eq(engine_run(&remove, "docker", WORDS("volume", "rm", volume_name())), 0);
}

void pod_remove_leftovers(void)
{
    struct process list;
    struct process remove;

    ck_assert_int_eq(
        engine_run(&list, "docker",
                   WORDS("ps", "--all", "--quiet", "--filter", "ancestor=nsinit-test/pod")),
        0);
    for (char *id = strtok(list.output.text, "\n"); id != NULL; id = strtok(NULL, "\n"))
        (void)engine_run(&remove, "docker", WORDS("rm", "--force", id));
}
