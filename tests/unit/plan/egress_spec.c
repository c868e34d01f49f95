/*
 * egress_spec.c - tests of plan/egress_spec.c
 */
#include "plan/egress_spec.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include "unit/unit.h"

static struct egress parsed(const char *item)
{
    struct egress egress;
    struct error error = {0};

    ck_assert_msg(egress_parse(&egress, item, &error) == 0, "%s: %s", item, error.reason);
    return egress;
}

START_TEST(an_address_alone_allows_all_of_its_ports)
{
    struct egress egress = parsed("192.0.2.1");

    ck_assert_int_eq(egress.network.family, AF_INET);
    ck_assert_uint_eq(egress.network.prefix, 32);
    ck_assert_uint_eq(egress.first_port, 0);
    egress = parsed("2001:db8::/32");
    ck_assert_int_eq(egress.network.family, AF_INET6);
    ck_assert_uint_eq(egress.network.prefix, 32);
    ck_assert_uint_eq(parsed("0.0.0.0/0").network.prefix, 0);
}
END_TEST

START_TEST(ports_are_tcp_unless_udp_follows)
{
    struct egress egress = parsed("10.0.0.0/8:80-90");

    ck_assert_uint_eq(egress.network.prefix, 8);
    ck_assert_uint_eq(egress.first_port, 80);
    ck_assert_uint_eq(egress.last_port, 90);
    ck_assert_uint_eq(egress.protocol, IPPROTO_TCP);
    egress = parsed("[2001:db8::1]:53/udp");
    ck_assert_uint_eq(egress.network.prefix, 128);
    ck_assert_uint_eq(egress.last_port, 53);
    ck_assert_uint_eq(egress.protocol, IPPROTO_UDP);
}
END_TEST

START_TEST(anything_else_is_refused)
{
    static const char *const items[] = {
        "",
        "example.org",
        "192.0.2.1:",
        "192.0.2.1:0",
        "192.0.2.1:90-80",
        "10.0.0.0/33",
        "10.0.0.0/8/8",
        "[2001:db8::1",
        "[2001:db8::1]53",
        "192.0.2.1:80/icmp",
        "deny",
        ":80",
        "192.0.2.1/udp",
    };

    for (size_t i = 0; i < sizeof items / sizeof items[0]; i++) {
        struct egress egress;
        struct error error = {0};

        ck_assert_msg(egress_parse(&egress, items[i], &error) < 0, "%s", items[i]);
    }
}
END_TEST

TCase *egress_spec_case(void)
{
    const TTest *const tests[] = {an_address_alone_allows_all_of_its_ports,
                                  ports_are_tcp_unless_udp_follows, anything_else_is_refused, NULL};

    return case_of("egress_spec", tests);
}
