/*
 * notify_message_relay.c - tests of service/notify_message.c: what is told further of a notice
 */
#include "service/notify_message_private.h"

#include <stdio.h>
#include <string.h>

#include "unit/unit.h"

/* What is relayed of a datagram. */
static const char *relayed(const char *text)
{
    static char datagram[NOTIFY_MESSAGE_SIZE + 1];
    static char buffer[NOTIFY_MESSAGE_SIZE + 1];
    struct notify_message notice;
    size_t length = strlen(text);
    struct strbuf lines = strbuf_in(buffer, sizeof buffer);

    ck_assert_uint_le(length, NOTIFY_MESSAGE_SIZE);
    memcpy(datagram, text, length);
    ck_assert(notify_message_parse(&notice, datagram, length));
    notify_message_relay(&notice, &lines);
    return buffer;
}

START_TEST(what_concerns_the_service_as_a_whole_is_relayed)
{
    ck_assert_str_eq(relayed("READY=1"), "READY=1\n");
    ck_assert_str_eq(relayed("STOPPING=1"), "STOPPING=1\n");
    ck_assert_str_eq(relayed("WATCHDOG=1"), "WATCHDOG=1\n");
    ck_assert_str_eq(relayed("STATUS=\xC3\xA4=1"), "STATUS=\xC3\xA4=1\n");
    ck_assert_str_eq(relayed("STATUS="), "STATUS=\n");
    ck_assert_str_eq(relayed("RELOADING=1"), "RELOADING=1\n");
    ck_assert_str_eq(relayed("EXTEND_TIMEOUT_USEC=18446744073709551615"),
                     "EXTEND_TIMEOUT_USEC=18446744073709551615\n");
    ck_assert_str_eq(relayed("MONOTONIC_USEC=5\nRELOADING=1"), "RELOADING=1\nMONOTONIC_USEC=5\n");
    ck_assert_str_eq(relayed("STATUS=s\nREADY=1\nSTOPPING=1\nWATCHDOG=1\nEXTEND_TIMEOUT_USEC=1"),
                     "READY=1\nSTOPPING=1\nWATCHDOG=1\nEXTEND_TIMEOUT_USEC=1\nSTATUS=s\n");
}
END_TEST

START_TEST(what_only_the_supervisor_above_can_use_is_relayed_as_it_came)
{
    ck_assert_str_eq(relayed("FDSTORE=1\nFDNAME=a\nFDPOLL=0"), "FDSTORE=1\nFDNAME=a\nFDPOLL=0\n");
    ck_assert_str_eq(relayed("FDNAME=a\nFDSTOREREMOVE=1"), "FDNAME=a\nFDSTOREREMOVE=1\n");
    ck_assert_str_eq(relayed("X_OWN=1\nERRNO=2\nREADY=1\nBUSERROR=org.a.B"),
                     "READY=1\nX_OWN=1\nERRNO=2\nBUSERROR=org.a.B\n");
}
END_TEST

START_TEST(what_concerns_nsinit_or_the_inside_alone_is_not)
{
    ck_assert_str_eq(relayed("WATCHDOG=trigger"), "");
    ck_assert_str_eq(relayed("WATCHDOG_USEC=1"), "");
    ck_assert_str_eq(relayed("BARRIER=1"), "");
    ck_assert_str_eq(relayed("MONOTONIC_USEC=5"), "");
    ck_assert_str_eq(relayed("MAINPID=1\nX=1\nX_\nFDSTORE=0\nerrno=2\nX_A=\xFF"), "");
    ck_assert_str_eq(relayed("READY=0\nSTATUS=\xFF\nEXTEND_TIMEOUT_USEC=0"), "");
}
END_TEST

/* What is lost is the last line's end alone, which a datagram can do without. */
START_TEST(a_notice_of_full_size_is_relayed_whole)
{
    static char datagram[NOTIFY_MESSAGE_SIZE + 1];
    const char *lines;

    memset(datagram, 'x', NOTIFY_MESSAGE_SIZE);
    memcpy(datagram, "READY=1\nSTATUS=", 15);
    memcpy(datagram + NOTIFY_MESSAGE_SIZE - 2, "\xC3\xA4", 2);
    lines = relayed(datagram);
    ck_assert_uint_eq(strlen(lines), NOTIFY_MESSAGE_SIZE);
    ck_assert_int_eq(memcmp(lines, datagram, NOTIFY_MESSAGE_SIZE), 0);
}
END_TEST

/* Any lines in any order, good and bad ones, from a generator that is always the same. */
static const char *made_up(unsigned int *seed)
{
    static const char *const lines[] = {"READY=1",
                                        "STOPPING=1",
                                        "RELOADING=1",
                                        "MONOTONIC_USEC=18446744073709551615",
                                        "WATCHDOG=1",
                                        "WATCHDOG=trigger",
                                        "EXTEND_TIMEOUT_USEC=1",
                                        "EXTEND_TIMEOUT_USEC=000",
                                        "STATUS=",
                                        "STATUS=a = b",
                                        "STATUS=\xC3\xA4",
                                        "STATUS=\xC3",
                                        "READY=0",
                                        "BARRIER=1",
                                        "",
                                        "X_A=1"};
    static char buffer[1024];
    struct strbuf text = strbuf_in(buffer, sizeof buffer);

    for (int i = 0; i < 12; i++) {
        *seed = *seed * 1103515245 + 12345;
        strbuf_add(&text, lines[*seed >> 16 & 15]);
        strbuf_add(&text, i < 11 ? "\n" : "");
    }
    return buffer;
}

START_TEST(what_is_relayed_is_never_longer_and_says_the_same_when_it_is_read_again)
{
    unsigned int seed = 1;

    for (int i = 0; i < 10000; i++) {
        const char *text = made_up(&seed);
        char once[NOTIFY_MESSAGE_SIZE + 1];

        snprintf(once, sizeof once, "%s", relayed(text));
        if (strlen(once) > strlen(text) + 1)
            ck_abort_msg("%s became %s", text, once);
        if (once[0] != '\0' && strcmp(relayed(once), once) != 0)
            ck_abort_msg("%s became %s", text, once);
    }
}
END_TEST

TCase *notify_message_relay_case(void)
{
    const TTest *const tests[] = {
        what_concerns_the_service_as_a_whole_is_relayed,
        what_only_the_supervisor_above_can_use_is_relayed_as_it_came,
        what_concerns_nsinit_or_the_inside_alone_is_not,
        a_notice_of_full_size_is_relayed_whole,
        what_is_relayed_is_never_longer_and_says_the_same_when_it_is_read_again,
        NULL};

    return case_of("notify_message_relay", tests);
}
