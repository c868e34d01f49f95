/*
 * start_failures.c - whatever fails between clone and exec: one message, code 125, nothing left
 * strace makes the system calls fail, one after the other, in all processes of the tree.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "system/system.h"

static const struct failure {
    const char *call;
    const char *how; /* strace's inject=CALL:HOW */
    const char *subject;
    const char *options;
} failures[] = {
    {"socketpair", "error=EMFILE", "main: socketpair", "--unshare uts"},
    {"clone3", "error=ENOMEM", "main: clone", "--unshare uts"},
    {"clone3", "error=ENOSPC", "main: clone", "--unshare user"},
    {"clone", "error=EAGAIN", "main: fork", "--nice 1"},
    {"setpgid", "error=EPERM", "main: setpgid", "--unshare uts"},
    {"setpgid", "error=EPERM", "main: setpgid", "--nice 1"},
    {"sethostname", "error=EPERM", "--hostname", "--unshare uts --hostname x"},
    {"setdomainname", "error=EPERM", "--domainname", "--unshare uts --domainname x"},
    {"unshare", "error=ENOSPC", "--unshare time", "--unshare time"},
    {"ioctl", "error=EPERM", "lo", "--unshare net"},
    {"sendto", "error=ENOBUFS:when=2+", "", "--unshare net --veth host=nsvf,address=10.9.9.1/24"},
    {"mount", "error=EPERM", "", "--unshare mnt"},
    {"fsmount", "error=EPERM", "--mount", "--unshare mnt --mount type=tmpfs,target=/mnt"},
    {"move_mount", "error=EPERM", "--mount", "--unshare mnt --mount type=tmpfs,target=/mnt"},
    {"openat2", "error=ELOOP", "--mount", "--unshare mnt --mount type=tmpfs,target=/mnt"},
    {"pivot_root", "error=EBUSY", "--root", "--unshare mnt --root /"},
    {"umount2", "error=EBUSY", "--root", "--unshare mnt --root /"},
    {"setgroups", "error=EPERM", "--user", "--user 7:7"},
    {"setresgid", "error=EPERM", "--user", "--user 7:7"},
    {"setresuid", "error=EAGAIN", "--user", "--user 7:7"},
    {"setresuid", "error=EAGAIN", "--user", "--user 7:7 --unshare pid,uts"},
    {"capset", "error=EPERM", "capabilities", "--cap-drop all"},
    {"setpriority", "error=EACCES", "--nice", "--nice 1 --unshare uts,pid"},
    {"capset", "error=EPERM", "capabilities", "--user 7:7"},
    {"getcwd", "error=ENOMEM", "--workdir /tmp", "--workdir /tmp"},
    {"chdir", "error=EIO", "--workdir /tmp", "--workdir /tmp --unshare uts"},
    {"chdir", "error=EIO", "--workdir /tmp", "--workdir /tmp --unshare uts,pid,mnt"},
};

/* What could be left behind. */
#define INVENTORY \
    "{ cat /proc/self/mountinfo; ls /sys/class/net; lsns -n -o NS 2>/dev/null | sort; } | cksum"

START_TEST(each_failure_is_one_message_and_leaves_nothing)
{
    const struct failure *failure = &failures[_i];
    char script[1000];
    struct process process;

    if (lacks_root("each_failure_is_one_message_and_leaves_nothing"))
        return;
    /* The sanitizer's leak check does not work under strace. */
    setenv("ASAN_OPTIONS", "detect_leaks=0", 1);
    snprintf(script, sizeof script,
             "before=$(" INVENTORY
             "); strace -f -o /dev/null -e trace=%s -e inject=%s:%s \"$0\" -s "
             "%s -- echo program ran; code=$?; [ \"$before\" = \"$(" INVENTORY ")\" ] || echo "
             "something is left; exit $code",
             failure->call, failure->call, failure->how, failure->options);
    process_run(&process,
                &(struct process_options){
                    .arguments = COMMAND("unshare", "-n", "sh", "-c", script, nsinit_path()),
                    .place = PLACE_SECOND});
    ck_assert_msg(process.exit_code == 125, "%s %s (%s): code %d, <<%s>>", failure->call,
                  failure->how, failure->options, process.exit_code, process.errors.text);
    ck_assert_str_eq(process.output.text, "");
    ck_assert_msg(count_of(process.errors.text, "nsinit: ") == 1, "%s (%s): <<%s>>", failure->call,
                  failure->options, process.errors.text);
    ck_assert_contains(process.errors.text, failure->subject);
    ck_assert(!process.left_some);
}
END_TEST

/* Docker's seccomp profile says ENOSYS for clone3, so that callers fall back. */
START_TEST(without_clone3_the_old_call_does)
{
    struct process process;

    /* Its leak check does not work under strace. */
    setenv("ASAN_OPTIONS", "detect_leaks=0", 1);
    process_run(&process, &(struct process_options){
                              .arguments = COMMAND(
                                  "strace", "-f", "-o", "/dev/null", "-e", "trace=clone3", "-e",
                                  "inject=clone3:error=ENOSYS", nsinit_path(), "-s", "--unshare",
                                  "pid,uts", "--hostname", "old", "--", "hostname"),
                              .place = PLACE_SECOND});
    ck_assert_str_eq(process.output.text, "old\n");
    ck_assert_int_eq(process.exit_code, 0);
}
END_TEST

/* fs.epoll.max_user_watches is used up, or memory is; for ever, or for the first file alone. */
static const char *const refusals[] = {"ENOSPC:when=1+", "ENOMEM:when=1+", "ENOSPC:when=1"};

#define WITHOUT_EPOLL(...)                                                            \
    COMMAND("strace", "-f", "-o", "/dev/null", "-e", "trace=epoll_ctl", "-e", inject, \
            nsinit_path(), "-s", __VA_ARGS__)

static void refuse_to_watch(char inject[60], const char *how)
{
    snprintf(inject, 60, "inject=epoll_ctl:error=%s", how);
    /* Its leak check does not work under strace. */
    setenv("ASAN_OPTIONS", "detect_leaks=0", 1);
}

START_TEST(files_that_the_kernel_does_not_watch_are_polled)
{
    struct process process;
    char inject[60];

    refuse_to_watch(inject, refusals[_i]);
    process_run(&process,
                &(struct process_options){
                    .arguments = WITHOUT_EPOLL("--unshare", "pid,uts", "--restart", "on-failure:1",
                                               QUICKLY, "--", "sh", "-c", "echo run; exit 7"),
                    .place = PLACE_SECOND});
    ck_assert_int_eq(process.exit_code, 7);
    ck_assert_str_eq(process.output.text, "run\nrun\n");
    ck_assert_contains(process.errors.text, "nsinit: epoll: watch a file");
    ck_assert(!process.left_some);
}
END_TEST

START_TEST(a_pod_whose_files_the_kernel_does_not_watch_obeys)
{
    static const char script[] =
        "until \"$0\" --ctl -c \"$1\" status 2>&-; do :; done; \"$0\" --ctl -c \"$1\" kill TERM a";
    struct process process;
    struct process nsctl;
    char inject[60];
    char path[200];

    snprintf(path, sizeof path, "%s/socket", test_directory());
    refuse_to_watch(inject, refusals[_i]);
    process_start(
        &process,
        &(struct process_options){
            .arguments = WITHOUT_EPOLL(
                "--pod", pod_file("[pod]\ncontrol = %s\n"
                                  "[service a]\ncommand = sh -c 'echo up; exec sleep 1000'"
                                  "\nready-fd = 4\nhealth-cmd = true\nlog-prefix = yes\n",
                                  path)),
            .place = PLACE_SECOND});
    process_expect(&process, "a | up\n");
    process_run(&nsctl, &(struct process_options){
                            .arguments = COMMAND("sh", "-c", script, nsinit_path(), path)});
    ck_assert_int_eq(nsctl.exit_code, 0);
    ck_assert_int_eq(process_wait(&process), 143);
}
END_TEST

/* Each call fails, by its old and its new name. */
#define WITHOUT_WAITING(...)                                                               \
    COMMAND("strace", "-f", "-o", "/dev/null", "-e", "trace=epoll_wait,epoll_pwait", "-e", \
            "inject=epoll_wait,epoll_pwait:error=EBADF", nsinit_path(), "-s", __VA_ARGS__)

START_TEST(a_loop_that_cannot_wait_ends_in_an_orderly_stop)
{
    struct process process;

    setenv("ASAN_OPTIONS", "detect_leaks=0", 1);
    process_run(&process, &(struct process_options){
                              .arguments = WITHOUT_WAITING("--notify", "--", "sleep", "1000"),
                              .place = PLACE_SECOND});
    ck_assert_int_eq(process.exit_code, 128 + SIGTERM);
    ck_assert_int_eq(count_of(process.errors.text, "nsinit: epoll: wait for files: "), 1);
    ck_assert(!process.left_some);
    process_run(&process, &(struct process_options){
                              .arguments = WITHOUT_WAITING(
                                  "--control", "no", "--pod",
                                  pod_file("[service a]\ncommand = sleep 1000\n"
                                           "[service b]\ncommand = sleep 1000\nafter = a\n")),
                              .place = PLACE_SECOND});
    ck_assert_int_eq(count_of(process.errors.text, "nsinit: epoll: wait for files: "), 1);
    ck_assert(!process.left_some);
}
END_TEST

TCase *start_failures_case(void)
{
    const TTest *const tests[] = {without_clone3_the_old_call_does,
                                  a_loop_that_cannot_wait_ends_in_an_orderly_stop, NULL};
    TCase *tcase = case_of("start_failures", tests);

    tcase_add_loop_test(tcase, each_failure_is_one_message_and_leaves_nothing, 0,
                        sizeof failures / sizeof failures[0]);
    tcase_add_loop_test(tcase, files_that_the_kernel_does_not_watch_are_polled, 0, 3);
    tcase_add_loop_test(tcase, a_pod_whose_files_the_kernel_does_not_watch_obeys, 0, 3);
    return tcase;
}
