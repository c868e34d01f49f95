/*
 * health.c - Docker's health checks: when they run, where, as whom, and what their outcome does
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "system/system.h"

/* A script in which "$0" is the probe. */
#define SCRIPT(text) "sh", "-c", text, PROBE

/* A service with checks, each 50 ms after the one before. The tests' own options come later. */
#define CHECKED "-v", "--health-interval", "50ms", "--health-cmd"

/* An own /mnt for files of the service and its check, empty at the start of the command. */
static void with_own_mnt(struct process_options *options, const char **words, size_t room)
{
    const char *const prefix[] = {"sh", "-c", "mount -t tmpfs tmpfs /mnt && exec \"$0\" \"$@\"",
                                  NULL};
    size_t count = 0;

    for (const char *const *word = prefix; *word != NULL; word++)
        words[count++] = *word;
    for (const char *const *word = options->arguments; *word != NULL; word++) {
        ck_assert_uint_lt(count, room - 1);
        words[count++] = *word;
    }
    words[count] = NULL;
    options->arguments = words;
}

enum { WORDS_MAX = 60 };

static void start(struct process *process, struct process_options *options)
{
    const char *words[WORDS_MAX];

    with_own_mnt(options, words, WORDS_MAX);
    process_start(process, options);
}

/* The nth check of this script knows its number, $n. */
#define COUNT "n=$(($(cat /mnt/n 2>/dev/null || echo 0) + 1)); echo $n >/mnt/n; "

/* The service is healthy, and then ends well. */
static void is_healthy(struct process_options *options)
{
    struct process process;

    start(&process, options);
    process_expect(&process, "main: healthy\n");
    process_close_input(&process);
    ck_assert_int_eq(process_wait(&process), 0);
    ck_assert_lacks(process.errors.text, "check failed");
    ck_assert(!process.left_some);
    process_drop(&process);
}

/* The service becomes unhealthy, which TERM ends. What nsinit has said is in `process`. */
static void is_unhealthy(struct process *process, struct process_options *options)
{
    start(process, options);
    process_expect(process, "main: unhealthy\n");
    ck_assert_int_eq(process_wait(process), 128 + SIGTERM);
    ck_assert(!process->left_some);
}

START_TEST(a_good_check_makes_it_healthy)
{
    is_healthy(AS_FIRST(CHECKED, "true", "--", "cat"));
    is_healthy(AS_SECOND("-s", CHECKED, "exit 0", "--", "cat"));
}
END_TEST

START_TEST(bad_checks_in_a_row_make_it_unhealthy)
{
    struct process process;

    is_unhealthy(&process, AS_FIRST(CHECKED, "echo no good; echo at all >&2; exit 7", "--", "cat"));
    ck_assert_contains(process.errors.text, "check failed (exit code 7), 1 of 3\n");
    ck_assert_contains(process.errors.text, "check failed (exit code 7), 2 of 3\n");
    ck_assert_contains(process.errors.text,
                       "nsinit: main: health: check failed (exit code 7), 3 of 3\n"
                       "nsinit: main: health: | no good\n"
                       "nsinit: main: health: | at all\n"
                       "nsinit: main: unhealthy\n");
}
END_TEST

START_TEST(without_v_only_what_made_it_unhealthy_is_told)
{
    struct process process;

    ck_assert_int_eq(
        process_run(&process, AS_FIRST("--health-interval", "50ms", "--health-retries", "2",
                                       "--health-cmd", "echo bad; exit 1", "--", "cat")),
        128 + SIGTERM);
    ck_assert_str_eq(process.errors.text,
                     "nsinit: main: health: check failed (exit code 1), 2 of 2\n"
                     "nsinit: main: health: | bad\n"
                     "nsinit: main: unhealthy\n");
}
END_TEST

START_TEST(a_good_check_in_between_begins_the_count_again)
{
    struct process process;

    is_unhealthy(&process, AS_FIRST(CHECKED, COUNT "[ $n = 3 ]", "--", "cat"));
    ck_assert_int_eq(count_of(process.errors.text, "1 of 3\n"), 2);
    ck_assert_int_eq(count_of(process.errors.text, "2 of 3\n"), 2);
    ck_assert_int_eq(count_of(process.errors.text, "main: healthy\n"), 1);
}
END_TEST

START_TEST(bad_checks_in_the_start_period_do_not_count)
{
    struct process_options *options = AS_FIRST("--health-retries", "1", "--health-start-period",
                                               "1h", CHECKED, COUNT "[ $n -gt 3 ]", "--", "cat");
    struct process process;

    start(&process, options);
    process_expect(&process, "main: healthy\n");
    ck_assert_int_eq(count_of(process.errors.text, "0 of 1\n"), 3);
}
END_TEST

START_TEST(after_a_good_check_the_start_period_protects_no_more)
{
    struct process process;

    is_unhealthy(&process, AS_FIRST("--health-retries", "1", "--health-start-period", "1h", CHECKED,
                                    COUNT "[ $n = 2 ]", "--", "cat"));
    ck_assert_contains(process.errors.text, "0 of 1\n");
    ck_assert_contains(process.errors.text, "main: healthy\n");
}
END_TEST

START_TEST(checks_begin_when_the_service_is_ready)
{
    is_healthy(AS_FIRST("--notify", CHECKED, "[ -e /mnt/ready ]", "--",
                        SCRIPT("sleep 0.3; touch /mnt/ready; \"$0\" say READY=1; exec cat")));
}
END_TEST

/* ---- where, and as whom -----------------------------------------------------------------------
 */

/* What service and check see of themselves is the same. */
#define SELF                                                                                    \
    "{ for n in cgroup ipc mnt net pid time user uts; do readlink /proc/self/ns/$n; done; id; " \
    "pwd; "                                                                                     \
    "umask; hostname; ls -id /; grep -e Cap -e NoNew -e Groups /proc/self/status; ulimit -n; }"

static void is_checked_where_it_is(const char *options, uid_t uid)
{
    static const char format[] =
        "cd /usr; %s exec %s -s -v --ready-fd 3 --health-interval 50ms --health-cmd '" SELF
        " >/mnt/check 2>&1; diff /mnt/service /mnt/check' %s -- sh -c '" SELF
        " >/mnt/service; echo >&3; exec cat'";
    char script[2000];

    snprintf(script, sizeof script, format, uid != 0 ? "" : "umask 002; ulimit -n 500;",
             nsinit_path(), options);
    is_healthy(&(struct process_options){
        .arguments = COMMAND("sh", "-c", script), .place = PLACE_SECOND, .uid = uid});
}

START_TEST(a_check_runs_where_the_service_does)
{
    is_checked_where_it_is("", 0);
    is_checked_where_it_is("--unshare pid,mnt", 0);
    is_checked_where_it_is("--unshare pid,mnt,net,uts,ipc,cgroup --hostname inside", 0);
    is_checked_where_it_is("--unshare pid,mnt --as-pid-1 --workdir /var", 0);
    is_checked_where_it_is("--unshare mnt,net", 0);
    is_checked_where_it_is("--unshare all --map-root-user", 0);
}
END_TEST

START_TEST(a_check_has_the_services_user_and_limits)
{
    if (lacks_root("a_check_has_the_services_user_and_limits"))
        return;
    is_checked_where_it_is("--user 54321:54322 --groups 5,6 --rlimit nofile=99 --umask 027", 0);
    is_checked_where_it_is("--user 54321 --unshare pid,mnt,net --cap-add net_bind_service "
                           "--no-new-privs --workdir /var",
                           0);
}
END_TEST

START_TEST(an_ordinary_users_service_is_checked_in_its_namespaces)
{
    struct process process;
    struct process_options options = {
        .arguments =
            NSINIT("-s", CHECKED, "[ $(id -u) = 0 ] && [ $(hostname) = inside ]", "--unshare",
                   "user,pid,mnt,net,uts", "--map-root-user", "--hostname", "inside", "--", "cat"),
        .place = PLACE_SECOND,
        .uid = ORDINARY_USER};

    if (lacks_root("an_ordinary_users_service_is_checked_in_its_namespaces"))
        return;
    process_start(&process, &options);
    process_expect(&process, "main: healthy\n");
}
END_TEST

START_TEST(a_check_sees_the_services_files)
{
    is_healthy(AS_SECOND("-s", "--ready-fd", "3", CHECKED, "[ \"$(cat /mnt/file)\" = inside ]",
                         "--unshare", "mnt,pid", "--mount", "type=tmpfs,target=/mnt", "--", "sh",
                         "-c", "echo inside >/mnt/file; echo >&3; exec cat"));
}
END_TEST

START_TEST(a_check_sees_a_service_by_its_pid_in_there)
{
    is_healthy(AS_SECOND("-s", CHECKED, "grep -q ^cat /proc/2/comm && kill -0 2", "--unshare",
                         "pid,mnt", "--", "cat"));
}
END_TEST

START_TEST(a_check_reaches_the_services_loopback)
{
    if (access("/usr/bin/socat", X_OK) < 0) {
        skip_test("a_check_reaches_the_services_loopback", "no socat here");
        return;
    }
    is_healthy(AS_SECOND("-s", "--ready-fd", "3", CHECKED, "socat -u /dev/null TCP:127.0.0.1:80",
                         "--unshare", "net,pid", "--", "sh", "-c",
                         "exec 4<&0; socat -u TCP-LISTEN:80,fork,reuseaddr /dev/null & "
                         "until socat -u /dev/null TCP:127.0.0.1:80; do :; done 2>/dev/null\n"
                         "echo >&3; cat <&4"));
}
END_TEST

START_TEST(a_check_has_the_services_environment_but_no_way_to_notify)
{
    is_healthy(&(struct process_options){
        .arguments = COMMAND("env", "NOTIFY_SOCKET=@nobody", "COLOUR=blue", nsinit_path(),
                             "--ready-fd", "3", "--env", "HOME=/there", CHECKED,
                             "[ \"$COLOUR $HOME ${NOTIFY_SOCKET-none}\" = 'blue /there none' ]",
                             "--", "sh", "-c", "echo >&3; exec cat"),
        .place = PLACE_FIRST});
}
END_TEST

START_TEST(a_checks_input_is_empty)
{
    is_healthy(AS_FIRST(CHECKED, "[ \"$(cat | wc -c)\" = 0 ]", "--", "cat"));
}
END_TEST

START_TEST(a_check_as_a_json_array_needs_no_shell)
{
    char check[300];

    is_healthy(AS_FIRST(CHECKED,
                        "[\"sh\", \"-c\", \"[ \\\"$1\\\" = \\\"\\\\$\\\"HOME ]\", \"x\", "
                        "\"$HOME\"]",
                        "--", "cat"));
    /* As its own parent says, which is nsinit. */
    snprintf(check, sizeof check, "[\"%s\", \"values\", \"0\"]", probe_path());
    is_healthy(AS_FIRST(CHECKED, check, "--", "cat"));
}
END_TEST

/* ---- time, output, and what a check leaves behind ---------------------------------------------
 */

START_TEST(a_check_that_takes_too_long_is_killed_with_its_children)
{
    struct process process;

    is_unhealthy(&process,
                 AS_SECOND("-s", "--drain", "no", "--health-timeout", "200ms", "--health-retries",
                           "2", CHECKED,
                           "[ ! -e /mnt/first ] || exit 1; touch /mnt/first; trap '' TERM\n"
                           "sleep 1000 & sh -c 'sleep 1000; true' & sleep 1000; true",
                           "--", "cat"));
    ck_assert_contains(process.errors.text, "check failed (killed after 200ms), 1 of 2\n");
}
END_TEST

START_TEST(a_check_in_a_pid_namespace_is_killed_with_its_children)
{
    struct process process;

    is_unhealthy(
        &process,
        AS_SECOND("-s", "--health-timeout", "3s", "--health-retries", "2", "--unshare", "pid,mnt",
                  CHECKED,
                  "if [ -e /mnt/first ]; then ps -e -o comm; exit 1; fi; touch /mnt/first\n"
                  "trap '' TERM; sleep 1000 & sh -c 'sleep 1000; true' & sleep 1000; true",
                  "--", "cat"));
    ck_assert_contains(process.errors.text, "check failed (killed after 3s), 1 of 2\n");
    ck_assert_contains(process.errors.text, "health: | cat\n");
    ck_assert_lacks(process.errors.text, "health: | sleep\n");
}
END_TEST

/* It would never see the end of the output. */
START_TEST(a_check_is_over_when_its_first_process_is)
{
    struct process process;

    is_healthy(
        AS_FIRST("--health-timeout", "1h", CHECKED, "setsid sleep 1000 & exit 0", "--", "cat"));
    is_unhealthy(&process, AS_FIRST("--health-timeout", "200ms", "--health-retries", "1", CHECKED,
                                    "setsid sleep 1000 & sleep 1000; true", "--", "cat"));
    ck_assert_contains(process.errors.text, "killed after 200ms");
}
END_TEST

START_TEST(a_check_that_dies_of_a_signal_is_bad)
{
    struct process process;

    is_unhealthy(&process,
                 AS_FIRST("--health-retries", "1", CHECKED, "kill -SEGV $$", "--", "cat"));
    ck_assert_contains(process.errors.text, "check failed (killed by SEGV), 1 of 1\n");
}
END_TEST

START_TEST(a_check_that_cannot_be_executed_is_bad)
{
    struct process process;

    is_unhealthy(&process, AS_FIRST(CHECKED, "[\"/no/such/check\"]", "--", "cat"));
    ck_assert_contains(process.errors.text, "main: exec /no/such/check");
    ck_assert_contains(process.errors.text, "check failed (could not be run), 3 of 3\n");
    process_drop(&process);
    is_unhealthy(&process, AS_SECOND("-s", "--unshare", "pid,mnt", CHECKED, "[\"/etc/passwd\"]",
                                     "--", "cat"));
    ck_assert_contains(process.errors.text, "check failed (could not be run), 3 of 3\n");
}
END_TEST

/* Lines of 5 bytes; nsinit's own words in front of them do not count. */
START_TEST(the_last_4_kib_of_a_long_output_are_reported)
{
    struct process process;

    is_unhealthy(&process,
                 AS_FIRST("--health-retries", "1", CHECKED, "seq 1000 9999; exit 1", "--", "cat"));
    ck_assert_contains(process.errors.text, "health: | 9999\nnsinit: main: unhealthy\n");
    ck_assert_contains(process.errors.text, "health: | 9181\n");
    ck_assert_lacks(process.errors.text, "health: | 9180\n");
}
END_TEST

START_TEST(a_check_may_write_more_than_a_pipe_holds)
{
    is_healthy(AS_FIRST("--health-timeout", "1h", CHECKED, "seq 1 100000", "--", "cat"));
}
END_TEST

/* The tenth check is the judge of those before it, which leave orphans as well. */
START_TEST(checks_leave_no_zombies)
{
    is_healthy(AS_FIRST("--health-start-period", "1h", "--health-retries", "1", "-v",
                        "--health-interval", "20ms", "--health-cmd",
                        "(true & true &)\n" COUNT "[ $n -ge 10 ] || exit 0\n"
                        "grep -l '^State:.Z' /proc/[0-9]*/status | wc -l | grep -qx 0",
                        "--", "cat"));
}
END_TEST

/* ---- beside the service's life ----------------------------------------------------------------
 */

START_TEST(an_unhealthy_service_that_ends_well_has_failed_nevertheless)
{
    struct process process;

    ck_assert_int_eq(
        process_run(&process, AS_FIRST("--health-retries", "1", CHECKED, "false", "--", "sh", "-c",
                                       "trap 'exit 0' TERM; while :; do sleep 0.01; done")),
        124);
}
END_TEST

START_TEST(an_unhealthy_service_is_ended_by_the_stop_schedule)
{
    struct process process;

    ck_assert_int_eq(
        process_run(&process,
                    AS_FIRST("--health-retries", "1", "--stop", "USR1/1h/KILL", CHECKED, "false",
                             "--", "sh", "-c", "trap 'exit 6' USR1; while :; do sleep 0.01; done")),
        6);
}
END_TEST

START_TEST(an_unhealthy_service_is_restarted_and_checked_anew)
{
    struct process process;

    start(&process, AS_FIRST("--health-retries", "2", "--restart", "on-failure", "--restart-delay",
                             "0", CHECKED, COUNT "[ $n -gt 3 ]", "--", "cat"));
    process_expect(&process, "main: unhealthy\n");
    process_expect(&process, "restart 1 in 0s\n");
    process_expect(&process, "1 of 2\n");
    process_expect(&process, "main: healthy\n");
    process_close_input(&process);
    ck_assert_int_eq(process_wait(&process), 0);
    ck_assert_int_eq(count_of(process.errors.text, "main: unhealthy\n"), 1);
}
END_TEST

/* The check holds the fifo open and ignores TERM; the service ends when it is gone. */
START_TEST(a_request_to_stop_ends_the_check_at_once)
{
    struct process process;

    start(&process, AS_FIRST("--ready-fd", "9", "--stop", "TERM/1h/KILL", CHECKED,
                             "trap '' TERM; exec >/mnt/fifo; sleep 1000; true", "--", "sh", "-c",
                             "mkfifo /mnt/fifo; echo >&9; exec 3</mnt/fifo\n"
                             "trap 'cat <&3; exit 6' TERM\n"
                             "echo it is checked; while :; do sleep 0.01; done"));
    process_expect(&process, "it is checked");
    process_signal(&process, SIGTERM);
    ck_assert_int_eq(process_wait(&process), 6);
}
END_TEST

/* It goes on until it is killed, and the service waits for it to begin. */
#define ENDLESS_CHECK "trap '' TERM; exec >/mnt/fifo; sleep 1000; true"
#define WAIT_FOR_CHECK "mkfifo /mnt/fifo; echo >&3; exec </mnt/fifo; "

START_TEST(a_service_that_ends_takes_its_check_along)
{
    struct process process;

    start(&process, AS_SECOND("-s", "--ready-fd", "3", "--drain", "TERM/1h/KILL", CHECKED,
                              ENDLESS_CHECK, "--", "sh", "-c", WAIT_FOR_CHECK "exit 6"));
    ck_assert_int_eq(process_wait(&process), 6);
    ck_assert(!process.left_some);
    ck_assert_lacks(process.errors.text, "check failed");
}
END_TEST

/* The kernel kills it with the namespace, before it tells of the service's end. */
START_TEST(a_check_that_ends_with_the_services_pid_namespace_is_no_bad_one)
{
    struct process process;

    start(&process, AS_SECOND("-s", "--ready-fd", "3", "--restart", "on-failure",
                              "--health-retries", "1", "--unshare", "pid,mnt", CHECKED,
                              ENDLESS_CHECK, "--", "sh", "-c", WAIT_FOR_CHECK "exit 0"));
    ck_assert_int_eq(process_wait(&process), 0);
    ck_assert(!process.left_some);
    ck_assert_lacks(process.errors.text, "check failed");
}
END_TEST

START_TEST(a_check_that_is_killed_by_others_is_bad)
{
    struct process process;

    is_unhealthy(&process,
                 AS_FIRST("--health-retries", "1", CHECKED, "kill -KILL $$", "--", "cat"));
    ck_assert_contains(process.errors.text, "check failed (killed by KILL), 1 of 1\n");
}
END_TEST

START_TEST(a_restart_during_a_check_begins_new_checks)
{
    struct process process;

    start(
        &process,
        AS_FIRST("--ready-fd", "3", "--restart", "on-failure", "--restart-delay", "0", CHECKED,
                 "[ ! -e /mnt/second ] || exit 0; " ENDLESS_CHECK, "--", "sh", "-c",
                 "[ ! -e /mnt/fifo ] || { touch /mnt/second; echo >&3; exec cat; }\n" WAIT_FOR_CHECK
                 "exit 6"));
    process_expect(&process, "restart 1 in 0s\n");
    process_expect(&process, "main: healthy\n");
    ck_assert_lacks(process.errors.text, "check failed");
}
END_TEST

START_TEST(killing_nsinit_kills_the_check)
{
    static const char script[] =
        "mkfifo /mnt/fifo\n"
        "\"$0\" -s --health-interval 50ms --health-cmd 'exec >/mnt/fifo; exec sleep 1000' -- "
        "sleep 1000 &\n"
        "exec 3</mnt/fifo; kill -KILL $!; cat <&3; echo the check is gone";
    struct process process;

    start(&process,
          &(struct process_options){.arguments = COMMAND("sh", "-c", script, nsinit_path()),
                                    .place = PLACE_SECOND});
    process_expect(&process, "the check is gone");
}
END_TEST

TCase *health_case(void)
{
    const TTest *const tests[] = {a_good_check_makes_it_healthy,
                                  bad_checks_in_a_row_make_it_unhealthy,
                                  without_v_only_what_made_it_unhealthy_is_told,
                                  a_good_check_in_between_begins_the_count_again,
                                  bad_checks_in_the_start_period_do_not_count,
                                  after_a_good_check_the_start_period_protects_no_more,
                                  checks_begin_when_the_service_is_ready,
                                  a_check_runs_where_the_service_does,
                                  a_check_has_the_services_user_and_limits,
                                  an_ordinary_users_service_is_checked_in_its_namespaces,
                                  a_check_sees_the_services_files,
                                  a_check_sees_a_service_by_its_pid_in_there,
                                  a_check_reaches_the_services_loopback,
                                  a_check_has_the_services_environment_but_no_way_to_notify,
                                  a_checks_input_is_empty,
                                  a_check_as_a_json_array_needs_no_shell,
                                  a_check_that_takes_too_long_is_killed_with_its_children,
                                  a_check_in_a_pid_namespace_is_killed_with_its_children,
                                  a_check_is_over_when_its_first_process_is,
                                  a_check_that_dies_of_a_signal_is_bad,
                                  a_check_that_cannot_be_executed_is_bad,
                                  the_last_4_kib_of_a_long_output_are_reported,
                                  a_check_may_write_more_than_a_pipe_holds,
                                  checks_leave_no_zombies,
                                  an_unhealthy_service_that_ends_well_has_failed_nevertheless,
                                  an_unhealthy_service_is_ended_by_the_stop_schedule,
                                  an_unhealthy_service_is_restarted_and_checked_anew,
                                  a_request_to_stop_ends_the_check_at_once,
                                  a_service_that_ends_takes_its_check_along,
                                  a_check_that_ends_with_the_services_pid_namespace_is_no_bad_one,
                                  a_check_that_is_killed_by_others_is_bad,
                                  a_restart_during_a_check_begins_new_checks,
                                  killing_nsinit_kills_the_check,
                                  NULL};

    return case_of("health", tests);
}
