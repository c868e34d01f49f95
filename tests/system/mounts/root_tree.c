/*
 * root_tree.c - roots that are put together by nsinit: an overlay over a directory, a tmpfs, an
 * image. As root and as an ordinary user, who is root in a user namespace.
 */
#include <errno.h>
#include <linux/magic.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "system/script.h"
#include "system/system.h"

/*
 * `tree DIR` makes a root directory, whose programs come by the options $BIND; `world OPTION...`
 * is nsinit with new namespaces, as this user may have them. $W are its options.
 */
#define WORLD                                                                       \
    "chmod 755 $D\n"                                                                \
    "BIND='--mount type=bind,source=/usr,target=/usr,readonly'\n"                   \
    "for p in bin lib lib32 lib64; do [ -L /$p ] || [ ! -d /$p ] ||\n"              \
    "    BIND=\"$BIND --mount type=bind,source=/$p,target=/$p,readonly\"; done\n"   \
    "tree() { mkdir -p $1/proc $1/tmp $1/etc $1/usr\n"                              \
    "    for p in bin lib lib32 lib64; do [ ! -L /$p ] || cp -P /$p $1/; done; }\n" \
    "W='--unshare mnt,pid'\n"                                                       \
    "[ $(id -u) = 0 ] || W='--unshare user,mnt,pid --map-root-user'\n"              \
    "world() { ns $W \"$@\"; }\n"                                                   \
    "tree lower; echo a >lower/etc/a\n"

/* Where the tests themselves are on an overlay, as in a container, it can't have an upper one. */
static bool lacks_upper(const char *test)
{
    struct statfs status;

    if (statfs("/tmp", &status) < 0 || status.f_type != OVERLAYFS_SUPER_MAGIC)
        return false;
    skip_test(test, "the upper directory of an overlay cannot be on an overlay");
    return true;
}

static bool lacks_tool(const char *test, const char *tool)
{
    static const char *const directories[] = {"/usr/bin", "/usr/sbin", "/bin", "/sbin"};
    char text[100];

    for (size_t i = 0; i < sizeof directories / sizeof directories[0]; i++) {
        snprintf(text, sizeof text, "%s/%s", directories[i], tool);
        if (access(text, X_OK) == 0)
            return false;
    }
    snprintf(text, sizeof text, "%s is not installed", tool);
    skip_test(test, text);
    return true;
}

START_TEST(an_overlay_keeps_changes_of_the_root_in_its_upper_directory)
{
    if (lacks_upper("an_overlay_keeps_changes_of_the_root_in_its_upper_directory"))
        return;
    /* A name with a slash at its end, and a relative one. */
    script_succeeds_for_all(
        WORLD "mkdir upper; find lower | sort >before\n"
              "gives 0 world --root lower --overlay=upper/ $BIND -- sh -euc '\n"
              "[ $PWD = / ]; [ $(cat /etc/a) = a ]; echo b >/etc/b; rm /etc/a; rm -r /tmp\n"
              "mkdir /tmp; grep -q \" / / .* overlay \" /proc/self/mountinfo\n"
              "[ $(grep -c \" / / \" /proc/self/mountinfo) = 1 ]'\n"
              "[ $(cat upper/etc/b) = b ]; [ -c upper/etc/a ]; [ -d upper/tmp ]\n"
              "find lower | sort | cmp before -\n"
              /* The next run goes on where this one has ended. */
              "gives 0 world --root $D/lower --overlay=$D/upper $BIND -- sh -euc '"
              "[ $(cat /etc/b) = b ]; [ ! -e /etc/a ]'\n"
              "[ ! -e upper.work ]\n");
}
END_TEST

START_TEST(a_volatile_overlay_is_gone_with_its_run)
{
    script_succeeds_for_all(
        WORLD "chmod 711 lower; find . | sort >../before.$$; ns --version >version\n"
              "gives 0 world --root lower --overlay $BIND -- sh -euc 'echo b >/b; rm /etc/a; "
              "echo new >/etc/new; [ $(stat -c %a /) = 711 ]; rm -r /etc; mkdir /etc; [ -z \"$(ls "
              "/etc)\" ]'\n"
              "rm version out err; find . | sort | cmp ../before.$$ -; rm ../before.$$\n");
}
END_TEST

/* The topmost is named first, as in lowerdir= of mount(8). */
START_TEST(a_root_of_several_directories_can_be_read_only)
{
    script_succeeds_for_all(
        WORLD "mkdir -p top/etc; echo top >top/etc/a; echo b >lower/etc/b; cp lower/etc/a a\n"
              "gives 0 world --root top:lower --overlay --read-only $BIND "
              "--mount type=tmpfs,target=/made -- sh -euc '\n"
              "[ $(cat /etc/a /etc/b | tr \"\\n\" -) = top-b- ]; touch /made/x\n"
              "if touch /x 2>&-; then exit 7; fi'\n"
              "cmp a lower/etc/a; [ ! -e top/made ]; [ ! -e lower/made ]\n");
}
END_TEST

START_TEST(an_overlay_of_mount_8_gives_the_same_root)
{
    if (lacks_upper("an_overlay_of_mount_8_gives_the_same_root") ||
        lacks_root("an_overlay_of_mount_8_gives_the_same_root"))
        return;
    script_succeeds(0, WORLD
                    "LIST='cd /; echo new >etc/new; rm etc/a; mv tmp tmp2; ls -lR etc tmp2; stat "
                    "-f -c %T .'\n"
                    "mkdir u1 u2 w2 m; world --root lower --overlay=u1 $BIND -- sh -euc \"$LIST\" "
                    ">ours\n"
                    "unshare -m sh -euc 'mount -t overlay -o "
                    "lowerdir=lower,upperdir=u2,workdir=w2 o m\n"
                    "mount --bind /usr m/usr; chroot m sh -euc \"$0\"' \"$LIST\" >theirs\n"
                    "diff ours theirs; (cd u1; ls -lR --time-style=+ . >../ours)\n"
                    "(cd u2; ls -lR --time-style=+ . >../theirs); sed 's/^c[^ ]* [0-9]*/c/' ours | "
                    "grep -v total >o1\n"
                    "sed 's/^c[^ ]* [0-9]*/c/' theirs | grep -v total >t1; diff o1 t1\n");
}
END_TEST

START_TEST(a_restarted_service_finds_its_changes_and_leaves_no_work_directory)
{
    if (lacks_upper("a_restarted_service_finds_its_changes_and_leaves_no_work_directory"))
        return;
    script_succeeds_for_all(
        WORLD "mkdir upper\n"
              "gives 3 world --root lower --overlay=upper --restart on-failure:1 --restart-delay "
              "1ms..1ms $BIND -- sh -euc 'rm -f /etc/a; [ -e /second ] && exit 3; echo 1 >/second; "
              "exit 2'"
              "\n[ ! -e upper.work ]; [ -e upper/second ]\n"
              /* In a pod, too. */
              "{ echo '[service a]'; echo \"unshare = $(echo $W | cut -d ' ' -f 2)\"\n"
              "  case $W in *map*) echo 'map-root-user = yes';; esac\n"
              "  echo \"root = $D/lower\"; echo \"overlay = $D/upper\"\n"
              "  echo \"$BIND\" | sed 's/ --mount /\\nmount = /g; s/^--mount /mount = /'\n"
              "  echo 'command = sh -c \"rm /second; touch /third\"'; } >pod\n"
              "gives 0 ns --control no --pod pod; [ ! -e upper/second ]; [ -e upper/third ]\n"
              "[ ! -e upper.work ]\n"
              "gives 0 ns --pod pod --check; grep -qx \"  overlay = $D/upper\" out\n");
}
END_TEST

START_TEST(a_work_directory_that_was_there_stays)
{
    if (lacks_upper("a_work_directory_that_was_there_stays"))
        return;
    script_succeeds_for_all(WORLD "mkdir upper upper.work\n"
                                  "gives 0 world --root lower --overlay=upper $BIND -- touch /x\n"
                                  "[ -d upper.work ]; [ -e upper/x ]\n");
}
END_TEST

/* Else a process that goes on adding files would keep nsinit busy. */
START_TEST(a_work_directory_with_many_files_is_left)
{
    static const char test[] = "a_work_directory_with_many_files_is_left";

    if (lacks_upper(test) || lacks_root(test))
        return;
    script_succeeds(0,
                    WORLD "mkdir upper; gives 0 world --root lower --overlay=upper $BIND --mount "
                          "type=bind,source=$D,target=/tmp -- \\\n"
                          "  sh -c 'cd /tmp/upper.work/work && seq 3000 | xargs touch'\n"
                          "[ $(ls upper.work/work | wc -l) -ge 2000 ]; rm -r upper.work\n");
}
END_TEST

START_TEST(a_start_that_fails_leaves_no_work_directory)
{
    if (lacks_upper("a_start_that_fails_leaves_no_work_directory"))
        return;
    script_succeeds_for_all(
        WORLD "mkdir upper\n"
              "gives 127 world --root lower --overlay=upper $BIND -- no-such-program\n"
              "gives 125 world --root lower --overlay=upper --mount "
              "type=bind,source=/no/such,target=/mnt -- true\n"
              "gives 125 world --root no --overlay=upper -- true; [ ! -e upper.work ]\n"
              "says 'nsinit: --root no: No such file or directory'\n"
              "gives 125 world --root lower --overlay=nope -- true; [ ! -e nope.work ]\n"
              "says 'nsinit: --overlay nope: No such file or directory'\n"
              "says 'hint: create the upper directory: mkdir -p nope'\n");
}
END_TEST

/* The kernel would mount the overlay read-only, without an error. */
START_TEST(an_upper_directory_of_another_owner_is_an_error)
{
    static const char test[] = "an_upper_directory_of_another_owner_is_an_error";

    if (lacks_upper(test) || lacks_root(test))
        return;
    script_succeeds(
        0, WORLD
        "mkdir upper; M='--unshare user,mnt,pid --map-users 0:54321:1 --map-groups 0:54321:1'\n"
        "gives 125 ns $M --root lower --overlay=upper $BIND -- true\n"
        "says 'nsinit: --overlay: UPPER or UPPER.work is not writable'\n"
        "says 'hint: give UPPER to root of the user namespace: chown'\n"
        "chown 54321:54321 upper; gives 0 ns $M --root lower --overlay=upper $BIND -- touch /x\n"
        "[ $(stat -c %u upper/x) = 54321 ]; [ ! -e upper.work ]\n");
}
END_TEST

/* As in a container: the files of an image are an overlay. */
START_TEST(an_upper_directory_on_an_overlay_is_an_error)
{
    static const char test[] = "an_upper_directory_on_an_overlay_is_an_error";

    if (lacks_upper(test) || lacks_root(test))
        return;
    script_succeeds(0, WORLD
                    "mkdir u w m; mount -t overlay -o lowerdir=lower,upperdir=u,workdir=w o m\n"
                    "mkdir m/upper; gives 125 world --root lower --overlay=m/upper $BIND -- true\n"
                    "says 'nsinit: --overlay: the upper directory is itself on an overlay'\n"
                    "says 'hint: use a directory on a volume, or --overlay for a tmpfs'\n"
                    "[ ! -e m/upper.work ]\n"
                    /* A lower one may be there. */
                    "gives 0 world --root m --overlay $BIND -- sh -c 'echo x >/x'; [ ! -e m/x ]\n");
}
END_TEST

static void lack_user_attributes(void *argument)
{
    (void)argument;
    refuse_call(SYS_setxattr, EOPNOTSUPP);
}

/* A tmpfs has none before Linux 6.6. */
START_TEST(an_upper_file_system_without_user_attributes_is_an_error)
{
    script_succeeds_after(
        ORDINARY_USER, lack_user_attributes,
        WORLD
        "gives 125 world --root lower --overlay $BIND -- true\n"
        "says 'nsinit: --overlay: the file system of the upper directory has no user attributes'\n"
        "says 'hint: use Linux 6.6 or newer for a tmpfs, or another file system'\n");
}
END_TEST

/* The kernel takes no directory from which a locked mount could be seen without what is on it. */
START_TEST(a_user_namespace_can_not_overlay_a_root_with_mounts)
{
    script_succeeds(ORDINARY_USER,
                    WORLD "gives 125 world --root / --overlay -- true\n"
                          "says 'nsinit: --overlay: mount the overlay: Invalid argument'\n"
                          "says 'hint: use directories without mounts below them'\n");
    if (!lacks_root("a_user_namespace_can_not_overlay_a_root_with_mounts"))
        script_succeeds(0, WORLD
                        "gives 0 world --root / --overlay -- sh -c 'echo x >/etc/x-'$$'; [ -z "
                        "\"$(ls /sys)\" ]'\n[ ! -e /etc/x-$$ ]\n");
}
END_TEST

START_TEST(restrictions_of_a_directorys_mount_hold_for_the_overlay)
{
    if (lacks_root("restrictions_of_a_directorys_mount_hold_for_the_overlay"))
        return;
    script_succeeds(0, WORLD "mkdir m; mount -t tmpfs -o nosuid,nodev t m; tree m/lower\n"
                             "gives 0 world --root m/lower --overlay $BIND -- grep -q ' / / "
                             "rw,nosuid,nodev,relatime ' /proc/self/mountinfo\n");
}
END_TEST

/* The layers are mapped, never the overlay: Linux 5.19. */
START_TEST(lower_directories_can_be_mapped_and_changes_have_the_ids_of_the_service)
{
    static const char test[] =
        "lower_directories_can_be_mapped_and_changes_have_the_ids_of_the_service";

    if (lacks_upper(test) || lacks_root(test))
        return;
    script_succeeds(0, WORLD
                    "mkdir top upper; chown 100000:100000 upper; chmod 600 lower/etc/a\n"
                    "gives 0 ns --unshare user,mnt,pid --map-users 0:100000:65536 --map-groups "
                    "0:100000:65536 --root top:lower --root-idmap --overlay=upper $BIND -- sh -euc "
                    "'echo b >>/etc/a; mkdir /new; [ $(stat -c %u /etc/a) = 0 ]'\n"
                    "[ $(stat -c %u lower/etc/a) = 0 ]; [ $(cat lower/etc/a) = a ]\n"
                    "[ $(stat -c %u upper/etc/a) = 100000 ]; [ $(stat -c %u upper/new) = 100000 "
                    "]\n");
}
END_TEST

START_TEST(an_overlay_needs_a_root)
{
    script_succeeds_for_all(WORLD "gives 125 world --overlay -- true\n"
                                  "says 'nsinit: --overlay: needs --root'\n"
                                  "gives 125 world --root lower --overlay= -- true\n"
                                  "says 'nsinit: --overlay: needs a directory'\n"
                                  "gives 0 world --root lower --overlay=no $BIND -- touch /x\n"
                                  "[ -e lower/x ]\n");
}
END_TEST

/* ---- a tmpfs ------------------------------------------------------------------------------- */

START_TEST(a_root_on_a_tmpfs_has_what_is_mounted_into_it)
{
    script_succeeds_for_all(
        WORLD
        "echo text >file; mount_of() { grep \" $1 \" /proc/self/mountinfo; }\n"
        "BIND=\"$BIND --mount type=bind,source=/bin,target=/bin,readonly\"\n"
        "for p in /lib /lib64; do [ ! -d $p ] ||\n"
        "    BIND=\"$BIND --mount type=bind,source=$p,target=$p,readonly\"; done\n"
        "gives 0 world --root-tmpfs=1m $BIND --mount type=bind,source=file,target=/a/b/file -- "
        "sh -euc '\n"
        "[ $PWD = / ]; [ $(cat /a/b/file) = text ]; echo x >/x; mkdir /tmp; [ ! -e /etc ]\n"
        "grep -q \" / / rw,nosuid,nodev,relatime .* tmpfs .*size=1024k\" "
        "/proc/self/mountinfo; [ $(stat -c %a /) = 755 ]'\n"
        "gives 0 world --root-tmpfs --read-only $BIND --mount type=tmpfs,target=/tmp -- "
        "sh -euc 'touch /tmp/x; if touch /x 2>&-; then exit 7; fi'\n");
}
END_TEST

/* The way of bubblewrap: bwrap(1). */
START_TEST(bubblewrap_makes_the_same_root)
{
    static const char test[] = "bubblewrap_makes_the_same_root";

    if (lacks_tool(test, "bwrap"))
        return;
    script_succeeds_for_all(
        WORLD
        "mkdir data; echo text >data/file\n"
        "LOOK='ls -1a / /data; cat /data/file; stat -f -c %T /; touch /x && echo writable; "
        "touch /usr/x 2>&- || echo read-only; touch /data/new'\n"
        "world --root-tmpfs --mount-proc=no --mount type=bind,source=/usr,target=/usr,readonly "
        "$(for p in bin lib lib32 lib64; do [ ! -d /$p ] || "
        "echo --mount type=bind,source=/$p,target=/$p,readonly; done) "
        "--mount type=bind,source=data,target=/data -- sh -c \"$LOOK\" >ours; rm data/new\n"
        "bwrap --unshare-user --unshare-pid --uid 0 --gid 0 --ro-bind /usr /usr "
        "$(for p in bin lib lib32 lib64; do [ ! -d /$p ] || echo --ro-bind /$p /$p; done) "
        "--bind data /data sh -c \"$LOOK\" >theirs; diff ours theirs\n");
}
END_TEST

START_TEST(a_service_has_one_root)
{
    script_succeeds_for_all(
        WORLD "gives 125 world --root lower --root-tmpfs -- true\n"
              "says 'nsinit: --root-tmpfs: the service has another root already'\n"
              "gives 125 world --root-tmpfs --overlay -- true\n"
              "says 'nsinit: --overlay: needs --root'\n"
              "gives 125 ns --root-tmpfs -- true\n"
              "says 'nsinit: --root-tmpfs: needs a new mnt namespace: add --unshare mnt'\n"
              "for size in 1x m 1kb; do\n"
              "    gives 125 world --root-tmpfs=$size -- true; says \"invalid size '$size'\"\n"
              "done\n"
              "gives 127 world --root-tmpfs=no --root-tmpfs=64K -- true\n");
}
END_TEST

/* ---- an image ------------------------------------------------------------------------------ */

/* `used` are the loop devices of the script's own files. */
#define IMAGE                                                                                  \
    WORLD "mknod lower/etc/null c 1 3; mkdir -p lower/dev; mke2fs -q -d lower ext4.img 4M\n"   \
          "mksquashfs lower squashfs.img -quiet -no-progress >&2; mkfs.erofs erofs.img lower " \
          ">mkfs 2>&1\n"                                                                       \
          "used() { losetup -l -n -O BACK-FILE | grep \"^$D/\" || :; }\n"

static bool lacks_images(const char *test)
{
    if (lacks_root(test) || lacks_tool(test, "mksquashfs") || lacks_tool(test, "mkfs.erofs") ||
        lacks_tool(test, "mke2fs"))
        return true;
    if (access("/dev/loop-control", F_OK) == 0)
        return false;
    skip_test(test, "there are no loop devices");
    return true;
}

START_TEST(a_root_from_an_image_is_read_only_and_leaves_no_loop_device)
{
    if (lacks_images("a_root_from_an_image_is_read_only_and_leaves_no_loop_device"))
        return;
    script_succeeds(
        0, IMAGE
        "for type in squashfs erofs ext4; do\n"
        "    gives 0 world --root-image $type.img $BIND -- sh -euc '\n"
        "    [ $PWD = / ]; [ $(cat /etc/a) = a ]; if touch /x 2>&-; then exit 7; fi\n"
        "    if mount -o remount,rw /; then exit 8; fi; if cat /etc/null; then exit 9; fi\n"
        "    grep -q \" / / ro,nodev,relatime - '$type' /dev/loop\" /proc/self/mountinfo'\n"
        /* And in a user namespace, with the machine's owners or with its own. */
        "    M='--unshare user,mnt,pid --map-users 0:100000:65536 --map-groups 0:100000:65536'\n"
        "    gives 0 ns $M --root-image $type.img $BIND -- sh -euc '[ $(stat -c %u /etc/a) = 65534 "
        "]; if mount -o remount,rw /; then exit 8; fi'\n"
        "    gives 0 ns $M --root-image $type.img --root-idmap $BIND -- sh -euc "
        "'[ $(stat -c %u /etc/a) = 0 ]'\n"
        "    [ -z \"$(used)\" ]\n"
        "done\n");
}
END_TEST

START_TEST(mount_8_shows_the_same_image)
{
    if (lacks_images("mount_8_shows_the_same_image"))
        return;
    script_succeeds(0, IMAGE
                    "LOOK='cd /; stat -f -c %T .; find etc tmp -printf \"%p %m %U %s\\n\"; touch x "
                    "2>&- || echo read-only'; mkdir m\n"
                    "for type in squashfs erofs ext4; do\n"
                    "    world --root-image $type.img $BIND -- sh -c \"$LOOK\" >ours\n"
                    "    unshare -m sh -euc 'mount -o loop,ro $0.img m; mount --bind /usr m/usr\n"
                    "    chroot m sh -c \"$1\"' $type \"$LOOK\" >theirs\n"
                    "    diff ours theirs\n"
                    "done\n");
}
END_TEST

START_TEST(an_overlay_makes_an_image_writable)
{
    if (lacks_upper("an_overlay_makes_an_image_writable") ||
        lacks_images("an_overlay_makes_an_image_writable"))
        return;
    script_succeeds(
        0, IMAGE
        "mkdir upper:1; mv squashfs.img a:b.img\n"
        "gives 0 world --root-image a:b.img --overlay $BIND -- sh -euc 'echo b >>/etc/a; [ $(cat "
        "/etc/a | wc -l) = 2 ]'\n"
        "gives 3 world --root-image a:b.img --overlay=upper:1 --restart on-failure:1 "
        "--restart-delay 1ms..1ms $BIND -- sh -euc '[ -e /second ] && exit 3; >/second; exit 2'\n"
        "[ -e upper:1/second ]; [ ! -e upper:1.work ]; [ -z \"$(used)\" ]\n");
}
END_TEST

START_TEST(an_image_that_can_not_be_mounted_is_an_error)
{
    static const char test[] = "an_image_that_can_not_be_mounted_is_an_error";

    if (lacks_images(test))
        return;
    script_succeeds(
        0, IMAGE "fails() { gives 125 world --root-image \"$@\" -- true; [ -z \"$(used)\" ]; }\n"
                 "fails nope.img; says 'nsinit: --root-image nope.img: No such file or directory'\n"
                 "fails mkfs; says 'nsinit: --root-image mkfs: not a squashfs, erofs or ext4'\n"
                 "fails lower; says 'nsinit: --root-image lower: Not a regular file'\n"
                 "mkfifo fifo; fails fifo; says 'nsinit: --root-image fifo: Not a regular file'\n"
                 "{ printf hsqs; head -c 65532 /dev/zero; } >bad.img; fails bad.img\n"
                 "says 'nsinit: --root-image bad.img: squashfs: '\n"
                 "fails ext4.img --mount type=bind,source=/no/such,target=/mnt\n"
                 "fails ext4.img --mount type=tmpfs,target=/new\n"
                 "says 'nsinit: --mount /new: create /new: Read-only file system'\n"
                 "fails ext4.img --root lower; says 'nsinit: --root: the service has another root "
                 "already'\n");
    script_succeeds(ORDINARY_USER,
                    WORLD "{ printf hsqs; head -c 65532 /dev/zero; } >a.img\n"
                          "gives 125 world --root-image a.img -- true\n"
                          "says 'nsinit: --root-image a.img: /dev/loop-control: Permission "
                          "denied'\n"
                          "says 'hint: run nsinit as root of the machine, or unpack the image: "
                          "unsquashfs'\n");
}
END_TEST

/* ---- read-only ------------------------------------------------------------------------------ */

static void hide_mount_setattr(void *argument)
{
    (void)argument;
    refuse_call(SYS_mount_setattr, ENOSYS);
}

/* Also before Linux 5.12, where each mount is remounted. */
START_TEST(recursive_makes_mounts_below_the_root_read_only_too)
{
    static const char test[] = "recursive_makes_mounts_below_the_root_read_only_too";
    static const char script[] = WORLD
        "mkdir -p lower/sub/deep; mount -t tmpfs -o nosuid t lower/sub; mkdir lower/sub/deep\n"
        "mount -t tmpfs t lower/sub/deep; chmod 777 lower lower/sub lower/sub/deep\n"
        "mkdir -p lower/over/deep; mount -t tmpfs t lower/over/deep; mount -t tmpfs t lower/over\n"
        "mkdir etc-less; for w in \"$W\" '--unshare user,mnt,pid --map-users 0:54321:1 "
        "--map-groups 0:54321:1'; do\n"
        "    gives 0 ns $w --root lower --read-only=recursive $BIND "
        "--mount type=tmpfs,target=/new -- sh -euc 'touch /new/x\n"
        "    for d in / /sub /sub/deep; do if touch $d/x 2>&-; then exit 7; fi; done\n"
        "    grep -q \" /sub ro,nosuid,relatime \" /proc/self/mountinfo'\n"
        "    gives 0 ns $w --root lower --read-only $BIND -- sh -euc '"
        "if touch /x 2>&-; then exit 7; fi; touch /sub/x /sub/deep/x; rm /sub/x /sub/deep/x'\n"
        /* Of the old root, too. */
        "    gives 0 ns $w --read-only=recursive --mount type=tmpfs,target=$D/etc-less -- sh -euc '"
        "if touch $0/lower/sub/deep/x 2>&-; then exit 7; fi; touch $0/etc-less/x' $D\n"
        "done\n";

    if (lacks_root(test))
        return;
    script_succeeds(0, script);
    script_succeeds_after(0, hide_mount_setattr, script);
}
END_TEST

TCase *root_tree_case(void)
{
    const TTest *const tests[] = {
        an_overlay_keeps_changes_of_the_root_in_its_upper_directory,
        a_volatile_overlay_is_gone_with_its_run,
        a_root_of_several_directories_can_be_read_only,
        an_overlay_of_mount_8_gives_the_same_root,
        a_restarted_service_finds_its_changes_and_leaves_no_work_directory,
        a_work_directory_that_was_there_stays,
        a_work_directory_with_many_files_is_left,
        a_start_that_fails_leaves_no_work_directory,
        an_upper_directory_of_another_owner_is_an_error,
        an_upper_directory_on_an_overlay_is_an_error,
        an_upper_file_system_without_user_attributes_is_an_error,
        a_user_namespace_can_not_overlay_a_root_with_mounts,
        restrictions_of_a_directorys_mount_hold_for_the_overlay,
        lower_directories_can_be_mapped_and_changes_have_the_ids_of_the_service,
        an_overlay_needs_a_root,
        a_root_on_a_tmpfs_has_what_is_mounted_into_it,
        bubblewrap_makes_the_same_root,
        a_service_has_one_root,
        a_root_from_an_image_is_read_only_and_leaves_no_loop_device,
        mount_8_shows_the_same_image,
        an_overlay_makes_an_image_writable,
        an_image_that_can_not_be_mounted_is_an_error,
        recursive_makes_mounts_below_the_root_read_only_too,
        NULL};

    return case_of("root_tree", tests);
}
