/*
 * close_fds.c - --close-fds and --keep-fd: the descriptors that a program gets
 */
#include "system/script.h"
#include "system/system.h"

/* The numbers that a program finds open above stderr, but for those that the test was given. */
#define OPEN                                                                       \
    "open_fds() {\n"                                                               \
    "    \"$@\" sh -c 'for fd in /proc/self/fd/*; do n=${fd##*/}\n"                \
    "        case $(readlink $fd) in $D/[abc]) echo $n ;; esac; done' | sort -n\n" \
    "}\n"                                                                          \
    "export D; touch a b c\n"                                                      \
    "lists() { [ \"$(echo $(cat out))\" = \"$1\" ] || { cat out err; exit 9; }; }\n"

START_TEST(only_kept_descriptors_are_left)
{
    script_succeeds_for_all(
        OPEN "for o in '' '--unshare user,pid --map-root-user' '--restart on-failure:1'; do\n"
             "    gives 0 open_fds ns $o -- 4<a 5<b 8<c; lists '4 5 8'\n"
             "    gives 0 open_fds ns $o --close-fds -- 4<a 5<b 8<c; lists ''\n"
             "    gives 0 open_fds ns $o --close-fds --keep-fd 5 --keep-fd 8 -- 4<a 5<b 8<c\n"
             "    lists '5 8'\n"
             "done\n");
}
END_TEST

/* A restart passes them on again, and only those. */
START_TEST(each_run_has_the_same_descriptors)
{
    script_succeeds(0, OPEN "gives 0 open_fds ns --close-fds --keep-fd 5 --restart on-failure:2 "
                            "--restart-delay 1ms -- sh -c '\"$@\"; exit 1' sh 4<a 5<b\n"
                            "lists '5 5 5'\n");
}
END_TEST

START_TEST(the_descriptor_for_readiness_stays_open)
{
    script_succeeds(0, "gives 0 ns -v --close-fds --ready-fd 4 -- sh -c 'echo >&4'\n"
                       "says 'main: ready'\n");
}
END_TEST

START_TEST(a_descriptor_to_keep_has_to_be_open)
{
    script_succeeds(0, "gives 125 ns --close-fds --keep-fd 7 -- echo it runs\n"
                       "says '--keep-fd 7: nsinit was started without this descriptor'\n"
                       "[ ! -s out ]\n"
                       "gives 125 ns --keep-fd 2 -- true\n"
                       "says \"invalid descriptor '2': use 3 to 1023\"\n"
                       "gives 0 ns --keep-fd 7 -- true\n"
                       "says '--keep-fd: has no effect without --close-fds'\n");
}
END_TEST

/* A socket that a manager listens at is kept as any other descriptor. */
START_TEST(a_pods_services_keep_their_own)
{
    script_succeeds(0, OPEN "printf '%s\\n' '[service one]' 'type = oneshot' 'close-fds = yes'"
                            " 'keep-fd = 4' \"command = sh -c 'ls /proc/self/fd >one'\""
                            " '[service two]' 'type = oneshot'"
                            " \"command = sh -c 'ls /proc/self/fd >two'\" >pod\n"
                            "gives 0 ns --control no --pod pod 4<a 5<b\n"
                            "grep -qx 4 one; never grep -qx 5 one\n"
                            "grep -qx 4 two; grep -qx 5 two\n");
}
END_TEST

TCase *close_fds_case(void)
{
    const TTest *const tests[] = {
        only_kept_descriptors_are_left,          each_run_has_the_same_descriptors,
        the_descriptor_for_readiness_stays_open, a_descriptor_to_keep_has_to_be_open,
        a_pods_services_keep_their_own,          NULL};

    return case_of("close_fds", tests);
}
