/*
 * ns_scan.c - tests of inspect/ns_scan.c: the text of a link to a namespace
 */
#include "inspect/ns_scan.h"

#include "unit/unit.h"

START_TEST(a_link_has_a_type_and_an_id)
{
    enum ns_type type;
    uint64_t id;

    ck_assert(ns_parse_link("net:[4026531840]", &type, &id));
    ck_assert_int_eq(type, NAMESPACE_NET);
    ck_assert_uint_eq(id, 4026531840);
    ck_assert(ns_parse_link("cgroup:[18446744073709551615]", &type, &id));
    ck_assert_int_eq(type, NAMESPACE_CGROUP);
    ck_assert_uint_eq(id, UINT64_MAX);
}
END_TEST

static const char *const other_links[] = {
    "",          "net",          "net:[]",  "net:[1",       "net:[1]x",   "net:1",
    "net:[-1]",  "nets:[1]",     "/run/x",  "socket:[123]", "pipe:[123]", "pid_for_children:[1]",
    "net:[ 1]",  "net:[0x1]",    "NET:[1]", "net :[1]",     "net:[1] ",   "anon_inode:[eventfd]",
    "net:[1e3]", "user:[1][2]]", "[1]",     "time",
};

START_TEST(the_link_of_another_file_is_no_namespace)
{
    enum ns_type type;
    uint64_t id;

    ck_assert_msg(!ns_parse_link(other_links[_i], &type, &id), "%s", other_links[_i]);
}
END_TEST

TCase *ns_scan_case(void)
{
    const TTest *const tests[] = {a_link_has_a_type_and_an_id, NULL};
    TCase *tcase = case_of("ns_scan", tests);

    tcase_add_loop_test(tcase, the_link_of_another_file_is_no_namespace, 0,
                        sizeof other_links / sizeof other_links[0]);
    return tcase;
}
