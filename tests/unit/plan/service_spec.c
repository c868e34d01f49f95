/*
 * service_spec.c - tests of plan/service_spec.c
 */
#include "plan/service_spec.h"

#include "unit/unit.h"

/* Wait statuses as the kernel makes them: wait(2). */
static int exited(int code)
{
    return code << 8;
}

enum { CORE_DUMPED = 0x80 };

START_TEST(the_exit_code_is_the_programs)
{
    struct service service;

    service_init(&service, "main");
    for (int code = 0; code < 256; code++)
        ck_assert_int_eq(service_exit_code(&service, exited(code)), code);
}
END_TEST

START_TEST(a_signal_is_128_and_its_number_with_or_without_a_core)
{
    struct service service;

    service_init(&service, "main");
    for (int signal_number = 1; signal_number < SIGNAL_COUNT; signal_number++) {
        ck_assert_int_eq(service_exit_code(&service, signal_number), 128 + signal_number);
        ck_assert_int_eq(service_exit_code(&service, signal_number | CORE_DUMPED),
                         128 + signal_number);
    }
}
END_TEST

START_TEST(codes_that_count_as_success_are_0)
{
    struct translation translation;
    struct service service;

    service_init(&service, "main");
    translation_init(&translation);
    exit_codes_add(&translation.success_codes, 143);
    exit_codes_add(&translation.success_codes, 3);
    service.translation = &translation;
    ck_assert_int_eq(service_exit_code(&service, exited(3)), 0);
    ck_assert_int_eq(service_exit_code(&service, exited(143)), 0);
    ck_assert_int_eq(service_exit_code(&service, SIGTERM), 0);
    ck_assert_int_eq(service_exit_code(&service, SIGKILL), 137);
    ck_assert_int_eq(service_exit_code(&service, exited(4)), 4);
}
END_TEST

START_TEST(a_new_service_forwards_each_signal_as_itself)
{
    struct service service;

    service_init(&service, "main");
    for (int signal_number = 1; signal_number < SIGNAL_COUNT; signal_number++)
        ck_assert_int_eq(service_signal(&service, signal_number), signal_number);
    ck_assert_int_eq(service.placement, PLACEMENT_GROUP);
}
END_TEST

TCase *service_spec_case(void)
{
    const TTest *const tests[] = {
        the_exit_code_is_the_programs, a_signal_is_128_and_its_number_with_or_without_a_core,
        codes_that_count_as_success_are_0, a_new_service_forwards_each_signal_as_itself, NULL};

    return case_of("service_spec", tests);
}
