/*
 * pod_file_check.c - --check, and what the user is told of a pod file that is wrong
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "system/system.h"

#define GOOD_POD                                                                     \
    "[pod]\nunshare = net,uts\nhostname = web-0\n"                                   \
    "[service cache]\ncommand = touch %s\nrestart = always\n"                        \
    "[service web]\ncommand = sh -c 'a ; \"b\"'\nafter = cache\nunshare = pid,mnt\n" \
    "stop = QUIT/10/KILL\nessential = yes\ncontrol-access = status\n"

static int check_pod(struct process *process, const char *file, const char *more)
{
    return process_run(process,
                       &(struct process_options){
                           .arguments = COMMAND(nsinit_path(), "--pod", file, "--check", more),
                           .place = PLACE_SECOND});
}

static const char *untouched_file(void)
{
    static char path[200];

    snprintf(path, sizeof path, "%s/touched", test_directory());
    (void)unlink(path);
    return path;
}

START_TEST(check_prints_the_plan_and_runs_nothing)
{
    const char *touched = untouched_file();
    struct process process;

    ck_assert_int_eq(check_pod(&process, pod_file(GOOD_POD, touched), NULL), 0);
    ck_assert_contains(process.output.text, "[pod]\n");
    ck_assert_contains(process.output.text, "hostname = web-0\n");
    ck_assert_contains(process.output.text, "[service cache]\n");
    ck_assert_contains(process.output.text, "  command = sh -c 'a ; \"b\"'\n");
    ck_assert_contains(process.output.text, "  after = cache\n");
    ck_assert_contains(process.output.text, "  stop = QUIT/10/KILL\n");
    ck_assert_contains(process.output.text, "  control-access = status\n");
    /* What holds without being said is a comment. */
    ck_assert_contains(process.output.text, "  # drain = TERM/3s/KILL\n");
    ck_assert_contains(process.output.text, "  # stop = TERM/10s/KILL\n");
    ck_assert_str_eq(process.errors.text, "");
    ck_assert_int_lt(access(touched, F_OK), 0);
}
END_TEST

START_TEST(check_prints_json_that_a_parser_takes)
{
    const char *const file = pod_file(GOOD_POD, untouched_file());
    struct process process;

    if (system("python3 -c '' 2>/dev/null") != 0) {
        skip_test("check_prints_json_that_a_parser_takes", "no python3 here");
        return;
    }
    process_run(&process,
                &(struct process_options){
                    .arguments = COMMAND(
                        "sh", "-c",
                        "\"$0\" --pod \"$1\" --check --json | python3 -c 'import json, sys\n"
                        "plan = json.load(sys.stdin)\n"
                        "print(plan[\"pod\"][\"hostname\"], [s[\"service\"] for s in "
                        "plan[\"services\"]], plan[\"services\"][1][\"command\"],"
                        "plan[\"services\"][1][\"unshare\"], plan[\"services\"][0][\"stop\"])'",
                        nsinit_path(), file),
                    .place = PLACE_SECOND});
    ck_assert_str_eq(process.output.text, "web-0 ['cache', 'web'] ['sh', '-c', 'a ; \"b\"'] "
                                          "['pid,mnt'] TERM/10s/KILL\n");
}
END_TEST

START_TEST(the_output_of_check_is_a_valid_pod_file)
{
    static char plan[4096];
    struct process process;

    ck_assert_int_eq(check_pod(&process, pod_file(GOOD_POD, untouched_file()), NULL), 0);
    snprintf(plan, sizeof plan, "%s", process.output.text);
    ck_assert_int_eq(check_pod(&process, pod_file("%s", plan), NULL), 0);
    ck_assert_str_eq(process.output.text, plan);
}
END_TEST

/* ---- every key ------------------------------------------------------------------------------ */

/* Keys that need a value of their own, or another key besides. */
static const struct sample {
    const char *key;
    const char *value;
    const char *besides;
} samples[] = {
    {"after", "other", ""},
    {"boottime", "-5", ""},
    {"cap-add", "chown,net_raw", ""},
    {"cap-drop", "all", ""},
    {"command", "sh -c 'echo \"$${A}\" # no comment; a && b'", ""},
    {"control-access", "full", ""},
    {"drain", "HUP/1/KILL", ""},
    {"egress", "10.0.0.0/8:80-90,[2001:db8::1]:53/udp", "cap-drop = all\n"},
    {"enter", "net=netns:blue", ""},
    {"enter-dir", "yes", "enter = net=1\n"},
    {"enter-env", "yes", "enter = net=1\n"},
    {"enter-privileges", "yes", "enter = net=1\n"},
    {"enter-root", "yes", "enter = net=1\n"},
    {"env", "A=$${B} c", ""},
    {"etc-files", "no", ""},
    {"log-format", "json", ""},
    {"map", "0:0:1", ""},
    {"map-groups", "0:0:1", "map-users = 0:0:1\n"},
    {"map-users", "0:0:1", "map-groups = 0:0:1\n"},
    {"mount", "type=tmpfs,target=/x,tmpfs-size=1m", ""},
    {"netdev", "macvlan=eth9,name=lan,address=10.0.0.2/24", ""},
    {"network", "pasta", ""},
    {"on-end", "halt", ""},
    {"overlay", "yes", "root = /tmp\n"},
    {"parent-death-signal", "HUP", ""},
    {"propagation", "slave", ""},
    {"publish", "127.0.0.1:8080:80/udp", "network = pasta\n"},
    {"ready-timeout", "10s", "notify = yes\n"},
    {"restart", "on-failure:3", ""},
    {"restart-delay", "1s..2m", "restart = always\n"},
    {"rewrite", "TERM:QUIT", ""},
    {"root-idmap", "0:0:1 u:1:1:1", "root = /tmp\n"},
    {"rlimit", "nofile=100:200", ""},
    {"stop", "QUIT/5/KILL", ""},
    {"stop-all", "yes", "stop = TERM/1/KILL\n"},
    {"sysctl", "net.ipv4.ip_forward=1", ""},
    {"unshare", "net=/tmp/kept", ""},
    {"verbose", "3", ""},
    {"veth", "host=outer,address=10.0.0.2/24,gateway=10.0.0.1", ""},
};

/* One of these does for every other key. */
static const char *const simple_values[] = {"yes", "10s", "5", "/tmp", "word", "allow", "oneshot"};

enum { SIMPLE_VALUES = sizeof simple_values / sizeof simple_values[0] };

/* A pod whose service, or the pod itself, may have any key. */
#define EVERY_NAMESPACE "unshare = user,mnt,pid,net,uts,ipc,cgroup,time\n"

static const char *pod_with(bool in_pod, const char *key, const char *value, const char *besides)
{
    bool is_command = strcmp(key, "command") == 0;

    return in_pod ? pod_file("[pod]\n" EVERY_NAMESPACE "%s%s = %s\n"
                             "[service it]\ncap-drop = all\ncommand = true\n",
                             besides, key, value)
                  : pod_file("[service other]\ncommand = true\n"
                             "[service it]\n%s" EVERY_NAMESPACE "%s%s = %s\n",
                             is_command ? "" : "command = true\n", besides, key, value);
}

static bool is_taken(bool in_pod, const char *key, const char *value, const char *besides,
                     struct process *process)
{
    int code = check_pod(process, pod_with(in_pod, key, value, besides), NULL);

    return code == 0;
}

/* Whether the key is taken there; then it is in the plan, which reads as the same plan. */
static bool comes_back(bool in_pod, const char *key)
{
    static char plan[4096];
    char row[200];
    struct process process;
    struct sample sample = {key, NULL, ""};
    bool taken = false;

    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++)
        if (strcmp(samples[i].key, key) == 0)
            sample = samples[i];
    if (sample.value != NULL)
        taken = is_taken(in_pod, key, sample.value, sample.besides, &process);
    for (int i = 0; i < SIMPLE_VALUES && sample.value == NULL && !taken; i++) {
        taken = is_taken(in_pod, key, simple_values[i], "", &process);
        if (taken)
            sample.value = simple_values[i];
        else if (i < SIMPLE_VALUES - 1)
            process_drop(&process);
    }
    if (!taken) {
        ck_assert_msg(strstr(process.errors.text, "belongs in") != NULL ||
                          strstr(process.errors.text, "command line") != NULL,
                      "a value for %s is missing in `samples`: %s", key, process.errors.text);
        process_drop(&process);
        return false;
    }
    snprintf(row, sizeof row, "  %s = %s\n", key, sample.value);
    ck_assert_contains(process.output.text, row);
    snprintf(plan, sizeof plan, "%s", process.output.text);
    process_drop(&process);
    ck_assert_int_eq(check_pod(&process, pod_file("%s", plan), NULL), 0);
    ck_assert_str_eq(process.output.text, plan);
    process_drop(&process);
    return true;
}

/* The name in a line of the help that tells of an option or key, or NULL; it ends the line. */
static char *name_in(char *line)
{
    char *name = strstr(line, "--");

    if (strncmp(line, "  ", 2) != 0 || (line[2] != ' ' && line[2] != '-'))
        return NULL;
    name = name != NULL && name < line + 7 ? name + 2 : line + 6;
    name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-")] = '\0';
    return name[0] != '\0' ? name : NULL;
}

START_TEST(every_key_is_in_the_plan_which_reads_as_the_same_plan)
{
    struct process help;
    char *rest;
    char *line;
    int options = 0;
    int keys = 0;

    ck_assert_int_eq(process_run(&help, &(struct process_options){.arguments = NSINIT("--help")}),
                     0);
    rest = help.output.text;
    while ((line = strsep(&rest, "\n")) != NULL) {
        const char *name = name_in(line);
        bool in_service;

        if (name == NULL)
            continue;
        options++;
        in_service = comes_back(false, name);
        keys += comes_back(true, name) || in_service;
    }
    ck_assert_int_ge(options, 80);
    /* All but those that are for the command line alone. */
    ck_assert_int_eq(options - keys, 8);
}
END_TEST

START_TEST(options_from_outside_the_file_are_in_the_plan)
{
    const char *file = pod_file("[service a]\ncommand = true\nrestart = no\n");
    struct process process;

    ck_assert_int_eq(
        process_run(&process,
                    &(struct process_options){.arguments = COMMAND("env", "NSINIT_RESTART=always",
                                                                   "NSINIT_STOP=", nsinit_path(),
                                                                   "-g", "-vv", "--control=/x",
                                                                   "--pod", file, "--check")}),
        0);
    ck_assert_contains(process.output.text, "  restart = always\n");
    ck_assert_lacks(process.output.text, "restart = no\n");
    ck_assert_contains(process.output.text, "  group = yes\n");
    ck_assert_contains(process.output.text, "  verbose = 3\n");
    ck_assert_contains(process.output.text, "  control = /x\n");
    ck_assert_contains(process.output.text, "  # stop = TERM/10s/KILL\n");
}
END_TEST

/* No line has room for it, but its variable has. */
START_TEST(a_value_with_a_line_end_is_printed_as_its_variable)
{
    const char *file = pod_file("[service a]\ncommand = sh -c '${SCRIPT}'\nworkdir = ${DIR}\n");
    struct process process;

    ck_assert_int_eq(process_run(&process,
                                 &(struct process_options){
                                     .arguments = COMMAND("env", "SCRIPT=a\nb", "DIR=/tmp",
                                                          "NSINIT_HEALTH_CMD=x\ny", nsinit_path(),
                                                          "--pod", file, "--check")}),
                     0);
    ck_assert_contains(process.output.text, "  command = sh -c '${SCRIPT}'\n");
    ck_assert_contains(process.output.text, "  workdir = /tmp\n");
    ck_assert_contains(process.output.text, "  # health-cmd does not fit into a line: x\\x0ay\n");
}
END_TEST

/* ---- what is wrong --------------------------------------------------------------------------- */

START_TEST(all_mistakes_are_told_each_with_its_own_line)
{
    static const char *const messages[] = {":2: [pod] hostname: needs a new uts namespace",
                                           ":5: [service a] usre: unknown key 'usre'",
                                           ":6: [service a] command: '&&' is for a shell",
                                           ":10: [service b] hostname: needs",
                                           ":12: expected [SECTION] or KEY = VALUE, not 'nonsense'",
                                           ":13: [service d] command: is missing"};
    const char *file = pod_file("[pod]\nhostname = x\n[service a]\n\nusre = 1\n"
                                "command = a && b\n"
                                "[service b]\ncommand = x\n\nhostname = y\n"
                                "[service c]\nnonsense\n[service d]\n");
    struct process process;

    ck_assert_int_eq(check_pod(&process, file, NULL), 125);
    for (size_t i = 0; i < sizeof messages / sizeof messages[0]; i++)
        ck_assert_contains(process.errors.text, messages[i]);
    ck_assert_int_eq(count_of(process.errors.text, "nsinit: "), 6);
    ck_assert_str_eq(process.output.text, "");
}
END_TEST

START_TEST(a_missing_file_or_user_is_a_warning_with_its_line)
{
    static const char *const messages[] = {
        ":2: [pod] report: /nonexistent: No such file",
        ":4: [service a] command: 'nosuchprogram' is not found in PATH (",
        ":5: [service a] user: user 'nosuchuser' is not in /etc/passwd",
        ":6: [service a] workdir: /nonexistent: No such file",
        ":8: [service b] command: /bin/nosuchprogram: No such file",
        ":9: [service b] groups: group 'nosuchgroup' is not in /etc/group",
        ":10: [service b] health-cmd: 'nosuchcheck' is not found",
        ":14: [service c] mount: /nonexistent: No such file",
        ":18: [service d] root: /nonexistent: No such file",
        ":21: [service e] command: 'true' is not found in PATH (/nonexistent)",
    };
    const char *file = pod_file("[pod]\nreport = /nonexistent/events\n"
                                "[service a]\ncommand = nosuchprogram x\nuser = nosuchuser\n"
                                "workdir = /nonexistent\n"
                                "[service b]\ncommand = /bin/nosuchprogram\n"
                                "groups = 1,nosuchgroup\nhealth-cmd = [\"nosuchcheck\"]\n"
                                "[service c]\ncommand = x\nmount = type=tmpfs,target=/x\n"
                                "mount = type=bind,source=/nonexistent,target=/y\nunshare = mnt\n"
                                "[service d]\nunshare = mnt\nroot = /nonexistent\n"
                                "command = /x\n"
                                "[service e]\ncommand = true\nenv = PATH=/nonexistent\n"
                                "[service good]\ncommand = true\nuser = 1:1\nworkdir = /\n");
    struct process process;

    ck_assert_int_eq(check_pod(&process, file, NULL), 0);
    for (size_t i = 0; i < sizeof messages / sizeof messages[0]; i++)
        ck_assert_contains(process.errors.text, messages[i]);
    ck_assert_lacks(process.errors.text, "[service good]");
    ck_assert_contains(process.output.text, "[service good]\n");
}
END_TEST

/* Neither runs; both say the same, with the file's name. */
static const struct wrong {
    const char *text;
    const char *message; /* behind the file's name */
} wrongs[] = {
    {"", ": has no [service NAME]"},
    {"command = x\n", ":1: command: belongs in a section"},
    {"[service a]\n", ":1: [service a] command: is missing"},
    {"[service a]\ncommand = x\nafter = b\n", ":3: [service a] after: "},
    {"[service a]\ncommand = x\nrestrat = no\n", ":3: [service a] restrat: "},
    {"[service a]\ncommand = x\nrestart = no\nrestart = no\n", ":4: [service a] restart: "},
    {"[servcie a]\n", ":1: [servcie]: "},
    {"[service a]\ncommand = x\nafter = b\n[service b]\ncommand = x\nafter = a\n",
     "services wait for each other: "},
    {"[service a]\ncommand = x\nhostname = h\n", ":3: [service a] hostname: "},
    {"[pod]\nhostname = h\n[service a]\ncommand = x\n", ":2: [pod] hostname: "},
};

START_TEST(each_mistake_in_a_pod_file_is_told_by_its_place)
{
    const struct wrong *wrong = &wrongs[_i];
    const char *file = pod_file("%s", wrong->text);
    struct process process;

    ck_assert_int_eq(check_pod(&process, file, NULL), 125);
    ck_assert_contains(process.errors.text, file);
    ck_assert_contains(process.errors.text, wrong->message);
    ck_assert_int_eq(count_of(process.errors.text, "nsinit: "), 1);
    ck_assert_str_eq(process.output.text, "");
    process_drop(&process);
    ck_assert_int_eq(process_run(&process, AS_SECOND("-s", "--control", "no", "--pod", file)), 125);
    ck_assert_contains(process.errors.text, wrong->message);
}
END_TEST

START_TEST(a_file_that_is_no_pod_file_is_reported)
{
    const char *file = fresh_file("nul");
    FILE *out = fopen(file, "we");
    struct process process;

    ck_assert_ptr_nonnull(out);
    ck_assert_uint_eq(fwrite("[service a]\ncommand = a\0b\n", 1, 26, out), 26);
    ck_assert_int_eq(fclose(out), 0);
    ck_assert_int_eq(check_pod(&process, file, NULL), 125);
    ck_assert_contains(process.errors.text, ":2: the line has a NUL byte");
    process_drop(&process);
    ck_assert_int_eq(check_pod(&process, "/", NULL), 125);
    ck_assert_contains(process.errors.text, "--pod /: Is a directory");
    process_drop(&process);
    ck_assert_int_eq(check_pod(&process, "/nonexistent", NULL), 125);
    ck_assert_contains(process.errors.text, "--pod /nonexistent: No such file or directory");
}
END_TEST

TCase *pod_file_check_case(void)
{
    const TTest *const tests[] = {check_prints_the_plan_and_runs_nothing,
                                  check_prints_json_that_a_parser_takes,
                                  the_output_of_check_is_a_valid_pod_file,
                                  every_key_is_in_the_plan_which_reads_as_the_same_plan,
                                  options_from_outside_the_file_are_in_the_plan,
                                  a_value_with_a_line_end_is_printed_as_its_variable,
                                  all_mistakes_are_told_each_with_its_own_line,
                                  a_missing_file_or_user_is_a_warning_with_its_line,
                                  a_file_that_is_no_pod_file_is_reported,
                                  NULL};
    TCase *tcase = case_of("pod_file_check", tests);

    tcase_add_loop_test(tcase, each_mistake_in_a_pod_file_is_told_by_its_place, 0,
                        sizeof wrongs / sizeof wrongs[0]);
    return tcase;
}
