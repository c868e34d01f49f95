/*
 * filesystem.c - what the program sees of files: mounts, another root, propagation, /proc, /dev
 * Each test is a shell script, run by root and by an ordinary user, who is root in there.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "system/script.h"
#include "system/system.h"

/*
 * The scripts work in a directory of their own, $D. `ns` is nsinit with new namespaces; `make_root`
 * makes root/, and $ROOT is the options that use it. At the end no mount is to be left; that one
 * made by others goes is possible any time.
 */
#define PRELUDE                                                                         \
    "set -eu\n"                                                                         \
    "D=$(mktemp -d)\n"                                                                  \
    "cd $D\n"                                                                           \
    "cat /proc/self/mountinfo >before\n"                                                \
    "is_as_before() { ! grep -vxFf before /proc/self/mountinfo >&2; }\n"                \
    "finish() {\n"                                                                      \
    "    code=$?\n"                                                                     \
    "    is_as_before || code=99\n"                                                     \
    "    cd /; chmod -R u+rwx $D; rm -rf $D\n"                                          \
    "    exit $code\n"                                                                  \
    "}\n"                                                                               \
    "trap finish EXIT\n"                                                                \
    "ns() { $BINARY $WAY \"$@\"; }\n"                                                   \
    "make_root() {\n"                                                                   \
    "    mkdir -p root/usr root/proc root/tmp\n"                                        \
    "    ROOT=\"--root $D/root --mount type=bind,source=/usr,target=/usr,readonly\"\n"  \
    "    for p in bin lib lib32 lib64; do\n"                                            \
    "        if [ -L /$p ]; then cp -P /$p root/; elif [ -d /$p ]; then\n"              \
    "            ROOT=\"$ROOT --mount type=bind,source=/$p,target=/$p,readonly\"; fi\n" \
    "    done\n"                                                                        \
    "}\n"

#define AS_ROOT "--unshare mnt,pid,ipc,net"
#define AS_USER "--unshare user,mnt,pid,ipc,net --map-root-user"

struct caller {
    uid_t uid;
    const char *way;
    void (*prepare)(void *argument);
    bool terminal;
};

/* Run the script; its exit code. */
static int run_as(const struct caller *caller, struct process *process, const char *script)
{
    char binary[300];
    char way[200];
    char text[8000];
    struct process_options options = {.place = PLACE_FIRST,
                                      .uid = geteuid() == 0 ? caller->uid : 0,
                                      .prepare = caller->prepare,
                                      .terminal = caller->terminal,
                                      .arguments = COMMAND("env", binary, way, "sh", "-c", text)};

    snprintf(binary, sizeof binary, "BINARY=%s", nsinit_path());
    snprintf(way, sizeof way, "WAY=%s", caller->way);
    ck_assert_uint_lt((size_t)snprintf(text, sizeof text, "%s%s", PRELUDE, script), sizeof text);
    return process_run(process, &options);
}

static const struct caller callers[] = {{.way = AS_ROOT}, {.uid = ORDINARY_USER, .way = AS_USER}};

enum { CALLER_COUNT = sizeof callers / sizeof callers[0] };

static void succeeds_as(const struct caller *caller, const char *script)
{
    struct process process;
    int code = run_as(caller, &process, script);

    ck_assert_msg(code == 0, "%s: code %d; stdout: <<%s>> stderr: <<%s>>", caller->way, code,
                  process.output.text, process.errors.text);
    process_drop(&process);
}

static void succeeds(const char *script)
{
    for (size_t i = 0; i < CALLER_COUNT; i++)
        succeeds_as(&callers[i], script);
}

/* nsinit says `first` and `second`, and its program does not run. */
static void fails_as(const struct caller *caller, const char *first, const char *second,
                     const char *script)
{
    struct process process;

    ck_assert_int_eq(run_as(caller, &process, script), 125);
    ck_assert_contains(process.errors.text, first);
    ck_assert_contains(process.errors.text, second);
    ck_assert_lacks(process.output.text, "it runs");
    process_drop(&process);
}

static void fails(const char *first, const char *second, const char *script)
{
    for (size_t i = 0; i < CALLER_COUNT; i++)
        fails_as(&callers[i], first, second, script);
}

/* Linux 5.10 and 5.11 have no mount_setattr(2). */
static void hide_mount_setattr(void *argument)
{
    (void)argument;
    refuse_call(SYS_mount_setattr, ENOSYS);
}

static void refuse_mount(void *argument)
{
    (void)argument;
    refuse_call(SYS_mount, EPERM);
}

static const struct caller old_callers[] = {
    {.way = AS_ROOT, .prepare = hide_mount_setattr},
    {.uid = ORDINARY_USER, .way = AS_USER, .prepare = hide_mount_setattr}};

START_TEST(new_pid_and_mnt_namespaces_have_a_proc_of_their_own)
{
    succeeds("[ \"$(ns -- readlink /proc/self)\" = 2 ]\n"
             "[ \"$(ns -- cat /proc/1/comm)\" = $(basename $BINARY) ]\n"
             "ns --mount-proc=no -- sh -euc '[ ! -e /proc/$$/stat ] || "
             "[ \"$(readlink /proc/self)\" != $$ ]'\n"
             "make_root\n"
             "[ \"$(ns $ROOT -- readlink /proc/self)\" = 2 ]\n"
             "[ \"$(ns --mount type=proc,target=$D --mount-proc=no -- readlink $D/self)\" = 2 ]\n");
}
END_TEST

START_TEST(the_fresh_proc_comes_before_all_that_is_mounted)
{
    succeeds("echo cover >cover; mkdir t\n"
             "[ \"$(ns --mount type=bind,source=cover,target=/proc/version -- cat /proc/version)\" "
             "= cover ]\n"
             "[ \"$(ns --mount type=tmpfs,target=$D/t --mount-proc=$D/t/proc -- readlink "
             "t/proc/self)\" = 2 ]\n"
             "make_root; ns $ROOT --mount type=bind,source=cover,target=/proc/version -- "
             "grep -q cover /proc/version\n");
}
END_TEST

START_TEST(a_proc_of_the_list_takes_the_place_of_the_fresh_one)
{
    succeeds("for target in /proc //proc/ /./proc/.; do\n"
             "    ns --mount type=proc,target=$target,readonly -- sh -euc '\n"
             "    [ $(readlink /proc/self) -lt 9 ]\n"
             "    grep \" /proc \" /proc/self/mountinfo | tail -n 1 | grep -q \" /proc ro,\"'\n"
             "done\n"
             "ns --mount type=bind,source=/proc,target=/proc -- sh -euc '[ ! -e /proc/$$/stat ] || "
             "[ \"$(readlink /proc/self)\" != $$ ]'\n"
             "make_root; rmdir root/proc\n"
             "[ \"$(ns $ROOT --mount type=proc,target=/proc,readonly -- grep -c ' /proc ' "
             "/proc/self/mountinfo)\" = 1 ]\n");
}
END_TEST

START_TEST(a_tmpfs_is_seen_by_the_program_alone)
{
    succeeds("mkdir t\n"
             "ns --mount type=tmpfs,target=$D/t,tmpfs-size=64k,tmpfs-mode=750 -- sh -euc '\n"
             "touch t/file; [ $(stat -c %a t) = 750 ]; [ $(stat -f -c %T t) = tmpfs ]\n"
             "[ $(($(stat -f -c %b t) * $(stat -f -c %S t))) = 65536 ]\n"
             "grep -q \"$PWD/t rw,nosuid,nodev\" /proc/self/mountinfo'\n"
             "[ ! -e t/file ]\n"
             "ns --mount type=tmpfs,target=$D/t,readonly -- sh -euc 'touch t/file 2>&- && "
             "exit 9; :'\n");
}
END_TEST

START_TEST(a_bind_mount_shows_the_source_at_the_target)
{
    succeeds("mkdir a b; echo old >b/old\n"
             "ns --mount type=bind,source=$D/a,target=$D/b -- sh -euc 'echo text >b/file; "
             "[ ! -e b/old ]'\n"
             "[ \"$(cat a/file)\" = text ]; [ ! -e b/file ]\n"
             /* A relative source is taken from where nsinit is started. */
             "ns --mount type=bind,source=a,target=$D/b -- grep -q text b/file\n"
             "ns --mount type=bind,source=a/file,target=$D/b/old -- grep -q text b/old\n");
}
END_TEST

static const char read_only_script[] =
    "mkdir -p a/sub b\n"
    "ns --mount type=tmpfs,target=$D/a/sub -- sh -euc '\n"
    "$0 $1 --mount type=bind,source=a,target=$PWD/b,readonly -- sh -euc \"\n"
    "touch a/file a/sub/file\n"
    "touch b/new 2>&- && exit 9\n"
    "touch b/sub/new 2>&- && exit 9\n"
    "[ -e b/sub/file ]\n"
    /* What it had before it still has: in a user namespace it may not even be taken away. */
    "grep -q \\\"$PWD/b/sub ro,nosuid,nodev,noexec,relatime\\\" /proc/self/mountinfo\n"
    "\"' $BINARY \"$WAY\"\n"
    "[ ! -e b/file ]\n";

START_TEST(a_read_only_bind_is_read_only_all_the_way_down)
{
    succeeds(read_only_script);
}
END_TEST

START_TEST(before_linux_5_12_read_only_goes_down_as_well)
{
    for (size_t i = 0; i < CALLER_COUNT; i++) {
        succeeds_as(&old_callers[i], read_only_script);
        succeeds_as(
            &old_callers[i],
            "make_root; mkdir 'a b'\n"
            "ns $ROOT --read-only --mount type=tmpfs,target=/tmp -- sh -euc '\n"
            "touch /file 2>&- && exit 9; touch /tmp/file; touch /usr/file 2>&- && "
            "exit 9; :'\n"
            "ns --mount type=bind,source=/,target='/proc/../'\"$D/a b\",readonly -- sh -euc '"
            "touch \"a b/tmp/file\" 2>&- && exit 9; :'\n");
    }
}
END_TEST

START_TEST(the_new_root_is_all_there_is)
{
    succeeds(
        "make_root; echo mine >root/file; ln -s /file root/link\n"
        "ns $ROOT -- sh -euc '\n"
        "[ $PWD = / ]; [ \"$(cat /file /link ../file)\" = \"$(printf \"mine\\nmine\\nmine\")\" ]\n"
        "[ ! -e $0 ]; [ ! -e /etc/passwd ]; [ ! -e /sys/class ]\n"
        "cut -d \" \" -f 5 /proc/self/mountinfo >/mounts\n"
        "while read m; do case $m in /|/proc*|/usr*|/bin|/lib*) ;; *) echo $m; exit 1;; esac; "
        "done </mounts\n"
        "[ $(grep -cx / /mounts) = 1 ]\n"
        "set -- /proc/self/fd/[3-9]; for f; do case $(readlink $f || :) in /*) exit 2;; esac; "
        "done' $D\n");
}
END_TEST

START_TEST(the_root_can_be_the_root_there_was)
{
    succeeds("ns --root / --mount type=tmpfs,target=$D -- sh -euc '[ -e /usr ]; touch $0/x' $D\n"
             "[ ! -e x ]\n");
}
END_TEST

START_TEST(a_read_only_root_leaves_other_mounts_writable)
{
    succeeds("make_root\n"
             "ns $ROOT --read-only --mount type=tmpfs,target=/tmp -- sh -euc 'touch /x 2>&- "
             "&& exit 9; "
             "touch /tmp/x'\n"
             "ns --read-only --mount type=tmpfs,target=$D -- sh -euc '[ ! -w / ]; touch $0/x' $D\n"
             "touch x\n");
}
END_TEST

START_TEST(sources_are_what_is_outside_even_beside_the_new_root)
{
    succeeds("make_root; echo outside >file\n"
             "ns $ROOT --mount type=tmpfs,target=/tmp --mount type=bind,source=/,target=/host -- "
             "sh -euc '[ $(cat /host$0/file) = outside ]; grep \" /host$0/root\" "
             "/proc/self/mountinfo && exit 9; :' $D\n");
}
END_TEST

/* Its mount is that of another mount namespace, where it was opened. */
START_TEST(an_open_file_can_be_a_source)
{
    succeeds("mkdir a t; echo text >a/file; exec 5<a 6<a/file\n"
             "ns --mount type=bind,source=/proc/self/fd/5,target=$D/t -- grep -q text t/file\n"
             "ns --mount type=bind,source=/dev/fd/6,target=/etc/hostname,readonly -- sh -euc 'grep "
             "-q text /etc/hostname; ! echo x >/etc/hostname'\n"
             "make_root; exec 7<root; ns --root /proc/self/fd/7 --mount "
             "type=bind,source=/usr,target=/usr --mount type=bind,source=/dev/fd/6,target=/f -- "
             "grep -q text /f\n");
    fails("--mount /tmp: /proc/self/fd/5: no path in the new mount namespace\n", "",
          "mkdir a; exec 5<a; rmdir a\n"
          "ns --mount type=bind,source=/proc/self/fd/5,target=/tmp -- echo it runs\n");
}
END_TEST

START_TEST(a_missing_target_is_made_in_the_new_root)
{
    succeeds("make_root; mkdir a; echo text >file; umask 077\n"
             "ns $ROOT --mount type=bind,source=$D/a,target=/x/y/ "
             "--mount type=bind,source=$D/file,target=/x/z "
             "--mount type=tmpfs,target=//w/./v -- sh -euc '\n"
             "touch /x/y/made; [ $(cat /x/z) = text ]; [ $(stat -f -c %T /w/v) = tmpfs ]'\n"
             "[ -e a/made ]; [ -d root/x/y ]; [ -f root/x/z ]; [ $(stat -c %a root/x) = 755 ]\n");
}
END_TEST

START_TEST(a_missing_target_is_made_in_an_earlier_mount)
{
    succeeds("mkdir t; echo text >file\n"
             "ns --mount type=tmpfs,target=$D/t --mount type=bind,source=file,target=$D/t/u/file "
             "-- sh -euc '[ $(cat t/u/file) = text ]'\n"
             "[ ! -e t/u ]\n");
}
END_TEST

START_TEST(a_missing_target_elsewhere_is_an_error)
{
    fails("--mount /no/such/target: /no does not exist\n",
          "hint: create it first: mkdir -p /no/such/target\n",
          "ns --mount type=tmpfs,target=/no/such/target -- echo it runs\n");
    /* /usr is read-only in the new root. */
    fails("--mount /usr/no/such: create /usr/no: Read-only file system",
          "hint: create it first: mkdir -p /tmp/",
          "make_root; ns $ROOT --mount type=tmpfs,target=/usr/no/such -- echo it runs\n");
    fails("--mount /no/such/file: /no does not exist\n",
          "hint: create it first: mkdir -p /no/such && touch /no/such/file\n",
          "ns --mount type=bind,source=/etc/passwd,target=/no/such/file -- echo it runs\n");
    fails("--mount /etc/no_such: /etc/no_such does not exist\n",
          "hint: create it first: touch /etc/no_such\n",
          "ns --mount type=bind,source=/etc/passwd,target=/etc/no_such -- echo it runs\n");
}
END_TEST

START_TEST(a_missing_source_is_an_error)
{
    fails("--mount /tmp: /no/such/source: No such file or directory\n",
          "hint: create the source: mkdir -p /no/such/source\n",
          "ns --mount type=bind,source=/no/such/source,target=/tmp -- echo it runs\n");
}
END_TEST

START_TEST(a_file_does_not_go_on_a_directory)
{
    fails("--mount /tmp: the target is a directory, but the source is a file\n", "",
          "ns --mount type=bind,source=/etc/passwd,target=/tmp -- echo it runs\n");
    fails("--mount /etc/passwd: the target is not a directory\n", "",
          "ns --mount type=bind,source=/tmp,target=/etc/passwd -- echo it runs\n");
    fails("--mount /etc/passwd: the target is not a directory\n", "",
          "ns --mount type=tmpfs,target=/etc/passwd -- echo it runs\n");
}
END_TEST

START_TEST(a_root_that_is_none_is_an_error)
{
    fails("--root /no/such/root: No such file or directory", "",
          "ns --root /no/such/root -- echo it runs\n");
    fails("--root /etc/passwd: Not a directory", "", "ns --root /etc/passwd -- echo it runs\n");
}
END_TEST

START_TEST(a_symlink_in_the_target_stays_in_the_new_root)
{
    succeeds(
        "make_root; mkdir outside root/inside root/deep\n"
        "ln -s /inside root/absolute; ln -s ../../../../../inside root/deep/dots\n"
        "ns $ROOT --mount type=tmpfs,target=/absolute/a --mount type=tmpfs,target=/deep/dots/b "
        "-- sh -euc '[ $(stat -f -c %T /inside/a) = tmpfs ]; [ -e /inside/b ]'\n"
        "[ -d root/inside/a ]; [ ! -e /inside ]\n");
}
END_TEST

START_TEST(a_symlink_that_leads_nowhere_is_followed_inside_the_new_root)
{
    succeeds("make_root; mkdir out root/etc; echo text >file\n"
             "ln -s ../run/systemd/stub root/etc/resolv.conf; ln -s second root/first\n"
             "ln -s $D/out root/second; ln -s ../../../out/deep root/dots\n"
             "ns $ROOT --mount type=bind,source=file,target=/etc/resolv.conf "
             "--mount type=tmpfs,target=/first --mount type=tmpfs,target=/dots/below "
             "-- sh -euc '[ $(cat /etc/resolv.conf) = text ]; [ $(stat -f -c %T $0) = tmpfs ]\n"
             "[ $(stat -f -c %T /out/deep/below) = tmpfs ]' $D/out\n"
             "[ -f root/run/systemd/stub ]; [ -L root/etc/resolv.conf ]; [ -d root$D/out ]\n"
             "[ -z \"$(ls out)\" ]; [ ! -e deep ]\n"
             /* And in a mount of the service's own. */
             "mkdir t; ln -s t/u/file link; ns --mount type=tmpfs,target=$D/t --mount "
             "type=bind,source=file,target=$D/link -- grep -q text t/u/file\n");
}
END_TEST

START_TEST(a_symlink_that_leads_to_no_place_for_a_target_is_an_error)
{
    fails("--mount /link: /link is the root directory itself", "",
          "make_root; ln -s .. root/link; ns $ROOT --mount type=tmpfs,target=/link -- "
          "echo it runs\n");
    fails("--mount /link: /link: ", "ymbolic link",
          "make_root; ln -s link root/link; ns $ROOT --mount type=tmpfs,target=/link -- "
          "echo it runs\n");
    fails("/link/b: /tmp/", "/no does not exist\n",
          "mkdir no; ln -s no/such link; rmdir no; ns --mount type=tmpfs,target=$D/link/b -- "
          "echo it runs\n");
}
END_TEST

START_TEST(a_mount_over_the_working_directory_is_the_working_directory)
{
    succeeds("mkdir a w; echo text >a/file; cd w\n"
             "ns --mount type=bind,source=$D/a,target=$D/w -- grep -q text file\n"
             "[ \"$(ns --mount type=tmpfs,target=$D -- pwd)\" = / ]\n"
             "cd /proc; [ \"$(ns -- readlink self)\" = 2 ]; cd $D/w\n"
             "[ \"$(ns --mount type=tmpfs,target=$D/a -- pwd)\" = $D/w ]; cd $D\n");
}
END_TEST

/* The flags of the last mount there. */
#define FLAGS                                                                \
    "flags() { ns \"$@\" -- awk \"\\$5 == \\\"$TARGET\\\" { print \\$6 }\" " \
    "/proc/self/mountinfo | tail -n 1; }\n"

START_TEST(programs_set_user_id_and_devices_have_no_place_on_a_tmpfs_unless_asked_for)
{
    succeeds(
        FLAGS
        "mkdir t; TARGET=$D/t; M=--mount\n"
        "[ $(flags $M type=tmpfs,target=$TARGET) = rw,nosuid,nodev,noexec,relatime ]\n"
        "[ $(flags $M type=tmpfs,target=$TARGET,exec) = rw,nosuid,nodev,relatime ]\n"
        "[ $(flags $M type=tmpfs,target=$TARGET,suid,exec=no) = rw,nodev,noexec,relatime ]\n"
        "[ $(flags $M type=tmpfs,target=$TARGET,dev=1) = rw,nosuid,noexec,relatime ]\n"
        "TARGET=/dev/shm; [ $(flags $M type=tmpfs,target=$TARGET) = rw,nosuid,nodev,relatime ]\n"
        "ns --mount type=dev,target=/dev -- sh -euc 'cp /bin/true /dev/shm; /dev/shm/true'\n");
    succeeds_as(&callers[0], "mkdir root; mount -t tmpfs r root; make_root; cp /bin/true root/tmp\n"
                             "ns $ROOT -- /tmp/true; umount root\n");
}
END_TEST

START_TEST(a_terminal_is_of_the_group_tty_where_that_is_mapped)
{
    static const char script[] =
        "mkdir t\n"
        "[ $(ns --mount type=devpts,target=$D/t -- sh -c 'exec 3<>t/ptmx; stat -c %g t/[0-9]*') = "
        "$GROUP ]\n"
        "[ $(ns --mount type=dev,target=/dev -- sh -c 'exec 3<>/dev/ptmx; stat -c %g "
        "/dev/pts/[0-9]*') = $GROUP ]\n";
    static const struct caller mapped = {
        .way = "--unshare user,mnt,pid --map-users 0:100000:9 --map-groups 0:100000:9"};
    const struct caller *const ways[] = {&callers[0], &callers[1], &mapped};
    static const char *const groups[] = {"GROUP=5\n", "GROUP=0\n", "chmod 755 $D; GROUP=5\n"};

    for (size_t i = 0; i < (geteuid() == 0 ? 3 : 2); i++) {
        char text[600];

        snprintf(text, sizeof text, "%s%s", geteuid() == 0 ? groups[i] : "GROUP=0\n", script);
        succeeds_as(ways[i], text);
    }
}
END_TEST

static const char dev_script[] =
    "cat >try <<'END'\n"
    "for d in null zero full random urandom tty; do [ -c /dev/$d ]; done\n"
    "echo x >/dev/null\n"
    "[ $(head -c 5 /dev/zero | wc -c) = 5 ]; [ $(head -c 5 /dev/urandom | wc -c) = 5 ]\n"
    "(echo x >/dev/full) 2>&- && exit 9\n"
    "[ $(echo text | cat /dev/stdin) = text ]; [ $(echo text >/dev/stdout) = text ]\n"
    "[ $(readlink /dev/fd) = /proc/self/fd ]; [ $(readlink /dev/stderr) = /proc/self/fd/2 ]\n"
    "[ $(stat -c %a /dev/shm) = 1777 ]; [ $(stat -f -c %T /dev/shm) = tmpfs ]; touch /dev/shm/x\n"
    "[ $(stat -f -c %T /dev/mqueue) = mqueue ]\n"
    "[ $(stat -L -c %a /dev/ptmx) = 666 ]; : <>/dev/ptmx; [ $(ls /dev/pts | wc -l) = 1 ]\n"
    "[ ! -e /dev/sda ]; [ ! -e /dev/vda ]; [ ! -e /dev/kmsg ]; [ ! -e /dev/console ]\n"
    "[ $(stat -c %a /dev/null) = 666 ]\n"
    "END\n"
    "umask 077\n"
    "ns --mount type=dev,target=/dev -- sh -eu try\n"
    "make_root; cp try root\n"
    "ns $ROOT --mount type=dev,target=/dev -- sh -eu /try\n"
    "ns --mount type=dev,target=/dev,readonly -- sh -euc '\n"
    "touch /dev/x 2>&- && exit 9; touch /dev/shm/x; echo x >/dev/null'\n";

START_TEST(a_dev_of_its_own_has_the_usual_devices_and_no_others)
{
    succeeds(dev_script);
    for (size_t i = 0; i < CALLER_COUNT; i++)
        succeeds_as(&old_callers[i], dev_script);
}
END_TEST

START_TEST(the_console_is_the_terminal)
{
    for (size_t i = 0; i < CALLER_COUNT; i++) {
        struct caller caller = callers[i];
        struct process process;

        caller.terminal = true;
        ck_assert_int_eq(run_as(&caller, &process,
                                "make_root; ns $ROOT --mount type=dev,target=/dev -- sh -euc '"
                                "[ -c /dev/console ]; echo to the terminal >/dev/console; "
                                "[ \"$(tty)\" = /dev/console ]'\n"),
                         0);
        ck_assert_contains(process.output.text, "to the terminal");
        process_drop(&process);
    }
}
END_TEST

START_TEST(sysfs_mqueue_and_devpts_are_those_of_the_new_namespaces)
{
    succeeds("mkdir t\n"
             "ns --mount type=sysfs,target=$D/t -- sh -euc '[ \"$(ls t/class/net)\" = lo ]'\n"
             "ns --mount type=mqueue,target=$D/t -- sh -euc '[ -z \"$(ls t)\" ]; "
             "[ $(stat -f -c %T t) = mqueue ]; touch t/queue'\n"
             "ns --mount type=devpts,target=$D/t -- sh -euc '[ \"$(ls t)\" = ptmx ]; : <>t/ptmx'\n"
             "ns --mount type=sysfs,target=$D/t,readonly -- grep -q \"$D/t ro,\" "
             "/proc/self/mountinfo\n");
}
END_TEST

START_TEST(a_file_system_of_a_namespace_one_does_not_own_is_refused_with_the_way_out)
{
    static const char *const refused[][3] = {
        {"sysfs: Operation not permitted", "--unshare net", "type=sysfs,target=/sys"},
        {"mqueue: Operation not permitted", "--unshare ipc", "type=mqueue,target=/tmp"},
        {"proc: Operation not permitted", "--unshare pid", "type=proc,target=/tmp"},
    };
    static const struct caller caller = {.uid = ORDINARY_USER,
                                         .way = "--unshare user,mnt --map-root-user"};

    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        char script[200];

        snprintf(script, sizeof script, "ns --mount %s -- echo it runs\n", refused[i][2]);
        fails_as(&caller, refused[i][0], refused[i][1], script);
    }
}
END_TEST

/* As root everywhere, as an ordinary user where user namespaces have overlays: since Linux 5.11. */
static size_t overlay_callers(const char *test)
{
    struct process process;
    int code = run_as(&callers[1], &process,
                      "mkdir l u w; unshare -r -m "
                      "mount -t overlay -o lowerdir=l,upperdir=u,workdir=w none l\n");

    process_drop(&process);
    if (code == 0)
        return CALLER_COUNT;
    skip_test(test, "for an ordinary user: an overlay in a user namespace takes Linux 5.11");
    return 1;
}

START_TEST(an_overlay_keeps_changes_in_its_upper_directory)
{
    size_t count = overlay_callers("an_overlay_keeps_changes_in_its_upper_directory");

    for (size_t i = 0; i < count; i++)
        succeeds_as(
            &callers[i],
            "mkdir l,1 l2 u w m; echo one >l,1/one; echo two >l2/two\n"
            "ns --mount \"type=overlay,\\\"lowerdir=$D/l,1:$D/l2\\\",upperdir=$D/u,workdir=$D/w,"
            "target=$D/m\" -- sh -euc '\n"
            "[ $(cat m/one m/two | wc -l) = 2 ]; rm m/one; echo three >m/two; echo four >m/new\n"
            "[ ! -e m/one ]'\n"
            "[ $(cat l,1/one) = one ]; [ $(cat l2/two) = two ]; [ $(cat u/two) = three ]\n"
            "[ $(cat u/new) = four ]; [ -c u/one ]; [ -z \"$(ls m)\" ]\n");
}
END_TEST

/* mount(2) cuts options off behind a page. */
START_TEST(an_overlay_has_all_of_its_layers_however_long_their_names)
{
    size_t count = overlay_callers("an_overlay_has_all_of_its_layers_however_long_their_names");

    for (size_t i = 0; i < count; i++)
        succeeds_as(
            &callers[i],
            "mkdir u w m; n=0; list=\n"
            "while [ $n -lt 150 ]; do\n"
            "    n=$((n + 1)); l=$D/a_layer_with_a_long_name_that_takes_much_of_the_page_$n\n"
            "    mkdir $l; echo $n >$l/$n; echo $n >$l/top; list=$list${list:+:}$l\n"
            "done\n"
            "ns --mount type=overlay,lowerdir=$list,upperdir=$D/u,workdir=$D/w,target=$D/m -- "
            "sh -euc '[ $(ls m | wc -l) = 151 ]; [ $(cat m/150) = 150 ]; [ $(cat m/top) = 1 ]\n"
            "echo new >m/new'\n"
            "[ $(cat u/new) = new ]\n");
}
END_TEST

START_TEST(an_earlier_mount_lies_over_no_directory_of_an_overlay)
{
    size_t count = overlay_callers("an_earlier_mount_lies_over_no_directory_of_an_overlay");

    for (size_t i = 0; i < count; i++)
        succeeds_as(
            &callers[i],
            "mkdir a a/l b b/l u w m; echo right >a/l/file; echo wrong >b/l/file\n"
            "ns --mount type=bind,source=b,target=$D/a --mount type=overlay,lowerdir=$D/a/l,"
            "upperdir=$D/u,workdir=$D/w,target=$D/m -- grep -q right m/file\n");
}
END_TEST

START_TEST(an_overlay_without_an_upper_directory_is_read_only)
{
    size_t count = overlay_callers("an_overlay_without_an_upper_directory_is_read_only");

    for (size_t i = 0; i < count; i++)
        succeeds_as(&callers[i],
                    "mkdir a b m; echo one >a/one; echo two >b/two\n"
                    "ns --mount type=overlay,lowerdir=$D/a:$D/b,target=$D/m -- sh -euc '\n"
                    "[ \"$(cat m/one m/two | tr \"\\n\" -)\" = one-two- ]\n"
                    "if touch m/x 2>&-; then exit 7; fi'\n");
}
END_TEST

START_TEST(the_upper_directory_of_an_overlay_may_have_a_colon)
{
    size_t count = overlay_callers("the_upper_directory_of_an_overlay_may_have_a_colon");

    for (size_t i = 0; i < count; i++)
        succeeds_as(&callers[i],
                    "mkdir l u:1 w:,2 m; ns --mount type=overlay,lowerdir=$D/l,upperdir=$D/u:1,"
                    "'\"'workdir=$D/w:,2'\"',target=$D/m -- touch m/new\n[ -e u:1/new ]\n");
}
END_TEST

START_TEST(the_kernels_own_words_on_a_bad_overlay_are_told)
{
    size_t count = overlay_callers("the_kernels_own_words_on_a_bad_overlay_are_told");

    for (size_t i = 0; i < count; i++)
        fails_as(&callers[i], "--mount /tmp: overlay: /no/such: No such file or directory", "",
                 "mkdir u w; ns --mount type=overlay,lowerdir=/no/such,upperdir=$D/u,workdir=$D/w,"
                 "target=/tmp -- echo it runs\n");
}
END_TEST

START_TEST(before_linux_5_11_an_overlay_in_a_user_namespace_is_refused_with_the_reason)
{
    static const struct caller caller = {
        .uid = ORDINARY_USER,
        .way = "--unshare user,mnt --map-root-user --propagation unchanged",
        .prepare = refuse_mount};

    fails_as(&caller, "--mount /tmp: mount the overlay: Operation not permitted",
             "hint: use Linux 5.11 or newer for an overlay in a user namespace\n",
             "mkdir l u w; ns --mount type=overlay,lowerdir=$D/l,upperdir=$D/u,workdir=$D/w,"
             "target=/tmp -- echo it runs\n");
}
END_TEST

/* As Docker does it: a new proc is refused to user namespaces that do not see all of the old one.
 */
START_TEST(a_masked_proc_is_named)
{
    static const struct caller caller = {.way = AS_USER};

    fails_as(&caller, "nsinit: --mount-proc /proc: /proc is partly masked (/proc/irq)\n",
             "hint: docker run --security-opt systempaths=unconfined, or an outer nsinit with "
             "--mask-proc=no\n",
             "mount -t tmpfs masked /proc/irq; cat /proc/self/mountinfo >before\n"
             "ns -- echo it runs\n");
    fails_as(&caller, "/proc is partly masked (", ", ...)\n",
             "for f in /proc/irq /proc/bus /proc/fs /proc/driver; do mount -t tmpfs m $f; done\n"
             "cat /proc/self/mountinfo >before\n"
             "ns -- echo it runs\n");
    succeeds_as(&caller, "mount -t tmpfs masked /proc/irq; cat /proc/self/mountinfo >before\n"
                         "ns --mount-proc=no -- true\n");
}
END_TEST

START_TEST(mounts_are_private_unless_asked_otherwise)
{
    static const char script[] =
        "mkdir a; mount --make-rshared /; cat /proc/self/mountinfo >before\n"
        "root() { awk '$5 == \"/\" {print $7}' /proc/self/mountinfo; }\n"
        "is() { ns --propagation $1 -- awk '$5 == \"/\" {print $7}' /proc/self/mountinfo; }\n"
        "[ $(ns -- awk '$5 == \"/\" {print $7}' /proc/self/mountinfo) = - ]\n"
        "[ $(is private) = - ]\n"
        "case $(is slave) in master:*) ;; *) exit 1;; esac\n"
        "case $(is shared) in shared:*) ;; *) exit 2;; esac\n"
        "case $(is unchanged) in $(root)) ;; *) exit 3;; esac\n"
        "ns --mount type=tmpfs,target=$D/a -- true; is_as_before\n"
        "ns --propagation slave --mount type=tmpfs,target=$D/a -- true\n"
        "is_as_before\n"
        "ns --propagation shared --mount type=tmpfs,target=$D/a -- true\n"
        "grep -q $D/a /proc/self/mountinfo; umount $D/a\n";
    succeeds_as(&callers[0], script);
    succeeds_as(&old_callers[0], script);
}
END_TEST

START_TEST(a_bind_mount_has_a_propagation_of_its_own)
{
    static const char script[] =
        "mkdir -p a/sub b; mount -t tmpfs t a/sub; mount --make-rshared /\n"
        "cat /proc/self/mountinfo >before\n"
        "of() { ns --mount type=bind,source=a,target=$D/b$1 -- awk \"\\$5 == \\\"$D/$2\\\" "
        "{print \\$7}\" /proc/self/mountinfo; }\n"
        "[ \"$(of '' b)$(of '' b/sub)\" = -- ]\n"
        "case $(of ,bind-propagation=rslave b) in master:*) ;; *) exit 1;; esac\n"
        "case $(of ,bind-propagation=rslave b/sub) in master:*) ;; *) exit 2;; esac\n"
        "case $(of ,bind-propagation=rshared b/sub) in shared:*) ;; *) exit 3;; esac\n"
        "[ \"$(of ,bind-propagation=rprivate b/sub)\" = - ]\n"
        /* A mount made below a shared one comes out. */
        "mkdir a/out; ns --mount type=bind,source=a,target=$D/b,bind-propagation=shared "
        "--mount type=tmpfs,target=$D/b/out -- true\n"
        "umount $D/a/out\n"
        "umount $D/a/sub; cat /proc/self/mountinfo >before\n";

    succeeds_as(&callers[0], script);
    succeeds_as(&old_callers[0], script);
}
END_TEST

START_TEST(a_new_root_leaves_nothing_outside_whatever_the_propagation)
{
    succeeds_as(&callers[0], "make_root; mount --make-rshared /; cat /proc/self/mountinfo >before\n"
                             "for p in private slave shared unchanged; do\n"
                             "    ns $ROOT --propagation $p --mount type=tmpfs,target=/tmp -- "
                             "grep \" / / \\|/root / \" /proc/self/mountinfo >>kinds\n"
                             "    is_as_before\n"
                             "done\n"
                             "cut -d ' ' -f 7 kinds | tr '\\n' ' ' | "
                             "grep -q '^- master:[0-9]* shared:[0-9]* master:[0-9]* $'\n");
}
END_TEST

START_TEST(no_file_is_left_open_and_the_working_directory_stays)
{
    size_t count = overlay_callers("no_file_is_left_open_and_the_working_directory_stays");

    for (size_t i = 0; i < count; i++)
        succeeds_as(
            &callers[i],
            "make_root; mkdir l u w m t\n"
            "ns --mount type=overlay,lowerdir=$D/l,upperdir=$D/u,workdir=$D/w,target=$D/m "
            "--mount type=bind,source=$D/l,target=$D/t --mount type=dev,target=/dev --read-only -- "
            "sh -euc '[ $PWD = $0 ]; [ $(ls -l /proc/1/fd | grep -c \" /\") -le 3 ]; "
            "[ $(ls /proc/self/fd | wc -l) = 4 ]' $D\n"
            "ns $ROOT --mount type=dev,target=/dev --read-only -- "
            "sh -euc '[ $(ls -l /proc/1/fd | grep -c \" /\") -le 3 ]; "
            "[ $(ls /proc/self/fd | wc -l) = 4 ]'\n");
}
END_TEST

/* A tree whose links lead to every file that nsinit may have open, and a file outside of it. */
#define WAYS_OUT                                           \
    "make_root; echo secret >secret\n"                     \
    "for n in 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do\n" \
    "    ln -s /proc/self/fd/$n root/way$n\n"              \
    "done\n"

START_TEST(a_working_directory_is_never_reached_by_a_file_of_nsinits)
{
    fails("nsinit: --workdir /way0: Not a directory\n", "",
          WAYS_OUT "ns $ROOT --workdir /way0 -- sh -c 'echo it runs; cat .'$D/secret <&-\n");
    succeeds(WAYS_OUT
             "for n in 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do\n"
             "    ns $ROOT --control $D/socket --restart on-failure:1 --restart-delay 1ms..1ms \\\n"
             "        --workdir /way$n -- cat .$D/secret <&- >>out 2>>log || true\n"
             "done\n"
             "grep -q 'Not a directory' log; cat out >&2; [ ! -s out ]\n");
}
END_TEST

START_TEST(a_working_directory_of_a_pod_is_never_reached_by_a_file_of_nsinits)
{
    succeeds_as(&callers[0], WAYS_OUT
                "for n in 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do\n"
                "    { echo \"[pod]\ncontrol = $D/socket\n[service main]\nunshare = mnt,pid\"\n"
                "      echo \"$ROOT\" | sed 's/ --mount /\\nmount = /g; s/--root /root = /'\n"
                "      echo \"workdir = /way$n\ncommand = cat .$D/secret\"; } >pod\n"
                "    $BINARY --pod pod <&- >>out 2>>log || true\n"
                "done\n"
                "grep -q 'Not a directory' log; cat out >&2; [ ! -s out ]\n");
}
END_TEST

/* One that the program is to have is nsinit's to pass on, and no way to a directory. */
START_TEST(a_working_directory_outside_of_the_root_is_an_error)
{
    static const char *const scripts[] = {
        WAYS_OUT "ns $ROOT --workdir /way5 -- sh -c 'echo it runs; cat .'$D/secret 5</\n",
        WAYS_OUT "ns $ROOT --workdir /way5/usr -- echo it runs 5</\n",
    };

    for (size_t i = 0; i < sizeof scripts / sizeof scripts[0]; i++)
        fails("nsinit: --workdir /way5", ": the directory is outside of the root directory\n",
              scripts[i]);
    succeeds(WAYS_OUT "[ \"$(ns $ROOT --workdir /usr -- pwd)\" = /usr ]\n"
                      "[ \"$(ns --workdir $D -- pwd)\" = $D ]\n");
}
END_TEST

TCase *filesystem_case(void)
{
    const TTest *const tests[] = {
        new_pid_and_mnt_namespaces_have_a_proc_of_their_own,
        the_fresh_proc_comes_before_all_that_is_mounted,
        a_proc_of_the_list_takes_the_place_of_the_fresh_one,
        a_tmpfs_is_seen_by_the_program_alone,
        a_bind_mount_shows_the_source_at_the_target,
        a_read_only_bind_is_read_only_all_the_way_down,
        before_linux_5_12_read_only_goes_down_as_well,
        the_new_root_is_all_there_is,
        the_root_can_be_the_root_there_was,
        a_read_only_root_leaves_other_mounts_writable,
        sources_are_what_is_outside_even_beside_the_new_root,
        an_open_file_can_be_a_source,
        a_missing_target_is_made_in_the_new_root,
        a_missing_target_is_made_in_an_earlier_mount,
        a_missing_target_elsewhere_is_an_error,
        a_missing_source_is_an_error,
        a_file_does_not_go_on_a_directory,
        a_root_that_is_none_is_an_error,
        a_symlink_in_the_target_stays_in_the_new_root,
        a_symlink_that_leads_nowhere_is_followed_inside_the_new_root,
        a_symlink_that_leads_to_no_place_for_a_target_is_an_error,
        a_mount_over_the_working_directory_is_the_working_directory,
        programs_set_user_id_and_devices_have_no_place_on_a_tmpfs_unless_asked_for,
        a_terminal_is_of_the_group_tty_where_that_is_mapped,
        a_dev_of_its_own_has_the_usual_devices_and_no_others,
        the_console_is_the_terminal,
        sysfs_mqueue_and_devpts_are_those_of_the_new_namespaces,
        a_file_system_of_a_namespace_one_does_not_own_is_refused_with_the_way_out,
        an_overlay_keeps_changes_in_its_upper_directory,
        an_overlay_has_all_of_its_layers_however_long_their_names,
        an_earlier_mount_lies_over_no_directory_of_an_overlay,
        an_overlay_without_an_upper_directory_is_read_only,
        the_upper_directory_of_an_overlay_may_have_a_colon,
        the_kernels_own_words_on_a_bad_overlay_are_told,
        before_linux_5_11_an_overlay_in_a_user_namespace_is_refused_with_the_reason,
        a_masked_proc_is_named,
        mounts_are_private_unless_asked_otherwise,
        a_bind_mount_has_a_propagation_of_its_own,
        a_new_root_leaves_nothing_outside_whatever_the_propagation,
        no_file_is_left_open_and_the_working_directory_stays,
        a_working_directory_is_never_reached_by_a_file_of_nsinits,
        a_working_directory_of_a_pod_is_never_reached_by_a_file_of_nsinits,
        a_working_directory_outside_of_the_root_is_an_error,
        NULL};

    return case_of("filesystem", tests);
}
