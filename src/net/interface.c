/*
 * interface.c - requests about a network interface by rtnetlink(7)
 */
#include "net/interface_private.h"

#include <arpa/inet.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>

#include "net/net_error_private.h"
#include "util/strbuf.h"

int interface_open_socket(struct netlink *netlink, struct error *error)
{
    error_subject(error, "rtnetlink");
    return net_check(error, ATTEMPT_SOCKET, "", netlink_open(netlink, NETLINK_ROUTE), "");
}

void interface_begin(struct netlink *netlink, unsigned int type, int index, unsigned int flags)
{
    const struct ifinfomsg header = {.ifi_index = index, .ifi_flags = flags, .ifi_change = flags};

    netlink_begin(netlink, type, 0, &header, sizeof header);
}

void interface_add_identity(struct netlink *netlink, const char *name, unsigned int mtu,
                            const uint8_t *mac)
{
    netlink_add_text(netlink, IFLA_IFNAME, name);
    if (mtu != 0)
        netlink_add_number(netlink, IFLA_MTU, mtu);
    if (mac != NULL)
        netlink_add(netlink, IFLA_ADDRESS, mac, 6);
}

void interface_delete(struct netlink *netlink, int index)
{
    interface_begin(netlink, RTM_DELLINK, index, 0);
    (void)netlink_request(netlink);
}

int interface_up(struct netlink *netlink, int index, struct error *error)
{
    interface_begin(netlink, RTM_NEWLINK, index, IFF_UP);
    return net_check(error, ATTEMPT_UP, "", netlink_request(netlink), netlink->explanation);
}

/* ---- addresses and routes ------------------------------------------------------------------ */

static size_t size_of_address(const struct address *address)
{
    return address->family == AF_INET ? sizeof(struct in_addr) : sizeof(struct in6_addr);
}

/* inet_ntop(3) of musl would add all of its stdio to the static binary. */
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
        /* Duplicate address detection would delay the use of the address by a second. */
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

static int add_route(struct netlink *netlink, int index, const struct veth_end *end,
                     const struct route *route)
{
    const struct address *gateway = &route->gateway;
    size_t size = size_of_address(&route->destination);
    struct rtmsg header = {
        .rtm_family = (uint8_t)route->destination.family,
        .rtm_dst_len = (uint8_t)route->destination.prefix,
        .rtm_table = RT_TABLE_MAIN,
        .rtm_protocol = RTPROT_BOOT,
        .rtm_scope = gateway->family != 0 ? RT_SCOPE_UNIVERSE : RT_SCOPE_LINK,
        .rtm_type = RTN_UNICAST,
        /* A gateway outside of all networks is reached directly, as with a cloud's /32 address. */
        .rtm_flags = gateway->family != 0 ? RTNH_F_ONLINK : 0,
    };

    for (size_t i = 0; i < end->address_count; i++)
        if (is_in_network(gateway, &end->addresses[i]))
            header.rtm_flags = 0;
    netlink_begin(netlink, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, &header, sizeof header);
    if (header.rtm_dst_len > 0)
        netlink_add(netlink, RTA_DST, route->destination.bytes, size);
    if (gateway->family != 0)
        netlink_add(netlink, RTA_GATEWAY, gateway->bytes, size);
    netlink_add_number(netlink, RTA_OIF, (uint32_t)index);
    return netlink_request(netlink);
}

static int check_route(struct netlink *netlink, const struct route *route, int result,
                       struct error *error)
{
    bool is_default = route->destination.prefix == 0;
    char name[48];

    return net_check(error, is_default ? ATTEMPT_DEFAULT_ROUTE : ATTEMPT_ROUTE,
                     address_name(is_default ? &route->gateway : &route->destination, name), result,
                     netlink->explanation);
}

int interface_configure(struct netlink *netlink, int index, const char *device,
                        const struct veth_end *end, struct error *error)
{
    char name[48];

    for (size_t i = 0; i < end->address_count; i++)
        if (net_check(error, ATTEMPT_ADDRESS, address_name(&end->addresses[i], name),
                      add_address(netlink, index, &end->addresses[i]), netlink->explanation) < 0)
            return -1;
    if (interface_up(netlink, index, error) < 0)
        return -1;
    netlink_settle(netlink, device);
    for (size_t i = 0; i < end->route_count; i++)
        if (check_route(netlink, &end->routes[i], add_route(netlink, index, end, &end->routes[i]),
                        error) < 0)
            return -1;
    return 0;
}
