/*
 * veth.c - devices, addresses and routes of a new network namespace, by rtnetlink(7)
 */
#include "net/veth.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "linux/netlink.h"
#include "util/strbuf.h"

/* The kernel takes 20 to 40 ms to delete a pair whose namespace is left by all. */
enum { AWAITED_MS = 200, LOOK_MS = 5 };

/* What is attempted, as a message says it. */
enum attempt {
    ATTEMPT_SOCKET,
    ATTEMPT_LOOPBACK,
    ATTEMPT_PAIR,
    ATTEMPT_BRIDGE,
    ATTEMPT_FIND,
    ATTEMPT_ADDRESS,
    ATTEMPT_UP,
    ATTEMPT_ROUTE,
};

static const char *const attempts[] = {
    [ATTEMPT_SOCKET] = "open a socket",    [ATTEMPT_LOOPBACK] = "bring it up",
    [ATTEMPT_PAIR] = "make the pair",      [ATTEMPT_BRIDGE] = "join the bridge ",
    [ATTEMPT_FIND] = "find the inner end", [ATTEMPT_ADDRESS] = "add the address ",
    [ATTEMPT_UP] = "bring it up",          [ATTEMPT_ROUTE] = "add the default route by ",
};

/* The usual refusals, and the way out. */
static const struct {
    enum attempt attempt;
    int failure;
    const char *hint;
} hints[] = {
    {ATTEMPT_LOOPBACK, EPERM,
     "no CAP_NET_ADMIN in the new network namespace (docker run --cap-add NET_ADMIN); on Ubuntu "
     "for lack of an AppArmor profile (sysctl kernel.apparmor_restrict_unprivileged_userns); "
     "--no-loopback leaves lo down"},
    {ATTEMPT_PAIR, EPERM,
     "--veth needs CAP_NET_ADMIN outside (docker run --cap-add NET_ADMIN); as an ordinary user "
     "use --hook-created with slirp4netns or pasta instead"},
    {ATTEMPT_PAIR, EOPNOTSUPP, "the kernel has no veth devices: modprobe veth"},
    {ATTEMPT_BRIDGE, EOPNOTSUPP, "the device is there, but is no bridge"},
    {ATTEMPT_ADDRESS, EOPNOTSUPP, "the kernel has no IPv6"},
    {ATTEMPT_ADDRESS, EACCES, "IPv6 is switched off: sysctl net.ipv6.conf.default.disable_ipv6=0"},
    {ATTEMPT_ADDRESS, EEXIST, "the device has that address already"},
    {ATTEMPT_ROUTE, EEXIST, "there is one already: give each family's gateway= to one --veth only"},
};

/* 0, or for a negative result -1 with the reason: what was attempted, on what, and the kernel's
 * error with its explanation. */
static int check(struct error *error, enum attempt attempt, const char *object, int result,
                 const char *explanation)
{
    if (result >= 0)
        return 0;
    for (size_t i = 0; i < sizeof hints / sizeof hints[0]; i++)
        if (hints[i].attempt == attempt && hints[i].failure == -result)
            error_hint(error, "%s", hints[i].hint);
    errno = -result;
    return error_reason(error, ERROR_FAILED, "%s%s: %m%s%s%s", attempts[attempt], object,
                        explanation[0] != '\0' ? " (" : "", explanation,
                        explanation[0] != '\0' ? ")" : "");
}

/* Start a request about a device. */
static void begin_device(struct netlink *netlink, unsigned int type, int index, unsigned int flags)
{
    const struct ifinfomsg device = {.ifi_index = index, .ifi_flags = flags, .ifi_change = flags};

    netlink_begin(netlink, type, 0, &device, sizeof device);
}

static int bring_up(struct netlink *netlink, int index, struct error *error)
{
    begin_device(netlink, RTM_NEWLINK, index, IFF_UP);
    return check(error, ATTEMPT_UP, "", netlink_request(netlink), netlink->explanation);
}

int loopback_up(struct error *error)
{
    /* Any socket takes netdevice(7)'s calls: half as many as rtnetlink would need for this. */
    struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP};
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    int result;

    error_subject(error, "lo");
    if (fd < 0)
        return check(error, ATTEMPT_SOCKET, "", -errno, "");
    result = ioctl(fd, SIOCSIFFLAGS, &request) < 0 ? -errno : 0;
    close(fd);
    return check(error, ATTEMPT_LOOPBACK, "", result, "");
}

/*
 * A bridge without an address of its own takes the lowest of its ports', and who has talked to it
 * loses it when that changes. This one is higher than any other port's, and the same for all, so
 * that no port that comes or goes changes anything: Xen gives it to its bridges' ports, too.
 */
static const uint8_t outer_mac[6] = {0xfe, 0xff, 0xff, 0xff, 0xff, 0xff};

/* An end of the pair: both carry the same MTU, or the one would drop what the other sends. */
static void add_end(struct netlink *netlink, const char *name, unsigned int mtu, const uint8_t *mac)
{
    netlink_add_text(netlink, IFLA_IFNAME, name);
    if (mtu != 0)
        netlink_add_number(netlink, IFLA_MTU, mtu);
    if (mac != NULL)
        netlink_add(netlink, IFLA_ADDRESS, mac, sizeof outer_mac);
}

/* The inner end is made in its namespace, by its final name: it is never seen outside. */
static int make_pair(struct netlink *netlink, const struct veth *veth, const char *host, pid_t pid)
{
    const struct ifinfomsg device = {0};
    size_t info;
    size_t data;
    size_t peer;

    netlink_begin(netlink, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &device, sizeof device);
    add_end(netlink, host, veth->mtu, outer_mac);
    info = netlink_begin_nest(netlink, IFLA_LINKINFO);
    netlink_add_text(netlink, IFLA_INFO_KIND, "veth");
    data = netlink_begin_nest(netlink, IFLA_INFO_DATA);
    peer = netlink_begin_nest(netlink, VETH_INFO_PEER);
    netlink_add_header(netlink, &device, sizeof device);
    add_end(netlink, veth->name, veth->mtu, veth->has_mac ? veth->mac : NULL);
    netlink_add_number(netlink, IFLA_NET_NS_PID, (uint32_t)pid);
    netlink_end_nest(netlink, peer);
    netlink_end_nest(netlink, data);
    netlink_end_nest(netlink, info);
    return netlink_request(netlink);
}

/*
 * Left to itself the kernel picks the first free veth%d as well, but tells it to nobody before
 * Linux 6.1. Who takes the name between the look and the request is the next to be passed over.
 */
static int make_pair_of_free_name(struct netlink *netlink, const struct veth *veth,
                                  char host[INTERFACE_NAME_SIZE], pid_t pid)
{
    int result = -EEXIST;

    for (unsigned int number = 0; result == -EEXIST; number++) {
        strbuf_set(host, INTERFACE_NAME_SIZE, "veth%u", number);
        if (netlink_device(netlink, host) >= 0)
            continue;
        result = make_pair(netlink, veth, host, pid);
        /* Then it is the inner name that is taken. */
        if (result == -EEXIST && netlink_device(netlink, host) < 0)
            break;
    }
    return result;
}

static int explain_pair(struct error *error, const struct netlink *netlink, const struct veth *veth,
                        const char *host, int result)
{
    bool host_is_taken = netlink_device(netlink, host) >= 0;

    if (result != -EEXIST)
        return check(error, ATTEMPT_PAIR, "", result, netlink->explanation);
    if (!host_is_taken)
        return error_reason(error, ERROR_FAILED, "the name %s is taken inside", veth->name);
    error_hint(error, "choose another host= name, or none: then the first free veth%%d is taken");
    return error_reason(error, ERROR_FAILED, "the name %s is taken outside", host);
}

static int join_bridge(struct netlink *netlink, int index, const char *bridge, struct error *error)
{
    int result = netlink_device(netlink, bridge);

    if (result == -ENODEV) {
        error_hint(error, "ip link add %s type bridge && ip link set %s up", bridge, bridge);
        return error_reason(error, ERROR_FAILED, "there is no bridge %s", bridge);
    }
    if (result >= 0) {
        begin_device(netlink, RTM_NEWLINK, index, 0);
        netlink_add_number(netlink, IFLA_MASTER, (uint32_t)result);
        result = netlink_request(netlink);
    }
    return check(error, ATTEMPT_BRIDGE, bridge, result, netlink->explanation);
}

/* Into its bridge, and up. */
static int connect_outer_end(struct netlink *netlink, const struct veth *veth, int index,
                             struct error *error)
{
    if (veth->bridge[0] != '\0' && join_bridge(netlink, index, veth->bridge, error) < 0)
        return -1;
    return bring_up(netlink, index, error);
}

/* With one end goes the other. */
static void delete_pair(struct netlink *netlink, int index)
{
    begin_device(netlink, RTM_DELLINK, index, 0);
    (void)netlink_request(netlink);
}

/* The first pair, then the others; if they fail, the first goes again. */
static int make_all(struct netlink *netlink, const struct veth *veths, size_t count, pid_t pid,
                    int *ends, struct error *error)
{
    char host[INTERFACE_NAME_SIZE];
    int result;
    int index;

    if (count == 0)
        return 0;
    error_subject(error, "--veth %s", veths->name);
    memcpy(host, veths->host, sizeof host);
    result = host[0] != '\0' ? make_pair(netlink, veths, host, pid)
                             : make_pair_of_free_name(netlink, veths, host, pid);
    if (result < 0)
        return explain_pair(error, netlink, veths, host, result);
    index = netlink_device(netlink, host);
    if (check(error, ATTEMPT_PAIR, "", index, netlink->explanation) < 0)
        return -1;
    if (connect_outer_end(netlink, veths, index, error) == 0 &&
        make_all(netlink, veths + 1, count - 1, pid, ends + 1, error) == 0) {
        *ends = index;
        return 0;
    }
    delete_pair(netlink, index);
    return -1;
}

static size_t size_of_address(const struct address *address)
{
    return address->family == AF_INET ? 4 : 16;
}

/* The address as text, with every group of IPv6: inet_ntop(3) would bring in stdio. */
static const char *address_name(const struct address *address, char name[48])
{
    struct strbuf text = strbuf_in(name, 48);

    for (size_t i = 0; i < size_of_address(address); i++) {
        unsigned int byte = address->bytes[i];

        if (address->family == AF_INET)
            strbuf_format(&text, "%s%u", i > 0 ? "." : "", byte);
        else
            strbuf_format(&text, "%s%02x", i > 0 && i % 2 == 0 ? ":" : "", byte);
    }
    return name;
}

static int add_address(struct netlink *netlink, int index, const struct address *address)
{
    const struct ifaddrmsg header = {
        .ifa_family = (uint8_t)address->family,
        .ifa_prefixlen = (uint8_t)address->prefix,
        /* Looking for duplicates would take a second in which the address can't be used. */
        .ifa_flags = address->family == AF_INET6 ? IFA_F_NODAD : 0,
        .ifa_index = (uint32_t)index,
    };
    size_t size = size_of_address(address);

    netlink_begin(netlink, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, &header, sizeof header);
    netlink_add(netlink, IFA_LOCAL, address->bytes, size);
    netlink_add(netlink, IFA_ADDRESS, address->bytes, size);
    if (address->family == AF_INET && address->prefix < 31) {
        uint32_t broadcast;

        memcpy(&broadcast, address->bytes, sizeof broadcast);
        netlink_add_number(netlink, IFA_BROADCAST,
                           broadcast | htonl(UINT32_MAX >> address->prefix));
    }
    return netlink_request(netlink);
}

static bool is_in_network(const struct address *address, const struct address *network)
{
    if (address->family != network->family)
        return false;
    for (unsigned int bit = 0; bit < network->prefix; bit++)
        if (((address->bytes[bit / 8] ^ network->bytes[bit / 8]) & 0x80 >> bit % 8) != 0)
            return false;
    return true;
}

static int add_default_route(struct netlink *netlink, int index, const struct veth *veth,
                             const struct address *gateway)
{
    struct rtmsg header = {
        .rtm_family = (uint8_t)gateway->family,
        .rtm_table = RT_TABLE_MAIN,
        .rtm_protocol = RTPROT_BOOT,
        .rtm_scope = RT_SCOPE_UNIVERSE,
        .rtm_type = RTN_UNICAST,
        /* A gateway outside of our networks is a neighbour all the same: a cloud's /32. */
        .rtm_flags = RTNH_F_ONLINK,
    };

    for (size_t i = 0; i < veth->address_count; i++)
        if (is_in_network(gateway, &veth->addresses[i]))
            header.rtm_flags = 0;
    netlink_begin(netlink, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, &header, sizeof header);
    netlink_add(netlink, RTA_GATEWAY, gateway->bytes, size_of_address(gateway));
    netlink_add_number(netlink, RTA_OIF, (uint32_t)index);
    return netlink_request(netlink);
}

static int configure(struct netlink *netlink, const struct veth *veth, struct error *error)
{
    int index = netlink_device(netlink, veth->name);
    char name[48];

    error_subject(error, "--veth %s", veth->name);
    if (check(error, ATTEMPT_FIND, "", index, netlink->explanation) < 0)
        return -1;
    for (size_t i = 0; i < veth->address_count; i++)
        if (check(error, ATTEMPT_ADDRESS, address_name(&veth->addresses[i], name),
                  add_address(netlink, index, &veth->addresses[i]), netlink->explanation) < 0)
            return -1;
    if (bring_up(netlink, index, error) < 0)
        return -1;
    netlink_settle(netlink, veth->name);
    for (size_t i = 0; i < veth->gateway_count; i++)
        if (check(error, ATTEMPT_ROUTE, address_name(&veth->gateways[i], name),
                  add_default_route(netlink, index, veth, &veth->gateways[i]),
                  netlink->explanation) < 0)
            return -1;
    return 0;
}

static int configure_all(struct netlink *netlink, const struct veth *veths, size_t count,
                         struct error *error)
{
    for (size_t i = 0; i < count; i++)
        if (configure(netlink, &veths[i], error) < 0)
            return -1;
    return 0;
}

static int open_socket(struct netlink *netlink, struct error *error)
{
    error_subject(error, "--veth");
    return check(error, ATTEMPT_SOCKET, "", netlink_open(netlink), "");
}

int veth_create(const struct veth *veths, size_t count, pid_t pid, int *ends, struct error *error)
{
    struct netlink netlink;
    int result;

    if (open_socket(&netlink, error) < 0)
        return -1;
    result = make_all(&netlink, veths, count, pid, ends, error);
    netlink_close(&netlink);
    return result;
}

static bool any_end(const int *ends, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (ends[i] != 0)
            return true;
    return false;
}

void veth_delete(int *ends, size_t count)
{
    struct netlink netlink;

    if (ends == NULL || !any_end(ends, count) || netlink_open(&netlink) < 0)
        return;
    for (size_t i = 0; i < count; i++) {
        /* The kernel gives the number of a device that is gone to no other one. */
        if (ends[i] != 0)
            delete_pair(&netlink, ends[i]);
        ends[i] = 0;
    }
    netlink_close(&netlink);
}

static bool is_there(const struct netlink *netlink, int index)
{
    struct ifreq request = {.ifr_ifindex = index};

    /* Any socket will do: netdevice(7). */
    return index != 0 && ioctl(netlink->fd, SIOCGIFNAME, &request) == 0;
}

void veth_await_deletion(const int *ends, size_t count)
{
    struct netlink netlink;
    int waited = 0;

    if (ends == NULL || !any_end(ends, count) || netlink_open(&netlink) < 0)
        return;
    for (size_t i = 0; i < count; i++)
        while (is_there(&netlink, ends[i]) && waited < AWAITED_MS) {
            (void)poll(NULL, 0, LOOK_MS);
            waited += LOOK_MS;
        }
    netlink_close(&netlink);
}

int veth_configure(const struct veth *veths, size_t count, struct error *error)
{
    struct netlink netlink;
    int result;

    if (open_socket(&netlink, error) < 0)
        return -1;
    result = configure_all(&netlink, veths, count, error);
    netlink_close(&netlink);
    return result;
}
