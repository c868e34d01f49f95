/*
 * set_supervision.c - tests of options/set_supervision.c: the command line and the environment
 */
#include "options/invocation.h"

#include <string.h>

#include "unit/unit.h"

#define WORDS(...) ((char *[]){__VA_ARGS__, NULL})
#define NOTHING ((char *[]){NULL})

static struct invocation invocation;
static struct error error;

static int read_words(char **words, char **environment)
{
    error = (struct error){0};
    return options_read(&invocation, dropin_of("nsinit"), words, environment, &error);
}

static void must_read(char **words, char **environment)
{
    ck_assert_msg(read_words(words, environment) == 0, "%s: %s", error.subject, error.reason);
}

static void must_fail(char **words, char **environment, const char *subject, const char *reason)
{
    ck_assert_int_eq(read_words(words, environment), -1);
    ck_assert_str_eq(error.subject, subject);
    ck_assert_msg(strstr(error.reason, reason) != NULL, "it says '%s'", error.reason);
    ck_assert_int_eq(error.kind, ERROR_USAGE);
}

static const struct supervision *supervision_of(char **words)
{
    must_read(words, NOTHING);
    return &invocation.main_service.supervision;
}

START_TEST(supervision_is_planned_by_its_options)
{
    const struct supervision *plan = supervision_of(WORDS(
        "nsinit", "--restart", "on-failure:5", "--restart-delay=1s..5s", "--stop", "QUIT/30/KILL",
        "--stop-all", "--notify", "--ready-timeout", "2m", "--watchdog=500ms", "--health-interval",
        "1", "--health-timeout=2", "--health-retries", "4", "--health-start-period", "0", "x"));

    ck_assert_int_eq(plan->restart.policy, RESTART_ON_FAILURE);
    ck_assert_uint_eq(plan->restart.most, 5);
    ck_assert_uint_eq(plan->restart.first_ms, 1000);
    ck_assert_uint_eq(plan->restart.cap_ms, 5000);
    ck_assert_uint_eq(plan->stop->count, 2);
    ck_assert_int_eq(plan->stop->steps[0].signal_number, SIGQUIT);
    ck_assert_uint_eq(plan->stop->steps[0].wait_ms, 30000);
    ck_assert(plan->stop_all && plan->notify);
    ck_assert_uint_eq(plan->ready_timeout_ms, 120000);
    ck_assert_uint_eq(plan->watchdog_ms, 500);
    ck_assert_uint_eq(plan->health.interval_ms, 1000);
    ck_assert_uint_eq(plan->health.timeout_ms, 2000);
    ck_assert_uint_eq(plan->health.retries, 4);
    ck_assert_uint_eq(plan->health.start_period_ms, 0);
    ck_assert_int_eq(supervision_of(WORDS("nsinit", "--ready-fd", "3", "x"))->ready_fd, 3);
    ck_assert_int_eq(supervision_of(WORDS("nsinit", "--ready-fd=1023", "x"))->ready_fd, 1023);
}
END_TEST

/* Delay and policy are two options of one plan. */
START_TEST(restart_options_come_in_any_order)
{
    const struct supervision *plan =
        supervision_of(WORDS("nsinit", "--restart-delay", "5s", "--restart", "always", "x"));

    ck_assert_int_eq(plan->restart.policy, RESTART_ALWAYS);
    ck_assert_uint_eq(plan->restart.first_ms, 5000);
    plan = supervision_of(WORDS("nsinit", "--restart=always", "--restart=no", "x"));
    ck_assert_int_eq(plan->restart.policy, RESTART_NO);
}
END_TEST

START_TEST(no_is_no_stop_schedule)
{
    ck_assert_ptr_null(supervision_of(WORDS("nsinit", "--stop=TERM", "--stop=no", "x"))->stop);
}
END_TEST

START_TEST(a_health_command_is_for_the_shell)
{
    const struct health_check *health =
        &supervision_of(WORDS("nsinit", "--health-cmd", "curl -f x || exit 1", "x"))->health;

    ck_assert_str_eq(health->command, "curl -f x || exit 1");
    ck_assert_ptr_null(health->words);
    supervision_of(WORDS("nsinit", "--health-cmd=[ -e /run/ready ]", "x"));
    ck_assert_str_eq(health->command, "[ -e /run/ready ]");
    ck_assert_ptr_null(health->words);
}
END_TEST

START_TEST(a_health_command_in_json_needs_no_shell)
{
    const struct health_check *health =
        &supervision_of(WORDS("nsinit", "--health-cmd", "[\"/app\", \"--check me\"]", "x"))->health;

    ck_assert_ptr_nonnull(health->command);
    ck_assert_ptr_nonnull(health->words);
    ck_assert_str_eq(health->words[0], "/app");
    ck_assert_str_eq(health->words[1], "--check me");
    ck_assert_ptr_null(health->words[2]);
    options_free(&invocation);
}
END_TEST

START_TEST(the_last_health_command_counts)
{
    const struct health_check *health =
        &supervision_of(WORDS("nsinit", "--health-cmd=[\"a\"]", "--health-cmd=[\"b\"]", "x"))
             ->health;

    ck_assert_str_eq(health->words[0], "b");
    options_free(&invocation);
    supervision_of(WORDS("nsinit", "--health-cmd=[\"a\"]", "--health-cmd=b", "x"));
    ck_assert_str_eq(health->command, "b");
    ck_assert_ptr_null(health->words);
    /* An image's own is switched off so. */
    supervision_of(WORDS("nsinit", "--health-cmd=[\"a\"]", "--health-cmd=", "x"));
    ck_assert_ptr_null(health->command);
    ck_assert_ptr_null(health->words);
}
END_TEST

START_TEST(a_log_prefix_is_the_name_unless_it_is_said)
{
    static const struct {
        char *word;
        enum log_prefix prefix;
    } forms[] = {
        {"--log-prefix", LOG_PREFIX_NAME},      {"--log-prefix=name", LOG_PREFIX_NAME},
        {"--log-prefix=NAME", LOG_PREFIX_NAME}, {"--log-prefix=yes", LOG_PREFIX_NAME},
        {"--log-prefix=1", LOG_PREFIX_NAME},    {"--log-prefix=time", LOG_PREFIX_TIME},
        {"--log-prefix=Time", LOG_PREFIX_TIME}, {"--log-prefix=no", LOG_PREFIX_NONE},
        {"--log-prefix=off", LOG_PREFIX_NONE},  {"--log-prefix=", LOG_PREFIX_NONE},
    };

    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++)
        ck_assert_msg(
            supervision_of(WORDS("nsinit", "--log-prefix=time", forms[i].word, "x"))->log_prefix ==
                forms[i].prefix,
            "%s", forms[i].word);
    /* The next word is the program, not the option's. */
    supervision_of(WORDS("nsinit", "--log-prefix", "time", "x"));
    ck_assert_str_eq(invocation.main_service.arguments[0], "time");
}
END_TEST

START_TEST(a_log_format_takes_the_output_of_services_that_say_nothing_else)
{
    ck_assert_int_eq(supervision_of(WORDS("nsinit", "x"))->log_prefix, LOG_PREFIX_NONE);
    ck_assert_int_eq(invocation.pod.log_format, LOG_PLAIN);
    ck_assert_int_eq(supervision_of(WORDS("nsinit", "--log-format", "json", "x"))->log_prefix,
                     LOG_PREFIX_NAME);
    ck_assert_int_eq(invocation.pod.log_format, LOG_JSON);
    ck_assert_int_eq(supervision_of(WORDS("nsinit", "--log-format=time", "x"))->log_prefix,
                     LOG_PREFIX_NAME);
    ck_assert_int_eq(
        supervision_of(WORDS("nsinit", "--log-format=time", "--log-prefix=no", "x"))->log_prefix,
        LOG_PREFIX_NONE);
    ck_assert_int_eq(supervision_of(WORDS("nsinit", "--log-format=plain", "x"))->log_prefix,
                     LOG_PREFIX_NONE);
}
END_TEST

START_TEST(mistakes_in_supervision_are_named)
{
    static char *const wrong[][2] = {
        {"--restart=alway", "did you mean always?"},
        {"--restart=on-failure:x",
         "invalid restart policy 'on-failure:x': use no, on-failure[:MAX] or always"},
        {"--restart-delay=2..1", "the cap is less than the first delay"},
        {"--restart-delay=x", "invalid delay 'x': use FIRST or FIRST..CAP"},
        {"--stop=TERN/1", "did you mean TERM?"},
        {"--stop=", "invalid schedule ''"},
        {"--stop-all=maybe", "use yes or no"},
        {"--stop-all", "needs --stop SCHEDULE"},
        {"--notify=perhaps", "use yes or no"},
        {"--ready-fd=2", "invalid descriptor '2': use 3 to 1023"},
        {"--ready-fd=1024", "invalid descriptor '1024': use 3 to 1023"},
        {"--ready-fd=x", "invalid descriptor 'x'"},
        {"--ready-timeout=x", "invalid duration 'x'"},
        {"--ready-timeout=1", "needs --notify or --ready-fd"},
        {"--watchdog=1d", "invalid duration '1d'"},
        {"--health-interval=0", "invalid duration '0': use more than 0"},
        {"--health-interval=x", "invalid duration 'x'"},
        {"--health-timeout=0ms", "invalid duration '0ms': use more than 0"},
        {"--health-retries=0", "invalid number '0': use 1 or more"},
        {"--health-retries=2147483648", "invalid number '2147483648': use 1 or more"},
        {"--health-start-period=x", "invalid duration 'x'"},
        {"--log-format=xml", "unknown log format 'xml': use plain, time or json"},
        {"--log-prefix=date", "unknown prefix 'date': use no, name or time"},
    };

    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        char subject[64] = "";

        /* The option's name alone. */
        memcpy(subject, wrong[i][0], strcspn(wrong[i][0], "="));
        must_fail(WORDS("nsinit", wrong[i][0], "x"), NOTHING, subject, wrong[i][1]);
    }
}
END_TEST

START_TEST(supervision_is_planned_by_variables_too)
{
    char *environment[] = {"NSINIT_RESTART=on-failure:2",
                           "NSINIT_RESTART_DELAY=1..2",
                           "NSINIT_STOP=TERM/5/KILL",
                           "NSINIT_STOP_ALL=yes",
                           "NSINIT_NOTIFY=1",
                           "NSINIT_READY_FD=4",
                           "NSINIT_READY_TIMEOUT=7",
                           "NSINIT_WATCHDOG=8",
                           "NSINIT_HEALTH_CMD=[\"a b\", \"c, d\"]",
                           "NSINIT_HEALTH_INTERVAL=9",
                           "NSINIT_HEALTH_TIMEOUT=10",
                           "NSINIT_HEALTH_RETRIES=11",
                           "NSINIT_HEALTH_START_PERIOD=12",
                           "NSINIT_LOG_PREFIX=time",
                           NULL};
    const struct supervision *plan = &invocation.main_service.supervision;

    must_read(WORDS("nsinit", "x"), environment);
    ck_assert_int_eq(plan->restart.policy, RESTART_ON_FAILURE);
    ck_assert_uint_eq(plan->restart.most, 2);
    ck_assert_uint_eq(plan->restart.cap_ms, 2000);
    ck_assert_uint_eq(plan->stop->count, 2);
    ck_assert(plan->stop_all && plan->notify);
    ck_assert_int_eq(plan->ready_fd, 4);
    ck_assert_uint_eq(plan->ready_timeout_ms, 7000);
    ck_assert_uint_eq(plan->watchdog_ms, 8000);
    /* One value, not a list of words. */
    ck_assert_str_eq(plan->health.words[0], "a b");
    ck_assert_str_eq(plan->health.words[1], "c, d");
    ck_assert_uint_eq(plan->health.interval_ms, 9000);
    ck_assert_uint_eq(plan->health.timeout_ms, 10000);
    ck_assert_uint_eq(plan->health.retries, 11);
    ck_assert_uint_eq(plan->health.start_period_ms, 12000);
    ck_assert_int_eq(plan->log_prefix, LOG_PREFIX_TIME);
    ck_assert_ptr_null(environment[0]);
    options_free(&invocation);
}
END_TEST

START_TEST(the_command_line_wins_over_variables_of_supervision)
{
    const struct supervision *plan = &invocation.main_service.supervision;

    must_read(WORDS("nsinit", "--restart=no", "--stop=no", "--health-cmd=", "--log-prefix=no", "x"),
              WORDS("NSINIT_RESTART=always", "NSINIT_STOP=KILL", "NSINIT_HEALTH_CMD=[\"false\"]",
                    "NSINIT_LOG_PREFIX=time"));
    ck_assert_int_eq(plan->restart.policy, RESTART_NO);
    ck_assert_ptr_null(plan->stop);
    ck_assert(plan->health.command == NULL && plan->health.words == NULL);
    ck_assert_int_eq(plan->log_prefix, LOG_PREFIX_NONE);
}
END_TEST

START_TEST(a_mistake_in_a_variable_of_supervision_is_named)
{
    must_fail(WORDS("nsinit", "x"), WORDS("NSINIT_RESTART=alway"),
              "environment variable NSINIT_RESTART=alway", "did you mean always?");
    must_fail(WORDS("nsinit", "x"), WORDS("NSINIT_HEALTH_RETRIES=0"),
              "environment variable NSINIT_HEALTH_RETRIES=0", "invalid number '0': use 1 or more");
    must_fail(WORDS("nsinit", "x"), WORDS("NSINIT_LOG_PREFIX=date"),
              "environment variable NSINIT_LOG_PREFIX=date",
              "unknown prefix 'date': use no, name or time");
}
END_TEST

TCase *set_supervision_case(void)
{
    const TTest *const tests[] = {supervision_is_planned_by_its_options,
                                  restart_options_come_in_any_order,
                                  no_is_no_stop_schedule,
                                  a_health_command_is_for_the_shell,
                                  a_health_command_in_json_needs_no_shell,
                                  the_last_health_command_counts,
                                  a_log_prefix_is_the_name_unless_it_is_said,
                                  a_log_format_takes_the_output_of_services_that_say_nothing_else,
                                  mistakes_in_supervision_are_named,
                                  supervision_is_planned_by_variables_too,
                                  the_command_line_wins_over_variables_of_supervision,
                                  a_mistake_in_a_variable_of_supervision_is_named,
                                  NULL};

    return case_of("set_supervision", tests);
}
