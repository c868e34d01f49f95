/*
 * podcheck.c - --check, and what the user is told of a pod file that is wrong
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "system/system.h"

#define GOOD_POD                                                                     \
    "[pod]\nunshare = net,uts\nhostname = web-0\n"                                   \
    "[service cache]\ncommand = touch %s\nrestart = always\n"                        \
    "[service web]\ncommand = sh -c 'a ; \"b\"'\nafter = cache\nunshare = pid,mnt\n" \
    "stop = QUIT/10/KILL\nessential = yes\ncontrol-access = status\n"

static int check_pod(struct process *process, const char *file, const char *more)
{
    return process_run(process,
                       &(struct process_options){
                           .arguments = COMMAND(nsinit_path(), "--pod", file, "--check", more),
                           .place = PLACE_SECOND});
}

static const char *untouched_file(void)
{
    static char path[200];

    snprintf(path, sizeof path, "%s/touched", test_directory());
    (void)unlink(path);
    return path;
}

START_TEST(check_prints_the_plan_and_runs_nothing)
{
    const char *touched = untouched_file();
    struct process process;

    ck_assert_int_eq(check_pod(&process, pod_file(GOOD_POD, touched), NULL), 0);
    ck_assert_contains(process.output.text, "[pod]\n");
    ck_assert_contains(process.output.text, "hostname = web-0\n");
    ck_assert_contains(process.output.text, "[service cache]\n");
    ck_assert_contains(process.output.text, "  command = sh -c 'a ; \"b\"'\n");
    ck_assert_contains(process.output.text, "  after = cache\n");
    ck_assert_contains(process.output.text, "  stop = QUIT/10s/KILL\n");
    ck_assert_contains(process.output.text, "  control-access = status\n");
    ck_assert_str_eq(process.errors.text, "");
    ck_assert_int_lt(access(touched, F_OK), 0);
}
END_TEST

START_TEST(check_prints_json_that_a_parser_takes)
{
    const char *const file = pod_file(GOOD_POD, untouched_file());
    struct process process;

    if (system("python3 -c '' 2>/dev/null") != 0) {
        skip_test("check_prints_json_that_a_parser_takes", "no python3 here");
        return;
    }
    process_run(&process,
                &(struct process_options){
                    .arguments = COMMAND(
                        "sh", "-c",
                        "\"$0\" --pod \"$1\" --check --json | python3 -c 'import json, sys\n"
                        "plan = json.load(sys.stdin)\n"
                        "print(plan[\"pod\"][\"hostname\"], [s[\"service\"] for s in "
                        "plan[\"services\"]], plan[\"services\"][1][\"command\"])'",
                        nsinit_path(), file),
                    .place = PLACE_SECOND});
    ck_assert_str_eq(process.output.text, "web-0 ['cache', 'web'] ['sh', '-c', 'a ; \"b\"']\n");
}
END_TEST

START_TEST(what_is_checked_can_be_put_into_a_pod_file_again)
{
    static char plan[4096];
    struct process process;

    ck_assert_int_eq(check_pod(&process, pod_file(GOOD_POD, untouched_file()), NULL), 0);
    snprintf(plan, sizeof plan, "%s", process.output.text);
    ck_assert_int_eq(check_pod(&process, pod_file("%s", plan), NULL), 0);
    ck_assert_str_eq(process.output.text, plan);
}
END_TEST

/* Neither runs; both say the same, with the file's name. */
static const struct wrong {
    const char *text;
    const char *message; /* behind the file's name */
} wrongs[] = {
    {"", ": has no [service NAME]"},
    {"command = x\n", ":1: command: stands before the first section"},
    {"[service a]\n", ":1: [service a] command: is missing"},
    {"[service a]\ncommand = x\nafter = b\n", ":1: [service a] after: "},
    {"[service a]\ncommand = x\nrestrat = no\n", ":3: [service a] restrat: "},
    {"[service a]\ncommand = x\nrestart = no\nrestart = no\n", ":4: [service a] restart: "},
    {"[servcie a]\n", ":1: [servcie]: "},
    {"[service a]\ncommand = x\nafter = b\n[service b]\ncommand = x\nafter = a\n", "a circle: "},
    {"[service a]\ncommand = x\nhostname = h\n", ":1: [service a] hostname: "},
    {"[pod]\nhostname = h\n[service a]\ncommand = x\n", ":1: [pod] hostname: "},
};

START_TEST(each_mistake_in_a_pod_file_is_told_by_its_place)
{
    const struct wrong *wrong = &wrongs[_i];
    const char *file = pod_file("%s", wrong->text);
    struct process process;

    ck_assert_int_eq(check_pod(&process, file, NULL), 125);
    ck_assert_contains(process.errors.text, file);
    ck_assert_contains(process.errors.text, wrong->message);
    ck_assert_int_eq(count_of(process.errors.text, "nsinit: "), 1);
    ck_assert_str_eq(process.output.text, "");
    process_drop(&process);
    ck_assert_int_eq(process_run(&process, AS_SECOND("-s", "--control", "no", "--pod", file)), 125);
    ck_assert_contains(process.errors.text, wrong->message);
}
END_TEST

START_TEST(what_is_no_pod_file_is_told)
{
    const char *file = fresh_file("nul");
    FILE *out = fopen(file, "we");
    struct process process;

    ck_assert_ptr_nonnull(out);
    ck_assert_uint_eq(fwrite("[service a]\ncommand = a\0b\n", 1, 26, out), 26);
    ck_assert_int_eq(fclose(out), 0);
    ck_assert_int_eq(check_pod(&process, file, NULL), 125);
    ck_assert_contains(process.errors.text, ":2: there is a NUL byte");
    process_drop(&process);
    ck_assert_int_eq(check_pod(&process, "/", NULL), 125);
    ck_assert_contains(process.errors.text, "--pod /: Is a directory");
    process_drop(&process);
    ck_assert_int_eq(check_pod(&process, "/nonexistent", NULL), 125);
    ck_assert_contains(process.errors.text, "--pod /nonexistent: No such file or directory");
}
END_TEST

TCase *podcheck_case(void)
{
    const TTest *const tests[] = {
        check_prints_the_plan_and_runs_nothing, check_prints_json_that_a_parser_takes,
        what_is_checked_can_be_put_into_a_pod_file_again, what_is_no_pod_file_is_told, NULL};
    TCase *tcase = case_of("podcheck", tests);

    tcase_add_loop_test(tcase, each_mistake_in_a_pod_file_is_told_by_its_place, 0,
                        sizeof wrongs / sizeof wrongs[0]);
    return tcase;
}
