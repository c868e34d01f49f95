/*
 * rootless_tree.c - an unpacked image as an ordinary user, with packages installed from the network
 */
#include "engine/engine.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/*
 * $1: the directory of setup's, $2: the user's script. Root makes what a machine has for ordinary
 * users: a range of sub-IDs, and a tun device that they may open. The user does all else.
 */
static const char script[] =
    "set -eu\n"
    "directory=$(mktemp -d); trap 'umount image.tar; rm -rf \"$directory\"' EXIT\n"
    "chmod 755 \"$directory\"; cd \"$directory\"; cp \"$1/bin/nsinit\" nsinit\n"
    "cp -r \"$1/apt/apt\" apt; touch image.tar; mount --bind \"$1/base.tar\" image.tar\n"
    "echo user:100000:65536 >ranges\n"
    "mount --bind ranges /etc/subuid; mount --bind ranges /etc/subgid\n"
    "{ cat /etc/passwd; echo user:x:54321:54321::/:/bin/sh; } >passwd\n"
    "mount --bind passwd /etc/passwd\n"
    "mknod tun c 10 200; chmod 666 tun; mount --bind tun /dev/net/tun\n"
    "chown 54321:54321 .; chown -R 54321:54321 apt\n"
    "echo \"$2\" >user\n"
    "port=$((20000 + $$ % 20000))\n"
    "setpriv --reuid 54321 --regid 54321 --clear-groups sh user $port\n"
    /* As root, as the files are of the sub-IDs. */
    "stat -c 'log of %u' upper/var/log/nginx/access.log; [ ! -e upper.work ]\n"
    "[ ! -e tree/usr/sbin/nginx ] && echo the lower directory is as before\n"
    "pgrep -f \"$port:80\" || echo no process is left\n";

static const char as_user[] =
    "set -eu\n"
    "mkdir tree upper\n"
    "./nsinit -s --unshare user,mnt --map-auto -- sh -euc '\n"
    "    tar -xf image.tar -C tree --exclude \"./dev/*\"; cp -r apt/. tree/etc/apt/\n"
    "    printf \"#!/bin/sh\\nexit 101\\n\" >tree/usr/sbin/policy-rc.d\n"
    "    chmod 755 tree/usr/sbin/policy-rc.d'\n"
    "./nsinit --unshare all --root tree --overlay=upper --map-auto --network pasta \\\n"
    "    --hostname web --mount type=dev,target=/dev -- sh -euc 'apt-get -qq update\n"
    "    DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends \\\n"
    "        nginx-light </dev/null >/dev/null 2>&1; echo installed as $(id -un) of $(hostname)'\n"
    "./nsinit --unshare all --root tree --overlay=upper --map-auto --network pasta \\\n"
    "    --publish $1:80 --hostname web -- nginx -g 'daemon off;' & trap \"kill $!\" EXIT\n"
    /* pasta takes a connection before nginx listens, and then closes it. */
    "until printf 'GET / HTTP/1.0\\r\\n\\r\\n' | socat -t 10 - TCP:127.0.0.1:$1 >page 2>error\n"
    "    grep -q Welcome page; do kill -0 $!; done\n"
    "grep -o 'Welcome to nginx!</h1>' page; trap - EXIT; kill $!; wait $!; echo nginx ended with "
    "$?\n";

/* Whether packages come through a proxy on this machine's loopback, which pasta hides. */
static bool has_hidden_proxy(void)
{
    char command[500];

    snprintf(command, sizeof command,
             "grep -qrE '//(127\\.|localhost|\\[::1\\])' '%s'/sources.list '%s'/apt.conf.d",
             state_path("apt/apt"), state_path("apt/apt"));
    return system(command) == 0;
}

START_TEST(a_tree_runs_as_an_ordinary_user_with_packages_network_and_a_published_port)
{
    struct process process;
    char state[300];

    if (geteuid() != 0 || has_hidden_proxy() ||
        system("command -v pasta socat setpriv newuidmap >/dev/null") != 0) {
        skip_test("a_tree_runs_as_an_ordinary_user_with_packages_network_and_a_published_port",
                  "needs root, pasta, socat, setpriv, newuidmap, and packages from another host");
        return;
    }
    snprintf(state, sizeof state, "%s", state_path("."));
    ck_assert_msg(
        process_run(&process, &(struct process_options){.arguments = WORDS("unshare", "-m", "sh",
                                                                           "-c", script, "sh",
                                                                           state, as_user)}) == 0,
        "%s%s", process.output.text, process.errors.text);
    ck_assert_str_eq(process.output.text, "installed as root of web\n"
                                          "Welcome to nginx!</h1>\n"
                                          "nginx ended with 0\n"
                                          "log of 100032\n"
                                          "the lower directory is as before\n"
                                          "no process is left\n");
}
END_TEST

TCase *rootless_tree_case(void)
{
    const TTest *const tests[] = {
        a_tree_runs_as_an_ordinary_user_with_packages_network_and_a_published_port, NULL};

    return case_of("rootless_tree", tests);
}
