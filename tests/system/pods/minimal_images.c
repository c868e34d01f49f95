/*
 * minimal_images.c - pods where an image gives little: no /proc, no capability, no root, no writing
 */
#include <stdio.h>
#include <stdlib.h>

#include "system/system.h"

#define PAIR                                                                                  \
    "[service a]\ntype = oneshot\ncommand = sh -c 'echo a runs'\n"                            \
    "[service b]\ncommand = sh -c 'echo b runs; exit 4'\nafter = a\nrestart = on-failure:1\n" \
    "restart-delay = 1ms\n"

static void run(struct process *process, const char *how, const char *pod, uid_t uid)
{
    process_run(process,
                &(struct process_options){.arguments = COMMAND("sh", "-c", how, nsinit_path(), pod),
                                          .place = PLACE_FIRST,
                                          .uid = uid});
}

static void ck_assert_pair_has_run(const struct process *process)
{
    ck_assert_msg(process->exit_code == 1, "exit code %d: %s", process->exit_code,
                  process->errors.text);
    ck_assert_int_eq(count_of(process->output.text, "a runs\n"), 1);
    ck_assert_int_eq(count_of(process->output.text, "b runs\n"), 2);
}

START_TEST(a_pod_runs_where_nothing_can_be_written)
{
    struct process process;

    run(&process,
        "mount -o remount,bind,ro / 2>/dev/null || mount --rbind / /mnt; "
        "mount -t tmpfs -o ro none /run && mount -t tmpfs -o ro none /dev/shm && "
        "unset XDG_RUNTIME_DIR && exec \"$0\" --pod \"$1\"",
        pod_file(PAIR), 0);
    ck_assert_pair_has_run(&process);
    ck_assert_contains(process.errors.text, "nsctl will not work\n");
}
END_TEST

START_TEST(a_place_that_was_asked_for_and_cannot_be_is_an_error)
{
    struct process process;

    run(&process, "exec \"$0\" --control /no/such/place/socket --pod \"$1\"", pod_file(PAIR), 0);
    ck_assert_int_eq(process.exit_code, 125);
    ck_assert_contains(process.errors.text, "--control /no/such/place/socket: No such file");
    ck_assert_contains(process.errors.text, "hint: choose another path by --control PATH");
}
END_TEST

START_TEST(a_pod_runs_as_an_ordinary_user)
{
    struct process process;

    if (lacks_root("a_pod_runs_as_an_ordinary_user"))
        return;
    run(&process,
        "export XDG_RUNTIME_DIR=$(mktemp -d); code=0; \"$0\" -s --pod \"$1\" || code=$?; "
        "rmdir $XDG_RUNTIME_DIR && exit $code",
        pod_file(PAIR), ORDINARY_USER);
    ck_assert_pair_has_run(&process);
    ck_assert_contains(process.errors.text,
                       "--control /run/nsinit.sock: Permission denied: using ");
}
END_TEST

START_TEST(a_pod_runs_without_proc)
{
    struct process process;

    run(&process, "umount -l /proc && exec \"$0\" --control no --pod \"$1\"", pod_file(PAIR), 0);
    ck_assert_pair_has_run(&process);
}
END_TEST

START_TEST(shared_namespaces_are_held_without_proc_too)
{
    struct process process;

    run(&process, "umount -l /proc && exec \"$0\" --control no --pod \"$1\"",
        pod_file("[pod]\nunshare = uts,ipc\nhostname = inside\n"
                 "[service a]\ncommand = hostname\n[service b]\ncommand = hostname\nafter = a\n"),
        0);
    if (strstr(process.errors.text, "namespace: ") != NULL) {
        skip_test("shared_namespaces_are_held_without_proc_too",
                  "before Linux 6.11 a namespace is found by /proc alone");
        return;
    }
    ck_assert_msg(process.exit_code == 0, "%s", process.errors.text);
    ck_assert_str_eq(process.output.text, "inside\ninside\n");
}
END_TEST

START_TEST(a_pod_runs_without_any_capability)
{
    struct process process;

    run(&process,
        "exec setpriv --bounding-set=-all --inh-caps=-all --no-new-privs \"$0\" --pod \"$1\" "
        "--control no",
        pod_file(PAIR), 0);
    ck_assert_pair_has_run(&process);
}
END_TEST

START_TEST(a_missing_capability_is_one_message)
{
    struct process process;

    run(&process,
        "exec setpriv --bounding-set=-all --inh-caps=-all --no-new-privs \"$0\" --control no "
        "--pod \"$1\"",
        pod_file("[pod]\nunshare = net\n" PAIR), 0);
    ck_assert_int_eq(process.exit_code, 125);
    ck_assert_int_eq(count_of(process.errors.text, "nsinit: "), 1);
    ck_assert_contains(process.errors.text, "hint: ");
}
END_TEST

TCase *minimal_images_case(void)
{
    const TTest *const tests[] = {a_pod_runs_where_nothing_can_be_written,
                                  a_place_that_was_asked_for_and_cannot_be_is_an_error,
                                  a_pod_runs_as_an_ordinary_user,
                                  a_pod_runs_without_proc,
                                  shared_namespaces_are_held_without_proc_too,
                                  a_pod_runs_without_any_capability,
                                  a_missing_capability_is_one_message,
                                  NULL};

    return case_of("minimal_images", tests);
}
