/*
 * veth_spec.c - tests of plan/veth_spec.c
 */
#include "plan/veth_spec.h"

#include <string.h>
#include <sys/socket.h>

#include "unit/unit.h"

static struct veth parsed(const char *spec, size_t index)
{
    struct veth veth;
    struct error error = {0};

    ck_assert_msg(veth_parse(&veth, spec, index, &error) == 0, "'%s': %s", spec, error.reason);
    return veth;
}

static void is_refused(const char *spec, const char *reason)
{
    struct veth veth = {.mtu = 77};
    struct error error = {.kind = ERROR_KIND_COUNT};

    ck_assert_msg(veth_parse(&veth, spec, 0, &error) == -1, "'%s' is taken", spec);
    ck_assert_str_eq(error.reason, reason);
    ck_assert_int_eq(error.kind, ERROR_USAGE);
    ck_assert_uint_eq(veth.mtu, 77);
}

START_TEST(a_spec_with_every_key_is_read_whole)
{
    static const uint8_t mac[] = {2, 0, 0xab, 0xCD, 0, 1};
    static const uint8_t ipv4[16] = {10, 0, 0, 2};
    static const uint8_t ipv6[16] = {0xfd, [15] = 2};
    static const uint8_t gateway[16] = {0xfd, [15] = 1};
    struct veth veth = parsed("host=web,name=net0,address=10.0.0.2/24,bridge=br0,mtu=1400,"
                              "address=fd00::2/64,gateway=10.0.0.1,gateway=fd00::1,"
                              "mac=02:00:ab:CD:00:01",
                              0);

    ck_assert_str_eq(veth.host, "web");
    ck_assert_str_eq(veth.name, "net0");
    ck_assert_str_eq(veth.bridge, "br0");
    ck_assert_uint_eq(veth.mtu, 1400);
    ck_assert(veth.has_mac);
    ck_assert_mem_eq(veth.mac, mac, sizeof mac);
    ck_assert_uint_eq(veth.inner.address_count, 2);
    ck_assert_int_eq(veth.inner.addresses[0].family, AF_INET);
    ck_assert_mem_eq(veth.inner.addresses[0].bytes, ipv4, sizeof ipv4);
    ck_assert_uint_eq(veth.inner.addresses[0].prefix, 24);
    ck_assert_int_eq(veth.inner.addresses[1].family, AF_INET6);
    ck_assert_mem_eq(veth.inner.addresses[1].bytes, ipv6, sizeof ipv6);
    ck_assert_uint_eq(veth.inner.addresses[1].prefix, 64);
    ck_assert_uint_eq(veth.inner.route_count, 2);
    ck_assert_int_eq(veth.inner.routes[1].gateway.family, AF_INET6);
    ck_assert_mem_eq(veth.inner.routes[1].gateway.bytes, gateway, sizeof gateway);
}
END_TEST

START_TEST(masquerade_is_a_word_without_a_value)
{
    ck_assert(parsed("address=10.0.0.2/24,masquerade", 0).masquerade);
    ck_assert(!parsed("address=10.0.0.2/24", 0).masquerade);
    is_refused("masquerade=yes", "invalid value 'yes': use masquerade alone");
    is_refused("bridge", "invalid word 'bridge': use KEY=VALUE");
}
END_TEST

START_TEST(the_hardware_address_is_made_of_the_first_ipv4_address)
{
    static const uint8_t made[] = {2, 'n', 10, 0, 0, 2};
    struct veth veth = parsed("address=fd00::2/64,address=10.0.0.2/24,address=10.0.0.3/24", 0);

    ck_assert(veth.has_mac);
    ck_assert_mem_eq(veth.mac, made, sizeof made);
    ck_assert(!parsed("address=fd00::2/64", 0).has_mac);
}
END_TEST

START_TEST(what_is_not_given_is_left_to_the_kernel_and_the_name_counts)
{
    struct veth veth = parsed("bridge=br0", 12);

    ck_assert_str_eq(veth.name, "eth12");
    ck_assert_str_eq(veth.host, "");
    ck_assert_uint_eq(veth.mtu, 0);
    ck_assert(!veth.has_mac);
    ck_assert_uint_eq(veth.inner.address_count + veth.inner.route_count + veth.outer.address_count,
                      0);
}
END_TEST

START_TEST(a_misspelt_key_finds_the_valid_one)
{
    is_refused("adress=10.0.0.2/24", "unknown key 'adress'; did you mean address?");
    is_refused("host=a,MTU=1400", "unknown key 'MTU'; did you mean mtu?");
    is_refused("=1", "unknown key ''");
    is_refused("vlan=1", "unknown key 'vlan'");
    is_refused("br0", "invalid word 'br0': use KEY=VALUE");
    is_refused("", "invalid word '': use KEY=VALUE");
    is_refused("host=a,", "invalid word '': use KEY=VALUE");
    is_refused("host=a,,name=b", "invalid word '': use KEY=VALUE");
}
END_TEST

START_TEST(only_addresses_and_gateways_may_be_repeated)
{
    is_refused("host=a,host=a", "host= is given twice");
    is_refused("mtu=1400,name=a,mtu=1500", "mtu= is given twice");
    is_refused("address=10.0.0.2/24,gateway=10.0.0.1,gateway=10.0.0.3",
               "gateway '10.0.0.3' is the second one for IPv4");
    is_refused("address=10.0.0.1/8,address=10.0.0.2/8,address=10.0.0.3/8,address=10.0.0.4/8,"
               "address=10.0.0.5/8,address=10.0.0.6/8,address=10.0.0.7/8,address=10.0.0.8/8,"
               "address=10.0.0.9/8",
               "more than 8 addresses");
}
END_TEST

START_TEST(names_are_such_as_the_kernel_takes)
{
    static const char *const wrong[] = {
        "", ".", "..", "a/b", "a b", "a:b", "a\tb", "eth%d", "0123456789abcdef"};
    struct veth veth = parsed("name=0123456789abcde,host=-.x,bridge=...", 0);

    ck_assert_str_eq(veth.name, "0123456789abcde");
    ck_assert_str_eq(veth.host, "-.x");
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        for (size_t key = 0; key < 3; key++) {
            static const char *const keys[] = {"host=", "name=", "bridge="};
            char spec[40] = "";
            struct error error;

            strcat(strcat(spec, keys[key]), wrong[i]);
            ck_assert_msg(veth_parse(&veth, spec, 0, &error) == -1, "%s is taken", spec);
        }
    is_refused("host=a/b",
               "invalid device name 'a/b': use 1 to 15 characters without / : % and spaces");
}
END_TEST

START_TEST(addresses_come_with_the_length_of_their_prefix)
{
    static const char *const right[] = {"10.0.0.2/1", "10.0.0.2/32", "fd00::2/1", "fd00::2/128",
                                        "::ffff:10.0.0.2/96"};
    static const char *const wrong[] = {
        "",           "/24",         "10.0.0.2/0", "10.0.0.2/33",   "10.0.0.2/",
        "10.0.0.2/x", "fd00::2/129", "10.0.0/24",  "10.0.0.2/24/24"};

    for (size_t i = 0; i < sizeof right / sizeof right[0]; i++) {
        char spec[60] = "address=";

        parsed(strcat(spec, right[i]), 0);
    }
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        char spec[60] = "address=";
        struct veth veth;
        struct error error;

        ck_assert_msg(veth_parse(&veth, strcat(spec, wrong[i]), 0, &error) == -1, "%s is taken",
                      spec);
    }
    is_refused("address=10.0.0.2", "address '10.0.0.2' needs a prefix length, e.g. 10.0.0.2/24");
    is_refused("address=fd00::2", "address 'fd00::2' needs a prefix length, e.g. fd00::2/64");
    is_refused("address=10.0.0.2/33", "invalid prefix length '33': use 1 to 32");
    is_refused("address=10.0.0.256/24", "invalid IP address '10.0.0.256'");
    is_refused("address=0.0.0.0/24", "invalid IP address '0.0.0.0'");
    is_refused("address=fd00:::2/64", "invalid IP address 'fd00:::2'");
}
END_TEST

START_TEST(a_gateway_is_another_address_of_a_family_that_is_there)
{
    is_refused("address=10.0.0.2/24,gateway=fd00::1",
               "an IPv6 gateway needs an IPv6 address on the same device");
    is_refused("gateway=10.0.0.1", "an IPv4 gateway needs an IPv4 address on the same device");
    is_refused("address=10.0.0.2/24,gateway=10.0.0.2",
               "the IPv4 gateway is the device's own address");
    is_refused("address=10.0.0.2/24,gateway=10.0.0.1/24", "invalid IP address '10.0.0.1/24'");
    /* Before its address, and outside of its network. */
    ck_assert_uint_eq(parsed("gateway=192.0.2.1,address=10.0.0.2/32", 0).inner.route_count, 1);
}
END_TEST

START_TEST(a_route_leads_to_a_network_directly_or_by_a_gateway)
{
    static const uint8_t network[16] = {10, 2};
    static const uint8_t gateway[16] = {10, 0, 0, 3};
    struct veth veth = parsed("address=10.0.0.2/24,route=10.1.0.0/16,"
                              "route=10.2.0.0/16 via 10.0.0.3,host-address=10.0.0.1/24,"
                              "host-route=10.2.0.0/16 via 10.0.0.3,host-route=fd02::/64",
                              0);

    ck_assert_uint_eq(veth.inner.route_count, 2);
    ck_assert_int_eq(veth.inner.routes[0].gateway.family, 0);
    ck_assert_uint_eq(veth.inner.routes[0].destination.prefix, 16);
    ck_assert_mem_eq(veth.inner.routes[1].destination.bytes, network, sizeof network);
    ck_assert_mem_eq(veth.inner.routes[1].gateway.bytes, gateway, sizeof gateway);
    ck_assert_uint_eq(veth.outer.address_count, 1);
    ck_assert_uint_eq(veth.outer.route_count, 2);
    ck_assert_mem_eq(veth.outer.routes[0].gateway.bytes, gateway, sizeof gateway);
    ck_assert_int_eq(veth.outer.routes[1].destination.family, AF_INET6);
    is_refused("route=10.2.0.0", "address '10.2.0.0' needs a prefix length, e.g. 10.2.0.0/24");
    is_refused("route=10.2.0.0/16 via", "invalid prefix length '16 via': use 1 to 32");
    is_refused("route=10.2.0.0/16 via 10.0.0.1/8", "invalid IP address '10.0.0.1/8'");
    is_refused("address=10.0.0.2/24,route=10.2.0.0/16 via fd00::1",
               "route '10.2.0.0' leads to a gateway for IPv6");
    is_refused("route=10.2.0.0/16 via 10.0.0.1",
               "an IPv4 gateway needs an IPv4 address on the same device");
    is_refused("address=10.0.0.2/24,host-route=10.2.0.0/16 via 10.0.0.1",
               "an IPv4 gateway needs an IPv4 address on the same device");
    is_refused("route=10.0.0.0/9,route=10.0.0.0/10,route=10.0.0.0/11,route=10.0.0.0/12,"
               "route=10.0.0.0/13,route=10.0.0.0/14,route=10.0.0.0/15,route=10.0.0.0/16,"
               "route=10.0.0.0/17",
               "more than 8 routes");
}
END_TEST

START_TEST(an_mtu_has_room_for_what_it_carries)
{
    ck_assert_uint_eq(parsed("mtu=68", 0).mtu, 68);
    ck_assert_uint_eq(parsed("mtu=65535", 0).mtu, 65535);
    is_refused("mtu=67", "invalid MTU '67': use 68 to 65535");
    is_refused("mtu=65536", "invalid MTU '65536': use 68 to 65535");
    is_refused("mtu=1k", "invalid MTU '1k': use 68 to 65535");
    is_refused("mtu=1279,address=fd00::2/64", "IPv6 needs an MTU of at least 1280");
}
END_TEST

START_TEST(a_mac_is_of_one_device)
{
    static const char *const wrong[] = {"",
                                        "02",
                                        "02:00:00:00:00",
                                        "02:00:00:00:00:01:02",
                                        "02-00-00-00-00-01",
                                        "2:0:0:0:0:1",
                                        "02:00:00:00:00:0g",
                                        "02:00:00:00:00:01 "};

    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        char spec[40] = "mac=";
        struct veth veth;
        struct error error;

        ck_assert_msg(veth_parse(&veth, strcat(spec, wrong[i]), 0, &error) == -1, "%s is taken",
                      spec);
    }
    is_refused("mac=nonsense", "invalid MAC address 'nonsense': use e.g. 02:00:00:00:00:01");
    is_refused(
        "mac=03:00:00:00:00:01",
        "invalid MAC address '03:00:00:00:00:01': the first byte of a device's address is even");
    is_refused("mac=00:00:00:00:00:00",
               "invalid MAC address '00:00:00:00:00:00': no device has it");
}
END_TEST

START_TEST(an_item_that_is_too_long_is_refused)
{
    char spec[200] = "host=";
    struct veth veth;
    struct error error;

    memset(spec + 5, 'a', sizeof spec - 6);
    ck_assert_int_eq(veth_parse(&veth, spec, 0, &error), -1);
    ck_assert_ptr_nonnull(strstr(error.reason, "is too long"));
}
END_TEST

static struct veth parsed_netdev(const char *spec, size_t index)
{
    struct veth veth;
    struct error error = {0};

    ck_assert_msg(netdev_parse(&veth, spec, index, &error) == 0, "'%s': %s", spec, error.reason);
    return veth;
}

START_TEST(a_netdev_is_moved_or_shares_the_network_of_a_device)
{
    struct veth moved = parsed_netdev("move=lan0,address=10.0.0.2/24", 3);
    struct veth macvlan = parsed_netdev("address=10.0.0.2/24,mtu=1400,macvlan=lan0", 3);
    struct veth ipvlan = parsed_netdev("name=x,ipvlan=lan0,address=10.0.0.2/24", 0);

    ck_assert_int_eq(moved.kind, DEVICE_MOVED);
    ck_assert_str_eq(moved.host, "lan0");
    ck_assert_str_eq(moved.name, "lan0");
    ck_assert(!moved.has_mac);
    ck_assert_int_eq(macvlan.kind, DEVICE_MACVLAN);
    ck_assert_str_eq(macvlan.host, "lan0");
    ck_assert_str_eq(macvlan.name, "eth3");
    ck_assert(macvlan.has_mac);
    ck_assert_int_eq(ipvlan.kind, DEVICE_IPVLAN);
    ck_assert_str_eq(ipvlan.name, "x");
    ck_assert(!ipvlan.has_mac);
    ck_assert_int_eq(parsed("bridge=br0", 0).kind, DEVICE_PAIR);
}
END_TEST

START_TEST(a_key_is_for_some_kinds_of_devices)
{
    static const char *const wrong[] = {"move=a,mac=02:00:00:00:00:01",
                                        "mtu=1400,move=a",
                                        "ipvlan=a,mac=02:00:00:00:00:01",
                                        "macvlan=a,bridge=br0",
                                        "macvlan=a,host=b",
                                        "host-address=10.0.0.1/24,macvlan=a",
                                        "host-route=10.0.0.0/24,macvlan=a",
                                        "move=a,macvlan=b"};
    struct veth veth;
    struct error error;

    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        ck_assert_msg(netdev_parse(&veth, wrong[i], 0, &error) == -1, "%s is taken", wrong[i]);
        ck_assert_ptr_nonnull(strstr(error.reason, "= is not for this kind of device"));
    }
    is_refused("move=a", "move= is not for this kind of device");
    ck_assert_int_eq(netdev_parse(&veth, "name=a", 0, &error), -1);
    ck_assert_str_eq(error.reason, "needs move=, macvlan= or ipvlan=");
    ck_assert_int_eq(netdev_parse(&veth, "move=a,move=b", 0, &error), -1);
    ck_assert_str_eq(error.reason, "move= is given twice");
    ck_assert_int_eq(netdev_parse(&veth, "move=", 0, &error), -1);
}
END_TEST

TCase *veth_spec_case(void)
{
    const TTest *const tests[] = {a_spec_with_every_key_is_read_whole,
                                  masquerade_is_a_word_without_a_value,
                                  the_hardware_address_is_made_of_the_first_ipv4_address,
                                  what_is_not_given_is_left_to_the_kernel_and_the_name_counts,
                                  a_misspelt_key_finds_the_valid_one,
                                  only_addresses_and_gateways_may_be_repeated,
                                  names_are_such_as_the_kernel_takes,
                                  addresses_come_with_the_length_of_their_prefix,
                                  a_gateway_is_another_address_of_a_family_that_is_there,
                                  a_route_leads_to_a_network_directly_or_by_a_gateway,
                                  an_mtu_has_room_for_what_it_carries,
                                  a_mac_is_of_one_device,
                                  a_netdev_is_moved_or_shares_the_network_of_a_device,
                                  a_key_is_for_some_kinds_of_devices,
                                  an_item_that_is_too_long_is_refused,
                                  NULL};

    return case_of("veth_spec", tests);
}
