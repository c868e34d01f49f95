/*
 * cmdline.c - tests of src/options: the command line, the environment, the names of other inits
 */
#include "options/invocation.h"

#include <string.h>

#include "unit/unit.h"

#define WORDS(...) ((char *[]){__VA_ARGS__, NULL})
#define NOTHING ((char *[]){NULL})

static struct invocation invocation;
static struct error error;

static int read_as(const char *name, char **words, char **environment)
{
    error = (struct error){0};
    return options_read(&invocation, dropin_of(name), words, environment, &error);
}

static void must_read(char **words, char **environment)
{
    ck_assert_msg(read_as("nsinit", words, environment) == 0, "%s: %s", error.subject,
                  error.reason);
}

static void must_fail(char **words, char **environment, const char *subject, const char *reason)
{
    ck_assert_int_eq(read_as("nsinit", words, environment), -1);
    ck_assert_msg(strstr(error.subject, subject) != NULL, "it is about '%s'", error.subject);
    ck_assert_msg(strstr(error.reason, reason) != NULL, "it says '%s'", error.reason);
    ck_assert_int_eq(error.kind, ERROR_USAGE);
}

START_TEST(reading_ends_at_the_program)
{
    must_read(WORDS("nsinit", "-g", "ls", "-l", "--help"), NOTHING);
    ck_assert(invocation.main_service.forward_to_group);
    ck_assert_int_eq(invocation.action, ACTION_RUN);
    ck_assert_str_eq(invocation.main_service.arguments[0], "ls");
    ck_assert_str_eq(invocation.main_service.arguments[2], "--help");
    must_read(WORDS("nsinit", "--", "-g"), NOTHING);
    ck_assert_str_eq(invocation.main_service.arguments[0], "-g");
    ck_assert(!invocation.main_service.forward_to_group);
    must_read(WORDS("nsinit", "-"), NOTHING);
    ck_assert_str_eq(invocation.main_service.arguments[0], "-");
}
END_TEST

START_TEST(letters_may_be_joined_and_take_their_argument_from_either_word)
{
    must_read(WORDS("nsinit", "-gsve3", "-e", "4", "-r15:3", "x"), NOTHING);
    ck_assert(invocation.main_service.forward_to_group && invocation.pod.subreaper);
    ck_assert_int_eq(invocation.pod.verbosity, LOG_INFO);
    ck_assert(exit_codes_have(&invocation.translation.success_codes, 3) &&
              exit_codes_have(&invocation.translation.success_codes, 4));
    ck_assert(!exit_codes_have(&invocation.translation.success_codes, 5));
    ck_assert_int_eq(invocation.translation.signals[SIGTERM], SIGQUIT);
}
END_TEST

START_TEST(long_options_take_both_forms_and_unambiguous_beginnings)
{
    must_read(WORDS("nsinit", "--remap-exit=3", "--remap-exit", "4", "--sub", "x"), NOTHING);
    ck_assert(exit_codes_have(&invocation.translation.success_codes, 3) &&
              exit_codes_have(&invocation.translation.success_codes, 4));
    ck_assert(invocation.pod.subreaper);
    must_read(WORDS("nsinit", "--group=no", "x"), NOTHING);
    ck_assert(!invocation.main_service.forward_to_group);
    must_fail(WORDS("nsinit", "--re", "x"), NOTHING, "--re", "could be --remap-exit or --rewrite");
}
END_TEST

START_TEST(mistakes_are_named_with_the_closest_spelling)
{
    must_fail(WORDS("nsinit", "--grup", "x"), NOTHING, "--grup", "did you mean --group?");
    must_fail(WORDS("nsinit", "-y", "x"), NOTHING, "-y", "unknown option");
    must_fail(WORDS("nsinit", "--", NULL), NOTHING, "usage", "no program");
    must_fail(WORDS("nsinit"), NOTHING, "usage", "no program");
    must_fail(WORDS("nsinit", "-e"), NOTHING, "-e", "needs an argument: CODE");
    must_fail(WORDS("nsinit", "--rewrite"), NOTHING, "--rewrite", "needs an argument: FROM:TO");
    must_fail(WORDS("nsinit", "-e", "256", "x"), NOTHING, "-e", "invalid exit code '256'");
    must_fail(WORDS("nsinit", "-e", "1x", "x"), NOTHING, "-e", "invalid exit code '1x'");
    must_fail(WORDS("nsinit", "-p", "SIGTREM", "x"), NOTHING, "-p", "did you mean TERM?");
    must_fail(WORDS("nsinit", "-r", "65:1", "x"), NOTHING, "-r", "use 1 to 64");
    must_fail(WORDS("nsinit", "-r", "1:2xyz", "x"), NOTHING, "-r", "unknown signal '2xyz'");
    must_fail(WORDS("nsinit", "-r", "TERM", "x"), NOTHING, "-r",
              "invalid value 'TERM': use FROM:TO");
    must_fail(WORDS("nsinit", "-r", "TERM:", "x"), NOTHING, "-r", "unknown signal ''");
    must_fail(WORDS("nsinit", "--group=maybe", "x"), NOTHING, "--group", "use yes or no");
    must_fail(WORDS("nsinit", "--drain=TERN", "x"), NOTHING, "--drain", "did you mean TERM?");
    must_fail(WORDS("nsinit", "-P", "x"), NOTHING, "--pause", "'x' is given");
    must_fail(WORDS("nsinit", "-vvv=3", "x"), NOTHING, "-=", "unknown option");
}
END_TEST

START_TEST(rewrites_take_names_and_numbers_and_0)
{
    must_read(WORDS("nsinit", "-r", "TERM:SIGQUIT", "-r", "hup:0", "-r", "RTMIN+2:10", "x"),
              NOTHING);
    ck_assert_int_eq(invocation.translation.signals[SIGTERM], SIGQUIT);
    ck_assert_int_eq(invocation.translation.signals[SIGHUP], 0);
    ck_assert_int_eq(invocation.translation.signals[36], 10);
    ck_assert_int_eq(invocation.translation.signals[SIGINT], SIGINT);
}
END_TEST

START_TEST(own_variables_are_read_and_not_passed_on)
{
    char *environment[] = {"A=1",
                           "NSINIT_GROUP=yes",
                           "NSINIT_REWRITE=TERM:QUIT HUP:0,USR1:USR2",
                           "NSINIT_VERSION=0.1",
                           "NSINIT_REMAP_EXIT=143",
                           "NSINIT_DRAIN=no",
                           "B=2",
                           "NSINIT_VERBOSE=3",
                           NULL};

    must_read(WORDS("nsinit", "x"), environment);
    ck_assert(invocation.main_service.forward_to_group);
    ck_assert(exit_codes_have(&invocation.translation.success_codes, 143));
    ck_assert_int_eq(invocation.translation.signals[SIGTERM], SIGQUIT);
    ck_assert_int_eq(invocation.translation.signals[SIGHUP], 0);
    ck_assert_int_eq(invocation.translation.signals[SIGUSR1], SIGUSR2);
    ck_assert_uint_eq(invocation.pod.drain.count, 0);
    ck_assert_int_eq(invocation.pod.verbosity, LOG_DEBUG);
    /* --version is no setting: images set NSINIT_VERSION for reasons of their own. */
    ck_assert_int_eq(invocation.action, ACTION_RUN);
    ck_assert_str_eq(environment[0], "A=1");
    ck_assert_str_eq(environment[1], "NSINIT_VERSION=0.1");
    ck_assert_str_eq(environment[2], "B=2");
    ck_assert_ptr_null(environment[3]);
}
END_TEST

START_TEST(the_command_line_wins_over_the_environment)
{
    must_read(WORDS("nsinit", "--drain=KILL", "-c", "--subreaper=no", "x"),
              WORDS("NSINIT_DRAIN=no", "NSINIT_GROUP=1", "NSINIT_SUBREAPER=1"));
    ck_assert_uint_eq(invocation.pod.drain.count, 1);
    ck_assert(!invocation.main_service.forward_to_group);
    ck_assert_int_eq(invocation.main_service.placement, PLACEMENT_INHERITED);
    ck_assert(!invocation.pod.subreaper);
}
END_TEST

START_TEST(an_unreadable_variable_is_named)
{
    must_fail(WORDS("nsinit", "x"), WORDS("NSINIT_GROUP=perhaps"), "NSINIT_GROUP=perhaps",
              "use yes or no");
    must_fail(WORDS("nsinit", "x"), WORDS("NSINIT_REWRITE=TERM:QUIT HUP"), "NSINIT_REWRITE",
              "invalid value 'HUP': use FROM:TO");
}
END_TEST

START_TEST(an_empty_variable_says_nothing)
{
    char *environment[] = {
        "NSINIT_STOP=",   "NSINIT_DRAIN=",   "NSINIT_GROUP=",   "NSINIT_VERBOSE=",
        "NSINIT_REPORT=", "TINI_VERBOSITY=", "NSINIT_REWRITE=", NULL};

    must_read(WORDS("nsinit", "x"), environment);
    ck_assert_ptr_null(invocation.main_service.supervision.stop);
    ck_assert_uint_eq(invocation.pod.drain.count, 2);
    ck_assert_int_eq(invocation.pod.verbosity, LOG_WARNING);
    ck_assert_uint_eq(invocation.diagnostic_count, 0);
    ck_assert_str_eq(environment[0], "TINI_VERBOSITY=");
    ck_assert_ptr_null(environment[1]);
    /* A name's own default stays, too. */
    ck_assert_int_eq(read_as("dumb-init", WORDS("dumb-init", "x"), WORDS("NSINIT_GROUP=")), 0);
    ck_assert(invocation.main_service.forward_to_group);
}
END_TEST

START_TEST(an_unreadable_variable_of_another_init_is_a_warning)
{
    must_read(WORDS("nsinit", "x"), WORDS("TINI_VERBOSITY=loud"));
    ck_assert_int_eq(invocation.pod.verbosity, LOG_WARNING);
    ck_assert_uint_eq(invocation.diagnostic_count, 1);
    ck_assert_int_eq(invocation.diagnostics[0].level, LOG_WARNING);
    ck_assert_str_eq(invocation.diagnostics[0].error.subject,
                     "environment variable TINI_VERBOSITY=loud");
}
END_TEST

static void is_warned_of(char **environment, const char *reason)
{
    must_read(WORDS("nsinit", "x"), environment);
    ck_assert_uint_eq(invocation.diagnostic_count, reason != NULL);
    if (reason != NULL)
        ck_assert_str_eq(invocation.diagnostics[0].error.reason, reason);
}

START_TEST(a_misspelt_variable_is_a_warning_and_a_foreign_one_is_not)
{
    is_warned_of(WORDS("NSINIT_GROUPP=1"), "unknown variable; did you mean NSINIT_GROUP?");
    is_warned_of(WORDS("NSINIT_READYFD=3"), "unknown variable; did you mean NSINIT_READY_FD?");
    is_warned_of(WORDS("NSINIT_group=1"), "unknown variable; did you mean NSINIT_GROUP?");
    is_warned_of(WORDS("NSINIT_USER=nobody"), "is ignored: --user can't be set by a variable");
    is_warned_of(WORDS("NSINIT_COMMAND=x"), "is ignored: command can't be set by a variable");
    is_warned_of(WORDS("NSINIT_VERSION=1.2"), NULL);
    is_warned_of(WORDS("NSINIT_DIRECTORY=/opt"), NULL);
    /* A hook's. */
    is_warned_of(WORDS("NSINIT_USER=/proc/7/fd/5", "NSINIT_PID=7"), NULL);
    is_warned_of(WORDS("OTHER_GROUPP=1", "NSINIT_GROUPP="), NULL);
}
END_TEST

START_TEST(a_mistake_of_a_variable_is_not_the_command_lines)
{
    must_fail(WORDS("nsinit", "x"), WORDS("NSINIT_PAUSE=1"), "environment variable NSINIT_PAUSE=1",
              "'x' is given");
    must_fail(WORDS("nsinit", "x"), WORDS("NSINIT_STOP_ALL=1"),
              "environment variable NSINIT_STOP_ALL=1", "needs --stop");
    must_fail(WORDS("nsinit", "--pod", "/none"), WORDS("NSINIT_PAUSE=1"), "NSINIT_PAUSE=1",
              "excludes --pod");
    must_fail(WORDS("nsinit", "-P", "x"), NOTHING, "--pause", "'x' is given");
}
END_TEST

START_TEST(an_option_without_effect_is_a_warning)
{
    must_read(WORDS("nsinit", "--health-interval", "1", "x"), WORDS("NSINIT_RESTART_DELAY=1"));
    ck_assert_uint_eq(invocation.diagnostic_count, 2);
    ck_assert_str_eq(invocation.diagnostics[0].error.subject,
                     "environment variable NSINIT_RESTART_DELAY=1");
    ck_assert_str_eq(invocation.diagnostics[0].error.reason, "has no effect without --restart");
    ck_assert_str_eq(invocation.diagnostics[1].error.subject, "--health-interval");
    ck_assert_str_eq(invocation.diagnostics[1].error.reason, "has no effect without --health-cmd");
    must_read(WORDS("nsinit", "--health-interval", "1", "--health-cmd", "x", "x"), NOTHING);
    ck_assert_uint_eq(invocation.diagnostic_count, 0);
}
END_TEST

#define IS_REFUSED(option, value, reason) \
    must_fail(WORDS("nsinit", option, value, "x"), NOTHING, option, reason)

START_TEST(an_empty_word_of_a_list_is_refused)
{
    IS_REFUSED("--unshare", "", "unknown namespace ''");
    IS_REFUSED("--unshare", "net,", "unknown namespace ''");
    IS_REFUSED("--unshare", "net,,uts", "unknown namespace ''");
    IS_REFUSED("--enter", "net,=1", "unknown namespace ''");
    IS_REFUSED("--cap-drop", "", "unknown capability ''");
    IS_REFUSED("--cap-add", "chown,", "unknown capability ''");
}
END_TEST

START_TEST(of_two_words_for_one_thing_none_is_dropped)
{
    must_fail(WORDS("nsinit", "--unshare", "user", "--map-auto", "--map-users", "0:1:1", "x"),
              NOTHING, "--map-auto", "excludes --map-users");
    must_fail(WORDS("nsinit", "--unshare", "user", "--map-auto", "--map-groups", "0:1:1", "x"),
              NOTHING, "--map-auto", "excludes --map-groups");
    must_fail(WORDS("nsinit", "--unshare", "user", "--map-auto", "--map-root-user", "x"), NOTHING,
              "--map-root-user", "excludes --map-auto");
    must_fail(WORDS("nsinit", "--enter", "net=1", "--enter", "uts,net=2", "x"), NOTHING, "--enter",
              "net is entered twice");
    must_fail(WORDS("nsinit", "--enter", "all=1", "--enter", "net=2", "x"), NOTHING, "--enter",
              "net is entered twice");
    must_read(WORDS("nsinit", "--enter", "net=1", "--enter", "uts=2", "--unshare", "net", "x"),
              NOTHING);
}
END_TEST

START_TEST(docker_words_that_nsinit_lacks_come_with_a_hint)
{
    IS_REFUSED("--restart", "unless-stopped", "use no, on-failure[:MAX] or always");
    ck_assert_ptr_nonnull(strstr(error.hint, "use always"));
    must_fail(WORDS("nsinit", "--pod", "/none", "bash"), NOTHING, "--pod", "'bash' is given");
    ck_assert_ptr_nonnull(strstr(error.hint, "docker run --entrypoint bash IMAGE"));
}
END_TEST

START_TEST(a_stop_without_a_signal_is_refused)
{
    IS_REFUSED("--stop", "15/10/9", "duration '10' follows a duration");
    IS_REFUSED("--stop", "10", "it has no signal");
    IS_REFUSED("--stop", "forever", "it has no signal");
    IS_REFUSED("--drain", "10", "it has no signal");
    must_read(WORDS("nsinit", "--drain", "forever", "--stop", "-15/10/-9", "x"), NOTHING);
    ck_assert_int_eq(invocation.main_service.supervision.stop->steps[0].signal_number, SIGTERM);
}
END_TEST

START_TEST(variables_of_other_inits_work_and_are_passed_on)
{
    char *environment[] = {"TINI_SUBREAPER=", "TINI_KILL_PROCESS_GROUP=0", "TINI_VERBOSITY=9",
                           NULL};

    must_read(WORDS("nsinit", "x"), environment);
    ck_assert(invocation.pod.subreaper && invocation.main_service.forward_to_group);
    ck_assert_int_eq(invocation.pod.verbosity, LOG_TRACE);
    ck_assert_str_eq(environment[1], "TINI_KILL_PROCESS_GROUP=0");
    ck_assert_int_eq(read_as("dumb-init", WORDS("dumb-init", "x"), WORDS("DUMB_INIT_SETSID=1")), 0);
    ck_assert_int_eq(invocation.main_service.placement, PLACEMENT_SESSION);
    ck_assert_int_eq(read_as("dumb-init", WORDS("dumb-init", "x"), WORDS("DUMB_INIT_SETSID=0")), 0);
    ck_assert_int_eq(invocation.main_service.placement, PLACEMENT_INHERITED);
    ck_assert(!invocation.main_service.forward_to_group);
    ck_assert_int_eq(read_as("dumb-init", WORDS("dumb-init", "x"), WORDS("DUMB_INIT_DEBUG=1")), 0);
    ck_assert_int_eq(invocation.pod.verbosity, LOG_DEBUG);
}
END_TEST

START_TEST(the_name_chooses_the_defaults)
{
    ck_assert_int_eq(read_as("/usr/bin/dumb-init", WORDS("dumb-init", "x"), NOTHING), 0);
    ck_assert(invocation.main_service.forward_to_group);
    ck_assert_int_eq(invocation.translation.signals[SIGTSTP], SIGSTOP);
    ck_assert_int_eq(read_as("dumb-init", WORDS("dumb-init", "-c", "x"), NOTHING), 0);
    ck_assert_int_eq(invocation.translation.signals[SIGTSTP], SIGTSTP);
    ck_assert_int_eq(read_as("dumb-init", WORDS("dumb-init", "-r", "TSTP:USR1", "x"), NOTHING), 0);
    ck_assert_int_eq(invocation.translation.signals[SIGTSTP], SIGUSR1);
    ck_assert_int_eq(read_as("tini", WORDS("tini", "x"), NOTHING), 0);
    ck_assert_uint_eq(invocation.pod.drain.count, 0);
    ck_assert_int_eq(invocation.translation.signals[SIGCHLD], 0);
    ck_assert_int_eq(read_as("catatonit", WORDS("catatonit", "-P"), NOTHING), 0);
    ck_assert(invocation.pod.subreaper);
    ck_assert_uint_eq(invocation.pod.service_count, 0);
    ck_assert_ptr_eq(dropin_of("/init"), dropin_of("nsinit"));
    ck_assert_ptr_eq(dropin_of("/sbin/docker-init"), dropin_of("tini-static"));
    ck_assert_ptr_eq(dropin_of("podman-init"), dropin_of("catatonit"));
}
END_TEST

START_TEST(help_version_and_licence_need_no_program)
{
    must_read(WORDS("nsinit", "-h"), NOTHING);
    ck_assert_int_eq(invocation.action, ACTION_HELP);
    must_read(WORDS("nsinit", "--version", "-h"), NOTHING);
    ck_assert_int_eq(invocation.action, ACTION_VERSION);
    must_read(WORDS("nsinit", "-L"), NOTHING);
    ck_assert_int_eq(invocation.action, ACTION_LICENSE);
    ck_assert_ptr_nonnull(strstr(options_license(), "without restriction"));
}
END_TEST

TCase *cmdline_case(void)
{
    const TTest *const tests[] = {reading_ends_at_the_program,
                                  letters_may_be_joined_and_take_their_argument_from_either_word,
                                  long_options_take_both_forms_and_unambiguous_beginnings,
                                  mistakes_are_named_with_the_closest_spelling,
                                  rewrites_take_names_and_numbers_and_0,
                                  own_variables_are_read_and_not_passed_on,
                                  the_command_line_wins_over_the_environment,
                                  an_unreadable_variable_is_named,
                                  an_empty_variable_says_nothing,
                                  an_unreadable_variable_of_another_init_is_a_warning,
                                  a_misspelt_variable_is_a_warning_and_a_foreign_one_is_not,
                                  a_mistake_of_a_variable_is_not_the_command_lines,
                                  an_option_without_effect_is_a_warning,
                                  an_empty_word_of_a_list_is_refused,
                                  of_two_words_for_one_thing_none_is_dropped,
                                  docker_words_that_nsinit_lacks_come_with_a_hint,
                                  a_stop_without_a_signal_is_refused,
                                  variables_of_other_inits_work_and_are_passed_on,
                                  the_name_chooses_the_defaults,
                                  help_version_and_licence_need_no_program,
                                  NULL};

    return case_of("cmdline", tests);
}
