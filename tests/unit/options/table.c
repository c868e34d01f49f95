/*
 * table.c - tests of options/table.c: the rows, the help that is made from them, and options that
 * a build leaves out
 */
#include "options/table.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "unit/unit.h"

static struct invocation invocation;
static struct error error;

static void must_read(char **words)
{
    char *environment[] = {NULL};

    error = (struct error){0};
    ck_assert_msg(options_read(&invocation, dropin_of("nsinit"), words, environment, &error) == 0,
                  "%s: %s", error.subject, error.reason);
}

static const char lower[] = "abcdefghijklmnopqrstuvwxyz";

/* Whether a line can be read without the line before it. */
static bool stands_alone(const char *help)
{
    static const char *const joining[] = {"Or",   "It", "Its", "Likewise", "The",
                                          "Same", "So", "Of",  "That",     "Their"};
    size_t length = 1 + strspn(help + 1, lower);

    if (!isupper((unsigned char)help[0]) || help[length] != ' ')
        return false;
    for (size_t i = 0; i < sizeof joining / sizeof joining[0]; i++)
        if (strlen(joining[i]) == length && strncmp(help, joining[i], length) == 0)
            return false;
    return true;
}

START_TEST(the_tables_rows_are_complete_and_unique)
{
    const struct option *option;
    size_t count = 0;

    for (; (option = option_at(count)) != NULL; count++) {
        ck_assert_uint_ne(option->valid, 0);
        ck_assert_msg(stands_alone(option->help), "--%s: %s", option->name, option->help);
        ck_assert_msg(strchr(option->help, '[') == NULL || strstr(option->help, "[default") == NULL,
                      "--%s: the default has a column", option->name);
        for (const char *at = option->name; *at != '\0'; at++)
            ck_assert(islower((unsigned char)*at) || isdigit((unsigned char)*at) || *at == '-');
        for (size_t j = 0; j < count; j++) {
            ck_assert_str_ne(option->name, option_at(j)->name);
            ck_assert(option->letter == 0 || option->letter != option_at(j)->letter);
        }
        ck_assert_uint_eq(option_index(option), count);
        ck_assert_ptr_eq(option_by_name(option->name), option);
    }
    ck_assert_uint_le(count, OPTIONS_MAX);
}
END_TEST

/* What the table prints as a default changes nothing when it is given. */
START_TEST(a_default_that_is_given_changes_nothing)
{
    static const char *const literal[] = {
        "restart",      "restart-delay",       "drain",          "setup-timeout",
        "hook-timeout", "health-interval",     "health-timeout", "health-retries",
        "log-format",   "health-start-period", "control-access", "watchdog-timeout"};
    static struct invocation without;

    for (size_t i = 0; i < sizeof literal / sizeof literal[0]; i++) {
        const struct option *option = option_by_name(literal[i]);
        char word[100];

        if (option->default_value == NULL)
            continue;
        must_read(((char *[]){"nsinit", "x", NULL}));
        without = invocation;
        snprintf(word, sizeof word, "--%s=%s", option->name, option->default_value);
        must_read(((char *[]){"nsinit", word, "x", NULL}));
        ck_assert_msg(memcmp(&invocation.main_service.supervision,
                             &without.main_service.supervision,
                             sizeof invocation.main_service.supervision) == 0,
                      "%s", word);
        ck_assert_msg(
            memcmp(&invocation.pod.drain, &without.pod.drain, sizeof invocation.pod.drain) == 0,
            "%s", word);
        ck_assert_int_eq(invocation.pod.log_format, without.pod.log_format);
        ck_assert_int_eq(invocation.main_service.control_access,
                         without.main_service.control_access);
        ck_assert_uint_eq(invocation.pod.watchdog.timeout_ms, without.pod.watchdog.timeout_ms);
    }
}
END_TEST

START_TEST(every_option_is_in_the_help)
{
    static char buffer[12 * 1024];
    struct strbuf text = strbuf_in(buffer, sizeof buffer);
    const struct option *option;

    options_help(&text, dropin_of("nsinit"), "nsinit");
    ck_assert_uint_lt(text.length,
                      sizeof buffer - 1); /* main.c prints it from a buffer of that size */
    for (size_t i = 0; (option = option_at(i)) != NULL; i++) {
        char name[64];
        char line[300];
        struct strbuf help = strbuf_in(line, sizeof line);

        snprintf(name, sizeof name, "%s%s%s", option_is_key_only(option) ? " " : "--", option->name,
                 option->argument_is_optional ? "[=" : " ");
        ck_assert_msg(strstr(buffer, name) != NULL, "%s is missing", name);
        option_add_help(&help, option);
        ck_assert_ptr_nonnull(strstr(buffer, line));
    }
    ck_assert_ptr_nonnull(strstr(buffer, " [default: 30s]\n"));
    ck_assert_ptr_nonnull(strstr(buffer, " [octal]\n"));
}
END_TEST

START_TEST(every_variable_of_another_init_stands_for_an_option)
{
    for (size_t i = 0; i < dropin_variable_count; i++)
        ck_assert_msg(option_by_name(dropin_variables[i].option) != NULL, "%s",
                      dropin_variables[i].name);
}
END_TEST

/* For a build that leaves rooms out, see system/options/left_out.c. */
START_TEST(the_full_build_leaves_no_option_out)
{
    error = (struct error){0};
    ck_assert_ptr_null(option_left_out(0));
    ck_assert_int_eq(option_check_built("unshare", &error), 0);
    ck_assert_int_eq(option_check_built("no-such-option", &error), 0);
    ck_assert_uint_gt(OPTIONS_MAX, option_index(NULL));
}
END_TEST

START_TEST(a_variable_is_named_after_its_option)
{
    char buffer[40];
    struct strbuf text = strbuf_in(buffer, sizeof buffer);

    option_add_variable(&text, option_by_name("ready-fd"));
    ck_assert_str_eq(buffer, "NSINIT_READY_FD");
}
END_TEST

TCase *table_case(void)
{
    const TTest *const tests[] = {the_tables_rows_are_complete_and_unique,
                                  a_default_that_is_given_changes_nothing,
                                  every_option_is_in_the_help,
                                  every_variable_of_another_init_stands_for_an_option,
                                  the_full_build_leaves_no_option_out,
                                  a_variable_is_named_after_its_option,
                                  NULL};

    return case_of("table", tests);
}
