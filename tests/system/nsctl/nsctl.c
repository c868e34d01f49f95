/*
 * nsctl.c - the client of the control socket, against a nsinit that a child of the test plays
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "system/fake_nsinit.h"
#include "system/system.h"

#define NSCTL(...) COMMAND(nsinit_called("nsctl"), __VA_ARGS__)

#define WEB "service\tweb\tready\t42\t0\t3000\tyes\thealthy\t-\tpid=own,net=pod\n"
#define LONG_CACHE "service\tthe-cache\tdown\t-\t12\t90061000\t-\t-\t137\t-\n"

static int run(struct process *process, const char *const *arguments)
{
    return process_run(process, &(struct process_options){.arguments = arguments});
}

/* Run it against one exchange. Returns the exit code. */
static int ask(struct process *process, const char *request, const char *answer,
               const char *const *arguments)
{
    const struct exchange exchanges[] = {{request, answer}, {NULL, NULL}};
    struct fake fake;

    fake_start(&fake, fake_answers, exchanges);
    return run(process, arguments);
}

static void on_terminal(struct process *process, const char *const *arguments)
{
    process_start(process, &(struct process_options){.arguments = arguments, .terminal = true});
}

START_TEST(status_is_a_table_in_aligned_columns)
{
    struct process process;

    ck_assert_int_eq(ask(&process, "status\n", WEB LONG_CACHE "ok\n", NSCTL("status")), 0);
    ck_assert_str_eq(
        process.output.text,
        "SERVICE    STATE  PID  RESTARTS  SINCE  READY  HEALTH   EXIT  NAMESPACES\n"
        "web        ready  42   0         3s     yes    healthy  -     pid=own,net=pod\n"
        "the-cache  down   -    12        1d1h   -      -        137   -\n");
    ck_assert_str_eq(process.errors.text, "");
}
END_TEST

START_TEST(names_in_utf_8_are_aligned_by_their_characters)
{
    struct process process;

    ck_assert_int_eq(ask(&process, "status\n",
                         "service\tk\xc3\xa4se\tdown\t-\t0\t1\t-\t-\t-\t-\n"
                         "service\tabcdefgh\tdown\t-\t0\t1\t-\t-\t-\t-\nok\n",
                         NSCTL("status")),
                     0);
    ck_assert_contains(process.output.text, "\nk\xc3\xa4se      down");
    ck_assert_contains(process.output.text, "\nabcdefgh  down");
}
END_TEST

START_TEST(a_service_without_readiness_is_running)
{
    struct process process;

    ck_assert_int_eq(ask(&process, "status\n", "service\tweb\tready\t42\t0\t3000\t-\t-\t-\t-\nok\n",
                         NSCTL("status")),
                     0);
    ck_assert_contains(process.output.text, "web      running  42");
}
END_TEST

static const struct {
    const char *milliseconds;
    const char *age;
} ages[] = {{"0", " 0s "},           {"59999", " 59s "},    {"60000", " 1m0s "},
            {"3599999", " 59m59s "}, {"7260000", " 2h1m "}, {"90000000", " 1d1h "}};

START_TEST(an_age_has_its_two_largest_units)
{
    struct process process;
    char answer[100];

    snprintf(answer, sizeof answer, "service\tweb\tdown\t-\t0\t%s\t-\t-\t-\t-\nok\n",
             ages[_i].milliseconds);
    ck_assert_int_eq(ask(&process, "status\n", answer, NSCTL("status")), 0);
    ck_assert_contains(process.output.text, ages[_i].age);
}
END_TEST

START_TEST(a_field_that_a_later_nsinit_adds_does_no_harm)
{
    struct process process;

    ck_assert_int_eq(ask(&process, "status\n",
                         "service\tweb\tdown\t-\t0\t1\t-\t-\t7\tnet=own\tmore\nok\n",
                         NSCTL("status")),
                     0);
    ck_assert_contains(process.output.text, "7     net=own\n");
}
END_TEST

static void ck_assert_colour(const char *no_color, const char *term, bool is_coloured)
{
    const struct exchange exchanges[] = {{"status\n", WEB "ok\n"}, {NULL, NULL}};
    struct process process;
    struct fake fake;

    setenv("NO_COLOR", no_color, 1);
    setenv("TERM", term, 1);
    fake_start(&fake, fake_answers, exchanges);
    on_terminal(&process, NSCTL("status"));
    ck_assert_int_eq(process_wait(&process), 0);
    if (is_coloured)
        ck_assert_contains(process.output.text, "web      \033[32mready\033[m  42");
    else
        ck_assert_lacks(process.output.text, "\033");
}

START_TEST(on_a_terminal_the_state_has_a_colour_unless_that_is_not_wanted)
{
    ck_assert_colour("", "xterm", true);
    ck_assert_colour("1", "xterm", false);
    ck_assert_colour("", "dumb", false);
}
END_TEST

START_TEST(a_service_called_like_a_state_has_no_colour)
{
    const struct exchange exchanges[] = {
        {"status\n", "service\tready\tdown\t-\t0\t1\t-\t-\t-\t-\nok\n"}, {NULL, NULL}};
    struct process process;
    struct fake fake;

    setenv("TERM", "xterm", 1);
    fake_start(&fake, fake_answers, exchanges);
    on_terminal(&process, NSCTL("status"));
    ck_assert_int_eq(process_wait(&process), 0);
    ck_assert_contains(process.output.text, "ready    down ");
}
END_TEST

START_TEST(the_status_of_some_services_is_asked_for_by_name)
{
    struct process process;

    ck_assert_int_eq(ask(&process, "status web db\n", WEB "ok\n", NSCTL("status", "web", "db")), 0);
    ck_assert_contains(process.output.text, "web ");
}
END_TEST

START_TEST(json_is_passed_on_as_it_comes)
{
    struct process process;

    ck_assert_int_eq(ask(&process, "status --json web\n", "{\"service\":\"web\"}\n{}\nok\n",
                         NSCTL("status", "web", "--json")),
                     0);
    ck_assert_str_eq(process.output.text, "{\"service\":\"web\"}\n{}\n");
}
END_TEST

/* Status, an event, another status, and the end of it all. */
static void play_change(int listener, const void *argument)
{
    int events = fake_accept(listener, "events\n");
    int status = fake_accept(listener, "status web\n");

    (void)argument;
    fake_say(status, WEB "ok\n");
    close(status);
    fake_say(events, "{\"event\":\"stop\"}\n{\"event\":\"exit\"}\n");
    status = fake_accept(listener, "status web\n");
    fake_say(status, "service\tweb\tdown\t-\t0\t1\t-\t-\t0\t-\nok\n");
    close(status);
}

START_TEST(watched_it_is_drawn_anew_when_an_event_comes_and_to_nsinits_end)
{
    struct process process;
    struct fake fake;

    fake_start(&fake, play_change, NULL);
    ck_assert_int_eq(run(&process, NSCTL("status", "--watch", "web")), 0);
    ck_assert_contains(process.output.text, "web      ready");
    ck_assert_contains(process.output.text, "web      down");
    ck_assert_int_eq(count_of(process.output.text, "SERVICE"), 2);
    ck_assert_contains(process.errors.text, "nsinit has ended");
}
END_TEST

/* nsinit ends while the status is asked for, or before. */
static void play_end(int listener, const void *argument)
{
    const bool *has_asked = argument;
    int events = fake_accept(listener, "events\n");
    int status = fake_accept(listener, "status web\n");

    fake_say(status, WEB "ok\n");
    close(status);
    fake_say(events, "{\"event\":\"exit\"}\n{\"event\":\"end\"}\n");
    if (*has_asked)
        close(fake_accept(listener, "status web\n"));
    close(listener);
    close(events);
}

START_TEST(watched_to_nsinits_end_it_ends_with_0)
{
    const bool has_asked = _i != 0;
    struct process process;
    struct fake fake;

    fake_start(&fake, play_end, &has_asked);
    ck_assert_int_eq(run(&process, NSCTL("status", "--watch", "web")), 0);
    ck_assert_int_eq(count_of(process.errors.text, "\n"), 1);
    ck_assert_contains(process.errors.text, "nsinit has ended");
}
END_TEST

START_TEST(watched_at_a_default_place_it_names_no_path_at_the_end)
{
    const bool has_asked = false;
    struct process process;
    struct fake fake;
    char runtime[200];
    char place[300];

    fake_start(&fake, play_end, &has_asked);
    snprintf(runtime, sizeof runtime, "%s/runtime", test_directory());
    snprintf(place, sizeof place, "%s/nsinit", runtime);
    ck_assert_int_eq(mkdir(runtime, 0700), 0);
    ck_assert_int_eq(mkdir(place, 0700), 0);
    snprintf(place, sizeof place, "%s/nsinit/nsinit.sock", runtime);
    ck_assert_int_eq(rename(fake.path, place), 0);
    setenv("XDG_RUNTIME_DIR", runtime, 1);
    setenv("NSINIT_CONTROL", "", 1);
    ck_assert_int_eq(run(&process, NSCTL("status", "--watch", "web")), 0);
    ck_assert_str_eq(process.errors.text, "nsctl: nsinit has ended\n");
}
END_TEST

/* Nothing draws it anew when an age has changed. */
START_TEST(watched_it_has_the_moments_of_change)
{
    struct process process;
    struct fake fake;
    const char *colon;

    fake_start(&fake, play_change, NULL);
    ck_assert_int_eq(run(&process, NSCTL("status", "--watch", "web")), 0);
    colon = strchr(process.output.text, ':');
    ck_assert_ptr_nonnull(colon);
    ck_assert_int_eq(colon[3], ':');
    ck_assert_int_eq(colon[6], 'Z');
}
END_TEST

static void play_resize(int listener, const void *argument)
{
    int events = fake_accept(listener, "events\n");

    (void)argument;
    for (int i = 0; i < 2; i++) {
        int status = fake_accept(listener, "status\n");

        fake_say(status, WEB WEB WEB "ok\n");
        close(status);
    }
    close(events);
}

START_TEST(watched_it_is_drawn_anew_and_cut_when_the_terminal_changes_its_size)
{
    struct winsize size = {.ws_row = 3, .ws_col = 20};
    struct process process;
    struct fake fake;
    const char *second;

    fake_start(&fake, play_resize, NULL);
    on_terminal(&process, NSCTL("--watch", "status"));
    process_expect(&process, "net=pod\033[K\r\nweb");
    process_expect(&process, "\033[J");
    ck_assert_int_eq(ioctl(process.input, TIOCSWINSZ, &size), 0);
    ck_assert_int_eq(process_wait(&process), 0);
    second = strstr(process.output.text, "\033[J");
    ck_assert_contains(second, "\033[HSERVICE  STATE  PID \033[K\r\nweb ");
    ck_assert_int_eq(count_of(second, "\033[K"), 2);
}
END_TEST

static const struct {
    const char *verb;
    const char *first;
    const char *second;
    const char *request;
} orders[] = {{"start", "web", "db", "start web db\n"},
              {"stop", "web", "db", "stop web db\n"},
              {"restart", "web", "db", "restart web db\n"},
              {"kill", "HUP", "web", "kill HUP web\n"}};

START_TEST(an_order_is_quiet_when_it_is_carried_out)
{
    struct process process;

    ck_assert_int_eq(ask(&process, orders[_i].request, "ok\n",
                         NSCTL(orders[_i].verb, orders[_i].first, orders[_i].second)),
                     0);
    ck_assert_str_eq(process.output.text, "");
    ck_assert_str_eq(process.errors.text, "");
}
END_TEST

START_TEST(wait_prints_the_exit_code)
{
    struct process process;

    ck_assert_int_eq(ask(&process, "wait web\n", "exit\tweb\t143\nok\n", NSCTL("wait", "web")), 0);
    ck_assert_str_eq(process.output.text, "143\n");
    ck_assert_int_eq(ask(&process, "wait web\n", "exit\tweb\t0\nok\n", NSCTL("wait", "-j", "web")),
                     0);
    ck_assert_str_eq(process.output.text, "{\"service\":\"web\",\"exit_code\":0}\n");
}
END_TEST

START_TEST(events_are_printed_to_nsinits_end)
{
    struct process process;

    ck_assert_int_eq(
        ask(&process, "events\n", "{\"event\":\"start\"}\n{\"event\":\"end\"}\n", NSCTL("events")),
        0);
    ck_assert_str_eq(process.output.text, "{\"event\":\"start\"}\n{\"event\":\"end\"}\n");
    ck_assert_str_eq(process.errors.text, "");
}
END_TEST

static void play_one_event(int listener, const void *argument)
{
    int events = fake_accept(listener, "events\n");

    (void)argument;
    fake_say(events, "{\"event\":\"start\"}\n");
    (void)!read(events, &(char){0}, 1);
    fake_note("gone");
}

START_TEST(events_end_as_soon_as_their_reader_has_gone)
{
    struct process process;
    struct fake fake;

    fake_start(&fake, play_one_event, NULL);
    process_start(&process, &(struct process_options){.arguments = NSCTL("events")});
    process_expect(&process, "start");
    close(process.output.fd);
    process.output.fd = -1;
    fake_expect(&fake, "gone");
    ck_assert_int_eq(process_wait(&process), 0);
}
END_TEST

START_TEST(a_signal_ends_it_as_it_ends_any_program)
{
    struct process process;
    struct fake fake;

    fake_start(&fake, play_one_event, NULL);
    process_start(&process, &(struct process_options){.arguments = NSCTL("events")});
    process_expect(&process, "start");
    process_signal(&process, SIGINT);
    ck_assert_int_eq(process_wait(&process), 128 + SIGINT);
}
END_TEST

START_TEST(an_error_of_nsinits_is_told_with_its_exit_code)
{
    struct process process;

    ck_assert_int_eq(
        ask(&process, "stop wbe\n", "error 2 wbe: no such service\n", NSCTL("stop", "wbe")), 2);
    ck_assert_str_eq(process.errors.text, "nsctl: wbe: no such service\n");
    ck_assert_int_eq(ask(&process, "status\n", WEB "error 1 it broke\n", NSCTL("status")), 1);
    ck_assert_str_eq(process.output.text, "");
    ck_assert_str_eq(process.errors.text, "nsctl: it broke\n");
}
END_TEST

/* A peer that may not ask is told so before it has been read. */
static void play_refusal(int listener, const void *argument)
{
    int connection = accept(listener, NULL, NULL);

    (void)argument;
    fake_say(connection, "error 1 not for you\n");
    close(connection);
}

START_TEST(a_refusal_that_comes_before_the_request_is_told)
{
    struct process process;
    struct fake fake;

    fake_start(&fake, play_refusal, NULL);
    ck_assert_int_eq(run(&process, NSCTL("status")), 1);
    ck_assert_str_eq(process.errors.text, "nsctl: not for you\n");
}
END_TEST

START_TEST(words_are_quoted_so_that_a_posix_shell_would_read_them_as_they_are)
{
    struct process process;

    ck_assert_int_eq(ask(&process,
                         "exec web -- sh -c 'echo \"a  b\" $HOME; exit' '' 'it'\\''s' 'two\nlines' "
                         "'\\' '#'\n",
                         "error 1 read\n",
                         NSCTL("exec", "web", "sh", "-c", "echo \"a  b\" $HOME; exit", "", "it's",
                               "two\nlines", "\\", "#")),
                     1);
    ck_assert_str_eq(process.errors.text, "nsctl: read\n");
}
END_TEST

static const struct {
    const char *answer;
    const char *verb;
} nonsense[] = {{"\n", "stop"},
                {"error\n", "status"},
                {"error \n", "stop"},
                {"error x y\n", "stop"},
                {"error 256 too much\n", "stop"},
                {"error 1\n", "stop"},
                {"hello\n", "status"},
                {"service\tweb\n", "status"},
                {"another\tweb\tready\t42\t0\t3000\tyes\t-\t-\t-\n", "status"},
                {"exit\n", "wait"},
                {"exit\tweb\t256\nok\n", "wait"},
                {"exit\tweb\t\nok\n", "wait"},
                {"code\t1\nok\n", "wait"},
                {"ok\n", "wait"},
                {"ok\n", "exec"},
                {"hello\n", "exec"},
                {"exit\t1x\nok\n", "exec"},
                {"exit\t256\nok\n", "exec"}};

/* With its own usual arguments. */
static int answer_to(struct process *process, const char *verb, const char *answer)
{
    if (strcmp(verb, "status") == 0)
        return ask(process, "status\n", answer, NSCTL("status"));
    if (strcmp(verb, "exec") == 0)
        return ask(process, "exec web -- true\n", answer, NSCTL("exec", "web", "true"));
    if (strcmp(verb, "wait") == 0)
        return ask(process, "wait web\n", answer, NSCTL("wait", "web"));
    return ask(process, "stop web\n", answer, NSCTL("stop", "web"));
}

START_TEST(an_answer_that_makes_no_sense_is_an_error)
{
    struct process process;

    ck_assert_int_eq(answer_to(&process, nonsense[_i].verb, nonsense[_i].answer), 125);
    ck_assert_contains(process.errors.text, "nsctl: answer: unexpected line '");
    ck_assert_str_eq(process.output.text, "");
}
END_TEST

static void play_nul(int listener, const void *argument)
{
    int connection = fake_accept(listener, "stop web\n");

    (void)argument;
    (void)!write(connection, "ok\0not\n", 7);
    close(connection);
}

START_TEST(an_answer_with_a_nul_is_none)
{
    struct process process;
    struct fake fake;

    fake_start(&fake, play_nul, NULL);
    ck_assert_int_eq(run(&process, NSCTL("stop", "web")), 125);
    ck_assert_contains(process.errors.text, "unexpected line");
}
END_TEST

static const struct {
    const char *answer;
    const char *verb;
} halves[] = {{"", "stop"},
              {"o", "stop"},
              {"ok", "stop"},
              {"error 2 wbe: no su", "stop"},
              {WEB, "status"},
              {"service\tweb\tre", "status"},
              {"exit\tweb\t1\n", "wait"},
              {"", "exec"},
              {"started\t7\n", "exec"},
              {"started\t7\nexit\t1\n", "exec"}};

START_TEST(an_answer_without_its_end_is_an_error)
{
    struct process process;

    ck_assert_int_eq(answer_to(&process, halves[_i].verb, halves[_i].answer), 125);
    ck_assert_str_eq(process.errors.text,
                     "nsctl: answer: nsinit has closed the connection before its end\n");
}
END_TEST

static void play_endless_line(int listener, const void *argument)
{
    int connection = fake_accept(listener, "status\n");

    (void)argument;
    for (;;)
        fake_say(connection, "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx");
}

START_TEST(a_line_that_never_ends_is_an_error)
{
    struct process process;
    struct fake fake;

    fake_start(&fake, play_endless_line, NULL);
    ck_assert_int_eq(run(&process, NSCTL("status")), 125);
    ck_assert_str_eq(process.errors.text, "nsctl: answer: a line is longer than 64 KiB\n");
}
END_TEST

static void play_byte_by_byte(int listener, const void *argument)
{
    int connection = fake_accept(listener, "status\n");
    char letter[2] = "";

    (void)argument;
    for (const char *at = WEB "ok\n"; *at != '\0'; at++) {
        letter[0] = *at;
        fake_say(connection, letter);
    }
    close(connection);
}

START_TEST(an_answer_in_pieces_is_put_together)
{
    struct process process;
    struct fake fake;

    fake_start(&fake, play_byte_by_byte, NULL);
    ck_assert_int_eq(run(&process, NSCTL("status")), 0);
    ck_assert_contains(process.output.text, "web      ready  42");
}
END_TEST

static void play_many_services(int listener, const void *argument)
{
    int connection = fake_accept(listener, "status\n");

    (void)argument;
    for (int i = 0; i < 5000; i++)
        fake_say(connection, WEB);
    fake_say(connection, "ok\n");
}

START_TEST(a_table_may_be_longer_than_any_buffer)
{
    struct process process;
    struct fake fake;

    fake_start(&fake, play_many_services, NULL);
    ck_assert_int_eq(run(&process, NSCTL("status")), 0);
    ck_assert_int_eq(count_of(process.output.text, "\nweb "), 5000);
}
END_TEST

START_TEST(an_unreachable_nsinit_is_reported_with_the_reason_and_a_hint)
{
    struct process process;
    char dead[220];
    char longest[200];
    struct fake fake;

    fake_start(&fake, fake_answers, &(struct exchange){NULL, NULL});
    snprintf(dead, sizeof dead, "%s.none", fake.path);
    ck_assert_int_eq(run(&process, NSCTL("-c", dead, "status")), 125);
    ck_assert_contains(process.errors.text,
                       "control.sock.none: No such file or directory\n  hint:");
    ck_assert_int_eq(close(open(dead, O_CREAT | O_WRONLY | O_CLOEXEC, 0600)), 0);
    ck_assert_int_eq(run(&process, NSCTL("-c", dead, "status")), 125);
    ck_assert_contains(process.errors.text, "Connection refused\n  hint: start nsinit again");
    memset(longest, 'x', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    ck_assert_int_eq(run(&process, NSCTL("-c", longest, "status")), 125);
    ck_assert_contains(process.errors.text, "hint: use a path of at most 107 bytes");
}
END_TEST

START_TEST(another_users_socket_is_refused_with_a_hint)
{
    struct process process;
    struct fake fake;

    if (lacks_root("another_users_socket_is_refused_with_a_hint"))
        return;
    fake_start(&fake, fake_answers, &(struct exchange){NULL, NULL});
    ck_assert_int_eq(chmod(fake.path, 0600), 0);
    process_start(&process,
                  &(struct process_options){.arguments = NSCTL("status"), .uid = ORDINARY_USER});
    ck_assert_int_eq(process_wait(&process), 125);
    ck_assert_contains(process.errors.text, "Permission denied\n  hint: run nsctl as root or");
}
END_TEST

/* What follows "nsctl: " first. */
static const struct {
    const char *words[5];
    const char *error;
} misuses[] = {
    {{NULL}, "a verb is missing\n  hint: run nsctl --help for a list of verbs\n"},
    {{"statsu"}, "unknown verb 'statsu'; did you mean status?\n"},
    {{"STOP", "web"}, "unknown verb 'STOP'; did you mean stop?\n"},
    {{"frobnicate"}, "unknown verb 'frobnicate'\n  hint: run nsctl --help"},
    {{""}, "unknown verb ''\n"},
    {{"-"}, "unknown verb '-'\n"},
    {{"--", "-h"}, "unknown verb '-h'\n"},
    {{"--jsno", "status"}, "--jsno: unknown option; did you mean --json?\n"},
    {{"-x", "status"}, "-x: unknown option; --help lists all\n"},
    {{"--=x", "status"}, "--=x: unknown option\n"},
    {{"--json=yes", "status"}, "--json=yes: takes no argument\n"},
    {{"-jx", "status"}, "-x: unknown option; --help lists all\n"},
    {{"-jw", "stop", "web"}, "stop: --watch is for status\n"},
    {{"status", "--control"}, "--control: needs an argument: PATH\n"},
    {{"-c"}, "-c: needs an argument: PATH\n"},
    {{"stop"}, "stop: too few arguments\n  hint: nsctl stop SERVICE...\n"},
    {{"kill", "TERM"}, "kill: too few arguments\n  hint: nsctl kill SIGNAL SERVICE\n"},
    {{"kill", "TERM", "web", "db"}, "kill: too many arguments\n"},
    {{"wait", "web", "db"}, "wait: too many arguments\n"},
    {{"events", "web"}, "events: too many arguments\n  hint: nsctl events\n"},
    {{"exec", "web"}, "exec: too few arguments\n"},
    {{"exec", "web", "--"}, "exec: too few arguments\n"},
    {{"--watch", "stop", "web"}, "stop: --watch is for status\n"},
};

/* Nobody listens, and nobody is asked. */
START_TEST(misuse_is_told_before_anybody_is_asked)
{
    const char *arguments[10] = {nsinit_called("nsctl"), "-c", "/nonexistent"};
    struct process process;
    char expected[200];

    memcpy(&arguments[3], misuses[_i].words, sizeof misuses[_i].words);
    ck_assert_int_eq(run(&process, arguments), 125);
    snprintf(expected, sizeof expected, "nsctl: %s", misuses[_i].error);
    ck_assert_msg(strncmp(process.errors.text, expected, strlen(expected)) == 0, "<<%s>>",
                  process.errors.text);
    ck_assert_str_eq(process.output.text, "");
}
END_TEST

START_TEST(options_may_stand_before_and_behind_the_verb_and_be_shortened)
{
    struct process process;
    char path[200];

    snprintf(path, sizeof path, "--cont=%s/control.sock", test_directory());
    ck_assert_int_eq(ask(&process, "status --json\n", "ok\n", NSCTL("--js", "status", path)), 0);
    ck_assert_int_eq(ask(&process, "status --json -x\n", "ok\n", NSCTL("-j", "status", "--", "-x")),
                     0);
    snprintf(path, sizeof path, "-c%s/control.sock", test_directory());
    ck_assert_int_eq(ask(&process, "stop web\n", "ok\n", NSCTL("stop", path, "web")), 0);
}
END_TEST

START_TEST(an_option_for_the_path_wins_over_the_variable)
{
    struct process process;
    struct fake fake;

    fake_start(&fake, fake_answers, (const struct exchange[]){{"status\n", "ok\n"}, {NULL, NULL}});
    setenv("NSINIT_CONTROL", "/nonexistent", 1);
    ck_assert_int_eq(run(&process, NSCTL("status")), 125);
    ck_assert_contains(process.errors.text, "nsctl: /nonexistent: No such file");
    ck_assert_int_eq(run(&process, NSCTL("-c", fake.path, "status")), 0);
    setenv("NSINIT_CONTROL", "", 1);
    ck_assert_int_eq(run(&process, NSCTL("status")), 125);
    ck_assert_contains(process.errors.text, "nsctl: /run/nsinit.sock: ");
}
END_TEST

START_TEST(an_image_with_nsinit_alone_has_it_as_ctl)
{
    struct process process;

    ck_assert_int_eq(ask(&process, "stop web\n", "ok\n", NSINIT("--ctl", "stop", "web")), 0);
    ck_assert_int_eq(run(&process, NSINIT("--ctl", "statsu")), 125);
    ck_assert_contains(process.errors.text, "nsctl: unknown verb 'statsu'");
    ck_assert_int_eq(run(&process, NSINIT("-s", "--", "echo", "--ctl")), 0);
    ck_assert_str_eq(process.output.text, "--ctl\n");
}
END_TEST

START_TEST(a_request_of_more_than_64_kib_is_an_error)
{
    static char word[70000];
    static char request[70010];
    struct process process;

    memset(word, 'x', 65536 - strlen("stop \n"));
    snprintf(request, sizeof request, "stop %s\n", word);
    ck_assert_int_eq(ask(&process, request, "ok\n", NSCTL("stop", word)), 0);
    word[strlen(word)] = 'x';
    ck_assert_int_eq(ask(&process, "", "", NSCTL("stop", word)), 125);
    ck_assert_str_eq(process.errors.text, "nsctl: request: longer than 64 KiB\n");
    memset(word, 'x', sizeof word - 1);
    ck_assert_int_eq(ask(&process, "", "", NSCTL("stop", word)), 125);
    ck_assert_str_eq(process.errors.text, "nsctl: request: longer than 64 KiB\n");
}
END_TEST

static void onto_full_disk(void *argument)
{
    (void)argument;
    if (dup2(open("/dev/full", O_WRONLY | O_CLOEXEC), STDOUT_FILENO) < 0)
        _exit(90);
}

START_TEST(output_that_cannot_be_written_is_an_error)
{
    const struct exchange exchanges[] = {{"status\n", WEB "ok\n"},
                                         {"status --json\n", "{}\nok\n"},
                                         {"wait web\n", "exit\tweb\t0\nok\n"},
                                         {"events\n", "{}\n"},
                                         {NULL, NULL}};
    const char *const *const commands[] = {NSCTL("status"), NSCTL("status", "-j"),
                                           NSCTL("wait", "web"), NSCTL("events")};
    struct fake fake;

    fake_start(&fake, fake_answers, exchanges);
    for (size_t i = 0; i < 4; i++) {
        struct process process;

        process_start(&process, &(struct process_options){.arguments = commands[i],
                                                          .prepare = onto_full_disk});
        ck_assert_int_eq(process_wait(&process), 125);
        ck_assert_str_eq(process.errors.text, "nsctl: stdout: No space left on device\n");
    }
}
END_TEST

#define LOOP(tcase, test, array) \
    tcase_add_loop_test(tcase, test, 0, sizeof(array) / sizeof((array)[0]))

TCase *nsctl_case(void)
{
    const TTest *const tests[] = {
        status_is_a_table_in_aligned_columns,
        names_in_utf_8_are_aligned_by_their_characters,
        a_service_without_readiness_is_running,
        a_field_that_a_later_nsinit_adds_does_no_harm,
        on_a_terminal_the_state_has_a_colour_unless_that_is_not_wanted,
        a_service_called_like_a_state_has_no_colour,
        the_status_of_some_services_is_asked_for_by_name,
        json_is_passed_on_as_it_comes,
        watched_it_is_drawn_anew_when_an_event_comes_and_to_nsinits_end,
        watched_at_a_default_place_it_names_no_path_at_the_end,
        watched_it_has_the_moments_of_change,
        watched_it_is_drawn_anew_and_cut_when_the_terminal_changes_its_size,
        wait_prints_the_exit_code,
        events_are_printed_to_nsinits_end,
        events_end_as_soon_as_their_reader_has_gone,
        a_signal_ends_it_as_it_ends_any_program,
        an_error_of_nsinits_is_told_with_its_exit_code,
        a_refusal_that_comes_before_the_request_is_told,
        words_are_quoted_so_that_a_posix_shell_would_read_them_as_they_are,
        an_answer_with_a_nul_is_none,
        a_line_that_never_ends_is_an_error,
        an_answer_in_pieces_is_put_together,
        a_table_may_be_longer_than_any_buffer,
        an_unreachable_nsinit_is_reported_with_the_reason_and_a_hint,
        another_users_socket_is_refused_with_a_hint,
        options_may_stand_before_and_behind_the_verb_and_be_shortened,
        an_option_for_the_path_wins_over_the_variable,
        an_image_with_nsinit_alone_has_it_as_ctl,
        a_request_of_more_than_64_kib_is_an_error,
        output_that_cannot_be_written_is_an_error,
        NULL};
    TCase *tcase = case_of("nsctl", tests);

    tcase_add_loop_test(tcase, watched_to_nsinits_end_it_ends_with_0, 0, 2);
    LOOP(tcase, an_age_has_its_two_largest_units, ages);
    LOOP(tcase, an_order_is_quiet_when_it_is_carried_out, orders);
    LOOP(tcase, an_answer_that_makes_no_sense_is_an_error, nonsense);
    LOOP(tcase, an_answer_without_its_end_is_an_error, halves);
    LOOP(tcase, misuse_is_told_before_anybody_is_asked, misuses);
    return tcase;
}
