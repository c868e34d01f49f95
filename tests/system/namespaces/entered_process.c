/*
 * entered_process.c - what a program takes over from the process whose namespaces it joins
 */
#include <stdlib.h>
#include <unistd.h>

#include "system/isolated_script.h"
#include "system/script.h"
#include "system/system.h"

/*
 * `hold COMMAND...` runs a command, which says that it is there by a line to the FIFO go, and sets
 * p to its PID. `in_root` is a shell in a chroot with the host's programs.
 */
#define HOLD                                                                                      \
    "mkfifo go; chmod 755 $D; chmod 666 go\n"                                                     \
    "hold() { \"$@\" & p=$!; read line <go; }\n"                                                  \
    "same() { [ \"$1\" = \"$2\" ] || { echo \"<$1> <$2>\"; exit 9; }; }\n"                        \
    "tree() { mkdir tree; mount --bind tree tree; mkdir -p tree/a/b; for d in bin lib lib64 usr " \
    "proc dev; do [ ! -e /$d ] || { mkdir "                                                       \
    "tree/$d; mount --bind /$d tree/$d; }; done; mkfifo tree/go; }\n"                             \
    "hold_in_tree() { tree; unshare -mn chroot tree env -i A=1 'B=x y' sh -c 'cd /a/b; echo "     \
    ">/go; exec sleep 1000' & p=$!; read line <tree/go; }\n"                                      \
    "all='--enter mnt,net='\n"

static bool lacks(const char *test)
{
    return lacks_root(test) || lacks_tool(test, "nsenter") || lacks_tool(test, "setpriv");
}

START_TEST(root_and_directory_are_the_processs_as_by_nsenter)
{
    if (lacks("root_and_directory_are_the_processs_as_by_nsenter"))
        return;
    script_succeeds(
        0, HOLD
        "hold_in_tree; show='pwd; echo /*'\n"
        "same \"$(ns $all$p --enter-root --enter-dir -- sh -c \"$show\")\" \"$(nsenter -t $p -m "
        "-n -r -w sh -c \"$show\")\"\n"
        "same \"$(ns $all$p --enter-root -- sh -c 'pwd; echo /*')\" \"/\n$(nsenter -t $p -m -n -r "
        "sh -c 'echo /*')\"\n"
        "same \"$(ns $all$p -- sh -c 'pwd; echo /a/*')\" \"$(nsenter -t $p -m -n sh -c 'pwd; echo "
        "/a/*')\"\n"
        "same \"$(ns --enter net=$p --enter-root --enter-dir -- pwd)\" /a/b\n"
        "for more in pid pid,uts pid,mnt; do\n"
        "same \"$(ns $all$p --enter-root --enter-dir --unshare $more -- pwd)\" /a/b\n"
        "done\n"
        "kill $p\n");
}
END_TEST

START_TEST(a_directory_outside_of_the_root_is_refused)
{
    if (lacks("a_directory_outside_of_the_root_is_refused"))
        return;
    script_succeeds(0, HOLD
                    "hold_in_tree; gives 125 ns --enter net=$p --enter-dir -- true\n"
                    "says 'nsinit: --enter-dir: the directory is outside of the root directory'\n"
                    "says 'hint: enter its root, too: --enter mnt=PID --enter-root'; kill $p\n");
}
END_TEST

START_TEST(the_environment_is_the_processs)
{
    if (lacks("the_environment_is_the_processs"))
        return;
    script_succeeds(
        0, HOLD "hold_in_tree; export MINE=1\n"
                "for more in '' '--unshare pid' '--unshare pid --as-pid-1'; do\n"
                "gives 0 ns $all$p --enter-root --enter-env $more --env C=3 -- /usr/bin/env\n"
                "grep -qx A=1 out; grep -qx 'B=x y' out; grep -qx C=3 out; never grep -q MINE out\n"
                "done\n"
                "gives 0 ns $all$p --enter-root --enter-env --unshare pid -- sh -c 'grep -c MINE "
                "/proc/1/environ || :'\n"
                "printf \"[service a]\\nenter = mnt,net=$p\\nenter-root = yes\\nenter-env = "
                "yes\\ncommand = /usr/bin/env\\n\" >pod\n"
                "gives 0 ns --control no --pod pod; grep -qx 'B=x y' out; never grep -q MINE out\n"
                "kill $p\n");
}
END_TEST

START_TEST(privileges_are_dropped_to_the_processs)
{
    if (lacks("privileges_are_dropped_to_the_processs"))
        return;
    script_succeeds(
        0, HOLD
        "hold unshare -n setpriv --groups 5,6 --bounding-set -sys_admin,-net_raw sh -c 'echo >go; "
        "exec sleep 1000'\n"
        "show='id -G; grep Cap /proc/self/status'\n"
        "want=$(setpriv --groups 5,6 --bounding-set -sys_admin,-net_raw sh -c \"$show\")\n"
        "for more in '' '--unshare pid,mnt'; do\n"
        "same \"$(ns --enter net=$p --enter-privileges $more -- sh -c \"$show\")\" \"$want\"\n"
        "done\n"
        "same \"$(ns --enter net=$p --enter-privileges --user 7 -- id -G)\" '7 5 6'\n"
        "same \"$(ns --enter net=$p --enter-privileges --user 7 --groups 8 -- id -G)\" '7 8'\n"
        "same \"$(ns --enter net=$p --enter-privileges --cap-add net_raw -- grep Bnd "
        "/proc/self/status)\" \"$(setpriv --bounding-set -sys_admin grep Bnd /proc/self/status)\"\n"
        "kill $p\n");
}
END_TEST

/* setgroups(2) is denied to both in there, and needs no rights outside. */
START_TEST(an_ordinary_user_drops_to_its_own_process)
{
    if (lacks("an_ordinary_user_drops_to_its_own_process"))
        return;
    script_succeeds(
        ORDINARY_USER,
        "mkfifo go; $BINARY -s --unshare user,net --map-root-user -- sh -c 'echo >go; exec sleep "
        "1000' &\n"
        "q=$!; read line <go; read p _ </proc/$q/task/$q/children || :\n"
        "gives 0 ns --enter user,net=$p --enter-privileges --enter-dir --enter-env -- sh -c 'id "
        "-u; pwd'\n"
        "[ \"$(cat out)\" = \"0\n$D\" ]; kill $q\n");
}
END_TEST

START_TEST(an_inode_tells_a_process_from_a_later_one_with_its_pid)
{
    const char *const name = "an_inode_tells_a_process_from_a_later_one_with_its_pid";

    if (lacks(name) || lacks_tool(name, "python3"))
        return;
    script_succeeds(
        0, HOLD
        "hold unshare -n sh -c 'echo >go; exec sleep 1000'\n"
        "inode=$(python3 -c \"import os; print(os.fstat(os.pidfd_open($p)).st_ino)\" || :)\n"
        "gives 0 ns --enter net=$p:$inode --unshare pid -- readlink /proc/self/ns/net\n"
        "same \"$(cat out)\" \"$(readlink /proc/$p/ns/net)\"\n"
        "gives 125 ns --enter net=$p:$((inode + 1)) -- true\n"
        "says \"nsinit: --enter $p:$((inode + 1)): the process with this inode has ended, or \"\n"
        "kill $p; wait $p || :\n"
        "gives 125 ns --enter net=$p:$inode -- true; says \"no process $p in nsinit's\"\n");
}
END_TEST

START_TEST(a_socket_leads_to_its_network)
{
    const char *const name = "a_socket_leads_to_its_network";

    if (lacks(name) || lacks_tool(name, "python3"))
        return;
    /* The process itself has left the network of its socket. */
    script_succeeds(
        0, HOLD
        "cat >holder <<'END'\n"
        "import os, socket, subprocess, sys\n"
        "a = socket.socket()\n"
        "os.dup2(a.fileno(), 9)\n"
        "print(os.readlink('/proc/self/ns/net'), file=open('net', 'w'), flush=True)\n"
        "os.set_inheritable(9, True)\n"
        "os.execvp('nsenter', ['nsenter', '-t', '1', '-n', 'sh', '-c', 'echo >go; exec sleep "
        "1000'])\n"
        "END\n"
        "hold unshare -n python3 holder\n"
        "[ $(cat net) != $(readlink /proc/$p/ns/net) ]\n"
        "for more in '' '--unshare pid,mnt'; do\n"
        "same \"$(ns --enter net=$p/9 $more -- readlink /proc/self/ns/net)\" $(cat net)\n"
        "done\n"
        "gives 0 ns --enter net=$p/9 --unshare pid -- ls -l /proc/1/fd; never grep -q net: out\n"
        "gives 125 ns --enter net=$p/8 -- true; says \"open /proc/$p/fd/8: No such file\"\n"
        "mkfifo other; (exec 8<>other; echo >go; exec sleep 1000) & p=$!; read line <go\n"
        "gives 125 ns --enter net=$p/8 -- true\n"
        "says \"--enter $p/8: open the namespace of the socket: \"\n"
        "kill $p\n");
}
END_TEST

/*
 * A file system of FUSE that answers two requests: INIT, and ACCESS for the chdir(2) of a process,
 * whose PID it writes. Every other request waits.
 */
#define HUNG_DIRECTORY                                                                           \
    "cat >fuse <<'END'\n"                                                                        \
    "import ctypes, os, struct, subprocess, sys\n"                                               \
    "fuse = os.open('/dev/fuse', os.O_RDWR)\n"                                                   \
    "options = b'fd=%d,rootmode=40000,user_id=0,group_id=0' % fuse\n"                            \
    "os.mkdir('hung')\n"                                                                         \
    "if ctypes.CDLL(None).mount(b'hung', os.getcwdb() + b'/hung', b'fuse', 0, options) < 0:\n"   \
    "    sys.exit('mount failed')\n"                                                             \
    "child = subprocess.Popen(['unshare', '-n', 'sh', '-c', 'cd hung; echo >../go; exec sleep '" \
    "'1000'])\n"                                                                                 \
    "print(child.pid, file=open('pid', 'w'), flush=True)\n"                                      \
    "init = struct.pack('<4I2H2I2H8I', 7, 31, 0, 0, 0, 0, 4096, 1, 0, 0, *[0] * 8)\n"            \
    "for answer in (init, b''):\n"                                                               \
    "    unique = struct.unpack_from('<Q', os.read(fuse, 65536), 8)[0]\n"                        \
    "    os.write(fuse, struct.pack('<IiQ', 16 + len(answer), 0, unique) + answer)\n"            \
    "child.wait()\n"                                                                             \
    "END\n"

START_TEST(a_process_that_hangs_nsinit_fails_the_start_in_time_and_leaves_nothing)
{
    const char *const name =
        "a_process_that_hangs_nsinit_fails_the_start_in_time_and_leaves_nothing";

    if (lacks(name) || lacks_tool(name, "python3"))
        return;
    if (access("/dev/fuse", R_OK | W_OK) < 0) {
        skip_test(name, "no /dev/fuse here");
        return;
    }
    script_succeeds(
        0, HOLD HUNG_DIRECTORY
        "python3 fuse & read line <go; read p <pid\n"
        "for more in '' '--unshare pid,mnt'; do\n"
        "gives 125 ns --enter net=$p --enter-dir $more --setup-timeout 100ms -- true\n"
        "says 'nsinit: main: setup: the program was not executed within 100ms'; done\n"
        "printf \"[service a]\\nenter = net=$p\\nenter-dir = yes\\nunshare = pid\\nsetup-timeout "
        "= 100ms\\nessential = no\\ncommand = true\\n[service b]\\ncommand = sleep 1000\\n"
        "essential = yes\\n\" >pod\n"
        "mkfifo log; $BINARY -s --control no --pod pod 2>log & q=$!; read line <log\n"
        "until [ $(wc -w </proc/$q/task/$q/children) = 1 ]; do :; done\n"
        "kill $q; wait $q || :; kill $p\n");
}
END_TEST

START_TEST(without_a_process_nothing_can_be_taken_over)
{
    script_succeeds_for_all(
        "for option in root dir env privileges; do\n"
        "gives 125 ns --enter net=netns:blue --enter-$option -- true\n"
        "says \"nsinit: --enter-$option: needs a process: add --enter LIST=PID\"; done\n"
        "gives 125 ns --enter net=999999999 --enter-root -- true; says 'no process 999999999'\n");
}
END_TEST

TCase *entered_process_case(void)
{
    const TTest *const tests[] = {
        root_and_directory_are_the_processs_as_by_nsenter,
        a_directory_outside_of_the_root_is_refused,
        the_environment_is_the_processs,
        privileges_are_dropped_to_the_processs,
        an_ordinary_user_drops_to_its_own_process,
        an_inode_tells_a_process_from_a_later_one_with_its_pid,
        a_socket_leads_to_its_network,
        a_process_that_hangs_nsinit_fails_the_start_in_time_and_leaves_nothing,
        without_a_process_nothing_can_be_taken_over,
        NULL};

    return case_of("entered_process", tests);
}
