/*
 * completions.c - what the shells offer for nsinit and nsctl, as the shells themselves have it
 */
#include <stdio.h>
#include <stdlib.h>

#include "system/fake_nsinit.h"
#include "system/system.h"

#define CONTRIBUTED CONTRIB_DIRECTORY "/completions"
#define SERVICES                                 \
    "service\tweb\tready\t4\t0\t1\t-\t-\t-\t-\n" \
    "service\tcache\tdown\t-\t0\t1\t-\t-\t-\t-\nok\n"

/* A line as it is typed, and what its last word becomes. */
static const struct {
    const char *line;
    const char *word;
} lines[] = {
    {"nsctl stat", "status"},
    {"nsctl kill HU", "HUP"},
    {"nsctl kill HUP c", "cache"},
    {"nsctl exec w", "web"},
    {"nsctl exec web completed-by-a-t", "completed-by-a-test"},
    {"nsctl --control $NSINIT_CONTROL status w", "web"},
    {"nsctl --control=$NSINIT_CONTROL stop web c", "cache"},
    {"nsctl id w", "web"},
    {"nsctl status --wa", "--watch"},
    {"nsctl ns --tr", "--tree"},
    {"nsctl poweroff --he", "--help"},
    {"nsinit --unsha", "--unshare"},
    {"nsinit --unshare net --hostna", "--hostname"},
    {"nsinit --pod completed-by-a-t", "completed-by-a-test"},
    {"nsinit --unshare net -- completed-by-a-t", "completed-by-a-test"},
    {"nsinit -p TERM completed-by-a-t", "completed-by-a-test"},
    {"nsinit --restart on-f", "on-failure"},
    {"nsinit --unshare net,ut", "net,uts"},
    {"nsinit --cap-drop chown,net_ad", "chown,net_admin"},
    {"nsinit --parent-death-signal QU", "QUIT"},
    {"nsinit -p WIN", "WINCH"},
    {"nsinit --user daemo", "daemon"},
    {"nsinit --groups root,daemo", "root,daemon"},
    {"nsinit --propagation sla", "slave"},
    {"nsinit --setgroups den", "deny"},
    {"nsinit --on-end powe", "poweroff"},
    {"nsinit --log-prefix completed-by-a-t", "completed-by-a-test"},
};

enum { LINE_COUNT = sizeof lines / sizeof lines[0] };

/* In a directory with a program of that name, and with a nsinit that answers. */
static void run_shell(struct process *process, const char *shell, const char *script)
{
    const struct exchange exchanges[] = {
        {"status\n", SERVICES}, {"status\n", SERVICES}, {"status\n", SERVICES}, {NULL, NULL}};
    struct fake fake;
    char setup[600];

    fake_start(&fake, fake_answers, exchanges);
    (void)nsinit_called("nsctl");
    (void)nsinit_called("nsinit");
    (void)nsinit_called("completed-by-a-test");
    snprintf(setup, sizeof setup,
             "cd %s && HOME=$PWD PATH=$PWD:$PATH TERM=xterm BUILT=%s CONTRIBUTED=%s exec \"$@\"",
             test_directory(), BUILT_COMPLETIONS, CONTRIBUTED);
    process_run(process, &(struct process_options){
                             .arguments = COMMAND("sh", "-c", setup, "sh", shell, "-c", script)});
}

static bool lacks_shell(const char *shell, const char *test)
{
    char command[40];

    snprintf(command, sizeof command, "command -v %s >/dev/null", shell);
    if (system(command) == 0)
        return false;
    skip_test(test, "this shell is not there");
    return true;
}

/* An interactive zsh on a terminal of its own: nothing less completes. */
START_TEST(zsh_completes)
{
    struct process process;
    char script[1000];

    if (lacks_shell("zsh", "zsh_completes"))
        return;
    snprintf(script, sizeof script,
             "mkdir -p z && cp $BUILT/nsinit.zsh z/_nsinit && cp $CONTRIBUTED/nsctl.zsh z/_nsctl\n"
             "zmodload zsh/zpty && zpty z zsh -f -i\n"
             "zpty -w z 'PS1=; fpath=('$PWD'/z $fpath); autoload -U compinit; compinit -u -D; "
             "bindkey \"^I\" complete-word; echo beg\"\"un'\n"
             "zpty -r z seen '*begun*' && zpty -w -n z \"%s\"$'\\t' && zpty -r z seen '*%s*'",
             lines[_i].line, lines[_i].word);
    run_shell(&process, "zsh", script);
    ck_assert_msg(process.exit_code == 0, "%s: <<%s>> <<%s>>", lines[_i].line, process.output.text,
                  process.errors.text);
    ck_assert_str_eq(process.errors.text, "");
}
END_TEST

START_TEST(fish_completes)
{
    struct process process;
    char script[1000];
    size_t length = strlen(lines[_i].word);

    if (lacks_shell("fish", "fish_completes"))
        return;
    snprintf(script, sizeof script,
             "source $BUILT/nsinit.fish; source $CONTRIBUTED/nsctl.fish; complete -C \"%s\"",
             lines[_i].line);
    run_shell(&process, "fish", script);
    ck_assert_msg(strncmp(process.output.text, lines[_i].word, length) == 0 &&
                      strchr("\t\n", process.output.text[length]) != NULL,
                  "%s: <<%s>>", lines[_i].line, process.output.text);
    ck_assert_str_eq(process.errors.text, "");
}
END_TEST

/* The words in front, as bash has them, the last of which is completed, and what is offered. */
static const struct {
    const char *words;
    const char *offered;
} nsinit_words[] = {
    {"--unsh", "--unshare"},
    {"--unshare net --hostn", "--hostname"},
    {"--pod completed-by-a-t", "completed-by-a-test"},
    {"--pod = completed-by-a-t", "completed-by-a-test"},
    {"--pod = a.ini --chec", "--check"},
    {"--hostname ''", ""},
    {"--mount-proc --hostn", "--hostname"},
    {"--mount-proc = no --hostn", "--hostname"},
    {"-p TERM -- x", "program at 4"},
    {"-p TERM x y", "program at 3"},
    {"completed-by-a-t", "completed-by-a-test"},
    {"--restart on-f", "on-failure"},
    {"--restart = on-f", "on-failure"},
    {"--restart = ''", "no on-failure always"},
    {"--unshare net,ut", "net,uts"},
    {"--unshare = net,ut", "net,uts"},
    {"--cap-add chown,net_ad", "chown,net_admin"},
    {"-p QU", "QUIT"},
    {"--rewrite WIN", "WINCH:"},
    {"--user daemo", "daemon"},
    {"--groups root,daemo", "root,daemon"},
    {"--rlimit nofi", "nofile="},
    {"--drain fore", "forever"},
    {"--new-session y", "yes"},
    {"--workdir completed-by-a-t", ""},
    {"--log-prefix = ti", "time"},
    {"--log-prefix =", "name time"},
    {"--log-prefix completed-by-a-t", "completed-by-a-test"},
    {"--user root : adm x y", "program at 5"},
    {"--rlimit nofile = 1 : 2 x y", "program at 7"},
};

enum { WORDS_COUNT = sizeof nsinit_words / sizeof nsinit_words[0] };

/* nsctl's are in nsctl/nsctl_documents.c. */
START_TEST(bash_completes_options_and_leaves_the_rest_to_the_program)
{
    struct process process;
    char script[400];
    char expected[100];

    snprintf(script, sizeof script,
             ". $BUILT/nsinit.bash; _command_offset() { COMPREPLY=(\"program at $1\"); }\n"
             "COMP_WORDS=(nsinit %s); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _nsinit\n"
             "echo \"${COMPREPLY[*]}\"",
             nsinit_words[_i].words);
    run_shell(&process, "bash", script);
    snprintf(expected, sizeof expected, "%s\n", nsinit_words[_i].offered);
    ck_assert_str_eq(process.output.text, expected);
    ck_assert_str_eq(process.errors.text, "");
}
END_TEST

/* What a program takes is unknown then: its name is completed, and files behind that. */
START_TEST(bash_needs_no_package_of_completions)
{
    static const struct {
        const char *words;
        const char *function;
    } typed[] = {
        {"nsinit completed-by-a-t", "_nsinit"},
        {"nsinit --group -- completed-by-a-t", "_nsinit"},
        {"nsinit sh completed-by-a-t", "_nsinit"},
        {"nsinit --group -- sh -c completed-by-a-t", "_nsinit"},
        {"nsctl exec web completed-by-a-t", "_nsctl"},
        {"nsctl exec web sh completed-by-a-t", "_nsctl"},
    };

    for (size_t i = 0; i < sizeof typed / sizeof typed[0]; i++) {
        struct process process;
        char script[400];

        snprintf(script, sizeof script,
                 ". $BUILT/nsinit.bash; . $CONTRIBUTED/nsctl.bash\n"
                 "COMP_WORDS=(%s); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); %s\n"
                 "echo \"${COMPREPLY[*]}\"",
                 typed[i].words, typed[i].function);
        run_shell(&process, "bash", script);
        ck_assert_str_eq(process.errors.text, "");
        ck_assert_msg(strcmp(process.output.text, "completed-by-a-test\n") == 0, "%s: <<%s>>",
                      typed[i].words, process.output.text);
        process_drop(&process);
    }
}
END_TEST

/* Help and manual show where its value goes: the next word is the program's. */
START_TEST(an_optional_value_is_shown_behind_its_equals_sign)
{
    struct process process;

    ck_assert_int_eq(
        process_run(&process, &(struct process_options){.arguments = NSINIT("--help")}), 0);
    ck_assert_contains(process.output.text, "--log-prefix[=name|time]");
    ck_assert_contains(process.output.text, "--mount-proc[=DIR|no]");
    process_drop(&process);
    process_run(&process, &(struct process_options){.arguments = COMMAND("cat", MANUAL)});
    ck_assert_contains(process.output.text, "\\fB\\-\\-log\\-prefix\\fR[=\\fIname|time\\fR]");
    ck_assert_contains(process.output.text, "\\fB\\-\\-mount\\-proc\\fR[=\\fIDIR|no\\fR]");
    ck_assert_lacks(process.output.text, "\nHost=");
    ck_assert_lacks(process.output.text, "\nType=");
    process_drop(&process);
    /* What it runs is what is behind it. */
    ck_assert_int_eq(process_run(&process, AS_SECOND("-s", "--log-prefix", "echo", "time")), 0);
    ck_assert_str_eq(process.output.text, "main | time\n");
    process_drop(&process);
    ck_assert_int_eq(process_run(&process, AS_SECOND("-s", "--log-prefix=no", "echo", "time")), 0);
    ck_assert_str_eq(process.output.text, "time\n");
}
END_TEST

TCase *completions_case(void)
{
    const TTest *const tests[] = {bash_needs_no_package_of_completions,
                                  an_optional_value_is_shown_behind_its_equals_sign, NULL};
    TCase *tcase = case_of("completions", tests);

    tcase_add_loop_test(tcase, zsh_completes, 0, LINE_COUNT);
    tcase_add_loop_test(tcase, fish_completes, 0, LINE_COUNT);
    tcase_add_loop_test(tcase, bash_completes_options_and_leaves_the_rest_to_the_program, 0,
                        WORDS_COUNT);
    return tcase;
}
