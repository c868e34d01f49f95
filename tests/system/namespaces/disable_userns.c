/*
 * disable_userns.c - no further user namespaces: --disable-userns, as bwrap has it
 */
#include <stdlib.h>

#include "system/isolated_script.h"
#include "system/script.h"
#include "system/system.h"

/* Attacks that end with 0 if none of them works. */
#define ATTACKS                                                                       \
    "attacks='never() { if \"$@\" 2>&-; then echo \"it worked: $*\"; exit 8; fi; }\n" \
    "never unshare --user true; never unshare --user --map-root-user true\n"          \
    "never sh -c \"echo 5 >/proc/sys/user/max_user_namespaces\"\n"                    \
    "never unshare --user true'\n"

START_TEST(the_program_makes_no_user_namespace)
{
    script_succeeds_for_all(
        ATTACKS "gives 0 ns --unshare user --map-root-user -- unshare --user true\n"
                "for o in user user,pid,mnt all; do\n"
                "    gives 0 ns --unshare $o --map-root-user --disable-userns -- sh -euc "
                "\"$attacks\"\n"
                "    gives 0 ns --unshare $o,mnt --map-root-user --disable-userns "
                "--mount type=tmpfs,target=/mnt -- sh -euc \"$attacks\"\n"
                "done\n");
}
END_TEST

START_TEST(bwrap_has_the_same_outcome)
{
    if (lacks_tool("bwrap_has_the_same_outcome", "bwrap"))
        return;
    script_succeeds_for_all(
        ATTACKS "gives 0 bwrap --bind / / --unshare-user --disable-userns sh -euc \"$attacks\"\n"
                "gives 0 ns --unshare user,mnt --map-root-user --disable-userns -- "
                "sh -euc \"$attacks\"\n");
}
END_TEST

/* The limit is that of the new namespace: the machine's stays. */
START_TEST(the_machine_keeps_its_limit)
{
    script_succeeds_for_all("cp /proc/sys/user/max_user_namespaces before\n"
                            "gives 0 ns --unshare user --map-root-user --disable-userns -- "
                            "cat /proc/sys/user/max_user_namespaces\n"
                            "[ $(cat out) = 0 ]; cmp before /proc/sys/user/max_user_namespaces\n"
                            "gives 0 ns --unshare user --map-root-user -- true\n");
}
END_TEST

START_TEST(only_the_capability_for_limits_is_dropped)
{
    script_succeeds(0,
                    "show='grep Cap /proc/self/status'\n"
                    "gives 0 ns --unshare user --map-root-user --disable-userns -- $show\n"
                    "mv out wanted\n"
                    "gives 0 ns --unshare user --map-root-user --cap-drop sys_resource -- $show\n"
                    "cmp out wanted\n");
}
END_TEST

/* A command of nsctl exec has the service's capabilities, also in its bounding set. */
START_TEST(a_command_of_nsctls_can_not_raise_the_limit)
{
    struct process process;

    if (lacks_root("a_command_of_nsctls_can_not_raise_the_limit"))
        return;
    ck_assert_int_eq(
        run_isolated(
            &process,
            "hold --control $PWD/socket --unshare user,pid --map-root-user --disable-userns\n"
            "if nsctl -c $PWD/socket exec main sh -c "
            "'echo 5 >/proc/sys/user/max_user_namespaces'; then exit 8; fi\n"
            "if nsctl -c $PWD/socket exec main unshare --user true; then exit 9; fi\n"),
        0);
}
END_TEST

START_TEST(the_option_needs_a_new_user_namespace)
{
    script_succeeds(0,
                    "gives 125 ns --disable-userns -- true\n"
                    "says '--disable-userns: needs a new user namespace: add --unshare user'\n"
                    "gives 125 ns --unshare user --disable-userns --cap-add sys_resource -- true\n"
                    "says '--disable-userns: excludes --cap-add sys_resource'\n"
                    "mkdir empty; mount --bind empty /proc/sys\n"
                    "gives 125 ns --unshare user --disable-userns -- echo it runs\n"
                    "says '--disable-userns: write /proc/sys/user/max_user_namespaces: No such "
                    "file'\n"
                    "[ ! -s out ]\n");
}
END_TEST

TCase *disable_userns_case(void)
{
    const TTest *const tests[] = {the_program_makes_no_user_namespace,
                                  bwrap_has_the_same_outcome,
                                  the_machine_keeps_its_limit,
                                  only_the_capability_for_limits_is_dropped,
                                  a_command_of_nsctls_can_not_raise_the_limit,
                                  the_option_needs_a_new_user_namespace,
                                  NULL};

    return case_of("disable_userns", tests);
}
