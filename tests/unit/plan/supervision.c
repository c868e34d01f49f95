/*
 * supervision.c - tests of plan/supervision.c
 */
#include "plan/supervision.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "unit/unit.h"

static struct error error;

static struct restart restart_of(const char *text)
{
    /* What was said before is forgotten. */
    struct restart restart = {.policy = RESTART_ON_FAILURE, .most = 7};

    ck_assert_msg(restart_parse(&restart, text, &error) == 0, "%s: %s", text, error.reason);
    return restart;
}

static void ck_assert_no_restart(const char *text, const char *reason)
{
    struct restart restart = {.policy = RESTART_ON_FAILURE, .most = 7};

    error = (struct error){.kind = ERROR_FAILED};
    ck_assert_msg(restart_parse(&restart, text, &error) == -1, "%s", text);
    ck_assert_str_eq(error.reason, reason);
    ck_assert_int_eq(error.kind, ERROR_USAGE);
    ck_assert_int_eq(restart.policy, RESTART_ON_FAILURE);
    ck_assert_uint_eq(restart.most, 7);
}

static void ck_assert_delay(const char *text, uint32_t first_ms, uint32_t cap_ms)
{
    struct restart restart = {0};

    ck_assert_msg(restart_delay_parse(&restart, text, &error) == 0, "%s: %s", text, error.reason);
    ck_assert_uint_eq(restart.first_ms, first_ms);
    ck_assert_uint_eq(restart.cap_ms, cap_ms);
}

static void ck_assert_no_delay(const char *text, const char *reason)
{
    struct restart restart = {.first_ms = 1, .cap_ms = 2};

    error = (struct error){.kind = ERROR_FAILED};
    ck_assert_msg(restart_delay_parse(&restart, text, &error) == -1, "%s", text);
    ck_assert_str_eq(error.reason, reason);
    ck_assert_int_eq(error.kind, ERROR_USAGE);
    ck_assert_uint_eq(restart.first_ms, 1);
    ck_assert_uint_eq(restart.cap_ms, 2);
}

static struct supervision plan(void)
{
    struct supervision supervision;

    memset(&supervision, 0xFF, sizeof supervision);
    supervision_init(&supervision);
    return supervision;
}

START_TEST(nothing_is_supervised_by_default)
{
    struct supervision supervision = plan();

    ck_assert_int_eq(supervision.restart.policy, RESTART_NO);
    ck_assert_ptr_null(supervision.stop);
    ck_assert(!supervision.stop_all && !supervision.notify);
    ck_assert_int_eq(supervision.ready_fd, 0);
    ck_assert_uint_eq(supervision.ready_timeout_ms, 0);
    ck_assert_uint_eq(supervision.watchdog_ms, 0);
    ck_assert_ptr_null(supervision.health.command);
    ck_assert_ptr_null(supervision.health.words);
    ck_assert_int_eq(supervision.log_prefix, LOG_PREFIX_UNSAID);
    ck_assert_int_eq(supervision_check(&supervision, &error), 0);
}
END_TEST

START_TEST(the_defaults_are_dockers)
{
    struct supervision supervision = plan();

    ck_assert_uint_eq(supervision.restart.first_ms, 100);
    ck_assert_uint_eq(supervision.restart.cap_ms, 60000);
    ck_assert_uint_eq(supervision.health.interval_ms, 30000);
    ck_assert_uint_eq(supervision.health.timeout_ms, 30000);
    ck_assert_uint_eq(supervision.health.start_period_ms, 0);
    ck_assert_uint_eq(supervision.health.retries, 3);
}
END_TEST

START_TEST(policies_are_read_in_any_case)
{
    ck_assert_int_eq(restart_of("no").policy, RESTART_NO);
    ck_assert_int_eq(restart_of("always").policy, RESTART_ALWAYS);
    ck_assert_int_eq(restart_of("on-failure").policy, RESTART_ON_FAILURE);
    ck_assert_int_eq(restart_of("ALWAYS").policy, RESTART_ALWAYS);
    ck_assert_int_eq(restart_of("On-Failure:2").policy, RESTART_ON_FAILURE);
}
END_TEST

START_TEST(on_failure_takes_a_number_at_most)
{
    ck_assert_uint_eq(restart_of("on-failure:5").most, 5);
    ck_assert_uint_eq(restart_of("on-failure:2147483647").most, 2147483647);
    /* Docker's 0, and none: without limit. */
    ck_assert_uint_eq(restart_of("on-failure:0").most, 0);
    ck_assert_uint_eq(restart_of("on-failure").most, 0);
    ck_assert_uint_eq(restart_of("always").most, 0);
}
END_TEST

START_TEST(a_misspelt_policy_is_named_with_the_closest_one)
{
    ck_assert_no_restart("alway", "unknown restart policy 'alway'; did you mean always?");
    ck_assert_no_restart("on-failrue",
                         "unknown restart policy 'on-failrue'; did you mean on-failure?");
    ck_assert_no_restart("onfailure",
                         "unknown restart policy 'onfailure'; did you mean on-failure?");
    ck_assert_no_restart("n", "unknown restart policy 'n'; did you mean no?");
}
END_TEST

START_TEST(what_is_no_policy_is_refused)
{
    ck_assert_no_restart("", "unknown restart policy '': use no, on-failure[:MAX] or always");
    ck_assert_no_restart(
        "unless-stopped",
        "unknown restart policy 'unless-stopped': use no, on-failure[:MAX] or always");
    ck_assert_no_restart(":", "invalid restart policy ':': use no, on-failure[:MAX] or always");
    ck_assert_no_restart("no:1",
                         "invalid restart policy 'no:1': use no, on-failure[:MAX] or always");
    ck_assert_no_restart("always:1",
                         "invalid restart policy 'always:1': use no, on-failure[:MAX] or always");
    ck_assert_no_restart("always:",
                         "invalid restart policy 'always:': use no, on-failure[:MAX] or always");
    ck_assert_no_restart(
        "on-failur:1", "invalid restart policy 'on-failur:1': use no, on-failure[:MAX] or always");
    ck_assert_no_restart(" no", "unknown restart policy ' no'; did you mean no?");
}
END_TEST

START_TEST(what_is_no_number_at_most_is_refused)
{
    ck_assert_no_restart(
        "on-failure:", "invalid restart policy 'on-failure:': use no, on-failure[:MAX] or always");
    ck_assert_no_restart(
        "on-failure:x",
        "invalid restart policy 'on-failure:x': use no, on-failure[:MAX] or always");
    ck_assert_no_restart(
        "on-failure:-1",
        "invalid restart policy 'on-failure:-1': use no, on-failure[:MAX] or always");
    ck_assert_no_restart(
        "on-failure:3:4",
        "invalid restart policy 'on-failure:3:4': use no, on-failure[:MAX] or always");
    ck_assert_no_restart(
        "on-failure:2147483648",
        "invalid restart policy 'on-failure:2147483648': use no, on-failure[:MAX] or always");
}
END_TEST

START_TEST(a_long_word_is_close_to_no_policy)
{
    static const char word[] = "unless-the-administrator-has-stopped-it-by-hand-before-the-machine-"
                               "was-started-again-or-on-a-sunday";

    error = (struct error){0};
    ck_assert_int_eq(restart_parse(&(struct restart){0}, word, &error), -1);
    ck_assert_ptr_null(strstr(error.reason, "did you mean"));
}
END_TEST

START_TEST(a_delay_is_the_first_and_perhaps_the_cap)
{
    ck_assert_delay("250ms..2s", 250, 2000);
    ck_assert_delay("1..2", 1000, 2000);
    ck_assert_delay("5s..5s", 5000, 5000);
    ck_assert_delay("0..0", 0, 0);
    ck_assert_delay("0..1h", 0, 3600000);
    ck_assert_delay("1ms..4294967295ms", 1, UINT32_MAX);
    ck_assert_delay("4294967295ms..4294967295ms", UINT32_MAX, UINT32_MAX);
}
END_TEST

START_TEST(without_a_cap_it_is_a_minute_or_the_first_delay)
{
    ck_assert_delay("0", 0, 60000);
    ck_assert_delay("1s", 1000, 60000);
    ck_assert_delay("1m", 60000, 60000);
    ck_assert_delay("61s", 61000, 61000);
    ck_assert_delay("1h", 3600000, 3600000);
}
END_TEST

START_TEST(what_is_no_delay_is_refused)
{
    static const char *const wrong[] = {
        "",    "..", "1s..",  "..1s",  "1s...2s", "1s..2s..3s", "fast", "1s.2s",       "1s-2s",
        "-1s", "1d", "1s..x", "x..1s", "1 s",     "1s ..2s",    "1.5s", "4294967296ms"};

    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        char reason[128];

        snprintf(reason, sizeof reason,
                 "invalid delay '%s': use FIRST or FIRST..CAP, e.g. 100ms..1m", wrong[i]);
        ck_assert_no_delay(wrong[i], reason);
    }
}
END_TEST

START_TEST(a_cap_below_the_first_delay_is_refused)
{
    ck_assert_no_delay("2s..1s", "invalid delay '2s..1s': the cap is less than the first delay");
    ck_assert_no_delay("1..999ms",
                       "invalid delay '1..999ms': the cap is less than the first delay");
    ck_assert_no_delay("1ms..0", "invalid delay '1ms..0': the cap is less than the first delay");
}
END_TEST

/* Its beginning alone would be another time. */
START_TEST(a_long_delay_is_refused_rather_than_cut)
{
    ck_assert_no_delay(
        "000000000000100ms",
        "invalid delay '000000000000100ms': use FIRST or FIRST..CAP, e.g. 100ms..1m");
    ck_assert_no_delay(
        "0000000000000001s..1m",
        "invalid delay '0000000000000001s..1m': use FIRST or FIRST..CAP, e.g. 100ms..1m");
    ck_assert_no_delay("000000000000001s",
                       "invalid delay '000000000000001s': use FIRST or FIRST..CAP, e.g. 100ms..1m");
    ck_assert_delay("00000000000001s..1m", 1000, 60000);
}
END_TEST

START_TEST(readiness_is_awaited_from_whoever_says_so)
{
    struct supervision supervision = plan();

    ck_assert(!supervision_awaits_readiness(&supervision));
    supervision.watchdog_ms = 1000;
    ck_assert(!supervision_awaits_readiness(&supervision));
    supervision.ready_fd = 3;
    ck_assert(supervision_awaits_readiness(&supervision));
    supervision.ready_fd = 0;
    supervision.notify = true;
    ck_assert(supervision_awaits_readiness(&supervision));
}
END_TEST

START_TEST(a_socket_is_there_for_readiness_and_for_the_watchdog)
{
    struct supervision supervision = plan();

    supervision.ready_fd = 3;
    ck_assert(!supervision_has_notify_socket(&supervision));
    supervision.watchdog_ms = 1;
    ck_assert(supervision_has_notify_socket(&supervision));
    supervision.watchdog_ms = 0;
    supervision.notify = true;
    ck_assert(supervision_has_notify_socket(&supervision));
}
END_TEST

static void ck_assert_unfit(const struct supervision *supervision, const char *subject,
                            const char *reason)
{
    error = (struct error){.kind = ERROR_FAILED};
    ck_assert_int_eq(supervision_check(supervision, &error), -1);
    ck_assert_str_eq(error.subject, subject);
    ck_assert_str_eq(error.reason, reason);
    ck_assert_int_eq(error.kind, ERROR_USAGE);
}

START_TEST(a_time_to_be_ready_needs_someone_who_says_so)
{
    struct supervision supervision = plan();

    supervision.ready_timeout_ms = 1;
    /* The watchdog's socket is no answer: READY=1 is not waited for. */
    supervision.watchdog_ms = 1000;
    ck_assert_unfit(&supervision, "--ready-timeout",
                    "needs --notify or --ready-fd: nobody else says when the service is ready");
    supervision.ready_fd = 3;
    ck_assert_int_eq(supervision_check(&supervision, &error), 0);
    supervision.ready_fd = 0;
    supervision.notify = true;
    ck_assert_int_eq(supervision_check(&supervision, &error), 0);
}
END_TEST

START_TEST(signals_to_all_need_a_schedule)
{
    struct supervision supervision = plan();

    supervision.stop_all = true;
    ck_assert_unfit(&supervision, "--stop-all",
                    "needs --stop SCHEDULE: without it a signal is just forwarded");
    supervision.stop = &(struct stop_schedule){.steps = {{SIGTERM, WAIT_FOREVER}}, .count = 1};
    ck_assert_int_eq(supervision_check(&supervision, &error), 0);
}
END_TEST

TCase *supervision_case(void)
{
    const TTest *const tests[] = {nothing_is_supervised_by_default,
                                  the_defaults_are_dockers,
                                  policies_are_read_in_any_case,
                                  on_failure_takes_a_number_at_most,
                                  a_misspelt_policy_is_named_with_the_closest_one,
                                  what_is_no_policy_is_refused,
                                  what_is_no_number_at_most_is_refused,
                                  a_long_word_is_close_to_no_policy,
                                  a_delay_is_the_first_and_perhaps_the_cap,
                                  without_a_cap_it_is_a_minute_or_the_first_delay,
                                  what_is_no_delay_is_refused,
                                  a_cap_below_the_first_delay_is_refused,
                                  a_long_delay_is_refused_rather_than_cut,
                                  readiness_is_awaited_from_whoever_says_so,
                                  a_socket_is_there_for_readiness_and_for_the_watchdog,
                                  a_time_to_be_ready_needs_someone_who_says_so,
                                  signals_to_all_need_a_schedule,
                                  NULL};

    return case_of("supervision", tests);
}
