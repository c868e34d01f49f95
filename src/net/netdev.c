/*
 * netdev.c - devices of the host in a service's network namespace, by rtnetlink(7)
 */
#include "net/netdev_private.h"

#include <errno.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "net/interface_private.h"
#include "net/net_error_private.h"
#include "util/log.h"

static int move(struct netlink *outside, const struct veth *veth, int index, pid_t pid)
{
    interface_begin(outside, RTM_NEWLINK, index, 0);
    interface_add_identity(outside, veth->name, 0, NULL);
    netlink_add_number(outside, IFLA_NET_NS_PID, (uint32_t)pid);
    return netlink_request(outside);
}

/* The modes are those of Docker and systemd-nspawn(1), not the kernel's default ones. */
static int create(struct netlink *outside, const struct veth *veth, int parent, pid_t pid)
{
    const struct ifinfomsg header = {0};
    const uint16_t ipvlan_mode = IPVLAN_MODE_L2;
    size_t info;
    size_t data;

    netlink_begin(outside, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &header, sizeof header);
    interface_add_identity(outside, veth->name, veth->mtu, veth->has_mac ? veth->mac : NULL);
    netlink_add_number(outside, IFLA_LINK, (uint32_t)parent);
    netlink_add_number(outside, IFLA_NET_NS_PID, (uint32_t)pid);
    info = netlink_begin_nest(outside, IFLA_LINKINFO);
    netlink_add_text(outside, IFLA_INFO_KIND, veth->kind == DEVICE_MACVLAN ? "macvlan" : "ipvlan");
    data = netlink_begin_nest(outside, IFLA_INFO_DATA);
    if (veth->kind == DEVICE_MACVLAN)
        netlink_add_number(outside, IFLA_MACVLAN_MODE, MACVLAN_MODE_BRIDGE);
    else
        netlink_add(outside, IFLA_IPVLAN_MODE, &ipvlan_mode, sizeof ipvlan_mode);
    netlink_end_nest(outside, data);
    netlink_end_nest(outside, info);
    return netlink_request(outside);
}

/* The kernel moves a device before it renames it, and may find only then that the name is taken. */
static void undo_move(const struct netlink *outside, struct netlink *inside,
                      const struct veth *veth)
{
    int index = netlink_device(inside, veth->host);

    if (index < 0)
        index = netlink_device(inside, veth->name);
    if (netlink_device(outside, veth->host) < 0)
        netdev_give_back(outside, inside, veth, index);
}

int netdev_create(struct netlink *outside, struct netlink *inside, const struct veth *veth,
                  pid_t pid, struct error *error)
{
    bool is_moved = veth->kind == DEVICE_MOVED;
    int parent = netlink_device(outside, veth->host);
    int result = parent;

    if (parent >= 0)
        result = is_moved ? move(outside, veth, parent, pid) : create(outside, veth, parent, pid);
    if (is_moved && parent >= 0 && result < 0)
        undo_move(outside, inside, veth);
    if (result >= 0)
        result = netlink_device(inside, veth->name);
    return net_check(error, ATTEMPT_DEVICE, veth->host, result, outside->explanation) < 0 ? -1
                                                                                          : result;
}

void netdev_give_back(const struct netlink *outside, struct netlink *inside,
                      const struct veth *veth, int index)
{
    int net_fd = ioctl(outside->fd, SIOCGSKNS);
    int result = -errno;

    if (net_fd >= 0) {
        interface_begin(inside, RTM_NEWLINK, index, 0);
        interface_add_identity(inside, veth->host, 0, NULL);
        netlink_add_number(inside, IFLA_NET_NS_FD, (uint32_t)net_fd);
        result = netlink_request(inside);
        close(net_fd);
    }
    errno = -result;
    if (result < 0)
        log_line(LOG_WARNING, "--netdev %s: move the device %s back: %m", veth->name, veth->host);
}
