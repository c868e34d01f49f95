/*
 * egress.c - rules in a service's network for what it may reach
 */
#include "net/egress.h"

/* Before the headers of Linux, which define the same otherwise. */
#include <netinet/in.h>

#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netlink.h>

#include "net/nft_private.h"

/* The first device of each network namespace, and the types of neighbour discovery (RFC 4861). */
enum { LOOPBACK_INDEX = 1, ROUTER_SOLICITATION = 133, NEIGHBOUR_ADVERTISEMENT = 136 };

static void accept_rule(struct nft *nft)
{
    nft_verdict(nft, NF_ACCEPT);
    nft_end_rule(nft);
}

static void add_basics(struct nft *nft)
{
    const uint32_t loopback = LOOPBACK_INDEX;

    nft_rule(nft);
    nft_match_meta(nft, NFT_META_OIF, NFT_CMP_EQ, &loopback, sizeof loopback);
    accept_rule(nft);
    nft_rule(nft);
    nft_match_known(nft);
    accept_rule(nft);
    /* Without its neighbours' hardware addresses the kernel can't send IPv6 at all. */
    nft_rule(nft);
    nft_match_protocol(nft, IPPROTO_ICMPV6);
    nft_match_icmp_type(nft, ROUTER_SOLICITATION, NEIGHBOUR_ADVERTISEMENT);
    accept_rule(nft);
}

static void add_destination(struct nft *nft, const struct egress *egress)
{
    nft_rule(nft);
    nft_match_address(nft, NFT_DESTINATION, &egress->network);
    if (egress->first_port != 0) {
        nft_match_protocol(nft, egress->protocol);
        nft_match_port(nft, egress->first_port, egress->last_port);
    }
    accept_rule(nft);
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
        add_basics(&nft);
        for (size_t i = 0; i < plan->egress_count; i++)
            add_destination(&nft, &plan->egresses[i]);
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
