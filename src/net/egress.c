/*
 * egress.c - nftables rules for what a service may reach
 */
#include "net/egress.h"

/* Before the headers of Linux, which would define the same names. */
#include <netinet/in.h>

#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netlink.h>

#include "net/nft_private.h"

/* The first device of each network namespace, and the types of neighbour discovery (RFC 4861). */
enum { LOOPBACK_INDEX = 1, ROUTER_SOLICITATION = 133, NEIGHBOUR_ADVERTISEMENT = 136 };

static const struct nft_rule basics[] = {
    {.to_device = LOOPBACK_INDEX, .action = NFT_ACCEPT},
    {.is_known = true, .action = NFT_ACCEPT},
    /* Without its neighbours' hardware addresses the kernel can't send IPv6 at all. */
    {.protocol = IPPROTO_ICMPV6,
     .first = ROUTER_SOLICITATION << 8,
     .last = NEIGHBOUR_ADVERTISEMENT << 8,
     .action = NFT_ACCEPT},
};

static void add_rules(struct nft *nft, const struct namespaces *plan)
{
    for (size_t i = 0; i < sizeof basics / sizeof basics[0]; i++)
        nft_add(nft, &basics[i]);
    for (size_t i = 0; i < plan->egress_count; i++) {
        const struct egress *egress = &plan->egresses[i];

        nft_add(nft, &(struct nft_rule){.destination = &egress->network,
                                        .protocol = egress->protocol,
                                        .first = egress->first_port,
                                        .last = egress->last_port,
                                        .action = NFT_ACCEPT});
    }
}

int egress_restrict(const struct namespaces *plan, struct error *error)
{
    struct netlink netlink;
    struct nft nft;
    int result;

    if (!plan->restricts_egress)
        return 0;
    result = netlink_open(&netlink, NETLINK_NETFILTER);
    if (result == 0) {
        nft_begin(&nft, netlink.fd, "nsinit-egress", 0);
        nft_chain(&nft, "output", NFT_FILTER, NF_INET_LOCAL_OUT, 0, NF_DROP);
        add_rules(&nft, plan);
        result = nft_commit(&nft);
        netlink_close(&netlink);
    }
    if (result == 0)
        return 0;
    errno = -result;
    error_subject(error, "--egress");
    error_hint(error, "modprobe nf_tables nf_conntrack");
    return error_reason(error, ERROR_FAILED, "add the nftables table nsinit-egress: %m");
}
