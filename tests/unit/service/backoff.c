/*
 * backoff.c - tests of service/backoff.c, with time passed in
 */
#include "service/backoff_private.h"

#include "unit/unit.h"

enum { FAILED_START = -1, SHORT_RUN = 50, LONGEST_SHORT_RUN = 9999, LONG_RUN = 10000 };

static struct backoff restarts;

static struct restart always(uint32_t first_ms, uint32_t cap_ms)
{
    return (struct restart){.policy = RESTART_ALWAYS, .first_ms = first_ms, .cap_ms = cap_ms};
}

static void ck_assert_delays(const struct restart *policy, int64_t ran_ms, const uint32_t *delays,
                             size_t count)
{
    restarts = (struct backoff){0};
    for (size_t i = 0; i < count; i++) {
        uint32_t delay = backoff_next_delay(&restarts, policy, ran_ms);

        ck_assert_msg(delay == delays[i], "restart %zu: %u instead of %u ms", i + 1, delay,
                      delays[i]);
    }
}

#define DELAYS(...) ((const uint32_t[]){__VA_ARGS__}), sizeof((uint32_t[]){__VA_ARGS__}) / 4

/* ---- whether ------------------------------------------------------------------------------ */

START_TEST(no_never_restarts)
{
    const struct restart policy = {.policy = RESTART_NO};

    ck_assert(!backoff_allows_restart(&(struct backoff){0}, &policy, true));
    ck_assert(!backoff_allows_restart(&(struct backoff){0}, &policy, false));
}
END_TEST

START_TEST(always_restarts_after_success_and_failure_without_end)
{
    /* A number at most is for on-failure alone. */
    const struct restart policy = {.policy = RESTART_ALWAYS, .most = 1};

    ck_assert(backoff_allows_restart(&(struct backoff){.count = 1000000}, &policy, true));
    ck_assert(backoff_allows_restart(&(struct backoff){.count = 1000000}, &policy, false));
}
END_TEST

START_TEST(on_failure_restarts_after_failures_alone)
{
    const struct restart policy = {.policy = RESTART_ON_FAILURE};

    ck_assert(backoff_allows_restart(&(struct backoff){.count = 1000000}, &policy, true));
    ck_assert(!backoff_allows_restart(&(struct backoff){0}, &policy, false));
}
END_TEST

START_TEST(on_failure_restarts_as_often_as_it_is_told_and_no_more)
{
    for (unsigned int most = 1; most <= 5; most++) {
        const struct restart policy = {.policy = RESTART_ON_FAILURE, .most = most, .cap_ms = 10};
        unsigned int count = 0;

        restarts = (struct backoff){0};
        for (; count < 10 && backoff_allows_restart(&restarts, &policy, true); count++)
            backoff_next_delay(&restarts, &policy, SHORT_RUN);
        ck_assert_uint_eq(count, most);
        ck_assert_uint_eq(restarts.count, most);
    }
}
END_TEST

START_TEST(a_long_run_or_a_failed_start_counts_like_any_other)
{
    const struct restart policy = {.policy = RESTART_ON_FAILURE, .most = 3, .cap_ms = 100};

    restarts = (struct backoff){0};
    backoff_next_delay(&restarts, &policy, SHORT_RUN);
    backoff_next_delay(&restarts, &policy, LONG_RUN);
    ck_assert(backoff_allows_restart(&restarts, &policy, true));
    backoff_next_delay(&restarts, &policy, FAILED_START);
    ck_assert(!backoff_allows_restart(&restarts, &policy, true));
}
END_TEST

/* ---- when --------------------------------------------------------------------------------- */

START_TEST(delays_double_up_to_the_cap)
{
    const struct restart policy = always(100, 60000);

    ck_assert_delays(
        &policy, SHORT_RUN,
        DELAYS(100, 200, 400, 800, 1600, 3200, 6400, 12800, 25600, 51200, 60000, 60000, 60000));
}
END_TEST

START_TEST(a_cap_that_is_no_doubling_of_the_first_is_kept_to)
{
    ck_assert_delays(&(struct restart){.first_ms = 1, .cap_ms = 3}, 0, DELAYS(1, 2, 3, 3));
    ck_assert_delays(&(struct restart){.first_ms = 1, .cap_ms = 7}, 0, DELAYS(1, 2, 4, 7, 7));
    ck_assert_delays(&(struct restart){.first_ms = 100, .cap_ms = 199}, 0, DELAYS(100, 199, 199));
    ck_assert_delays(&(struct restart){.first_ms = 100, .cap_ms = 200}, 0, DELAYS(100, 200, 200));
    ck_assert_delays(&(struct restart){.first_ms = 100, .cap_ms = 201}, 0,
                     DELAYS(100, 200, 201, 201));
}
END_TEST

START_TEST(a_cap_like_the_first_delay_makes_all_delays_equal)
{
    ck_assert_delays(&(struct restart){.first_ms = 5, .cap_ms = 5}, 0, DELAYS(5, 5, 5));
    ck_assert_delays(&(struct restart){.first_ms = 1, .cap_ms = 1}, 0, DELAYS(1, 1, 1));
    ck_assert_delays(&(struct restart){.first_ms = UINT32_MAX, .cap_ms = UINT32_MAX}, 0,
                     DELAYS(UINT32_MAX, UINT32_MAX, UINT32_MAX));
}
END_TEST

START_TEST(doubling_does_not_overflow)
{
    ck_assert_delays(&(struct restart){.first_ms = 1U << 30, .cap_ms = UINT32_MAX}, 0,
                     DELAYS(1U << 30, 1U << 31, UINT32_MAX, UINT32_MAX));
    ck_assert_delays(&(struct restart){.first_ms = UINT32_MAX / 2, .cap_ms = UINT32_MAX}, 0,
                     DELAYS(UINT32_MAX / 2, UINT32_MAX - 1, UINT32_MAX, UINT32_MAX));
    ck_assert_delays(&(struct restart){.first_ms = 1U << 31, .cap_ms = UINT32_MAX - 1}, 0,
                     DELAYS(1U << 31, UINT32_MAX - 1, UINT32_MAX - 1));
}
END_TEST

/* Against the same in 64 bits, where nothing can overflow. */
START_TEST(every_delay_is_the_first_doubled_or_the_cap)
{
    static const uint32_t values[] = {1,          2,       3,          99,         100,
                                      101,        1000,    59999,      60000,      60001,
                                      3600000,    1 << 30, UINT32_MAX, 1U << 31,   (1U << 31) - 1,
                                      2147483649, 65535,   65536,      4294967294, 86400000};

    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        for (size_t j = 0; j < sizeof values / sizeof values[0]; j++) {
            const struct restart policy = always(values[i], values[j]);
            uint64_t wanted = policy.first_ms;

            restarts = (struct backoff){0};
            for (int n = 0; n < 40 && policy.first_ms <= policy.cap_ms; n++) {
                ck_assert_uint_eq(backoff_next_delay(&restarts, &policy, SHORT_RUN), wanted);
                wanted = 2 * wanted < policy.cap_ms ? 2 * wanted : policy.cap_ms;
            }
        }
}
END_TEST

START_TEST(a_run_of_ten_seconds_brings_back_the_first_delay)
{
    const struct restart policy = always(100, 60000);

    restarts = (struct backoff){0};
    ck_assert_uint_eq(backoff_next_delay(&restarts, &policy, SHORT_RUN), 100);
    ck_assert_uint_eq(backoff_next_delay(&restarts, &policy, SHORT_RUN), 200);
    ck_assert_uint_eq(backoff_next_delay(&restarts, &policy, LONGEST_SHORT_RUN), 400);
    ck_assert_uint_eq(backoff_next_delay(&restarts, &policy, LONG_RUN), 100);
    /* And the doubling begins anew. */
    ck_assert_uint_eq(backoff_next_delay(&restarts, &policy, LONGEST_SHORT_RUN), 200);
    ck_assert_uint_eq(backoff_next_delay(&restarts, &policy, INT64_MAX), 100);
    ck_assert_uint_eq(backoff_next_delay(&restarts, &policy, 0), 200);
}
END_TEST

START_TEST(no_delay_stays_none_however_often)
{
    const struct restart policy = always(0, 60000);

    ck_assert_delays(&policy, 0, DELAYS(0, 0, 0, 0, 0));
    ck_assert_delays(&policy, LONG_RUN, DELAYS(0, 0, 0));
}
END_TEST

START_TEST(a_failed_start_is_not_tried_again_at_once)
{
    const struct restart none = always(0, 60000);
    const struct restart none_at_all = always(0, 0);
    const struct restart little = always(30, 50);

    ck_assert_delays(&none, FAILED_START, DELAYS(100, 100, 100, 100));
    ck_assert_delays(&none_at_all, FAILED_START, DELAYS(100, 100, 100));
    ck_assert_delays(&little, FAILED_START, DELAYS(100, 100, 100));
}
END_TEST

START_TEST(a_failed_start_leaves_no_delay_to_later_runs)
{
    const struct restart policy = always(0, 60000);

    restarts = (struct backoff){0};
    ck_assert_uint_eq(backoff_next_delay(&restarts, &policy, FAILED_START), 100);
    ck_assert_uint_eq(backoff_next_delay(&restarts, &policy, SHORT_RUN), 0);
    ck_assert_uint_eq(backoff_next_delay(&restarts, &policy, FAILED_START), 100);
    ck_assert_uint_eq(backoff_next_delay(&restarts, &policy, LONG_RUN), 0);
}
END_TEST

START_TEST(failed_starts_double_the_delay_as_short_runs_do)
{
    const struct restart policy = always(80, 1000);

    ck_assert_delays(&policy, FAILED_START, DELAYS(100, 160, 320, 640, 1000, 1000));
    restarts = (struct backoff){0};
    ck_assert_uint_eq(backoff_next_delay(&restarts, &policy, SHORT_RUN), 80);
    ck_assert_uint_eq(backoff_next_delay(&restarts, &policy, FAILED_START), 160);
    ck_assert_uint_eq(backoff_next_delay(&restarts, &policy, SHORT_RUN), 320);
}
END_TEST

/* 10 restarts in the first 102.8 s, then one each 60.05 s. */
START_TEST(a_crash_loop_calms_down_and_goes_on_all_day)
{
    const int64_t day = 24 * 60 * 60 * 1000;
    const struct restart policy = always(100, 60000);
    uint32_t last = 0;

    restarts = (struct backoff){0};
    for (int64_t now = SHORT_RUN; now < day; now += SHORT_RUN) {
        uint32_t delay = backoff_next_delay(&restarts, &policy, SHORT_RUN);

        ck_assert_uint_ge(delay, last);
        ck_assert_uint_le(delay, 60000);
        ck_assert(backoff_allows_restart(&restarts, &policy, true));
        last = delay;
        now += delay;
    }
    ck_assert_uint_eq(last, 60000);
    ck_assert_uint_eq(restarts.count, 10 + 1 + (86400000 - 102800 - SHORT_RUN) / 60050);
}
END_TEST

/* One bad hour a day does not make the others' failures wait. */
START_TEST(a_service_that_recovers_pays_nothing_for_it_later)
{
    const struct restart policy = always(100, 60000);

    restarts = (struct backoff){0};
    for (int day = 0; day < 3; day++) {
        ck_assert_uint_eq(backoff_next_delay(&restarts, &policy, 23 * 60 * 60 * 1000), 100);
        for (int i = 0; i < 60; i++)
            backoff_next_delay(&restarts, &policy, SHORT_RUN);
        ck_assert_uint_eq(restarts.last_delay_ms, 60000);
    }
    ck_assert_uint_eq(restarts.count, 3 * 61);
}
END_TEST

TCase *backoff_case(void)
{
    const TTest *const tests[] = {no_never_restarts,
                                  always_restarts_after_success_and_failure_without_end,
                                  on_failure_restarts_after_failures_alone,
                                  on_failure_restarts_as_often_as_it_is_told_and_no_more,
                                  a_long_run_or_a_failed_start_counts_like_any_other,
                                  delays_double_up_to_the_cap,
                                  a_cap_that_is_no_doubling_of_the_first_is_kept_to,
                                  a_cap_like_the_first_delay_makes_all_delays_equal,
                                  doubling_does_not_overflow,
                                  every_delay_is_the_first_doubled_or_the_cap,
                                  a_run_of_ten_seconds_brings_back_the_first_delay,
                                  no_delay_stays_none_however_often,
                                  a_failed_start_is_not_tried_again_at_once,
                                  a_failed_start_leaves_no_delay_to_later_runs,
                                  failed_starts_double_the_delay_as_short_runs_do,
                                  a_crash_loop_calms_down_and_goes_on_all_day,
                                  a_service_that_recovers_pays_nothing_for_it_later,
                                  NULL};

    return case_of("backoff", tests);
}
