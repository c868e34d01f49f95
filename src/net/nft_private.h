/*
 * nft_private.h - rules of nftables, by nfnetlink: a table is made in one transaction
 * The shapes are those of <linux/netfilter/nf_tables.h>; `nft --debug=netlink` shows them.
 */
#ifndef NSINIT_NET_NFT_PRIVATE_H
#define NSINIT_NET_NFT_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "linux/netlink.h"
#include "plan/veth_spec.h"

/* A transaction that is being built. */
struct nft {
    struct netlink netlink; /* the message that is being built */
    const char *table;
    const char *chain; /* of the next rules */
    unsigned char *bytes;
    size_t length;
    bool has_failed;   /* there was no memory */
    size_t expression; /* the open nests of a rule's expression */
    size_t attributes;
};

enum { NFT_NAT, NFT_FILTER };

enum nft_action { NFT_DROP, NFT_ACCEPT, NFT_MASQUERADE, NFT_REDIRECT };

/* A rule: what a packet must have (what is 0 or NULL is not asked for), and what happens to it. */
struct nft_rule {
    int family;
    const struct address *source;
    const struct address *destination;
    bool is_host;     /* the two are addresses, otherwise networks */
    bool is_to_local; /* the destination is an address of this machine */
    bool is_known;    /* an answer, or a packet that belongs to a known connection */
    uint8_t protocol; /* IPPROTO_TCP, IPPROTO_UDP, IPPROTO_ICMPV6 */
    uint16_t first;   /* port of the destination, or type << 8 */
    uint16_t last;
    uint32_t from_device;
    uint32_t to_device;
    uint32_t not_to_device;
    enum nft_action action;
    const struct address *redirect_to;
    uint16_t redirect_port;
};

/* Begin the table, of family inet, in the network namespace of the netfilter socket `fd`. */
void nft_begin(struct nft *nft, int fd, const char *table, uint32_t flags);

/* Add a base chain, to which the next rules belong; `policy` is NF_ACCEPT or NF_DROP. */
void nft_chain(struct nft *nft, const char *name, int type, uint32_t hook, int priority,
               uint32_t policy);

void nft_add(struct nft *nft, const struct nft_rule *rule);

/* Carry the transaction out. 0, or a negative errno. */
int nft_commit(struct nft *nft);

/* Delete the table. */
void nft_delete(int fd, const char *table);

#endif
