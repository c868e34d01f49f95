/*
 * network.c - a --veth SPEC becomes a struct veth, or an error that names the word at fault
 */
#include "pod/network.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <string.h>

#include "util/parse.h"
#include "util/text.h"

/* The longest item: an IPv6 address with its key and prefix, and room to quote a wrong one. */
enum { ITEM_SIZE = 80 };

/* From linux/if_ether.h and ipv6(7), which pod/ does without. */
enum { MTU_LEAST = 68, MTU_LEAST_IPV6 = 1280, MTU_MOST = 65535 };

/* As dev_valid_name() of the kernel has it; and '%', which makes a pattern of a name there. */
static int set_name(char name[INTERFACE_NAME_SIZE], const char *value, struct error *error)
{
    size_t length = strlen(value);
    bool valid = length > 0 && length < INTERFACE_NAME_SIZE && strcmp(value, ".") != 0 &&
                 strcmp(value, "..") != 0;

    for (size_t i = 0; i < length; i++)
        valid = valid && strchr("/:%", value[i]) == NULL && !isspace((unsigned char)value[i]);
    if (!valid)
        return error_reason(error, ERROR_USAGE,
                            "'%s' is no name of a device (1 to %d characters, no / : %% or space)",
                            value, INTERFACE_NAME_SIZE - 1);
    memcpy(name, value, length + 1);
    return 0;
}

static int set_host(struct veth *veth, char *value, struct error *error)
{
    return set_name(veth->host, value, error);
}

static int set_inner_name(struct veth *veth, char *value, struct error *error)
{
    return set_name(veth->name, value, error);
}

static int set_bridge(struct veth *veth, char *value, struct error *error)
{
    return set_name(veth->bridge, value, error);
}

static int parse_address(struct address *address, const char *text, struct error *error)
{
    static const uint8_t unspecified[sizeof address->bytes];

    address->family = strchr(text, ':') != NULL ? AF_INET6 : AF_INET;
    if (inet_pton(address->family, text, address->bytes) == 1 &&
        memcmp(address->bytes, unspecified, sizeof unspecified) != 0)
        return 0;
    return error_reason(error, ERROR_USAGE, "'%s' is no IPv4 or IPv6 address", text);
}

static int add_address(struct veth *veth, char *value, struct error *error)
{
    struct address address = {0};
    char *slash = strchr(value, '/');
    unsigned long prefix;
    unsigned int most;

    if (slash != NULL)
        *slash = '\0';
    if (parse_address(&address, value, error) < 0)
        return -1;
    most = address.family == AF_INET ? 32 : 128;
    if (slash == NULL)
        return error_reason(error, ERROR_USAGE, "'%s' lacks the length of its prefix, as in %s/%d",
                            value, value, address.family == AF_INET ? 24 : 64);
    if (parse_number(slash + 1, most, &prefix) < 0 || prefix == 0)
        return error_reason(error, ERROR_USAGE, "'%s' is no length of a prefix from 1 to %u",
                            slash + 1, most);
    if (veth->address_count == VETH_ADDRESSES)
        return error_reason(error, ERROR_USAGE, "more than %d addresses", VETH_ADDRESSES);
    address.prefix = (unsigned int)prefix;
    veth->addresses[veth->address_count++] = address;
    return 0;
}

static int add_gateway(struct veth *veth, char *value, struct error *error)
{
    struct address gateway = {0};

    if (parse_address(&gateway, value, error) < 0)
        return -1;
    for (size_t i = 0; i < veth->gateway_count; i++)
        if (veth->gateways[i].family == gateway.family)
            return error_reason(error, ERROR_USAGE, "'%s' is a second gateway for IPv%d", value,
                                gateway.family == AF_INET ? 4 : 6);
    veth->gateways[veth->gateway_count++] = gateway;
    return 0;
}

static int set_mtu(struct veth *veth, char *value, struct error *error)
{
    unsigned long mtu;

    if (parse_number(value, MTU_MOST, &mtu) < 0 || mtu < MTU_LEAST)
        return error_reason(error, ERROR_USAGE, "'%s' is no MTU from %d to %d", value, MTU_LEAST,
                            MTU_MOST);
    veth->mtu = (unsigned int)mtu;
    return 0;
}

/* The value of a hexadecimal digit; 16 if it is none. */
static unsigned int digit_value(char digit)
{
    static const char digits[] = "0123456789abcdef";
    const char lower = (char)tolower((unsigned char)digit);
    unsigned int value = 0;

    while (value < 16 && digits[value] != lower)
        value++;
    return value;
}

/* Six pairs of hexadecimal digits with colons between. */
static bool parse_mac(uint8_t mac[6], const char *text)
{
    for (size_t i = 0; i < 6; i++, text += 3) {
        unsigned int high = digit_value(text[0]);
        unsigned int low = high < 16 ? digit_value(text[1]) : 16;

        if (low == 16 || text[2] != (i < 5 ? ':' : '\0'))
            return false;
        mac[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

static int set_mac(struct veth *veth, char *value, struct error *error)
{
    static const uint8_t zero[6];

    if (!parse_mac(veth->mac, value))
        return error_reason(error, ERROR_USAGE, "'%s' is no MAC address like 02:00:00:00:00:01",
                            value);
    if ((veth->mac[0] & 1) != 0)
        return error_reason(error, ERROR_USAGE,
                            "'%s' is a multicast address: the first byte is to be even", value);
    if (memcmp(veth->mac, zero, sizeof zero) == 0)
        return error_reason(error, ERROR_USAGE, "'%s' is no address of a device", value);
    veth->has_mac = true;
    return 0;
}

static const struct {
    const char *name;
    bool repeatable;
    int (*set)(struct veth *veth, char *value, struct error *error);
} keys[] = {
    {"host", false, set_host},      {"name", false, set_inner_name}, {"address", true, add_address},
    {"gateway", true, add_gateway}, {"bridge", false, set_bridge},   {"mtu", false, set_mtu},
    {"mac", false, set_mac},
};

enum { KEY_COUNT = sizeof keys / sizeof keys[0] };

static int unknown_key(const char *key, struct error *error)
{
    struct closest closest = closest_to(key);
    char buffer[80];
    struct text all = text_in(buffer, sizeof buffer);

    for (size_t i = 0; i < KEY_COUNT; i++) {
        closest_offer(&closest, keys[i].name);
        text_format(&all, "%s%s", i > 0 ? ", " : "", keys[i].name);
    }
    if (closest.best != NULL)
        return error_unknown(error, key, "key", closest.best);
    return error_reason(error, ERROR_USAGE, "'%s' is no key; there are %s", key, buffer);
}

/* One KEY=VALUE, which is cut up on the way. `seen` has a bit for each key that came before. */
static int set_item(struct veth *veth, char *item, unsigned int *seen, struct error *error)
{
    char *value = strchr(item, '=');

    if (value == NULL)
        return error_reason(error, ERROR_USAGE, "'%s' is no KEY=VALUE", item);
    *value++ = '\0';
    for (size_t i = 0; i < KEY_COUNT; i++) {
        if (strcmp(item, keys[i].name) != 0)
            continue;
        if (!keys[i].repeatable && (*seen & 1U << i) != 0)
            return error_reason(error, ERROR_USAGE, "%s= is given twice", item);
        *seen |= 1U << i;
        return keys[i].set(veth, value, error);
    }
    return unknown_key(item, error);
}

static bool has_address_of(const struct veth *veth, int family)
{
    for (size_t i = 0; i < veth->address_count; i++)
        if (veth->addresses[i].family == family)
            return true;
    return false;
}

static bool has_address(const struct veth *veth, const struct address *wanted)
{
    for (size_t i = 0; i < veth->address_count; i++)
        if (veth->addresses[i].family == wanted->family &&
            memcmp(veth->addresses[i].bytes, wanted->bytes, sizeof wanted->bytes) == 0)
            return true;
    return false;
}

/* What the keys say together. The kernel takes a gateway that is oneself, and sends nothing. */
static int check(const struct veth *veth, struct error *error)
{
    for (size_t i = 0; i < veth->gateway_count; i++) {
        const struct address *gateway = &veth->gateways[i];
        int version = gateway->family == AF_INET ? 4 : 6;

        if (!has_address_of(veth, gateway->family))
            return error_reason(error, ERROR_USAGE,
                                "an IPv%d gateway needs an IPv%d address on the same device",
                                version, version);
        if (has_address(veth, gateway))
            return error_reason(error, ERROR_USAGE, "the IPv%d gateway is the device's own address",
                                version);
    }
    if (veth->mtu != 0 && veth->mtu < MTU_LEAST_IPV6 && has_address_of(veth, AF_INET6))
        return error_reason(error, ERROR_USAGE, "IPv6 needs an MTU of at least %d", MTU_LEAST_IPV6);
    return 0;
}

/*
 * Who has talked to it keeps its hardware address for a while: that of the next run is the same.
 * One IPv4 address is on a network once, and so is what is made of it, as in Docker's networks.
 */
static void derive_mac(struct veth *veth)
{
    for (size_t i = 0; i < veth->address_count && !veth->has_mac; i++)
        if (veth->addresses[i].family == AF_INET) {
            /* Administered locally: the 2 of the first byte. */
            veth->mac[0] = 0x02;
            veth->mac[1] = 'n';
            memcpy(veth->mac + 2, veth->addresses[i].bytes, 4);
            veth->has_mac = true;
        }
}

int veth_parse(struct veth *veth, const char *spec, size_t index, struct error *error)
{
    struct veth result = {0};
    struct text name = text_in(result.name, sizeof result.name);
    unsigned int seen = 0;
    char item[ITEM_SIZE];

    text_format(&name, "eth%zu", index);
    for (;;) {
        size_t length = strcspn(spec, ",");

        if (length >= sizeof item)
            return error_reason(error, ERROR_USAGE, "'%s' is too long", spec);
        memcpy(item, spec, length);
        item[length] = '\0';
        if (set_item(&result, item, &seen, error) < 0)
            return -1;
        if (spec[length] == '\0')
            break;
        spec += length + 1;
    }
    if (check(&result, error) < 0)
        return -1;
    derive_mac(&result);
    *veth = result;
    return 0;
}
