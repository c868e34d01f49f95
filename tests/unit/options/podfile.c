/*
 * podfile.c - tests of options/podfile.c: a file becomes a pod, or an error with its place
 */
#include "options/podfile_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "unit/unit.h"

#define WORDS(...) ((char *[]){__VA_ARGS__, NULL})
#define NOTHING ((char *[]){NULL})

static struct invocation invocation;
static struct error error;
static char path[] = "/tmp/nsinit-unit-pod-XXXXXX";

static void make_file(void)
{
    int fd = mkstemp(path);

    ck_assert_int_ge(fd, 0);
    close(fd);
}

static void remove_file(void)
{
    options_free(&invocation);
    (void)unlink(path);
}

static void write_bytes(const char *text, size_t length)
{
    FILE *file = fopen(path, "we");

    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(text, 1, length, file), length);
    ck_assert_int_eq(fclose(file), 0);
}

static int read_with(char **words, char **environment)
{
    error = (struct error){0};
    return options_read(&invocation, dropin_of("nsinit"), words, environment, &error);
}

static const struct service *must_read(const char *text, char **words, char **environment)
{
    write_bytes(text, strlen(text));
    ck_assert_msg(read_with(words, environment) == 0, "%s: %s", error.subject, error.reason);
    return invocation.pod.services;
}

#define POD WORDS("nsinit", "--pod", path)

static const struct service *reads(const char *text)
{
    return must_read(text, POD, NOTHING);
}

/* `place` is what stands behind the file's name. */
static void fails(const char *text, char **environment, const char *place, const char *reason)
{
    write_bytes(text, strlen(text));
    ck_assert_int_eq(read_with(POD, environment), -1);
    ck_assert_msg(strncmp(error.subject, path, strlen(path)) == 0, "about '%s'", error.subject);
    ck_assert_str_eq(error.subject + strlen(path), place);
    ck_assert_msg(strstr(error.reason, reason) != NULL, "it says '%s'", error.reason);
    ck_assert_int_eq(error.kind, ERROR_USAGE);
}

/* The arguments, each in <>. */
static void runs(const struct service *service, const char *expected)
{
    char buffer[1000] = "";

    for (char *const *word = service->arguments; *word != NULL; word++) {
        size_t length = strlen(buffer);

        snprintf(buffer + length, sizeof buffer - length, "<%s>", *word);
    }
    ck_assert_str_eq(buffer, expected);
}

START_TEST(sections_and_keys_become_the_plan)
{
    const struct service *services = reads("# a pod\n"
                                           "[pod]\nunshare = net,uts\nhostname = web-0\n"
                                           "drain = TERM/1/KILL\n\n"
                                           "[service cache]\ncommand = redis-server /etc/r.conf\n"
                                           "unshare = pid\nrestart = always\nuser = 7\n"
                                           "control-access = none\n"
                                           "[service web]\ncommand = nginx -g \"daemon off;\"\n"
                                           "after = cache\nessential = yes\nstop = QUIT/10/KILL\n"
                                           "enter = ipc=service:cache\nenter = uts=service:cache\n"
                                           "[service step]\ncommand = true\ntype = oneshot\n");

    ck_assert_uint_eq(invocation.pod.service_count, 3);
    ck_assert_str_eq(services[0].name, "cache");
    runs(&services[0], "<redis-server></etc/r.conf>");
    runs(&services[1], "<nginx><-g><daemon off;>");
    ck_assert_int_eq(services[0].supervision.restart.policy, RESTART_ALWAYS);
    ck_assert_str_eq(services[0].settings->user, "7");
    ck_assert(ns_set_has(services[0].namespaces.unshared, NAMESPACE_PID));
    ck_assert_int_eq(services[0].control_access, CONTROL_NONE);
    ck_assert_int_eq(services[1].control_access, CONTROL_AUTO);
    ck_assert_int_eq(services[1].essential, ESSENTIAL_YES);
    ck_assert_uint_eq(services[1].namespaces.join_count, 2);
    ck_assert_uint_eq(services[1].after.count, 1);
    ck_assert_uint_eq(services[1].supervision.stop->count, 2);
    ck_assert_int_eq(services[2].type, SERVICE_ONESHOT);
    ck_assert_int_eq(services[2].essential, ESSENTIAL_BY_TYPE);
    ck_assert_ptr_eq(invocation.pod.namespace_holder, &invocation.namespace_holder);
    ck_assert_str_eq(invocation.namespace_holder.namespaces.hostname, "web-0");
    ck_assert_uint_eq(invocation.pod.drain.steps[0].wait_ms, 1000);
}
END_TEST

START_TEST(a_pod_without_namespaces_has_no_namespace_holder)
{
    reads("[pod]\ncontrol = no\n[service a]\ncommand = a\n");
    ck_assert_ptr_null(invocation.pod.namespace_holder);
    ck_assert_ptr_null(invocation.pod.control);
}
END_TEST

START_TEST(a_pod_is_controlled_by_default)
{
    reads("[service a]\ncommand = a\n");
    ck_assert_str_eq(invocation.pod.control, DEFAULT_CONTROL);
}
END_TEST

/* ---- values ---------------------------------------------------------------------------------- */

START_TEST(a_command_keeps_what_other_readers_cut_off)
{
    runs(reads("[service a]\ncommand = sh -c 'a ; b' '#' x\n"), "<sh><-c><a ; b><#><x>");
    runs(reads("[service a]\ncommand = a b=c =\n"), "<a><b=c><=>");
    runs(reads("[service a]\ncommand=  a \"b  \\\"c\" 'd\"e' f\\ g \n"), "<a><b  \"c><d\"e><f g>");
}
END_TEST

START_TEST(a_value_may_be_long)
{
    enum { LONG = 100 * 1000 };
    static char text[LONG + 100];
    size_t start = (size_t)snprintf(text, sizeof text, "[service a]\ncommand = echo ");

    memset(text + start, 'x', LONG);
    snprintf(text + start + LONG, 40, "\nstop = QUIT\n");
    ck_assert_uint_eq(strlen(reads(text)->arguments[1]), LONG);
    ck_assert_int_eq(invocation.pod.services->supervision.stop->steps[0].signal_number, SIGQUIT);
}
END_TEST

START_TEST(variables_are_replaced_from_the_environment)
{
    const struct service *service =
        must_read("[service a]\ncommand = echo ${NAME} ${OTHER:-it self}\nworkdir = /${NAME}\n",
                  POD, WORDS("NAME=value"));

    runs(service, "<echo><value><it><self>");
    ck_assert_str_eq(service->settings->workdir, "/value");
}
END_TEST

START_TEST(a_variable_that_is_missing_is_an_error_at_its_place)
{
    fails("[service a]\ncommand = echo ${MISSING}\n", NOTHING, ":2: [service a] command",
          "MISSING");
}
END_TEST

/* ---- who has the last word ------------------------------------------------------------------- */

START_TEST(the_command_line_wins)
{
    const struct service *services = must_read(
        "[service a]\ncommand = a\nrestart = no\n[service b]\ncommand = b\n",
        WORDS("nsinit", "--restart", "always", "--control", "/x", "--pod", path), NOTHING);

    ck_assert_int_eq(services[0].supervision.restart.policy, RESTART_ALWAYS);
    ck_assert_int_eq(services[1].supervision.restart.policy, RESTART_ALWAYS);
    ck_assert_str_eq(invocation.pod.control, "/x");
}
END_TEST

START_TEST(the_environment_wins_over_the_file_too)
{
    const struct service *services =
        must_read("[pod]\ncontrol = /file\n[service a]\ncommand = a\nstop = INT\n", POD,
                  WORDS("NSINIT_STOP=QUIT", "NSINIT_CONTROL=/x"));

    ck_assert_int_eq(services[0].supervision.stop->steps[0].signal_number, SIGQUIT);
    ck_assert_str_eq(invocation.pod.control, "/x");
}
END_TEST

/* They are the holder's, too, which has no section of its own. */
START_TEST(a_timeout_from_outside_holds_for_the_pods_own_setup)
{
    must_read("[pod]\nunshare = net\nsetup-timeout = 7s\n[service a]\ncommand = a\n", POD,
              WORDS("NSINIT_SETUP_TIMEOUT=5s", "NSINIT_HOOK_TIMEOUT=6s"));
    ck_assert_uint_eq(invocation.namespace_holder.supervision.setup_timeout_ms, 5000);
    ck_assert_uint_eq(invocation.namespace_holder.supervision.hook_timeout_ms, 6000);
    ck_assert_uint_eq(invocation.pod.services[0].supervision.setup_timeout_ms, 5000);
}
END_TEST

START_TEST(what_is_said_of_one_service_is_not_said_of_the_next)
{
    const struct service *services =
        reads("[service a]\ncommand = a\nrestart = always\nunshare = pid\nhealth-cmd = x\n"
              "[service b]\ncommand = b\n");

    ck_assert_int_eq(services[1].supervision.restart.policy, RESTART_NO);
    ck_assert_uint_eq(services[1].namespaces.unshared, 0);
    ck_assert_ptr_null(services[1].supervision.health.command);
}
END_TEST

/* ---- what is wrong --------------------------------------------------------------------------- */

#define A "[service a]\ncommand = a\n"

static const struct wrong {
    const char *text;
    const char *place;
    const char *reason;
} wrongs[] = {
    {"", "", "has no [service NAME]"},
    {"[pod]\n", "", "has no [service NAME]"},
    {"command = a\n", ":1: command", "belongs in a section"},
    {"[service a]\nuser = 1\n", ":1: [service a] command", "is missing"},
    {"[service a]\ncommand = \n", ":2: [service a] command", ""},
    {"[service a]\ncommand = ''\n", ":2: [service a] command", "needs a program"},
    {"[service a]\ncommand = 'a\n", ":2: [service a] command", ""},
    {A "command = b\n", ":3: [service a] command", "is given twice"},
    {A A, ":3: [service]", "service a is given twice, first in line 1"},
    {"[pod]\n[pod]\n" A, ":2: [pod]", "is given twice"},
    {"[pod x]\n" A, ":1: [pod]", "'x' is given"},
    {"[service]\ncommand = a\n", ":1: [service]", "invalid service name ''"},
    {"[service -a]\ncommand = a\n", ":1: [service]", "invalid service name '-a'"},
    {"[service a/b]\ncommand = a\n", ":1: [service]", "invalid service name 'a/b'"},
    {"[servcie a]\n", ":1: [servcie]", "did you mean service?"},
    {A "restrat = no\n", ":3: [service a] restrat", "did you mean restart?"},
    {"[pod]\nhostnam = x\n" A, ":2: [pod] hostnam", "did you mean hostname?"},
    {"[pod]\ncommand = x\n" A, ":2: [pod] command", "belongs in a [service NAME]"},
    {A "control = no\n", ":3: [service a] control", "belongs in [pod]"},
    {A "pod = x\n", ":3: [service a] pod", "belongs on the command line"},
    {A "restart = never\n", ":3: [service a] restart", "never"},
    {A "type = onsehot\n", ":3: [service a] type", "oneshot"},
    {A "essential = maybe\n", ":3: [service a] essential", "invalid value 'maybe': use yes or no"},
    {A "control-access = ful\n", ":3: [service a] control-access", "did you mean full?"},
    {A "control-access = all\n", ":3: [service a] control-access",
     "use auto, none, status or full"},
    {"[pod]\ncontrol-access = full\n" A, ":2: [pod] control-access", "belongs in a [service NAME]"},
    {A "type = oneshot\nrestart = always\n", ":4: [service a] restart", "restart = always"},
    {A "type = oneshot\nnotify = yes\n", ":4: [service a] notify", "excludes notify"},
    {A "hostname = x\n", ":3: [service a] hostname", ""},
    {A "\n[pod]\nhostname = x\n", ":5: [pod] hostname", ""},
    {A "ready-timeout = 1\n", ":3: [service a] ready-timeout", ""},
    {A "after = b\n", ":3: [service a] after", "b"},
    {A "after = a\n", ":3: [service a] after", "a service can't wait for itself"},
    {A "enter = net=service:b\n", ":3: [service a] enter", "b"},
    {A "after = b\n[service b]\ncommand = b\nafter = a\n", ":3: [service a] after", "a -> b -> a"},
    {A "command = b && c\n", ":3: [service a] command", "is given twice"},
    {"[service a]\ncommand = b && c\n", ":2: [service a] command", "'&&' is for a shell"},
    {"[service a]\ncommand = b # c\n", ":2: [service a] command", "'#' is for a shell"},
    {A "unshare = ${NO:-}\n", ":3: [service a] unshare", "unknown namespace ''"},
};

START_TEST(each_mistake_is_told_with_its_place)
{
    fails(wrongs[_i].text, NOTHING, wrongs[_i].place, wrongs[_i].reason);
}
END_TEST

/* The first mistake is the error, all others are diagnostics. */
START_TEST(all_mistakes_are_told_at_once)
{
    static const char text[] = "[pod]\nhostname = x\n"
                               "[service a]\ncommand = x\nusre = 1\nhostname = y\n"
                               "[service b]\nnonsense\n"
                               "[service c]\ncommand = x\n\nhostname = y\n"
                               "[service d]\n";
    static const char *const places[] = {":5: [service a] usre", ":8", ":12: [service c] hostname",
                                         ":13: [service d] command"};

    fails(text, NOTHING, ":2: [pod] hostname", "needs a new uts namespace");
    ck_assert_uint_eq(invocation.diagnostic_count, 4);
    for (size_t i = 0; i < 4; i++) {
        ck_assert_int_eq(invocation.diagnostics[i].level, LOG_ERROR);
        ck_assert_str_eq(invocation.diagnostics[i].error.subject + strlen(path), places[i]);
    }
}
END_TEST

/* Nor is what belongs in a section, or behind the head of one that is none. */
START_TEST(what_follows_from_a_mistake_is_not_told)
{
    static const struct {
        const char *text;
        const char *first;
        size_t others;
    } texts[] = {
        {"nonsense\n", ":1", 0},
        {"nonsense\na = b\n[pod\nx = y\n", ":1", 2},
        {"[service a]\ncommand = 'x\nhostname = y\n", ":2: [service a] command", 0},
        {A "hostname = x\n[service\ncommand = y\n", ":3: [service a] hostname", 1},
        {A "hostname = x\n" A "usre = y\n", ":3: [service a] hostname", 1},
        {A "after = b\n[service b c]\ncommand = y\n", ":4", 0},
        {"[pod]\nunshare = nte\nhostname = x\n" A, ":2: [pod] unshare", 0},
        {"[pod x]\nhostname = x\n" A, ":1: [pod]", 0},
    };

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        write_bytes(texts[i].text, strlen(texts[i].text));
        ck_assert_int_eq(read_with(POD, NOTHING), -1);
        ck_assert_str_eq(error.subject + strlen(path), texts[i].first);
        ck_assert_msg(invocation.diagnostic_count == texts[i].others, "%s: %zu others",
                      texts[i].text, invocation.diagnostic_count);
        options_free(&invocation);
        invocation = (struct invocation){0};
    }
}
END_TEST

START_TEST(what_a_variable_says_of_a_oneshot_is_not_the_files_mistake)
{
    write_bytes(A "type = oneshot\n", strlen(A "type = oneshot\n"));
    ck_assert_int_eq(read_with(POD, WORDS("NSINIT_RESTART=always")), -1);
    ck_assert_str_eq(error.subject, "environment variable NSINIT_RESTART=always: [service a]");
    ck_assert_int_eq(read_with(WORDS("nsinit", "--notify", "--pod", path), NOTHING), -1);
    ck_assert_str_eq(error.subject, "--notify: [service a]");
}
END_TEST

START_TEST(a_key_without_effect_is_a_warning)
{
    reads(A "health-interval = 1\n[service b]\ncommand = b\nhealth-cmd = x\nhealth-timeout = 1\n");
    ck_assert_uint_eq(invocation.diagnostic_count, 1);
    ck_assert_int_eq(invocation.diagnostics[0].level, LOG_WARNING);
    ck_assert_str_eq(invocation.diagnostics[0].error.subject + strlen(path),
                     ":3: [service a] health-interval");
    ck_assert_str_eq(invocation.diagnostics[0].error.reason, "has no effect without health-cmd");
    /* One for all services, of which one has the other. */
    must_read(A "health-cmd = x\n[service b]\ncommand = b\n", POD,
              WORDS("NSINIT_HEALTH_INTERVAL=1"));
    ck_assert_uint_eq(invocation.diagnostic_count, 0);
}
END_TEST

START_TEST(a_nul_byte_is_told_with_its_line)
{
    static const char text[] = A "user = \0\n";

    write_bytes(text, sizeof text - 1);
    ck_assert_int_eq(read_with(POD, NOTHING), -1);
    ck_assert_str_eq(error.subject + strlen(path), ":3");
    ck_assert_ptr_nonnull(strstr(error.reason, "NUL byte"));
}
END_TEST

static const struct misuse {
    const char *words[4];
    const char *subject;
    const char *reason;
} misuses[] = {
    {{"--", "true"}, "--pod", "'true' is given"},
    {{"--pause"}, "--pause", "excludes --pod"},
    {{"--unshare", "net"}, "--unshare", "belongs in the pod file"},
    {{"--user", "1"}, "--user", "belongs in the pod file"},
    {{"--command", "x"}, "--command", "belongs in a pod file"},
};

START_TEST(what_does_not_go_with_a_pod_is_told)
{
    const struct misuse *misuse = &misuses[_i];
    char *words[10] = {"nsinit", "--pod", path};

    write_bytes(A, strlen(A));
    for (size_t i = 0; i < 4; i++)
        words[3 + i] = (char *)(uintptr_t)misuse->words[i];
    ck_assert_int_eq(read_with(words, NOTHING), -1);
    ck_assert_str_eq(error.subject, misuse->subject);
    ck_assert_msg(strstr(error.reason, misuse->reason) != NULL, "it says '%s'", error.reason);
}
END_TEST

START_TEST(a_check_needs_a_pod)
{
    ck_assert_int_eq(read_with(WORDS("nsinit", "--check", "true"), NOTHING), -1);
    ck_assert_ptr_nonnull(strstr(error.reason, "--pod FILE"));
}
END_TEST

TCase *podfile_case(void)
{
    const TTest *const tests[] = {sections_and_keys_become_the_plan,
                                  a_pod_without_namespaces_has_no_namespace_holder,
                                  a_pod_is_controlled_by_default,
                                  a_command_keeps_what_other_readers_cut_off,
                                  a_value_may_be_long,
                                  variables_are_replaced_from_the_environment,
                                  a_variable_that_is_missing_is_an_error_at_its_place,
                                  the_command_line_wins,
                                  the_environment_wins_over_the_file_too,
                                  a_timeout_from_outside_holds_for_the_pods_own_setup,
                                  what_is_said_of_one_service_is_not_said_of_the_next,
                                  all_mistakes_are_told_at_once,
                                  what_follows_from_a_mistake_is_not_told,
                                  what_a_variable_says_of_a_oneshot_is_not_the_files_mistake,
                                  a_key_without_effect_is_a_warning,
                                  a_nul_byte_is_told_with_its_line,
                                  a_check_needs_a_pod,
                                  NULL};
    TCase *tcase = case_of("podfile", tests);

    tcase_add_checked_fixture(tcase, make_file, remove_file);
    tcase_add_loop_test(tcase, each_mistake_is_told_with_its_place, 0,
                        sizeof wrongs / sizeof wrongs[0]);
    tcase_add_loop_test(tcase, what_does_not_go_with_a_pod_is_told, 0,
                        sizeof misuses / sizeof misuses[0]);
    return tcase;
}
