/*
 * process_settings.c - who the program is and what it may, as /proc tells it
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "system/script.h"
#include "system/system.h"

#define SHOW(...) "--", "grep", "-E", __VA_ARGS__, "/proc/self/status"

/* Run as PID 1 and as root; the output is to be `expected`. */
static void shows(const char *expected, const char *const *arguments)
{
    struct process_options options = {.arguments = arguments, .place = PLACE_FIRST};
    struct process process;

    ck_assert_int_eq(process_run(&process, &options), 0);
    ck_assert_str_eq(process.errors.text, "");
    ck_assert_str_eq(process.output.text, expected);
    process_drop(&process);
}

static void fails(int code, const char *expected, const char *const *arguments, uid_t uid)
{
    struct process_options options = {.arguments = arguments, .place = PLACE_FIRST, .uid = uid};
    struct process process;

    ck_assert_int_eq(process_run(&process, &options), code);
    ck_assert_str_eq(process.errors.text, expected);
    process_drop(&process);
}

START_TEST(a_user_by_name_has_its_ids_its_groups_and_its_home)
{
    if (lacks_root("a_user_by_name_has_its_ids_its_groups_and_its_home"))
        return;
    shows("Uid:\t1\t1\t1\t1\nGid:\t1\t1\t1\t1\nGroups:\t \n",
          NSINIT("--user", "daemon", SHOW("^(Uid|Gid|Groups)")));
    shows("/usr/sbin daemon daemon\n",
          NSINIT("--user", "daemon", "--", "sh", "-c", "echo $HOME $USER $LOGNAME"));
    shows("/usr/sbin other daemon\n", NSINIT("--user", "daemon", "--env", "USER=other", "--", "sh",
                                             "-c", "echo $HOME $USER $LOGNAME"));
    /* Root is in the group root only; --groups replaces what the user has. */
    shows("Gid:\t0\t0\t0\t0\nGroups:\t1 7 \n",
          NSINIT("--user", "root", "--groups", "daemon,7", SHOW("^(Gid|Groups)")));
}
END_TEST

START_TEST(numbers_need_no_entry_and_then_the_group_is_0)
{
    if (lacks_root("numbers_need_no_entry_and_then_the_group_is_0"))
        return;
    shows("Uid:\t4711\t4711\t4711\t4711\nGid:\t0\t0\t0\t0\nGroups:\t \n",
          NSINIT("--user", "4711", SHOW("^(Uid|Gid|Groups)")));
    shows("Uid:\t4711\t4711\t4711\t4711\nGid:\t12\t12\t12\t12\nGroups:\t \n",
          NSINIT("--user", "4711:12", SHOW("^(Uid|Gid|Groups)")));
    shows("Gid:\t1\t1\t1\t1\n", NSINIT("--user", "4711:daemon", SHOW("^Gid")));
    shows("/ 4711 4711\n", NSINIT("--user", "4711", "--", "sh", "-c", "echo $HOME $USER $LOGNAME"));
    shows("/usr/sbin daemon\n", NSINIT("--user", "1", "--", "sh", "-c", "echo $HOME $USER"));
}
END_TEST

START_TEST(unknown_names_are_told)
{
    fails(125,
          "nsinit: --user nosuchuser: user 'nosuchuser' is not in /etc/passwd\n"
          "  hint: use a number, which needs no entry\n",
          NSINIT("--user", "nosuchuser", "--", "true"), 0);
    fails(125,
          "nsinit: --user root:nosuchgroup: group 'nosuchgroup' is not in /etc/group\n"
          "  hint: use a number, which needs no entry\n",
          NSINIT("--user", "root:nosuchgroup", "--", "true"), 0);
}
END_TEST

START_TEST(an_ordinary_user_may_become_no_user_but_itself)
{
    struct process_options options = {.arguments =
                                          NSINIT("--user", "54321:54321", "--", "id", "-u"),
                                      .place = PLACE_FIRST,
                                      .uid = ORDINARY_USER};
    struct process process;

    if (lacks_root("an_ordinary_user_may_become_no_user_but_itself"))
        return;
    ck_assert_int_eq(process_run(&process, &options), 0);
    ck_assert_str_eq(process.output.text, "54321\n");
    fails(125,
          "nsinit: --user 1:1: Operation not permitted\n"
          "  hint: run nsinit as root or with CAP_SETUID and CAP_SETGID\n",
          NSINIT("--user", "1:1", "--", "true"), ORDINARY_USER);
}
END_TEST

START_TEST(limits_umask_nice_and_oom_score_are_set)
{
    if (lacks_root("limits_umask_nice_and_oom_score_are_set"))
        return;
    shows("100\n200\n0\n", NSINIT("--rlimit", "nofile=100:200", "--rlimit", "core=0", "--", "sh",
                                  "-c", "ulimit -Sn; ulimit -Hn; ulimit -c"));
    shows("0027\n", NSINIT("--umask", "27", "--", "sh", "-c", "umask"));
    shows("7\n", NSINIT("--nice", "7", "--", "nice"));
    shows("300\n", NSINIT("--oom-score-adj", "300", "--", "cat", "/proc/self/oom_score_adj"));
    /* nsinit itself keeps its own. */
    shows("0\n", NSINIT("--oom-score-adj", "300", "--", "cat", "/proc/1/oom_score_adj"));
}
END_TEST

START_TEST(a_limit_that_may_not_be_raised_is_told)
{
    if (lacks_root("a_limit_that_may_not_be_raised_is_told"))
        return;
    fails(125,
          "nsinit: --rlimit nofile: Operation not permitted\n"
          "  hint: raising a hard limit takes CAP_SYS_RESOURCE: docker run --ulimit\n",
          NSINIT("--rlimit", "nofile=unlimited", "--", "true"), ORDINARY_USER);
}
END_TEST

START_TEST(dropped_capabilities_are_gone_from_every_set)
{
    if (lacks_root("dropped_capabilities_are_gone_from_every_set"))
        return;
    shows("CapInh:\t0000000000000000\nCapPrm:\t0000000000000000\nCapEff:\t0000000000000000\n"
          "CapBnd:\t0000000000000000\nCapAmb:\t0000000000000000\n",
          NSINIT("--cap-drop", "all", SHOW("^Cap")));
    shows("CapPrm:\t0000000000000401\nCapEff:\t0000000000000401\nCapBnd:\t0000000000000401\n",
          NSINIT("--cap-drop", "all", "--cap-add", "CAP_CHOWN,net_bind_service",
                 SHOW("^Cap(Prm|Eff|Bnd)")));
}
END_TEST

/* What the bounding set still has, no exec gives. */
START_TEST(without_cap_setpcap_what_is_dropped_stays_away_by_no_new_privileges)
{
    if (lacks_root("without_cap_setpcap_what_is_dropped_stays_away_by_no_new_privileges"))
        return;
    for (int i = 0; i < 4; i++) {
        const struct process_options options = {
            .place = PLACE_FIRST,
            .uid = i < 2 ? ORDINARY_USER : 0,
            .arguments =
                i == 0   ? NSINIT("--cap-drop", "all", SHOW("^(CapEff|NoNewPrivs)"))
                : i == 1 ? NSINIT("--cap-drop", "net_raw", SHOW("^(CapEff|NoNewPrivs)"))
                : i == 2 ? NSINIT("--cap-drop", "setpcap", "--", nsinit_path(), "-s", "--cap-drop",
                                  "all", SHOW("^(CapEff|NoNewPrivs)"))
                         : NSINIT("--cap-drop", "setpcap", "--", nsinit_path(), "-s", "--unshare",
                                  "pid", "--cap-drop", "all", SHOW("^(CapEff|NoNewPrivs)"))};
        struct process process;

        ck_assert_int_eq(process_run(&process, &options), 0);
        ck_assert_str_eq(process.output.text, "CapEff:\t0000000000000000\nNoNewPrivs:\t1\n");
        ck_assert_str_eq(process.errors.text,
                         "nsinit: main: drop capabilities: the bounding set stays without "
                         "CAP_SETPCAP; the program gets no_new_privs instead\n");
        process_drop(&process);
    }
    shows("NoNewPrivs:\t0\n", NSINIT("--cap-drop", "setpcap", "--", nsinit_path(), "-s",
                                     "--cap-drop", "setpcap", SHOW("^NoNewPrivs")));
}
END_TEST

/* Only an ambient capability survives the exec of another user than root. */
START_TEST(added_capabilities_reach_an_ordinary_user)
{
    if (lacks_root("added_capabilities_reach_an_ordinary_user"))
        return;
    shows("CapInh:\t0000000000000400\nCapPrm:\t0000000000000400\nCapEff:\t0000000000000400\n"
          "CapBnd:\t0000000000000400\nCapAmb:\t0000000000000400\n",
          NSINIT("--user", "daemon", "--cap-drop", "all", "--cap-add", "net_bind_service",
                 SHOW("^Cap")));
    shows("CapEff:\t0000000000000000\n", NSINIT("--user", "daemon", SHOW("^CapEff")));
}
END_TEST

/* nsinit as an ordinary user with some capabilities, as a file or another nsinit gives them. */
#define AS_CAPABLE_USER(...)                                                                       \
    NSINIT("--user", "4711", "--cap-drop", "all", "--cap-add", "setuid,setgid,dac_override", "--", \
           nsinit_path(), "-s", __VA_ARGS__)

START_TEST(a_user_has_none_of_the_capabilities_of_an_nsinit_that_is_not_root)
{
    if (lacks_root("a_user_has_none_of_the_capabilities_of_an_nsinit_that_is_not_root"))
        return;
    shows("CapInh:\t0000000000000000\nCapPrm:\t0000000000000000\nCapEff:\t0000000000000000\n"
          "CapAmb:\t0000000000000000\n",
          AS_CAPABLE_USER("--user", "7:7", SHOW("^Cap(Inh|Prm|Eff|Amb)")));
}
END_TEST

START_TEST(a_capability_that_nsinit_lacks_is_told)
{
    if (lacks_root("a_capability_that_nsinit_lacks_is_told"))
        return;
    fails(125,
          "nsinit: capabilities: Operation not permitted\n"
          "  hint: nsinit lacks one of them: docker run --cap-add\n",
          NSINIT("--cap-add", "net_admin", "--", "true"), ORDINARY_USER);
}
END_TEST

START_TEST(no_new_privileges_holds)
{
    shows("NoNewPrivs:\t1\n", NSINIT("--no-new-privs", SHOW("^NoNewPrivs")));
    shows("NoNewPrivs:\t0\n", NSINIT(SHOW("^NoNewPrivs")));
}
END_TEST

START_TEST(the_working_directory_is_entered_as_the_user)
{
    const char *locked = path_in_directory("locked");
    char expected[500];

    shows("/usr\n", NSINIT("--workdir", "/usr", "--", "pwd"));
    fails(125, "nsinit: --workdir /no/such: No such file or directory\n",
          NSINIT("--workdir", "/no/such", "--", "true"), 0);
    if (lacks_root("the_working_directory_is_entered_as_the_user"))
        return;
    ck_assert_int_eq(mkdir(locked, 0700), 0);
    snprintf(expected, sizeof expected,
             "nsinit: --workdir %s: Permission denied\n"
             "  hint: let the program's user enter it: chmod o+x %s\n",
             locked, locked);
    fails(125, expected, NSINIT("--user", "daemon", "--workdir", locked, "--", "true"), 0);
    ck_assert_int_eq(rmdir(locked), 0);
}
END_TEST

static void refuses_directory(const char *path, const char *const *arguments)
{
    char expected[500];

    snprintf(expected, sizeof expected,
             "nsinit: --workdir %s: Permission denied\n"
             "  hint: let the program's user enter it: chmod o+x %s\n",
             path, path);
    fails(125, expected, arguments, 0);
}

/* Its own capabilities are those that it has after the exec. */
START_TEST(the_working_directory_is_entered_with_the_programs_own_capabilities)
{
    static const char *const options[][4] = {
        {"--user", "4711", "--cap-drop", "net_raw"},
        {"--user", "4711", "--cap-add", "net_raw"},
        {"--user", "4711", "--cap-drop", "all"},
    };
    char path[200];
    char line[201];

    if (lacks_root("the_working_directory_is_entered_with_the_programs_own_capabilities"))
        return;
    snprintf(path, sizeof path, "%s/locked", test_directory());
    ck_assert_int_eq(mkdir(path, 0700), 0);
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
        const char *const *o = options[i];

        refuses_directory(path, NSINIT(o[0], o[1], o[2], o[3], "--workdir", path, "--", "pwd"));
    }
    refuses_directory(path, AS_CAPABLE_USER("--user", "7:7", "--workdir", path, "--", "pwd"));
    snprintf(line, sizeof line, "%s\n", path);
    shows(line,
          NSINIT("--user", "4711", "--cap-add", "dac_override", "--workdir", path, "--", "pwd"));
    ck_assert_int_eq(rmdir(path), 0);
}
END_TEST

START_TEST(variables_are_added_replaced_and_cleared)
{
    shows("A=1\nB=x=y\n", COMMAND("env", "-i", "A=0", "/usr/bin/env", nsinit_path(), "--env", "A=1",
                                  "--env", "B=x=y", "--", "/usr/bin/env"));
    shows("A=1\nPATH=/bin:/usr/bin\n",
          COMMAND("env", "PATH=/bin:/usr/bin", "SECRET=1", nsinit_path(), "--clear-env", "--env",
                  "A=1", "--env", "PATH", "--env", "NOT_THERE", "--", "env"));
}
END_TEST

START_TEST(mistakes_are_named)
{
    fails(125, "nsinit: --rlimit: unknown limit 'nofiles'; did you mean nofile?\n",
          NSINIT("--rlimit", "nofiles=3", "true"), 0);
    fails(125,
          "nsinit: --rlimit: invalid limit 'nofile=5:3': use NAME=SOFT[:HARD], with SOFT not above "
          "HARD\n",
          NSINIT("--rlimit", "nofile=5:3", "true"), 0);
    fails(125, "nsinit: --umask: invalid mode '888': use an octal mode up to 0777\n",
          NSINIT("--umask", "888", "true"), 0);
    fails(125, "nsinit: --nice: invalid number '21': use -20 to 20\n",
          NSINIT("--nice", "21", "true"), 0);
    fails(125, "nsinit: --cap-add: unknown capability 'net_admni'; did you mean net_admin?\n",
          NSINIT("--cap-add", "chown,net_admni", "true"), 0);
    fails(125, "nsinit: --env: invalid variable '=x': use NAME=VALUE or NAME\n",
          NSINIT("--env", "=x", "true"), 0);
}
END_TEST

/* Opening /dev/stdout opens the file anew. */
START_TEST(a_pipe_of_nsinits_becomes_the_users_and_nothing_else_does)
{
    if (lacks_root("a_pipe_of_nsinits_becomes_the_users_and_nothing_else_does"))
        return;
    script_succeeds(
        0, "chmod 755 $D; try='echo out >/dev/stdout; echo err >/dev/stderr; read in </dev/stdin'\n"
           "for way in '' '--unshare pid,mnt' '--unshare uts' "
           "'--unshare user,pid,mnt --map-users 0:100000:9 --map-groups 0:100000:9'; do\n"
           "    echo in | { $BINARY -s $way --user 7 -- sh -euc \"$try\" 2>&1 >&3 | grep -q err; } "
           "3>&1 "
           "| grep -q out\n"
           "done\n"
           "try='[ $(id -u) = 0 ]; echo out >/dev/stdout'; $BINARY -s --unshare user --map-users "
           "0:100000:9 --map-groups 0:100000:9 -- sh -euc \"$try\" | grep -q out\n"
           "$BINARY -s --log-prefix=name --unshare user --map-users 0:100000:9 --map-groups "
           "0:100000:9 --user 7 -- sh -c 'echo out >/dev/stdout' | grep -q out\n"
           "printf '[service a]\\nuser = 7\\ncommand = sh -c \"echo out >/dev/stdout\"\\n' >pod\n"
           "ns --control no --pod pod | grep -q out\n"
           /* Others' pipes, files and devices keep their owners. */
           "mkfifo theirs mine; chown 9 theirs; chmod 666 theirs mine; exec 4<>theirs 5<>mine\n"
           "owner=$(stat -c %u /dev/null)\n"
           "ns --user 7 -- true >&4 2>file </dev/null; ns --user 7 -- true >&5\n"
           "[ \"$(stat -c %u theirs file mine /dev/null | tr '\\n' ' ')\" = \"9 0 7 $owner \" ]\n");
}
END_TEST

START_TEST(a_command_of_nsctls_knows_the_user_it_is)
{
    if (lacks_root("a_command_of_nsctls_knows_the_user_it_is"))
        return;
    script_succeeds(0,
                    "chmod 755 $D; mkfifo go; chmod 666 go\n"
                    "printf '[service a]\\nuser = daemon\\ncommand = sh -c \"echo >'$D'/go; "
                    "exec sleep 1000\"\\n' >pod\n"
                    "ns --control $D/socket --pod pod & read line <go\n"
                    "gives 0 $BINARY --ctl -c $D/socket exec a sh -c 'echo $USER $LOGNAME $HOME'\n"
                    "[ \"$(cat out)\" = 'daemon daemon /usr/sbin' ]; kill $!; wait $! || :\n");
}
END_TEST

/* The terminal belongs to the group of the program, whoever it runs as. */
START_TEST(signals_reach_a_program_of_another_user)
{
    struct process process;

    if (lacks_root("signals_reach_a_program_of_another_user"))
        return;
    process_start(&process, AS_FIRST("--user", "daemon", "--", PROBE, "signals", "1"));
    process_expect(&process, "ready");
    process_signal(&process, 10);
    process_expect(&process, "got 10");
    ck_assert_int_eq(process_wait(&process), 0);
}
END_TEST

/* As `exec -a` of bash; --as-pid-1 needs no shell in between, an inner init runs the program. */
START_TEST(argv0_is_the_name_that_the_program_sees)
{
    script_succeeds_for_all(
        "bash -c 'exec -a -other cat /proc/self/cmdline' >wanted\n"
        "for o in '' '--unshare user,pid --map-root-user' '--unshare user,pid --map-root-user "
        "--as-pid-1'; do\n"
        "    gives 0 ns $o --argv0 -other -- cat /proc/self/cmdline; cmp out wanted\n"
        "done\n"
        "gives 0 ns --argv0 '' -- sh -c 'tr \\\\0 _ </proc/$$/cmdline'\n"
        "[ \"$(head -c 4 out)\" = _-c_ ]\n");
}
END_TEST

/* The kernel gives an interpreter its own name, and so does a shell that stands in for one. */
START_TEST(argv0_is_not_for_scripts)
{
    script_succeeds(0, "printf '#!/bin/sh\necho $0\n' >with; echo 'echo $0' >without\n"
                       "chmod +x with without\n"
                       "for script in with without; do\n"
                       "    gives 0 ns --argv0 other -- $D/$script; [ $(cat out) = $D/$script ]\n"
                       "done\n"
                       "gives 127 ns --argv0 other -- missing; says 'exec missing'\n");
}
END_TEST

TCase *process_settings_case(void)
{
    const TTest *const tests[] = {
        a_user_by_name_has_its_ids_its_groups_and_its_home,
        numbers_need_no_entry_and_then_the_group_is_0,
        unknown_names_are_told,
        an_ordinary_user_may_become_no_user_but_itself,
        limits_umask_nice_and_oom_score_are_set,
        a_limit_that_may_not_be_raised_is_told,
        dropped_capabilities_are_gone_from_every_set,
        without_cap_setpcap_what_is_dropped_stays_away_by_no_new_privileges,
        added_capabilities_reach_an_ordinary_user,
        a_user_has_none_of_the_capabilities_of_an_nsinit_that_is_not_root,
        a_capability_that_nsinit_lacks_is_told,
        no_new_privileges_holds,
        the_working_directory_is_entered_as_the_user,
        the_working_directory_is_entered_with_the_programs_own_capabilities,
        variables_are_added_replaced_and_cleared,
        mistakes_are_named,
        a_pipe_of_nsinits_becomes_the_users_and_nothing_else_does,
        a_command_of_nsctls_knows_the_user_it_is,
        signals_reach_a_program_of_another_user,
        argv0_is_the_name_that_the_program_sees,
        argv0_is_not_for_scripts,
        NULL};

    return case_of("process_settings", tests);
}
