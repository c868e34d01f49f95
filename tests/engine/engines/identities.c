/*
 * identities.c - containers as subjects of nsctl: seen from the host, without a nsinit of its own
 */
#include "engine/engine.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define NSCTL NSINIT_BINARY_DIRECTORY "/nsctl"

struct subject {
    char name[40];
};

static void engine(struct process *process, const char *const *words)
{
    ck_assert_msg(engine_run(process, "docker", words) == 0, "%s", process->errors.text);
}

/* With namespaces of its own for all but user, cgroup and time: the engine's default. */
static void start(struct subject *subject, const char *network)
{
    static int number;
    struct process process;

    snprintf(subject->name, sizeof subject->name, "nsinit-subject-%d-%d", getpid(), number++);
    engine(&process, WORDS("run", "-d", "--rm", "--name", subject->name, "--network", network,
                           way->image, "sleep", "1000"));
    process_drop(&process);
}

static void stop(const struct subject *subject)
{
    struct process process;

    engine(&process, WORDS("rm", "-f", subject->name));
    process_drop(&process);
}

/* What the engine says of it; the caller keeps the string. */
static const char *inspect(const struct subject *subject, const char *format)
{
    static char results[4][200];
    static int next;
    struct process process;
    char *result = results[next++ % 4];

    ck_assert_int_eq(engine_run(&process, "docker", WORDS("inspect", "-f", format, subject->name)),
                     0);
    snprintf(result, sizeof results[0], "%s", process.output.text);
    result[strcspn(result, "\n")] = '\0';
    process_drop(&process);
    return result;
}

/* Of its program, which is nsinit, on the host. */
static const char *pid_of(const struct subject *subject)
{
    return inspect(subject, "{{.State.Pid}}");
}

/* What nsctl prints on the host; it must exit with `code`. */
static const char *nsctl(int code, const char *const *words)
{
    static struct process process;
    const char *arguments[16] = {NSCTL, "-c", "/nonexistent"};
    size_t count = 3;

    while (*words != NULL)
        arguments[count++] = *words++;
    arguments[count] = NULL;
    ck_assert_msg(process_run(&process, &(struct process_options){.arguments = arguments}) == code,
                  "exit code %d: %s%s", process.exit_code, process.output.text,
                  process.errors.text);
    return process.output.text;
}

/* The number in a namespace's link. */
static const char *id_in_proc(const char *pid, const char *type)
{
    static char ids[8][64];
    static int next;
    char *id = ids[next++ % 8];
    char path[64];
    char link[64] = "";

    snprintf(path, sizeof path, "/proc/%s/ns/%s", pid, type);
    ck_assert_int_gt(readlink(path, link, sizeof link - 1), 0);
    ck_assert_int_eq(sscanf(link, "%*[^[][%63[0-9]", id), 1);
    return id;
}

START_TEST(a_containers_process_is_1_in_there_and_has_its_hostname)
{
    struct subject container;
    const char *pid;
    const char *text;
    char part[200];

    start(&container, "none");
    pid = pid_of(&container);
    text = nsctl(0, WORDS("id", "--json", pid));
    snprintf(part, sizeof part,
             "{\"pid\":%s,\"service\":null,\"pids\":[%s,1],\"hostname\":\"%.12s\"", pid, pid,
             inspect(&container, "{{.Id}}"));
    ck_assert_contains(text, part);
    for (const char *const *type = WORDS("mnt", "pid", "net", "uts", "ipc"); *type != NULL;
         type++) {
        snprintf(part, sizeof part, "\"%s\":{\"id\":%s,", *type, id_in_proc(pid, *type));
        ck_assert_contains(text, part);
        ck_assert_str_ne(id_in_proc(pid, *type), id_in_proc("self", *type));
    }
    stop(&container);
}
END_TEST

START_TEST(two_containers_share_what_the_engine_has_not_separated)
{
    struct subject one;
    struct subject other;
    const char *text;

    start(&one, "none");
    start(&other, "none");
    text = nsctl(1, WORDS("ns", "--diff", pid_of(&one), pid_of(&other)));
    for (const char *const *type = WORDS("mnt", "pid", "net", "uts", "ipc"); *type != NULL;
         type++) {
        char pattern[64];
        char verdict[64];

        snprintf(pattern, sizeof pattern, "\n%s", *type);
        ck_assert_msg(strstr(text, pattern) != NULL || strncmp(text, *type, strlen(*type)) == 0,
                      "%s is not in %s", *type, text);
        ck_assert_int_eq(sscanf(strstr(text, *type) + strlen(*type), "%63s", verdict), 1);
        ck_assert_str_eq(verdict, "differs");
    }
    (void)nsctl(
        0, WORDS("ns", "--diff", "--type", "mnt,pid,net,uts,ipc", pid_of(&one), pid_of(&other)));
    stop(&other);
    stop(&one);
}
END_TEST

START_TEST(a_container_in_the_network_of_another_shares_that_and_nothing_else_of_its_own)
{
    struct subject one;
    struct subject other;
    char network[64];

    start(&one, "none");
    snprintf(network, sizeof network, "container:%s", one.name);
    start(&other, network);
    (void)nsctl(1, WORDS("ns", "--diff", "--type", "net", pid_of(&one), pid_of(&other)));
    (void)nsctl(0, WORDS("ns", "--diff", "--type", "mnt,pid,ipc", pid_of(&one), pid_of(&other)));
    stop(&other);
    stop(&one);
}
END_TEST

START_TEST(the_table_of_a_container_has_the_counts_that_lsns_has)
{
    struct subject container;
    struct process lsns;
    const char *pid;

    if (access("/usr/bin/lsns", X_OK) < 0) {
        skip_test("the_table_of_a_container_has_the_counts_that_lsns_has", "no lsns here");
        return;
    }
    start(&container, "none");
    pid = pid_of(&container);
    for (const char *const *type = WORDS("mnt", "pid", "net", "uts", "ipc"); *type != NULL;
         type++) {
        unsigned long id;
        unsigned long count;
        char row[80];
        char expected[80];

        lsns_run(&lsns, WORDS("lsns", "-n", "-o", "NS,NPROCS", "-t", *type, "-p", pid));
        ck_assert_int_eq(sscanf(lsns.output.text, "%lu %lu", &id, &count), 2);
        process_drop(&lsns);
        snprintf(expected, sizeof expected, "%lu %s %lu", id, *type, count);
        {
            const char *text = nsctl(0, WORDS("ns", "--type", *type, pid));
            unsigned long shown_id;
            unsigned long shown_count;
            char shown_type[16];

            ck_assert_ptr_nonnull(strchr(text, '\n'));
            ck_assert_int_eq(
                sscanf(strchr(text, '\n') + 1, "%lu %15s %lu", &shown_id, shown_type, &shown_count),
                3);
            snprintf(row, sizeof row, "%lu %s %lu", shown_id, shown_type, shown_count);
        }
        ck_assert_str_eq(row, expected);
    }
    stop(&container);
}
END_TEST

START_TEST(a_diagram_has_each_container_in_a_box_of_its_own)
{
    struct subject one;
    struct subject other;
    const char *text;
    char box[80];

    start(&one, "none");
    start(&other, "none");
    text = nsctl(0, WORDS("ns", "--diagram=dot", pid_of(&one), pid_of(&other)));
    for (int i = 0; i < 2; i++) {
        snprintf(box, sizeof box, "pid %s", id_in_proc(pid_of(i == 0 ? &one : &other), "pid"));
        ck_assert_contains(text, box);
    }
    stop(&other);
    stop(&one);
}
END_TEST

TCase *identities_case(void)
{
    const TTest *const tests[] = {
        a_containers_process_is_1_in_there_and_has_its_hostname,
        two_containers_share_what_the_engine_has_not_separated,
        a_container_in_the_network_of_another_shares_that_and_nothing_else_of_its_own,
        the_table_of_a_container_has_the_counts_that_lsns_has,
        a_diagram_has_each_container_in_a_box_of_its_own,
        NULL};
    TCase *tcase = case_of("identities", tests);

    tcase_add_checked_fixture(tcase, use_debian, NULL);
    return tcase;
}
