/*
 * mount_options.c - the keys of --mount, in the words of Docker and mount(8)
 */
#include "system/script.h"
#include "system/system.h"

/* `shown OPTION... TARGET` prints the flags and the file system of the mount inside. */
#define SHOWN                                                                                      \
    "shown() {\n"                                                                                  \
    "    at=$1; shift\n"                                                                           \
    "    ns --unshare $WAY \"$@\" -- grep \" $at \" /proc/self/mountinfo | tail -n 1 | cut -d' ' " \
    "-f6\n"                                                                                        \
    "}\n"                                                                                          \
    "WAY=mnt; [ $(id -u) = 0 ] || WAY='mnt,user --map-root-user'\n"

START_TEST(a_bind_mount_gets_the_flags_that_mount_gives_one)
{
    if (lacks_root("a_bind_mount_gets_the_flags_that_mount_gives_one"))
        return;
    script_succeeds(0, SHOWN
                    "mkdir -p a b t; mount -t tmpfs -o nodiratime x a\n"
                    "for o in nosuid nodev noexec nosuid,nodev,noexec; do\n"
                    "    mount --bind a b; mount -o remount,bind,$o b\n"
                    "    theirs=$(grep \" $D/b \" /proc/self/mountinfo | cut -d' ' -f6); umount b\n"
                    "    ours=$(shown $D/t --mount type=bind,source=a,target=$D/t,$o)\n"
                    "    [ $ours = $theirs ] || { echo $o: $ours, not $theirs; exit 1; }\n"
                    "done\n"
                    "mount -o remount,nosuid,nodev,noexec a\n"
                    "case $(shown $D/t --mount type=bind,source=a,target=$D/t,suid,exec) in\n"
                    "rw,nodev,*) ;; *) exit 2;; esac\n");
}
END_TEST

START_TEST(flags_apply_to_the_mounts_below_a_bind_mount)
{
    if (lacks_root("flags_apply_to_the_mounts_below_a_bind_mount"))
        return;
    script_succeeds(0, SHOWN "mkdir -p a/sub t; mount -t tmpfs x a/sub\n"
                             "for w in mnt 'mnt,user --map-root-user'; do\n"
                             "    WAY=$w\n"
                             "    is() { case $(shown $D/t/sub --mount type=bind,source=a,target="
                             "$D/t,$1) in $2) ;; *) echo $1; exit 1;; esac; }\n"
                             "    is nosuid,noexec rw,nosuid,noexec,relatime\n"
                             "    is readonly ro,relatime\n"
                             "    is readonly,bind-recursive=readonly ro,relatime\n"
                             "    is readonly,bind-recursive=writable,nodev rw,nodev,relatime\n"
                             "done\n");
}
END_TEST

START_TEST(before_linux_5_12_flags_are_changed_by_a_remount)
{
    if (lacks_root("before_linux_5_12_flags_are_changed_by_a_remount"))
        return;
    script_succeeds(
        0, SHOWN "BINARY=\"strace -f -o /dev/null -e inject=mount_setattr:error=ENOSYS $BINARY\"\n"
                 "mkdir -p a/sub t; mount -t tmpfs -o noatime x a/sub\n"
                 "is() { [ $(shown $D/t$1 --mount type=bind,source=a,target=$D/t,$2) = $3 ]; }\n"
                 "is /sub nosuid,noexec rw,nosuid,noexec,noatime\n"
                 "is /sub ro,bind-recursive=writable,nodev rw,nodev,noatime\n"
                 "mount -o remount,nosuid,nodev a/sub; is /sub suid rw,nodev,noatime\n");
}
END_TEST

START_TEST(the_mounts_below_a_source_can_be_left_out)
{
    if (lacks_root("the_mounts_below_a_source_can_be_left_out"))
        return;
    script_succeeds(0, SHOWN "mkdir -p a/sub t; touch a/sub/below; mount -t tmpfs x a/sub\n"
                             "for o in bind-nonrecursive bind-recursive=disabled; do\n"
                             "    ns --unshare mnt --mount type=bind,source=a,target=$D/t,$o -- "
                             "test -e t/sub/below\n"
                             "done\n"
                             "mount --bind a t; [ -e t/sub/below ]; umount t\n"
                             "gives 125 ns --unshare mnt,user --map-root-user --mount "
                             "type=bind,source=a,target=$D/t,bind-nonrecursive -- true\n"
                             "says 'Invalid argument'; says 'hint: remove bind-nonrecursive'\n");
}
END_TEST

/* As bwrap --bind-try does. */
START_TEST(a_mount_whose_optional_source_is_missing_is_skipped)
{
    script_succeeds_for_all(
        SHOWN "mkdir a b t u; echo a >a/file; chmod 755 $D\n"
              "for i in 1 2; do\n"
              "    ns --unshare $WAY --mount type=bind,source=no,target=$D/none,optional "
              "--mount type=bind,source=a,target=$D/t,optional "
              "--mount type=bind,source=no,target=$D/u,optional "
              "--mount type=bind,source=a,target=$D/b -- "
              "sh -ec '[ $(cat t/file b/file | wc -l) = 2 ]; [ ! -e none ]; [ -z \"$(ls u)\" ]'\n"
              "done\n"
              "gives 125 ns --unshare $WAY --mount type=bind,source=no,target=$D/u -- true\n"
              "ln -s no broken; ns --unshare $WAY --mount "
              "type=bind,source=broken,target=$D/u,optional -- true\n"
              "! command -v bwrap || bwrap --bind / / --bind-try no $D/u -- true\n"
              "printf '[service a]\\nunshare = mnt\\ncommand = true\\nmount = "
              "type=bind,source=/no,target=/none,optional\\n' >pod\n"
              "gives 0 ns --check --pod pod; [ ! -s err ]\n");
}
END_TEST

START_TEST(a_tmpfs_has_the_owner_and_the_limits_of_mount)
{
    script_succeeds_for_all(
        SHOWN "mkdir t u\n"
              "cat >ask <<'EOF'\nset -eu; stat -c '%u %g %a' $1; stat -f -c '%c %b' $1\nEOF\n"
              "ns --unshare $WAY --mount type=tmpfs,target=$D/t,tmpfs-size=64k,tmpfs-mode=750,"
              "nr_inodes=2k,uid=0,gid=0 -- sh ask t >ours\n"
              "printf '0 0 750\\n2048 16\\n' | cmp - ours\n"
              "[ $(id -u) != 0 ] || {\n"
              "    mount -t tmpfs -o size=64k,mode=750,nr_inodes=2k,uid=77,gid=88 x u\n"
              "    sh ask u >theirs\n"
              "    ns --unshare mnt --mount type=tmpfs,target=$D/t,tmpfs-size=64k,tmpfs-mode=750,"
              "nr_inodes=2k,uid=77,gid=88 -- sh ask t | cmp - theirs\n"
              "}\n");
}
END_TEST

START_TEST(a_tmpfs_for_programs_may_be_nosuid)
{
    script_succeeds_for_all(SHOWN
                            "mkdir t\n"
                            "case $(shown $D/t --mount type=tmpfs,target=$D/t,exec) in\n"
                            "rw,nosuid,nodev,relatime) ;; *) exit 1;; esac\n"
                            "case $(shown /dev/shm --mount type=tmpfs,target=/dev/shm,noexec) in\n"
                            "rw,nosuid,nodev,noexec,relatime) ;; *) exit 2;; esac\n");
}
END_TEST

START_TEST(a_proc_hides_processes_and_files)
{
    script_succeeds_for_all(
        SHOWN "WAY=\"pid,$WAY\"\n"
              "ns --unshare $WAY --mount type=proc,target=/proc,hidepid=invisible,subset=pid -- "
              "sh -euc 'grep -q \"^proc /proc .*hidepid=invisible,subset=pid\" /proc/self/mounts\n"
              "[ -d /proc/self ]; [ ! -e /proc/sys ]; [ ! -e /proc/meminfo ]'\n"
              "gives 125 ns --unshare $WAY --mount type=proc,target=/proc,hidepid=nobody -- true\n"
              "says \"--mount /proc: proc: Invalid argument (proc: \"\n");
}
END_TEST

START_TEST(cgroup2_shows_the_new_cgroup_namespace)
{
    script_succeeds_for_all(
        SHOWN "[ \"$(stat -f -c %T /sys/fs/cgroup)\" = cgroup2fs ] || exit 0\n"
              "mkdir t\n"
              "ns --unshare cgroup,$WAY --mount type=cgroup2,target=$D/t -- "
              "sh -euc 'grep -q $$ t/cgroup.procs; [ \"$(cat /proc/self/cgroup)\" = 0::/ ]'\n"
              "gives 125 ns --unshare $WAY --mount type=cgroup2,target=$D/t -- true\n"
              "says 'nsinit: --mount type=cgroup2: needs a new cgroup namespace: add --unshare "
              "cgroup'\n");
}
END_TEST

START_TEST(a_file_has_the_content_owner_and_mode_of_its_mount)
{
    script_succeeds_for_all(
        SHOWN
        "touch f g; cat /proc/self/mountinfo >before\n"
        "for i in 1 2; do\n"
        "    ns --unshare $WAY --mount \"type=file,target=$D/f,content=a, b\\\\nc\\\\n\" "
        "--mount type=file,target=$D/g,mode=600,uid=0,gid=0,exec,readonly,content=#!/bin/sh -- "
        "sh -euc 'printf \"a, b\\nc\\n\" | cmp - f; [ \"$(stat -c \"%u %a\" f g)\" = \"0 444\n0 "
        "600\" ]\n"
        "if (echo x >>g) 2>&-; then exit 1; fi; chmod 700 f; echo x >>f; umount f 2>&- || :\n"
        "cat /proc/self/mountinfo; pwd' >out\n"
        "    [ $(tail -n 1 out) = $D ]; [ $(grep -c ' /content ' out) -ge 1 ]\n"
        "    never grep -F \"/content $D/f rw,relatime\" out\n"
        "done\n"
        "[ ! -s f ]; cmp before /proc/self/mountinfo\n"
        "gives 125 ns --unshare $WAY --mount type=file,target=$D,content= -- true\n"
        "says \"nsinit: --mount $D: the target is a directory, but the source is a file\"\n"
        "gives 125 ns --unshare $WAY --propagation shared --mount type=file,target=$D/f,content= "
        "-- true\n"
        "says '--mount type=file: needs --propagation private or slave, or --root'\n");
}
END_TEST

START_TEST(a_pod_file_has_the_files_of_a_new_root)
{
    script_succeeds_for_all(
        SHOWN
        "mkdir -p root/usr root/proc; chmod 755 $D\n"
        "for p in bin lib lib32 lib64; do [ ! -L /$p ] || cp -P /$p root/; done\n"
        "cat >pod <<EOF\n"
        "[service a]\nunshare = ${WAY%% *}\n$([ $(id -u) = 0 ] || echo map-root-user = yes)\n"
        "root = $D/root\nmount = type=bind,source=/usr,target=/usr,readonly\n"
        "propagation = shared\n"
        "mount = type=file,target=/etc/app.conf,content=port = 80\\\\nname = a, \"b\"\\\\n\n"
        "command = cat /etc/app.conf\n"
        "EOF\n"
        "cat /proc/self/mountinfo >before\n"
        "gives 0 ns --control no --pod pod; grep -qx 'port = 80' out\n"
        "grep -qx 'name = a, \"b\"' out; cmp before /proc/self/mountinfo\n"
        "ns --control no --pod pod --check | grep -qF 'content=port = 80\\nname = a, \"b\"\\n'\n");
}
END_TEST

START_TEST(a_flag_that_the_machine_has_set_stays_in_a_user_namespace)
{
    if (lacks_root("a_flag_that_the_machine_has_set_stays_in_a_user_namespace"))
        return;
    script_succeeds(0, "mkdir a t; mount -t tmpfs -o noexec x a\n"
                       "gives 125 ns --unshare mnt,user --map-root-user --mount "
                       "type=bind,source=a,target=$D/t,exec -- true\n"
                       "says \"nsinit: --mount $D/t: change the flags: Operation not permitted\"\n"
                       "says 'hint: remove exec, suid and dev'\n");
}
END_TEST

TCase *mount_options_case(void)
{
    const TTest *const tests[] = {a_bind_mount_gets_the_flags_that_mount_gives_one,
                                  flags_apply_to_the_mounts_below_a_bind_mount,
                                  before_linux_5_12_flags_are_changed_by_a_remount,
                                  the_mounts_below_a_source_can_be_left_out,
                                  a_mount_whose_optional_source_is_missing_is_skipped,
                                  a_tmpfs_has_the_owner_and_the_limits_of_mount,
                                  a_tmpfs_for_programs_may_be_nosuid,
                                  a_proc_hides_processes_and_files,
                                  cgroup2_shows_the_new_cgroup_namespace,
                                  a_file_has_the_content_owner_and_mode_of_its_mount,
                                  a_pod_file_has_the_files_of_a_new_root,
                                  a_flag_that_the_machine_has_set_stays_in_a_user_namespace,
                                  NULL};

    return case_of("mount_options", tests);
}
