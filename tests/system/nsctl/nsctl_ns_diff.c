/*
 * nsctl_ns_diff.c - nsctl ns --diff: whether two processes are isolated from each other
 */
#include <stdio.h>

#include "system/isolated_script.h"

/* By the script's last command, with what is printed. */
static void ck_assert_answer(struct process *process, const char *script, int code)
{
    run_isolated(process, script);
    ck_assert_msg(process->exit_code == code, "code %d, <<%s>> <<%s>>", process->exit_code,
                  process->output.text, process->errors.text);
}

#define HOLD_TWO                                                 \
    "hold --unshare all --map-root-user --as-pid-1; one=$held\n" \
    "hold --unshare all --map-root-user --as-pid-1\n"

START_TEST(two_with_namespaces_of_their_own_are_isolated)
{
    struct process process;

    ck_assert_answer(&process, HOLD_TWO "nsctl ns --diff $one $held\n", 0);
    ck_assert_contains(process.output.text, "are isolated from each other");
    ck_assert_lacks(process.output.text, "shared");
    ck_assert_lacks(process.output.text, "inside");
    ck_assert_int_eq(count_of(process.output.text, "  differs   "), 8);
}
END_TEST

START_TEST(two_that_share_one_namespace_are_not_isolated)
{
    struct process process;

    ck_assert_answer(&process,
                     HOLD_TWO "hold --unshare all --map-root-user --as-pid-1\n"
                              "nsinit -s --enter net=$one --unshare pid,mnt,uts,ipc,cgroup,time "
                              "--as-pid-1 -- sh -c '" HOLDER "' &\n"
                              "nsinit=$!; await\n"
                              "nsctl ns --diff $one $(child $nsinit)\n",
                     1);
    ck_assert_contains(process.output.text, "are not isolated from each other: they share net\n");
    ck_assert_int_eq(count_of(process.output.text, "  differs   "), 7);
    ck_assert_int_eq(count_of(process.output.text, "  shared    "), 1);
}
END_TEST

START_TEST(both_ids_are_those_of_proc)
{
    struct process process;

    ck_assert_answer(
        &process,
        "hold --unshare uts\n"
        "nsctl ns --type uts --diff 1 $held | awk 'NR == 2 {print $3, $4}' >ours\n"
        "echo $(readlink /proc/1/ns/uts /proc/$held/ns/uts | tr -dc '0-9\\n') >theirs\n"
        "diff ours theirs\n",
        0);
}
END_TEST

START_TEST(one_that_is_nested_in_the_other_is_told_either_way)
{
    struct process process;

    ck_assert_answer(&process,
                     "hold --unshare pid,mnt,user --map-root-user --as-pid-1\n"
                     "nsctl ns --diff 1 $held | sed \"s/$held's/B's/g\" >one || true\n"
                     "nsctl ns --diff $held 1 | sed \"s/$held's/B's/g\" >other || true\n"
                     "cat one other\n",
                     0);
    ck_assert_int_eq(count_of(process.output.text, "  B's is inside 1's\n"), 4);
    ck_assert_int_eq(count_of(process.output.text, "inside"), 4);
}
END_TEST

START_TEST(the_answer_is_for_the_chosen_types_alone)
{
    struct process process;

    ck_assert_answer(&process, "hold --unshare uts; nsctl ns --diff 1 $held --type uts", 0);
    ck_assert_int_eq(count_of(process.output.text, "\n"), 3);
    ck_assert_answer(&process, "hold --unshare uts; nsctl ns --diff 1 $held --type uts,net", 1);
    ck_assert_contains(process.output.text, "they share net\n");
}
END_TEST

START_TEST(unreadable_namespaces_cannot_be_compared)
{
    struct process process;

    if (lacks_root("unreadable_namespaces_cannot_be_compared"))
        return;
    ck_assert_answer(&process,
                     "nsinit -s --user 54321 -- sh -c 'nsctl ns --diff 1 $$ --type uts,net'", 2);
    ck_assert_int_eq(count_of(process.output.text, "  1: Permission denied\n"), 2);
    ck_assert_contains(process.output.text, "could not compare net, uts\n");
    ck_assert_answer(&process,
                     "nsinit -s --user 54321 -- sh -c 'nsctl ns -j --diff 1 $$ --type uts'", 2);
    ck_assert_contains(process.output.text, "{\"isolated\":null,\"a\":1,");
    ck_assert_contains(process.output.text, "\"unreadable\":{\"a\":\"Permission denied\"}}");
}
END_TEST

static const char check_object[] =
    "nsctl ns --json --diff 1 $held >object || code=$?\n"
    "test $code -eq 1\n"
    "cat >check.py <<'END'\n"
    "import json, os, sys\n"
    "diff = json.load(open('object'))\n"
    "held = int(sys.argv[1])\n"
    "assert diff['isolated'] is False and diff['a'] == 1 and diff['b'] == held, diff\n"
    "for kind, ns in diff['namespaces'].items():\n"
    "    own = kind in ('pid', 'mnt')\n"
    "    assert ns['relation'] == ('differs' if own else 'shared'), (kind, ns)\n"
    "    assert ns['nested'] == ('b in a' if kind == 'pid' else None), (kind, ns)\n"
    "    assert f\"{kind}:[{ns['b']}]\" == os.readlink(f'/proc/{held}/ns/{kind}'), (kind, ns)\n"
    "    assert (ns['a'] == ns['b']) != own and ns['unreadable'] == {}, (kind, ns)\n"
    "assert len(diff['namespaces']) == 8, diff\n"
    "END\n"
    "python3 check.py $held\n";

START_TEST(the_object_says_the_same)
{
    struct process process;
    char script[2000];

    if (lacks_tool("the_object_says_the_same", "python3"))
        return;
    snprintf(script, sizeof script, "hold --unshare pid,mnt --as-pid-1\n%s", check_object);
    ck_assert_answer(&process, script, 0);
}
END_TEST

/* What is typed, and the complaint. */
static const struct {
    const char *words;
    const char *error;
} misuses[] = {
    {"--diff", "nsctl: --diff: needs two arguments, each a PID or a SERVICE\n"},
    {"--diff 1", "nsctl: --diff: needs two arguments, each a PID or a SERVICE\n"},
    {"--diff 1 1 1", "nsctl: --diff: needs two arguments, each a PID or a SERVICE\n"},
    {"--diff --tree 1 1", "nsctl: --tree: excludes --diff\n"},
    {"--diff 1 99999", "nsctl: process 99999: No such process\n"},
    {"--diff 1 web", "/none: No such file or directory\n"},
};

START_TEST(an_impossible_comparison_is_no_answer)
{
    struct process process;
    char script[100];

    snprintf(script, sizeof script, "nsctl ns %s", misuses[_i].words);
    ck_assert_answer(&process, script, 125);
    ck_assert_contains(process.errors.text, misuses[_i].error);
    ck_assert_str_eq(process.output.text, "");
}
END_TEST

TCase *nsctl_ns_diff_case(void)
{
    const TTest *const tests[] = {two_with_namespaces_of_their_own_are_isolated,
                                  two_that_share_one_namespace_are_not_isolated,
                                  both_ids_are_those_of_proc,
                                  one_that_is_nested_in_the_other_is_told_either_way,
                                  the_answer_is_for_the_chosen_types_alone,
                                  unreadable_namespaces_cannot_be_compared,
                                  the_object_says_the_same,
                                  NULL};
    TCase *tcase = case_of("nsctl_ns_diff", tests);

    tcase_add_loop_test(tcase, an_impossible_comparison_is_no_answer, 0,
                        sizeof misuses / sizeof misuses[0]);
    return tcase;
}
