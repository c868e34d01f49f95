/*
 * pod_healing.c - a pod heals itself: each of its processes is killed from outside of the container
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "engine/pods/example_pod.h"

enum { MEMBERS_MAX = 64, WORKERS_MAX = 32 };

/* A process of the container, by its PIDs on the host. */
struct member {
    pid_t pid;
    pid_t parent;
    char command[32];
};

struct process_list {
    struct member members[MEMBERS_MAX];
    size_t count;
};

static void list_processes(const struct container *pod, struct process_list *list)
{
    struct process top;

    ck_assert_int_eq(engine_run(&top, "docker", WORDS("top", pod->name, "-eo", "pid,ppid,comm")),
                     0);
    list->count = 0;
    for (char *line = strtok(top.output.text, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        struct member *member = &list->members[list->count];

        ck_assert_uint_lt(list->count, MEMBERS_MAX - 1);
        list->count +=
            sscanf(line, "%d %d %31s", &member->pid, &member->parent, member->command) == 3;
    }
    process_drop(&top);
}

/* NULL: it is outside of the container. */
static const struct member *find(const struct process_list *list, pid_t pid)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->members[i].pid == pid)
            return &list->members[i];
    return NULL;
}

static bool runs(const struct member *member, const char *command)
{
    return member != NULL && strcmp(member->command, command) == 0;
}

/* The program of a service: what runs the command, and no other of that name has made. */
static const struct member *program(const struct process_list *list, const char *command)
{
    for (size_t i = 0; i < list->count; i++)
        if (runs(&list->members[i], command) && runs(find(list, list->members[i].parent), "nsinit"))
            return &list->members[i];
    return NULL;
}

/* PID 1 of the program's namespace, or of the container. */
static const struct member *init_above(const struct process_list *list, const char *command)
{
    const struct member *member = program(list, command);

    return member != NULL ? find(list, member->parent) : NULL;
}

static size_t find_workers(const struct process_list *list, pid_t *workers)
{
    size_t count = 0;

    for (size_t i = 0; i < list->count; i++)
        if (runs(&list->members[i], "nginx") &&
            runs(find(list, list->members[i].parent), "nginx")) {
            ck_assert_uint_lt(count, WORKERS_MAX);
            workers[count++] = list->members[i].pid;
        }
    return count;
}

/* From outside of the container, as the kernel does for lack of memory. */
static void kill_now(const struct member *member)
{
    ck_assert_ptr_nonnull(member);
    ck_assert_int_eq(kill(member->pid, SIGKILL), 0);
}

/* Each asked by way of the web server's namespaces, if it has its own. */
static void both_answer(const struct container *pod)
{
    pod_await_health(pod);
    ck_assert_str_eq(pod_inside(pod, WORDS("nsctl", "exec", "web", "redis-cli", "ping")), "PONG\n");
    ck_assert_contains(
        pod_inside(pod, WORDS("nsctl", "exec", "web", "curl", "-fsS", "http://127.0.0.1/")),
        "nginx");
}

/* The service is news to nsinit: it tells of its end and of its new health. */
static void service_comes_back(struct container *pod, const char *service)
{
    char ended[64];
    char healthy[64];

    snprintf(ended, sizeof ended, "%s: ended, exit code 137", service);
    snprintf(healthy, sizeof healthy, "%s: healthy", service);
    process_expect(&pod->client, ended);
    process_expect(&pod->client, healthy);
    both_answer(pod);
}

static void kill_program(struct container *pod, const char *service, const char *command)
{
    struct process_list list;

    list_processes(pod, &list);
    kill_now(program(&list, command));
    service_comes_back(pod, service);
}

static void kill_inner_init(struct container *pod, const char *service, const char *command)
{
    const struct member *init;
    struct process_list list;

    list_processes(pod, &list);
    init = init_above(&list, command);
    ck_assert_ptr_nonnull(init);
    /* Not the container's own. */
    ck_assert_ptr_nonnull(find(&list, init->parent));
    kill_now(init);
    service_comes_back(pod, service);
}

struct replacement {
    const struct container *pod;
    pid_t killed;
    size_t count;
};

static bool is_replaced(void *argument)
{
    const struct replacement *replacement = argument;
    pid_t workers[WORKERS_MAX];
    struct process_list list;

    list_processes(replacement->pod, &list);
    return find(&list, replacement->killed) == NULL &&
           find_workers(&list, workers) == replacement->count;
}

static void kill_each_worker(struct container *pod)
{
    pid_t workers[WORKERS_MAX];
    struct process_list list;
    size_t count;

    list_processes(pod, &list);
    count = find_workers(&list, workers);
    ck_assert_uint_gt(count, 0);
    for (size_t i = 0; i < count; i++) {
        struct replacement replacement = {.pod = pod, .killed = workers[i], .count = count};

        kill_now(find(&list, workers[i]));
        wait_until(is_replaced, &replacement, "a new worker");
        both_answer(pod);
    }
}

static void ck_assert_restarts(const struct container *pod, const char *service, int restarts)
{
    char expected[32];

    snprintf(expected, sizeof expected, "\"restarts\":%d,", restarts);
    ck_assert_contains(pod_inside(pod, WORDS("nsctl", "--json", "status", service)), expected);
}

START_TEST(a_killed_cache_comes_back_with_its_data)
{
    struct container pod;

    pod_start(&pod, &plain_pod, NULL);
    ck_assert_contains(pod_inside(&pod, WORDS("redis-cli", "set", "key", "kept")), "OK");
    kill_program(&pod, "cache", "redis-server");
    ck_assert_contains(pod_inside(&pod, WORDS("redis-cli", "get", "key")), "kept");
    ck_assert_restarts(&pod, "cache", 1);
    ck_assert_restarts(&pod, "web", 0);
    pod_stop(&pod);
}
END_TEST

/* The port is its old workers' until they are gone. */
START_TEST(a_killed_master_comes_back_with_new_workers)
{
    pid_t before[WORKERS_MAX];
    pid_t after[WORKERS_MAX];
    struct container pod;
    struct process_list list;
    size_t count;

    pod_start(&pod, &plain_pod, NULL);
    list_processes(&pod, &list);
    count = find_workers(&list, before);
    kill_program(&pod, "web", "nginx");
    list_processes(&pod, &list);
    ck_assert_uint_eq(find_workers(&list, after), count);
    for (size_t i = 0; i < count; i++)
        ck_assert_ptr_null(find(&list, before[i]));
    ck_assert_restarts(&pod, "web", 1);
    ck_assert_restarts(&pod, "cache", 0);
    pod_stop(&pod);
}
END_TEST

START_TEST(a_killed_worker_is_its_masters_affair)
{
    struct container pod;

    pod_start(&pod, &plain_pod, NULL);
    kill_each_worker(&pod);
    ck_assert_restarts(&pod, "web", 0);
    ck_assert_restarts(&pod, "cache", 0);
    pod_stop(&pod);
}
END_TEST

/* All of its namespace goes along, and nothing of the other service. */
START_TEST(a_killed_inner_init_takes_its_service_along_which_comes_back)
{
    struct container pod;

    pod_start(&pod, &isolated_pod, NULL);
    kill_inner_init(&pod, "cache", "redis-server");
    ck_assert_restarts(&pod, "cache", 1);
    ck_assert_restarts(&pod, "web", 0);
    kill_inner_init(&pod, "web", "nginx");
    ck_assert_restarts(&pod, "cache", 1);
    ck_assert_restarts(&pod, "web", 1);
    pod_stop(&pod);
}
END_TEST

/* In turn, and the one after the other's recovery. */
START_TEST(every_process_but_the_containers_first_may_be_killed)
{
    struct container pod;

    pod_start(&pod, &isolated_pod, NULL);
    kill_each_worker(&pod);
    kill_program(&pod, "web", "nginx");
    kill_inner_init(&pod, "web", "nginx");
    kill_program(&pod, "cache", "redis-server");
    kill_inner_init(&pod, "cache", "redis-server");
    kill_each_worker(&pod);
    ck_assert_restarts(&pod, "cache", 2);
    ck_assert_restarts(&pod, "web", 2);
    pod_stop(&pod);
}
END_TEST

TCase *pod_healing_case(void)
{
    const TTest *const tests[] = {a_killed_cache_comes_back_with_its_data,
                                  a_killed_master_comes_back_with_new_workers,
                                  a_killed_worker_is_its_masters_affair,
                                  a_killed_inner_init_takes_its_service_along_which_comes_back,
                                  every_process_but_the_containers_first_may_be_killed,
                                  NULL};
    TCase *tcase = case_of("pod_healing", tests);

    tcase_add_checked_fixture(tcase, pod_remove_leftovers, NULL);
    return tcase;
}
