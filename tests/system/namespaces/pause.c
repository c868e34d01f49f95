/*
 * pause.c - nsinit -P holds namespaces for others to enter
 */
#include <signal.h>

#include "system/isolated_script.h"
#include "system/script.h"
#include "system/system.h"

/* `hold OPTION...` is a pause; its PID inside is in $held, what it has said in the file said. */
#define HOLD                                                                                    \
    "mkfifo ready\n"                                                                            \
    "hold() {\n"                                                                                \
    "    $BINARY -s -P -v \"$@\" 2>ready & pause=$!\n"                                          \
    "    exec 5<ready; read -r line <&5; held=${line##* }\n"                                    \
    "    until [ \"$(readlink /proc/$held/exe)\" = \"$(readlink /proc/$pause/exe)\" ] &&\n"     \
    "        [ \"$(tr '\\0' ' ' </proc/$held/cmdline)\" = '/proc/self/exe -P ' ]; do :; done\n" \
    "}\n"                                                                                       \
    "release() { kill $pause; wait $pause; exec 5<&-; [ ! -e /proc/$held ]; }\n"

START_TEST(new_namespaces_are_entered_by_the_pid)
{
    script_succeeds_for_all(HOLD
                            "hold --unshare user,mnt,uts --map-root-user --hostname held\n"
                            "gives 0 nsenter -t $held -U -u --preserve-credentials hostname\n"
                            "[ $(cat out) = held ]\n"
                            "gives 0 ns --enter user,uts=$held -- hostname; [ $(cat out) = held ]\n"
                            "release\n");
}
END_TEST

START_TEST(in_a_pid_namespace_it_is_pid_1_and_reaps)
{
    script_succeeds_for_all(
        HOLD "hold --unshare user,mnt,pid --map-root-user\n"
             "[ \"$(ns --enter all=$held -- cat /proc/1/cmdline | tr '\\0' ' ')\" = "
             "'/proc/self/exe -P ' ]\n"
             "ns --enter all=$held -- sh -c 'sleep 1000 & echo $!' >orphan\n"
             "ns --enter all=$held -- ps -eo comm= | grep -q sleep\n"
             "ns --enter all=$held -- kill $(cat orphan)\n"
             "while ns --enter all=$held -- ps -eo comm= | grep -q sleep; do :; done\n"
             "release\n");
}
END_TEST

/* An empty network namespace, without a name and without a program of the user's. */
START_TEST(an_entered_namespace_is_held_too)
{
    if (lacks_root("an_entered_namespace_is_held_too"))
        return;
    script_succeeds(0, HOLD "hold --unshare net; first=$held; one=$pause\n"
                            "hold --enter net=$first --unshare uts\n"
                            "kill $one; wait $one; [ ! -e /proc/$first ]\n"
                            "gives 0 nsenter -t $held -n ip link; grep -q 'lo:.*UP' out\n"
                            "release\n");
}
END_TEST

/* As catatonit -P, the pause ends with 0 at its first request, be that before it has begun. */
START_TEST(it_ends_by_itself_with_0)
{
    struct process process;
    const char *const signals[] = {"INT", "TERM"};

    for (size_t i = 0; i < 2; i++) {
        process_start(&process,
                      AS_SECOND("-s", "-P", "-v", "--unshare", "user,pid", "--map-root-user"));
        process_expect(&process, "main: started /proc/self/exe as");
        process_signal(&process, strcmp(signals[i], "INT") == 0 ? SIGINT : SIGTERM);
        ck_assert_int_eq(process_wait(&process), 0);
    }
}
END_TEST

START_TEST(it_takes_no_program_and_names_what_is_missing)
{
    script_succeeds(0, "gives 125 ns -P --unshare uts -- true\n"
                       "says \"--pause: takes no program, but 'true' is given\"\n"
                       "mkdir root\n"
                       "gives 127 ns -P --unshare mnt --root $D/root\n"
                       "says 'main: exec /proc/self/exe: '\n");
}
END_TEST

TCase *pause_case(void)
{
    const TTest *const tests[] = {new_namespaces_are_entered_by_the_pid,
                                  in_a_pid_namespace_it_is_pid_1_and_reaps,
                                  an_entered_namespace_is_held_too,
                                  it_ends_by_itself_with_0,
                                  it_takes_no_program_and_names_what_is_missing,
                                  NULL};

    return case_of("pause", tests);
}
