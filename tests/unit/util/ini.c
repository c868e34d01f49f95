/*
 * ini.c - tests of util/ini.c
 */
#include "util/ini.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit/unit.h"

/* A text in a block of exactly its size: the sanitizer sees a step too far. */
struct source {
    char *text;
    struct ini ini;
};

static struct source opened(const char *text, size_t length)
{
    struct source source = {.text = malloc(length + 1)};

    ck_assert_ptr_nonnull(source.text);
    memcpy(source.text, text, length);
    source.text[length] = '\0';
    source.ini = ini_open(source.text, length);
    return source;
}

static struct ini_item next(struct source *source)
{
    struct ini_item item;
    struct error error = {0};
    int result = ini_next(&source->ini, &item, &error);

    ck_assert_msg(result == 1, "line %u: %d %s", item.line, result, error.reason);
    return item;
}

static void assert_section(struct source *source, const char *section, const char *name)
{
    struct ini_item item = next(source);

    ck_assert_int_eq(item.kind, INI_SECTION);
    ck_assert_str_eq(item.section, section);
    ck_assert_str_eq(item.name, name);
    ck_assert_ptr_null(item.key);
}

static void assert_value(struct source *source, const char *key, const char *value)
{
    struct ini_item item = next(source);

    ck_assert_int_eq(item.kind, INI_VALUE);
    ck_assert_str_eq(item.key, key);
    ck_assert_str_eq(item.value, value);
    ck_assert_ptr_null(item.section);
}

static void assert_end(struct source *source)
{
    struct ini_item item;
    struct error error = {0};

    ck_assert_int_eq(ini_next(&source->ini, &item, &error), 0);
    /* And it stays there. */
    ck_assert_int_eq(ini_next(&source->ini, &item, &error), 0);
    free(source->text);
}

START_TEST(sections_and_values_come_in_order)
{
    static const char text[] = "[pod]\n"
                               "hostname = web-0\n"
                               "\n"
                               "[service web]\n"
                               "command=nginx -g \"daemon off;\"\n";
    struct source source = opened(text, sizeof text - 1);

    assert_section(&source, "pod", "");
    assert_value(&source, "hostname", "web-0");
    assert_section(&source, "service", "web");
    assert_value(&source, "command", "nginx -g \"daemon off;\"");
    assert_end(&source);
}
END_TEST

START_TEST(each_item_has_its_line)
{
    static const char text[] = "# one\n\n[pod]\n  \n; five\nkey = value";
    struct source source = opened(text, sizeof text - 1);

    ck_assert_uint_eq(next(&source).line, 3);
    ck_assert_uint_eq(next(&source).line, 6);
    assert_end(&source);
}
END_TEST

START_TEST(a_text_without_items_has_only_an_end)
{
    static const char *const texts[] = {
        "",          "\n", "\n\n",           "\r\n",         " \t",
        "# comment", ";",  " \t# comment\n", "\xEF\xBB\xBF", "# [pod]\n; key = value\n",
    };

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct source source = opened(texts[i], strlen(texts[i]));

        assert_end(&source);
    }
}
END_TEST

START_TEST(a_value_is_kept_byte_for_byte)
{
    static const char *const values[] = {
        "sh -c 'a ; b # c'",
        "a=b==c",
        "=",
        "[x]",
        "\"quoted\"",
        "#",
        "; x",
        "a \t b",
        "a\rb",
        "\xC3\xA4\xE2\x82\xAC\xFF",
        "back\\slash\\",
        "${NAME} $",
        "",
        "\x01\x7F\v\f",
    };

    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        char text[100];
        struct source source =
            opened(text, (size_t)snprintf(text, sizeof text, "key = %s\n", values[i]));

        assert_value(&source, "key", values[i]);
        assert_end(&source);
    }
}
END_TEST

START_TEST(the_blanks_around_everything_are_cut_off)
{
    static const char text[] = "\xEF\xBB\xBF\t [ service \t web ] \r\n"
                               " \tkey\t = \t value \t\r\n"
                               "empty= \r\n"
                               "last = line\r";
    struct source source = opened(text, sizeof text - 1);

    assert_section(&source, "service", "web");
    assert_value(&source, "key", "value");
    assert_value(&source, "empty", "");
    assert_value(&source, "last", "line");
    assert_end(&source);
}
END_TEST

START_TEST(the_last_line_needs_no_newline)
{
    struct source value = opened("key = value", strlen("key = value"));
    struct source section = opened("[pod]", strlen("[pod]"));

    assert_value(&value, "key", "value");
    assert_end(&value);
    assert_section(&section, "pod", "");
    assert_end(&section);
}
END_TEST

START_TEST(a_byte_order_mark_counts_at_the_start_only)
{
    static const char text[] = "\xEF\xBB\xBF[pod]\n\xEF\xBB\xBFkey = value\n";
    struct source source = opened(text, sizeof text - 1);

    assert_section(&source, "pod", "");
    assert_value(&source, "\xEF\xBB\xBFkey", "value");
    assert_end(&source);
}
END_TEST

START_TEST(a_value_of_100_kilobytes_stays_whole)
{
    enum { SIZE = 100 * 1024 };
    char *text = malloc(SIZE + 100);
    char *value;
    size_t length;
    struct source source;

    ck_assert_ptr_nonnull(text);
    length = (size_t)sprintf(text, "long = ");
    value = text + length;
    for (size_t i = 0; i < SIZE; i++)
        text[length++] = " ab;#=\"["[i % 8];
    length += (size_t)sprintf(text + length, "|\nnext = 1\n");
    source = opened(text, length);
    strchr(value, '\n')[0] = '\0';
    assert_value(&source, "long", value + 1);
    assert_value(&source, "next", "1");
    assert_end(&source);
    free(text);
}
END_TEST

START_TEST(a_thousand_sections_come_in_order)
{
    enum { SECTIONS = 1000 };
    char *text = malloc(SECTIONS * 64);
    size_t length = 0;
    struct source source;

    ck_assert_ptr_nonnull(text);
    for (int i = 0; i < SECTIONS; i++)
        length +=
            (size_t)sprintf(text + length, "[service s%d]\ncommand = run --number=%d\n", i, i);
    source = opened(text, length);
    for (int i = 0; i < SECTIONS; i++) {
        char name[20];
        char command[40];

        sprintf(name, "s%d", i);
        sprintf(command, "run --number=%d", i);
        assert_section(&source, "service", name);
        assert_value(&source, "command", command);
    }
    assert_end(&source);
    free(text);
}
END_TEST

START_TEST(what_is_wrong_is_named)
{
    static const char *const wrong[][2] = {
        {"nginx", "expected [SECTION] or KEY = VALUE, not 'nginx'"},
        {" two words ", "expected [SECTION] or KEY = VALUE, not 'two words'"},
        {"a b = c", "the key 'a b' is more than one word"},
        {"a\tb = c", "the key 'a\tb' is more than one word"},
        {"= c", "the key is missing before '='"},
        {" \t=", "the key is missing before '='"},
        {"[pod", "'[pod' has no closing ']'"},
        {"[", "'[' has no closing ']'"},
        {"[service web # = ", "'[service web # =' has no closing ']'"},
        {"[pod] # comment", "'# comment' stands behind ']'; a comment needs a line of its own"},
        {"[pod]]", "']' stands behind ']'"},
        {"[pod]key = value", "'key = value' stands behind ']'"},
        {"[]", "the name is missing between '[' and ']'"},
        {"[ \t]", "the name is missing between '[' and ']'"},
        {"[service a b]", "expected one name, not 'a b'"},
    };

    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct source source = opened(wrong[i][0], strlen(wrong[i][0]));
        struct ini_item item;
        struct error error = {.kind = ERROR_FAILED};

        ck_assert_int_eq(ini_next(&source.ini, &item, &error), -1);
        ck_assert_msg(strstr(error.reason, wrong[i][1]) == error.reason, "%s: %s", wrong[i][0],
                      error.reason);
        ck_assert_int_eq(error.kind, ERROR_USAGE);
        assert_end(&source);
    }
}
END_TEST

START_TEST(a_nul_byte_is_an_error_wherever_it_stands)
{
    static const char texts[][12] = {"key = v\0\n",        "k\0y = val\n", "# comm\0nt\n",
                                     "\0\0\0\0\0\0\0\0\n", "[po\0] \n\n",  "k = val\n\0"};

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct source source = opened(texts[i], 9);
        struct ini_item item;
        struct error error = {0};
        int result;

        do
            result = ini_next(&source.ini, &item, &error);
        while (result == 1);
        ck_assert_int_eq(result, -1);
        ck_assert_str_eq(error.reason, "the line has a NUL byte; is the file in UTF-8?");
        free(source.text);
    }
}
END_TEST

START_TEST(an_error_has_its_line_and_the_next_call_goes_on_behind_it)
{
    static const char text[] = "[pod]\n# comment\nwrong\nkey = value\n";
    struct source source = opened(text, sizeof text - 1);
    struct ini_item item;
    struct error error = {0};

    assert_section(&source, "pod", "");
    ck_assert_int_eq(ini_next(&source.ini, &item, &error), -1);
    ck_assert_uint_eq(item.line, 3);
    assert_value(&source, "key", "value");
    assert_end(&source);
}
END_TEST

START_TEST(a_message_quotes_the_beginning_of_a_long_line)
{
    /* One byte in front, so that the cut would fall into a character. */
    char line[500] = "x";
    struct source source;
    struct ini_item item;
    struct error error = {0};

    for (int i = 0; i < 100; i++)
        strcat(line, "\xE2\x82\xAC");
    source = opened(line, strlen(line));
    ck_assert_int_eq(ini_next(&source.ini, &item, &error), -1);
    ck_assert_ptr_nonnull(strstr(error.reason, "\xE2\x82\xAC...'"));
    assert_end(&source);
}
END_TEST

TCase *ini_case(void)
{
    const TTest *const tests[] = {sections_and_values_come_in_order,
                                  each_item_has_its_line,
                                  a_text_without_items_has_only_an_end,
                                  a_value_is_kept_byte_for_byte,
                                  the_blanks_around_everything_are_cut_off,
                                  the_last_line_needs_no_newline,
                                  a_byte_order_mark_counts_at_the_start_only,
                                  a_value_of_100_kilobytes_stays_whole,
                                  a_thousand_sections_come_in_order,
                                  what_is_wrong_is_named,
                                  a_nul_byte_is_an_error_wherever_it_stands,
                                  an_error_has_its_line_and_the_next_call_goes_on_behind_it,
                                  a_message_quotes_the_beginning_of_a_long_line,
                                  NULL};

    return case_of("ini", tests);
}
