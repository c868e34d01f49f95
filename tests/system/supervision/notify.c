/*
 * notify.c - what the service says by sd_notify(3) is heard, and what others say is not
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "system/system.h"

/* A script in which "$0" is the probe. */
#define SCRIPT(text) "sh", "-c", text, PROBE

/* The program says this, and ends with 0. The order in which nsinit tells of it is a part. */
static void is_heard(const struct process_options *options)
{
    struct process process;

    process_start(&process, options);
    process_expect(&process, "main: status: all is well");
    process_expect(&process, "main: ready");
    ck_assert_int_eq(process_wait(&process), 0);
    ck_assert_lacks(process.errors.text, "sd_notify");
    process_drop(&process);
}

#define SAYS_ALL_IS_WELL PROBE, "say", "STATUS=all is well%0aREADY=1"

START_TEST(the_program_says_that_it_is_ready_and_how_it_is)
{
    is_heard(AS_FIRST("-v", "--notify", "--", SAYS_ALL_IS_WELL));
    is_heard(AS_SECOND("-s", "-v", "--notify", "--", SAYS_ALL_IS_WELL));
}
END_TEST

/* nsinit finds both at once, the message and the end, as it is stopped meanwhile. */
START_TEST(a_program_that_ends_behind_its_last_words_is_heard)
{
    static const char script[] =
        "cd \"$2\"; rm -f pid\n"
        "\"$1\" -s -v --notify -- sh -c 'kill -STOP $PPID; echo $$ >pid; "
        "exec \"$0\" send \"STATUS=all is well\" X=1 READY=1' \"$0\" &\n"
        "until grep -q ') Z' /proc/$(cat pid)/stat; do :; done 2>/dev/null\n"
        "kill -CONT $!; wait $!";

    is_heard(&(struct process_options){.arguments =
                                           COMMAND(SCRIPT(script), nsinit_path(), test_directory()),
                                       .place = PLACE_SECOND});
}
END_TEST

START_TEST(a_service_says_that_it_reloads)
{
    struct process process;

    process_run(&process, AS_FIRST("-v", "--notify", "--", PROBE, "say", "READY=1",
                                   "RELOADING=1%0aMONOTONIC_USEC=5"));
    ck_assert_contains(process.errors.text, "main: reloading\n");
}
END_TEST

START_TEST(unknown_fields_are_passed_over)
{
    is_heard(AS_FIRST("-v", "--notify", "--", PROBE, "say",
                      "FOO=1%0aX_FOO=bar%0anonsense%0a%0a=%0aSTATUS=all is well%0a"
                      "READY=1%0aWATCHDOG=maybe%0aEXTEND_TIMEOUT_USEC=soon"));
}
END_TEST

START_TEST(readiness_other_than_1_is_none)
{
    struct process process;

    ck_assert_int_eq(process_run(&process, AS_FIRST("-v", "--notify", "--", PROBE, "say", "READY=0",
                                                    "READY=", "READY=11", " READY=1", "READY")),
                     0);
    ck_assert_lacks(process.errors.text, "main: ready");
}
END_TEST

/* The script's line comes by the same pipe as nsinit's. */
START_TEST(a_barrier_falls_when_all_before_it_is_dealt_with)
{
    struct process process;

    ck_assert_int_eq(process_run(&process, AS_FIRST("-v", "--notify", "--",
                                                    SCRIPT("\"$0\" say STATUS=one STATUS=two; "
                                                           "echo it has fallen >&2"))),
                     0);
    ck_assert_contains(process.errors.text, "status: one\nnsinit: main: status: two\n"
                                            "it has fallen\n");
}
END_TEST

/* It may end before nsinit has looked at who it is. */
START_TEST(a_sender_that_ends_at_its_barrier_is_heard)
{
    struct process process;

    ck_assert_int_eq(process_run(&process, AS_FIRST("--notify", "--",
                                                    SCRIPT("for i in $(seq 200); do "
                                                           "\"$0\" say STATUS=$i; done"))),
                     0);
    ck_assert_str_eq(process.errors.text, "");
}
END_TEST

START_TEST(files_that_come_along_are_closed)
{
    struct process process;

    ck_assert_int_eq(process_run(&process, AS_FIRST("-v", "--notify", "--", PROBE, "files", "200",
                                                    "FDSTORE=1%0aREADY=1")),
                     0);
    ck_assert_contains(process.output.text, "all files closed");
    ck_assert_contains(process.errors.text, "main: ready");
}
END_TEST

/* nsinit is stopped meanwhile, so it is the last that has the socket, and close(2) waits for it. */
START_TEST(a_socket_that_comes_along_and_lingers_stops_nobody)
{
    static const char script[] =
        "kill -STOP $PPID; until grep -q '^State:.T' /proc/$PPID/status; do :; done\n"
        "exec \"$0\" linger $PPID 'STATUS=all is well'";
    struct process process;

    process_start(&process, AS_SECOND("-s", "-v", "--notify", "--", SCRIPT(script)));
    process_expect(&process, "main: status: all is well");
    ck_assert_int_eq(process_wait(&process), 0);
    process_drop(&process);
}
END_TEST

START_TEST(all_descendants_are_heard_whatever_session_and_user)
{
    static const char script[] = "setsid setpriv --reuid 54321 --clear-groups \"$0\" say "
                                 "'STATUS=all is well%0aREADY=1'; exit 0";

    if (lacks_root("all_descendants_are_heard_whatever_session_and_user"))
        return;
    is_heard(AS_FIRST("-v", "--notify", "--", SCRIPT(script)));
    /* Without -s: nsinit adopts nobody. */
    is_heard(AS_SECOND("-v", "--notify", "--", SCRIPT(script)));
}
END_TEST

START_TEST(a_daemon_that_nsinit_has_adopted_is_heard)
{
    static const char daemon[] = "(setsid \"$0\" say 'STATUS=all is well' READY=1 >&- &); exec cat";
    struct process process;

    process_start(&process, AS_FIRST("-v", "--notify", "--", SCRIPT(daemon)));
    process_expect(&process, "main: ready");
    process_drop(&process);
    process_start(&process, AS_SECOND("-s", "-v", "--notify", "--", SCRIPT(daemon)));
    process_expect(&process, "main: ready");
}
END_TEST

/* ---- wherever the service lives ------------------------------------------------------------- */

static void is_heard_with(const char *options, uid_t uid)
{
    char command[800];

    snprintf(command, sizeof command,
             "exec %s -s -v --notify %s -- %s say 'STATUS=all is well%%0aREADY=1'", nsinit_path(),
             options, probe_path());
    is_heard(&(struct process_options){
        .arguments = COMMAND("sh", "-c", command), .place = PLACE_SECOND, .uid = uid});
}

START_TEST(a_message_from_each_new_namespace_is_heard)
{
    static const char *const types[] = {"user", "mnt", "pid", "net", "uts", "ipc", "cgroup"};
    char options[100];

    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        snprintf(options, sizeof options, "--unshare %s", types[i]);
        is_heard_with(options, 0);
    }
    is_heard_with("--unshare pid --as-pid-1", 0);
    is_heard_with("--unshare all --map-root-user", 0);
}
END_TEST

/* Its own network namespace has no abstract names of nsinit's. */
START_TEST(a_program_in_another_network_namespace_is_heard)
{
    static const char elsewhere[] = "unshare -n \"$0\" say 'STATUS=all is well' READY=1";

    if (lacks_root("a_program_in_another_network_namespace_is_heard"))
        return;
    is_heard(AS_FIRST("-v", "--notify", "--", SCRIPT(elsewhere)));
    is_heard(AS_FIRST("-v", "--notify", "--unshare", "pid,net,mnt", "--", SCRIPT(elsewhere)));
    is_heard(AS_FIRST("-v", "--notify", "--unshare", "mnt", "--user", "54321", "--cap-add", "all",
                      "--", SCRIPT("unshare -rn \"$0\" say 'STATUS=all is well' READY=1")));
}
END_TEST

/* Where /run is another one, the name is abstract. */
START_TEST(a_message_is_heard_where_mounts_hide_the_socket)
{
    is_heard_with("--unshare mnt --mount type=tmpfs,target=/run", 0);
    is_heard_with("--unshare mnt,net,pid --mount type=tmpfs,target=/run --user 54321", 0);
}
END_TEST

/* Else they could keep nsinit busy. */
START_TEST(others_can_not_find_the_socket)
{
    static const char script[] =
        "ls -ld \"${NOTIFY_SOCKET%/*}\"; grep -c \"$NOTIFY_SOCKET\" /proc/net/unix\n"
        "setpriv --reuid 54321 --clear-groups ls \"${NOTIFY_SOCKET%/*}\" 2>&1; exit 0";
    struct process process;

    if (lacks_root("others_can_not_find_the_socket"))
        return;
    ck_assert_int_eq(process_run(&process, AS_FIRST("--notify", "--", SCRIPT(script))), 0);
    ck_assert_contains(process.output.text, "drwx--x--x");
    ck_assert_contains(process.output.text, "\n0\n");
    ck_assert_contains(process.output.text, "Permission denied");
}
END_TEST

/* An nsinit that was killed can't: the next one does. */
START_TEST(nothing_of_the_socket_is_left_behind)
{
    static const char script[] =
        "n() { ls -d /run/nsinit-* 2>/dev/null | wc -l; }; mount -t tmpfs none /run\n"
        "\"$1\" --notify --restart on-failure:2 --restart-delay 0 -- sh -c 'exit 1'; n\n"
        "\"$1\" --notify -- sh -c 'ls -d /run/nsinit-*; kill -KILL $PPID; exec sleep 1000'; n\n"
        "\"$1\" -s --notify -- true; n\n";
    struct process process;

    if (lacks_root("nothing_of_the_socket_is_left_behind"))
        return;
    ck_assert_int_eq(
        process_run(&process,
                    &(struct process_options){
                        .arguments = COMMAND("unshare", "-m", SCRIPT(script), nsinit_path()),
                        .place = PLACE_SECOND}),
        0);
    ck_assert_contains(process.output.text, "0\n/run/nsinit-");
    ck_assert_contains(process.output.text, "\n1\n0\n");
}
END_TEST

START_TEST(a_message_of_another_user_is_heard)
{
    if (lacks_root("a_message_of_another_user_is_heard"))
        return;
    is_heard_with("--user 54321:54321", 0);
    is_heard_with("--unshare pid,net,mnt --user 54321 --cap-drop all --no-new-privs", 0);
}
END_TEST

START_TEST(a_message_is_heard_by_an_ordinary_user)
{
    if (lacks_root("a_message_is_heard_by_an_ordinary_user"))
        return;
    is_heard_with("", ORDINARY_USER);
    is_heard_with("--unshare all --map-root-user", ORDINARY_USER);
}
END_TEST

START_TEST(a_message_from_a_read_only_root_is_heard)
{
    static const char script[] =
        "set -eu; cd $(mktemp -d); mkdir usr probe proc; trap 'rm -r $PWD' EXIT\n"
        "for p in bin lib lib32 lib64; do\n"
        "    if [ -L /$p ]; then cp -P /$p .; elif [ -d /$p ]; then\n"
        "        mkdir $p; set -- \"$@\" --mount type=bind,source=/$p,target=/$p; fi\n"
        "done\n"
        "\"$NSINIT\" -s -v --notify --unshare mnt,pid,net --root . --read-only \"$@\" \\\n"
        "    --mount type=bind,source=/usr,target=/usr \\\n"
        "    --mount type=bind,source=\"${0%/*}\",target=/probe \\\n"
        "    -- /probe/\"${0##*/}\" say 'STATUS=all is well%0aREADY=1'\n";
    char binary[300];

    snprintf(binary, sizeof binary, "NSINIT=%s", nsinit_path());
    is_heard(&(struct process_options){.arguments = COMMAND("env", binary, SCRIPT(script)),
                                       .place = PLACE_SECOND});
}
END_TEST

START_TEST(systemd_notify_is_heard)
{
    struct process process;

    if (access("/usr/bin/systemd-notify", X_OK) < 0) {
        skip_test("systemd_notify_is_heard", "no systemd-notify here");
        return;
    }
    is_heard(AS_FIRST("-v", "--notify", "--", "systemd-notify", "--ready", "--status=all is well"));
    /* As a script does it, which then goes on. */
    ck_assert_int_eq(
        process_run(&process, AS_SECOND("-s", "-v", "--notify", "--unshare", "pid,mnt", "--", "sh",
                                        "-c", "systemd-notify --ready; exit 5")),
        5);
    ck_assert_contains(process.errors.text, "main: ready");
}
END_TEST

/* It speaks in the name of its parent, which nsinit is by then. */
START_TEST(systemd_notify_is_heard_as_an_orphan)
{
    static const char script[] = "cd \"$0\"; mkfifo go; (sh -c 'read x <go; exec systemd-notify "
                                 "--ready \"--status=all is well\"' &); echo >go; exec cat";
    struct process process;

    if (access("/usr/bin/systemd-notify", X_OK) < 0) {
        skip_test("systemd_notify_is_heard_as_an_orphan", "no systemd-notify here");
        return;
    }
    process_start(&process,
                  AS_SECOND("-s", "-v", "--notify", "--", "sh", "-c", script, test_directory()));
    process_expect(&process, "main: status: all is well");
    process_expect(&process, "main: ready");
    process_close_input(&process);
    ck_assert_int_eq(process_wait(&process), 0);
    ck_assert_str_eq(process.output.text, "");
}
END_TEST

START_TEST(libsystemd_is_heard_and_its_barrier_falls)
{
    const char *client = sd_client_path("libsystemd_is_heard_and_its_barrier_falls");
    struct process process;

    if (client == NULL)
        return;
    process_start(&process, AS_FIRST("-v", "--notify", "--", client));
    process_expect(&process, "status: by libsystemd");
    process_expect(&process, "main: ready");
    process_expect(&process, "watchdog 0 of 0");
    process_close_input(&process);
    ck_assert_int_eq(process_wait(&process), 0);
}
END_TEST

/* ---- what is no message, or not the service's ----------------------------------------------- */

/* The bad one is ignored with a warning that has `why`, the good one behind it is heard. */
static void is_warned_of(const char *why, const char *const *arguments)
{
    struct process process;

    ck_assert_int_eq(process_run(&process, &(struct process_options){.arguments = arguments,
                                                                     .place = PLACE_FIRST}),
                     0);
    ck_assert_int_eq(count_of(process.errors.text, "sd_notify: ignore "), 1);
    ck_assert_contains(process.errors.text, why);
    ck_assert_lacks(process.errors.text, "main: status");
    ck_assert_contains(process.errors.text, "main: ready");
    process_drop(&process);
}

#define SAYS(...) NSINIT("-v", "--notify", "--", PROBE, "say", __VA_ARGS__)

START_TEST(a_malformed_message_is_ignored_with_a_warning)
{
    is_warned_of("is empty or has a NUL byte", SAYS("", "READY=1"));
    is_warned_of("is empty or has a NUL byte", SAYS("%00", "READY=1"));
    is_warned_of("is empty or has a NUL byte", SAYS("STATUS=a%00b", "READY=1"));
    is_warned_of("of more than 4096 bytes",
                 NSINIT("-v", "--notify", "--", SCRIPT("\"$0\" long 4097; \"$0\" say READY=1")));
}
END_TEST

START_TEST(many_bad_messages_give_one_warning)
{
    is_warned_of("is empty or has a NUL byte", SAYS("", "%00", "a%00b", "", "READY=1"));
}
END_TEST

START_TEST(a_message_may_be_as_long_as_with_systemd)
{
    struct process process;

    process_run(&process, AS_FIRST("-v", "--notify", "--", PROBE, "long", "4096"));
    ck_assert_contains(process.errors.text, "main: status: xxx");
    ck_assert_lacks(process.errors.text, "sd_notify: ignore");
}
END_TEST

START_TEST(a_nul_byte_behind_a_message_does_no_harm)
{
    is_heard(AS_FIRST("-v", "--notify", "--", PROBE, "say", "STATUS=all is well%0aREADY=1%00"));
}
END_TEST

START_TEST(a_status_that_is_no_utf8_is_passed_over)
{
    struct process process;

    ck_assert_int_eq(
        process_run(&process, AS_FIRST("-v", "--notify", "--", PROBE, "say", "STATUS=%ff%feREADY=1",
                                       "STATUS=a%c3", "STATUS=gr%c3%bcn%0aREADY=1")),
        0);
    ck_assert_int_eq(count_of(process.errors.text, "main: status"), 1);
    ck_assert_contains(process.errors.text, "main: status: gr\xc3\xbcn\n");
}
END_TEST

/* A sibling of nsinit's says it, by `forger`; it lives until it was heard. */
static void is_forged_in_vain(const char *forger, const char *who)
{
    static const char format[] =
        "cd %s; rm -f name; mkfifo name\n"
        "%s -s -v --notify -- sh -c 'echo \"$NOTIFY_SOCKET\" >name; exec sleep 1000' &\n"
        "read name <name\n"
        "NOTIFY_SOCKET=$name %s %s say READY=1 STATUS=forged\n"
        "kill $!; wait $!\n";
    char script[1000];
    struct process process;

    snprintf(script, sizeof script, format, test_directory(), nsinit_path(), forger, probe_path());
    ck_assert_int_eq(
        process_run(&process, &(struct process_options){.arguments = COMMAND("sh", "-c", script),
                                                        .place = PLACE_SECOND}),
        128 + SIGTERM);
    ck_assert_int_eq(count_of(process.errors.text, "a message from outside of the service"), 1);
    ck_assert_contains(process.errors.text, who);
    ck_assert_lacks(process.errors.text, "forged");
    ck_assert_lacks(process.errors.text, "main: ready");
    process_drop(&process);
}

START_TEST(a_process_that_is_not_the_services_is_not_heard)
{
    is_forged_in_vain("", "user 0)");
}
END_TEST

START_TEST(another_users_process_is_not_heard)
{
    if (lacks_root("another_users_process_is_not_heard"))
        return;
    is_forged_in_vain("setpriv --reuid 54321 --clear-groups", "user 54321)");
}
END_TEST

/* It has no number in nsinit's PID namespace. */
START_TEST(a_process_outside_of_nsinits_pid_namespace_is_not_heard)
{
    struct process process;
    struct process forger;
    char name[40];

    process_start(&process, AS_FIRST("-v", "--notify", "--",
                                     SCRIPT("echo \"$NOTIFY_SOCKET.\"; "
                                            "exec cat")));
    process_expect(&process, ".");
    ck_assert_int_eq(sscanf(process.output.text, "%39[^.]", name), 1);
    ck_assert_int_eq(process_run(&forger,
                                 &(struct process_options){
                                     .arguments = COMMAND("sh", "-c",
                                                          "NOTIFY_SOCKET=$1 exec \"$0\" say "
                                                          "READY=1",
                                                          PROBE, name)}),
                     0);
    process_expect(&process, "a message from outside of the service (process 0");
    process_close_input(&process);
    ck_assert_int_eq(process_wait(&process), 0);
    ck_assert_lacks(process.errors.text, "main: ready");
}
END_TEST

/* ---- many of them --------------------------------------------------------------------------- */

START_TEST(two_thousand_messages_are_heard_in_their_order)
{
    static const char told[] = "\"status\":\"number ";
    /* A log may leave lines out; a file takes all. */
    const char *path = fresh_file("events");
    char line[1000];
    struct process process;
    FILE *events;
    int number = 0;

    ck_assert_int_eq(
        process_run(&process, AS_FIRST("--report", path, "--notify", "--", PROBE, "flood", "2000")),
        0);
    events = fopen(path, "re");
    ck_assert_ptr_nonnull(events);
    while (fgets(line, sizeof line, events) != NULL) {
        const char *at = strstr(line, told);

        if (at != NULL)
            ck_assert_int_eq(atoi(at + strlen(told)), ++number);
    }
    fclose(events);
    ck_assert_int_eq(number, 2000);
}
END_TEST

/* They run before nsinit whenever they can, so that its queue is hardly ever empty. */
static void is_kept_from_nothing(void)
{
    static const char script[] = "over() { [ $usr1$term != 11 ] || exit 7; }; usr1=0; term=0\n"
                                 "trap 'echo got USR1; usr1=1; over' USR1\n"
                                 "trap 'echo got TERM; term=1; over' TERM\n"
                                 "for i in 1 2 3 4 5 6 7 8; do \"$0\" flood 0 & done\n"
                                 "echo there; while :; do wait; done";
    struct process_options options = {
        .arguments = COMMAND("nice", "-n", "5", nsinit_path(), "--notify", "--ready-timeout", "2",
                             "--nice", geteuid() == 0 ? "0" : "5", "--", SCRIPT(script)),
        .place = PLACE_FIRST};
    struct process process;

    process_start(&process, &options);
    process_expect(&process, "there");
    process_signal(&process, SIGUSR1);
    ck_assert_int_eq(process_wait(&process), 7);
    ck_assert_contains(process.errors.text, "not ready in time");
    process_drop(&process);
}

START_TEST(a_service_that_never_stops_talking_keeps_nsinit_from_nothing)
{
    for (int i = 0; i < 3; i++)
        is_kept_from_nothing();
}
END_TEST

/* Clock ticks, of which a second has 100, are fields 14 and 15 of proc_pid_stat(5). */
START_TEST(endless_messages_from_outside_cost_little_and_drown_no_service)
{
    static const char script[] =
        "set -eu; cd $2; rm -f name go; mkfifo name go\n"
        "ticks() { set -- $(cat /proc/$n/stat); echo $((${14} + ${15})); }\n"
        "\"$1\" -s -v --notify -- sh -c 'echo $NOTIFY_SOCKET >name; read x <go; "
        "\"$0\" say READY=1 \"STATUS=all is well\"' \"$0\" & n=$!\n"
        "read NOTIFY_SOCKET <name; export NOTIFY_SOCKET\n"
        "for i in 1 2 3 4; do \"$0\" flood 0 & done\n"
        "before=$(ticks); sleep 1; echo \"ticks $(($(ticks) - before)).\"\n"
        "echo >go; wait $n";
    struct process process;
    const char *ticks;

    process_run(&process, &(struct process_options){
                              .arguments = COMMAND(SCRIPT(script), nsinit_path(), test_directory()),
                              .place = PLACE_SECOND});
    ck_assert_int_eq(process.exit_code, 0);
    ck_assert_contains(process.errors.text, "main: ready");
    ck_assert_contains(process.errors.text, "main: status: all is well");
    ticks = strstr(process.output.text, "ticks ");
    ck_assert_ptr_nonnull(ticks);
    ck_assert_int_lt(atoi(ticks + strlen("ticks ")), 30);
}
END_TEST

START_TEST(each_run_has_a_socket_of_its_own)
{
    struct process process;
    char first[40] = "";
    char second[40] = "";

    ck_assert_int_eq(
        process_run(&process, AS_FIRST("-v", "--notify", "--restart", "on-failure:1",
                                       "--restart-delay", "0", "--",
                                       SCRIPT("\"$0\" say READY=1; echo \"$NOTIFY_SOCKET\"; "
                                              "exit 1"))),
        1);
    ck_assert_int_eq(sscanf(process.output.text, "%39s %39s", first, second), 2);
    ck_assert_str_ne(first, second);
    ck_assert_int_eq(count_of(process.errors.text, "main: ready"), 2);
}
END_TEST

TCase *notify_case(void)
{
    const TTest *const tests[] = {the_program_says_that_it_is_ready_and_how_it_is,
                                  a_program_that_ends_behind_its_last_words_is_heard,
                                  a_service_says_that_it_reloads,
                                  unknown_fields_are_passed_over,
                                  readiness_other_than_1_is_none,
                                  a_barrier_falls_when_all_before_it_is_dealt_with,
                                  a_sender_that_ends_at_its_barrier_is_heard,
                                  files_that_come_along_are_closed,
                                  a_socket_that_comes_along_and_lingers_stops_nobody,
                                  all_descendants_are_heard_whatever_session_and_user,
                                  a_daemon_that_nsinit_has_adopted_is_heard,
                                  a_message_from_each_new_namespace_is_heard,
                                  a_program_in_another_network_namespace_is_heard,
                                  a_message_is_heard_where_mounts_hide_the_socket,
                                  others_can_not_find_the_socket,
                                  nothing_of_the_socket_is_left_behind,
                                  a_message_of_another_user_is_heard,
                                  a_message_is_heard_by_an_ordinary_user,
                                  a_message_from_a_read_only_root_is_heard,
                                  systemd_notify_is_heard,
                                  systemd_notify_is_heard_as_an_orphan,
                                  libsystemd_is_heard_and_its_barrier_falls,
                                  a_malformed_message_is_ignored_with_a_warning,
                                  many_bad_messages_give_one_warning,
                                  a_message_may_be_as_long_as_with_systemd,
                                  a_nul_byte_behind_a_message_does_no_harm,
                                  a_status_that_is_no_utf8_is_passed_over,
                                  a_process_that_is_not_the_services_is_not_heard,
                                  another_users_process_is_not_heard,
                                  a_process_outside_of_nsinits_pid_namespace_is_not_heard,
                                  two_thousand_messages_are_heard_in_their_order,
                                  a_service_that_never_stops_talking_keeps_nsinit_from_nothing,
                                  endless_messages_from_outside_cost_little_and_drown_no_service,
                                  each_run_has_a_socket_of_its_own,
                                  NULL};

    return case_of("notify", tests);
}
