/*
 * optparse.c - tests of util/optparse.c
 */
#include "util/optparse.h"

#include <string.h>

#include "unit/unit.h"

static const struct optparse_option options[] = {
    {"group", 'g', 0, OPTPARSE_SWITCH, NULL},
    {"json", 'j', 'J', OPTPARSE_NONE, NULL},
    {"remap-exit", 'e', 0, OPTPARSE_REQUIRED, "CODE"},
    {"rewrite", 'r', 0, OPTPARSE_REQUIRED, "FROM:TO"},
    {"prefix", 'p', 0, OPTPARSE_OPTIONAL, "KIND"},
    {"re", 0, 0, OPTPARSE_NONE, NULL},
    {"stop", 0, 0, OPTPARSE_REQUIRED, "SCHEDULE"},
    {"stop-all", 0, 0, OPTPARSE_NONE, NULL},
};

static bool table(size_t index, struct optparse_option *option)
{
    if (index >= sizeof options / sizeof options[0])
        return false;
    *option = options[index];
    return true;
}

static struct optparse parser;
static struct error error;

#define READ(...) \
    (parser = (struct optparse){.table = table, .next = (char *[]){__VA_ARGS__, NULL}})

static void next_is_option(const char *name, const char *value, const char *subject)
{
    ck_assert_int_eq(optparse_next(&parser, &error), OPTPARSE_OPTION);
    ck_assert_str_eq(options[parser.index].name, name);
    ck_assert_pstr_eq(parser.value, value);
    ck_assert_str_eq(error.subject, subject);
}

static void next_is_word(const char *word)
{
    ck_assert_int_eq(optparse_next(&parser, &error), OPTPARSE_WORD);
    ck_assert_str_eq(parser.word, word);
}

static void next_is_end(void)
{
    ck_assert_int_eq(optparse_next(&parser, &error), OPTPARSE_END);
    ck_assert_int_eq(optparse_next(&parser, &error), OPTPARSE_END);
}

static void next_fails(const char *subject, const char *reason)
{
    ck_assert_int_eq(optparse_next(&parser, &error), OPTPARSE_ERROR);
    ck_assert_str_eq(error.subject, subject);
    ck_assert_str_eq(error.reason, reason);
    ck_assert_int_eq(error.kind, ERROR_USAGE);
}

START_TEST(letters_are_joined_and_the_last_takes_the_rest_or_the_next_word)
{
    READ("-gje3", "-e", "4", "-J", "-r", "-g");
    next_is_option("group", NULL, "-g");
    next_is_option("json", NULL, "-j");
    next_is_option("remap-exit", "3", "-e");
    next_is_option("remap-exit", "4", "-e");
    next_is_option("json", NULL, "-J");
    next_is_option("rewrite", "-g", "-r");
    next_is_end();
}
END_TEST

START_TEST(long_options_take_both_forms_of_a_value)
{
    READ("--remap-exit=3", "--remap-exit", "4", "--remap-exit=", "--remap-exit", "");
    next_is_option("remap-exit", "3", "--remap-exit");
    next_is_option("remap-exit", "4", "--remap-exit");
    next_is_option("remap-exit", "", "--remap-exit");
    next_is_option("remap-exit", "", "--remap-exit");
    next_is_end();
}
END_TEST

START_TEST(a_switch_takes_a_value_behind_its_equals_sign_alone)
{
    READ("--group=no", "--group", "no", "-g=");
    next_is_option("group", "no", "--group");
    next_is_option("group", NULL, "--group");
    next_is_word("no");
    next_is_option("group", NULL, "-g");
    next_fails("-=", "unknown option; --help lists all");
}
END_TEST

START_TEST(an_optional_value_is_never_the_next_word)
{
    READ("--prefix", "a", "--prefix=b", "-pc", "-p", "d");
    next_is_option("prefix", NULL, "--prefix");
    next_is_word("a");
    next_is_option("prefix", "b", "--prefix");
    next_is_option("prefix", "c", "-p");
    next_is_option("prefix", NULL, "-p");
    next_is_word("d");
    next_is_end();
}
END_TEST

START_TEST(a_beginning_that_only_one_name_has_is_enough)
{
    READ("--gr", "--rem", "1", "--re", "--stop", "2", "--stop-");
    next_is_option("group", NULL, "--group");
    next_is_option("remap-exit", "1", "--remap-exit");
    next_is_option("re", NULL, "--re");
    next_is_option("stop", "2", "--stop");
    next_is_option("stop-all", NULL, "--stop-all");
    next_is_end();
    READ("--r=1");
    next_fails("--r=1", "could be --remap-exit or --rewrite");
}
END_TEST

START_TEST(words_are_given_back_and_options_end_behind_two_dashes)
{
    READ("a", "-", "-g", "--", "-g", "--", "--json");
    next_is_word("a");
    next_is_word("-");
    next_is_option("group", NULL, "-g");
    next_is_word("-g");
    next_is_word("--");
    next_is_word("--json");
    next_is_end();
    READ("--");
    next_is_end();
    ck_assert(parser.has_ended);
}
END_TEST

START_TEST(the_caller_may_end_the_options)
{
    READ("a", "--group", "--");
    next_is_word("a");
    parser.has_ended = true;
    next_is_word("--group");
    next_is_word("--");
    next_is_end();
}
END_TEST

START_TEST(mistakes_are_named)
{
    READ("--grup");
    next_fails("--grup", "unknown option; did you mean --group?");
    READ("--grup=no");
    next_fails("--grup=no", "unknown option; did you mean --group?");
    READ("--=x");
    next_fails("--=x", "unknown option");
    READ("-gx");
    next_is_option("group", NULL, "-g");
    next_fails("-x", "unknown option; --help lists all");
    READ("-e");
    next_fails("-e", "needs an argument: CODE");
    READ("--rewrite");
    next_fails("--rewrite", "needs an argument: FROM:TO");
    READ("--json=yes");
    next_fails("--json=yes", "takes no argument");
}
END_TEST

TCase *optparse_case(void)
{
    const TTest *const tests[] = {letters_are_joined_and_the_last_takes_the_rest_or_the_next_word,
                                  long_options_take_both_forms_of_a_value,
                                  a_switch_takes_a_value_behind_its_equals_sign_alone,
                                  an_optional_value_is_never_the_next_word,
                                  a_beginning_that_only_one_name_has_is_enough,
                                  words_are_given_back_and_options_end_behind_two_dashes,
                                  the_caller_may_end_the_options,
                                  mistakes_are_named,
                                  NULL};

    return case_of("optparse", tests);
}
