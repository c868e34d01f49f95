/*
 * veth.c - pairs of virtual network interfaces, by rtnetlink(7)
 */
#include "net/veth_private.h"

#include <errno.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <string.h>

#include "net/interface_private.h"
#include "net/net_error_private.h"
#include "util/strbuf.h"

/*
 * A bridge without an explicit address takes the lowest address of its ports; when that changes,
 * its neighbours lose the bridge. This address is the highest of all and identical for all host
 * ends, so that no port changes the bridge's address. Xen gives it to the ports of its bridges too.
 */
static const uint8_t host_mac[6] = {0xfe, 0xff, 0xff, 0xff, 0xff, 0xff};

/* The service's end is created in its namespace with its final name, never visible outside. */
static int create_pair(struct netlink *netlink, const struct veth *veth, const char *host,
                       pid_t pid)
{
    const struct ifinfomsg header = {0};
    size_t info;
    size_t data;
    size_t peer;

    netlink_begin(netlink, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &header, sizeof header);
    /* Both ends get one MTU: the end with the smaller MTU would drop the other's packets. */
    interface_add_identity(netlink, host, veth->mtu, host_mac);
    info = netlink_begin_nest(netlink, IFLA_LINKINFO);
    netlink_add_text(netlink, IFLA_INFO_KIND, "veth");
    data = netlink_begin_nest(netlink, IFLA_INFO_DATA);
    peer = netlink_begin_nest(netlink, VETH_INFO_PEER);
    netlink_add_header(netlink, &header, sizeof header);
    interface_add_identity(netlink, veth->name, veth->mtu, veth->has_mac ? veth->mac : NULL);
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
    return error_reason(error, ERROR_FAILED, "create the pair: the name %s is in use outside",
                        host);
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

int veth_create(struct netlink *netlink, const struct veth *veth, pid_t pid, struct error *error)
{
    char host[INTERFACE_NAME_SIZE];
    int result;
    int index;

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
    interface_delete(netlink, index);
    return -1;
}
