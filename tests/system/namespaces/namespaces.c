/*
 * namespaces.c - new namespaces, those of others, the inner init, users, clocks, names
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include "system/script.h"
#include "system/system.h"

/* nsinit as an ordinary process under another PID 1, with `arguments`. */
static struct process_options as_second(const char *const *arguments)
{
    return (struct process_options){.arguments = arguments, .place = PLACE_SECOND};
}

static void shows(const char *expected, const char *const *arguments)
{
    struct process_options options = as_second(arguments);
    struct process process;

    ck_assert_int_eq(process_run(&process, &options), 0);
    ck_assert_str_eq(process.errors.text, "");
    ck_assert_str_eq(process.output.text, expected);
    ck_assert(!process.left_some);
    process_drop(&process);
}

static void fails(const char *expected, const char *const *arguments)
{
    struct process_options options = as_second(arguments);
    struct process process;

    ck_assert_int_eq(process_run(&process, &options), 125);
    ck_assert_str_eq(process.errors.text, expected);
    ck_assert_str_eq(process.output.text, "");
    ck_assert(!process.left_some);
    process_drop(&process);
}

/* The script prints yes when its namespace of the type is not the parent's of nsinit. */
START_TEST(each_namespace_can_be_made_new_alone)
{
    static const char *const types[] = {"user", "mnt", "pid",    "net",
                                        "uts",  "ipc", "cgroup", "time"};

    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        char script[400];

        snprintf(script, sizeof script,
                 "export OUTSIDE=$(readlink /proc/self/ns/%s); exec %s -s --unshare %s -- sh -c "
                 "'[ \"$(readlink /proc/self/ns/%s)\" != \"$OUTSIDE\" ] && echo new'",
                 types[i], nsinit_path(), types[i], types[i]);
        shows("new\n", COMMAND("sh", "-c", script));
    }
}
END_TEST

START_TEST(all_namespaces_at_once_with_root_inside)
{
    shows("0 inside 2\n", NSINIT("-s", "--unshare", "all", "--map-root-user", "--hostname",
                                 "inside", "--", "sh", "-c", "echo $(id -u) $(hostname) $$"));
}
END_TEST

START_TEST(an_ordinary_user_makes_them_all_by_a_user_namespace)
{
    struct process_options options =
        as_second(NSINIT("-s", "--unshare", "all", "--map-root-user", "--hostname", "inside", "--",
                         "sh", "-c", "echo $(id -u) $(hostname) $$; cat /proc/self/uid_map"));
    struct process process;

    if (lacks_root("an_ordinary_user_makes_them_all_by_a_user_namespace"))
        return;
    options.uid = ORDINARY_USER;
    ck_assert_int_eq(process_run(&process, &options), 0);
    ck_assert_contains(process.output.text, "0 inside 2\n");
    ck_assert_contains(process.output.text, "54321");
}
END_TEST

START_TEST(a_refused_namespace_is_told_with_the_way_out)
{
    struct process_options options = as_second(NSINIT("-s", "--unshare", "uts", "--", "true"));
    struct process process;

    if (lacks_root("a_refused_namespace_is_told_with_the_way_out"))
        return;
    options.uid = ORDINARY_USER;
    ck_assert_int_eq(process_run(&process, &options), 125);
    ck_assert_str_eq(process.errors.text,
                     "nsinit: main: clone: Operation not permitted\n"
                     "  hint: as an ordinary user, add --unshare user --map-root-user\n");
}
END_TEST

START_TEST(a_new_pid_namespace_has_an_inner_init_as_its_first_process)
{
    shows("nsinit 2\n",
          NSINIT("-s", "--unshare", "pid,mnt", "--", "sh", "-c", "echo $(cat /proc/1/comm) $$"));
    shows("1 sh\n", NSINIT("-s", "--unshare", "pid,mnt", "--as-pid-1", "--", "sh", "-c",
                           "echo $$ $(cat /proc/1/comm)"));
}
END_TEST

START_TEST(exit_codes_come_through_the_inner_init)
{
    struct process process;

    ck_assert_int_eq(
        process_run(&process, AS_SECOND("-s", "--unshare", "pid", "--", "sh", "-c", "exit 42")),
        42);
    ck_assert_int_eq(
        process_run(&process, AS_SECOND("-s", "--unshare", "pid", "--", "sh", "-c", "kill -9 $$")),
        137);
    ck_assert_int_eq(process_run(&process, AS_SECOND("-s", "-e", "143", "--unshare", "pid", "--",
                                                     "sh", "-c", "kill $$")),
                     0);
    ck_assert_int_eq(
        process_run(&process, AS_SECOND("-s", "--unshare", "pid", "--", "/no/such/program")), 127);
    ck_assert_str_eq(process.errors.text, "nsinit: main: exec /no/such/program: no such file\n");
    ck_assert_int_eq(
        process_run(&process, AS_SECOND("-s", "--unshare", "pid", "--as-pid-1", "--", "/tmp")),
        126);
    ck_assert_str_eq(process.errors.text, "nsinit: main: exec /tmp: /tmp is a directory\n");
}
END_TEST

START_TEST(every_catchable_signal_arrives_through_the_inner_init)
{
    struct process process;

    process_start(&process, AS_SECOND("-s", "--unshare", "pid", "--", PROBE, "signals", "62"));
    process_expect(&process, "ready");
    for (int signal_number = 1; signal_number <= 64; signal_number++) {
        char expected[32];

        if (signal_number == SIGKILL || signal_number == SIGSTOP)
            continue;
        snprintf(expected, sizeof expected, "got %d code", signal_number);
        process_signal(&process, signal_number);
        process_expect(&process, expected);
    }
    ck_assert_int_eq(process_wait(&process), 0);
    ck_assert_int_eq(count_of(process.output.text, "got"), 62);
}
END_TEST

START_TEST(a_group_behind_an_inner_init_gets_each_signal_once)
{
    struct process process;

    process_start(&process,
                  AS_SECOND("-s", "-g", "--unshare", "pid,mnt", "--", PROBE, "members", "2"));
    process_expect(&process, "member is there");
    process_expect(&process, "member is there");
    process_signal(&process, SIGUSR1);
    ck_assert_int_eq(process_wait(&process), 0);
    ck_assert_int_eq(count_of(process.output.text, "member value"), 2);
    ck_assert_int_eq(count_of(process.output.text, "leader value"), 1);
}
END_TEST

/* The inner init would get it as well, and forward it. */
START_TEST(a_signal_to_its_own_group_reaches_a_program_once)
{
    struct process process;

    process_start(&process,
                  AS_SECOND("-s", "--unshare", "pid", "--", "sh", "-c",
                            "trap 'echo got one' USR1; trap 'echo got the other; exit 4' USR2; "
                            "kill -USR1 0; echo ready; while :; do sleep 0.01; done"));
    process_expect(&process, "ready");
    process_signal(&process, SIGUSR2);
    ck_assert_int_eq(process_wait(&process), 4);
    ck_assert_int_eq(count_of(process.output.text, "got one"), 1);
}
END_TEST

START_TEST(leftovers_are_drained_by_the_inner_init)
{
    struct process process;

    process_start(&process, AS_SECOND("-s", "--drain", "TERM/1h/KILL", "--unshare", "pid", "--",
                                      PROBE, "daemon"));
    process_expect(&process, "there");
    process_close_input(&process);
    ck_assert_int_eq(process_wait(&process), 3);
    ck_assert_contains(process.output.text, "got TERM");
    ck_assert(!process.left_some);
}
END_TEST

static bool has_no_sleeper(void *argument)
{
    (void)argument;
    return system("pgrep -f '^sleep 918273' >/dev/null") != 0;
}

/* Killed at any moment of its start or later. */
START_TEST(nothing_inside_survives_the_death_of_the_outer)
{
    static const char *const extra[] = {"--no-loopback=no", "--as-pid-1"};

    for (int i = 0; i < 200; i++) {
        struct process process;
        struct process_options options = {
            .arguments =
                NSINIT("-s", "--unshare", "pid,net", extra[i % 2], "--", "sleep", "918273"),
            .place = PLACE_PLAIN};

        process_start(&process, &options);
        usleep((useconds_t)(i * 37 % 3000));
        process_signal(&process, SIGKILL);
        ck_assert_int_eq(process_wait(&process), 137);
        process_drop(&process);
    }
    wait_until(has_no_sleeper, NULL, "no survivor");
}
END_TEST

struct family {
    pid_t outer;
    int inner;
};

static bool has_inner(void *argument)
{
    struct family *family = argument;
    char path[64];
    FILE *file;
    bool found;

    snprintf(path, sizeof path, "/proc/%d/task/%d/children", family->outer, family->outer);
    file = fopen(path, "re");
    if (file == NULL)
        return false;
    found = fscanf(file, "%d", &family->inner) == 1;
    fclose(file);
    return found;
}

START_TEST(the_death_of_the_inner_is_137)
{
    struct family family;
    struct process process;

    process_start(&process, AS_SECOND("-s", "--unshare", "pid", "--", PROBE, "signals", "1"));
    process_expect(&process, "ready");
    family.outer = process.pid;
    wait_until(has_inner, &family, "the inner init");
    ck_assert_int_eq(kill(family.inner, SIGKILL), 0);
    ck_assert_int_eq(process_wait(&process), 137);
    ck_assert(!process.left_some);
}
END_TEST

START_TEST(nsinit_nests_in_nsinit)
{
#define NESTED nsinit_path(), "-s", "--unshare", "pid", "--"
    shows("2 of 5\n", COMMAND(NESTED, NESTED, NESTED, "sh", "-c",
                              "echo $$ of $(grep NSpid: /proc/self/status | wc -w)"));
}
END_TEST

/* The kernel's limit; the message says so. */
START_TEST(thirty_two_levels_of_pid_namespaces_and_no_more)
{
    struct process_options options = as_second(COMMAND(
        "sh", "-c",
        "run() { if [ $1 -eq 0 ]; then echo deepest; return; fi; \"$N\" -s --unshare pid -- "
        "sh \"$S\" $(($1 - 1)); }; N=$0; export N; S=$TEST_DIRECTORY/nest; export S; "
        "printf '%s\\n' 'if [ $1 -eq 0 ]; then echo deepest; exit; fi' "
        "'exec \"$N\" -s --unshare pid -- sh \"$S\" $(($1 - 1))' >$S; "
        "run 20; run 40; code=$?; rm $S; exit $code",
        nsinit_path()));
    struct process process;

    ck_assert_int_eq(process_run(&process, &options), 125);
    ck_assert_str_eq(process.output.text, "deepest\n");
    ck_assert_contains(process.errors.text, "nest 32 levels deep");
    ck_assert_int_eq(count_of(process.errors.text, "nsinit: "), 1);
    ck_assert(!process.left_some);
}
END_TEST

START_TEST(hostname_and_domainname_are_set_inside_only)
{
    char before[65];
    char after[65];

    ck_assert_int_eq(gethostname(before, sizeof before), 0);
    shows("web-0\nexample\n",
          NSINIT("-s", "--unshare", "uts", "--hostname", "web-0", "--domainname", "example", "--",
                 "sh", "-c", "hostname; cat /proc/sys/kernel/domainname"));
    ck_assert_int_eq(gethostname(after, sizeof after), 0);
    ck_assert_str_eq(before, after);
    fails("nsinit: --hostname: needs a new uts namespace: add --unshare uts\n",
          NSINIT("-s", "--hostname", "x", "--", "true"));
}
END_TEST

START_TEST(message_queues_are_separate)
{
    shows("0\n", COMMAND("unshare", "-i", "sh", "-c",
                         "ipcmk -Q >/dev/null && exec \"$0\" -s --unshare ipc -- "
                         "sh -c 'ipcs -q | grep -c 0x || :'",
                         nsinit_path()));
}
END_TEST

START_TEST(both_clocks_have_their_offsets_negative_ones_too)
{
    shows("1000 2000\n",
          NSINIT("-s", "--unshare", "time", "--monotonic", "1000", "--boottime", "2000", "--", "sh",
                 "-c", "echo $(awk '{print $2}' /proc/self/timens_offsets)"));
    shows("yes\n", COMMAND("sh", "-c",
                           "up=$(cut -d. -f1 /proc/uptime); \"$0\" -s --unshare time,pid "
                           "--boottime 100000 -- sh -c 'now=$(cut -d. -f1 /proc/uptime); "
                           "[ $((now - '$up')) -ge 100000 ] && echo yes'",
                           nsinit_path()));
    shows("yes\n", COMMAND("sh", "-c",
                           "up=$(cut -d. -f1 /proc/uptime); \"$0\" -s --unshare time,pid "
                           "--as-pid-1 --boottime -5 -- sh -c 'now=$(cut -d. -f1 /proc/uptime); "
                           "[ $((now - '$up')) -lt 0 ] && echo yes'",
                           nsinit_path()));
}
END_TEST

START_TEST(a_clock_before_its_beginning_is_refused)
{
    struct process process;

    ck_assert_int_eq(process_run(&process, AS_SECOND("-s", "--unshare", "time", "--boottime",
                                                     "-999999999", "--", "true")),
                     125);
    ck_assert_contains(process.errors.text, "nsinit: --boottime: ");
    ck_assert_contains(process.errors.text,
                       "hint: choose an offset that leaves the clock between 0");
}
END_TEST

START_TEST(a_new_cgroup_namespace_shows_its_root)
{
    shows("/\n", NSINIT("-s", "--unshare", "cgroup", "--", "sh", "-c",
                        "cut -d: -f3 /proc/self/cgroup | sort -u"));
}
END_TEST

START_TEST(ranges_of_ids_are_mapped_and_files_have_the_mapped_owner_outside)
{
    if (lacks_root("ranges_of_ids_are_mapped_and_files_have_the_mapped_owner_outside"))
        return;
    ck_assert_int_eq(system("mkdir -m 0777 $TEST_DIRECTORY/owned"), 0);
    shows("0\n5\n", NSINIT("-s", "--unshare", "user", "--map-users", "0:100000:1000",
                           "--map-groups", "0:200000:1000", "--", "sh", "-c",
                           "id -u; touch $TEST_DIRECTORY/owned/root; \"$0\" -s --user 5:6 -- "
                           "sh -c 'id -u; touch $TEST_DIRECTORY/owned/five'",
                           nsinit_path()));
    ck_assert_int_eq(system("[ $(stat -c %u:%g $TEST_DIRECTORY/owned/root) = 100000:200000 ] && "
                            "[ $(stat -c %u:%g $TEST_DIRECTORY/owned/five) = 100005:200006 ] && "
                            "rm -r $TEST_DIRECTORY/owned"),
                     0);
}
END_TEST

START_TEST(the_user_option_means_ids_inside)
{
    if (lacks_root("the_user_option_means_ids_inside"))
        return;
    shows("7 0 100000 1000\n", NSINIT("-s", "--unshare", "user,pid", "--map-users", "0:100000:1000",
                                      "--map-groups", "0:100000:1000", "--user", "7:7", "--", "sh",
                                      "-c", "echo $(id -u) $(cat /proc/self/uid_map)"));
    fails("nsinit: --user 5000:5: Invalid argument\n"
          "  hint: map the ID into the user namespace: --map-users, --map-groups\n",
          NSINIT("-s", "--unshare", "user", "--map-users", "0:100000:1000", "--map-groups",
                 "0:100000:1000", "--user", "5000:5", "--", "true"));
}
END_TEST

START_TEST(an_ordinary_user_may_map_no_range_of_others)
{
    struct process_options options =
        as_second(NSINIT("-s", "--unshare", "user", "--map-users", "0:100000:2", "--map-groups",
                         "0:100000:2", "--", "true"));
    struct process process;

    if (lacks_root("an_ordinary_user_may_map_no_range_of_others") ||
        lacks_ranges("an_ordinary_user_may_map_no_range_of_others"))
        return;
    options.uid = ORDINARY_USER;
    ck_assert_int_eq(process_run(&process, &options), 125);
    ck_assert_contains(process.errors.text,
                       "nsinit: --map-users: newuidmap exited with code 1\n"
                       "  hint: as an ordinary user, map only yourself by --map-root-user, or "
                       "ranges of /etc/subuid\n");
    ck_assert(!process.left_some);
}
END_TEST

START_TEST(a_missing_subuid_range_is_told)
{
    struct process_options options =
        as_second(NSINIT("-s", "--unshare", "user", "--map-auto", "--", "true"));
    struct process process;

    if (lacks_root("a_missing_subuid_range_is_told"))
        return;
    options.uid = ORDINARY_USER;
    ck_assert_int_eq(process_run(&process, &options), 125);
    ck_assert_contains(process.errors.text,
                       "nsinit: --map-auto: /etc/subuid has no range for 54321");
    ck_assert_contains(process.errors.text, "hint: echo 54321:100000:65536 >> /etc/subuid");
}
END_TEST

/* In a mount namespace of the test's own, where /etc/subuid may be another. */
START_TEST(automatic_ranges_come_from_subuid_by_newuidmap)
{
    if (lacks_root("automatic_ranges_come_from_subuid_by_newuidmap"))
        return;
    if (system("command -v newuidmap >/dev/null") != 0) {
        skip_test("automatic_ranges_come_from_subuid_by_newuidmap", "no newuidmap (uidmap)");
        return;
    }
    shows("0 54321 1 1 300000 65536\n",
          COMMAND(
              "sh", "-c",
              "echo 54321:300000:65536 >$TEST_DIRECTORY/sub && "
              "mount --bind $TEST_DIRECTORY/sub /etc/subuid && "
              "mount --bind $TEST_DIRECTORY/sub /etc/subgid && rm $TEST_DIRECTORY/sub && "
              "(cat /etc/passwd; echo nsinit:x:54321:54321::/:/bin/sh) >$TEST_DIRECTORY/passwd && "
              "mount --bind $TEST_DIRECTORY/passwd /etc/passwd && rm $TEST_DIRECTORY/passwd && "
              "exec setpriv --reuid 54321 --regid 54321 --clear-groups \"$0\" -s --unshare "
              "user --map-auto -- sh -c 'echo $(cat /proc/self/uid_map)'",
              nsinit_path()));
}
END_TEST

START_TEST(a_kept_namespace_outlives_nsinit_and_others_enter_it)
{
    if (lacks_root("a_kept_namespace_outlives_nsinit_and_others_enter_it"))
        return;
    shows("kept\nkept\nkept\nlo\n",
          COMMAND("sh", "-c",
                  "mount -t tmpfs none /run && d=/run/d && mkdir $d && "
                  "\"$0\" -s --unshare uts=$d/uts --unshare net=/run/netns/nsinit-kept --hostname "
                  "kept -- hostname && nsenter --uts=$d/uts hostname && "
                  "\"$0\" -s --enter uts=$d/uts -- hostname && "
                  "ip netns exec nsinit-kept ls /sys/class/net | grep lo; "
                  "umount $d/uts /run/netns/nsinit-kept",
                  nsinit_path()));
}
END_TEST

START_TEST(a_netns_is_entered_by_its_name)
{
    if (lacks_root("a_netns_is_entered_by_its_name"))
        return;
    shows("nsbr7\n", COMMAND("sh", "-c",
                             "mount -t tmpfs none /run && ip netns add nsinit-test && ip -n "
                             "nsinit-test link add nsbr7 type "
                             "bridge && \"$0\" -s --enter net=netns:nsinit-test -- sh -c "
                             "'ip -br link | grep -o ^nsbr7'; ip netns del nsinit-test",
                             nsinit_path()));
}
END_TEST

/* Start `options` as a service, then enter it by PID with the other options and run the script. */
#define ENTER_SCRIPT(options, enter, script)                                         \
    "d=$(mktemp -d); : >$d/ready; mkfifo $d/enter; \"$0\" -s " options               \
    " -- sh -c 'echo ready; read x' <$d/enter >$d/ready & exec 7>$d/enter; "         \
    "until grep -q ready $d/ready; do :; done; p=$(pgrep -f '^sh -c echo ready;'); " \
    "\"$0\" -s " enter " -- sh -c '" script "'; echo >&7; wait; rm -r $d"

START_TEST(all_namespaces_that_differ_are_entered_by_pid)
{
    shows("inside 0\n", COMMAND("sh", "-c",
                                ENTER_SCRIPT("--unshare all --map-root-user --hostname inside",
                                             "--enter all=$p", "echo $(hostname) $(id -u)"),
                                nsinit_path()));
}
END_TEST

START_TEST(an_entered_pid_namespace_numbers_the_program)
{
    shows("yes\n", COMMAND("sh", "-c",
                           ENTER_SCRIPT("--unshare pid,mnt", "--enter pid,mnt=$p",
                                        "[ $$ -lt 9 ] && [ $(cat /proc/1/comm) = nsinit ] && "
                                        "echo yes"),
                           nsinit_path()));
}
END_TEST

START_TEST(new_namespaces_are_made_inside_of_entered_ones)
{
    shows("inside 2\n",
          COMMAND("sh", "-c",
                  ENTER_SCRIPT("--unshare uts,user --map-root-user --hostname inside",
                               "--enter user,uts=$p --unshare pid,mnt", "echo $(hostname) $$"),
                  nsinit_path()));
}
END_TEST

/* The kernel wants the maker in the namespace, so it takes two steps. */
START_TEST(a_new_pid_namespace_is_made_inside_of_an_entered_one)
{
    shows("inside 2\n",
          COMMAND("sh", "-c",
                  ENTER_SCRIPT("--unshare pid,mnt,uts --hostname inside",
                               "--enter all=$p --unshare pid,mnt", "echo $(hostname) $$"),
                  nsinit_path()));
}
END_TEST

START_TEST(an_ordinary_user_enters_its_own_namespaces)
{
    struct process_options options =
        as_second(COMMAND("sh", "-c",
                          ENTER_SCRIPT("--unshare all --map-root-user --hostname mine",
                                       "--enter all=$p", "echo $(hostname) $(id -u)"),
                          nsinit_path()));
    struct process process;

    if (lacks_root("an_ordinary_user_enters_its_own_namespaces"))
        return;
    options.uid = ORDINARY_USER;
    ck_assert_int_eq(process_run(&process, &options), 0);
    ck_assert_str_eq(process.output.text, "mine 0\n");
}
END_TEST

START_TEST(a_namespace_that_cannot_be_entered_is_reported)
{
    fails("nsinit: --enter net=999999: no process 999999 in nsinit's PID namespace\n",
          NSINIT("-s", "--enter", "net=999999", "--", "true"));
    fails("nsinit: --enter uts=/no/such: open /no/such: No such file or directory\n",
          NSINIT("-s", "--enter", "uts=/no/such", "--", "true"));
    fails("nsinit: --enter: invalid value 'net': use LIST=SOURCE, e.g. net,uts=1234 or "
          "net=netns:NAME\n",
          NSINIT("-s", "--enter", "net", "--", "true"));
    fails("nsinit: --enter net: setns: Invalid argument\n",
          NSINIT("-s", "--enter", "net=/proc/self/ns/uts", "--", "true"));
}
END_TEST

START_TEST(the_hook_runs_outside_before_the_program)
{
    shows(
        "hook new\nprogram\n",
        NSINIT("-s", "--unshare", "net", "--hook-created",
               "[ \"$(readlink $NSINIT_NET)\" != \"$(readlink /proc/self/ns/net)\" ] && echo hook "
               "new && [ -d /proc/$NSINIT_PID ]",
               "--", "echo", "program"));
    fails(
        "nsinit: --hook-created: /bin/sh exited with code 3\n",
        NSINIT("-s", "--unshare", "net,pid", "--hook-created", "exit 3", "--", "echo", "program"));
}
END_TEST

/* ^Z through the inner init: the shell sees the job stopped, and fg brings it back. */
static bool is_raw(void *argument)
{
    struct termios modes;

    return tcgetattr(*(const int *)argument, &modes) == 0 && (modes.c_lflag & ICANON) == 0;
}

START_TEST(the_terminal_works_through_the_inner_init)
{
    struct process process;
    char command[300];

    process_start(&process, &(struct process_options){
                                .arguments = COMMAND("env", "PS1=shell> ", "bash", "--norc",
                                                     "--noprofile", "--noediting", "-i"),
                                .place = PLACE_FIRST,
                                .terminal = true});
    process_expect(&process, "shell> ");
    snprintf(command, sizeof command, "%s -s --unshare pid,mnt,uts -- cat\n", nsinit_path());
    process_type(&process, command);
    process_expect(&process, "\n");
    wait_until(is_raw, &process.terminal, "the terminal to be raw");
    process_type(&process, "before\n");
    process_expect(&process, "before\r\nbefore");
    process_type(&process, "\x1a");
    process_expect(&process, "Stopped");
    process_expect(&process, "shell> ");
    process_type(&process, "fg\n");
    process_expect(&process, "fg\r\n");
    process_expect(&process, "cat\r\n");
    wait_until(is_raw, &process.terminal, "the terminal to be raw");
    process_type(&process, "after\n");
    process_expect(&process, "after\r\nafter");
    process_type(&process, "\x03");
    process_expect(&process, "shell> ");
    process_type(&process, "echo code $?; exit 0\n");
    process_expect(&process, "code 130");
    ck_assert_int_eq(process_wait(&process), 0);
}
END_TEST

START_TEST(options_that_do_not_fit_together_are_told)
{
    fails("nsinit: --map-root-user: needs a new user namespace: add --unshare user\n",
          NSINIT("--map-root-user", "--", "true"));
    fails("nsinit: --unshare: unknown namespace 'nte'; did you mean net?\n",
          NSINIT("--unshare", "pid,nte", "--", "true"));
    fails("nsinit: --map-root-user: excludes --map-users\n",
          NSINIT("--unshare", "user", "--map-root-user", "--map-users", "0:0:1", "--", "true"));
    fails("nsinit: --map-users: invalid range '0:0': use IN:OUT:COUNT, e.g. 0:100000:65536\n",
          NSINIT("--unshare", "user", "--map-users", "0:0", "--", "true"));
    fails("nsinit: --as-pid-1: needs a new pid namespace: add --unshare pid\n",
          NSINIT("--as-pid-1", "--", "true"));
}
END_TEST

/* A process of another PID namespace has no number in the /proc that is entered. */
START_TEST(a_new_time_namespace_beside_an_entered_mount_namespace_has_its_offset)
{
    if (lacks_root("a_new_time_namespace_beside_an_entered_mount_namespace_has_its_offset"))
        return;
    script_succeeds(
        0, "mkfifo go; $BINARY -s --unshare pid,mnt -- sh -c 'echo >go; exec sleep 1000' & read "
           "line <go\n"
           "read init _ </proc/$!/task/$!/children || :\n"
           "read program _ </proc/$init/task/$init/children || :\n"
           "IFS=. read now _ </proc/uptime\n"
           "for types in mnt mnt,pid; do\n"
           "    gives 0 ns --enter $types=$program --unshare time --boottime 100000 -- sh -euc '\n"
           "    IFS=. read its _ </proc/uptime; [ $its -ge $(($0 + 100000)) ]\n"
           "    [ $(ls -l /proc/$$/fd | grep -c \" /proc$\") = 0 ]' $now\n"
           "done; kill -KILL $init; wait $! || :\n");
}
END_TEST

START_TEST(the_limit_that_refuses_a_namespace_is_named)
{
    if (lacks_root("the_limit_that_refuses_a_namespace_is_named"))
        return;
    script_succeeds(
        0, "gives 125 ns --cap-drop sys_time -- $BINARY -s --unshare time --boottime 5 -- true\n"
           "says 'hint: CAP_SYS_TIME is missing: docker run --cap-add SYS_TIME'\n"
           "mkdir root root/usr root/proc; cp $BINARY root/nsinit\n"
           "for p in bin lib lib32 lib64; do [ ! -L /$p ] || cp -P /$p root/; done\n"
           "mount --bind /usr root/usr; mount -t proc p root/proc\n"
           "gives 125 chroot root /nsinit -s --unshare user --map-root-user -- true\n"
           "says 'hint: a chroot forbids user namespaces'\n"
           /* One that is a mount looks like any root. */
           "mount --rbind root root\n"
           "gives 125 chroot root /nsinit -s --unshare user --map-root-user -- true\n"
           "says 'hint: a chroot forbids user namespaces'\n");
}
END_TEST

/* Which marks its containers, and calls some options otherwise. */
START_TEST(a_hint_in_a_container_of_podmans_is_podmans)
{
    if (lacks_root("a_hint_in_a_container_of_podmans_is_podmans"))
        return;
    script_succeeds(
        0, "try() { gives 125 ns --unshare pid,mnt -- $BINARY -s --unshare user,pid,mnt "
           "--map-root-user -- true; }\n"
           "try; says 'hint: docker run --security-opt systempaths=unconfined'\n"
           "mount -t tmpfs run /run; : >/run/.containerenv\n"
           "try; says 'hint: podman run --security-opt unmask=ALL'; never grep -i docker err\n");
}
END_TEST

TCase *namespaces_case(void)
{
    const TTest *const tests[] = {
        each_namespace_can_be_made_new_alone,
        all_namespaces_at_once_with_root_inside,
        an_ordinary_user_makes_them_all_by_a_user_namespace,
        a_refused_namespace_is_told_with_the_way_out,
        a_new_pid_namespace_has_an_inner_init_as_its_first_process,
        exit_codes_come_through_the_inner_init,
        every_catchable_signal_arrives_through_the_inner_init,
        a_group_behind_an_inner_init_gets_each_signal_once,
        a_signal_to_its_own_group_reaches_a_program_once,
        leftovers_are_drained_by_the_inner_init,
        nothing_inside_survives_the_death_of_the_outer,
        the_death_of_the_inner_is_137,
        nsinit_nests_in_nsinit,
        thirty_two_levels_of_pid_namespaces_and_no_more,
        hostname_and_domainname_are_set_inside_only,
        message_queues_are_separate,
        both_clocks_have_their_offsets_negative_ones_too,
        a_clock_before_its_beginning_is_refused,
        a_new_cgroup_namespace_shows_its_root,
        ranges_of_ids_are_mapped_and_files_have_the_mapped_owner_outside,
        the_user_option_means_ids_inside,
        an_ordinary_user_may_map_no_range_of_others,
        a_missing_subuid_range_is_told,
        automatic_ranges_come_from_subuid_by_newuidmap,
        a_kept_namespace_outlives_nsinit_and_others_enter_it,
        a_netns_is_entered_by_its_name,
        all_namespaces_that_differ_are_entered_by_pid,
        an_entered_pid_namespace_numbers_the_program,
        new_namespaces_are_made_inside_of_entered_ones,
        a_new_pid_namespace_is_made_inside_of_an_entered_one,
        an_ordinary_user_enters_its_own_namespaces,
        a_namespace_that_cannot_be_entered_is_reported,
        the_hook_runs_outside_before_the_program,
        the_terminal_works_through_the_inner_init,
        options_that_do_not_fit_together_are_told,
        a_new_time_namespace_beside_an_entered_mount_namespace_has_its_offset,
        the_limit_that_refuses_a_namespace_is_named,
        a_hint_in_a_container_of_podmans_is_podmans,
        NULL};

    return case_of("namespaces", tests);
}
