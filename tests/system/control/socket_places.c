/*
 * socket_places.c - where the control socket is when nobody says where, and who may be there
 */
#include <stdlib.h>

#include "system/script.h"
#include "system/system.h"

/* Directories of the test's own in the place of the machine's. `ends` ends the pod that `begins`
 * has begun, when `asks` has been answered. */
#define OWN_PLACES                                                                            \
    "unset XDG_RUNTIME_DIR NSINIT_CONTROL\n"                                                  \
    "mount -t tmpfs -o mode=755 none /run; mount -t tmpfs -o mode=1777 none /dev/shm\n"       \
    "printf '[service web]\\ncommand = sleep 1000\\n' >pod; chmod 755 .\n"                    \
    "begins() { \"$@\" $BINARY -s --pod $D/pod 2>err & nsinit=$!; }\n"                        \
    "asks() { until \"$@\" $BINARY --ctl status >out 2>why; do sleep 0.02; done; }\n"         \
    "ends() { asks \"$@\"; grep -q '^web .*running' out; kill $nsinit; code=0; wait $nsinit " \
    "|| code=$?; [ $code = 0 ]; }\n"                                                          \
    "as_user='setpriv --reuid 54321 --regid 54321 --clear-groups'\n"

static bool lacks_all(const char *test)
{
    if (lacks_root(test))
        return true;
    if (system("command -v setpriv >/dev/null && command -v socat >/dev/null") == 0)
        return false;
    skip_test(test, "needs setpriv and socat");
    return true;
}

START_TEST(where_run_is_read_only_the_socket_is_in_dev_shm)
{
    if (lacks_all("where_run_is_read_only_the_socket_is_in_dev_shm"))
        return;
    script_succeeds(0, OWN_PLACES "mount -o remount,ro /run\n"
                                  "begins env; asks env\n"
                                  "says '--control /run/nsinit.sock: Read-only file system: using "
                                  "/dev/shm/nsinit-0/nsinit.sock instead'\n"
                                  "[ $(stat -c %a /dev/shm/nsinit-0) = 700 ]\n"
                                  "ends env; [ ! -e /dev/shm/nsinit-0 ]\n");
}
END_TEST

START_TEST(the_runtime_directory_comes_before_dev_shm)
{
    if (lacks_all("the_runtime_directory_comes_before_dev_shm"))
        return;
    script_succeeds(0, OWN_PLACES "mkdir own; chown 54321 own; export XDG_RUNTIME_DIR=$D/own\n"
                                  "begins $as_user; asks $as_user\n"
                                  "says \"--control /run/nsinit.sock: Permission denied: using "
                                  "$D/own/nsinit/nsinit.sock instead\"\n"
                                  "[ \"$(stat -c '%a %u' own/nsinit)\" = '700 54321' ]\n"
                                  "ends $as_user; [ ! -e own/nsinit ]\n");
}
END_TEST

START_TEST(an_ordinary_user_has_a_pod_beside_roots)
{
    if (lacks_all("an_ordinary_user_has_a_pod_beside_roots"))
        return;
    script_succeeds(0, OWN_PLACES "begins env; asks env; first=$nsinit\n"
                                  "begins $as_user; asks $as_user\n"
                                  "says 'using /dev/shm/nsinit-54321/nsinit.sock instead'\n"
                                  "second=$nsinit; begins $as_user\n"
                                  "until grep -q 'another nsinit listens there: nsctl will not "
                                  "work' err; do sleep 0.02; done\n"
                                  "kill $nsinit; wait $nsinit || :\n"
                                  "nsinit=$second; ends $as_user; nsinit=$first; ends env\n");
}
END_TEST

/* A service that may write to /dev/shm is there first. */
START_TEST(a_directory_of_another_user_is_not_used)
{
    if (lacks_all("a_directory_of_another_user_is_not_used"))
        return;
    script_succeeds(0, OWN_PLACES
                    "mount -o remount,ro /run\n"
                    "for mode in 700 777; do\n"
                    "    $as_user mkdir -m $mode /dev/shm/nsinit-0\n"
                    "    begins env; until grep -q 'nsctl will not work' err; do sleep 0.02; done\n"
                    "    kill $nsinit; wait $nsinit || :\n"
                    "    [ -z \"$(ls -A /dev/shm/nsinit-0)\" ]; rmdir /dev/shm/nsinit-0\n"
                    "done\n"
                    "mkdir -m 777 open; export XDG_RUNTIME_DIR=$D/open\n"
                    "begins env; until grep -q 'using /dev/shm' err; do sleep 0.02; done\n"
                    "ends env; [ ! -e open/nsinit ]\n");
}
END_TEST

/* Whoever was there first would choose whom root's nsctl talks to. */
START_TEST(nsctl_does_not_look_in_a_directory_of_another_user)
{
    if (lacks_all("nsctl_does_not_look_in_a_directory_of_another_user"))
        return;
    script_succeeds(0,
                    OWN_PLACES "$BINARY -s --control $D/other --pod pod & nsinit=$!\n"
                               "until $BINARY --ctl -c $D/other status >out; do sleep 0.02; done\n"
                               "$as_user mkdir -m 700 /dev/shm/nsinit-0\n"
                               "$as_user ln -s $D/other /dev/shm/nsinit-0/nsinit.sock\n"
                               "gives 125 $BINARY --ctl status\n"
                               "says \"/dev/shm/nsinit-0/nsinit.sock: other users may write to its "
                               "directory\"\n"
                               "kill $nsinit; wait $nsinit || :\n");
}
END_TEST

START_TEST(nsctl_talks_only_to_a_nsinit_of_roots_or_its_own_users)
{
    if (lacks_all("nsctl_talks_only_to_a_nsinit_of_roots_or_its_own_users"))
        return;
    script_succeeds(0,
                    OWN_PLACES "chmod 777 /run\n"
                               "$as_user socat UNIX-LISTEN:/run/nsinit.sock,mode=666,fork "
                               "SYSTEM:'echo web a lie running; echo ok' & other=$!\n"
                               "until [ -S /run/nsinit.sock ]; do sleep 0.02; done\n"
                               "for path in '' '-c /run/nsinit.sock'; do\n"
                               "    gives 125 $BINARY --ctl $path status\n"
                               "    says 'nsctl: /run/nsinit.sock: the server runs as user 54321, "
                               "neither as root nor as this user'\n"
                               "done\n"
                               "begins env; asks env\n"
                               "says 'using /dev/shm/nsinit-0/nsinit.sock instead'\n"
                               "ends env; kill $other\n");
}
END_TEST

START_TEST(a_socket_that_is_removed_is_made_again)
{
    if (lacks_all("a_socket_that_is_removed_is_made_again"))
        return;
    script_succeeds(
        0,
        OWN_PLACES "begins env; asks env\n"
                   "for i in 1 2 3; do rm /run/nsinit.sock; asks env; done\n"
                   "mv /run/nsinit.sock /run/other; asks env; rm /run/other\n"
                   "says '--control /run/nsinit.sock: created the socket again after its removal'\n"
                   "chmod 640 /run/nsinit.sock; rm /run/nsinit.sock; asks env\n"
                   "ends env; [ ! -e /run/nsinit.sock ]\n");
}
END_TEST

TCase *socket_places_case(void)
{
    const TTest *const tests[] = {where_run_is_read_only_the_socket_is_in_dev_shm,
                                  the_runtime_directory_comes_before_dev_shm,
                                  an_ordinary_user_has_a_pod_beside_roots,
                                  a_directory_of_another_user_is_not_used,
                                  nsctl_does_not_look_in_a_directory_of_another_user,
                                  nsctl_talks_only_to_a_nsinit_of_roots_or_its_own_users,
                                  a_socket_that_is_removed_is_made_again,
                                  NULL};

    return case_of("socket_places", tests);
}
