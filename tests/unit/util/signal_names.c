/*
 * signal_names.c - tests of util/signal_names.c
 */
#include "util/signal_names.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit/unit.h"
#include "linux/signal_set.h"

START_TEST(names_are_known_with_and_without_sig_in_either_case)
{
    ck_assert_int_eq(signal_by_name("TERM"), SIGTERM);
    ck_assert_int_eq(signal_by_name("SIGTERM"), SIGTERM);
    ck_assert_int_eq(signal_by_name("sigterm"), SIGTERM);
    ck_assert_int_eq(signal_by_name("hup"), SIGHUP);
    ck_assert_int_eq(signal_by_name("CLD"), SIGCHLD);
    ck_assert_int_eq(signal_by_name("IOT"), SIGABRT);
    ck_assert_int_eq(signal_by_name("15"), SIGTERM);
    ck_assert_int_eq(signal_by_name("64"), 64);
}
END_TEST

START_TEST(real_time_signals_count_from_34_as_kill_has_it)
{
    ck_assert_int_eq(signal_by_name("RTMIN"), 34);
    ck_assert_int_eq(signal_by_name("RTMIN+3"), 37);
    ck_assert_int_eq(signal_by_name("SIGRTMAX-1"), SIGNAL_MAX - 1);
    ck_assert_int_eq(signal_by_name("RTMAX"), SIGNAL_MAX);
    ck_assert_int_eq(signal_by_name("RTMIN+30"), SIGNAL_MAX);
    ck_assert_int_eq(signal_by_name("RTMIN+31"), 0);
    ck_assert_int_eq(signal_by_name("RTMIN+"), 0);
    ck_assert_int_eq(signal_by_name("RTMIN-1"), 0);
}
END_TEST

START_TEST(what_is_no_signal_is_0)
{
    static const char *const wrong[] = {"",    "0",          "65",   "-1", "TERMX",
                                        "SIG", "SIGSIGTERM", "2xyz", "1 ", "99999999999999999999"};

    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        ck_assert_msg(signal_by_name(wrong[i]) == 0, "'%s' is taken", wrong[i]);
}
END_TEST

START_TEST(every_number_has_a_name_that_leads_back)
{
    for (int number = 1; number <= SIGNAL_MAX; number++) {
        struct signal_name buffer;

        ck_assert_int_eq(signal_by_name(signal_name(number, &buffer)), number);
    }
}
END_TEST

START_TEST(names_are_those_of_the_c_library)
{
#ifdef __GLIBC__
    for (int number = 1; number < 32; number++) {
        struct signal_name buffer;

        /* It calls the same signal POLL. */
        if (number != SIGIO)
            ck_assert_str_eq(signal_name(number, &buffer), sigabbrev_np(number));
    }
#else
    skip_test("names_are_those_of_the_c_library", "this C library tells no signal's name");
#endif
}
END_TEST

START_TEST(a_misspelt_name_finds_the_right_one)
{
    ck_assert_str_eq(signal_closest_name("TERN"), "TERM");
    ck_assert_str_eq(signal_closest_name("SIGHUPP"), "HUP");
    ck_assert_ptr_null(signal_closest_name("FOOBAR"));
}
END_TEST

START_TEST(the_full_set_has_the_signals_that_libc_keeps_for_itself)
{
    struct signal_set full = signal_set_full();
    struct signal_set pending;

    for (int number = 1; number <= SIGNAL_MAX; number++)
        ck_assert(signal_set_has(&full, number));
    signal_mask(SIG_SETMASK, &full, NULL);
    for (int number = 32; number <= 34; number++)
        ck_assert_int_eq(kill(getpid(), number), 0);
    pending = signal_pending();
    for (int number = 32; number <= 34; number++)
        ck_assert(signal_set_has(&pending, number));
    ck_assert(!signal_set_has(&pending, 35));
}
END_TEST

START_TEST(a_set_of_one_has_just_that)
{
    for (int number = 1; number <= SIGNAL_MAX; number++) {
        struct signal_set set = signal_set_of(number);

        for (int other = 1; other <= SIGNAL_MAX; other++)
            ck_assert(signal_set_has(&set, other) == (number == other));
    }
}
END_TEST

TCase *signal_names_case(void)
{
    const TTest *const tests[] = {names_are_known_with_and_without_sig_in_either_case,
                                  real_time_signals_count_from_34_as_kill_has_it,
                                  what_is_no_signal_is_0,
                                  every_number_has_a_name_that_leads_back,
                                  names_are_those_of_the_c_library,
                                  a_misspelt_name_finds_the_right_one,
                                  the_full_set_has_the_signals_that_libc_keeps_for_itself,
                                  a_set_of_one_has_just_that,
                                  NULL};

    return case_of("signal_names", tests);
}
