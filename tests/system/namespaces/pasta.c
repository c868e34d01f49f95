/*
 * pasta.c - --network pasta and its --publish: a network for a service, without rights outside
 * Outside is a network namespace of the test's own, with a neighbour at 192.0.2.1 that is the
 * gateway.
 */
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "system/script.h"
#include "system/system.h"

/*
 * `rootless` is nsinit as an ordinary user, `launch` the same by exec, for the background; `serve
 * PORT TEXT` a shell command for a server that says when it listens; `gives CODE COMMAND...` as in
 * script.h; `await` waits for one line.
 */
static const char prelude[] =
    "set -eu; cd $D; rm -rf up neighbour empty; mkfifo up neighbour; chmod 666 up; chmod 777 .; "
    "exec 9<>up 8<>neighbour\n"
    "await() { read -r line <&9; }\n"
    "rootless() { ( launch \"$@\" ); }\n"
    "launch() { exec setpriv --reuid 54321 --regid 54321 --clear-groups $BINARY \"$@\"; }\n"
    "user=--map-root-user\n"
    "serve() { printf \"socat TCP-LISTEN:%d,reuseaddr,fork SYSTEM:'read -r x; echo $2' & \" $1\n"
    "  printf \"until grep -q ':%04X 0.*0A ' /proc/net/tcp; do :; done; echo >$D/up;\" $1; }\n"
    "ask() { echo | socat -t 5 - TCP:$1,shut-none; }\n"
    "far() { echo | nsenter -t $neighbour -n socat -t 5 - TCP:$1,shut-none; }\n"
    "gives() { code=0; wanted=$1; shift; \"$@\" >out 2>err || code=$?\n"
    "  [ $code = $wanted ] || { echo \"$*: $code\"; cat out err; exit 9; }; }\n"
    "has() { [ \"$(cat $1)\" = \"$2\" ] || { cat $1; exit 8; }; }\n"
    "pastas() { pgrep -x -f 'pasta .*' || :; }\n"
    "unshare -n sh -c 'echo; sleep 1000' >neighbour & neighbour=$!; read -r line <&8\n"
    "ip link set lo up; ip link add up0 type veth peer name up1 netns $neighbour\n"
    "ip link set up0 up; ip address add 192.0.2.2/24 dev up0; ip route add default via 192.0.2.1\n"
    "nsenter -t $neighbour -n sh -c 'ip link set up1 up; ip link set lo up;\n"
    "  ip address add 192.0.2.1/24 dev up1'\n";

/* A /dev/net/tun that ordinary users may open, for the test alone. */
static bool has_tun(void)
{
    return unshare(CLONE_NEWNS | CLONE_NEWNET) == 0 &&
           mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
           mount("tmpfs", "/dev/net", "tmpfs", 0, NULL) == 0 &&
           mknod("/dev/net/tun", S_IFCHR, makedev(10, 200)) == 0 &&
           chmod("/dev/net/tun", 0666) == 0 && access("/dev/net/tun", R_OK | W_OK) == 0;
}

static void succeeds(const char *test, const char *script)
{
    if (lacks_root(test))
        return;
    if (system("command -v ip pasta socat setpriv pgrep >/dev/null") != 0 || !has_tun()) {
        skip_test(test, "needs ip, pasta, socat, setpriv, pgrep and /dev/net/tun");
        return;
    }
    script_succeeds_behind(prelude, script);
}

START_TEST(an_ordinary_user_publishes_ports)
{
    succeeds(
        "an_ordinary_user_publishes_ports",
        "launch --unshare user,net,pid,mnt $user --network pasta --publish 8080:80 \\\n"
        "  --publish 127.0.0.1:8081:80 -- sh -c \"$(serve 80 inside) exec sleep 1000\" & await\n"
        "[ \"$(ask 127.0.0.1:8080)\" = inside ]\n"
        "[ \"$(far 192.0.2.2:8080)\" = inside ]\n"
        "[ \"$(ask 127.0.0.1:8081)\" = inside ]\n"
        "[ -z \"$(far 192.0.2.2:8081 2>/dev/null)\" ]\n"
        "[ -n \"$(pastas)\" ]; kill $!; wait $! || [ $? = 143 ]; [ -z \"$(pastas)\" ]\n");
}
END_TEST

START_TEST(a_udp_port_is_published)
{
    succeeds(
        "a_udp_port_is_published",
        "launch --unshare user,net,pid,mnt $user --network pasta --publish 5300:53/udp -- \\\n"
        "  sh -c \"socat UDP4-RECVFROM:53,fork SYSTEM:'read -r x; echo inside' & \\\n"
        "  until grep -q ':0035 ' /proc/net/udp; do :; done; echo >$D/up; exec sleep 1000\" &\n"
        "await; [ \"$(echo hi | nsenter -t $neighbour -n socat -t 1 - UDP:192.0.2.2:5300)\" = "
        "inside ]\n");
}
END_TEST

START_TEST(a_service_reaches_outward_and_not_the_machines_loopback)
{
    succeeds("a_service_reaches_outward_and_not_the_machines_loopback",
             "sh -c \"$(serve 7000 loopback) wait\" & await\n"
             "nsenter -t $neighbour -n sh -c \"$(serve 7001 afar) wait\" & await\n"
             "[ \"$(ask 127.0.0.1:7000)\" = loopback ]\n"
             "cat >inside <<'X'\n"
             "[ \"$(echo | socat -t 5 - TCP:192.0.2.1:7001,shut-none)\" = afar ]\n"
             "for a in 127.0.0.1 192.0.2.1 192.0.2.2; do\n"
             "  if [ -n \"$(echo | socat -t 1 - TCP:$a:7000,connect-timeout=0.3,shut-none)\" ]; "
             "then exit 8; fi\n"
             "done\n"
             "X\n"
             "gives 0 rootless --unshare user,net $user --network pasta -- sh -eu inside\n");
}
END_TEST

START_TEST(a_busy_port_a_missing_pasta_and_a_low_port_are_errors)
{
    succeeds(
        "a_busy_port_a_missing_pasta_and_a_low_port_are_errors",
        "run() { gives 125 rootless --unshare user,net $user --network pasta \"$@\" -- /bin/echo "
        "ran\n"
        "  has out ''; [ -z \"$(pastas)\" ]; }\n"
        "sh -c \"$(serve 8080 mine) wait\" & await\n"
        "run --publish 8080:80; sed -i 's/Address in/Address already in/' err\n"
        "has err \"nsinit: --publish 8080:80: bind port 8080: Address already in use\n"
        "  hint: choose a free port, or find its user: ss -anp 'sport = :8080'\"\n"
        "run --publish 80:80\n"
        "has err 'nsinit: --publish 80:80: bind port 80: Permission denied\n"
        "  hint: choose a port from 1024, or: sysctl net.ipv4.ip_unprivileged_port_start=80'\n"
        "rm -f /dev/net/tun; run; grep -q '^nsinit: --network pasta: pasta: .*tun' err\n"
        "grep -q '^  hint: check for a default route and the device: ip route; ' err\n"
        "mkdir empty; ln -s $(command -v setpriv) empty/setpriv; PATH=$D/empty:/usr/bin/nothing\n"
        "gives 125 rootless --unshare user,net $user --network pasta -- /bin/echo ran 2>&1 || :\n"
        "PATH=/usr/sbin:/usr/bin:/sbin:/bin\n"
        "has err 'nsinit: --network pasta: pasta: exec: No such file or directory\n"
        "  hint: install pasta, or add its directory to PATH: apt-get install passt'\n");
}
END_TEST

START_TEST(each_run_has_a_pasta_of_its_own)
{
    succeeds("each_run_has_a_pasta_of_its_own",
             "gives 3 rootless --unshare user,net,pid $user --network pasta --publish 8080:80 \\\n"
             "  --restart on-failure:2 --restart-delay 0 -- sh -c 'ip -br address; exit 3'\n"
             "[ $(grep -c 192.0.2.2/24 out) = 3 ]; [ -z \"$(pastas)\" ]\n");
}
END_TEST

START_TEST(a_run_that_loses_its_pasta_has_failed)
{
    succeeds("a_run_that_loses_its_pasta_has_failed",
             "launch --unshare user,net,pid,mnt $user --network pasta --restart on-failure:1 \\\n"
             "  --restart-delay 0 -- sh -c \"echo >$D/up; exec sleep 1000\" 2>err & await\n"
             "kill -9 $(pastas); await; kill -9 $(pastas); code=0; wait $! || code=$?\n"
             "[ $code = 143 ] || { echo $code; cat err; exit 9; }\n"
             "[ $(grep -c '^nsinit: main: pasta has ended$' err) = 2 ]\n");
}
END_TEST

START_TEST(pasta_ends_with_a_killed_nsinit)
{
    succeeds("pasta_ends_with_a_killed_nsinit",
             "launch --unshare user,net,pid,mnt \\\n"
             "  $user --network pasta -- sh -c \"echo >$D/up; exec sleep 1000\" & await\n"
             "pasta=$(pastas); [ -n \"$pasta\" ]; kill -9 $!; while kill -0 $pasta 2>/dev/null &&\n"
             "  ! grep -q '^State:.Z' /proc/$pasta/status; do :; done\n");
}
END_TEST

/* It has the network of the machine, and is in the user namespace of the service. */
START_TEST(a_service_can_not_trace_its_pasta)
{
    succeeds("a_service_can_not_trace_its_pasta",
             "cat >inside <<'X'\n"
             "grep -q 'CapEff:.*1ff' /proc/self/status; pasta=$(pgrep -x -f 'pasta .*')\n"
             "if strace -qo /dev/null -p $pasta; then exit 8; fi\n"
             "X\n"
             "gives 0 rootless --unshare user,net $user --network pasta -- sh -eu inside\n"
             "grep -q 'attach: .*PTRACE_SEIZE.*: Operation not permitted' err\n"
             "gives 0 $BINARY -s --unshare user,net --map-users 0:100000:65536 \\\n"
             "  --map-groups 0:100000:65536 --network pasta -- sh -eu inside\n"
             "grep -q 'attach: .*PTRACE_SEIZE.*: Operation not permitted' err\n");
}
END_TEST

/* A zombie is left to the process that traces it, which is stopped here. */
START_TEST(a_traced_pasta_does_not_hold_nsinit_up)
{
    succeeds("a_traced_pasta_does_not_hold_nsinit_up",
             "rm -f go; mkfifo go; chmod 666 go\n"
             "launch --unshare user,net,pid,mnt $user --network pasta -- \\\n"
             "  sh -c \"echo >$D/up; read x <$D/go; exit 3\" & nsinit=$!; await\n"
             "pasta=$(pastas); strace -qo /dev/null -p $pasta & tracer=$!\n"
             "until grep -q '^TracerPid:.[1-9]' /proc/$pasta/status; do :; done\n"
             "kill -STOP $tracer; echo >go; code=0; wait $nsinit || code=$?; kill -9 $tracer\n"
             "[ $code = 3 ]\n");
}
END_TEST

START_TEST(a_pod_has_one_pasta_for_its_services)
{
    succeeds(
        "a_pod_has_one_pasta_for_its_services",
        "cat >pod.ini <<X\n"
        "[pod]\nunshare = user,net\nmap-root-user = yes\nnetwork = pasta\npublish = 8080:80\n"
        "control = no\n"
        "[service web]\ncommand = sh -c \"$(serve 80 inside) exec sleep 1000\"\n"
        "X\n"
        "launch -s --pod pod.ini & await; [ \"$(far 192.0.2.2:8080)\" = inside ]\n"
        "set -- $(pastas); [ $# = 1 ]; kill $!; wait $! || :; [ -z \"$(pastas)\" ]\n"
        "launch -s --pod pod.ini 2>err & await; kill -9 $(pastas); code=0; wait $! || code=$?\n"
        "[ $code = 124 ]; grep -q '^nsinit: pod: pasta has ended$' err\n");
}
END_TEST

START_TEST(an_ordinary_users_service_is_restricted_by_egress)
{
    succeeds("an_ordinary_users_service_is_restricted_by_egress",
             "for port in 7000 7001; do\n"
             "  nsenter -t $neighbour -n sh -c \"$(serve $port afar) wait\" & await\n"
             "done\n"
             "cat >inside <<'X'\n"
             "ask() { echo | socat -t 5 - TCP:192.0.2.1:$1,shut-none,connect-timeout=$2; }\n"
             "[ \"$(ask 7000 5)\" = afar ]; if ask 7001 0.4; then exit 8; fi\n"
             "if nft flush ruleset; then exit 8; fi\n"
             "X\n"
             "gives 0 rootless --unshare user,net $user --network pasta --cap-drop all \\\n"
             "  --egress 192.0.2.1:7000 -- sh -eu inside\n");
}
END_TEST

START_TEST(root_may_use_pasta_too)
{
    succeeds("root_may_use_pasta_too",
             "gives 0 $BINARY --unshare net,pid --network pasta -- ip -br address\n"
             "grep -q 192.0.2.2/24 out\n"
             "gives 0 $BINARY --unshare user,net,pid --map-users 0:100000:1000 \\\n"
             "  --map-groups 0:100000:1000 --network pasta -- ip -br address\n"
             "grep -q 192.0.2.2/24 out\n");
}
END_TEST

START_TEST(a_published_port_needs_a_network)
{
    struct process process;

    ck_assert_int_eq(
        process_run(&process, AS_FIRST("--unshare", "net", "--publish", "8080:80", "--", "true")),
        125);
    ck_assert_str_eq(process.errors.text,
                     "nsinit: --publish: needs --network pasta, or --veth with an address\n");
    process_drop(&process);
}
END_TEST

TCase *pasta_case(void)
{
    const TTest *const tests[] = {an_ordinary_user_publishes_ports,
                                  a_udp_port_is_published,
                                  a_service_reaches_outward_and_not_the_machines_loopback,
                                  a_busy_port_a_missing_pasta_and_a_low_port_are_errors,
                                  each_run_has_a_pasta_of_its_own,
                                  a_run_that_loses_its_pasta_has_failed,
                                  pasta_ends_with_a_killed_nsinit,
                                  a_service_can_not_trace_its_pasta,
                                  a_traced_pasta_does_not_hold_nsinit_up,
                                  a_pod_has_one_pasta_for_its_services,
                                  an_ordinary_users_service_is_restricted_by_egress,
                                  root_may_use_pasta_too,
                                  a_published_port_needs_a_network,
                                  NULL};

    return case_of("pasta", tests);
}
