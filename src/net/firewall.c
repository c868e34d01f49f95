/*
 * firewall.c - the rules outside for the devices of a service: masquerade and --publish
 */
#include "net/firewall_private.h"

/* Before the headers of Linux, which would define the same names. */
#include <arpa/inet.h>

#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netlink.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "net/nft_private.h"
#include "net/publish_private.h"
#include "util/file.h"
#include "util/strbuf.h"

/* A socket owns the table, so the kernel removes it when nsinit is killed. Linux 5.12. */
#ifndef NFT_TABLE_F_OWNER
#define NFT_TABLE_F_OWNER 0x2
#endif

enum { PRIORITY_RAW = -300, PRIORITY_DNAT = -100, PRIORITY_SNAT = 100 };

static const struct address loopback = {.family = AF_INET, .bytes = {127}, .prefix = 8};

/* The outer end of a pair, for which rules are made. */
struct target {
    const struct veth *veth;
    const struct address *address; /* inside */
    uint32_t device;               /* by which packets reach the service */
};

static uint32_t device_of(const struct net_devices *devices, size_t i)
{
    struct netlink outside = {.fd = devices->sockets[NET_OUTSIDE]};
    const char *bridge = devices->plan[i].bridge;

    return (uint32_t)(bridge[0] != '\0' ? netlink_device(&outside, bridge) : devices->indexes[i]);
}

/* The first pair with an address of the family. */
static bool find_target(const struct net_devices *devices, int family, struct target *target)
{
    for (size_t i = 0; i < devices->count; i++) {
        const struct veth *veth = &devices->plan[i];

        for (size_t n = 0; veth->kind == DEVICE_PAIR && n < veth->inner.address_count; n++)
            if (veth->inner.addresses[n].family == family) {
                *target = (struct target){veth, &veth->inner.addresses[n], device_of(devices, i)};
                return true;
            }
    }
    return false;
}

/* ---- rules --------------------------------------------------------------------------------- */

static const int families[] = {AF_INET, AF_INET6};

/* Whether it is 0.0.0.0 or ::, or not given. */
static bool is_any(const struct address *address)
{
    static const uint8_t any[sizeof address->bytes];

    return memcmp(address->bytes, any, sizeof any) == 0;
}

static void add_redirects(struct nft *nft, const struct net_devices *devices, int family)
{
    struct target target;

    if (!find_target(devices, family, &target))
        return;
    for (size_t i = 0; i < devices->published_count; i++) {
        const struct published *published = &devices->published[i];
        const struct address *address = &published->address;

        if (address->family == 0 || address->family == family)
            nft_add(nft,
                    &(struct nft_rule){.family = family,
                                       .destination = is_any(address) ? NULL : address,
                                       .is_host = true,
                                       .is_to_local = is_any(address),
                                       .protocol = published->is_udp ? IPPROTO_UDP : IPPROTO_TCP,
                                       .first = published->host_port,
                                       .last = published->host_port,
                                       .action = NFT_REDIRECT,
                                       .redirect_to = target.address,
                                       .redirect_port = published->service_port});
    }
}

static void add_masquerade(struct nft *nft, const struct net_devices *devices)
{
    for (size_t i = 0; i < devices->count; i++)
        for (size_t n = 0; devices->plan[i].masquerade && n < devices->plan[i].inner.address_count;
             n++)
            nft_add(nft, &(struct nft_rule){.source = &devices->plan[i].inner.addresses[n],
                                            .is_host = true,
                                            .not_to_device = device_of(devices, i),
                                            .action = NFT_MASQUERADE});
}

/* Whether 127.0.0.1 is forwarded to the service: not over a bridge, which has other users. */
static bool serves_loopback(const struct net_devices *devices, struct target *target)
{
    return devices->published_count > 0 && find_target(devices, AF_INET, target) &&
           target->veth->bridge[0] == '\0';
}

/*
 * The device takes and sends packets of 127.0.0.0/8 (route_localnet in ip-sysctl), which are
 * dropped as they come in: only answers, whose addresses are not translated back yet, pass.
 */
static void add_loopback(struct nft *nft, const struct net_devices *devices)
{
    struct target target;
    bool is_served = serves_loopback(devices, &target);

    nft_chain(nft, "output", NFT_NAT, NF_INET_LOCAL_OUT, PRIORITY_DNAT, NF_ACCEPT);
    if (!is_served)
        nft_add(nft, &(struct nft_rule){.destination = &loopback, .action = NFT_ACCEPT});
    /* The kernel sends no packet from ::1 to another device. */
    add_redirects(nft, devices, AF_INET);
    if (!is_served)
        return;
    nft_chain(nft, "loopback", NFT_FILTER, NF_INET_PRE_ROUTING, PRIORITY_RAW, NF_ACCEPT);
    nft_add(nft, &(struct nft_rule){
                     .destination = &loopback, .from_device = target.device, .action = NFT_DROP});
}

static void add_sources(struct nft *nft, const struct net_devices *devices)
{
    struct target target;

    nft_chain(nft, "postrouting", NFT_NAT, NF_INET_POST_ROUTING, PRIORITY_SNAT, NF_ACCEPT);
    add_masquerade(nft, devices);
    if (serves_loopback(devices, &target))
        nft_add(nft, &(struct nft_rule){.source = &loopback,
                                        .to_device = target.device,
                                        .action = NFT_MASQUERADE});
    /* A service that connects to its own published port gets the answers from outside. */
    for (size_t i = 0; i < 2; i++)
        if (devices->published_count > 0 && find_target(devices, families[i], &target))
            nft_add(nft, &(struct nft_rule){.source = target.address,
                                            .destination = target.address,
                                            .is_host = true,
                                            .action = NFT_MASQUERADE});
}

static int add_table(const struct net_devices *devices, uint32_t flags)
{
    struct nft nft;

    nft_begin(&nft, devices->rules_fd, devices->table, flags);
    add_sources(&nft, devices);
    if (devices->published_count > 0) {
        nft_chain(&nft, "prerouting", NFT_NAT, NF_INET_PRE_ROUTING, PRIORITY_DNAT, NF_ACCEPT);
        for (size_t i = 0; i < 2; i++)
            add_redirects(&nft, devices, families[i]);
        add_loopback(&nft, devices);
    }
    return nft_commit(&nft);
}

/* ---- all of it ----------------------------------------------------------------------------- */

static bool has_masquerade(const struct net_devices *devices)
{
    for (size_t i = 0; i < devices->count; i++)
        if (devices->plan[i].masquerade)
            return true;
    return false;
}

/* The device that the rules are for: the first pair. */
static struct ifreq find_device(const struct net_devices *devices)
{
    struct ifreq request = {0};

    for (size_t i = 0; i < devices->count && request.ifr_ifindex == 0; i++)
        if (devices->plan[i].kind == DEVICE_PAIR)
            request.ifr_ifindex = devices->indexes[i];
    return request;
}

static int check_forwarding(const struct net_devices *devices, struct error *error)
{
    struct target target;
    char *text = NULL;
    bool is_off = find_target(devices, AF_INET, &target) &&
                  file_read("/proc/sys/net/ipv4/ip_forward", &text, NULL) == 0 && text[0] == '0';

    free(text);
    if (!is_off)
        return 0;
    error_hint(error, "sysctl net.ipv4.ip_forward=1");
    return error_reason(error, ERROR_FAILED, "IPv4 forwarding is off");
}

static int take_ports(struct net_devices *devices, struct error *error)
{
    int *ports = devices->indexes + devices->count;

    for (size_t i = 0; i < devices->published_count; i++) {
        ports[i] = publish_bind(&devices->published[i], true, error);
        if (ports[i] < 0)
            return -1;
    }
    return 0;
}

static void open_loopback(const struct net_devices *devices, const char *device)
{
    struct target target;
    char path[80];

    /* Where /proc/sys is read-only, the port is published except at 127.0.0.1. */
    strbuf_set(path, sizeof path, "/proc/sys/net/ipv4/conf/%s/route_localnet", device);
    if (serves_loopback(devices, &target))
        (void)file_write(path, "1");
}

/*
 * The table has the name of the device. If a service has deleted its device, that name is free
 * again, and the table of that service is still there: EPERM. An index is not used again.
 */
static int add_named_table(struct net_devices *devices, struct ifreq *device)
{
    int result;

    (void)ioctl(devices->sockets[NET_OUTSIDE], SIOCGIFNAME, device);
    strbuf_set(devices->table, sizeof devices->table, "nsinit-%s", device->ifr_name);
    result = add_table(devices, NFT_TABLE_F_OWNER);
    if (result == -EPERM) {
        strbuf_set(devices->table, sizeof devices->table, "nsinit-%s-%d", device->ifr_name,
                   device->ifr_ifindex);
        result = add_table(devices, NFT_TABLE_F_OWNER);
    }
    if (result == -EINVAL || result == -EOPNOTSUPP)
        result = add_table(devices, 0);
    return result;
}

static int add_rules(struct net_devices *devices, struct error *error)
{
    struct netlink netlink;
    struct ifreq device = find_device(devices);
    int result = netlink_open(&netlink, NETLINK_NETFILTER);

    if (result == 0) {
        devices->rules_fd = netlink.fd;
        result = add_named_table(devices, &device);
    }
    if (result == 0) {
        open_loopback(devices, device.ifr_name);
        return 0;
    }
    errno = -result;
    if (errno == EEXIST)
        error_hint(error, "nft delete table inet %s", devices->table);
    else
        error_hint(error, "modprobe nf_tables nft_chain_nat nft_masq nft_fib_inet");
    return error_reason(error, ERROR_FAILED, "add the nftables table %s: %m", devices->table);
}

int firewall_add(struct net_devices *devices, bool is_own, struct error *error)
{
    if (devices->published_count == 0 && !has_masquerade(devices))
        return 0;
    error_subject(error, devices->published_count > 0 ? "--publish" : "--veth masquerade");
    if (!is_own)
        return error_reason(error, ERROR_FAILED,
                            "the outside of --veth is not the network of nsinit itself");
    if (check_forwarding(devices, error) < 0 || take_ports(devices, error) < 0)
        return -1;
    return add_rules(devices, error);
}

void firewall_remove(struct net_devices *devices)
{
    int *ports = devices->indexes + devices->count;

    for (size_t i = 0; i < devices->published_count; i++) {
        if (ports[i] > 0)
            close(ports[i]);
        ports[i] = 0;
    }
    if (devices->rules_fd < 0)
        return;
    nft_delete(devices->rules_fd, devices->table);
    close(devices->rules_fd);
    devices->rules_fd = -1;
}
