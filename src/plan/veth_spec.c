/*
 * veth_spec.c - a --veth SPEC becomes a struct veth, or an error that names the word at fault
 */
#include "plan/veth_spec.h"

#include <arpa/inet.h>
#include <stddef.h>
#include <string.h>

#include "util/keywords.h"
#include "util/parse.h"
#include "util/strbuf.h"

/* The longest item: an IPv6 address with its key and prefix, and room to quote a wrong one. */
enum { ITEM_SIZE = 80 };

/* From linux/if_ether.h and ipv6(7), which pod/ does without. */
enum { MTU_LEAST = 68, MTU_LEAST_IPV6 = 1280, MTU_MAX = 65535 };

/* Returns what error_judged takes. The value may be cut up. */
typedef const char *key_setter(void *field, char *value, struct error *error);

/* As dev_valid_name() of the kernel has it; and '%', which makes a pattern of a name there. */
static const char *set_name(void *field, char *value, struct error *error)
{
    size_t length = strlen(value);

    (void)error;
    if (length == 0 || length >= INTERFACE_NAME_SIZE || strpbrk(value, "/:% \t\n\v\f\r") != NULL ||
        strcmp(value, ".") == 0 || strcmp(value, "..") == 0)
        return "no name of a device (1 to 15 characters, no / : % or space)";
    memcpy(field, value, length + 1);
    return NULL;
}

static const char *set_address(struct address *address, const char *text)
{
    static const uint8_t unspecified[sizeof address->bytes];

    address->family = strchr(text, ':') != NULL ? AF_INET6 : AF_INET;
    return inet_pton(address->family, text, address->bytes) == 1 &&
                   memcmp(address->bytes, unspecified, sizeof unspecified) != 0
               ? NULL
               : "no IPv4 or IPv6 address";
}

static const char *add_address(void *field, char *value, struct error *error)
{
    struct veth *veth = field;
    struct address address = {0};
    char *slash = strchrnul(value, '/');
    bool has_prefix = *slash != '\0';
    const char *wrong;
    int most;
    int prefix;

    *slash = '\0';
    wrong = set_address(&address, value);
    if (wrong != NULL)
        return wrong;
    most = address.family == AF_INET ? 32 : 128;
    if (!has_prefix)
        return told(error_reason(error, ERROR_USAGE,
                                 "'%s' lacks the length of its prefix, as in %s/%d", value, value,
                                 address.family == AF_INET ? 24 : 64));
    if (parse_between(slash + 1, 1, most, &prefix) < 0)
        return told(error_reason(error, ERROR_USAGE, "'%s' is no length of a prefix from 1 to %d",
                                 slash + 1, most));
    if (veth->address_count == VETH_ADDRESSES)
        return told(error_reason(error, ERROR_USAGE, "more than %d addresses", VETH_ADDRESSES));
    address.prefix = (unsigned int)prefix;
    veth->addresses[veth->address_count++] = address;
    return NULL;
}

static int version_of(const struct address *address)
{
    return address->family == AF_INET ? 4 : 6;
}

static const char *add_gateway(void *field, char *value, struct error *error)
{
    struct veth *veth = field;
    struct address gateway = {0};
    const char *wrong = set_address(&gateway, value);

    if (wrong != NULL)
        return wrong;
    for (size_t i = 0; i < veth->gateway_count; i++)
        if (veth->gateways[i].family == gateway.family)
            return told(error_reason(error, ERROR_USAGE, "'%s' is a second gateway for IPv%d",
                                     value, version_of(&gateway)));
    veth->gateways[veth->gateway_count++] = gateway;
    return NULL;
}

static const char *set_mtu(void *field, char *value, struct error *error)
{
    (void)error;
    return parse_between(value, MTU_LEAST, MTU_MAX, field) == 0 ? NULL : "no MTU from 68 to 65535";
}

/* Six pairs of hexadecimal digits with colons between. */
static bool parse_mac(uint8_t mac[6], const char *text)
{
    for (size_t i = 0; i < 18; i++) {
        int digit = parse_hex_digit(text[i]);

        if (i % 3 == 2) {
            if (text[i] != (i < 17 ? ':' : '\0'))
                return false;
            continue;
        }
        if (digit < 0)
            return false;
        mac[i / 3] = (uint8_t)(mac[i / 3] << 4 | digit);
    }
    return true;
}

static const char *set_mac(void *field, char *value, struct error *error)
{
    static const uint8_t zero[6];
    struct veth *veth = field;

    (void)error;
    if (!parse_mac(veth->mac, value))
        return "no MAC address like 02:00:00:00:00:01";
    if ((veth->mac[0] & 1) != 0)
        return "a multicast address: the first byte is to be even";
    if (memcmp(veth->mac, zero, sizeof zero) == 0)
        return "no address of a device";
    veth->has_mac = true;
    return NULL;
}

static const struct {
    const char *name;
    key_setter *set;
    unsigned short place; /* of its field */
    bool repeatable;
} keys[] = {
    {"host", set_name, offsetof(struct veth, host), false},
    {"name", set_name, offsetof(struct veth, name), false},
    {"address", add_address, 0, true},
    {"gateway", add_gateway, 0, true},
    {"bridge", set_name, offsetof(struct veth, bridge), false},
    {"mtu", set_mtu, offsetof(struct veth, mtu), false},
    {"mac", set_mac, 0, false},
};

static const struct keywords key_names = {
    KEYWORDS_IN(keys), .exact = true, .kind = "key",
    .others = "no key; there are host, name, address, gateway, bridge, mtu, mac"};

/* One KEY=VALUE, which is cut up on the way. `seen` has a bit for each key that came before. */
static int set_item(struct veth *veth, char *item, unsigned int *seen, struct error *error)
{
    char *value = strchr(item, '=');
    int key;

    if (value == NULL)
        return error_wrong(error, item, "no KEY=VALUE");
    *value++ = '\0';
    key = keywords_find(&key_names, item, error);
    if (key < 0)
        return -1;
    if (!keys[key].repeatable && (*seen >> key & 1) != 0)
        return error_reason(error, ERROR_USAGE, "%s= is given twice", keys[key].name);
    *seen |= 1U << key;
    return error_judged(error, value, keys[key].set((char *)veth + keys[key].place, value, error));
}

/* Whether it has that address, or with no `bytes` any of that family. */
static bool has_address(const struct veth *veth, int family, const uint8_t *bytes)
{
    for (size_t i = 0; i < veth->address_count; i++)
        if (veth->addresses[i].family == family &&
            (bytes == NULL || memcmp(veth->addresses[i].bytes, bytes, 16) == 0))
            return true;
    return false;
}

/* What the keys say together. The kernel takes a gateway that is oneself, and sends nothing. */
static int check(const struct veth *veth, struct error *error)
{
    for (size_t i = 0; i < veth->gateway_count; i++) {
        const struct address *gateway = &veth->gateways[i];
        int version = version_of(gateway);

        if (!has_address(veth, gateway->family, NULL))
            return error_reason(error, ERROR_USAGE,
                                "an IPv%d gateway needs an IPv%d address on the same device",
                                version, version);
        if (has_address(veth, gateway->family, gateway->bytes))
            return error_reason(error, ERROR_USAGE, "the IPv%d gateway is the device's own address",
                                version);
    }
    if (veth->mtu != 0 && veth->mtu < MTU_LEAST_IPV6 && has_address(veth, AF_INET6, NULL))
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
    unsigned int seen = 0;
    char item[ITEM_SIZE];

    strbuf_set(result.name, sizeof result.name, "eth%zu", index);
    for (;;) {
        size_t length = parse_word(spec, ",", item, sizeof item);

        if (length >= sizeof item)
            return error_wrong(error, spec, "too long");
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
