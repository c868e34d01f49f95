/*
 * interface.c - requests about a network interface by rtnetlink(7)
 */
#include "net/interface_private.h"

#include <linux/rtnetlink.h>
#include <net/if.h>

#include "net/net_error_private.h"

int interface_open_socket(struct netlink *netlink, struct error *error)
{
    error_subject(error, "--veth");
    return net_check(error, ATTEMPT_SOCKET, "", netlink_open(netlink), "");
}

void interface_begin(struct netlink *netlink, unsigned int type, int index, unsigned int flags)
{
    const struct ifinfomsg header = {.ifi_index = index, .ifi_flags = flags, .ifi_change = flags};

    netlink_begin(netlink, type, 0, &header, sizeof header);
}

int interface_up(struct netlink *netlink, int index, struct error *error)
{
    interface_begin(netlink, RTM_NEWLINK, index, IFF_UP);
    return net_check(error, ATTEMPT_UP, "", netlink_request(netlink), netlink->explanation);
}
