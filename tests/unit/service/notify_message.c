/*
 * notify_message.c - tests of service/notify_message.c: what is read of a datagram
 */
#include "service/notify_message_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit/unit.h"

static struct notify_message notice;

/* In a block of just the promised size, so that the sanitizer sees a step too far. */
static bool parse_bytes(const char *bytes, size_t length)
{
    char *datagram = malloc(length + 1);

    ck_assert_ptr_nonnull(datagram);
    memcpy(datagram, bytes, length);
    datagram[length] = 'x';
    memset(&notice, 0xFF, sizeof notice);
    return notify_message_parse(&notice, datagram, length);
}

static void must_parse(const char *text)
{
    ck_assert_msg(parse_bytes(text, strlen(text)), "%s", text);
}

/* The status, or "(none)". */
static const char *status_of(const char *text)
{
    must_parse(text);
    return notice.status != NULL ? notice.status : "(none)";
}

static void ck_assert_says_nothing(const char *text)
{
    must_parse(text);
    ck_assert_msg(!notice.ready && !notice.stopping && !notice.reloading && !notice.keep_alive &&
                      !notice.trigger && !notice.barrier && notice.status == NULL &&
                      notice.monotonic_usec == 0 && notice.extend_usec == 0 &&
                      notice.watchdog_usec == 0,
                  "%s", text);
}

/* ---- fields ------------------------------------------------------------------------------- */

START_TEST(each_field_is_read_and_no_other_with_it)
{
    must_parse("READY=1");
    ck_assert(notice.ready && !notice.stopping && !notice.reloading && !notice.keep_alive);
    must_parse("STOPPING=1");
    ck_assert(notice.stopping && !notice.ready);
    must_parse("RELOADING=1");
    ck_assert(notice.reloading && !notice.ready);
    must_parse("WATCHDOG=1");
    ck_assert(notice.keep_alive && !notice.trigger);
    must_parse("WATCHDOG=trigger");
    ck_assert(notice.trigger && !notice.keep_alive);
    must_parse("BARRIER=1");
    ck_assert(notice.barrier && !notice.ready);
    must_parse("MONOTONIC_USEC=123");
    ck_assert_uint_eq(notice.monotonic_usec, 123);
    must_parse("EXTEND_TIMEOUT_USEC=456");
    ck_assert_uint_eq(notice.extend_usec, 456);
    must_parse("WATCHDOG_USEC=789");
    ck_assert_uint_eq(notice.watchdog_usec, 789);
    ck_assert(!notice.keep_alive);
    ck_assert_str_eq(status_of("STATUS=Accepting connections"), "Accepting connections");
}
END_TEST

START_TEST(all_fields_may_come_at_once)
{
    must_parse("READY=1\nSTOPPING=1\nRELOADING=1\nMONOTONIC_USEC=1\nWATCHDOG=1\nBARRIER=1\n"
               "WATCHDOG_USEC=2\nEXTEND_TIMEOUT_USEC=3\nSTATUS=a=b\n");
    ck_assert(notice.ready && notice.stopping && notice.reloading && notice.keep_alive &&
              notice.barrier);
    ck_assert_uint_eq(notice.monotonic_usec, 1);
    ck_assert_uint_eq(notice.watchdog_usec, 2);
    ck_assert_uint_eq(notice.extend_usec, 3);
    ck_assert_str_eq(notice.status, "a=b");
}
END_TEST

START_TEST(an_empty_status_is_one)
{
    ck_assert_str_eq(status_of("STATUS="), "");
    ck_assert_str_eq(status_of("STATUS=\nREADY=1"), "");
    ck_assert(notice.ready);
}
END_TEST

START_TEST(what_is_no_field_is_passed_over)
{
    ck_assert_says_nothing("FDSTORE=1\nFDNAME=x\nMAINPID=1\nERRNO=2\nX_OWN=1");
    ck_assert_says_nothing("READY");
    ck_assert_says_nothing("READY 1");
    ck_assert_says_nothing("=1");
    ck_assert_says_nothing("=");
    ck_assert_says_nothing("ready=1");
    ck_assert_says_nothing(" READY=1");
    ck_assert_says_nothing("XREADY=1");
    ck_assert_says_nothing("READY =1");
    ck_assert_says_nothing("STATUS");
    ck_assert_says_nothing("WATCHDOG_USE=1");
    ck_assert_says_nothing("\n\n\n");
    must_parse("\n\nnonsense\n=\nREADY=1\n\nmore");
    ck_assert(notice.ready);
}
END_TEST

START_TEST(a_value_that_is_none_is_passed_over)
{
    ck_assert_says_nothing("READY=0");
    ck_assert_says_nothing("READY=");
    ck_assert_says_nothing("READY=11");
    ck_assert_says_nothing("READY=1 ");
    ck_assert_says_nothing("READY=1\r\n");
    ck_assert_says_nothing("READY=yes");
    ck_assert_says_nothing("STOPPING=2\nRELOADING=true\nBARRIER=0");
    ck_assert_says_nothing("WATCHDOG=0\nWATCHDOG=trigger1\nWATCHDOG=TRIGGER");
}
END_TEST

START_TEST(numbers_have_digits_alone_and_64_bits)
{
    must_parse("EXTEND_TIMEOUT_USEC=18446744073709551615");
    ck_assert_uint_eq(notice.extend_usec, UINT64_MAX);
    must_parse("EXTEND_TIMEOUT_USEC=007");
    ck_assert_uint_eq(notice.extend_usec, 7);
    ck_assert_says_nothing("EXTEND_TIMEOUT_USEC=18446744073709551616");
    ck_assert_says_nothing("MONOTONIC_USEC=99999999999999999999999999");
    ck_assert_says_nothing("WATCHDOG_USEC=-1");
    ck_assert_says_nothing("WATCHDOG_USEC=+1");
    ck_assert_says_nothing("WATCHDOG_USEC= 1");
    ck_assert_says_nothing("WATCHDOG_USEC=1s");
    ck_assert_says_nothing("WATCHDOG_USEC=0x10");
    ck_assert_says_nothing("WATCHDOG_USEC=");
}
END_TEST

START_TEST(of_a_field_that_comes_twice_the_last_value_counts)
{
    ck_assert_str_eq(status_of("STATUS=first\nSTATUS=second"), "second");
    must_parse("WATCHDOG_USEC=1\nWATCHDOG_USEC=2\nEXTEND_TIMEOUT_USEC=3\nEXTEND_TIMEOUT_USEC=4");
    ck_assert_uint_eq(notice.watchdog_usec, 2);
    ck_assert_uint_eq(notice.extend_usec, 4);
}
END_TEST

START_TEST(what_has_been_said_is_not_unsaid_by_a_value_that_is_none)
{
    ck_assert_str_eq(status_of("STATUS=good\nSTATUS=\xFF"), "good");
    must_parse("WATCHDOG_USEC=1\nWATCHDOG_USEC=x\nREADY=1\nREADY=0\nSTOPPING=1\nSTOPPING=\n"
               "RELOADING=1\nRELOADING=no\nBARRIER=1\nBARRIER=2\nWATCHDOG=1\nWATCHDOG=x");
    ck_assert_uint_eq(notice.watchdog_usec, 1);
    ck_assert(notice.ready && notice.stopping && notice.reloading && notice.barrier);
    ck_assert(notice.keep_alive && !notice.trigger);
}
END_TEST

/* A failure that was asked for is not lost in a sign of life. */
START_TEST(a_trigger_and_a_sign_of_life_may_come_together)
{
    must_parse("WATCHDOG=trigger\nWATCHDOG=1");
    ck_assert(notice.trigger && notice.keep_alive);
}
END_TEST

/* ---- datagrams ---------------------------------------------------------------------------- */

START_TEST(an_empty_datagram_is_no_notice)
{
    ck_assert(!parse_bytes("", 0));
    ck_assert(!parse_bytes("\0", 1));
    ck_assert(!parse_bytes("\0\0\0", 3));
}
END_TEST

START_TEST(nul_bytes_at_the_end_are_no_part_of_it)
{
    ck_assert(parse_bytes("READY=1\0", 8));
    ck_assert(notice.ready);
    ck_assert(parse_bytes("STATUS=x\n\0\0\0\0", 13));
    ck_assert_str_eq(notice.status, "x");
}
END_TEST

START_TEST(a_nul_byte_inside_makes_it_no_notice)
{
    ck_assert(!parse_bytes("READY=1\0\n", 9));
    ck_assert(!parse_bytes("\0READY=1", 8));
    ck_assert(!parse_bytes("READY=1\nSTATUS=a\0b", 18));
    ck_assert(!parse_bytes("READY=1\nSTATUS=a\0b\0", 19));
}
END_TEST

START_TEST(a_datagram_of_full_size_is_read_to_its_end)
{
    static char datagram[NOTIFY_MESSAGE_SIZE];

    memset(datagram, 'x', sizeof datagram);
    memcpy(datagram, "STATUS=", 7);
    ck_assert(parse_bytes(datagram, sizeof datagram));
    ck_assert_uint_eq(strlen(notice.status), NOTIFY_MESSAGE_SIZE - 7);
    memcpy(datagram + sizeof datagram - 8, "\nREADY=1", 8);
    ck_assert(parse_bytes(datagram, sizeof datagram));
    ck_assert(notice.ready);
    ck_assert_uint_eq(strlen(notice.status), NOTIFY_MESSAGE_SIZE - 7 - 8);
}
END_TEST

START_TEST(a_datagram_of_line_ends_alone_says_nothing)
{
    static char datagram[NOTIFY_MESSAGE_SIZE + 1];

    memset(datagram, '\n', NOTIFY_MESSAGE_SIZE);
    ck_assert_says_nothing(datagram);
}
END_TEST

START_TEST(a_datagram_that_is_cut_off_anywhere_is_harmless)
{
    static const char whole[] =
        "READY=1\nSTATUS=\xF0\x9F\x98\x80\nWATCHDOG=trigger\nMONOTONIC_USEC=12";

    for (size_t length = 1; length < sizeof whole; length++) {
        ck_assert(parse_bytes(whole, length));
        ck_assert_int_eq(notice.ready, length >= 7);
        ck_assert_int_eq(notice.trigger, length >= 36);
    }
}
END_TEST

/* ---- UTF-8 -------------------------------------------------------------------------------- */

static bool is_taken_as_status(const char *value)
{
    char line[64];

    snprintf(line, sizeof line, "STATUS=%s", value);
    must_parse(line);
    if (notice.status != NULL)
        ck_assert_str_eq(notice.status, value);
    return notice.status != NULL;
}

/* Without a ck_assert for each of a million. */
static bool character_is_taken(unsigned int code)
{
    char line[12] = "STATUS=";
    char *at = line + 7;

    if (code < 0x80) {
        *at++ = (char)code;
    } else if (code < 0x800) {
        *at++ = (char)(0xC0 | code >> 6);
        *at++ = (char)(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
        *at++ = (char)(0xE0 | code >> 12);
        *at++ = (char)(0x80 | (code >> 6 & 0x3F));
        *at++ = (char)(0x80 | (code & 0x3F));
    } else {
        *at++ = (char)(0xF0 | code >> 18);
        *at++ = (char)(0x80 | (code >> 12 & 0x3F));
        *at++ = (char)(0x80 | (code >> 6 & 0x3F));
        *at++ = (char)(0x80 | (code & 0x3F));
    }
    return notify_message_parse(&notice, line, (size_t)(at - line)) && notice.status != NULL;
}

START_TEST(each_character_is_taken_but_for_surrogates_and_what_lies_beyond_the_last)
{
    for (unsigned int code = 1; code < 0x200000; code++) {
        bool is_character = code <= 0x10FFFF && (code < 0xD800 || code > 0xDFFF);

        if (character_is_taken(code) != is_character)
            ck_abort_msg("U+%X", code);
    }
}
END_TEST

START_TEST(overlong_forms_are_refused)
{
    static const char *const overlong[] = {
        "\xC0\x80",         "\xC0\xAF",         "\xC1\xBF",         "\xE0\x80\x80",
        "\xE0\x80\xAF",     "\xE0\x9F\xBF",     "\xF0\x80\x80\x80", "\xF0\x80\x80\xAF",
        "\xF0\x8F\xBF\xBF", "\xF8\x88\x80\x80", "\xFC\x84\x80\x80"};

    for (size_t i = 0; i < sizeof overlong / sizeof overlong[0]; i++)
        ck_assert_msg(!is_taken_as_status(overlong[i]), "%zu", i);
}
END_TEST

START_TEST(bytes_that_stand_alone_are_refused)
{
    for (unsigned int byte = 0x80; byte <= 0xFF; byte++) {
        char alone[] = {(char)byte, '\0'};
        char between[] = {'a', (char)byte, 'b', '\0'};

        ck_assert_msg(!is_taken_as_status(alone), "%X", byte);
        ck_assert_msg(!is_taken_as_status(between), "%X", byte);
    }
}
END_TEST

START_TEST(a_sequence_that_is_cut_off_or_interrupted_is_refused)
{
    static const char *const cut[] = {"\xC3",
                                      "a\xC3",
                                      "\xE2\x82",
                                      "\xE2",
                                      "\xF0\x9F\x98",
                                      "\xF0\x9F",
                                      "\xF0",
                                      "\xC3z",
                                      "\xE2\x82z",
                                      "\xE2z\xAC",
                                      "\xF0\x9F\x98z",
                                      "\xF0\x9Fz\x80",
                                      "\xF0z\x98\x80",
                                      "\xC3\xC3\xA4",
                                      "\xE2\x82\xC2\xA0",
                                      "\xF0\x9F\x98\xFF"};

    for (size_t i = 0; i < sizeof cut / sizeof cut[0]; i++)
        ck_assert_msg(!is_taken_as_status(cut[i]), "%zu", i);
}
END_TEST

START_TEST(a_status_that_is_no_text_spoils_no_other_field)
{
    must_parse("STATUS=\xC3\nREADY=1");
    ck_assert(notice.status == NULL && notice.ready);
}
END_TEST

TCase *notify_message_case(void)
{
    const TTest *const tests[] = {
        each_field_is_read_and_no_other_with_it,
        all_fields_may_come_at_once,
        an_empty_status_is_one,
        what_is_no_field_is_passed_over,
        a_value_that_is_none_is_passed_over,
        numbers_have_digits_alone_and_64_bits,
        of_a_field_that_comes_twice_the_last_value_counts,
        what_has_been_said_is_not_unsaid_by_a_value_that_is_none,
        a_trigger_and_a_sign_of_life_may_come_together,
        an_empty_datagram_is_no_notice,
        nul_bytes_at_the_end_are_no_part_of_it,
        a_nul_byte_inside_makes_it_no_notice,
        a_datagram_of_full_size_is_read_to_its_end,
        a_datagram_of_line_ends_alone_says_nothing,
        a_datagram_that_is_cut_off_anywhere_is_harmless,
        each_character_is_taken_but_for_surrogates_and_what_lies_beyond_the_last,
        overlong_forms_are_refused,
        bytes_that_stand_alone_are_refused,
        a_sequence_that_is_cut_off_or_interrupted_is_refused,
        a_status_that_is_no_text_spoils_no_other_field,
        NULL};

    return case_of("notify_message", tests);
}
