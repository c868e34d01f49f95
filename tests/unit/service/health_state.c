/*
 * health_state.c - tests of service/health_state.c: Docker's rules of health
 */
#include "service/health_state_private.h"

#include "unit/unit.h"

static const struct health_check three_retries = {.retries = 3};
static const struct health_check with_start_period = {.retries = 3, .start_period_ms = 5000};
static struct health_verdict verdict;

/* A service starts: nothing is known of its health. */
static void setup(void)
{
    verdict = (struct health_verdict){0};
}

/* A check that was begun at this age of the service; whether the state has changed by it. */
static bool check_passes(const struct health_check *rules, uint64_t age_ms)
{
    return health_verdict_on_check(&verdict, rules, true, age_ms);
}

static bool check_fails(const struct health_check *rules, uint64_t age_ms)
{
    return health_verdict_on_check(&verdict, rules, false, age_ms);
}

START_TEST(a_service_is_starting_at_first)
{
    ck_assert_int_eq(verdict.state, HEALTH_STARTING);
}
END_TEST

START_TEST(one_check_that_passes_makes_healthy)
{
    ck_assert(check_passes(&three_retries, 0));
    ck_assert_int_eq(verdict.state, HEALTH_HEALTHY);
}
END_TEST

START_TEST(so_many_failures_in_a_row_make_unhealthy)
{
    ck_assert(!check_fails(&three_retries, 0));
    ck_assert(!check_fails(&three_retries, 1));
    ck_assert_int_eq(verdict.state, HEALTH_STARTING);
    ck_assert(check_fails(&three_retries, 2));
    ck_assert_int_eq(verdict.state, HEALTH_UNHEALTHY);
    ck_assert_uint_eq(verdict.failures, 3);
}
END_TEST

START_TEST(one_retry_makes_the_first_failure_count)
{
    ck_assert(check_fails(&(struct health_check){.retries = 1}, 0));
    ck_assert_int_eq(verdict.state, HEALTH_UNHEALTHY);
}
END_TEST

START_TEST(failures_that_are_not_in_a_row_do_not_add_up)
{
    check_passes(&three_retries, 0);
    for (int i = 0; i < 100; i++) {
        ck_assert(!check_fails(&three_retries, 0));
        ck_assert(!check_fails(&three_retries, 0));
        ck_assert(!check_passes(&three_retries, 0));
        ck_assert_uint_eq(verdict.failures, 0);
        ck_assert_int_eq(verdict.state, HEALTH_HEALTHY);
    }
}
END_TEST

START_TEST(a_change_is_reported_once)
{
    ck_assert(check_passes(&three_retries, 0));
    ck_assert(!check_passes(&three_retries, 0));
    check_fails(&three_retries, 0);
    check_fails(&three_retries, 0);
    ck_assert(check_fails(&three_retries, 0));
    ck_assert(!check_fails(&three_retries, 0));
    ck_assert(!check_fails(&three_retries, 0));
}
END_TEST

START_TEST(what_is_unhealthy_is_healthy_again_after_one_success)
{
    for (int i = 0; i < 5; i++)
        check_fails(&three_retries, 0);
    ck_assert(check_passes(&three_retries, 0));
    ck_assert_int_eq(verdict.state, HEALTH_HEALTHY);
    /* And has all its retries again. */
    ck_assert(!check_fails(&three_retries, 0));
    ck_assert(!check_fails(&three_retries, 0));
    ck_assert(check_fails(&three_retries, 0));
}
END_TEST

START_TEST(failures_in_the_start_period_do_not_count)
{
    for (uint64_t age = 0; age < 5000; age += 100)
        ck_assert(!check_fails(&with_start_period, age));
    ck_assert_uint_eq(verdict.failures, 0);
    ck_assert_int_eq(verdict.state, HEALTH_STARTING);
}
END_TEST

START_TEST(the_start_period_ends_at_its_last_millisecond)
{
    check_fails(&with_start_period, 4999);
    ck_assert_uint_eq(verdict.failures, 0);
    check_fails(&with_start_period, 5000);
    ck_assert_uint_eq(verdict.failures, 1);
    check_fails(&with_start_period, 5001);
    ck_assert(check_fails(&with_start_period, UINT64_MAX));
    ck_assert_int_eq(verdict.state, HEALTH_UNHEALTHY);
}
END_TEST

START_TEST(without_a_start_period_the_first_failure_counts)
{
    check_fails(&three_retries, 0);
    ck_assert_uint_eq(verdict.failures, 1);
}
END_TEST

START_TEST(the_first_success_ends_the_start_period)
{
    ck_assert(!check_fails(&with_start_period, 100));
    ck_assert(check_passes(&with_start_period, 200));
    ck_assert(!check_fails(&with_start_period, 300));
    ck_assert(!check_fails(&with_start_period, 400));
    ck_assert(check_fails(&with_start_period, 500));
    ck_assert_int_eq(verdict.state, HEALTH_UNHEALTHY);
}
END_TEST

START_TEST(the_longest_start_period_is_kept_to)
{
    const struct health_check rules = {.retries = 1, .start_period_ms = UINT32_MAX};

    ck_assert(!check_fails(&rules, UINT32_MAX - 1ULL));
    ck_assert(check_fails(&rules, UINT32_MAX));
}
END_TEST

START_TEST(the_states_have_dockers_names)
{
    ck_assert_str_eq(health_state_name(HEALTH_STARTING), "starting");
    ck_assert_str_eq(health_state_name(HEALTH_HEALTHY), "healthy");
    ck_assert_str_eq(health_state_name(HEALTH_UNHEALTHY), "unhealthy");
}
END_TEST

TCase *health_state_case(void)
{
    const TTest *const tests[] = {a_service_is_starting_at_first,
                                  one_check_that_passes_makes_healthy,
                                  so_many_failures_in_a_row_make_unhealthy,
                                  one_retry_makes_the_first_failure_count,
                                  failures_that_are_not_in_a_row_do_not_add_up,
                                  a_change_is_reported_once,
                                  what_is_unhealthy_is_healthy_again_after_one_success,
                                  failures_in_the_start_period_do_not_count,
                                  the_start_period_ends_at_its_last_millisecond,
                                  without_a_start_period_the_first_failure_counts,
                                  the_first_success_ends_the_start_period,
                                  the_longest_start_period_is_kept_to,
                                  the_states_have_dockers_names,
                                  NULL};
    TCase *tcase = case_of("health_state", tests);

    tcase_add_checked_fixture(tcase, setup, NULL);
    return tcase;
}
