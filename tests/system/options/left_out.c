/*
 * left_out.c - a build that leaves rooms out: its options say so, and its help does not list them
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "system/system.h"

static const struct {
    const char *option;
    const char *room;
} left_out[] = {
    {"--unshare", "NSINIT_WITH_NAMESPACES"}, {"--mount", "NSINIT_WITH_NAMESPACES"},
    {"--rlimit", "NSINIT_WITH_PROCESS"},     {"--restart", "NSINIT_WITH_SUPERVISION"},
    {"--notify", "NSINIT_WITH_SUPERVISION"}, {"--pod", "NSINIT_WITH_PODS"},
    {"--check", "NSINIT_WITH_PODS"},         {"--report", "NSINIT_WITH_REPORT"},
    {"--control", "NSINIT_WITH_NSCTL"},      {"--watchdog-device", "NSINIT_WITH_MACHINE"},
};

/* Whether the preset init has been built: the tests run its binary, whatever NSINIT is. */
static bool has_init_preset(const char *test)
{
    if (access(INIT_BINARY, X_OK) == 0)
        return true;
    skip_test(test, "the preset init is not built: contrib/test init");
    return false;
}

#define INIT_ALONE(...) COMMAND(INIT_BINARY, __VA_ARGS__)

START_TEST(an_option_of_a_room_that_is_left_out_names_the_build_option)
{
    struct process process;
    char expected[120];

    if (!has_init_preset("an_option_of_a_room_that_is_left_out_names_the_build_option"))
        return;
    snprintf(expected, sizeof expected, "nsinit: %s: this nsinit was built without it (%s)\n",
             left_out[_i].option, left_out[_i].room);
    ck_assert_int_eq(
        process_run(&process, &(struct process_options){.arguments = INIT_ALONE(left_out[_i].option,
                                                                                "--", "true")}),
        125);
    ck_assert_str_eq(process.errors.text, expected);
}
END_TEST

/* As for the options of the build, a beginning is enough, and a slip gets a suggestion. */
START_TEST(a_left_out_option_is_recognized_like_any_other)
{
    struct process process;

    if (!has_init_preset("a_left_out_option_is_recognized_like_any_other"))
        return;
    process_run(&process,
                &(struct process_options){.arguments = INIT_ALONE("--unsh=pid", "--", "true")});
    ck_assert_str_eq(process.errors.text, "nsinit: --unshare: this nsinit was built without it "
                                          "(NSINIT_WITH_NAMESPACES)\n");
    process_run(&process,
                &(struct process_options){.arguments = INIT_ALONE("--restrat", "--", "true")});
    ck_assert_contains(process.errors.text, "did you mean --restart?");
    process_run(&process,
                &(struct process_options){.arguments = COMMAND("env", "NSINIT_RESTART=always",
                                                               INIT_BINARY, "--", "true")});
    ck_assert_contains(process.errors.text, "NSINIT_RESTART=always: this nsinit was built without "
                                            "it (NSINIT_WITH_SUPERVISION)");
}
END_TEST

START_TEST(the_help_does_not_list_options_of_rooms_that_are_left_out)
{
    struct process process;

    if (!has_init_preset("the_help_does_not_list_options_of_rooms_that_are_left_out"))
        return;
    process_run(&process, &(struct process_options){.arguments = INIT_ALONE("--help")});
    for (size_t i = 0; i < sizeof left_out / sizeof left_out[0]; i++)
        ck_assert_ptr_null(strstr(process.output.text, left_out[i].option));
    ck_assert_contains(process.output.text, "--stop");
}
END_TEST

TCase *left_out_case(void)
{
    const TTest *const tests[] = {a_left_out_option_is_recognized_like_any_other,
                                  the_help_does_not_list_options_of_rooms_that_are_left_out, NULL};
    TCase *tcase = case_of("left_out", tests);

    tcase_add_loop_test(tcase, an_option_of_a_room_that_is_left_out_names_the_build_option, 0,
                        sizeof left_out / sizeof left_out[0]);
    return tcase;
}
