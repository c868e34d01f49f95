/*
 * nsctl_id.c - nsctl id: who a process is, against what the kernel says
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "system/system.h"

/* A script whose $0 is the binary, under a PID 1 of its own. Returns its output. */
static const char *output_of(const char *script)
{
    static struct process process;

    ck_assert_msg(
        process_run(&process, &(struct process_options){.arguments = COMMAND("sh", "-c", script,
                                                                             nsinit_path()),
                                                        .place = PLACE_SECOND}) == 0,
        "%s%s", process.output.text, process.errors.text);
    ck_assert_str_eq(process.errors.text, "");
    return process.output.text;
}

/* Functions for the scripts: `id PID KEY` is a member of the JSON object, as Python prints it. */
#define LIBRARY                                                                   \
    "set -eu\n"                                                                   \
    "id() { \"$0\" --ctl id --json \"$1\" | python3 -c 'import json, sys\n"       \
    "value = json.load(sys.stdin)\n"                                              \
    "for key in sys.argv[1].split(\".\"): value = value[key]\n"                   \
    "print(value)' \"$2\"; }\n"                                                   \
    "same() { [ \"$1\" = \"$2\" ] || { echo \"$1 is not $2\" >&2; exit 1; }; }\n" \
    "until_is() { until [ \"$(cat /proc/$1/comm)\" = $2 ]; do :; done; }\n"       \
    "kernel_id() { readlink /proc/$1/ns/$2 | tr -dc 0-9; }\n"                     \
    "status() { sed -n \"s/^$2:[[:space:]]*//p\" /proc/$1/status | tr '\\t' ' '; }\n"

static bool lacks_python(const char *test)
{
    if (system("python3 -c '' 2>/dev/null") == 0)
        return false;
    skip_test(test, "no python3 here");
    return true;
}

#define NEEDS_PYTHON(test)   \
    if (lacks_python(#test)) \
    return

START_TEST(all_ids_are_those_that_the_kernel_tells)
{
    NEEDS_PYTHON(all_ids_are_those_that_the_kernel_tells);
    output_of(LIBRARY "\"$0\" -s --unshare all --map-root-user --as-pid-1 -- sleep 1000 & p=$!\n"
                      "until c=$(pgrep -P $p -x sleep); do :; done\n"
                      "for t in user mnt pid net uts ipc cgroup time; do\n"
                      "same \"$(id $c namespaces.$t.id)\" \"$(kernel_id $c $t)\"\n"
                      "same \"$(id $$ namespaces.$t.id)\" \"$(kernel_id $$ $t)\"\n"
                      "same \"$(id $c namespaces.$t.same_as_self)\" False\n"
                      "same \"$(id $$ namespaces.$t.same_as_self)\" True\n"
                      "done; kill -9 $c; wait");
}
END_TEST

START_TEST(owners_and_parents_are_those_that_lsns_tells)
{
    NEEDS_PYTHON(owners_and_parents_are_those_that_lsns_tells);
    if (system("lsns -o PNS,ONS -p $$ >/dev/null 2>&1") != 0) {
        skip_test("owners_and_parents_are_those_that_lsns_tells", "no lsns here that knows them");
        return;
    }
    output_of(LIBRARY "\"$0\" -s --unshare all --map-root-user --as-pid-1 -- sleep 1000 & p=$!\n"
                      "until c=$(pgrep -P $p -x sleep); do :; done\n"
                      "lsns_of() { lsns -n -o $2 -p $c -t $1 | tr -d ' '; }\n"
                      "for t in user mnt pid net uts ipc cgroup time; do\n"
                      "same \"$(id $c namespaces.$t.owner)\" \"$(lsns_of $t ONS)\"\n"
                      "done\n"
                      "same \"$(id $c namespaces.user.parent)\" \"$(lsns_of user PNS)\"\n"
                      "same \"$(id $c namespaces.pid.parent)\" \"$(lsns_of pid PNS)\"\n"
                      "same \"$(id $c namespaces.user.owner_uid)\" $(stat -c %u /proc/$$)\n"
                      "kill -9 $c; wait");
}
END_TEST

START_TEST(four_nested_pid_namespaces_are_five_pids)
{
    NEEDS_PYTHON(four_nested_pid_namespaces_are_five_pids);
    output_of(
        LIBRARY
        "unshare -fp unshare -fp unshare -fp unshare -fp sleep 1000 2>/dev/null & until c=$(pgrep "
        "-x "
        "sleep); do :; done\n"
        "same \"$(id $c pids)\" \"[$(status $c NSpid | sed 's/ /, /g')]\"\n"
        "same \"$(status $c NSpid | wc -w)\" 5; same \"$(status $c NSpid | cut -d' ' -f5)\" 1\n"
        "\"$0\" --ctl id $c | grep -q \"^pids  *$c > .* > 1$\"\n"
        "kill -9 $c; wait");
}
END_TEST

START_TEST(ids_of_users_are_told_as_seen_inside_and_outside)
{
    if (lacks_root("ids_of_users_are_told_as_seen_inside_and_outside"))
        return;
    NEEDS_PYTHON(ids_of_users_are_told_as_seen_inside_and_outside);
    output_of(LIBRARY
              "\"$0\" -s --unshare user --map-users 0:100000:1000 --map-groups 0:200000:1000 "
              "--user 5:6 -- sleep 1000 & until c=$(pgrep -x sleep); do :; done\n"
              "same \"$(id $c uid) $(id $c gid)\" '5 6'\n"
              "same \"$(id $c outer_uid) $(id $c outer_gid)\" '100005 200006'\n"
              "same \"$(id $c uid_map)\" '[[0, 100000, 1000]]'\n"
              "same \"$(id $c gid_map)\" '[[0, 200000, 1000]]'\n"
              "\"$0\" --ctl id $c | grep -q '^uid  *5 (100005 outside)$'\n"
              "kill $c; wait");
}
END_TEST

START_TEST(names_are_told_as_seen_inside)
{
    NEEDS_PYTHON(names_are_told_as_seen_inside);
    output_of(LIBRARY "\"$0\" -s --unshare user,uts --map-root-user --hostname inside "
                      "--domainname example.org -- sleep 1000 & until c=$(pgrep -x sleep); do :; "
                      "done\n"
                      "same \"$(id $c hostname) $(id $c domainname)\" 'inside example.org'\n"
                      "same \"$(id $$ hostname)\" \"$(uname -n)\"\n"
                      "kill $c; wait");
}
END_TEST

START_TEST(cgroup_and_root_are_told)
{
    if (lacks_root("cgroup_and_root_are_told"))
        return;
    NEEDS_PYTHON(cgroup_and_root_are_told);
    output_of(LIBRARY "mkdir $TEST_DIRECTORY/root\n"
                      "unshare -m sh -c 'mount --rbind / $TEST_DIRECTORY/root && exec chroot "
                      "$TEST_DIRECTORY/root sleep 1000' & until c=$(pgrep -x sleep); do :; done\n"
                      "same \"$(id $c root)\" \"$(readlink /proc/$c/root)\"\n"
                      "same \"$(id $c cgroup)\" \"$(sed -n 's/^0:://p' /proc/$c/cgroup)\"\n"
                      "kill $c; wait || true; rmdir $TEST_DIRECTORY/root");
}
END_TEST

START_TEST(the_name_of_a_network_namespace_is_told)
{
    if (lacks_root("the_name_of_a_network_namespace_is_told"))
        return;
    NEEDS_PYTHON(the_name_of_a_network_namespace_is_told);
    if (system("unshare -m ip netns list >/dev/null 2>&1") != 0) {
        skip_test("the_name_of_a_network_namespace_is_told", "no ip here");
        return;
    }
    output_of(LIBRARY "mount -t tmpfs none /run; ip netns add nsinit-identity; "
                      "ip netns exec nsinit-identity sleep 1000 &\n"
                      "until c=$(pgrep -x sleep); do :; done\n"
                      "same \"$(id $c netns)\" nsinit-identity; same \"$(id $$ netns)\" None\n"
                      "kill $c; wait || true; ip netns del nsinit-identity");
}
END_TEST

START_TEST(where_a_service_has_its_namespaces_from_is_told)
{
    NEEDS_PYTHON(where_a_service_has_its_namespaces_from_is_told);
    output_of(
        LIBRARY
        "export NSINIT_CONTROL=$TEST_DIRECTORY/pod.sock\n"
        "printf '[pod]\\nunshare = user,net\\nmap-root-user = yes\\ncontrol = %s\\n"
        "[service a]\\nunshare = uts,pid\\ncommand = sleep 1000\\n' $NSINIT_CONTROL "
        ">$TEST_DIRECTORY/pod.ini\n"
        "\"$0\" -s --pod $TEST_DIRECTORY/pod.ini & p=$!; until pgrep -x sleep >/dev/null; "
        "do :; done\n"
        "same \"$(id a service) $(id a pid)\" \"a $(pgrep -x sleep)\"\n"
        "for t in uts=own pid=own net=entered user=entered mnt=inherited ipc=inherited; do\n"
        "same \"$(id a namespaces.${t%=*}.origin)\" ${t#*=}\n"
        "done\n"
        "same \"$(id a namespaces.mnt.same_as_nsinit) $(id a namespaces.uts.same_as_nsinit)\" "
        "'True False'\n"
        "same \"$(id $(pgrep -x sleep) service)\" a\n"
        "kill $p; wait || true; rm $TEST_DIRECTORY/pod.ini");
}
END_TEST

START_TEST(an_unreadable_field_is_null_with_the_reason)
{
    if (lacks_root("an_unreadable_field_is_null_with_the_reason"))
        return;
    NEEDS_PYTHON(an_unreadable_field_is_null_with_the_reason);
    output_of(LIBRARY
              "sleep 1000 & c=$!; until_is $c sleep\n"
              "me=$0; set -- setpriv --reuid 54321 --regid 54321 --clear-groups \"$me\"\n"
              "json=$(\"$@\" --ctl id --json $c)\n"
              "for part in '\"mnt\":{\"id\":null,' '\"namespaces.mnt\":\"Permission denied\"' "
              "'\"root\":null,' '\"root\":\"Permission denied\"' '\"hostname\":null' "
              "\"\\\"pids\\\":[$(status $c NSpid)]\"; do\n"
              "case $json in *\"$part\"*) ;; *) echo \"$json lacks $part\" >&2; exit 1;; esac\n"
              "done; kill $c; wait || true");
}
END_TEST

START_TEST(a_process_that_is_not_there_is_an_error)
{
    struct process process;

    ck_assert_int_eq(process_run(&process, AS_SECOND("--ctl", "id", "4194304")), 1);
    ck_assert_str_eq(process.errors.text, "nsctl: process 4194304: No such process\n");
    ck_assert_int_eq(process_run(&process, AS_SECOND("--ctl", "-c", "/nonexistent", "id", "web")),
                     125);
    ck_assert_contains(process.errors.text, "nsctl: /nonexistent: No such file or directory\n");
}
END_TEST

TCase *nsctl_id_case(void)
{
    const TTest *const tests[] = {all_ids_are_those_that_the_kernel_tells,
                                  owners_and_parents_are_those_that_lsns_tells,
                                  four_nested_pid_namespaces_are_five_pids,
                                  ids_of_users_are_told_as_seen_inside_and_outside,
                                  names_are_told_as_seen_inside,
                                  cgroup_and_root_are_told,
                                  the_name_of_a_network_namespace_is_told,
                                  where_a_service_has_its_namespaces_from_is_told,
                                  an_unreadable_field_is_null_with_the_reason,
                                  a_process_that_is_not_there_is_an_error,
                                  NULL};

    return case_of("nsctl_id", tests);
}
