/*
 * publish_spec.c - tests of plan/publish_spec.c
 */
#include "plan/publish_spec.h"

#include <sys/socket.h>

#include "unit/unit.h"

static struct published parsed(const char *spec)
{
    struct published published;
    struct error error = {0};

    ck_assert_msg(published_parse(&published, spec, &error) == 0, "%s", error.reason);
    return published;
}

START_TEST(ports_alone_are_tcp_at_all_addresses)
{
    struct published published = parsed("8080:80");

    ck_assert_uint_eq(published.host_port, 8080);
    ck_assert_uint_eq(published.service_port, 80);
    ck_assert(!published.is_udp);
    ck_assert_int_eq(published.address.family, 0);
    ck_assert_str_eq(published.ip, "");
}
END_TEST

START_TEST(an_address_and_a_protocol_may_be_given)
{
    struct published published = parsed("127.0.0.1:5353:53/udp");

    ck_assert(published.is_udp);
    ck_assert_uint_eq(published.host_port, 5353);
    ck_assert_int_eq(published.address.family, AF_INET);
    ck_assert_str_eq(published.ip, "127.0.0.1");
    published = parsed("[::1]:8080:80/tcp");
    ck_assert_int_eq(published.address.family, AF_INET6);
    ck_assert_str_eq(published.ip, "::1");
    ck_assert(!published.is_udp);
}
END_TEST

START_TEST(anything_else_is_refused)
{
    static const char *const specs[] = {
        "",           "80",      "0:80",           "80:0",        "80:65536",
        "a:80",       "80:80/x", "::1:80:80",      "1.2.3:80:80", "[]:80:80",
        "80:80/udp/", ":80:80",  "[1.2.3.4]:80:80"};

    for (size_t i = 0; i < sizeof specs / sizeof specs[0]; i++) {
        struct published published;
        struct error error = {0};

        ck_assert_msg(published_parse(&published, specs[i], &error) < 0, "%s", specs[i]);
    }
}
END_TEST

TCase *publish_spec_case(void)
{
    const TTest *const tests[] = {ports_alone_are_tcp_at_all_addresses,
                                  an_address_and_a_protocol_may_be_given, anything_else_is_refused,
                                  NULL};

    return case_of("publish_spec", tests);
}
