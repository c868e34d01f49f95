/*
 * link.c - tests of spawn/link.c
 */
#include "spawn/link.h"

#include <string.h>
#include <unistd.h>

#include "unit/unit.h"

/* The kernel tells of the reset first: unix(7) as it is, not as it reads. */
START_TEST(the_last_word_is_heard_from_who_ended_with_something_unread)
{
    const struct error error = {.reason = "why"};
    struct link_message message;
    int ends[2];

    ck_assert_int_eq(link_open(ends, false), 0);
    link_tell(ends[0], LINK_GO, 0, NULL);
    link_tell(ends[1], LINK_FAILED, 0, &error);
    close(ends[1]);
    ck_assert_int_eq(link_receive(ends[0], &message, NULL, NULL, 1), 1);
    ck_assert_int_eq(message.kind, LINK_FAILED);
    ck_assert_str_eq(message.error.reason, "why");
    ck_assert_int_eq(link_receive(ends[0], &message, NULL, NULL, 1), 0);
    close(ends[0]);
}
END_TEST

START_TEST(who_may_not_wait_is_told_that_there_is_nothing_yet)
{
    struct link_message message;
    int ends[2];

    ck_assert_int_eq(link_open(ends, false), 0);
    ck_assert_int_lt(link_receive(ends[0], &message, NULL, NULL, 0), 0);
    close(ends[0]);
    close(ends[1]);
}
END_TEST

TCase *link_case(void)
{
    const TTest *const tests[] = {the_last_word_is_heard_from_who_ended_with_something_unread,
                                  who_may_not_wait_is_told_that_there_is_nothing_yet, NULL};

    return case_of("link", tests);
}
