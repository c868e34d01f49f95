/*
 * shellwords.c - tests of util/shellwords.c
 */
#include "util/shellwords.h"

#include <stdlib.h>
#include <string.h>

#include "unit/unit.h"

/* At most as many words as a test writes down. */
struct shell_words {
    const char *text;
    const char *words[6];
};

/* The command in a block of exactly its size: the sanitizer sees a step too far. */
static void assert_shell_words(const struct shell_words *expected)
{
    char *text = strdup(expected->text);
    struct error error = {0};
    char **words = shellwords_of_shell(text, &error);
    size_t i;

    ck_assert_msg(words != NULL, "%s: %s", expected->text, error.reason);
    free(text);
    for (i = 0; expected->words[i] != NULL; i++) {
        ck_assert_msg(words[i] != NULL, "%s", expected->text);
        ck_assert_str_eq(words[i], expected->words[i]);
    }
    ck_assert_msg(words[i] == NULL, "%s", expected->text);
    free(words);
}

START_TEST(a_command_is_split_as_a_posix_shell_splits_it)
{
    static const struct shell_words commands[] = {
        {"nginx -g \"daemon off;\"", {"nginx", "-g", "daemon off;"}},
        {" \t\na  b\tc\nd ", {"a", "b", "c", "d"}},
        {"sh -c 'a ; b'", {"sh", "-c", "a ; b"}},
        {"a'b'\"c\"d\\ e", {"abcd e"}},
        {"'' \"\" a''", {"", "", "a"}},
        {"'\"' \"'\" \\' \\\"", {"\"", "'", "'", "\""}},
        {"'a\\' 'b\nc'", {"a\\", "b\nc"}},
        {"\"\\$\\`\\\"\\\\\" \"\\a\\'\\ \"", {"$`\"\\", "\\a\\'\\ "}},
        {"\\a\\$\\\\ \\\t", {"a$\\", "\t"}},
        {"\xC3\xA4 '\xE2\x82\xAC\xFF'", {"\xC3\xA4", "\xE2\x82\xAC\xFF"}},
        {"a\rb \v", {"a\rb", "\v"}},
    };

    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        assert_shell_words(&commands[i]);
}
END_TEST

START_TEST(a_line_end_behind_a_backslash_counts_as_nothing)
{
    static const struct shell_words commands[] = {
        {"a\\\nb \"c\\\nd\" 'e\\\nf'", {"ab", "cd", "e\\\nf"}},
        {"a \\\n b", {"a", "b"}},
        {"\\\n \\\n\\\na\\\n", {"a"}},
        {"\\\n", {NULL}},
    };

    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        assert_shell_words(&commands[i]);
}
END_TEST

START_TEST(what_else_a_shell_knows_is_plain_text)
{
    static const struct shell_words commands[] = {
        {"a;b | c>d &", {"a;b", "|", "c>d", "&"}},
        {"# a #", {"#", "a", "#"}},
        {"$HOME `id` \"$(id)\" ~ *", {"$HOME", "`id`", "$(id)", "~", "*"}},
        {"A=b {a,b} (c) !", {"A=b", "{a,b}", "(c)", "!"}},
    };

    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        assert_shell_words(&commands[i]);
}
END_TEST

START_TEST(a_command_has_no_operators_redirections_and_comments)
{
    static const char *const wrong[] = {"a && b", "a || b", "a | b", "a ; b",      "a &",
                                        "a; b",   "a >b",   "a < b", "a 2>&1",     "a 2> b",
                                        "a # b",  "# b",    "a #b",  "a &>b",      "a;",
                                        "a >> b", "\t|\tb", "a\n;",  "sh -c 'x' ;"};
    static const char *const right[] = {"a '&&' b",    "a \\; b",   "a \"#\" \\#b", "a#b",
                                        "a 2'>&'1",    "x?a=1&b=2", "a 12 3",       "sh -c 'a ; b'",
                                        "'a;' \"b;\"", "a=b>c"};

    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct error error = {0};

        ck_assert_msg(shellwords_of_command(wrong[i], &error) == NULL, "%s", wrong[i]);
        ck_assert_msg(strstr(error.reason, "is for a shell, and none is run") != NULL, "%s",
                      error.reason);
        ck_assert_str_ne(error.hint, "");
        ck_assert_int_eq(error.kind, ERROR_USAGE);
    }
    for (size_t i = 0; i < sizeof right / sizeof right[0]; i++) {
        struct error error = {0};
        char **words = shellwords_of_command(right[i], &error);

        ck_assert_msg(words != NULL, "%s: %s", right[i], error.reason);
        free(words);
    }
}
END_TEST

START_TEST(a_text_without_words_has_none)
{
    static const struct shell_words commands[] = {{"", {NULL}}, {" \t\n", {NULL}}};

    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        assert_shell_words(&commands[i]);
}
END_TEST

START_TEST(an_open_quote_and_a_backslash_at_the_end_are_named)
{
    static const char *const wrong[][2] = {
        {"sh -c 'a", "a quote is not closed: '"},       {"a\"", "a quote is not closed: \""},
        {"\"a'", "a quote is not closed: \""},          {"'a\\'b'", "a quote is not closed: '"},
        {"\"a\\\"", "a quote is not closed: \""},       {"\"a\\", "a quote is not closed: \""},
        {"a b\\", "the command ends with a backslash"}, {"\\", "the command ends with a backslash"},
    };

    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct error error = {.kind = ERROR_FAILED};

        ck_assert_msg(shellwords_of_shell(wrong[i][0], &error) == NULL, "%s", wrong[i][0]);
        ck_assert_str_eq(error.reason, wrong[i][1]);
        ck_assert_int_eq(error.kind, ERROR_USAGE);
    }
}
END_TEST

START_TEST(a_word_is_quoted_only_where_it_needs_that)
{
    static const char *const quoted[][2] = {
        {"--name=a/b,c:d.e+f@g%h_1", "--name=a/b,c:d.e+f@g%h_1"},
        {"\xC3\xA4", "\xC3\xA4"},
        {"", "''"},
        {"a b", "'a b'"},
        {"a'b", "'a'\\''b'"},
        {"'", "''\\'''"},
        {"a\\", "'a\\'"},
        {"\"$`", "'\"$`'"},
        {"a;b", "'a;b'"},
        {"*", "'*'"},
        {"a\r", "'a\r'"},
        {"%s", "%s"},
    };

    for (size_t i = 0; i < sizeof quoted / sizeof quoted[0]; i++) {
        char buffer[100];
        struct strbuf text = strbuf_in(buffer, sizeof buffer);

        shellwords_quote(&text, quoted[i][0]);
        ck_assert_str_eq(buffer, quoted[i][1]);
    }
}
END_TEST

static const char letters[] = "a \t\n\r'\"\\$;#\xA4";
enum { LETTERS = sizeof letters - 1, THREE_LETTERS = LETTERS * LETTERS * LETTERS };

struct three_letters {
    char word[4];
};

/* The word of that number, with the letters as its digits. */
static struct three_letters three_letters(int number)
{
    return (struct three_letters){{letters[number % LETTERS], letters[number / LETTERS % LETTERS],
                                   letters[number / LETTERS / LETTERS], '\0'}};
}

START_TEST(quoted_words_come_back_from_words_of_shell)
{
    static char buffer[THREE_LETTERS * 20];
    struct strbuf text = strbuf_in(buffer, sizeof buffer);
    struct error error = {0};
    char **words;

    for (int i = 0; i < THREE_LETTERS; i++) {
        shellwords_quote(&text, three_letters(i).word);
        strbuf_add(&text, " ");
    }
    words = shellwords_of_shell(buffer, &error);
    ck_assert_msg(words != NULL, "%s", error.reason);
    for (int i = 0; i < THREE_LETTERS; i++) {
        ck_assert_ptr_nonnull(words[i]);
        ck_assert_str_eq(words[i], three_letters(i).word);
    }
    ck_assert_ptr_null(words[THREE_LETTERS]);
    free(words);
}
END_TEST

START_TEST(a_word_of_100_kilobytes_comes_back_too)
{
    enum { SIZE = 100 * 1024, QUOTED = 4 * SIZE + 3 };
    char *word = malloc(SIZE + 1);
    char *buffer = malloc(QUOTED);
    struct strbuf text;
    struct error error = {0};
    char **words;

    ck_assert(word != NULL && buffer != NULL);
    for (size_t i = 0; i < SIZE; i++)
        word[i] = "a 'b\\"[i % 5];
    word[SIZE] = '\0';
    text = strbuf_in(buffer, QUOTED);
    shellwords_quote(&text, word);
    words = shellwords_of_shell(buffer, &error);
    ck_assert_ptr_nonnull(words);
    ck_assert_str_eq(words[0], word);
    ck_assert_ptr_null(words[1]);
    free(words);
    free(buffer);
    free(word);
}
END_TEST

TCase *shellwords_case(void)
{
    const TTest *const tests[] = {a_command_is_split_as_a_posix_shell_splits_it,
                                  a_line_end_behind_a_backslash_counts_as_nothing,
                                  what_else_a_shell_knows_is_plain_text,
                                  a_command_has_no_operators_redirections_and_comments,
                                  a_text_without_words_has_none,
                                  an_open_quote_and_a_backslash_at_the_end_are_named,
                                  a_word_is_quoted_only_where_it_needs_that,
                                  quoted_words_come_back_from_words_of_shell,
                                  a_word_of_100_kilobytes_comes_back_too,
                                  NULL};

    return case_of("shellwords", tests);
}
