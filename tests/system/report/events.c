/*
 * events.c - --report: what the events say, that they are whole, and that nobody waits for them
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "system/system.h"

/* All of a file; the caller keeps the string. */
static const char *content_of(const char *path)
{
    static char text[512 * 1024];
    FILE *file = fopen(path, "re");
    size_t length;

    ck_assert_ptr_nonnull(file);
    length = fread(text, 1, sizeof text - 1, file);
    text[length] = '\0';
    fclose(file);
    return text;
}

/* The events of a command, PID 1 or below it, with --report to a fresh file. */
static const char *events_of(int exit_code, const char *const *arguments, enum place place)
{
    const char *words[40] = {nsinit_path(), "--report", fresh_file("events")};
    struct process process;
    size_t count = 3;

    for (; *arguments != NULL; arguments++)
        words[count++] = *arguments;
    words[count] = NULL;
    ck_assert_int_eq(
        process_run(&process, &(struct process_options){.arguments = words, .place = place}),
        exit_code);
    return content_of(words[2]);
}

#define EVENTS_OF(exit_code, ...) events_of(exit_code, COMMAND(__VA_ARGS__), PLACE_FIRST)
#define EVENTS_OF_POD(exit_code, ...)                                                      \
    events_of(exit_code, COMMAND("-s", "--control", "no", "--pod", pod_file(__VA_ARGS__)), \
              PLACE_SECOND)

/* Whether each line is an object of JSON by the schema, by python3-jsonschema. */
static const char validate[] =
    "import json, sys\n"
    "import jsonschema\n"
    "validator = jsonschema.Draft7Validator(json.load(open(sys.argv[1])))\n"
    "kinds = set()\n"
    "for line in open(sys.argv[2]):\n"
    "    event = json.loads(line)\n"
    "    kinds.add(event['event'])\n"
    "    for error in validator.iter_errors(event):\n"
    "        sys.exit(line + error.message)\n"
    "print(' '.join(sorted(kinds)))\n";

static bool lacks_validator(const char *test)
{
    if (system("python3 -c 'import jsonschema' 2>/dev/null") == 0)
        return false;
    skip_test(test, "no python3-jsonschema here");
    return true;
}

/* The kinds of events in the file. */
static const char *kinds_in(const char *path)
{
    static struct process process;

    ck_assert_msg(
        process_run(&process,
                    &(struct process_options){
                        .arguments = COMMAND("python3", "-c", validate,
                                             DOC_DIRECTORY "/event.schema.json", path)}) == 0,
        "%s", process.errors.text);
    return process.output.text;
}

/* A program that ends when its start has been told: one that is over before can't be looked at. */
static const char *told_program(void)
{
    static char path[200];
    FILE *file;

    snprintf(path, sizeof path, "%s/told", test_directory());
    file = fopen(path, "we");
    ck_assert_ptr_nonnull(file);
    fprintf(file, "#!/bin/sh\nuntil grep -q start %s/events; do :; done\n", test_directory());
    fclose(file);
    ck_assert_int_eq(chmod(path, 0755), 0);
    return path;
}

/* ---- what they say --------------------------------------------------------------------------- */

START_TEST(a_life_is_told_from_start_to_end)
{
    const char *text = EVENTS_OF(3, "--", "sh", "-c", "exit 3");
    const char *const parts[] = {"{\"event\":\"start\",\"time\":\"20",
                                 "\"service\":\"main\"",
                                 "\"pid\":2,",
                                 "\"restarts\":0,",
                                 "{\"event\":\"exit\"",
                                 "\"exit_code\":3,\"failed\":true,",
                                 "{\"event\":\"end\"",
                                 "\"exit_code\":3}\n"};

    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        const char *found = strstr(text, parts[i]);

        ck_assert_msg(found != NULL, "%s is not where it belongs", parts[i]);
        text = found;
    }
}
END_TEST

START_TEST(the_status_text_of_a_program_is_an_event)
{
    const char *events =
        EVENTS_OF(0, "--notify", "--", PROBE, "say", "READY=1", "READY=1",
                  "RELOADING=1%0aMONOTONIC_USEC=5", "RELOADING=1", "READY=1", "STOPPING=1");
    const char *reload = strstr(events, "{\"event\":\"reload\",");
    const char *stop = strstr(events, "{\"event\":\"stop\",");

    ck_assert_ptr_nonnull(reload);
    ck_assert_ptr_nonnull(stop);
    ck_assert_int_eq(count_of(events, "\"event\":\"reload\""), 1);
    ck_assert_int_eq(count_of(events, "\"event\":\"ready\""), 2);
    ck_assert_int_eq(count_of(events, "\"event\":\"stop\""), 1);
    ck_assert_contains(reload, "\"event\":\"ready\"");
    ck_assert_contains(stop, "\"reason\":\"program\"");
}
END_TEST

START_TEST(a_start_tells_the_ids_that_the_kernel_tells_the_program)
{
    static const char script[] =
        "for t in user mnt pid net uts ipc cgroup time; do\n"
        "i=$(readlink /proc/self/ns/$t); echo \"\\\"$t\\\":{\\\"id\\\":${i#*:}\" | tr -d '[]'\n"
        "done";
    struct process process;
    const char *file = fresh_file("events");
    const char *text;
    char *line;
    int count = 0;

    ck_assert_int_eq(process_run(&process, AS_FIRST("--report", file, "--unshare", "all",
                                                    "--map-root-user", "--", "sh", "-c", script)),
                     0);
    text = content_of(file);
    for (line = strtok(process.output.text, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        ck_assert_contains(text, line);
        count++;
    }
    ck_assert_int_eq(count, 8);
    ck_assert_int_eq(count_of(text, "\"origin\":\"own\",\"same_as_nsinit\":false"), 8);
}
END_TEST

START_TEST(a_start_tells_the_programs_pid_in_each_namespace)
{
    const char *text = EVENTS_OF_POD(0,
                                     "[pod]\nunshare = pid\n"
                                     "[service a]\nunshare = pid\ncommand = %s\n",
                                     told_program());
    int outer;
    int middle;
    int inner;

    ck_assert_ptr_nonnull(strstr(text, "\"pids\":"));
    ck_assert_int_eq(
        sscanf(strstr(text, "\"pids\":"), "\"pids\":[%d,%d,%d]", &outer, &middle, &inner), 3);
    /* Its inner init is 1 there, the one of the pod is 1 in between. */
    ck_assert_int_eq(inner, 2);
    ck_assert_int_gt(middle, inner);
    ck_assert_int_gt(outer, middle);
}
END_TEST

START_TEST(a_start_tells_maps_and_the_hostname_inside)
{
    const char *text;

    if (lacks_root("a_start_tells_maps_and_the_hostname_inside"))
        return;
    text = EVENTS_OF(0, "--unshare", "user,uts", "--hostname", "inside", "--map-users",
                     "0:100000:1000", "--map-users", "1000:0:1", "--map-groups", "0:200000:65536",
                     "--", told_program());
    ck_assert_contains(text, "\"hostname\":\"inside\"");
    ck_assert_contains(text, "\"uid_map\":[[0,100000,1000],[1000,0,1]]");
    ck_assert_contains(text, "\"gid_map\":[[0,200000,65536]]");
}
END_TEST

START_TEST(an_ordinary_user_is_told_the_hostname_inside)
{
    const char *file = fresh_file("events");
    struct process process;

    ck_assert_int_eq(
        process_run(&process,
                    &(struct process_options){.arguments = NSINIT("-s", "--report", file,
                                                                  "--unshare", "user,uts,pid",
                                                                  "--map-root-user", "--hostname",
                                                                  "inside", "--", told_program()),
                                              .place = PLACE_SECOND,
                                              .uid = geteuid() == 0 ? ORDINARY_USER : 0}),
        0);
    ck_assert_contains(content_of(file), "\"hostname\":\"inside\"");
    ck_assert_lacks(content_of(file), "unreadable");
}
END_TEST

START_TEST(inherited_ids_are_reported_even_of_a_program_that_ends_at_once)
{
    for (int i = 0; i < 20; i++) {
        const char *text = EVENTS_OF(0, "--", "true");

        ck_assert_lacks(text, "\"id\":null");
        ck_assert_lacks(text, "\"hostname\":null");
    }
}
END_TEST

START_TEST(where_a_namespace_is_from_is_told)
{
    const char *text = EVENTS_OF_POD(0,
                                     "[pod]\nunshare = ipc\n"
                                     "[service a]\nunshare = uts\ncommand = %s\n",
                                     told_program());

    ck_assert_contains(text, "\"uts\":{\"id\":");
    ck_assert_int_eq(count_of(text, "\"origin\":\"own\",\"same_as_nsinit\":false"), 1);
    ck_assert_int_eq(count_of(text, "\"origin\":\"entered\",\"same_as_nsinit\":false"), 1);
    ck_assert_int_eq(count_of(text, "\"origin\":\"inherited\",\"same_as_nsinit\":true"), 6);
}
END_TEST

START_TEST(without_proc_what_can_not_be_told_is_null_with_the_reason)
{
    struct process process;
    const char *file = fresh_file("events");
    const char *text;

    if (lacks_root("without_proc_what_can_not_be_told_is_null_with_the_reason"))
        return;
    ck_assert_int_eq(
        process_run(&process,
                    &(struct process_options){
                        .arguments = COMMAND("sh", "-c",
                                             "umount -l /proc && exec \"$0\" --report \"$1\" "
                                             "-- true",
                                             nsinit_path(), file),
                        .place = PLACE_FIRST}),
        0);
    text = content_of(file);
    ck_assert_contains(text, "\"pids\":null,");
    ck_assert_contains(text,
                       "\"unreadable\":{\"pids\":\"there is no /proc of this PID namespace\"");
    ck_assert_contains(text, "\"hostname\":\"");
}
END_TEST

/* Two orphans, one of them killed; both are gone, hence reaped, when the program ends. */
#define ORPHANS                                                                            \
    "p=$(sh -c 'sh -c \"until [ \\$(ps -o ppid= -p \\$\\$) -eq 1 ]; do :; done; exit 7\" " \
    ">/dev/null & echo $!'); q=$(sh -c 'sleep 1000 >/dev/null & echo $!'); kill -9 $q; "   \
    "while [ -e /proc/$p ] || [ -e /proc/$q ]; do :; done"

START_TEST(reaped_orphans_are_told_where_that_is_asked_for)
{
    const char *text = EVENTS_OF(0, "-w", "--", "sh", "-c", ORPHANS);

    ck_assert_contains(text, "{\"event\":\"reap\",\"time\":");
    ck_assert_contains(text, "\"exit_code\":7,\"signal\":null}");
    ck_assert_contains(text, "\"exit_code\":137,\"signal\":\"KILL\"}");
    ck_assert_lacks(EVENTS_OF(0, "--", "sh", "-c", ORPHANS), "reap");
}
END_TEST

START_TEST(a_failed_start_is_an_exit_with_the_reason_and_so_is_each_service_behind_it)
{
    const char *text = EVENTS_OF_POD(1, "[service a]\ncommand = /nonexistent/program\n"
                                        "notify = yes\n"
                                        "[service b]\ncommand = true\nafter = a\n"
                                        "[service c]\ncommand = true\nafter = b\n"
                                        "[service d]\ncommand = /etc/passwd\n"
                                        "[service e]\ncommand = true\nworkdir = /nonexistent\n");

    ck_assert_contains(text, "\"service\":\"a\",\"exit_code\":127,\"failed\":true,\"ran_ms\":0,"
                             "\"reason\":\"a: exec /nonexistent/program: ");
    ck_assert_contains(text, "\"service\":\"b\",\"exit_code\":127,\"failed\":true,\"ran_ms\":0,"
                             "\"reason\":\"not started: a has ended before it was ready\"");
    ck_assert_contains(text, "\"service\":\"c\",\"exit_code\":127,");
    ck_assert_contains(text, "\"service\":\"d\",\"exit_code\":126,");
    ck_assert_contains(text, "\"service\":\"e\",\"exit_code\":125,\"failed\":true,\"ran_ms\":0,"
                             "\"reason\":\"e: --workdir /nonexistent: ");
    ck_assert_int_eq(count_of(text, "\"event\":\"exit\""), 5);
    ck_assert_int_eq(count_of(text, "\"event\":\"start\""), 0);
}
END_TEST

START_TEST(a_single_program_that_can_not_be_started_is_told_of)
{
    const char *text = EVENTS_OF(127, "--", "/nonexistent/program");

    ck_assert_contains(text, "\"event\":\"exit\"");
    ck_assert_contains(text,
                       "\"exit_code\":127,\"failed\":true,\"ran_ms\":0,\"reason\":\"main: exec ");
    ck_assert_contains(text, "\"event\":\"end\"");
}
END_TEST

START_TEST(every_event_of_a_long_run_is_valid_by_the_schema)
{
    const char *file = fresh_file("events");
    const char *kinds;
    struct process process;

    if (lacks_validator("every_event_of_a_long_run_is_valid_by_the_schema"))
        return;
    ck_assert_int_eq(
        process_run(
            &process,
            AS_SECOND(
                "-s", "-w", "--control", "no", "--report", file, "--pod",
                pod_file(
                    "[pod]\nunshare = pid,uts,ipc\nhostname = pod\ndrain = KILL\n"
                    "[service setup]\ntype = oneshot\n"
                    "command = sh -c '(true &); echo \"\\001\\377 \\\"quoted\\\"\"'\n"
                    "[service talks]\nafter = setup\nnotify = yes\nunshare = pid,mnt\n"
                    "command = %s say READY=1 RELOADING=1 STOPPING=1 \"STATUS=a \\\"word\\\"\"\n"
                    "restart = on-failure:3\nrestart-delay = 1ms\n"
                    "[service sick]\nafter = setup\ncommand = sleep 1000\n"
                    "health-cmd = \"printf '\\\\\\\\377 no'; exit 1\"\n"
                    "health-interval = 5ms\n"
                    "health-retries = 2\nrestart = on-failure:3\nrestart-delay = 1ms\n"
                    "stop = KILL\nessential = yes\n"
                    "[service late]\nready-fd = 3\nready-timeout = 20ms\n"
                    "command = sleep 1000\nrestart = on-failure:2\nstop = KILL\n"
                    "[service missing]\ncommand = /nonexistent\nessential = no\n"
                    "[service main]\nunshare = user\nmap-root-user = yes\n"
                    "command = sleep 1000\n",
                    probe_path()))),
        137);
    kinds = kinds_in(file);
    /* On a loaded machine `late` is killed while it is set up, which leaves orphans to be told of.
     */
    ck_assert_msg(
        strcmp(kinds, "end exit health ready reload restart start status stop\n") == 0 ||
            strcmp(kinds, "end exit health ready reap reload restart start status stop\n") == 0,
        "%s", kinds);
}
END_TEST

START_TEST(a_reaped_orphan_is_valid_by_the_schema)
{
    const char *file = fresh_file("events");
    struct process process;

    if (lacks_validator("a_reaped_orphan_is_valid_by_the_schema"))
        return;
    ck_assert_int_eq(
        process_run(&process, AS_FIRST("-w", "--report", file, "--", "sh", "-c", ORPHANS)), 0);
    ck_assert_str_eq(kinds_in(file), "end exit reap start\n");
}
END_TEST

/* ---- where they go --------------------------------------------------------------------------- */

START_TEST(events_are_appended_to_what_is_there)
{
    const char *file = fresh_file("events");
    struct process process;

    for (int i = 0; i < 2; i++)
        ck_assert_int_eq(process_run(&process, AS_FIRST("--report", file, "--", "true")), 0);
    ck_assert_int_eq(count_of(content_of(file), "{\"event\":\"start\""), 2);
    ck_assert_int_eq(count_of(content_of(file), "{\"event\":\"end\""), 2);
}
END_TEST

/* By a relative name, from a directory that nsinit has left by then. */
START_TEST(a_file_that_was_moved_is_made_anew_for_the_next_event)
{
    const char *file = fresh_file("events");
    char moved[200];
    struct process process;

    snprintf(moved, sizeof moved, "%s.1", file);
    ck_assert_int_eq(
        process_run(
            &process,
            &(struct process_options){
                .arguments = COMMAND("sh", "-c",
                                     "cd \"${1%/*}\"; exec \"$0\" --report \"${1##*/}\" -- sh -c "
                                     "'until [ -s \"$0\" ]; do :; done; mv \"$0\" \"$0.1\"' \"$1\"",
                                     nsinit_path(), file),
                .place = PLACE_FIRST}),
        0);
    ck_assert_int_eq(count_of(content_of(moved), "\n"), 1);
    ck_assert_contains(content_of(moved), "{\"event\":\"start\"");
    ck_assert_int_eq(count_of(content_of(file), "\n"), 2);
    ck_assert_contains(content_of(file), "{\"event\":\"exit\"");
    ck_assert_contains(content_of(file), "{\"event\":\"end\"");
}
END_TEST

/* Once its start is told the run's number picks what it does to the file. */
static const char change_file[] =
    "read n <\"$1.runs\"; echo $((n + 1)) >\"$1.runs\"\n"
    "until cat \"$1\"* | grep -q \"\\\"start\\\".*\\\"restarts\\\":$n,\"; do :; done\n"
    "case $n in\n"
    "0) rm \"$1\";;\n"
    "1) mv \"$1\" \"$1.1\"; ln -s \"$1.victim\" \"$1\";;\n"
    "2) rm \"$1\";;\n"
    "esac; exit 9";

START_TEST(a_link_in_the_place_of_a_moved_file_is_not_followed)
{
    const char *file = fresh_file("events");
    struct process process;
    struct stat status;
    char name[200];
    FILE *runs;

    snprintf(name, sizeof name, "%s.runs", file);
    runs = fopen(name, "we");
    ck_assert_ptr_nonnull(runs);
    fputs("0\n", runs);
    fclose(runs);
    ck_assert_int_eq(
        process_run(&process, AS_SECOND("-s", "--report", file, "--restart", "on-failure:3",
                                        QUICKLY, "--", "sh", "-c", change_file, "sh", file)),
        9);
    /* Until the link has gone the events go on to the moved file; a start is told while its program
     * does that. */
    snprintf(name, sizeof name, "%s.1", file);
    ck_assert_int_eq(count_of(content_of(name), "{\"event\":\"exit\""), 2);
    ck_assert_int_eq(count_of(content_of(file), "{\"event\":\"exit\""), 2);
    ck_assert_contains(content_of(file), "{\"event\":\"end\"");
    ck_assert_int_eq(count_of(process.errors.text, "open again after a move"), 1);
    snprintf(name, sizeof name, "%s.victim", file);
    ck_assert_int_lt(stat(name, &status), 0);
}
END_TEST

/* A variable that names an empty file, in which a check may count. */
static const char *checks_file(void)
{
    static char variable[200];

    snprintf(variable, sizeof variable, "CHECKS=%s", fresh_file("checks"));
    return variable;
}

/* Of ten good checks and two bad ones after them. */
START_TEST(a_health_check_is_an_event_when_its_outcome_is_another_or_where_all_are_asked_for)
{
    static const struct {
        const char *option;
        int good;
    } ways[] = {{"--report-checks=no", 1}, {"--report-checks", 10}};

    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        const char *text = EVENTS_OF(137, ways[i].option, "--stop", "KILL", "--health-interval",
                                     "1ms", "--health-retries", "2", "--health-cmd",
                                     "echo >>\"$CHECKS\"; [ $(wc -l <\"$CHECKS\") -le 10 ]",
                                     "--env", checks_file(), "--", "sleep", "1000");

        ck_assert_int_eq(count_of(text, "\"passed\":true"), ways[i].good);
        ck_assert_int_eq(count_of(text, "\"passed\":false"), 2);
        ck_assert_contains(text, "\"health\":\"unhealthy\",\"passed\":false,\"failures\":2");
    }
}
END_TEST

START_TEST(a_descriptor_is_written_to_and_is_not_the_programs)
{
    const char *file = fresh_file("events");
    struct process process;

    ck_assert_int_eq(
        process_run(&process,
                    &(struct process_options){
                        .arguments = COMMAND("sh", "-c",
                                             "exec \"$0\" --report fd:7 -- sh -c "
                                             "'ls /proc/self/fd | tr \"\\n\" \" \"' 7>\"$1\"",
                                             nsinit_path(), file),
                        .place = PLACE_FIRST}),
        0);
    ck_assert_str_eq(process.output.text, "0 1 2 3 ");
    ck_assert_contains(content_of(file), "{\"event\":\"end\"");
}
END_TEST

START_TEST(stdout_may_have_the_events_and_stays_the_programs)
{
    struct process process;

    ck_assert_int_eq(process_run(&process, AS_FIRST("--report", "fd:1", "--", "echo", "hello")), 0);
    ck_assert_contains(process.output.text, "hello\n");
    ck_assert_contains(process.output.text, "{\"event\":\"end\"");
}
END_TEST

START_TEST(the_environment_and_the_pod_file_name_the_file_too)
{
    const char *file = fresh_file("events");
    struct process process;

    ck_assert_int_eq(process_run(&process,
                                 &(struct process_options){
                                     .arguments = COMMAND("sh", "-c",
                                                          "NSINIT_REPORT=$1 exec \"$0\" -- sh -c "
                                                          "'[ -z \"$NSINIT_REPORT\" ]'",
                                                          nsinit_path(), file),
                                     .place = PLACE_FIRST}),
                     0);
    ck_assert_contains(content_of(file), "{\"event\":\"end\"");
    ck_assert_int_eq(process_run(&process, AS_POD("[pod]\nreport = %s\n"
                                                  "[service a]\ncommand = true\n",
                                                  fresh_file("events"))),
                     0);
    ck_assert_contains(content_of(file), "\"service\":\"a\"");
}
END_TEST

START_TEST(a_file_that_can_not_be_is_an_error_before_anything_runs)
{
    static const char *const wrong[][2] = {
        {"/nonexistent/events", "--report /nonexistent/events: No such file or directory"},
        {"fd:99", "--report fd:99: Bad file descriptor"},
        {"fd:x", "--report fd:x: 'x' is not a descriptor number"},
    };
    struct process process;

    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        ck_assert_int_eq(
            process_run(&process, AS_FIRST("--report", wrong[i][0], "--", "echo", "x")), 125);
        ck_assert_contains(process.errors.text, wrong[i][1]);
        ck_assert_str_eq(process.output.text, "");
    }
    ck_assert_int_eq(
        process_run(&process,
                    &(struct process_options){
                        .arguments = COMMAND("sh", "-c", "exec \"$0\" --report fd:1 true >&-",
                                             nsinit_path())}),
        125);
    ck_assert_contains(process.errors.text, "--report fd:1: Bad file descriptor");
}
END_TEST

/* ---- nobody waits for them ------------------------------------------------------------------- */

START_TEST(a_reader_that_goes_costs_events_and_nothing_else)
{
    struct process process;

    ck_assert_int_eq(
        process_run(&process,
                    &(struct process_options){
                        .arguments = COMMAND(
                            "sh", "-c",
                            "mkfifo \"$1.fifo\"; { head -c 1; echo gone >\"$1\"; } "
                            "<\"$1.fifo\" >/dev/null & "
                            "exec \"$0\" -s --report \"$1.fifo\" --restart on-failure:3 "
                            "--restart-delay 0 -- sh -c "
                            "'until grep -q gone \"$1\"; do :; done; echo run; exit 9' sh \"$1\"",
                            nsinit_path(), fresh_file("events")),
                        .place = PLACE_FIRST}),
        9);
    ck_assert_int_eq(count_of(process.output.text, "run\n"), 4);
}
END_TEST

START_TEST(an_unread_pipe_costs_events_and_they_are_counted)
{
    /* 64 KiB of room are gone after some eighty starts; then it is read, and more comes. */
    static const char script[] =
        "mkfifo \"$1.fifo\"; exec 5<>\"$1.fifo\"; echo 0 >\"$1.runs\"\n"
        "\"$0\" -s --report \"$1.fifo\" --restart on-failure:200 --restart-delay 0 -- sh -c '\n"
        "read n <\"$1.runs\"; echo $((n + 1)) >\"$1.runs\"\n"
        "[ $n -ne 199 ] || dd if=\"$1.fifo\" of=\"$1\" bs=64k count=1 iflag=nonblock 2>/dev/null\n"
        "exit 9' sh \"$1\" 5>&-\n"
        "echo code $?; dd if=\"$1.fifo\" bs=64k count=4 iflag=nonblock 2>/dev/null >>\"$1\"; true";
    const char *file = fresh_file("events");
    struct process process;
    const char *text;

    ck_assert_int_eq(
        process_run(&process, &(struct process_options){.arguments = COMMAND("sh", "-c", script,
                                                                             nsinit_path(), file),
                                                        .place = PLACE_SECOND}),
        0);
    ck_assert_str_eq(process.output.text, "code 9\n");
    text = content_of(file);
    /* After a long event is lost, a short one may still fit: then there is another count. */
    ck_assert_int_ge(count_of(text, "\"lost\":"), 1);
    ck_assert_contains(text, "{\"event\":\"end\"");
    for (const char *line = text; *line != '\0'; line = strchr(line, '\n') + 1)
        ck_assert_msg(strncmp(line, "{\"event\":", 9) == 0 && strchr(line, '\n') != NULL &&
                          strchr(line, '\n')[-1] == '}',
                      "<<%.80s>>", line);
}
END_TEST

START_TEST(a_full_disk_costs_events_and_leaves_no_partial_line)
{
    static const char script[] =
        "mkdir \"$1.d\" && mount -t tmpfs -o size=32k none \"$1.d\" && cd \"$1.d\" && echo 0 "
        ">\"$1.runs\"\n"
        "\"$0\" -s --report events --restart on-failure:40 --restart-delay 0 -- sh -c '\n"
        "read n <\"$1.runs\"; echo $((n + 1)) >\"$1.runs\"\n"
        "case $n in 0) cat /dev/zero >full 2>/dev/null;; 30) rm full;; esac; exit 9' sh \"$1\"\n"
        "echo code $?; cat events >\"$1\"";
    const char *file = fresh_file("events");
    struct process process;
    const char *text;

    if (lacks_root("a_full_disk_costs_events_and_leaves_no_partial_line"))
        return;
    ck_assert_int_eq(
        process_run(&process,
                    &(struct process_options){.arguments = COMMAND("unshare", "-m", "sh", "-c",
                                                                   script, nsinit_path(), file),
                                              .place = PLACE_SECOND}),
        0);
    ck_assert_str_eq(process.output.text, "code 9\n");
    text = content_of(file);
    ck_assert_int_eq(count_of(text, "\"lost\":"), 1);
    for (const char *line = text; *line != '\0'; line = strchr(line, '\n') + 1)
        ck_assert_msg(strncmp(line, "{\"event\":", 9) == 0 && strchr(line, '\n') != NULL &&
                          strchr(line, '\n')[-1] == '}',
                      "<<%.80s>>", line);
}
END_TEST

/* ---- where they go ----------------------------------------------------------------------------
 */

START_TEST(a_new_file_is_its_owners_alone)
{
    struct process process;
    struct stat status;
    char path[200];

    snprintf(path, sizeof path, "%s/new", test_directory());
    (void)umask(0);
    ck_assert_int_eq(process_run(&process, AS_FIRST("--report", path, "--", "true")), 0);
    ck_assert_int_eq(stat(path, &status), 0);
    ck_assert_uint_eq(status.st_mode & 07777U, 0600);
    ck_assert_contains(content_of(path), "\"event\":\"end\"");
}
END_TEST

/* Who may write to the directory may have put it there. */
START_TEST(a_symbolic_link_is_not_followed)
{
    struct process process;
    struct stat status;
    char victim[200];
    char link[200];

    snprintf(victim, sizeof victim, "%s/victim", test_directory());
    snprintf(link, sizeof link, "%s/link", test_directory());
    ck_assert_int_eq(symlink(victim, link), 0);
    ck_assert_int_eq(process_run(&process, AS_FIRST("--report", link, "--", "true")), 125);
    ck_assert_int_lt(stat(victim, &status), 0);
    ck_assert_contains(process.errors.text, "link: is a symbolic link, which is not followed\n");
    ck_assert_contains(process.errors.text, "hint: ");
}
END_TEST

/* Each is a link, to what another user may have opened. */
START_TEST(dev_stdout_and_dev_stderr_mean_the_descriptors)
{
    struct process process;

    ck_assert_int_eq(process_run(&process, AS_FIRST("--report", "/dev/stdout", "--", "true")), 0);
    ck_assert_contains(process.output.text, "\"event\":\"end\"");
    ck_assert_int_eq(process_run(&process, AS_FIRST("--report", "/dev/stderr", "--", "true")), 0);
    ck_assert_contains(process.errors.text, "\"event\":\"end\"");
}
END_TEST

TCase *events_case(void)
{
    const TTest *const tests[] = {
        a_life_is_told_from_start_to_end,
        the_status_text_of_a_program_is_an_event,
        a_start_tells_the_ids_that_the_kernel_tells_the_program,
        a_start_tells_the_programs_pid_in_each_namespace,
        a_start_tells_maps_and_the_hostname_inside,
        an_ordinary_user_is_told_the_hostname_inside,
        inherited_ids_are_reported_even_of_a_program_that_ends_at_once,
        where_a_namespace_is_from_is_told,
        without_proc_what_can_not_be_told_is_null_with_the_reason,
        reaped_orphans_are_told_where_that_is_asked_for,
        a_failed_start_is_an_exit_with_the_reason_and_so_is_each_service_behind_it,
        a_single_program_that_can_not_be_started_is_told_of,
        every_event_of_a_long_run_is_valid_by_the_schema,
        a_reaped_orphan_is_valid_by_the_schema,
        events_are_appended_to_what_is_there,
        a_file_that_was_moved_is_made_anew_for_the_next_event,
        a_link_in_the_place_of_a_moved_file_is_not_followed,
        a_health_check_is_an_event_when_its_outcome_is_another_or_where_all_are_asked_for,
        a_descriptor_is_written_to_and_is_not_the_programs,
        stdout_may_have_the_events_and_stays_the_programs,
        the_environment_and_the_pod_file_name_the_file_too,
        a_file_that_can_not_be_is_an_error_before_anything_runs,
        a_reader_that_goes_costs_events_and_nothing_else,
        an_unread_pipe_costs_events_and_they_are_counted,
        a_full_disk_costs_events_and_leaves_no_partial_line,
        a_new_file_is_its_owners_alone,
        a_symbolic_link_is_not_followed,
        dev_stdout_and_dev_stderr_mean_the_descriptors,
        NULL};

    return case_of("events", tests);
}
