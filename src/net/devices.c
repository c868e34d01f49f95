/*
 * devices.c - the network devices of a service, besides lo
 */
#include "net/devices.h"

#include <net/if.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "net/firewall_private.h"
#include "net/interface_private.h"
#include "net/net_error_private.h"
#include "net/netdev_private.h"
#include "net/veth_private.h"

/* The kernel takes 20 to 40 ms to delete a pair after the last process of its namespace. */
enum { DELETION_TIMEOUT_MS = 200, DELETION_POLL_MS = 5 };

struct net_devices *net_devices_new(const struct namespaces *plan)
{
    size_t published_count = plan->uses_pasta ? 0 : plan->published_count;
    struct net_devices *devices = calloc(1, sizeof *devices + (plan->veth_count + published_count) *
                                                                  sizeof devices->indexes[0]);

    if (devices == NULL)
        return NULL;
    devices->plan = plan->veths;
    devices->count = plan->veth_count;
    devices->published = plan->published;
    devices->published_count = published_count;
    devices->rules_fd = -1;
    devices->sockets[NET_OUTSIDE] = devices->sockets[NET_INSIDE] = -1;
    return devices;
}

int net_devices_socket(struct error *error)
{
    struct netlink netlink;

    return interface_open_socket(&netlink, error) < 0 ? -1 : netlink.fd;
}

static void name_device(const struct veth *veth, struct error *error)
{
    error_subject(error, "--%s %s", veth->kind == DEVICE_PAIR ? "veth" : "netdev", veth->name);
}

/* ---- create -------------------------------------------------------------------------------- */

static int create_all(struct net_devices *devices, pid_t pid, struct error *error)
{
    struct netlink outside = {.fd = devices->sockets[NET_OUTSIDE]};
    struct netlink inside = {.fd = devices->sockets[NET_INSIDE]};

    for (size_t i = 0; i < devices->count; i++) {
        const struct veth *veth = &devices->plan[i];
        int index;

        name_device(veth, error);
        index = veth->kind == DEVICE_PAIR ? veth_create(&outside, veth, pid, error)
                                          : netdev_create(&outside, &inside, veth, pid, error);
        if (index < 0)
            return -1;
        devices->indexes[i] = index;
    }
    return 0;
}

int net_devices_create(struct net_devices *devices, pid_t pid, const int sockets[NET_SOCKETS],
                       struct error *error)
{
    net_devices_remove(devices);
    devices->sockets[NET_INSIDE] = sockets[NET_INSIDE];
    devices->sockets[NET_OUTSIDE] =
        sockets[NET_OUTSIDE] >= 0 ? sockets[NET_OUTSIDE] : net_devices_socket(error);
    if (devices->sockets[NET_OUTSIDE] >= 0 && create_all(devices, pid, error) == 0 &&
        firewall_add(devices, sockets[NET_OUTSIDE] < 0, error) == 0)
        return 0;
    net_devices_remove(devices);
    return -1;
}

/* ---- configure ----------------------------------------------------------------------------- */

static int configure(struct netlink *netlink, const struct veth *veth, struct error *error)
{
    int index = netlink_device(netlink, veth->name);

    name_device(veth, error);
    if (net_check(error, ATTEMPT_FIND, "", index, netlink->explanation) < 0)
        return -1;
    return interface_configure(netlink, index, veth->name, &veth->inner, error);
}

int net_devices_configure(const struct veth *plan, size_t count, struct error *error)
{
    struct netlink netlink;
    int result = 0;

    if (interface_open_socket(&netlink, error) < 0)
        return -1;
    for (size_t i = 0; i < count && result == 0; i++)
        result = configure(&netlink, &plan[i], error);
    netlink_close(&netlink);
    return result;
}

/* ---- remove -------------------------------------------------------------------------------- */

/* Remove the devices of these kinds. The kernel does not reuse the index of a deleted device. */
static void remove_kinds(struct net_devices *devices, unsigned int kinds)
{
    struct netlink outside = {.fd = devices->sockets[NET_OUTSIDE]};
    struct netlink inside = {.fd = devices->sockets[NET_INSIDE]};

    for (size_t i = 0; i < devices->count; i++) {
        const struct veth *veth = &devices->plan[i];

        if (devices->indexes[i] == 0 || (kinds >> veth->kind & 1) == 0)
            continue;
        if (veth->kind == DEVICE_MOVED)
            netdev_give_back(&outside, &inside, veth, devices->indexes[i]);
        else
            interface_delete(veth->kind == DEVICE_PAIR ? &outside : &inside, devices->indexes[i]);
        devices->indexes[i] = 0;
    }
}

/* An open socket keeps its namespace. */
static void close_socket(int *socket_fd)
{
    if (*socket_fd >= 0)
        close(*socket_fd);
    *socket_fd = -1;
}

void net_devices_remove(struct net_devices *devices)
{
    if (devices == NULL)
        return;
    firewall_remove(devices);
    remove_kinds(devices, ~0U);
    close_socket(&devices->sockets[NET_INSIDE]);
    close_socket(&devices->sockets[NET_OUTSIDE]);
}

static bool exists(int socket_fd, int index)
{
    struct ifreq request = {.ifr_ifindex = index};

    /* netdevice(7) works on any socket. */
    return ioctl(socket_fd, SIOCGIFNAME, &request) == 0;
}

void net_devices_leave(struct net_devices *devices)
{
    int waited = 0;

    if (devices == NULL)
        return;
    firewall_remove(devices);
    remove_kinds(devices, 1U << DEVICE_MOVED);
    close_socket(&devices->sockets[NET_INSIDE]);
    for (size_t i = 0; i < devices->count; i++)
        while (devices->plan[i].kind == DEVICE_PAIR && devices->indexes[i] != 0 &&
               exists(devices->sockets[NET_OUTSIDE], devices->indexes[i]) &&
               waited < DELETION_TIMEOUT_MS) {
            (void)poll(NULL, 0, DELETION_POLL_MS);
            waited += DELETION_POLL_MS;
        }
}
