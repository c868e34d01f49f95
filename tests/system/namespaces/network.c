/*
 * network.c - a service's own network: loopback, pairs of devices, addresses, routes
 * What is outside for nsinit is a network namespace of the test's own: the machine's is not used.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <linux/capability.h>

#include "system/system.h"

#define IN_NEW_NET(...) AS_FIRST("--unshare", "net", __VA_ARGS__)
/* Until the first answer: a bridge's new port may lose a packet. ONE_PING sends no second one. */
#define PING "ping -n -q -c 1 -w 10 "
#define ONE_PING "ping -n -q -c 1 -W 10 "

static void write_file(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);

    ck_assert_msg(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text),
                  "cannot write %s: %s", path, strerror(errno));
    close(fd);
}

/* A new outside, in which an ordinary user is root. */
static void make_outside(void)
{
    char uid_map[40];
    char gid_map[40];
    bool is_root = geteuid() == 0;

    snprintf(uid_map, sizeof uid_map, "0 %u 1", geteuid());
    snprintf(gid_map, sizeof gid_map, "0 %u 1", getegid());
    ck_assert_int_eq(unshare(CLONE_NEWNET | (is_root ? 0 : CLONE_NEWUSER)), 0);
    if (is_root)
        return;
    write_file("/proc/self/setgroups", "deny");
    write_file("/proc/self/uid_map", uid_map);
    write_file("/proc/self/gid_map", gid_map);
}

static bool lacks_tools(const char *test)
{
    if (system("command -v ip >/dev/null && command -v ping >/dev/null") == 0)
        return false;
    skip_test(test, "needs ip (iproute2) and ping (iputils)");
    return true;
}

/* Run a command line outside, which is to succeed. */
static void outside(const char *command)
{
    ck_assert_msg(system(command) == 0, "failed: %s", command);
}

/* What it prints, for the caller to free. */
static char *output_of(const char *command)
{
    char *text = calloc(1, 65536);
    FILE *stream = popen(command, "re");

    ck_assert_ptr_nonnull(text);
    ck_assert_ptr_nonnull(stream);
    (void)!fread(text, 1, 65535, stream);
    ck_assert_int_eq(pclose(stream), 0);
    return text;
}

/* The names of the devices outside. */
static char *links_outside(void)
{
    return output_of("ip -br link | sed 's/ .*//'");
}

static bool links_are(void *links)
{
    char *now = links_outside();
    bool same = strcmp(now, links) == 0;

    free(now);
    return same;
}

/* Run to the end, which is to be a success; the caller reads its output. */
static struct process ran(const struct process_options *options)
{
    struct process process;
    int code = process_run(&process, options);

    ck_assert_msg(code == 0, "exit code %d, stdout: <<%s>> stderr: <<%s>>", code,
                  process.output.text, process.errors.text);
    return process;
}

static void succeeds(const struct process_options *options)
{
    struct process process = ran(options);

    process_drop(&process);
}

/* A service that says that it is up, and lives until `finish`. */
static struct process started(const struct process_options *options)
{
    struct process process;

    process_start(&process, options);
    process_expect(&process, "is up");
    return process;
}

static void finish(struct process *process)
{
    process_type(process, "go\n");
    ck_assert_msg(process_wait(process) == 0, "stdout: <<%s>> stderr: <<%s>>", process->output.text,
                  process->errors.text);
    process_drop(process);
}

#define UNTIL_TOLD "sh", "-c", "echo it is up; read -r go"

/* Fails with 125 and the texts on stderr, did not run the program, and left no device. */
static void refuses(const struct process_options *options, const char *reason, const char *hint)
{
    struct process process;
    char *before = links_outside();

    ck_assert_int_eq(process_run(&process, options), 125);
    ck_assert_contains(process.errors.text, reason);
    ck_assert_contains(process.errors.text, hint);
    ck_assert_int_eq(count_of(process.errors.text, "nsinit: "), 1);
    ck_assert_str_eq(process.output.text, "");
    wait_until(links_are, before, "the devices to be as before");
    process_drop(&process);
    free(before);
}

START_TEST(loopback_is_up_in_a_new_namespace)
{
    if (lacks_tools("loopback_is_up_in_a_new_namespace"))
        return;
    make_outside();
    succeeds(IN_NEW_NET("--", "sh", "-c", PING "127.0.0.1 && " PING "::1"));
}
END_TEST

START_TEST(loopback_stays_down_on_request)
{
    struct process process;

    if (lacks_tools("loopback_stays_down_on_request"))
        return;
    make_outside();
    process = ran(IN_NEW_NET("--no-loopback", "--", "ip", "link", "show", "up"));
    ck_assert_str_eq(process.output.text, "");
}
END_TEST

START_TEST(a_pair_carries_ipv4_and_ipv6_both_ways)
{
    struct process process;

    if (lacks_tools("a_pair_carries_ipv4_and_ipv6_both_ways"))
        return;
    make_outside();
    process =
        started(IN_NEW_NET("--veth", "host=out,address=10.0.0.2/24,address=fd00::2/64", "--", "sh",
                           "-c", "echo it is up; read -r go; " PING "10.0.0.1 && " PING "fd00::1"));
    outside("ip address add 10.0.0.1/24 dev out && ip address add fd00::1/64 dev out nodad");
    outside(PING "10.0.0.2 >/dev/null && " PING "fd00::2 >/dev/null");
    finish(&process);
}
END_TEST

static void make_bridge(const char *name)
{
    char command[100];

    snprintf(command, sizeof command, "ip link add %s type bridge && ip link set %s up", name,
             name);
    outside(command);
}

START_TEST(the_first_packet_reaches_the_bridge)
{
    if (lacks_tools("the_first_packet_reaches_the_bridge"))
        return;
    make_outside();
    make_bridge("br0");
    outside("ip address add 10.0.0.1/24 dev br0 && ip address add fd00::1/64 dev br0 nodad");
    for (int i = 0; i < 5; i++)
        succeeds(IN_NEW_NET("--veth", "bridge=br0,address=10.0.0.2/24,address=fd00::2/64", "--",
                            "sh", "-c", ONE_PING "10.0.0.1 && " ONE_PING "fd00::1"));
}
END_TEST

START_TEST(two_services_on_one_bridge_reach_each_other)
{
    struct process first;

    if (lacks_tools("two_services_on_one_bridge_reach_each_other"))
        return;
    make_outside();
    make_bridge("br0");
    first = started(IN_NEW_NET("--veth", "bridge=br0,address=10.0.0.2/24,address=fd00::2/64", "--",
                               UNTIL_TOLD));
    succeeds(IN_NEW_NET("--veth", "bridge=br0,address=10.0.0.3/24,address=fd00::3/64", "--", "sh",
                        "-c", PING "10.0.0.2 && " PING "fd00::2"));
    finish(&first);
}
END_TEST

/* Whoever has talked to a bridge loses it when its address changes: arp(7). */
START_TEST(a_bridge_keeps_its_address_whatever_service_comes_or_goes)
{
    enum { SERVICES = 5 };
    struct process services[SERVICES];
    char *address = NULL;

    if (lacks_tools("a_bridge_keeps_its_address_whatever_service_comes_or_goes"))
        return;
    make_outside();
    make_bridge("br0");
    make_bridge("br1");
    outside("ip link add other address fe:00:00:00:00:01 type veth peer name end && "
            "ip link set other master br1 up && ip link set end up");
    for (int i = 0; i < SERVICES; i++) {
        char *now;

        services[i] =
            started(IN_NEW_NET("--veth", "bridge=br0", "--veth", "bridge=br1", "--", UNTIL_TOLD));
        now = output_of("ip -br link show br0; ip -br link show br1");
        ck_assert_contains(now, "fe:00:00:00:00:01");
        if (address != NULL)
            ck_assert_str_eq(now, address);
        free(address);
        address = now;
    }
    for (int i = 0; i < SERVICES; i++) {
        char *now = output_of("ip -br link show br0; ip -br link show br1");

        ck_assert_str_eq(now, address);
        finish(&services[i]);
        free(now);
    }
    free(address);
}
END_TEST

/* An address that was resolved is taken for good for 15 s and longer: arp(7). */
START_TEST(a_peer_of_a_service_reaches_its_next_run)
{
    char *before;

    if (lacks_tools("a_peer_of_a_service_reaches_its_next_run"))
        return;
    make_outside();
    make_bridge("br0");
    /* Else the bridge goes down meanwhile, or takes the address of another port, and forgets all.
     */
    outside("ip link set br0 address 02:00:00:00:00:01 && ip address add 10.0.0.1/24 dev br0 && "
            "ip link add other type veth peer name end && ip link set other master br0 up && "
            "ip link set end up");
    before = links_outside();
    for (int run = 0; run < 2; run++) {
        struct process service =
            started(IN_NEW_NET("--veth", "bridge=br0,address=10.0.0.2/24", "--", UNTIL_TOLD));

        outside(PING "10.0.0.2");
        finish(&service);
        wait_until(links_are, before, "the devices to be as before");
    }
    free(before);
}
END_TEST

START_TEST(a_third_service_routes_between_two_networks)
{
    struct process router;
    struct process right;
    struct process left;

    if (lacks_tools("a_third_service_routes_between_two_networks"))
        return;
    make_outside();
    make_bridge("br1");
    make_bridge("br2");
    router =
        started(IN_NEW_NET("--veth", "bridge=br1,address=10.1.0.1/24,address=fd01::1/64", "--veth",
                           "bridge=br2,address=10.2.0.1/24,address=fd02::1/64", "--", "sh", "-c",
                           "echo 1 >/proc/sys/net/ipv4/ip_forward && "
                           "echo 1 >/proc/sys/net/ipv6/conf/all/forwarding && "
                           "echo it is up; read -r go"));
    right = started(IN_NEW_NET("--veth",
                               "bridge=br2,address=10.2.0.2/24,gateway=10.2.0.1,"
                               "address=fd02::2/64,gateway=fd02::1",
                               "--", UNTIL_TOLD));
    left = ran(IN_NEW_NET("--veth",
                          "bridge=br1,address=10.1.0.2/24,gateway=10.1.0.1,"
                          "address=fd01::2/64,gateway=fd01::1",
                          "--", "sh", "-c",
                          "ping -n -c 1 -W 10 10.2.0.2 && ping -n -c 1 -W 10 fd02::2"));
    /* One hop fewer than 64: it came through the router. */
    ck_assert_int_eq(count_of(left.output.text, "ttl=63"), 2);
    finish(&right);
    finish(&router);
}
END_TEST

START_TEST(both_ends_have_the_mtu_and_the_inner_one_the_mac)
{
    struct process process;
    char *link;

    if (lacks_tools("both_ends_have_the_mtu_and_the_inner_one_the_mac"))
        return;
    make_outside();
    process = started(IN_NEW_NET("--veth", "host=out,mtu=1400,mac=02:00:00:00:00:a7", "--", "sh",
                                 "-c", "ip link show eth0; echo it is up; read -r go"));
    ck_assert_contains(process.output.text, "mtu 1400");
    ck_assert_contains(process.output.text, "02:00:00:00:00:a7");
    link = output_of("ip link show out");
    ck_assert_contains(link, "mtu 1400");
    ck_assert_contains(link, ",UP");
    finish(&process);
}
END_TEST

START_TEST(addresses_have_their_prefix_and_broadcast)
{
    struct process process;

    if (lacks_tools("addresses_have_their_prefix_and_broadcast"))
        return;
    make_outside();
    process =
        ran(IN_NEW_NET("--veth", "address=10.0.5.2/20,address=192.0.2.1/31,address=fd00::2/48",
                       "--", "ip", "address", "show", "eth0"));
    ck_assert_contains(process.output.text, "inet 10.0.5.2/20 brd 10.0.15.255 ");
    ck_assert_contains(process.output.text, "inet 192.0.2.1/31 scope ");
    ck_assert_contains(process.output.text, "inet6 fd00::2/48 ");
    ck_assert_lacks(process.output.text, "fd00::2/48 scope global tentative");
}
END_TEST

START_TEST(the_gateway_is_the_default_route)
{
    struct process process;

    if (lacks_tools("the_gateway_is_the_default_route"))
        return;
    make_outside();
    process = ran(IN_NEW_NET("--veth",
                             "address=10.0.0.2/24,gateway=10.0.0.1,address=fd00::2/64,"
                             "gateway=fd00::1",
                             "--", "sh", "-c", "ip route; ip -6 route"));
    ck_assert_contains(process.output.text, "default via 10.0.0.1 dev eth0 \n");
    ck_assert_contains(process.output.text, "default via fd00::1 dev eth0 metric");
}
END_TEST

START_TEST(a_gateway_outside_of_the_prefix_is_a_neighbour)
{
    struct process process;

    if (lacks_tools("a_gateway_outside_of_the_prefix_is_a_neighbour"))
        return;
    make_outside();
    process = started(IN_NEW_NET(
        "--veth",
        "host=out,address=10.0.0.2/32,gateway=192.0.2.1,"
        "address=fd00::2/128,gateway=fe80::1",
        "--", "sh", "-c", "ip route; ip -6 route; echo it is up; read -r go; " PING "192.0.2.1"));
    ck_assert_contains(process.output.text, "default via 192.0.2.1 dev eth0 onlink");
    ck_assert_contains(process.output.text, "default via fe80::1 dev eth0");
    outside("ip address add 192.0.2.1/32 dev out && ip route add 10.0.0.2 dev out");
    finish(&process);
}
END_TEST

START_TEST(the_outer_name_is_the_first_free_one_and_the_inner_ones_count)
{
    struct process process;
    char *links;

    if (lacks_tools("the_outer_name_is_the_first_free_one_and_the_inner_ones_count"))
        return;
    make_outside();
    make_bridge("veth0");
    /* An eth0 outside is not in the way of the one inside. */
    make_bridge("eth0");
    process = started(IN_NEW_NET("--veth", "mtu=1400", "--veth", "name=lan", "--veth", "mtu=1300",
                                 "--", "sh", "-c", "ip -br link; echo it is up; read -r go"));
    ck_assert_contains(process.output.text, "eth0@");
    ck_assert_contains(process.output.text, "lan@");
    ck_assert_contains(process.output.text, "eth2@");
    links = links_outside();
    ck_assert_contains(links, "veth1@");
    ck_assert_contains(links, "veth2@");
    ck_assert_contains(links, "veth3@");
    finish(&process);
}
END_TEST

START_TEST(the_pair_goes_when_the_service_ends)
{
    struct process process;
    char *before;
    char *meanwhile;

    if (lacks_tools("the_pair_goes_when_the_service_ends"))
        return;
    make_outside();
    before = links_outside();
    process = started(IN_NEW_NET("--veth", "host=out", "--", UNTIL_TOLD));
    meanwhile = links_outside();
    ck_assert_contains(meanwhile, "out@");
    finish(&process);
    wait_until(links_are, before, "the pair to be gone");
}
END_TEST

/* The kernel removes a network namespace some time after its last process: 20 to 40 ms. */
START_TEST(a_restart_finds_the_outer_name_free)
{
    struct process process;

    if (lacks_tools("a_restart_finds_the_outer_name_free"))
        return;
    make_outside();
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(
            process_run(&process, IN_NEW_NET("--veth", "host=out", "--restart", "on-failure:5",
                                             QUICKLY, "--unshare", i == 0 ? "net" : "net,pid", "--",
                                             "sh", "-c", "echo it ran; exit 3")),
            3);
        ck_assert_lacks(process.errors.text, "taken");
        ck_assert_int_eq(count_of(process.output.text, "it ran"), 6);
        process_drop(&process);
    }
}
END_TEST

/* What was connected goes with a start that failed after that. */
START_TEST(a_start_after_a_failed_one_finds_the_outer_name_free)
{
    if (lacks_tools("a_start_after_a_failed_one_finds_the_outer_name_free"))
        return;
    make_outside();
    for (int i = 0; i < 5; i++) {
        struct process process;

        ck_assert_int_eq(
            process_run(&process, IN_NEW_NET("--veth", "host=out", "--", "/nonexistent")), 127);
        process_drop(&process);
    }
}
END_TEST

START_TEST(the_next_nsinit_finds_the_outer_name_free)
{
    if (lacks_tools("the_next_nsinit_finds_the_outer_name_free"))
        return;
    make_outside();
    for (int i = 0; i < 5; i++) {
        succeeds(IN_NEW_NET("--veth", "host=out", "--", "true"));
        succeeds(AS_POD("[pod]\nunshare = net\nveth = host=out\n"
                        "[service web]\ncommand = true\n"));
        succeeds(AS_POD("[service web]\ncommand = true\nunshare = net\nveth = host=out\n"));
        succeeds(AS_SECOND("--unshare", "net", "--veth", "host=out", "--", "true"));
    }
}
END_TEST

/* The pair belongs to the namespace, which another service is in. */
START_TEST(a_restart_leaves_the_pair_of_a_namespace_that_another_service_is_in)
{
    const char *runs = fresh_file("runs");
    struct process process;

    if (lacks_tools("a_restart_leaves_the_pair_of_a_namespace_that_another_service_is_in"))
        return;
    make_outside();
    process =
        ran(AS_POD("[service web]\nunshare = net\nveth = host=out\n"
                   "command = sh -c 'echo run >>%s; grep -c run %s | grep -q 3 && sleep 100'\n"
                   "restart = always\nrestart-delay = 1ms..1ms\n"
                   "[service log]\nenter = net=service:web\nafter = web\n"
                   "command = sh -ec 'ip -br link show eth0; "
                   "until grep -c run %s | grep -q 3; do sleep 0.01; done; "
                   "ip -br link show eth0'\nessential = yes\n",
                   runs, runs, runs));
    ck_assert_int_eq(count_of(process.output.text, "eth0@"), 2);
    process_drop(&process);
}
END_TEST

START_TEST(a_misspelt_key_is_a_usage_error)
{
    struct process process;

    ck_assert_int_eq(
        process_run(&process, IN_NEW_NET("--veth", "adress=10.0.0.2/24", "--", "true")), 125);
    ck_assert_str_eq(process.errors.text,
                     "nsinit: --veth: unknown key 'adress'; did you mean address?\n");
}
END_TEST

START_TEST(a_taken_name_is_refused_wherever_it_is_taken)
{
    if (lacks_tools("a_taken_name_is_refused_wherever_it_is_taken"))
        return;
    make_outside();
    make_bridge("out");
    refuses(IN_NEW_NET("--veth", "host=out", "--", "echo", "ran"),
            "--veth eth0: create the pair: the name out is in use outside\n",
            "  hint: choose another host=NAME");
    refuses(IN_NEW_NET("--veth", "name=lo", "--", "echo", "ran"),
            "--veth lo: create the pair: the name lo is in use in the service's namespace\n", "");
    refuses(IN_NEW_NET("--veth", "name=a", "--veth", "name=a", "--", "echo", "ran"),
            "--veth a: create the pair: the name a is in use in the service's namespace\n", "");
}
END_TEST

START_TEST(a_bridge_is_to_be_there_and_to_be_one)
{
    if (lacks_tools("a_bridge_is_to_be_there_and_to_be_one"))
        return;
    make_outside();
    refuses(IN_NEW_NET("--veth", "bridge=br7", "--", "echo", "ran"),
            "--veth eth0: join the bridge br7: no such bridge\n",
            "  hint: ip link add br7 type bridge && ip link set br7 up\n");
    refuses(IN_NEW_NET("--veth", "bridge=lo", "--", "echo", "ran"),
            "--veth eth0: join the bridge lo: ", "  hint: the interface is not a bridge: ");
}
END_TEST

START_TEST(when_a_later_pair_fails_the_earlier_ones_go)
{
    if (lacks_tools("when_a_later_pair_fails_the_earlier_ones_go"))
        return;
    make_outside();
    refuses(IN_NEW_NET("--veth", "host=a", "--veth", "host=b", "--veth", "bridge=br7", "--", "echo",
                       "ran"),
            "--veth eth2: join the bridge br7: no such bridge\n", "");
}
END_TEST

START_TEST(what_the_kernel_refuses_inside_is_named)
{
    if (lacks_tools("what_the_kernel_refuses_inside_is_named"))
        return;
    make_outside();
    refuses(IN_NEW_NET("--veth", "address=10.0.0.2/24,address=10.0.0.2/24", "--", "echo", "ran"),
            "--veth eth0: add the address 10.0.0.2: File exists",
            "  hint: the interface has that address already: ");
    refuses(IN_NEW_NET("--veth", "address=10.0.0.2/24,gateway=10.0.0.1", "--veth",
                       "address=10.1.0.2/24,gateway=10.1.0.1", "--", "echo", "ran"),
            "--veth eth1: add the default route by 10.1.0.1: File exists",
            "  hint: a default route exists: ");
    refuses(IN_NEW_NET("--veth", "address=ff02::2/64", "--", "echo", "ran"),
            "--veth eth0: add the address ff02:0000:0000:0000:0000:0000:0000:0002: ", "");
}
END_TEST

/* Root without CAP_NET_ADMIN, as in a container. */
static void drop_net_admin(void *argument)
{
    (void)argument;
    prctl(PR_CAPBSET_DROP, CAP_NET_ADMIN, 0, 0, 0);
}

START_TEST(without_cap_net_admin_the_way_out_is_named)
{
    struct process_options options = {
        .arguments = NSINIT("--unshare", "net", "--veth", "host=out", "--", "echo", "ran"),
        .place = PLACE_FIRST,
        .prepare = drop_net_admin};

    if (lacks_tools("without_cap_net_admin_the_way_out_is_named"))
        return;
    make_outside();
    refuses(&options, "--veth eth0: create the pair: Operation not permitted",
            "  hint: CAP_NET_ADMIN is missing: docker run --cap-add NET_ADMIN");
    options.arguments = NSINIT("--unshare", "net", "--", "echo", "ran");
    refuses(&options, "lo: bring up the interface: Operation not permitted",
            "or add --no-loopback");
}
END_TEST

START_TEST(an_ordinary_user_has_a_loopback_and_no_pair)
{
    struct process_options options = {
        .arguments =
            NSINIT("--unshare", "user,net", "--map-root-user", "--", "sh", "-c", PING "127.0.0.1"),
        .place = PLACE_FIRST,
        .uid = ORDINARY_USER};

    if (lacks_tools("an_ordinary_user_has_a_loopback_and_no_pair") ||
        lacks_root("an_ordinary_user_has_a_loopback_and_no_pair"))
        return;
    make_outside();
    succeeds(&options);
    options.arguments = NSINIT("--unshare", "user,net", "--map-root-user", "--veth", "host=out",
                               "--", "echo", "ran");
    refuses(&options, "--veth eth0: create the pair: Operation not permitted",
            "as an ordinary user use --network pasta");
}
END_TEST

TCase *network_case(void)
{
    const TTest *const tests[] = {
        loopback_is_up_in_a_new_namespace,
        loopback_stays_down_on_request,
        a_pair_carries_ipv4_and_ipv6_both_ways,
        the_first_packet_reaches_the_bridge,
        a_bridge_keeps_its_address_whatever_service_comes_or_goes,
        two_services_on_one_bridge_reach_each_other,
        a_peer_of_a_service_reaches_its_next_run,
        a_third_service_routes_between_two_networks,
        both_ends_have_the_mtu_and_the_inner_one_the_mac,
        addresses_have_their_prefix_and_broadcast,
        the_gateway_is_the_default_route,
        a_gateway_outside_of_the_prefix_is_a_neighbour,
        the_outer_name_is_the_first_free_one_and_the_inner_ones_count,
        the_pair_goes_when_the_service_ends,
        a_restart_finds_the_outer_name_free,
        a_start_after_a_failed_one_finds_the_outer_name_free,
        the_next_nsinit_finds_the_outer_name_free,
        a_restart_leaves_the_pair_of_a_namespace_that_another_service_is_in,
        a_misspelt_key_is_a_usage_error,
        a_taken_name_is_refused_wherever_it_is_taken,
        a_bridge_is_to_be_there_and_to_be_one,
        when_a_later_pair_fails_the_earlier_ones_go,
        what_the_kernel_refuses_inside_is_named,
        without_cap_net_admin_the_way_out_is_named,
        an_ordinary_user_has_a_loopback_and_no_pair,
        NULL};

    return case_of("network", tests);
}
