/*
 * nft_private.h - rules of nftables, by nfnetlink: a table is made in one transaction
 * The shapes are those of <linux/netfilter/nf_tables.h>; `nft --debug=netlink` shows them.
 */
#ifndef NSINIT_NET_NFT_PRIVATE_H
#define NSINIT_NET_NFT_PRIVATE_H

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
    size_t size;
    size_t list; /* the open list of a rule's expressions */
};

enum { NFT_NAT, NFT_FILTER };

/* Begin the table, of family inet, in the network namespace of the netfilter socket `fd`. */
void nft_begin(struct nft *nft, int fd, const char *table, uint32_t flags);

/* Add a base chain, to which the next rules belong; `policy` is NF_ACCEPT or NF_DROP. */
void nft_chain(struct nft *nft, const char *name, int type, uint32_t hook, int priority,
               uint32_t policy);

/* A rule is a list of matches, and a last expression that says what happens. */
void nft_rule(struct nft *nft);
void nft_match_meta(struct nft *nft, uint32_t key, uint32_t operator, const void * value,
                    size_t size);
void nft_match_family(struct nft *nft, int family);
void nft_match_protocol(struct nft *nft, uint8_t protocol);
/* The destination port is between the two. */
void nft_match_port(struct nft *nft, uint16_t first, uint16_t last);
void nft_match_icmp_type(struct nft *nft, uint8_t first, uint8_t last);
/* Match the source or the destination, by the first `prefix` bits of the address. */
enum nft_side { NFT_SOURCE, NFT_DESTINATION };
void nft_match_address(struct nft *nft, enum nft_side side, const struct address *address);
void nft_match_local(struct nft *nft);
void nft_match_known(struct nft *nft);
void nft_verdict(struct nft *nft, uint32_t verdict);
void nft_masquerade(struct nft *nft);
void nft_dnat(struct nft *nft, const struct address *to, uint16_t port);
void nft_end_rule(struct nft *nft);

/* Carry the transaction out. 0, or a negative errno. */
int nft_commit(struct nft *nft);

/* Delete the table. */
void nft_delete(int fd, const char *table);

#endif
