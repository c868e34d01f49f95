/*
 * client.c - tests of nsctl/client.c: the fields of an answer's line
 */
#include "nsctl/client_private.h"

#include "unit/unit.h"

START_TEST(fields_are_behind_the_keyword_and_a_tab)
{
    ck_assert_str_eq(client_fields("started\t123", PROTOCOL_STARTED), "123");
    ck_assert_str_eq(client_fields("exit\tweb\t0", PROTOCOL_EXIT), "web\t0");
    ck_assert_str_eq(client_fields("exit\t", PROTOCOL_EXIT), "");
    ck_assert_ptr_null(client_fields("exit", PROTOCOL_EXIT));
    ck_assert_ptr_null(client_fields("exit 0", PROTOCOL_EXIT));
    ck_assert_ptr_null(client_fields("exits\t0", PROTOCOL_EXIT));
    ck_assert_ptr_null(client_fields("", PROTOCOL_EXIT));
}
END_TEST

START_TEST(an_exit_code_is_the_last_field)
{
    ck_assert_int_eq(client_exit_code("exit\t42"), 42);
    ck_assert_int_eq(client_exit_code("exit\tweb\t255"), 255);
    ck_assert_int_eq(client_exit_code("exit\tweb\t256"), -1);
    ck_assert_int_eq(client_exit_code("exit\tweb\t"), -1);
    ck_assert_int_eq(client_exit_code("exit\tweb"), -1);
    ck_assert_int_eq(client_exit_code("exit"), -1);
    ck_assert_int_eq(client_exit_code("started\t1"), -1);
}
END_TEST

TCase *client_case(void)
{
    const TTest *const tests[] = {fields_are_behind_the_keyword_and_a_tab,
                                  an_exit_code_is_the_last_field, NULL};

    return case_of("client", tests);
}
