/*
 * id_maps.c - id maps that leave nobody root of the machine by accident
 */
#include <stdlib.h>
#include <unistd.h>

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
                                  NULL};

    return case_of("id_maps", tests);
}
