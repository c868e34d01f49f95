/*
 * nft.c - rules of nftables, by nfnetlink
 */
#include "net/nft_private.h"

/* Before the headers of Linux, which would define the same names. */
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

enum { REGISTER = NFT_REG_1, SECOND_REGISTER = NFT_REG_2 };

/* ---- messages ------------------------------------------------------------------------------ */

static void begin_message(struct nft *nft, unsigned int type, unsigned int flags)
{
    const struct nfgenmsg header = {.nfgen_family = NFPROTO_INET, .version = NFNETLINK_V0};

    netlink_begin(&nft->netlink, NFNL_SUBSYS_NFTABLES << 8 | type, flags, &header, sizeof header);
}

/* Append the message to the transaction. */
static void end_message(struct nft *nft)
{
    size_t length = netlink_end(&nft->netlink);
    unsigned char *bytes = length > 0 ? realloc(nft->bytes, nft->length + length) : NULL;

    if (bytes == NULL) {
        nft->has_failed = true;
        return;
    }
    memcpy(bytes + nft->length, nft->netlink.bytes, length);
    nft->bytes = bytes;
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
    unsigned char *bytes;
    int result = -ENOMEM;

    add_bracket(nft, NFNL_MSG_BATCH_END);
    bytes = nft->bytes;
    if (!nft->has_failed)
        result = netlink_send_batch(&nft->netlink, bytes, nft->length);
    free(bytes);
    return result;
}

void nft_delete(int fd, const char *table)
{
    struct nft nft = {.netlink = {.fd = fd}, .table = table};

    add_bracket(&nft, NFNL_MSG_BATCH_BEGIN);
    add_table(&nft, NFT_MSG_DELTABLE, 0, 0);
    (void)nft_commit(&nft);
}

/* ---- expressions --------------------------------------------------------------------------- */

/* The attributes of an expression that are numbers, each with its type; type 0: none. */
struct numbers {
    struct {
        uint8_t type;
        uint8_t number;
    } of[4];
};

static void begin_expression(struct nft *nft, const char *name, struct numbers numbers)
{
    nft->expression = netlink_begin_nest(&nft->netlink, NFTA_LIST_ELEM);
    netlink_add_text(&nft->netlink, NFTA_EXPR_NAME, name);
    nft->attributes = netlink_begin_nest(&nft->netlink, NFTA_EXPR_DATA);
    for (int i = 0; i < 4 && numbers.of[i].type != 0; i++)
        add_number(nft, numbers.of[i].type, numbers.of[i].number);
}

static void end_expression(struct nft *nft)
{
    netlink_end_nest(&nft->netlink, nft->attributes);
    netlink_end_nest(&nft->netlink, nft->expression);
}

/* Add bytes, in the attribute `type`. */
static void add_data(struct nft *nft, unsigned int type, unsigned int value_type, const void *value,
                     size_t size)
{
    size_t nest = netlink_begin_nest(&nft->netlink, type);

    netlink_add(&nft->netlink, value_type, value, size);
    netlink_end_nest(&nft->netlink, nest);
}

static void add_expression(struct nft *nft, const char *name, struct numbers numbers)
{
    begin_expression(nft, name, numbers);
    end_expression(nft);
}

static void compare(struct nft *nft, uint8_t operator, const void * value, size_t size)
{
    begin_expression(nft, "cmp",
                     (struct numbers){{{NFTA_CMP_SREG, REGISTER}, {NFTA_CMP_OP, operator}}});
    add_data(nft, NFTA_CMP_DATA, NFTA_DATA_VALUE, value, size);
    end_expression(nft);
}

static void mask(struct nft *nft, const void *bits, size_t size)
{
    static const uint8_t zeros[16];

    begin_expression(nft, "bitwise",
                     (struct numbers){{{NFTA_BITWISE_SREG, REGISTER},
                                       {NFTA_BITWISE_DREG, REGISTER},
                                       {NFTA_BITWISE_LEN, (uint8_t)size}}});
    add_data(nft, NFTA_BITWISE_MASK, NFTA_DATA_VALUE, bits, size);
    add_data(nft, NFTA_BITWISE_XOR, NFTA_DATA_VALUE, zeros, size);
    end_expression(nft);
}

static void load_meta(struct nft *nft, uint8_t key)
{
    add_expression(nft, "meta",
                   (struct numbers){{{NFTA_META_DREG, REGISTER}, {NFTA_META_KEY, key}}});
}

/* Load a part of the packet. */
static void load(struct nft *nft, uint8_t base, size_t offset, size_t size)
{
    add_expression(nft, "payload",
                   (struct numbers){{{NFTA_PAYLOAD_DREG, REGISTER},
                                     {NFTA_PAYLOAD_BASE, base},
                                     {NFTA_PAYLOAD_OFFSET, (uint8_t)offset},
                                     {NFTA_PAYLOAD_LEN, (uint8_t)size}}});
}

static void set_register(struct nft *nft, uint8_t number, unsigned int value_type,
                         const void *value, size_t size)
{
    begin_expression(nft, "immediate", (struct numbers){{{NFTA_IMMEDIATE_DREG, number}}});
    add_data(nft, NFTA_IMMEDIATE_DATA, value_type, value, size);
    end_expression(nft);
}

/* ---- rules --------------------------------------------------------------------------------- */

static void match_byte(struct nft *nft, uint8_t key, int number)
{
    const uint8_t byte = (uint8_t)number;

    load_meta(nft, key);
    compare(nft, NFT_CMP_EQ, &byte, sizeof byte);
}

static void match_device(struct nft *nft, uint8_t key, uint8_t operator, uint32_t device)
{
    if (device == 0)
        return;
    load_meta(nft, key);
    compare(nft, operator, & device, sizeof device);
}

static size_t size_of_address(const struct address *address)
{
    return address->family == AF_INET ? sizeof(struct in_addr) : sizeof(struct in6_addr);
}

static void match_address(struct nft *nft, bool is_destination, const struct address *address,
                          bool is_host)
{
    size_t size = size_of_address(address);
    size_t source = address->family == AF_INET ? 12 : 8;
    uint8_t bits[sizeof address->bytes] = {0};
    uint8_t network[sizeof address->bytes];

    for (size_t bit = 0; bit < 8 * size && (is_host || bit < address->prefix); bit++)
        bits[bit / 8] |= (uint8_t)(0x80 >> bit % 8);
    for (size_t i = 0; i < size; i++)
        network[i] = address->bytes[i] & bits[i];
    /* NFPROTO_IPV4 is AF_INET, and NFPROTO_IPV6 is AF_INET6. */
    match_byte(nft, NFT_META_NFPROTO, address->family);
    load(nft, NFT_PAYLOAD_NETWORK_HEADER, source + (is_destination ? size : 0), size);
    if (!is_host && address->prefix < 8 * size)
        mask(nft, bits, size);
    compare(nft, NFT_CMP_EQ, network, size);
}

static void match_protocol(struct nft *nft, const struct nft_rule *rule)
{
    /* A type of ICMPv6 is the first byte, a port of the destination the second number. */
    bool is_icmp = rule->protocol == IPPROTO_ICMPV6;
    const uint16_t first = htons(rule->first);
    const uint16_t last = htons(rule->last);
    size_t size = is_icmp ? 1 : sizeof first;

    match_byte(nft, NFT_META_L4PROTO, rule->protocol);
    load(nft, NFT_PAYLOAD_TRANSPORT_HEADER, is_icmp ? 0 : sizeof first, size);
    if (first == last) {
        compare(nft, NFT_CMP_EQ, &first, size);
        return;
    }
    compare(nft, NFT_CMP_GTE, &first, size);
    compare(nft, NFT_CMP_LTE, &last, size);
}

static void match_local(struct nft *nft)
{
    const uint32_t local = RTN_LOCAL;

    add_expression(nft, "fib",
                   (struct numbers){{{NFTA_FIB_DREG, REGISTER},
                                     {NFTA_FIB_RESULT, NFT_FIB_RESULT_ADDRTYPE},
                                     {NFTA_FIB_FLAGS, NFTA_FIB_F_DADDR}}});
    compare(nft, NFT_CMP_EQ, &local, sizeof local);
}

static void match_known(struct nft *nft)
{
    const uint32_t states = NF_CT_STATE_BIT(IP_CT_ESTABLISHED) | NF_CT_STATE_BIT(IP_CT_RELATED);
    const uint32_t none = 0;

    add_expression(nft, "ct",
                   (struct numbers){{{NFTA_CT_DREG, REGISTER}, {NFTA_CT_KEY, NFT_CT_STATE}}});
    mask(nft, &states, sizeof states);
    compare(nft, NFT_CMP_NEQ, &none, sizeof none);
}

static void give_verdict(struct nft *nft, uint32_t verdict)
{
    const struct {
        struct nlattr header;
        uint32_t code;
    } value = {{sizeof value, NFTA_VERDICT_CODE}, htonl(verdict)};

    set_register(nft, NFT_REG_VERDICT, NFTA_DATA_VERDICT | NLA_F_NESTED, &value, sizeof value);
}

static void redirect(struct nft *nft, const struct address *to, uint16_t port)
{
    const uint16_t ordered = htons(port);

    set_register(nft, REGISTER, NFTA_DATA_VALUE, to->bytes, size_of_address(to));
    set_register(nft, SECOND_REGISTER, NFTA_DATA_VALUE, &ordered, sizeof ordered);
    add_expression(nft, "nat",
                   (struct numbers){{{NFTA_NAT_TYPE, NFT_NAT_DNAT},
                                     {NFTA_NAT_FAMILY, (uint8_t)to->family},
                                     {NFTA_NAT_REG_ADDR_MIN, REGISTER},
                                     {NFTA_NAT_REG_PROTO_MIN, SECOND_REGISTER}}});
}

static void act(struct nft *nft, const struct nft_rule *rule)
{
    if (rule->action == NFT_REDIRECT)
        redirect(nft, rule->redirect_to, rule->redirect_port);
    else if (rule->action == NFT_MASQUERADE)
        add_expression(nft, "masq", (struct numbers){0});
    else
        give_verdict(nft, rule->action == NFT_ACCEPT ? NF_ACCEPT : NF_DROP);
}

void nft_add(struct nft *nft, const struct nft_rule *rule)
{
    size_t expressions;

    begin_message(nft, NFT_MSG_NEWRULE, NLM_F_CREATE | NLM_F_APPEND);
    netlink_add_text(&nft->netlink, NFTA_RULE_TABLE, nft->table);
    netlink_add_text(&nft->netlink, NFTA_RULE_CHAIN, nft->chain);
    expressions = netlink_begin_nest(&nft->netlink, NFTA_RULE_EXPRESSIONS);
    if (rule->family != 0)
        match_byte(nft, NFT_META_NFPROTO, rule->family);
    if (rule->source != NULL)
        match_address(nft, false, rule->source, rule->is_host);
    if (rule->destination != NULL)
        match_address(nft, true, rule->destination, rule->is_host);
    if (rule->is_to_local)
        match_local(nft);
    if (rule->is_known)
        match_known(nft);
    if (rule->protocol != 0)
        match_protocol(nft, rule);
    match_device(nft, NFT_META_IIF, NFT_CMP_EQ, rule->from_device);
    match_device(nft, NFT_META_OIF, NFT_CMP_EQ, rule->to_device);
    match_device(nft, NFT_META_OIF, NFT_CMP_NEQ, rule->not_to_device);
    act(nft, rule);
    netlink_end_nest(&nft->netlink, expressions);
    end_message(nft);
}
