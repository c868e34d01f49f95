/*
 * id_maps.c - id maps that leave nobody root of the machine by accident
 */
#include <stdlib.h>
#include <unistd.h>

#include "system/isolated_script.h"
#include "system/script.h"
#include "system/system.h"

/* Files of root of the machine: `theirs` can only be written by it. */
#define FILES                                                               \
    "mkdir -m 777 open; chmod 755 $D; echo old >theirs; chmod 600 theirs\n" \
    "MAP='--map-users 1000:100000:9 --map-groups 2000:200000:9'\n"          \
    "is_not_root() { [ \"$(cat theirs)\" = old ]; rm -f open/made; }\n"

START_TEST(one_map_without_the_other_is_refused_with_both)
{
    script_succeeds_for_all(
        "gives 125 ns --unshare user --map-users 7:100000:5 -- true\n"
        "says '--map-users: leaves the groups unmapped'\n"
        "says 'hint: --map-users 7:100000:5 --map-groups 7:100000:5'\n"
        "gives 125 ns --unshare user --map-groups 0:0:1 -- true\n"
        "says '--map-groups: leaves the users unmapped'\n"
        "says 'hint: --map-users 0:0:1 --map-groups 0:0:1'\n"
        "printf '[service a]\\nunshare = user\\nmap-users = 0:0:1\\ncommand = true\\n' >pod\n"
        "gives 125 ns --pod pod --check; says 'leaves the groups unmapped'\n"
        "gives 0 ns --unshare user --map-root-user -- true\n");
}
END_TEST

START_TEST(without_root_in_the_map_the_program_is_the_first_that_is)
{
    if (lacks_root("without_root_in_the_map_the_program_is_the_first_that_is"))
        return;
    script_succeeds(0, FILES "for more in '' ,pid,mnt,uts,net,ipc; do\n"
                             "    gives 0 ns --unshare user$more $MAP -- sh -euc '\n"
                             "    [ \"$(id -u) $(id -g) $(id -G)\" = \"1000 2000 2000\" ]\n"
                             "    touch open/made; if echo new >theirs; then exit 8; fi'\n"
                             "    [ $(stat -c %u:%g open/made) = 100000:200000 ]; is_not_root\n"
                             "done\n");
}
END_TEST

/* What is done in there needs root's rights, not root. */
START_TEST(without_root_in_the_map_the_namespaces_are_set_up_as_with_it)
{
    if (lacks_root("without_root_in_the_map_the_namespaces_are_set_up_as_with_it"))
        return;
    script_succeeds(
        0,
        FILES "gives 0 ns --unshare all $MAP --hostname inside --mount "
              "type=tmpfs,target=/mnt,tmpfs-mode=700 --mount type=dev,target=/dev -- sh -euc '\n"
              "[ $(hostname) = inside ]; touch /mnt/mine; [ $(stat -c %u:%g /mnt) = 1000:2000 ]\n"
              "[ $(readlink /proc/self) = 2 ] || [ $$ = 2 ]; echo >/dev/null\n"
              "if umount /mnt; then exit 8; fi\n"
              "grep -q \"^CapEff:.*0000000000000000\" /proc/self/status'\n"
              "gives 0 ns --unshare user,net $MAP -- ip link show up lo\n");
}
END_TEST

START_TEST(users_and_groups_are_judged_alone)
{
    if (lacks_root("users_and_groups_are_judged_alone"))
        return;
    script_succeeds(
        0,
        "shows() { gives 0 ns --unshare user \"$@\" -- sh -c 'echo $(id -u) $(id -g)'; cat out; }\n"
        "[ \"$(shows --map-users 5:100000:1 --map-users 0:200000:1 --map-groups 6:100000:1)\" = "
        "'0 6' ]\n"
        "[ \"$(shows --map-users 5:100000:1 --map-users 3:200000:1 --map-groups 0:100000:1)\" = "
        "'5 0' ]\n");
}
END_TEST

START_TEST(user_says_otherwise)
{
    if (lacks_root("user_says_otherwise"))
        return;
    script_succeeds(
        0, FILES "gives 0 ns --unshare user,pid,mnt $MAP --user 1003:2004 --cap-add net_raw -- sh "
                 "-euc '[ \"$(id -u) $(id -g)\" = \"1003 2004\" ]\n"
                 "grep -q \"^CapEff:.*0000000000002000\" /proc/self/status'\n"
                 "gives 125 ns --unshare user $MAP --user 0:0 -- true; says 'map the ID into'\n");
}
END_TEST

/* From outside, by nsinit as root: it is nobody's root in there either. */
START_TEST(an_entering_service_is_not_root_of_the_machine)
{
    if (lacks_root("an_entering_service_is_not_root_of_the_machine"))
        return;
    script_succeeds(
        0, FILES
        "mkfifo go; chmod 666 go\n"
        "$BINARY -s --unshare user,pid,mnt --as-pid-1 $MAP -- sh -c 'echo >go; exec sleep 1000' "
        "& read line <go; read p _ </proc/$!/task/$!/children || :\n"
        "gives 0 ns --enter all=$p -- sh -euc '\n"
        "[ \"$(id -u) $(id -g)\" = \"1000 2000\" ]; if echo new >'$D'/theirs; then exit 8; "
        "fi'\n"
        "kill -KILL $p; is_not_root\n");
}
END_TEST

START_TEST(a_health_check_is_not_root_of_the_machine)
{
    if (lacks_root("a_health_check_is_not_root_of_the_machine"))
        return;
    script_succeeds(0,
                    FILES "mkfifo go; chmod 666 go\n"
                          "printf '[service a]\\nunshare = user,pid,mnt\\nmap-users = "
                          "1000:100000:9\\nmap-groups = 2000:200000:9\\ncommand = sleep 1000\\n"
                          "health-interval = 10ms\\nhealth-cmd = id -u >'$D'/go; echo new "
                          ">'$D'/theirs\\n' >pod\n"
                          "ns --control no --pod pod 2>&- & read uid <go; kill $!; wait $! || :\n"
                          "[ $uid = 1000 ]; is_not_root\n");
}
END_TEST

START_TEST(an_ordinary_user_is_the_user_it_maps_itself_to)
{
    script_succeeds(
        ORDINARY_USER,
        "u=$(id -u); g=$(id -g)\n"
        "gives 0 ns --unshare user,pid,mnt --map-users 7:$u:1 --map-groups 8:$g:1 "
        "--mount type=tmpfs,target=/mnt -- sh -euc '[ \"$(id -u) $(id -g)\" = \"7 8\" ]; "
        "touch /mnt/mine'\n");
}
END_TEST

START_TEST(setgroups_allow_is_blamed_for_a_map_of_groups_that_it_forbids)
{
    script_succeeds(
        ORDINARY_USER,
        "for map in --map-root-user \"--map-users 0:$(id -u):1 --map-groups 0:$(id -g):1\"\n"
        "do gives 125 ns --unshare user --setgroups allow $map -- true\n"
        "says 'nsinit: --setgroups allow: write gid_map: an ordinary user must deny'\n"
        "says 'hint: remove --setgroups allow'; done\n"
        "gives 0 ns --unshare user --setgroups deny --map-root-user -- true\n");
}
END_TEST

/* newuidmap(1) itself says that it was not permitted, and not why. */
START_TEST(a_newuidmap_without_rights_is_named)
{
    if (lacks_root("a_newuidmap_without_rights_is_named") ||
        lacks_ranges("a_newuidmap_without_rights_is_named"))
        return;
    script_succeeds(
        0, USER_WITH_RANGES
        "mkdir bin; chmod 755 $D\n"
        "user() { gives $1 setpriv --reuid 54321 --regid 54321 --clear-groups $2 $BINARY -s "
        "--unshare user --map-auto -- true; }\n"
        "user 0 ''\n"
        "user 125 --no-new-privs; says 'hint: newuidmap gets no rights under no_new_privs'\n"
        "cp $(command -v newuidmap) bin; chmod 755 bin/*; PATH=$D/bin:$PATH\n"
        "user 125 ''; says \"hint: sudo chmod u+s $D/bin/newuidmap\"\n");
}
END_TEST

/* ---- ranges of an ordinary user ------------------------------------------------------------ */

/*
 * `user COMMAND...` runs as the user 54321, who is in the group 7777 too and has a first range of
 * ten IDs; `maps COMMAND...` shows the lines of the two maps that a command runs in.
 */
#define USER_WITH_SMALL_RANGES                                                                   \
    USER_WITH_RANGES                                                                             \
    "printf 'user:100000:10\nother:400000:5\nuser:200000:20\n54321:300000:65536\n' >ranges\n"    \
    "chmod 755 $D; user() { setpriv --reuid 54321 --regid 54321 --groups 54321,7777 \"$@\"; }\n" \
    "maps() { user \"$@\" sh -c 'cat /proc/self/uid_map; echo; cat /proc/self/gid_map "          \
    "/proc/self/setgroups' >shown; sed 's/  */ /g; s/^ //' shown; }\n"                           \
    "same() { [ \"$1\" = \"$2\" ] || { echo \"<$1> <$2>\"; exit 9; }; }\n"                       \
    "own() { maps $BINARY -s --unshare user \"$@\" --; }\n"

static bool lacks(const char *test)
{
    return lacks_root(test) || lacks_ranges(test);
}

START_TEST(an_ordinary_user_maps_its_ranges_as_by_unshare)
{
    if (lacks("an_ordinary_user_maps_its_ranges_as_by_unshare") ||
        lacks_tool("an_ordinary_user_maps_its_ranges_as_by_unshare", "unshare"))
        return;
    script_succeeds(
        0, USER_WITH_SMALL_RANGES
        "same \"$(own --map 0:300000:65536)\" \"$(maps unshare --map-users=300000,0,65536 "
        "--map-groups=300000,0,65536)\"\n"
        "same \"$(own --map-users 5:200000:20 --map-groups 9:300000:1)\" \"$(maps unshare "
        "--map-users=200000,5,20 --map-groups=300000,9,1)\"\n"
        "same \"$(own --map-current-user)\" \"$(maps unshare -c)\"\n"
        "same \"$(own --map 0:54321:1 --map 1:200000:20 | head -n 2)\" \"0 54321 1\n1 200000 "
        "20\"\n"
        "gives 0 user $BINARY -s --unshare user --map 0:300000:65536 -- sh -euc '\n"
        "[ \"$(id -u) $(id -G)\" = \"0 0\" ]; setpriv --reuid 9 --clear-groups true'\n");
}
END_TEST

START_TEST(map_auto_has_all_ranges_as_in_podman)
{
    const char *const name = "map_auto_has_all_ranges_as_in_podman";

    if (lacks(name) || lacks_tool(name, "podman"))
        return;
    script_succeeds(
        0, USER_WITH_SMALL_RANGES
        "sed 's/^54321/user/' ranges >named; cat named >ranges; mkdir home; chown 54321 home\n"
        "p=$(maps env HOME=$D/home XDG_RUNTIME_DIR=$D/home podman unshare 2>&-)\n"
        "same \"$(own --map-auto)\" \"$p\"\n"
        "same \"$(own --map-auto | head -n 4)\" \"0 54321 1\n1 100000 10\n"
        "11 200000 20\n31 300000 65536\"\n");
}
END_TEST

/* As podman run --userns=keep-id, and as unshare --map-auto -c where its one range is short. */
START_TEST(the_current_user_keeps_its_ids_among_its_ranges)
{
    if (lacks("the_current_user_keeps_its_ids_among_its_ranges"))
        return;
    script_succeeds(
        0, USER_WITH_SMALL_RANGES
        "same \"$(own --map-auto --map-current-user | head -n 5)\" \"54321 54321 1\n0 100000 10\n"
        "10 200000 20\n30 300000 54291\n54322 354291 11245\"\n"
        "gives 0 user $BINARY -s --unshare user --map-auto --map-current-user -- sh -euc '\n"
        "[ \"$(id -u) $(id -G)\" = \"54321 54321\" ]; touch /tmp/nsinit-kept-$$; stat -c %u:%g "
        "/tmp/nsinit-kept-$$; rm /tmp/nsinit-kept-$$\n"
        "grep -q \"^CapEff:.*0000000000000000\" /proc/self/status'\n"
        "[ \"$(cat out)\" = 54321:54321 ]\n"
        "echo user:100000:10 >ranges\n"
        "same \"$(own --map-auto --map-current-user)\" \"$(maps unshare --map-auto -c)\"\n");
}
END_TEST

/* sssd(8) has ranges, too: the name service that is asked is in nsswitch.conf(5). */
START_TEST(getsubids_is_asked_where_the_files_have_no_range)
{
    if (lacks("getsubids_is_asked_where_the_files_have_no_range"))
        return;
    script_succeeds(
        0, USER_WITH_RANGES
        "echo else:1:1 >ranges; mkdir bin; cat >bin/getsubids <<'END'\n#!/bin/sh\n"
        "[ $# = 1 ] && echo \"0: $1 500000 7\" && echo \"1: $1 600000 8\" && exit\n"
        "[ \"$1\" = -g ] && echo \"0: $2 700000 9\"\nEND\n"
        "chmod 755 bin/*; PATH=$D/bin:$PATH\n"
        "gives 0 ns --unshare user --map-auto -- sh -c 'echo $(cat /proc/self/uid_map)'\n"
        "[ \"$(cat out)\" = '0 0 1 1 500000 7 8 600000 8' ]\n"
        "gives 0 ns --unshare user --map-auto -- sh -c 'echo $(cat /proc/self/gid_map)'\n"
        "[ \"$(cat out)\" = '0 0 1 1 700000 9' ]\n"
        "printf '#!/bin/sh\\necho \"0: $1 5 5\"; echo Error >&2; exit 1' >bin/getsubids\n"
        "gives 125 ns --unshare user --map-auto -- true; says 'has no range for root'\n"
        "[ $(grep -c . err) = 2 ]\n");
}
END_TEST

START_TEST(groups_are_kept_on_request)
{
    if (lacks("groups_are_kept_on_request"))
        return;
    script_succeeds(
        0, USER_WITH_SMALL_RANGES
        "echo secret >theirs; chown 0:7777 theirs; chmod 640 theirs\n"
        "for more in '' ' --unshare pid,mnt'; do\n"
        "gives 0 user $BINARY -s --unshare user$more --map-auto --keep-groups -- cat theirs\n"
        "gives 1 user $BINARY -s --unshare user$more --map-auto -- cat theirs\n"
        "done\n"
        "gives 0 user $BINARY -s --keep-groups --unshare user --map-auto -- id -G\n"
        "[ \"$(cat out)\" = '0 65534' ]\n"
        "gives 0 setpriv --groups 7777 $BINARY -s --user 54321:1 --keep-groups -- id -G\n"
        "[ \"$(cat out)\" = '1 7777' ]\n"
        "gives 0 setpriv --groups 7777 $BINARY -s --user 54321:1 --keep-groups --groups 5 -- id "
        "-G\n"
        "[ \"$(cat out)\" = '1 5' ]\n"
        "mkfifo go; chmod 666 go; setpriv --groups 7777 $BINARY -s --unshare user --map "
        "0:100000:10 -- sh -c "
        "'echo >go; exec sleep 1000' & read line <go; read p _ </proc/$!/task/$!/children || :\n"
        "gives 0 setpriv --groups 7777 $BINARY -s --enter user=$p --keep-groups -- id -G\n"
        "[ \"$(cat out)\" = '0 65534' ]; kill $p\n");
}
END_TEST

/* user_namespaces(7): the kernel takes a range of one extent of the parent's map. */
START_TEST(a_range_may_span_extents_of_the_parents_map)
{
    if (lacks_root("a_range_may_span_extents_of_the_parents_map"))
        return;
    script_succeeds(
        0,
        "chmod 755 $D\n"
        "nested() { ns --unshare user --map 0:100000:10 --map 10:200000:10 -- \"$@\"; }\n"
        "gives 0 nested $BINARY -s --unshare user --map 7:5:10 -- sh -c 'echo $(cat "
        "/proc/self/uid_map /proc/self/gid_map)'\n"
        "[ \"$(cat out)\" = '7 5 5 12 10 5 7 5 5 12 10 5' ]\n"
        "gives 125 nested $BINARY -s --unshare user --map 0:15:6 -- true\n"
        "says \"nsinit: --map: the ID 20 is not in nsinit's own user namespace\"\n"
        "says 'hint: map IDs that are in its first column: cat /proc/self/uid_map'\n"
        "gives 125 nested $BINARY -s --unshare user --map-users 0:0:2 --map-groups 0:20:2 -- true\n"
        "says 'cat /proc/self/gid_map'\n"
        "gives 0 ns --unshare user --map 0:0:4294967295 -- true\n"
        "gives 125 ns --unshare user --map 0:0:4294967295 --map-users 4294967295:4294967295:1 "
        "-- true\n"
        "says 'the ID 4294967295 is not in'\n");
}
END_TEST

START_TEST(a_pod_maps_as_a_single_program_does)
{
    if (lacks("a_pod_maps_as_a_single_program_does"))
        return;
    script_succeeds(
        0, USER_WITH_SMALL_RANGES
        "printf '[pod]\\nunshare = user\\nmap = 0:100000:10\\nmap = 10:200000:20\\n[service a]\\n"
        "command = grep -c 10 /proc/self/uid_map\\n[service b]\\ncommand = id -G\\nkeep-groups = "
        "yes\\nafter = a\\ntype = oneshot\\n' >pod\n"
        "gives 0 user $BINARY -s --control no --pod pod; cat out err\n"
        "gives 125 ns --map 0:0:1 -- true; says '--map: needs a new user namespace'\n"
        "gives 125 ns --unshare user --map 0:0:1 --map-current-user -- true\n"
        "says '--map-current-user: excludes --map'\n"
        "gives 125 ns --unshare user --map-root-user --map-current-user -- true\n"
        "says '--map-root-user: excludes --map-current-user'\n"
        "gives 125 ns --unshare user --map-auto --map 0:0:1 -- true\n"
        "says '--map-auto: excludes --map'\n");
}
END_TEST

TCase *id_maps_case(void)
{
    const TTest *const tests[] = {one_map_without_the_other_is_refused_with_both,
                                  without_root_in_the_map_the_program_is_the_first_that_is,
                                  without_root_in_the_map_the_namespaces_are_set_up_as_with_it,
                                  users_and_groups_are_judged_alone,
                                  user_says_otherwise,
                                  an_entering_service_is_not_root_of_the_machine,
                                  a_health_check_is_not_root_of_the_machine,
                                  an_ordinary_user_is_the_user_it_maps_itself_to,
                                  setgroups_allow_is_blamed_for_a_map_of_groups_that_it_forbids,
                                  a_newuidmap_without_rights_is_named,
                                  an_ordinary_user_maps_its_ranges_as_by_unshare,
                                  map_auto_has_all_ranges_as_in_podman,
                                  the_current_user_keeps_its_ids_among_its_ranges,
                                  getsubids_is_asked_where_the_files_have_no_range,
                                  groups_are_kept_on_request,
                                  a_range_may_span_extents_of_the_parents_map,
                                  a_pod_maps_as_a_single_program_does,
                                  NULL};

    return case_of("id_maps", tests);
}
