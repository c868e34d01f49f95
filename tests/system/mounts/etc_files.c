/*
 * etc_files.c - the files in /etc of a new root with a network or a host name of its own
 */
#include "system/script.h"
#include "system/system.h"

/* `inside LIST OPTION... -- COMMAND` runs in the root directory root/, with the namespaces $WAY. */
#define IN_ROOT                                                                                   \
    "WAY=mnt; [ $(id -u) = 0 ] || WAY='mnt,user --map-root-user'\n"                               \
    "mkdir -p root/usr root/proc root/etc; chmod 755 $D\n"                                        \
    "for p in bin lib lib32 lib64; do [ ! -L /$p ] || cp -P /$p root/; done\n"                    \
    "inside() {\n"                                                                                \
    "    ns --root $D/root --mount type=bind,source=/usr,target=/usr,readonly --unshare \"$@\"\n" \
    "}\n"

START_TEST(a_name_and_a_network_of_its_own_are_in_the_files)
{
    script_succeeds_for_all(
        IN_ROOT
        "echo old >root/etc/hosts\n"
        "for i in 1 2; do\n"
        "    inside net,uts,$WAY --hostname web --propagation shared -- sh -euc '\n"
        "    [ $(cat /etc/hostname) = web ]; grep -qx \"127.0.1.1.web\" /etc/hosts\n"
        "    grep -qx \"127.0.0.1.localhost\" /etc/hosts; [ $(stat -c %u%a /etc/hosts) = 0644 ]\n"
        "    echo 10.0.0.1 other >>/etc/hosts; [ -e /etc/resolv.conf ] || true'\n"
        "done\n"
        "[ $(cat root/etc/hosts) = old ]; [ ! -s root/etc/hostname ]\n"
        "inside uts,$WAY --hostname name -- grep -qx name /etc/hostname\n"
        "inside net,$WAY -- sh -c '[ $(cat /etc/hostname) = $(uname -n) ]'\n");
}
END_TEST

START_TEST(without_either_the_tree_is_left_alone)
{
    script_succeeds_for_all(
        IN_ROOT "echo old >root/etc/hosts\n"
                "is_old() { inside \"$@\" -- sh -c '[ $(cat /etc/hosts) = old ]'; }\n"
                "is_old $WAY; is_old net,$WAY --etc-files no\n"
                "is_old net,$WAY --mount type=file,target=/etc/hosts,content=old\n"
                "is_old net,$WAY --mount type=bind,source=$D/root/etc,target=/etc\n"
                "mkdir host; inside net,$WAY --mount type=bind,source=$D/host,target=/etc -- true\n"
                "[ -z \"$(ls host)\" ]\n"
                "rm -r root/etc; inside net,uts,$WAY --hostname web -- true; [ ! -e root/etc ]\n"
                "gives 125 inside net,$WAY --etc-files=yes -- true\n"
                "says \"nsinit: --etc-files: unknown value 'yes': use auto or no\"\n");
}
END_TEST

/* The tree is the service's, which can put anything there before its next start. */
START_TEST(only_a_file_of_the_tree_is_covered)
{
    script_succeeds_for_all(
        IN_ROOT
        "mkdir root/etc/hosts; mkfifo root/etc/hostname\n"
        "ln -s ../../../../../run/none/resolv.conf root/etc/resolv.conf\n"
        "inside net,uts,$WAY --hostname web -- sh -ec '[ -d /etc/hosts ]; [ -p /etc/hostname ]'\n"
        "[ ! -e /run/none ]\n");
}
END_TEST

START_TEST(name_servers_on_the_machines_loopback_are_left_out)
{
    if (lacks_root("name_servers_on_the_machines_loopback_are_left_out"))
        return;
    script_succeeds(
        0, IN_ROOT
        "printf 'search here\\nnameserver 127.0.0.53\\nnameserver\\t::1\\nnameserver "
        "192.0.2.1' >a\n"
        "printf 'nameserver 127.0.0.53\\noptions edns0\\n' >b\n"
        "printf '#\\nnameserver 192.0.2.2\\n' >c\n"
        "[ -e /etc/resolv.conf ] || exit 0\n"
        "mount --bind a /etc/resolv.conf\n"
        "printf 'search here\\nnameserver 192.0.2.1' >wanted\n"
        "inside mnt,net -- cat /etc/resolv.conf | cmp - wanted\n"
        "inside mnt,uts --hostname web -- cat /etc/resolv.conf | cmp - a\n"
        "mount -t tmpfs t /run; mkdir -p /run/systemd/resolve; cp c "
        "/run/systemd/resolve/resolv.conf\n"
        "mount --bind b /etc/resolv.conf; inside mnt,net -- cat /etc/resolv.conf | cmp - c\n"
        "rm -r /run/systemd; echo tree >root/etc/resolv.conf\n"
        "inside mnt,net -- grep -qx tree /etc/resolv.conf\n"
        "umount /run /etc/resolv.conf; umount /etc/resolv.conf\n");
}
END_TEST

START_TEST(a_service_in_the_network_of_its_pod_has_the_files)
{
    script_succeeds_for_all(
        IN_ROOT "cat >pod <<EOF\n"
                "[pod]\nunshare = net,uts\nhostname = web-0\n"
                "$([ $(id -u) = 0 ] || printf 'unshare = net,uts,user\\nmap-root-user = yes')\n"
                "[service a]\nunshare = mnt\nroot = $D/root\n"
                "mount = type=bind,source=/usr,target=/usr,readonly\n"
                "command = grep -x web-0 /etc/hostname\n"
                "EOF\n"
                "[ $(id -u) = 0 ] || sed -i 2d pod\n"
                "gives 0 ns --control no --pod pod; grep -q web-0 out\n");
}
END_TEST

TCase *etc_files_case(void)
{
    const TTest *const tests[] = {a_name_and_a_network_of_its_own_are_in_the_files,
                                  without_either_the_tree_is_left_alone,
                                  only_a_file_of_the_tree_is_covered,
                                  name_servers_on_the_machines_loopback_are_left_out,
                                  a_service_in_the_network_of_its_pod_has_the_files,
                                  NULL};

    return case_of("etc_files", tests);
}
