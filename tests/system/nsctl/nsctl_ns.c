/*
 * nsctl_ns.c - nsctl ns beside what /proc and lsns(8) say of the same namespaces
 */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "system/fake_nsinit.h"
#include "system/isolated_script.h"

/* The script succeeds, and what nsctl has said on stderr is in `errors`. */
static void ck_assert_script(struct process *process, const char *script)
{
    int code = run_isolated(process, script);

    ck_assert_msg(code == 0, "code %d, <<%s>> <<%s>>", code, process->output.text,
                  process->errors.text);
}

#define HOLD_SOME                                         \
    "hold --unshare uts,ipc\n"                            \
    "hold --unshare net,cgroup\n"                         \
    "hold --unshare pid,mnt --as-pid-1\n"                 \
    "hold --unshare all --map-root-user --as-pid-1\n"     \
    "nsinit -s --enter net=$held -- sh -c 'echo >there; " \
    "read -r x <never' & await\n"

START_TEST(namespaces_types_and_counts_are_those_of_lsns)
{
    struct process process;

    if (lacks_tool("namespaces_types_and_counts_are_those_of_lsns", "lsns"))
        return;
    ck_assert_script(&process, HOLD_SOME
                     "lsns -n -r -o NS,TYPE,NPROCS >theirs\n"
                     "nsctl ns >ours\n"
                     "awk '$3 > 0' theirs | sort >theirs-sorted\n"
                     "awk 'NR > 1 && $3 > 0 {print $1, $2, $3}' ours | sort >ours-sorted\n"
                     "diff theirs-sorted ours-sorted\n"
                     "test $(wc -l <ours-sorted) -ge 20\n");
    ck_assert_str_eq(process.errors.text, "");
}
END_TEST

START_TEST(the_first_process_is_the_one_with_the_lowest_pid)
{
    struct process process;

    ck_assert_script(&process, "hold --unshare uts; first=$held\n"
                               "hold --enter uts=$first\n"
                               "nsctl ns --type uts $held >ours\n"
                               "awk -v pid=$first 'NR == 2 {exit !($4 == pid && $3 == 2)}' ours\n"
                               "grep -q 'root .* sh -c echo >there; ' ours\n");
}
END_TEST

START_TEST(only_the_chosen_types_are_listed)
{
    struct process process;

    ck_assert_script(&process, "nsctl ns --type uts,net | awk '{print $2}'");
    ck_assert_str_eq(process.output.text, "TYPE\nnet\nuts\n");
    ck_assert_int_eq(run_isolated(&process, "nsctl ns --type uts,nte"), 125);
    ck_assert_str_eq(process.errors.text,
                     "nsctl: --type: unknown namespace 'nte'; did you mean net?\n");
}
END_TEST

static const char check_objects[] =
    "nsctl ns --json >objects\n"
    "cat >check.py <<'END'\n"
    "import fcntl, json, os\n"
    "def owner(path):\n"
    "    fd = os.open(path, os.O_RDONLY)\n"
    "    try: return os.fstat(fcntl.ioctl(fd, 0xb701)).st_ino\n"
    "    except PermissionError: return None\n"
    "def status(pid, key):\n"
    "    for line in open(f'/proc/{pid}/status'):\n"
    "        if line.startswith(key + ':'): return [int(word) for word in line.split()[1:]]\n"
    "alive = {int(name) for name in os.listdir('/proc') if name.isdigit()} - {os.getpid()}\n"
    "seen = {}\n"
    "for line in open('objects'):\n"
    "    ns = json.loads(line)\n"
    "    seen[ns['type'], ns['id']] = ns\n"
    "    if ns['processes'] == 0: continue\n"
    "    assert ns['processes'] == len(ns['pids']) and ns['pid'] == min(ns['pids']), ns\n"
    "    pid = ns['pid']\n"
    "    if pid not in alive: continue\n"
    "    assert ns['nspid'] == status(pid, 'NSpid'), ns\n"
    "    assert ns['uid'] == status(pid, 'Uid')[1], ns\n"
    "    words = open(f'/proc/{pid}/cmdline').read().rstrip('\\0').split('\\0')\n"
    "    assert ns['command'] == ' '.join(words), ns\n"
    "    assert ns['owner'] == owner(f'/proc/{pid}/ns/' + ns['type']), ns\n"
    "    assert (ns['owner_uid'] is not None) == (ns['type'] == 'user'), ns\n"
    "    assert set(ns['unreadable']) <= {'services', 'ns_id', 'parent', 'owner'}, ns\n"
    "    assert ns['services'] is None and ns['unreadable']['services'], ns\n"
    "for pid in alive:\n"
    "    for kind in 'user mnt pid net uts ipc cgroup time'.split():\n"
    "        link = os.readlink(f'/proc/{pid}/ns/{kind}')\n"
    "        assert pid in seen[kind, int(link.split('[')[1][:-1])]['pids'], (pid, kind)\n"
    "END\n"
    "python3 check.py\n";

START_TEST(the_objects_say_what_proc_and_the_kernel_say)
{
    struct process process;
    char script[4000];

    if (lacks_tool("the_objects_say_what_proc_and_the_kernel_say", "python3"))
        return;
    snprintf(script, sizeof script, "%s%s", HOLD_SOME, check_objects);
    ck_assert_script(&process, script);
}
END_TEST

/* ---- whom it is shared with ------------------------------------------------------------------ */

START_TEST(other_processes_in_it_are_named_once_and_counted)
{
    struct process process;

    ck_assert_script(&process, "hold --unshare uts; first=$held\n"
                               "nsctl ns --type uts $first | awk 'NR == 2 {print $NF}'\n"
                               "for i in 1 2 3 4; do hold --enter uts=$first; done\n"
                               "nsctl ns --type uts $first | awk 'NR == 2 {print $(NF-1), $NF}'\n");
    ck_assert_str_eq(process.output.text, "-\nsh +3\n");
}
END_TEST

/* Web is there before db. */
#define POD                                                   \
    "printf '[pod]\\ncontrol = %s\\nunshare = net\\n"         \
    "[service web]\\ncommand = sh -c \"read -r x <never\"\\n" \
    "[service db]\\nafter = web\\nunshare = uts\\n"           \
    "command = sh -c \"" HOLDER "\"\\n' $PWD/sock >pod\n"

START_TEST(the_services_in_it_are_named)
{
    struct process process;

    ck_assert_script(&process, POD "nsinit -s --pod pod & await\n"
                                   "nsctl -c sock ns web --type net,uts | awk '{print $2, $NF}'\n"
                                   "nsctl -c sock ns db --type uts | awk 'NR > 1 {print $NF}'\n"
                                   "nsctl -c sock ns db --type net --json\n");
    ck_assert_contains(process.output.text, "net web,db\n");
    ck_assert_contains(process.output.text, "uts web\ndb\n");
    ck_assert_contains(process.output.text, "\"services\":[\"web\",\"db\"],\"unreadable\":{");
}
END_TEST

START_TEST(the_services_of_a_nsinit_in_another_pid_namespace_are_named_too)
{
    struct process process;

    ck_assert_script(&process,
                     POD "nsinit -s --unshare pid,mnt --as-pid-1 -- $PWD/nsinit --pod pod &\n"
                         "await\n"
                         "nsctl -c sock ns web --type net | awk 'NR > 1 {print $NF}'\n");
    ck_assert_str_eq(process.output.text, "web,db\n");
}
END_TEST

/* The PIDs that nsinit tells would be those of other processes there. */
START_TEST(by_the_proc_of_another_pid_namespace_no_services_are_named)
{
    struct process process;

    ck_assert_script(&process, POD
                     "nsinit -s --pod pod & await\n"
                     "nsinit -s --unshare pid --as-pid-1 -- nsctl -c sock ns --json --type net\n"
                     "nsctl -c sock ns --json --type net\n");
    ck_assert_int_eq(count_of(process.output.text, "\"services\":null"), 2);
    ck_assert_int_eq(count_of(process.output.text, "\"services\":[\"web\",\"db\"]"), 1);
    ck_assert_contains(process.output.text, "it is not that of this PID namespace");
}
END_TEST

static void play_silence(int listener, const void *argument)
{
    (void)argument;
    (void)fake_accept(listener, "status\n");
    pause();
}

START_TEST(a_nsinit_that_does_not_answer_is_not_waited_for)
{
    struct process process;
    struct fake fake;

    fake_start(&fake, play_silence, NULL);
    ck_assert_int_eq(process_run(&process, &(struct process_options){.arguments = COMMAND(
                                                                         nsinit_called("nsctl"),
                                                                         "ns", "--type", "uts")}),
                     0);
    ck_assert_contains(process.output.text, "  uts  ");
}
END_TEST

/* ---- in which nobody lives ------------------------------------------------------------------- */

/* The shell is PID 1 there. */
START_TEST(a_namespace_kept_by_a_mount_or_an_open_file_is_listed_without_processes)
{
    struct process process;

    if (lacks_root("a_namespace_kept_by_a_mount_or_an_open_file_is_listed_without_processes"))
        return;
    ck_assert_script(&process,
                     "mount -t tmpfs none /run\n"
                     "nsinit -s --unshare net=netns:blue --unshare uts=/run/kept -- true\n"
                     "hold --unshare ipc; exec 8</proc/$held/ns/ipc; kill -9 $held; wait $! || :\n"
                     "nsctl ns --type net,uts,ipc | awk '$3 == 0 {print $2, $4, $7, $8}'\n"
                     "nsctl ns --type net --json | grep '\"processes\":0,'\n"
                     "id=$(stat -L -c %i /run/netns/blue)\n"
                     "nsctl ns --type net | grep -q \"^$id  net \"\n"
                     "nsctl ns --type net $$ | wc -l\n");
    ck_assert_contains(process.output.text, "net - netns:blue -\nuts - /run/kept -\n"
                                            "ipc - /proc/1/fd/8 -\n");
    ck_assert_contains(process.output.text, "\"pids\":[],\"owner_uid\":null,\"owner\":4026531837,");
    ck_assert_contains(process.output.text, "\"path\":\"/run/netns/blue\",\"netns\":\"blue\"");
    ck_assert_contains(process.output.text, "\n2\n");
}
END_TEST

/* Beside its processes; the files that a nsinit has open for its pod are no names. */
START_TEST(the_mount_that_keeps_a_namespace_is_named_beside_its_processes)
{
    struct process process;

    if (lacks_root("the_mount_that_keeps_a_namespace_is_named_beside_its_processes"))
        return;
    ck_assert_script(
        &process, "mount -t tmpfs none /run\n"
                  "hold --unshare net=netns:blue --unshare uts=/run/kept --unshare ipc\n"
                  "exec 8</proc/$held/ns/ipc\n"
                  "nsctl ns --type net,uts,ipc | awk -v pid=$held '$4 == pid {print $2, $NF}'\n");
    ck_assert_str_eq(process.output.text, "net netns:blue\nuts /run/kept\nipc -\n");
}
END_TEST

/* What is left is as after ip-netns(8) and umount(8). */
START_TEST(dropped_namespaces_are_unmounted_and_their_files_deleted)
{
    struct process process;

    if (lacks_root("dropped_namespaces_are_unmounted_and_their_files_deleted") ||
        lacks_tool("dropped_namespaces_are_unmounted_and_their_files_deleted", "ip"))
        return;
    ck_assert_script(&process,
                     "mount -t tmpfs none /run\n"
                     "nsinit -s --unshare net=netns:blue --unshare uts=/run/kept -- true\n"
                     "ip netns add red; touch empty; unshare --ipc=empty true\n"
                     "echo precious >file; unshare --uts=file true\n"
                     "nsctl ns --drop netns:blue netns:red /run/kept empty file\n"
                     "grep nsfs /proc/self/mountinfo | grep -F -e \" /run/\" -e \" $PWD/\" || :\n"
                     "ls /run/netns; ls -A /run; cat file\n"
                     "[ ! -e empty ]; rm file; [ -z \"$(ip netns list)\" ]\n"
                     "ip netns add blue\n"
                     "ip netns add red; nsctl ns -D /run/netns/red; ip netns list\n");
    ck_assert_str_eq(process.output.text, "netns\nprecious\nblue\n");
}
END_TEST

START_TEST(only_a_mounted_namespace_is_dropped)
{
    struct process process;

    if (lacks_root("only_a_mounted_namespace_is_dropped"))
        return;
    ck_assert_script(&process,
                     "fails() { nsctl ns --drop \"$@\" 2>&1 && exit 9 || echo $?; }\n"
                     "touch file; mkdir dir; mount -t tmpfs none dir; ln -s dir link\n"
                     "for p in file dir link /proc/self/ns/net missing; do fails $p; done\n"
                     "[ -e file ]; grep -q /dir /proc/self/mountinfo; umount dir\n"
                     "rm -r file dir link; fails; fails --tree x\n");
    ck_assert_str_eq(process.output.text,
                     "nsctl: file: no namespace is mounted there\n"
                     "  hint: nsctl ns shows the paths of namespaces\n1\n"
                     "nsctl: dir: no namespace is mounted there\n"
                     "  hint: nsctl ns shows the paths of namespaces\n1\n"
                     "nsctl: link: no namespace is mounted there\n"
                     "  hint: nsctl ns shows the paths of namespaces\n1\n"
                     "nsctl: /proc/self/ns/net: no namespace is mounted there\n"
                     "  hint: nsctl ns shows the paths of namespaces\n1\n"
                     "nsctl: missing: No such file or directory\n1\n"
                     "nsctl: --drop: needs a PATH or netns:NAME, and no other option\n125\n"
                     "nsctl: --drop: needs a PATH or netns:NAME, and no other option\n125\n");
}
END_TEST

/* The file that it was is looked at again for more, and would be waited for. */
START_TEST(a_replaced_namespace_file_is_not_opened)
{
    struct process process;
    char script[500];

    if (lacks_root("a_replaced_namespace_file_is_not_opened"))
        return;
    snprintf(script, sizeof script,
             "mkfifo said; \"%s\" swap fifo >said & read -r line <said\n"
             "i=0; while [ $((i += 1)) -le 50 ]; do nsctl ns --type net >/dev/null; done\n"
             "kill $!\n",
             PROBE);
    ck_assert_script(&process, script);
}
END_TEST

/* Its parent never waits for it, so it has a user namespace of its own for good. */
#define ENDED                                                                      \
    "mkfifo end; sh -c 'unshare -U sh -c \"read -r line <end\" & echo $! >ended; " \
    "exec tail -f /dev/null' & until grep -q tail /proc/$!/comm; do :; done\n"     \
    "echo >end; ended=$(cat ended)\n"                                              \
    "until grep -q '^State:.Z' /proc/$ended/status; do :; done\n"

START_TEST(a_process_that_has_ended_is_skipped)
{
    struct process process;

    if (lacks_tool("a_process_that_has_ended_is_skipped", "unshare"))
        return;
    ck_assert_script(&process,
                     ENDED "[ $(nsctl ns --type user | wc -l) = 2 ]\n"
                           "nsctl ns --json | grep -e \"[[,]$ended[],]\" && exit 1\n"
                           "hold --unshare uts\n"
                           "nsctl ns --type uts $ended $held 2>why\n"
                           "grep \"process $ended: No such process\" why\n"
                           "nsctl ns --diagram=text $ended $held $ended >picture 2>why\n"
                           "grep \"process $ended: No such process\" why\n"
                           "! grep -e '?' picture\n"
                           "for how in '' --diagram=text; do\n"
                           "    code=0; nsctl ns $how $ended >none 2>&1 || code=$?\n"
                           "    [ $code = 1 ]; grep \"process $ended: No such process\" none\n"
                           "done\n");
}
END_TEST

/* ---- trees ----------------------------------------------------------------------------------- */

#define FOUR_DEEP                                                                           \
    "deeper='nsinit -s --unshare pid,mnt --as-pid-1 --'\n"                                  \
    "$deeper $deeper $deeper $deeper sh -c 'echo >there; read -r x <never' & read -r line " \
    "<there\n"                                                                              \
    "pid=$!; for i in 1 2 3 4; do pid=$(child $pid); done\n"                                \
    "levels=$(sed -n 's/^NSpid:.//p' /proc/$pid/status)\n"                                  \
    "id=$(readlink /proc/$pid/ns/pid | tr -dc 0-9)\n"

START_TEST(nested_pid_namespaces_have_the_pid_of_each_level)
{
    struct process process;

    ck_assert_script(
        &process, FOUR_DEEP
        "want=$(echo \"$levels\" | tr '\\t' '>')\n"
        "LC_ALL=C.UTF-8 nsctl ns --tree --type pid >ours\n"
        "grep -q \"^      └─$id  *pid  *1  *$want  *root \" ours || { cat ours; exit 1; }\n"
        "test $(grep -c ' pid ' ours) -eq 5\n"
        "test $(echo \"$want\" | tr -dc '>' | wc -c) -eq 4\n"
        "nsctl ns --json --type pid $pid >object\n"
        "grep -q \"\\\"nspid\\\":\\[$(echo \"$levels\" | tr '\\t' ,)\\]\" object\n");
}
END_TEST

START_TEST(a_tree_is_drawn_in_ascii_where_the_locale_has_no_more)
{
    struct process process;

    ck_assert_script(&process, "hold --unshare pid,mnt --as-pid-1\n"
                               "hold --unshare pid,mnt --as-pid-1\n"
                               "export LC_ALL= LC_CTYPE=POSIX LANG=C.UTF-8\n"
                               "nsctl ns --tree --type pid | sed 's/[0-9].*//'\n"
                               "unset LC_CTYPE; nsctl ns --tree --type pid | sed 's/[0-9].*//'\n");
    ck_assert_contains(process.output.text, "\n\n|-\n`-\nNS");
    ck_assert_contains(process.output.text, "\n\n├─\n└─\n");
}
END_TEST

/* unshare(1) goes on as the same process, so nobody is left in the one between. */
START_TEST(a_namespace_without_a_process_is_in_the_tree_between_its_parent_and_child)
{
    static const char script[] =
        "unshare -r unshare -r sh -c 'echo >there; read -r x <never' & await\n"
        "LC_ALL=C nsctl ns --tree --type user >tree\n"
        "sed -n 's/  */ /g; s/[0-9]\\{6,\\}/ID/; 2,$p' tree | cut -d ' ' -f 1-4\n"
        "middle=$(sed -n 's/^`-\\([0-9]*\\).*/\\1/p' tree)\n"
        "nsctl ns --tree --type user --json | grep \"\\\"id\\\":$middle,\"\n"
        "nsctl ns --tree --type user $! | wc -l\n";
    const char *test = "a_namespace_without_a_process_is_in_the_tree_between_its_parent_and_child";
    struct process process;

    if (lacks_tool(test, "unshare"))
        return;
    ck_assert_script(&process, script);
    ck_assert_contains(process.output.text, "ID user 2 1\n`-ID user 0 -\n `-ID user 1\n");
    ck_assert_contains(process.output.text,
                       "\"processes\":0,\"pid\":null,\"nspid\":null,\"uid\":null,");
    ck_assert_contains(process.output.text, "\"pids\":[],\"owner_uid\":0,\"owner\":");
    ck_assert_contains(process.output.text, "\n4\n");
}
END_TEST

START_TEST(a_tree_of_types_that_are_not_nested_is_an_error)
{
    struct process process;

    ck_assert_int_eq(run_isolated(&process, "nsctl ns --tree --type net,uts"), 125);
    ck_assert_str_eq(process.errors.text,
                     "nsctl: --tree: only pid and user namespaces are nested\n");
}
END_TEST

/* ---- who looks, and where -------------------------------------------------------------------- */

START_TEST(an_ordinary_user_sees_his_own_and_how_many_he_does_not)
{
    struct process process;

    if (lacks_root("an_ordinary_user_sees_his_own_and_how_many_he_does_not"))
        return;
    ck_assert_script(&process,
                     "hold --unshare uts; hold --unshare net\n"
                     "nsinit -s --user 54321 -- env NSINIT_CONTROL=none nsctl ns --type uts\n");
    ck_assert_int_eq(count_of(process.output.text, "\n"), 2);
    ck_assert_contains(process.output.text, "  54321  ");
    ck_assert_str_eq(process.errors.text, "nsctl: 6 processes are not shown: Permission denied\n");
}
END_TEST

/* Its owner is outside of what its own user namespace shows. */
START_TEST(unreadable_namespaces_are_null_with_the_reason)
{
    struct process process;

    ck_assert_script(&process, "nsinit -s --unshare user --map-root-user -- "
                               "env NSINIT_CONTROL=none nsctl ns --json --type net\n");
    ck_assert_contains(process.output.text, "\"owner_uid\":null,\"owner\":null,\"parent\":null,");
    ck_assert_contains(process.output.text,
                       "\"unreadable\":{\"owner\":\"Operation not permitted\",");
    ck_assert_lacks(process.output.text, "\"parent\":\"");
}
END_TEST

START_TEST(on_a_terminal_others_namespaces_have_a_colour_unless_that_is_not_wanted)
{
    static const char *const settings[] = {"TERM=xterm NO_COLOR=", "TERM=xterm NO_COLOR=1",
                                           "TERM=dumb NO_COLOR="};

    for (size_t i = 0; i < 3; i++) {
        struct process process;
        char script[200];

        snprintf(script, sizeof script,
                 "hold --unshare uts; %s nsctl ns --type uts; %s nsctl ns --type uts | cat",
                 settings[i], settings[i]);
        ck_assert_int_eq(run_isolated_on_terminal(&process, script), 0);
        ck_assert_int_eq(count_of(process.output.text, "  uts   "), 4);
        ck_assert_int_eq(count_of(process.output.text, "\033[36m4"), i == 0);
        ck_assert_int_eq(count_of(process.output.text, "\033"), i == 0 ? 2 : 0);
    }
}
END_TEST

static size_t longest_line(const char *text)
{
    static wchar_t wide[10000];
    size_t longest = 0;

    ck_assert_ptr_nonnull(setlocale(LC_ALL, "C.UTF-8"));
    ck_assert_uint_lt(mbstowcs(wide, text, 10000), 10000);
    for (const wchar_t *at = wide; *at != L'\0'; at++) {
        const wchar_t *end = at;

        while (*end != L'\0' && *end != L'\r' && *end != L'\n')
            end++;
        if ((size_t)(end - at) > longest)
            longest = (size_t)(end - at);
        at = *end != L'\0' ? end : end - 1;
    }
    return longest;
}

/* The command has more characters than the line, of two bytes each. */
START_TEST(on_a_terminal_a_long_command_gives_way_by_whole_characters)
{
    struct process process;

    ck_assert_int_eq(run_isolated_on_terminal(&process,
                                              "hold --unshare uts; uts=$held\n"
                                              "word=$(printf 'ä%.0s' $(seq 100))\n"
                                              "nsinit -s --enter uts=$uts -- sh -c 'echo >there; "
                                              "read -r x <never' $word & await\n"
                                              "NO_COLOR=1 nsctl ns --type uts\n"),
                     0);
    ck_assert_uint_eq(longest_line(process.output.text), 80);
    ck_assert_contains(process.output.text, "sh\r\n");
}
END_TEST

START_TEST(on_a_terminal_of_80_columns_all_have_room_and_what_is_cut_has_a_mark)
{
    struct process process;

    ck_assert_int_eq(run_isolated_on_terminal(&process,
                                              "hold --unshare uts; first=$held\n"
                                              "for i in 1 2 3; do hold --enter uts=$first; done\n"
                                              "stty cols 80; NO_COLOR=1 LC_ALL=C.UTF-8 nsctl ns\n"
                                              "NO_COLOR=1 LC_ALL=C nsctl ns\n"),
                     0);
    ck_assert_uint_le(longest_line(process.output.text), 80);
    ck_assert_contains(process.output.text, "…  sh");
    ck_assert_contains(process.output.text, "~  sh");
}
END_TEST

START_TEST(escape_sequences_are_not_printed)
{
    struct process process;

    ck_assert_script(&process, "nsinit -s --unshare uts -- sh -c '" HOLDER
                               "' \"$(printf 'a\\033[31mb\\377c')\" & await; pid=$(child $!)\n"
                               "nsctl ns --type uts $pid; nsctl ns --type uts --json $pid\n");
    ck_assert_lacks(process.output.text, "\033");
    ck_assert_lacks(process.output.text, "\377");
    ck_assert_contains(process.output.text, " a [31mb?c  ");
    ck_assert_contains(process.output.text, " a\\u001b[31mb\xEF\xBF\xBD"
                                            "c\"");
}
END_TEST

#define NSCTL(...) COMMAND(nsinit_called("nsctl"), __VA_ARGS__)

START_TEST(an_option_may_be_cut_as_far_as_it_is_no_other)
{
    struct process process;

    ck_assert_int_eq(
        process_run(&process,
                    &(struct process_options){.arguments = NSCTL("ns", "--ty=uts", "--tr")}),
        125);
    ck_assert_str_eq(process.errors.text,
                     "nsctl: --tree: only pid and user namespaces are nested\n");
    ck_assert_int_eq(
        process_run(&process, &(struct process_options){.arguments = NSCTL("ns", "--t=uts")}), 125);
    ck_assert_str_eq(process.errors.text, "nsctl: --t=uts: could be --type or --tree\n");
    ck_assert_int_eq(
        process_run(&process, &(struct process_options){.arguments = NSCTL("status", "-T")}), 125);
    ck_assert_str_eq(process.errors.text, "nsctl: status: --tree is for ns\n");
}
END_TEST

TCase *nsctl_ns_case(void)
{
    const TTest *const tests[] = {
        namespaces_types_and_counts_are_those_of_lsns,
        the_first_process_is_the_one_with_the_lowest_pid,
        only_the_chosen_types_are_listed,
        the_objects_say_what_proc_and_the_kernel_say,
        other_processes_in_it_are_named_once_and_counted,
        the_services_in_it_are_named,
        the_services_of_a_nsinit_in_another_pid_namespace_are_named_too,
        by_the_proc_of_another_pid_namespace_no_services_are_named,
        a_nsinit_that_does_not_answer_is_not_waited_for,
        a_namespace_kept_by_a_mount_or_an_open_file_is_listed_without_processes,
        the_mount_that_keeps_a_namespace_is_named_beside_its_processes,
        dropped_namespaces_are_unmounted_and_their_files_deleted,
        only_a_mounted_namespace_is_dropped,
        a_replaced_namespace_file_is_not_opened,
        a_process_that_has_ended_is_skipped,
        nested_pid_namespaces_have_the_pid_of_each_level,
        a_tree_is_drawn_in_ascii_where_the_locale_has_no_more,
        a_namespace_without_a_process_is_in_the_tree_between_its_parent_and_child,
        a_tree_of_types_that_are_not_nested_is_an_error,
        an_ordinary_user_sees_his_own_and_how_many_he_does_not,
        unreadable_namespaces_are_null_with_the_reason,
        on_a_terminal_others_namespaces_have_a_colour_unless_that_is_not_wanted,
        on_a_terminal_a_long_command_gives_way_by_whole_characters,
        on_a_terminal_of_80_columns_all_have_room_and_what_is_cut_has_a_mark,
        escape_sequences_are_not_printed,
        an_option_may_be_cut_as_far_as_it_is_no_other,
        NULL};

    return case_of("nsctl_ns", tests);
}
