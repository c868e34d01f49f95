/*
 * channel.c - tests of spawn/channel.c
 */
#include "spawn/channel.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "unit/unit.h"

/* The kernel reports the reset before the message, which unix(7) does not say. */
START_TEST(the_last_message_arrives_from_an_end_that_closed_with_unread_messages)
{
    const struct error error = {.reason = "why"};
    struct channel_attached attached;
    struct channel_message message;
    int ends[2];

    ck_assert_int_eq(channel_open(ends, false), 0);
    ck_assert_int_eq(channel_send(ends[0], CHANNEL_GO, 0, NULL), 0);
    ck_assert_int_eq(channel_send(ends[1], CHANNEL_FAILED, 0, &error), 0);
    close(ends[1]);
    ck_assert_int_eq(channel_receive(ends[0], &message, &attached, 0, true), 1);
    ck_assert_int_eq(message.kind, CHANNEL_FAILED);
    ck_assert_str_eq(message.error.reason, "why");
    ck_assert_int_eq(channel_receive(ends[0], &message, &attached, 0, true), 0);
    close(ends[0]);
}
END_TEST

START_TEST(a_receiver_that_does_not_wait_gets_EAGAIN)
{
    struct channel_attached attached;
    struct channel_message message;
    int ends[2];

    ck_assert_int_eq(channel_open(ends, false), 0);
    ck_assert_int_eq(channel_receive(ends[0], &message, &attached, 0, false), -EAGAIN);
    close(ends[0]);
    close(ends[1]);
}
END_TEST

START_TEST(sending_to_a_closed_end_fails)
{
    int ends[2];

    ck_assert_int_eq(channel_open(ends, false), 0);
    close(ends[1]);
    ck_assert_int_eq(channel_send(ends[0], CHANNEL_GO, 0, NULL), -EPIPE);
    close(ends[0]);
}
END_TEST

static int lowest_free(void)
{
    int fd = dup(STDERR_FILENO);

    close(fd);
    return fd;
}

START_TEST(unwanted_descriptors_are_closed)
{
    struct channel_attached attached;
    struct channel_message message;
    const int files[CHANNEL_FILES] = {0};
    int ends[2];
    int before;

    ck_assert_int_eq(channel_open(ends, true), 0);
    before = lowest_free();
    ck_assert_int_eq(channel_send_files(ends[1], CHANNEL_CREATED, 0, files, CHANNEL_FILES), 0);
    ck_assert_int_eq(channel_receive(ends[0], &message, &attached, 2, false), 1);
    ck_assert_uint_eq(attached.file_count, 2);
    ck_assert_int_eq(attached.sender, getpid());
    ck_assert_int_eq(lowest_free(), before + 2);
    channel_close_files(&attached);
    ck_assert_int_eq(lowest_free(), before);
    close(ends[0]);
    close(ends[1]);
}
END_TEST

/* Only a process that was taken over sends these. */
START_TEST(invalid_messages_are_refused_and_their_descriptors_closed)
{
    struct channel_message bad[5];
    struct channel_attached attached;
    struct channel_message message;
    int ends[2];
    int before;

    memset(bad, 0, sizeof bad);
    bad[0].kind = CHANNEL_KIND_COUNT;
    bad[1].kind = CHANNEL_FAILED;
    bad[1].error.kind = ERROR_KIND_COUNT;
    bad[2].kind = CHANNEL_FAILED;
    memset(bad[2].error.reason, 'x', sizeof bad[2].error.reason);
    bad[3].kind = CHANNEL_STOPPED;
    bad[3].value = 0;
    bad[4].kind = CHANNEL_STOPPED;
    bad[4].value = 1000;
    ck_assert_int_eq(channel_open(ends, false), 0);
    before = lowest_free();
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        ck_assert_int_eq(send(ends[1], &bad[i], sizeof bad[i], 0), (ssize_t)sizeof bad[i]);
        ck_assert_int_eq(channel_receive(ends[0], &message, &attached, 1, false), -EBADMSG);
    }
    ck_assert_int_eq(send(ends[1], "x", 1, 0), 1);
    ck_assert_int_eq(channel_receive(ends[0], &message, &attached, 1, false), -EBADMSG);
    ck_assert_int_eq(lowest_free(), before);
    close(ends[0]);
    close(ends[1]);
}
END_TEST

TCase *channel_case(void)
{
    const TTest *const tests[] = {
        the_last_message_arrives_from_an_end_that_closed_with_unread_messages,
        a_receiver_that_does_not_wait_gets_EAGAIN,
        sending_to_a_closed_end_fails,
        unwanted_descriptors_are_closed,
        invalid_messages_are_refused_and_their_descriptors_closed,
        NULL};

    return case_of("channel", tests);
}
