/*
 * idmapped.c - mounts that show other owners of files
 */
#include <stdlib.h>

#include "system/script.h"
#include "system/system.h"

/* $MAPPED is a user namespace whose root is nobody outside. */
#define MAPPED                                                                \
    "MAPPED='--unshare user,mnt,pid --map-users 0:100000:65536 --map-groups " \
    "0:100000:65536'\n"                                                       \
    "owners() { stat -c '%u:%g' \"$@\" | tr '\\n' ' '; }\n"                   \
    "mkdir a t; echo of root >a/file; touch a/other; chown 1:2 a/other; chmod 755 $D\n"

static bool lacks_idmap(const char *test)
{
    struct process process;

    if (lacks_root(test))
        return true;
    process_run(&process,
                AS_SECOND("-s", "--unshare", "mnt", "--mount",
                          "type=bind,source=/tmp,target=/tmp,bind-nonrecursive,idmap=0:5:1", "--",
                          "true"));
    if (strstr(process.errors.text, "not supported by this file system") != NULL) {
        skip_test(test, "the file system of /tmp has no idmapped mounts");
        return true;
    }
    process_drop(&process);
    return false;
}

START_TEST(root_of_a_user_namespace_owns_a_tree_of_root)
{
    if (lacks_idmap("root_of_a_user_namespace_owns_a_tree_of_root"))
        return;
    script_succeeds(
        0, MAPPED
        "for i in 1 2; do\n"
        "    gives 0 ns $MAPPED --mount type=bind,source=a,target=$D/t,idmap -- sh -euc '\n"
        "    [ \"$(stat -c %u:%g t t/file t/other | tr \"\\n\" \" \")\" = \"0:0 0:0 1:2 \" ]\n"
        "    echo more >>t/file; touch t/new; chown 7:8 t/new; mkdir -p t/d'\n"
        "    [ \"$(owners a/file a/new a/d a/other)\" = '0:0 7:8 0:0 1:2 ' ]\n"
        "done\n"
        "[ $(wc -l <a/file) = 3 ]\n"
        /* Without a map they are nobody's. */
        "gives 0 ns $MAPPED --mount type=bind,source=a,target=$D/t -- stat -c %u t/file\n"
        "[ $(cat out) = 65534 ]\n");
}
END_TEST

START_TEST(a_mount_can_have_a_map_of_its_own)
{
    if (lacks_idmap("a_mount_can_have_a_map_of_its_own"))
        return;
    script_succeeds(
        0, MAPPED
        "of() { ns --unshare mnt --mount \"type=bind,source=a,target=$D/t,idmap=$1\" -- "
        "stat -c %u:%g t/file t/other | tr '\\n' ' '; }\n"
        "[ \"$(of '0:1000:1 1:2000:2')\" = '1000:1000 2000:2001 ' ]\n"
        "[ \"$(of 'b:0:1000:1 u:1:2000:1 g:2:3000:1')\" = '1000:1000 2000:3000 ' ]\n"
        /* IDs without a range are nobody's, and no file of theirs can be made. */
        "[ \"$(of 0:1000:1)\" = '1000:1000 65534:65534 ' ]\n"
        "gives 1 ns --unshare mnt --mount type=bind,source=a,target=$D/t,idmap=0:1000:1 -- "
        "touch t/new\n"
        "says 'Value too large'; [ ! -e a/new ]\n"
        "ns --unshare mnt --user 1000:1000 --mount type=bind,source=a,target=$D/t,idmap=0:1000:1 "
        "-- sh -c 'echo new >>t/file; touch t/mine'\n"
        "[ \"$(owners a/file a/mine)\" = '0:0 0:0 ' ]\n"
        /* In a user namespace the map still says who outside an owner is. */
        "gives 0 ns $MAPPED --mount type=bind,source=a,target=$D/t,idmap=0:100005:1 -- "
        "stat -c %u t/file\n"
        "[ $(cat out) = 5 ]\n");
}
END_TEST

START_TEST(files_readonly_and_the_mounts_below_go_with_a_map)
{
    if (lacks_idmap("files_readonly_and_the_mounts_below_go_with_a_map"))
        return;
    script_succeeds(
        0,
        MAPPED "touch f; mkdir a/sub; mount -t tmpfs t a/sub || exit 1\n"
               "gives 0 ns $MAPPED --mount type=bind,source=a/file,target=$D/f,idmap,readonly "
               "--mount type=bind,source=none,target=$D/none,optional,idmap "
               "--mount type=bind,source=a,target=$D/t,idmap,nosuid -- sh -euc '\n"
               "[ $(stat -c %u f) = 0 ]; [ \"$(cat f)\" = \"of root\" ]\n"
               "if echo x >>f; then exit 1; fi 2>&-; touch t/sub/new; [ $(stat -c %u t/sub) = 0 ]\n"
               "grep -q \"$PWD/t rw,nosuid,relatime,idmapped \" /proc/self/mountinfo'\n"
               "[ \"$(owners a/sub/new)\" = '0:0 ' ]\n");
}
END_TEST

#define MAKE_ROOT                                                                         \
    "mkdir -p root/usr root/proc root/tmp root/etc root/t; echo of root >root/etc/file\n" \
    "ROOT=\"--root $D/root --mount type=bind,source=/usr,target=/usr,readonly\"\n"        \
    "for p in bin lib lib32 lib64; do [ ! -L /$p ] || cp -P /$p root/; done\n"

START_TEST(root_of_a_user_namespace_owns_its_root_directory)
{
    if (lacks_idmap("root_of_a_user_namespace_owns_its_root_directory"))
        return;
    script_succeeds(
        0, MAPPED MAKE_ROOT
        "cat /proc/self/mountinfo >before\n"
        "for i in 1 2; do\n"
        "    gives 0 ns $MAPPED $ROOT --root-idmap --mount type=tmpfs,target=/t -- sh -euc '\n"
        "    [ \"$(stat -c %u:%g / /etc/file | tr \"\\n\" \" \")\" = \"0:0 0:0 \" ]; [ $PWD = / ]\n"
        "    echo more >>/etc/file; touch /new /t/new; chown 7:8 /new; ls -d /*\n"
        "    mount -o remount,bind,rw /usr || echo locked'\n"
        "    [ \"$(owners root/etc/file root/new)\" = '0:0 7:8 ' ]; grep -q locked out\n"
        "done\n"
        "[ $(wc -l <root/etc/file) = 3 ]; cmp before /proc/self/mountinfo\n"
        "never grep -E '^/(home|var|root)' out\n"
        "gives 1 ns $MAPPED $ROOT --root-idmap --read-only -- touch /read-only\n"
        "gives 0 ns --unshare mnt,pid --user 1000:1000 $ROOT --root-idmap='0:1000:1' -- "
        "touch /etc/mine\n"
        "[ \"$(owners root/etc/mine)\" = '0:0 ' ]\n");
}
END_TEST

START_TEST(a_root_that_can_not_be_mapped_is_an_error)
{
    if (lacks_idmap("a_root_that_can_not_be_mapped_is_an_error"))
        return;
    script_succeeds(0, MAPPED
                    "gives 125 ns $MAPPED --root /proc/sys --root-idmap -- true\n"
                    "says 'nsinit: --root /proc/sys: idmap: not supported by this file system'\n"
                    "gives 125 ns $MAPPED --root a/file --root-idmap -- true\n"
                    "says 'nsinit: --root a/file: Not a directory'\n"
                    "gives 125 ns $MAPPED --root-idmap -- true\n"
                    "says 'nsinit: --root-idmap: needs --root'\n"
                    "gives 125 ns $MAPPED --root a --root-idmap=1:2 -- true\n"
                    "says \"nsinit: --root-idmap: invalid range '1:2'\"\n");
}
END_TEST

/* A copy of the machine's own mount would have no locks: mount_namespaces(7). */
START_TEST(flags_of_the_machine_stay_locked_on_a_mapped_mount)
{
    if (lacks_idmap("flags_of_the_machine_stay_locked_on_a_mapped_mount"))
        return;
    script_succeeds(
        0, MAPPED "mkdir host; mount --bind a host; mount -o remount,bind,ro,nosuid,nodev host\n"
                  "gives 0 ns $MAPPED --mount type=bind,source=host,target=$D/t,idmap -- sh -uc '\n"
                  "mount -o remount,bind,rw,nosuid,nodev t; mount -o remount,bind,ro,suid,nodev t\n"
                  "mount -o remount,bind,ro,nosuid,dev t; umount t; touch t/x\n"
                  "mount --bind t /mnt && mount -o remount,bind,rw,nosuid,nodev /mnt\n"
                  "touch /mnt/x; grep \" $PWD/t ro,nosuid,nodev,\" /proc/self/mountinfo'\n"
                  "[ $(wc -l <out) = 1 ]; [ ! -e a/x ]\n");
}
END_TEST

START_TEST(a_service_of_a_pod_maps_by_the_pods_user_namespace)
{
    if (lacks_idmap("a_service_of_a_pod_maps_by_the_pods_user_namespace"))
        return;
    script_succeeds(
        0, MAPPED "cat >pod <<EOF\n"
                  "[pod]\nunshare = user\nmap-users = 0:100000:65536\nmap-groups = 0:100000:65536\n"
                  "[service a]\nunshare = mnt\n"
                  "mount = type=bind,source=$D/a,target=$D/t,idmap\n"
                  "command = sh -c 'touch t/a'\n"
                  "[service b]\nunshare = mnt\nafter = a\n"
                  "mount = type=bind,source=$D/a,target=$D/t,idmap=0:100003:1\n"
                  "command = sh -c 'stat -c is%u t/file'\n"
                  "EOF\n"
                  "gives 0 ns --control no --pod pod; [ \"$(owners a/a)\" = '0:0 ' ]\n"
                  "grep -q is3 out\n"
                  "cat >pod <<EOF\n"
                  "[pod]\nunshare = user,mnt\nmap-users = 0:100000:65536\n"
                  "map-groups = 0:100000:65536\n"
                  "mount = type=bind,source=$D/a,target=$D/t,idmap\n"
                  "[service a]\ncommand = touch $D/t/b\n"
                  "EOF\n"
                  "gives 0 ns --control no --pod pod; [ \"$(owners a/b)\" = '0:0 ' ]\n");
}
END_TEST

/* There a path may lead anywhere: the pod's services could have changed the mounts. */
START_TEST(a_copy_of_the_pods_mount_namespace_has_no_mapped_mounts)
{
    if (lacks_idmap("a_copy_of_the_pods_mount_namespace_has_no_mapped_mounts"))
        return;
    script_succeeds(0, MAPPED
                    "cat >pod <<EOF\n"
                    "[pod]\nunshare = mnt\n"
                    "[service a]\nunshare = mnt\n"
                    "mount = type=bind,source=$D/a,target=$D/t,idmap=0:1:1\ncommand = true\n"
                    "EOF\n"
                    "gives 125 ns --control no --pod pod\n"
                    "grep -Fe \"--mount $D/t: idmap needs a copy of nsinit's own mount namespace\" "
                    "out err\n");
}
END_TEST

START_TEST(mount_of_util_linux_maps_owners_in_the_same_way)
{
    static const char test[] = "mount_of_util_linux_maps_owners_in_the_same_way";

    if (lacks_idmap(test))
        return;
    if (system("mount --version | grep -qE 'util-linux 2\\.(39|[4-9])'") != 0) {
        skip_test(test, "mount(8) has X-mount.idmap since util-linux 2.39");
        return;
    }
    script_succeeds(
        0,
        MAPPED "mount --bind -o X-mount.idmap='u:0:1000:2 g:0:2000:3' a t\n"
               "theirs=$(owners t/file t/other); umount t\n"
               "ours=$(ns --unshare mnt --mount \"type=bind,source=a,target=$D/t,idmap=u:0:1000:2 "
               "g:0:2000:3\" -- stat -c %u:%g t/file t/other | tr '\\n' ' ')\n"
               "[ \"$ours\" = \"$theirs\" ]; [ \"$ours\" = '1000:2000 1001:2002 ' ]\n");
}
END_TEST

START_TEST(nothing_of_a_map_is_left)
{
    if (lacks_idmap("nothing_of_a_map_is_left"))
        return;
    script_succeeds(0, MAPPED
                    "cat /proc/self/mountinfo >before\n"
                    "gives 0 ns $MAPPED --mount type=bind,source=a,target=$D/t,idmap "
                    "--mount type=bind,source=a,target=$D/t,idmap=0:1:1 -- "
                    "sh -c 'ls -l /proc/self/fd /proc/1/fd; ps -e || :'\n"
                    "never grep -E \"mnt:|user:|$D/[at]\" out\n"
                    "gives 0 ns $MAPPED --restart on-failure:2 --restart-delay 1ms..1ms --mount "
                    "type=bind,source=a,target=$D/t,idmap -- sh -c 'touch t/once-$(ls t | wc -l); "
                    "[ -e t/once-3 ]'\n"
                    "[ \"$(owners a/once-2 a/once-3)\" = '0:0 0:0 ' ]\n"
                    "cmp before /proc/self/mountinfo\n");
}
END_TEST

START_TEST(a_refusal_names_the_kernel_or_the_file_system)
{
    if (lacks_idmap("a_refusal_names_the_kernel_or_the_file_system"))
        return;
    script_succeeds(
        0, MAPPED
        "of() { gives 125 $1 $BINARY -s $2 --mount type=bind,source=$3,target=$D/t,idmap$4 -- "
        "true; }\n"
        "of '' '--unshare mnt' /proc/sys =0:1:1\n"
        "says \"nsinit: --mount $D/t: idmap: not supported by this file system, or by one below "
        "it\"\n"
        "says 'hint: use ext4, xfs, btrfs (Linux 5.15) or tmpfs (6.3), or add bind-nonrecursive'\n"
        "of 'env ASAN_OPTIONS=detect_leaks=0 strace -f -o /dev/null -e "
        "inject=mount_setattr:error=ENOSYS' '--unshare mnt' a "
        "=0:1:1\n"
        "says \"nsinit: --mount $D/t: idmap: Function not implemented\"\n"
        "says 'hint: use Linux 5.12 or newer'\n"
        "of '' '--unshare mnt' a ''\n"
        "says 'idmap needs --unshare user, or ranges IN:OUT:COUNT'\n"
        "gives 125 ns --unshare mnt --mount 'type=bind,source=a,target=/t,idmap=0:1:1 0:2:1' -- "
        "true\n"
        "says 'nsinit: --mount /t: idmap: create a user namespace with the map: Invalid "
        "argument'\n");
}
END_TEST

START_TEST(an_ordinary_user_can_not_map_the_machines_files)
{
    script_succeeds(ORDINARY_USER, "mkdir a t\n"
                                   "gives 125 ns --unshare user,mnt --map-root-user --mount "
                                   "type=bind,source=a,target=$D/t,idmap -- true\n"
                                   "says \"nsinit: --mount $D/t: idmap: Operation not permitted\"\n"
                                   "says 'hint: run nsinit as root of the machine'\n");
}
END_TEST

TCase *idmapped_case(void)
{
    const TTest *const tests[] = {root_of_a_user_namespace_owns_a_tree_of_root,
                                  a_mount_can_have_a_map_of_its_own,
                                  files_readonly_and_the_mounts_below_go_with_a_map,
                                  root_of_a_user_namespace_owns_its_root_directory,
                                  a_root_that_can_not_be_mapped_is_an_error,
                                  flags_of_the_machine_stay_locked_on_a_mapped_mount,
                                  a_service_of_a_pod_maps_by_the_pods_user_namespace,
                                  a_copy_of_the_pods_mount_namespace_has_no_mapped_mounts,
                                  mount_of_util_linux_maps_owners_in_the_same_way,
                                  nothing_of_a_map_is_left,
                                  a_refusal_names_the_kernel_or_the_file_system,
                                  an_ordinary_user_can_not_map_the_machines_files,
                                  NULL};

    return case_of("idmapped", tests);
}
