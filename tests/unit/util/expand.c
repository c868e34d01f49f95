/*
 * expand.c - tests of util/expand.c
 */
#include "util/expand.h"

#include <stdlib.h>
#include <string.h>

#include "unit/unit.h"

static char *const environment[] = {
    "NAMES=longer",           "NAME=value", "EMPTY=", "_x1=y=z", "NAME=second",
    "AGAIN=${NAME} $${NAME}", "NAM",        NULL};

static void assert_becomes(const char *value, const char *expected)
{
    struct error error = {0};
    char *result = expand(value, environment, &error);

    ck_assert_msg(result != NULL, "%s: %s", value, error.reason);
    ck_assert_str_eq(result, expected);
    free(result);
}

START_TEST(variables_are_replaced)
{
    static const char *const values[][2] = {
        {"", ""},
        {"plain text", "plain text"},
        {"${NAME}", "value"},
        {"a${NAME}b${NAME}", "avaluebvalue"},
        {"${NAMES}", "longer"},
        {"${_x1}", "y=z"},
        {"[${EMPTY}]", "[]"},
        {"${NAME}${EMPTY}${NAMES}}", "valuelonger}"},
    };

    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        assert_becomes(values[i][0], values[i][1]);
}
END_TEST

START_TEST(a_default_stands_for_an_unset_and_for_an_empty_variable)
{
    static const char *const values[][2] = {
        {"${NAME:-default}", "value"},
        {"${UNSET:-default}", "default"},
        {"${EMPTY:-default}", "default"},
        {"[${UNSET:-}]", "[]"},
        {"[${EMPTY:-}]", "[]"},
        {"${NAM:-is no variable}", "is no variable"},
        {"${UNSET:-a b:-c}d}", "a b:-cd}"},
    };

    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        assert_becomes(values[i][0], values[i][1]);
}
END_TEST

START_TEST(any_other_dollar_sign_stands_for_itself)
{
    static const char *const values[][2] = {
        {"$", "$"},
        {"$$", "$$"},
        {"$NAME", "$NAME"},
        {"a$", "a$"},
        {"$(NAME) $1", "$(NAME) $1"},
        {"{NAME}", "{NAME}"},
        {"$ {NAME}", "$ {NAME}"},
        {"$$$${NAME}", "$$${NAME}"},
    };

    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        assert_becomes(values[i][0], values[i][1]);
}
END_TEST

START_TEST(two_dollar_signs_before_a_brace_stand_for_the_literal_text)
{
    static const char *const values[][2] = {
        {"$${NAME}", "${NAME}"},
        {"$${", "${"},
        {"$${NAME}${NAME}", "${NAME}value"},
        {"${NAME}$${1}", "value${1}"},
    };

    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        assert_becomes(values[i][0], values[i][1]);
}
END_TEST

START_TEST(what_was_put_in_is_not_looked_at_again)
{
    assert_becomes("${AGAIN}", "${NAME} $${NAME}");
    assert_becomes("${UNSET:-${AGAIN}}", "${NAME} $${NAME}");
}
END_TEST

START_TEST(a_default_may_have_variables_and_defaults_in_it)
{
    static const char *const values[][2] = {
        {"${UNSET:-${NAME}}", "value"},         {"${A:-${B:-c}}", "c"},
        {"${A:-${EMPTY:-${C:-d}e}f}g", "defg"}, {"${NAME:-${UNSET}}", "value"},
        {"${A:-x${NAME}y${B:-}z}", "xvalueyz"}, {"${UNSET:-$${NAME}", "${NAME"},
        {"${UNSET:-$${NAME}}", "${NAME}"},      {"${UNSET:-{a}", "{a"},
    };

    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        assert_becomes(values[i][0], values[i][1]);
}
END_TEST

START_TEST(defaults_lie_in_each_other_only_so_deep)
{
    char text[2000] = "";
    struct error error = {0};

    for (int i = 0; i < 100; i++)
        strcat(text, "${UNSET:-");
    ck_assert_ptr_null(expand(text, environment, &error));
    ck_assert_ptr_nonnull(strstr(error.reason, "defaults are nested"));
}
END_TEST

START_TEST(a_value_of_100_kilobytes_is_expanded_whole)
{
    enum { COUNT = 20000 };
    char *text = malloc(COUNT * strlen("${NAME}x") + 1);
    struct error error = {0};
    char *result;

    ck_assert_ptr_nonnull(text);
    for (size_t i = 0; i < COUNT; i++)
        strcpy(text + i * strlen("${NAME}x"), "${NAME}x");
    result = expand(text, environment, &error);
    ck_assert_ptr_nonnull(result);
    ck_assert_uint_eq(strlen(result), COUNT * strlen("valuex"));
    for (size_t i = 0; i < COUNT; i++)
        ck_assert(strncmp(result + i * strlen("valuex"), "valuex", strlen("valuex")) == 0);
    free(result);
    free(text);
}
END_TEST

START_TEST(what_is_wrong_is_named_with_the_way_out)
{
    static const char *const wrong[][2] = {
        {"${UNSET}", "UNSET is not set; write ${UNSET:-} for an empty default"},
        {"${NAM}", "NAM is not set; write ${NAM:-} for an empty default"},
        {"${NAME}${UNSET} ${OTHER}", "UNSET is not set; write ${UNSET:-} for an empty default"},
        {"${}", "the variable's name is missing behind ${; write $${ for a literal ${"},
        {"${", "the variable's name is missing behind ${; write $${ for a literal ${"},
        {"${1}", "the variable's name is missing behind ${; write $${ for a literal ${"},
        {"${:-x}", "the variable's name is missing behind ${; write $${ for a literal ${"},
        {"${ NAME}", "the variable's name is missing behind ${; write $${ for a literal ${"},
        {"${#NAME}", "the variable's name is missing behind ${; write $${ for a literal ${"},
        {"${NAME", "${NAME has no closing }; write $${ for a literal ${"},
        {"${NAME:-", "${NAME has no closing }; write $${ for a literal ${"},
        {"${NAME:-x ${", "the variable's name is missing behind ${; write $${ for a literal ${"},
        {"${NAME:-x ${NAME}", "${NAME has no closing }; write $${ for a literal ${"},
        {"${EMPTY:-${UNSET}}", "UNSET is not set; write ${UNSET:-} for an empty default"},
        {"${NAME }", "expected } or :- behind ${NAME; write $${ for a literal ${"},
        {"${NAME-x}", "expected } or :- behind ${NAME; write $${ for a literal ${"},
        {"${NAME:+x}", "expected } or :- behind ${NAME; write $${ for a literal ${"},
        {"${NAME:", "expected } or :- behind ${NAME; write $${ for a literal ${"},
        {"${N\xC3\xA4}", "expected } or :- behind ${N; write $${ for a literal ${"},
    };

    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct error error = {.kind = ERROR_FAILED};

        ck_assert_msg(expand(wrong[i][0], environment, &error) == NULL, "%s", wrong[i][0]);
        ck_assert_str_eq(error.reason, wrong[i][1]);
        ck_assert_int_eq(error.kind, ERROR_USAGE);
    }
}
END_TEST

START_TEST(a_message_with_a_very_long_name_keeps_its_way_out)
{
    char text[1000] = "${";
    struct error error = {0};

    memset(text + 2, 'N', 900);
    text[902] = '}';
    ck_assert_ptr_null(expand(text, environment, &error));
    ck_assert_ptr_nonnull(strstr(error.reason, "N is not set; write ${N"));
    ck_assert_ptr_nonnull(strstr(error.reason, ":-} for an empty default"));
}
END_TEST

TCase *expand_case(void)
{
    const TTest *const tests[] = {variables_are_replaced,
                                  a_default_stands_for_an_unset_and_for_an_empty_variable,
                                  any_other_dollar_sign_stands_for_itself,
                                  two_dollar_signs_before_a_brace_stand_for_the_literal_text,
                                  what_was_put_in_is_not_looked_at_again,
                                  a_default_may_have_variables_and_defaults_in_it,
                                  defaults_lie_in_each_other_only_so_deep,
                                  a_value_of_100_kilobytes_is_expanded_whole,
                                  what_is_wrong_is_named_with_the_way_out,
                                  a_message_with_a_very_long_name_keeps_its_way_out,
                                  NULL};

    return case_of("expand", tests);
}
