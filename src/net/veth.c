/*
 * veth.c - pairs of virtual network interfaces, by rtnetlink(7)
 */
#include "net/veth.h"

#include <errno.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "net/interface_private.h"
#include "net/net_error_private.h"
#include "util/strbuf.h"

/* The kernel takes 20 to 40 ms to delete a pair after the last process of its namespace. */
enum { DELETION_TIMEOUT_MS = 200, DELETION_POLL_MS = 5 };

/*
 * A bridge without an explicit address takes the lowest address of its ports; when that changes,
 * its neighbours lose the bridge. This address is the highest of all and identical for all host
 * ends, so that no port changes the bridge's address. Xen gives it to the ports of its bridges too.
 */
static const uint8_t host_mac[6] = {0xfe, 0xff, 0xff, 0xff, 0xff, 0xff};

struct veth_pairs *veth_pairs_new(const struct veth *veths, size_t count)
{
    struct veth_pairs *pairs = calloc(1, sizeof *pairs + count * sizeof pairs->indexes[0]);

    if (pairs == NULL)
        return NULL;
    pairs->veths = veths;
    pairs->count = count;
    pairs->outside = -1;
    return pairs;
}

int veth_open_socket(struct error *error)
{
    struct netlink netlink;

    return interface_open_socket(&netlink, error) < 0 ? -1 : netlink.fd;
}

/* ---- create -------------------------------------------------------------------------------- */

/* Both ends get one MTU: the end with the smaller MTU would drop the other's packets. */
static void add_end(struct netlink *netlink, const char *name, unsigned int mtu, const uint8_t *mac)
{
    netlink_add_text(netlink, IFLA_IFNAME, name);
    if (mtu != 0)
        netlink_add_number(netlink, IFLA_MTU, mtu);
    if (mac != NULL)
        netlink_add(netlink, IFLA_ADDRESS, mac, sizeof host_mac);
}

/* The service's end is created in its namespace with its final name, never visible outside. */
static int create_pair(struct netlink *netlink, const struct veth *veth, const char *host,
                       pid_t pid)
{
    const struct ifinfomsg header = {0};
    size_t info;
    size_t data;
    size_t peer;

    netlink_begin(netlink, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &header, sizeof header);
    add_end(netlink, host, veth->mtu, host_mac);
    info = netlink_begin_nest(netlink, IFLA_LINKINFO);
    netlink_add_text(netlink, IFLA_INFO_KIND, "veth");
    data = netlink_begin_nest(netlink, IFLA_INFO_DATA);
    peer = netlink_begin_nest(netlink, VETH_INFO_PEER);
    netlink_add_header(netlink, &header, sizeof header);
    add_end(netlink, veth->name, veth->mtu, veth->has_mac ? veth->mac : NULL);
    netlink_add_number(netlink, IFLA_NET_NS_PID, (uint32_t)pid);
    netlink_end_nest(netlink, peer);
    netlink_end_nest(netlink, data);
    netlink_end_nest(netlink, info);
    return netlink_request(netlink);
}

/*
 * Create the pair with the first free name veth0, veth1 and so on. The kernel chooses one, too, but
 * before Linux 6.1 it does not return the name. If another process takes the name first, the next
 * number is tried.
 */
static int create_pair_with_free_name(struct netlink *netlink, const struct veth *veth,
                                      char host[INTERFACE_NAME_SIZE], pid_t pid)
{
    int result = -EEXIST;

    for (unsigned int number = 0; result == -EEXIST; number++) {
        strbuf_set(host, INTERFACE_NAME_SIZE, "veth%u", number);
        if (netlink_device(netlink, host) >= 0)
            continue;
        result = create_pair(netlink, veth, host, pid);
        /* The name in the service's namespace is in use. */
        if (result == -EEXIST && netlink_device(netlink, host) < 0)
            break;
    }
    return result;
}

static int pair_error(struct error *error, const struct netlink *netlink, const struct veth *veth,
                      const char *host, int result)
{
    bool is_host_name_used = netlink_device(netlink, host) >= 0;

    if (result != -EEXIST)
        return net_check(error, ATTEMPT_PAIR, "", result, netlink->explanation);
    if (!is_host_name_used)
        return error_reason(error, ERROR_FAILED,
                            "create the pair: the name %s is in use in the service's namespace",
                            veth->name);
    error_hint(error, "choose another host=NAME, or remove it for the first free vethN");
    return error_reason(error, ERROR_FAILED,
                        "create the pair: the name %s is in use outside", host);
}

static int join_bridge(struct netlink *netlink, int index, const char *bridge, struct error *error)
{
    int result = netlink_device(netlink, bridge);

    if (result == -ENODEV) {
        error_hint(error, "ip link add %s type bridge && ip link set %s up", bridge, bridge);
        return error_reason(error, ERROR_FAILED, "join the bridge %s: no such bridge", bridge);
    }
    if (result >= 0) {
        interface_begin(netlink, RTM_NEWLINK, index, 0);
        netlink_add_number(netlink, IFLA_MASTER, (uint32_t)result);
        result = netlink_request(netlink);
    }
    return net_check(error, ATTEMPT_BRIDGE, bridge, result, netlink->explanation);
}

static int connect_host_end(struct netlink *netlink, const struct veth *veth, int index,
                            const char *host, struct error *error)
{
    if (veth->bridge[0] != '\0' && join_bridge(netlink, index, veth->bridge, error) < 0)
        return -1;
    return interface_configure(netlink, index, host, &veth->outer, error);
}

/* The kernel deletes the other end too. */
static void delete_pair(struct netlink *netlink, int index)
{
    interface_begin(netlink, RTM_DELLINK, index, 0);
    (void)netlink_request(netlink);
}

/* Returns the index of the host end, or -1 with the error filled in. */
static int create_one(struct netlink *netlink, const struct veth *veth, pid_t pid,
                      struct error *error)
{
    char host[INTERFACE_NAME_SIZE];
    int result;
    int index;

    error_subject(error, "--veth %s", veth->name);
    memcpy(host, veth->host, sizeof host);
    result = host[0] != '\0' ? create_pair(netlink, veth, host, pid)
                             : create_pair_with_free_name(netlink, veth, host, pid);
    if (result < 0)
        return pair_error(error, netlink, veth, host, result);
    index = netlink_device(netlink, host);
    if (net_check(error, ATTEMPT_PAIR, "", index, netlink->explanation) < 0)
        return -1;
    if (connect_host_end(netlink, veth, index, host, error) == 0)
        return index;
    delete_pair(netlink, index);
    return -1;
}

static int create_all(struct netlink *netlink, struct veth_pairs *pairs, pid_t pid,
                      struct error *error)
{
    for (size_t i = 0; i < pairs->count; i++) {
        int index = create_one(netlink, &pairs->veths[i], pid, error);

        if (index < 0)
            return -1;
        pairs->indexes[i] = index;
    }
    return 0;
}

int veth_create(struct veth_pairs *pairs, pid_t pid, int outside, struct error *error)
{
    struct netlink netlink;

    veth_delete(pairs);
    netlink.fd = pairs->outside = outside >= 0 ? outside : veth_open_socket(error);
    if (pairs->outside < 0)
        return -1;
    if (create_all(&netlink, pairs, pid, error) == 0)
        return 0;
    veth_delete(pairs);
    return -1;
}

/* ---- configure ----------------------------------------------------------------------------- */

static int configure(struct netlink *netlink, const struct veth *veth, struct error *error)
{
    int index = netlink_device(netlink, veth->name);

    error_subject(error, "--veth %s", veth->name);
    if (net_check(error, ATTEMPT_FIND, "", index, netlink->explanation) < 0)
        return -1;
    return interface_configure(netlink, index, veth->name, &veth->inner, error);
}

int veth_configure(const struct veth *veths, size_t count, struct error *error)
{
    struct netlink netlink;
    int result = 0;

    if (interface_open_socket(&netlink, error) < 0)
        return -1;
    for (size_t i = 0; i < count && result == 0; i++)
        result = configure(&netlink, &veths[i], error);
    netlink_close(&netlink);
    return result;
}

/* ---- delete -------------------------------------------------------------------------------- */

void veth_delete(struct veth_pairs *pairs)
{
    struct netlink netlink;

    if (pairs == NULL || pairs->outside < 0)
        return;
    netlink.fd = pairs->outside;
    for (size_t i = 0; i < pairs->count; i++) {
        /* The kernel does not reuse the index of a deleted interface. */
        if (pairs->indexes[i] != 0)
            delete_pair(&netlink, pairs->indexes[i]);
        pairs->indexes[i] = 0;
    }
    netlink_close(&netlink);
    pairs->outside = -1;
}

static bool exists(int socket_fd, int index)
{
    struct ifreq request = {.ifr_ifindex = index};

    /* netdevice(7) works on any socket. */
    return index != 0 && ioctl(socket_fd, SIOCGIFNAME, &request) == 0;
}

void veth_await_deletion(const struct veth_pairs *pairs)
{
    int waited = 0;

    if (pairs == NULL || pairs->outside < 0)
        return;
    for (size_t i = 0; i < pairs->count; i++)
        while (exists(pairs->outside, pairs->indexes[i]) && waited < DELETION_TIMEOUT_MS) {
            (void)poll(NULL, 0, DELETION_POLL_MS);
            waited += DELETION_POLL_MS;
        }
}
