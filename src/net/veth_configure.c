/*
 * veth_configure.c - addresses and routes of a service's network interfaces, by rtnetlink(7)
 */
#include "net/veth.h"

#include <arpa/inet.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

#include "net/interface_private.h"
#include "net/net_error_private.h"
#include "util/strbuf.h"

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

static int add_default_route(struct netlink *netlink, int index, const struct veth *veth,
                             const struct address *gateway)
{
    struct rtmsg header = {
        .rtm_family = (uint8_t)gateway->family,
        .rtm_table = RT_TABLE_MAIN,
        .rtm_protocol = RTPROT_BOOT,
        .rtm_scope = RT_SCOPE_UNIVERSE,
        .rtm_type = RTN_UNICAST,
        /* A gateway outside of all networks is reached directly, as with a cloud's /32 address. */
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
    if (net_check(error, ATTEMPT_FIND, "", index, netlink->explanation) < 0)
        return -1;
    for (size_t i = 0; i < veth->address_count; i++)
        if (net_check(error, ATTEMPT_ADDRESS, address_name(&veth->addresses[i], name),
                      add_address(netlink, index, &veth->addresses[i]), netlink->explanation) < 0)
            return -1;
    if (interface_up(netlink, index, error) < 0)
        return -1;
    netlink_settle(netlink, veth->name);
    for (size_t i = 0; i < veth->gateway_count; i++)
        if (net_check(error, ATTEMPT_ROUTE, address_name(&veth->gateways[i], name),
                      add_default_route(netlink, index, veth, &veth->gateways[i]),
                      netlink->explanation) < 0)
            return -1;
    return 0;
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
