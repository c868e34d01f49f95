/*
 * veth_spec.c - read a SPEC of --veth and of --netdev
 */
#include "plan/veth_spec.h"

#include <sys/socket.h>
#include <string.h>

#include "util/keywords.h"
#include "util/parse.h"
#include "util/strbuf.h"

/* The longest item: a route between IPv6 addresses, and room to quote a wrong one. */
enum { ITEM_SIZE = 140 };

/* ETH_MIN_MTU of <linux/if_ether.h>, the least MTU of IPv6 (ipv6(7)), and ETH_MAX_MTU. */
enum { MTU_LEAST = 68, MTU_LEAST_IPV6 = 1280, MTU_MAX = 65535 };

/* Read the value of a key, in place. 0, or -1 with the reason filled in. */
typedef int key_setter(struct veth *veth, char *value, struct error *error);

/* The kernel's dev_valid_name() permits these names, and makes a pattern of a '%'. */
static int read_name(char name[INTERFACE_NAME_SIZE], const char *value, struct error *error)
{
    size_t length = strlen(value);

    if (length == 0 || length >= INTERFACE_NAME_SIZE || strpbrk(value, "/:% \t\n\v\f\r") != NULL ||
        strcmp(value, ".") == 0 || strcmp(value, "..") == 0)
        return error_invalid(error, value, "device name",
                             "use 1 to 15 characters without / : % and spaces");
    memcpy(name, value, length + 1);
    return 0;
}

static int set_host(struct veth *veth, char *value, struct error *error)
{
    return read_name(veth->host, value, error);
}

static int set_name(struct veth *veth, char *value, struct error *error)
{
    return read_name(veth->name, value, error);
}

static int set_bridge(struct veth *veth, char *value, struct error *error)
{
    return read_name(veth->bridge, value, error);
}

/* Read an address; `needs_prefix`: or a network, with the length of its prefix. */
static int read_address(struct address *address, char *value, bool needs_prefix,
                        struct error *error)
{
    static const uint8_t unspecified[sizeof address->bytes];
    bool has_prefix = strchr(value, '/') != NULL;

    if (has_prefix && !needs_prefix)
        return error_invalid(error, value, "IP address", NULL);
    if (network_parse(address, value, 1, error) < 0)
        return -1;
    if (memcmp(address->bytes, unspecified, sizeof unspecified) == 0)
        return error_invalid(error, value, "IP address", NULL);
    if (needs_prefix && !has_prefix)
        return error_reason(error, ERROR_USAGE, "address '%s' needs a prefix length, e.g. %s/%d",
                            value, value, address->family == AF_INET ? 24 : 64);
    return 0;
}

static int add_address_to(struct veth_end *end, char *value, struct error *error)
{
    struct address address = {0};

    if (read_address(&address, value, true, error) < 0)
        return -1;
    if (end->address_count == VETH_ADDRESSES)
        return error_reason(error, ERROR_USAGE, "more than %d addresses", VETH_ADDRESSES);
    end->addresses[end->address_count++] = address;
    return 0;
}

static int add_address(struct veth *veth, char *value, struct error *error)
{
    return add_address_to(&veth->inner, value, error);
}

static int add_host_address(struct veth *veth, char *value, struct error *error)
{
    return add_address_to(&veth->outer, value, error);
}

static int version_of(const struct address *address)
{
    return address->family == AF_INET ? 4 : 6;
}

static int add_route_to(struct veth_end *end, const struct route *route, struct error *error)
{
    if (end->route_count == VETH_ROUTES)
        return error_reason(error, ERROR_USAGE, "more than %d routes", VETH_ROUTES);
    end->routes[end->route_count++] = *route;
    return 0;
}

static int add_gateway(struct veth *veth, char *value, struct error *error)
{
    struct route route = {0};

    if (read_address(&route.gateway, value, false, error) < 0)
        return -1;
    route.destination.family = route.gateway.family;
    for (size_t i = 0; i < veth->inner.route_count; i++) {
        const struct address *other = &veth->inner.routes[i].destination;

        if (other->family == route.gateway.family && other->prefix == 0)
            return error_reason(error, ERROR_USAGE, "gateway '%s' is the second one for IPv%d",
                                value, version_of(other));
    }
    return add_route_to(&veth->inner, &route, error);
}

/* In the words of ip-route(8): 10.0.0.0/8, or 10.0.0.0/8 via 192.0.2.1. */
static int read_route(struct veth_end *end, char *value, struct error *error)
{
    static const char via[] = " via ";
    struct route route = {0};
    char *gateway = strchr(value, ' ');

    if (gateway != NULL && strncmp(gateway, via, sizeof via - 1) == 0) {
        *gateway = '\0';
        if (read_address(&route.gateway, gateway + sizeof via - 1, false, error) < 0)
            return -1;
    }
    if (read_address(&route.destination, value, true, error) < 0)
        return -1;
    if (gateway != NULL && route.gateway.family != route.destination.family)
        return error_reason(error, ERROR_USAGE, "route '%s' leads to a gateway for IPv%d", value,
                            version_of(&route.gateway));
    return add_route_to(end, &route, error);
}

static int add_route(struct veth *veth, char *value, struct error *error)
{
    return read_route(&veth->inner, value, error);
}

static int add_host_route(struct veth *veth, char *value, struct error *error)
{
    return read_route(&veth->outer, value, error);
}

static int set_mtu(struct veth *veth, char *value, struct error *error)
{
    int mtu;

    if (parse_between(value, MTU_LEAST, MTU_MAX, &mtu) < 0)
        return error_invalid(error, value, "MTU", "use 68 to 65535");
    veth->mtu = (unsigned int)mtu;
    return 0;
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

static int set_mac(struct veth *veth, char *value, struct error *error)
{
    static const uint8_t zero[6];

    if (!parse_mac(veth->mac, value))
        return error_invalid(error, value, "MAC address", "use e.g. 02:00:00:00:00:01");
    if ((veth->mac[0] & 1) != 0)
        return error_invalid(error, value, "MAC address",
                             "the first byte of a device's address is even");
    if (memcmp(veth->mac, zero, sizeof zero) == 0)
        return error_invalid(error, value, "MAC address", "no device has it");
    veth->has_mac = true;
    return 0;
}

static int set_masquerade(struct veth *veth, char *value, struct error *error)
{
    veth->masquerade = true;
    return value[0] == '\0' ? 0 : error_invalid(error, value, "value", "use masquerade alone");
}

/* The kinds of devices that a key is for. */
enum {
    PAIR = 1 << DEVICE_PAIR,
    MOVED = 1 << DEVICE_MOVED,
    MACVLAN = 1 << DEVICE_MACVLAN,
    IPVLAN = 1 << DEVICE_IPVLAN,
    NETDEV = MOVED | MACVLAN | IPVLAN,
    ANY = PAIR | NETDEV
};

static const struct {
    const char *name;
    key_setter *set;
    bool repeatable;
    unsigned char kinds;
} keys[] = {
    {"host", set_host, false, PAIR},
    {"move", set_host, false, MOVED},
    {"macvlan", set_host, false, MACVLAN},
    {"ipvlan", set_host, false, IPVLAN},
    {"name", set_name, false, ANY},
    {"address", add_address, true, ANY},
    {"gateway", add_gateway, true, ANY},
    {"route", add_route, true, ANY},
    {"host-address", add_host_address, true, PAIR},
    {"host-route", add_host_route, true, PAIR},
    {"bridge", set_bridge, false, PAIR},
    {"mtu", set_mtu, false, ANY & ~MOVED},
    {"mac", set_mac, false, PAIR | MACVLAN},
    {"masquerade", set_masquerade, false, PAIR},
};

static const struct keywords key_names = {KEYWORDS_IN(keys), .exact = true, .kind = "key"};

/*
 * Read one KEY=VALUE, in place. `seen` has a bit for each key that came before, and `kinds` for
 * each kind of device that they are all for.
 */
static int set_item(struct veth *veth, char *item, unsigned int *seen, unsigned int *kinds,
                    struct error *error)
{
    char *value = strchrnul(item, '=');
    int key;

    if (*value != '\0')
        *value++ = '\0';
    else if (strcmp(item, "masquerade") != 0)
        return error_invalid(error, item, "word", "use KEY=VALUE");
    key = keywords_find(&key_names, item, error);
    if (key < 0)
        return -1;
    if (!keys[key].repeatable && (*seen >> key & 1) != 0)
        return error_reason(error, ERROR_USAGE, "%s= is given twice", keys[key].name);
    *seen |= 1U << key;
    *kinds &= keys[key].kinds;
    if (*kinds == 0)
        return error_reason(error, ERROR_USAGE, "%s= is not for this kind of device",
                            keys[key].name);
    return keys[key].set(veth, value, error);
}

/* Whether the device has this address, or for NULL any address of the family. */
static bool has_address(const struct veth_end *end, int family, const uint8_t *bytes)
{
    for (size_t i = 0; i < end->address_count; i++)
        if (end->addresses[i].family == family &&
            (bytes == NULL || memcmp(end->addresses[i].bytes, bytes, 16) == 0))
            return true;
    return false;
}

/* The kernel would take the device as its own gateway, and send nothing. */
static int check_gateways(const struct veth_end *end, struct error *error)
{
    for (size_t i = 0; i < end->route_count; i++) {
        const struct address *gateway = &end->routes[i].gateway;
        int version = version_of(gateway);

        if (gateway->family == 0)
            continue;
        if (!has_address(end, gateway->family, NULL))
            return error_reason(error, ERROR_USAGE,
                                "an IPv%d gateway needs an IPv%d address on the same device",
                                version, version);
        if (has_address(end, gateway->family, gateway->bytes))
            return error_reason(error, ERROR_USAGE, "the IPv%d gateway is the device's own address",
                                version);
    }
    return 0;
}

/* Check the keys together. */
static int check(const struct veth *veth, struct error *error)
{
    if (check_gateways(&veth->inner, error) < 0 || check_gateways(&veth->outer, error) < 0)
        return -1;
    if (veth->mtu != 0 && veth->mtu < MTU_LEAST_IPV6 &&
        (has_address(&veth->inner, AF_INET6, NULL) || has_address(&veth->outer, AF_INET6, NULL)))
        return error_reason(error, ERROR_USAGE, "IPv6 needs an MTU of at least %d", MTU_LEAST_IPV6);
    return 0;
}

/*
 * Neighbours remember a device's hardware address for a while, so the next run gets the address of
 * the last. As in Docker, it is derived from the IPv4 address, which is unique in its network.
 */
static void derive_mac(struct veth *veth)
{
    for (size_t i = 0; i < veth->inner.address_count && !veth->has_mac; i++)
        if (veth->inner.addresses[i].family == AF_INET) {
            /* The bit 0x02 means: administered locally. */
            veth->mac[0] = 0x02;
            veth->mac[1] = 'n';
            memcpy(veth->mac + 2, veth->inner.addresses[i].bytes, 4);
            veth->has_mac = true;
        }
}

static int parse(struct veth *veth, const char *spec, size_t index, unsigned int kinds,
                 struct error *error)
{
    struct veth result = {0};
    unsigned int seen = 0;
    char item[ITEM_SIZE];

    for (;;) {
        size_t length = parse_word(spec, ",", item, sizeof item);

        if (length >= sizeof item)
            return error_reason(error, ERROR_USAGE, "a word is too long: %s", spec);
        if (set_item(&result, item, &seen, &kinds, error) < 0)
            return -1;
        if (spec[length] == '\0')
            break;
        spec += length + 1;
    }
    if (result.host[0] == '\0' && kinds != PAIR)
        return error_reason(error, ERROR_USAGE, "needs move=, macvlan= or ipvlan=");
    result.kind = (enum device_kind)__builtin_ctz(kinds);
    if (check(&result, error) < 0)
        return -1;
    if ((kinds & (PAIR | MACVLAN)) != 0)
        derive_mac(&result);
    if (result.name[0] == '\0' && kinds == MOVED)
        memcpy(result.name, result.host, sizeof result.name);
    else if (result.name[0] == '\0')
        strbuf_set(result.name, sizeof result.name, "eth%zu", index);
    *veth = result;
    return 0;
}

int veth_parse(struct veth *veth, const char *spec, size_t index, struct error *error)
{
    return parse(veth, spec, index, PAIR, error);
}

int netdev_parse(struct veth *veth, const char *spec, size_t index, struct error *error)
{
    return parse(veth, spec, index, NETDEV, error);
}
