/*
 * nsctl_documents.c - nsctl's manual and completions know what it knows, and do what they say
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "system/fake_nsinit.h"
#include "system/system.h"

#define COMPLETIONS CONTRIB_DIRECTORY "/completions/"

static const char *read_file(const char *path)
{
    static char text[60000];
    FILE *file = fopen(path, "re");

    ck_assert_ptr_nonnull(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    return text;
}

/* As a word of its own. */
static void ck_assert_file_has(const char *path, const char *word)
{
    const char *text = read_file(path);

    for (const char *at = text; (at = strstr(at, word)) != NULL; at++)
        if (!isalnum((unsigned char)at[strlen(word)]) &&
            (at == text || !isalnum((unsigned char)at[-1])))
            return;
    ck_abort_msg("%s is not in %s", word, path);
}

static void ck_assert_verb_is_known(const char *verb)
{
    char heading[60];

    snprintf(heading, sizeof heading, ".TP\n\\fB%s\\fR", verb);
    ck_assert_contains(read_file(NSCTL_MANUAL), heading);
    ck_assert_file_has(COMPLETIONS "nsctl.bash", verb);
    snprintf(heading, sizeof heading, "'%s:", verb);
    if (strcmp(verb, "exec") == 0)
        snprintf(heading, sizeof heading, "\"%s:", verb);
    ck_assert_contains(read_file(COMPLETIONS "nsctl.zsh"), heading);
    snprintf(heading, sizeof heading, "-a %s -d", verb);
    ck_assert_contains(read_file(COMPLETIONS "nsctl.fish"), heading);
}

static void ck_assert_option_is_known(const char *name)
{
    char word[60];

    snprintf(word, sizeof word, "\\fB\\-\\-%s\\fR", name);
    ck_assert_contains(read_file(NSCTL_MANUAL), word);
    snprintf(word, sizeof word, "--%s", name);
    ck_assert_file_has(COMPLETIONS "nsctl.bash", word);
    ck_assert_file_has(COMPLETIONS "nsctl.zsh", word);
    snprintf(word, sizeof word, "-l %s", name);
    ck_assert_file_has(COMPLETIONS "nsctl.fish", word);
}

START_TEST(each_verb_and_option_of_the_help_is_in_the_manual_and_the_completions)
{
    struct process process;
    int verbs = 0;
    int options = 0;

    ck_assert_int_eq(
        process_run(&process,
                    &(struct process_options){.arguments = COMMAND(nsinit_called("nsctl"), "-h")}),
        0);
    for (char *line = strtok(process.output.text, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        char name[40];

        if (sscanf(line, "  -%*c, --%39[a-z]", name) == 1) {
            ck_assert_option_is_known(name);
            options++;
        } else if (sscanf(line, "  %39[a-z]", name) == 1 && strncmp(line, "  ", 2) == 0) {
            ck_assert_verb_is_known(name);
            verbs++;
        }
    }
    ck_assert_int_ge(verbs, 8);
    ck_assert_int_eq(options, 10);
}
END_TEST

#define SERVICES                                   \
    "service\tweb\tready\t4\t0\t1\t-\t-\t-\t-\n"   \
    "service\tworker\tdown\t-\t0\t1\t-\t-\t-\t-\n" \
    "service\tdb\tdown\t-\t0\t1\t-\t-\t-\t-\nok\n"

/* The words in front, the last of which is completed, and what is offered. */
static const struct {
    const char *words;
    const char *offered;
} completions[] = {
    {"sta", "status start"},
    {"--w", "--watch"},
    {"--t", "--type --tree"},
    {"ns --type ne", "net"},
    {"ns --type = ne", "net"},
    {"--type pid ns w", "web worker"},
    {"stop w", "web worker"},
    {"stop web ''", "web worker db"},
    {"-c $NSINIT_CONTROL --json status d", "db"},
    {"--control = $NSINIT_CONTROL wait d", "db"},
    {"status --diagram = d", "dot"},
    {"ns -g ''", "text mermaid dot"},
    {"-g dot stop w", "web worker"},
    {"kill H", "HUP"},
    {"kill HUP d", "db"},
    {"exec w", "web worker"},
    {"exec web hostnamec", "hostnamectl-of-a-test"},
    {"events ''", ""},
    {"wait web ''", ""},
};

START_TEST(bash_completes_verbs_and_the_services_there_are)
{
    const struct exchange exchanges[] = {{"status\n", SERVICES}, {NULL, NULL}};
    struct process process;
    struct fake fake;
    char script[800];
    char expected[100];

    fake_start(&fake, fake_answers, exchanges);
    (void)nsinit_called("nsctl");
    snprintf(script, sizeof script,
             "PATH=%s:$PATH; . %snsctl.bash\n"
             "hostnamectl-of-a-test() { :; }; compgen() { [ \"$1\" != -c ] || set -- -A function "
             "-- \"$3\"; builtin compgen \"$@\"; }\n"
             "COMP_WORDS=(nsctl %s); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _nsctl\n"
             "echo \"${COMPREPLY[*]}\"",
             test_directory(), COMPLETIONS, completions[_i].words);
    ck_assert_int_eq(process_run(&process, &(struct process_options){.arguments = COMMAND(
                                                                         "bash", "-c", script)}),
                     0);
    snprintf(expected, sizeof expected, "%s\n", completions[_i].offered);
    ck_assert_str_eq(process.output.text, expected);
    ck_assert_str_eq(process.errors.text, "");
}
END_TEST

static const char done[] = "ok\n";
static const char ran[] = "started\t7\nexit\t0\nok\n";

static const struct example {
    const char *command; /* the line of the manual */
    struct exchange exchanges[3];
    const char *shows; /* part of what it prints */
} examples[] = {
    {"nsctl status", {{"status\n", SERVICES}, {NULL, NULL}}, "web      running  4 "},
    {"nsctl status --watch", {{"events\n", ""}, {"status\n", SERVICES}, {NULL, NULL}}, "SERVICE"},
    {"nsctl status --diagram=text", {{"status\n", SERVICES}, {NULL, NULL}}, "worker: no process"},
    {"nsctl status --diagram=dot | dot -Tsvg >pod.svg", {{"status\n", SERVICES}, {NULL, NULL}}, ""},
    {"nsctl kill HUP web", {{"kill HUP web\n", done}, {NULL, NULL}}, ""},
    {"nsctl restart cache", {{"restart cache\n", done}, {NULL, NULL}}, ""},
    {"nsctl exec web sh", {{"exec web -- sh\n", ran}, {NULL, NULL}}, ""},
    {"docker exec -it CONTAINER nsinit --ctl exec web sh",
     {{"exec web -- sh\n", ran}, {NULL, NULL}},
     ""},
    {"nsctl exec db pg_dump shop >shop.sql",
     {{"exec db -- pg_dump shop\n", ran}, {NULL, NULL}},
     ""},
    {"nsctl ns --type net", {{"status\n", SERVICES}, {NULL, NULL}}, "  net  "},
    {"nsctl ns --tree --type pid", {{"status\n", SERVICES}, {NULL, NULL}}, "  pid  "},
    {"nsctl ns --diff web $$ || echo no",
     {{"status\n", "service\tweb\tready\t1\t0\t1\t-\t-\t-\t-\nok\n"}, {NULL, NULL}},
     "no\n"},
    {"nsctl status | awk '$2 == \"down\" {print $1}'",
     {{"status\n", SERVICES}, {NULL, NULL}},
     "worker\ndb\n"},
    {"echo status | socat -t 60 - UNIX-CONNECT:/run/nsinit.sock",
     {{"status\n", SERVICES}, {NULL, NULL}},
     SERVICES},
    {"echo restart web | socat -t 60 - UNIX-CONNECT:/run/nsinit.sock",
     {{"restart web\n", done}, {NULL, NULL}},
     "ok\n"},
};

enum { EXAMPLE_COUNT = sizeof examples / sizeof examples[0] };

/* The manual's text of a line: without the marks of roff. */
static void unescape(char *line)
{
    char *to = line;

    for (const char *from = line; *from != '\0' && *from != '\n'; from++) {
        if (*from == '\\' && from[1] == '-')
            from++;
        *to++ = *from;
    }
    *to = '\0';
}

static bool is_tested(const char *line)
{
    for (size_t i = 0; i < EXAMPLE_COUNT; i++)
        if (strcmp(examples[i].command, line) == 0)
            return true;
    return false;
}

START_TEST(the_manuals_examples_are_those_that_are_tested)
{
    FILE *manual = fopen(NSCTL_MANUAL, "re");
    char line[1000];
    bool in_section = false;
    bool is_command = false;
    int count = 0;

    ck_assert_ptr_nonnull(manual);
    while (fgets(line, sizeof line, manual) != NULL) {
        if (strncmp(line, ".SH", 3) == 0)
            in_section = strcmp(line, ".SH EXAMPLES\n") == 0;
        if (line[0] == '.') {
            is_command = strcmp(line, ".RS\n") == 0;
            continue;
        }
        if (!in_section || !is_command)
            continue;
        unescape(line);
        ck_assert_msg(is_tested(line), "not tested: %s", line);
        count++;
    }
    fclose(manual);
    ck_assert_int_eq(count, EXAMPLE_COUNT);
}
END_TEST

/* With the test's socket in the place of the usual one. */
static void add_command(char *script, size_t size, const char *command)
{
    const char *usual = strstr(command, "/run/nsinit.sock");

    if (usual == NULL)
        snprintf(script + strlen(script), size - strlen(script), "%s", command);
    else
        snprintf(script + strlen(script), size - strlen(script), "%.*s$NSINIT_CONTROL%s",
                 (int)(usual - command), command, usual + strlen("/run/nsinit.sock"));
}

START_TEST(each_example_does_what_the_manual_says)
{
    const struct example *example = &examples[_i];
    struct process process;
    struct fake fake;
    char script[1000];

    fake_start(&fake, fake_answers, example->exchanges);
    (void)nsinit_called("nsctl");
    (void)nsinit_called("nsinit");
    snprintf(script, sizeof script,
             "cd %s; PATH=$PWD:$PATH; docker() { shift 3; \"$@\"; }; "
             "dot() { grep '^digraph'; }; set -e\n",
             test_directory());
    add_command(script, sizeof script, example->command);
    process_run(&process, &(struct process_options){.arguments = COMMAND("sh", "-c", script)});
    ck_assert_msg(process.exit_code == 0, "%s: code %d, <<%s>> <<%s>>", example->command,
                  process.exit_code, process.output.text, process.errors.text);
    ck_assert_contains(process.output.text, example->shows);
}
END_TEST

TCase *nsctl_documents_case(void)
{
    const TTest *const tests[] = {
        each_verb_and_option_of_the_help_is_in_the_manual_and_the_completions,
        the_manuals_examples_are_those_that_are_tested, NULL};
    TCase *tcase = case_of("nsctl_documents", tests);

    tcase_add_loop_test(tcase, bash_completes_verbs_and_the_services_there_are, 0,
                        sizeof completions / sizeof completions[0]);
    tcase_add_loop_test(tcase, each_example_does_what_the_manual_says, 0, EXAMPLE_COUNT);
    return tcase;
}
