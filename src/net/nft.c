/*
 * nft.c - rules of nftables, by nfnetlink
 */
#include "net/nft_private.h"

/* Before the headers of Linux, which define the same otherwise. */
#include <arpa/inet.h>

#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { REGISTER = NFT_REG_1, SECOND_REGISTER = NFT_REG_2, FIRST_SIZE = 4096 };

/* ---- messages ------------------------------------------------------------------------------ */

static void begin_message(struct nft *nft, unsigned int type, unsigned int flags)
{
    const struct nfgenmsg header = {.nfgen_family = NFPROTO_INET, .version = NFNETLINK_V0};

    netlink_begin(&nft->netlink, NFNL_SUBSYS_NFTABLES << 8 | type, flags, &header, sizeof header);
}

/* Append the message to the transaction. Without memory the length becomes too large. */
static void end_message(struct nft *nft)
{
    size_t length = netlink_end(&nft->netlink);

    if (length == 0 || nft->size == SIZE_MAX) {
        nft->size = SIZE_MAX;
        return;
    }
    while (nft->length + length > nft->size) {
        size_t size = nft->size == 0 ? FIRST_SIZE : 2 * nft->size;
        unsigned char *bytes = realloc(nft->bytes, size);

        if (bytes == NULL) {
            nft->size = SIZE_MAX;
            return;
        }
        nft->bytes = bytes;
        nft->size = size;
    }
    memcpy(nft->bytes + nft->length, nft->netlink.bytes, length);
    nft->length += length;
}

/* The numbers of nftables are in network byte order. */
static void add_number(struct nft *nft, unsigned int type, uint32_t number)
{
    netlink_add_number(&nft->netlink, type, htonl(number));
}

static void add_bracket(struct nft *nft, unsigned int type)
{
    const struct nfgenmsg header = {.version = NFNETLINK_V0, .res_id = htons(NFNL_SUBSYS_NFTABLES)};

    netlink_begin(&nft->netlink, type, 0, &header, sizeof header);
    end_message(nft);
}

static void add_table(struct nft *nft, unsigned int type, unsigned int flags, uint32_t table_flags)
{
    begin_message(nft, type, flags);
    netlink_add_text(&nft->netlink, NFTA_TABLE_NAME, nft->table);
    if (type == NFT_MSG_NEWTABLE)
        add_number(nft, NFTA_TABLE_FLAGS, table_flags);
    end_message(nft);
}

void nft_begin(struct nft *nft, int fd, const char *table, uint32_t flags)
{
    *nft = (struct nft){.netlink = {.fd = fd}, .table = table};
    add_bracket(nft, NFNL_MSG_BATCH_BEGIN);
    add_table(nft, NFT_MSG_NEWTABLE, NLM_F_CREATE | NLM_F_EXCL, flags);
}

void nft_chain(struct nft *nft, const char *name, int type, uint32_t hook, int priority,
               uint32_t policy)
{
    size_t nest;

    nft->chain = name;
    begin_message(nft, NFT_MSG_NEWCHAIN, NLM_F_CREATE);
    netlink_add_text(&nft->netlink, NFTA_CHAIN_TABLE, nft->table);
    netlink_add_text(&nft->netlink, NFTA_CHAIN_NAME, name);
    nest = netlink_begin_nest(&nft->netlink, NFTA_CHAIN_HOOK);
    add_number(nft, NFTA_HOOK_HOOKNUM, hook);
    add_number(nft, NFTA_HOOK_PRIORITY, (uint32_t)priority);
    netlink_end_nest(&nft->netlink, nest);
    add_number(nft, NFTA_CHAIN_POLICY, policy);
    netlink_add_text(&nft->netlink, NFTA_CHAIN_TYPE, type == NFT_NAT ? "nat" : "filter");
    end_message(nft);
}

int nft_commit(struct nft *nft)
{
    int result;

    add_bracket(nft, NFNL_MSG_BATCH_END);
    result = nft->size == SIZE_MAX ? -ENOMEM
                                   : netlink_send_batch(&nft->netlink, nft->bytes, nft->length);
    free(nft->bytes);
    return result;
}

void nft_delete(int fd, const char *table)
{
    struct nft nft = {.netlink = {.fd = fd}, .table = table};

    add_bracket(&nft, NFNL_MSG_BATCH_BEGIN);
    add_table(&nft, NFT_MSG_DELTABLE, 0, 0);
    (void)nft_commit(&nft);
}

/* ---- rules --------------------------------------------------------------------------------- */

void nft_rule(struct nft *nft)
{
    begin_message(nft, NFT_MSG_NEWRULE, NLM_F_CREATE | NLM_F_APPEND);
    netlink_add_text(&nft->netlink, NFTA_RULE_TABLE, nft->table);
    netlink_add_text(&nft->netlink, NFTA_RULE_CHAIN, nft->chain);
    nft->list = netlink_begin_nest(&nft->netlink, NFTA_RULE_EXPRESSIONS);
}

void nft_end_rule(struct nft *nft)
{
    netlink_end_nest(&nft->netlink, nft->list);
    end_message(nft);
}

/* Bytes as a value, in the attribute `type`. */
static void add_value(struct nft *nft, unsigned int type, const void *value, size_t size)
{
    size_t nest = netlink_begin_nest(&nft->netlink, type);

    netlink_add(&nft->netlink, NFTA_DATA_VALUE, value, size);
    netlink_end_nest(&nft->netlink, nest);
}

/* An expression: its name, its numbers by their types (0: none), and a value. */
struct numbers {
    unsigned int type;
    uint32_t number;
};

struct nests {
    size_t element;
    size_t data;
};

static struct nests begin_expression(struct nft *nft, const char *name,
                                     const struct numbers numbers[4])
{
    struct nests nests = {.element = netlink_begin_nest(&nft->netlink, NFTA_LIST_ELEM)};

    netlink_add_text(&nft->netlink, NFTA_EXPR_NAME, name);
    nests.data = netlink_begin_nest(&nft->netlink, NFTA_EXPR_DATA);
    for (int i = 0; i < 4 && numbers[i].type != 0; i++)
        add_number(nft, numbers[i].type, numbers[i].number);
    return nests;
}

static void end_expression(struct nft *nft, struct nests nests)
{
    netlink_end_nest(&nft->netlink, nests.data);
    netlink_end_nest(&nft->netlink, nests.element);
}

static void add_expression(struct nft *nft, const char *name, const struct numbers numbers[4])
{
    end_expression(nft, begin_expression(nft, name, numbers));
}

static void compare(struct nft *nft, uint32_t operator, const void * value, size_t size)
{
    struct nests nests = begin_expression(
        nft, "cmp", (struct numbers[4]){{NFTA_CMP_SREG, REGISTER}, {NFTA_CMP_OP, operator}});

    add_value(nft, NFTA_CMP_DATA, value, size);
    end_expression(nft, nests);
}

static void mask(struct nft *nft, const void *bits, size_t size)
{
    static const uint8_t zeros[16];
    struct nests nests = begin_expression(nft, "bitwise",
                                          (struct numbers[4]){{NFTA_BITWISE_SREG, REGISTER},
                                                              {NFTA_BITWISE_DREG, REGISTER},
                                                              {NFTA_BITWISE_LEN, (uint32_t)size}});

    add_value(nft, NFTA_BITWISE_MASK, bits, size);
    add_value(nft, NFTA_BITWISE_XOR, zeros, size);
    end_expression(nft, nests);
}

static void load(struct nft *nft, uint32_t base, uint32_t offset, size_t size)
{
    add_expression(nft, "payload",
                   (struct numbers[4]){{NFTA_PAYLOAD_DREG, REGISTER},
                                       {NFTA_PAYLOAD_BASE, base},
                                       {NFTA_PAYLOAD_OFFSET, offset},
                                       {NFTA_PAYLOAD_LEN, (uint32_t)size}});
}

void nft_match_meta(struct nft *nft, uint32_t key, uint32_t operator, const void * value,
                    size_t size)
{
    add_expression(nft, "meta",
                   (struct numbers[4]){{NFTA_META_DREG, REGISTER}, {NFTA_META_KEY, key}});
    compare(nft, operator, value, size);
}

void nft_match_family(struct nft *nft, int family)
{
    const uint8_t number = family == AF_INET ? NFPROTO_IPV4 : NFPROTO_IPV6;

    nft_match_meta(nft, NFT_META_NFPROTO, NFT_CMP_EQ, &number, sizeof number);
}

void nft_match_protocol(struct nft *nft, uint8_t protocol)
{
    nft_match_meta(nft, NFT_META_L4PROTO, NFT_CMP_EQ, &protocol, sizeof protocol);
}

static void match_range(struct nft *nft, uint32_t offset, const void *first, const void *last,
                        size_t size)
{
    load(nft, NFT_PAYLOAD_TRANSPORT_HEADER, offset, size);
    if (memcmp(first, last, size) == 0) {
        compare(nft, NFT_CMP_EQ, first, size);
        return;
    }
    compare(nft, NFT_CMP_GTE, first, size);
    compare(nft, NFT_CMP_LTE, last, size);
}

void nft_match_port(struct nft *nft, uint16_t first, uint16_t last)
{
    const uint16_t ports[] = {htons(first), htons(last)};

    match_range(nft, 2, &ports[0], &ports[1], sizeof ports[0]);
}

void nft_match_icmp_type(struct nft *nft, uint8_t first, uint8_t last)
{
    match_range(nft, 0, &first, &last, sizeof first);
}

void nft_match_address(struct nft *nft, enum nft_side side, const struct address *address)
{
    bool is_ipv4 = address->family == AF_INET;
    size_t size = is_ipv4 ? sizeof(struct in_addr) : sizeof(struct in6_addr);
    uint8_t bits[sizeof address->bytes] = {0};
    uint8_t network[sizeof address->bytes];

    for (size_t i = 0; i < size; i++) {
        unsigned int left = address->prefix > 8 * i ? address->prefix - 8 * (unsigned int)i : 0;

        bits[i] = left >= 8 ? 0xff : (uint8_t)(0xff00 >> left);
        network[i] = address->bytes[i] & bits[i];
    }
    nft_match_family(nft, address->family);
    load(nft, NFT_PAYLOAD_NETWORK_HEADER,
         (is_ipv4 ? 12 : 8) + (side == NFT_DESTINATION ? (uint32_t)size : 0), size);
    if (address->prefix < 8 * size)
        mask(nft, bits, size);
    compare(nft, NFT_CMP_EQ, network, size);
}

void nft_match_local(struct nft *nft)
{
    const uint32_t local = RTN_LOCAL;

    add_expression(nft, "fib",
                   (struct numbers[4]){{NFTA_FIB_DREG, REGISTER},
                                       {NFTA_FIB_RESULT, NFT_FIB_RESULT_ADDRTYPE},
                                       {NFTA_FIB_FLAGS, NFTA_FIB_F_DADDR}});
    compare(nft, NFT_CMP_EQ, &local, sizeof local);
}

void nft_match_known(struct nft *nft)
{
    const uint32_t states = NF_CT_STATE_BIT(IP_CT_ESTABLISHED) | NF_CT_STATE_BIT(IP_CT_RELATED);
    const uint32_t none = 0;

    add_expression(nft, "ct",
                   (struct numbers[4]){{NFTA_CT_DREG, REGISTER}, {NFTA_CT_KEY, NFT_CT_STATE}});
    mask(nft, &states, sizeof states);
    compare(nft, NFT_CMP_NEQ, &none, sizeof none);
}

void nft_verdict(struct nft *nft, uint32_t verdict)
{
    struct nests nests = begin_expression(
        nft, "immediate", (struct numbers[4]){{NFTA_IMMEDIATE_DREG, NFT_REG_VERDICT}});
    size_t data = netlink_begin_nest(&nft->netlink, NFTA_IMMEDIATE_DATA);
    size_t nest = netlink_begin_nest(&nft->netlink, NFTA_DATA_VERDICT);

    add_number(nft, NFTA_VERDICT_CODE, verdict);
    netlink_end_nest(&nft->netlink, nest);
    netlink_end_nest(&nft->netlink, data);
    end_expression(nft, nests);
}

void nft_masquerade(struct nft *nft)
{
    add_expression(nft, "masq", (struct numbers[4]){{0, 0}});
}

static void set_register(struct nft *nft, uint32_t number, const void *value, size_t size)
{
    struct nests nests =
        begin_expression(nft, "immediate", (struct numbers[4]){{NFTA_IMMEDIATE_DREG, number}});

    add_value(nft, NFTA_IMMEDIATE_DATA, value, size);
    end_expression(nft, nests);
}

void nft_dnat(struct nft *nft, const struct address *to, uint16_t port)
{
    const uint16_t ordered = htons(port);
    bool is_ipv4 = to->family == AF_INET;

    set_register(nft, REGISTER, to->bytes,
                 is_ipv4 ? sizeof(struct in_addr) : sizeof(struct in6_addr));
    set_register(nft, SECOND_REGISTER, &ordered, sizeof ordered);
    add_expression(nft, "nat",
                   (struct numbers[4]){{NFTA_NAT_TYPE, NFT_NAT_DNAT},
                                       {NFTA_NAT_FAMILY, is_ipv4 ? NFPROTO_IPV4 : NFPROTO_IPV6},
                                       {NFTA_NAT_REG_ADDR_MIN, REGISTER},
                                       {NFTA_NAT_REG_PROTO_MIN, SECOND_REGISTER}});
}
