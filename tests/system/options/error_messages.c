/*
 * error_messages.c - each failure is one message with what it is about, and its exit code
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "system/system.h"

/* The whole of stderr is to be `expected`. */
static void fails(int code, const char *expected, const char *const *arguments)
{
    struct process_options options = {.arguments = arguments, .place = PLACE_FIRST};
    struct process process;

    ck_assert_int_eq(process_run(&process, &options), code);
    ck_assert_str_eq(process.errors.text, expected);
    ck_assert_str_eq(process.output.text, "");
    process_drop(&process);
}

/* A file with the text (of `size` bytes) and the mode; the caller keeps the static path. */
static const char *file_with(const char *text, size_t size, mode_t mode)
{
    static char path[100];
    FILE *file;

    snprintf(path, sizeof path, "%s/file", test_directory());
    (void)unlink(path);
    file = fopen(path, "we");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(text, 1, size, file), size);
    ck_assert_int_eq(fclose(file), 0);
    ck_assert_int_eq(chmod(path, mode), 0);
    return path;
}

static const char *file_of(const char *text, mode_t mode)
{
    return file_with(text, strlen(text), mode);
}

/* `format` with the path in it, %s as often as it stands there up to three times. */
static const char *with_path(const char *format, const char *path)
{
    static char text[1000];

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    snprintf(text, sizeof text, format, path, path, path);
#pragma GCC diagnostic pop
    return text;
}

START_TEST(usage_errors_are_125_and_one_line)
{
    fails(125, "nsinit: --grup: unknown option; did you mean --group?\n",
          NSINIT("--grup", "--", "true"));
    fails(125, "nsinit: -y: unknown option; --help lists all\n", NSINIT("-y", "true"));
    fails(125, "nsinit: -e: needs an argument: CODE\n", NSINIT("-e"));
    fails(125, "nsinit: -e: invalid exit code '256': use 0 to 255\n", NSINIT("-e", "256", "true"));
    fails(125, "nsinit: -p: unknown signal 'SIGTREM'; did you mean TERM?\n",
          NSINIT("-p", "SIGTREM", "true"));
    fails(125, "nsinit: -r: unknown signal '99': use 1 to 64\n", NSINIT("-r", "99:1", "true"));
    fails(125, "nsinit: usage: no program to run: [OPTION...] [--] PROGRAM [ARG...]\n",
          NSINIT("-g"));
    fails(125, "nsinit: --drain: invalid schedule '': use no, or e.g. TERM/3/KILL\n",
          NSINIT("--drain=", "true"));
    fails(125, "nsinit: environment variable NSINIT_GROUP=si: invalid value 'si': use yes or no\n",
          COMMAND("env", "NSINIT_GROUP=si", nsinit_path(), "true"));
}
END_TEST

/* ---- words that would be dropped, or taken for others ---------------------------------------- */

/* What compose makes of ${STOP:-}. */
START_TEST(an_empty_variable_counts_as_not_given)
{
    fails(3, "",
          COMMAND("env", "NSINIT_STOP=", "NSINIT_DRAIN=", "NSINIT_GROUP=", "NSINIT_RESTART=",
                  "NSINIT_READY_FD=", "NSINIT_VERBOSE=", "TINI_VERBOSITY=", nsinit_path(), "sh",
                  "-c", "test -z \"${NSINIT_STOP+set}\" && exit 3"));
}
END_TEST

START_TEST(a_wrong_variable_of_another_init_is_a_warning)
{
    fails(
        0,
        "nsinit: environment variable TINI_VERBOSITY=abc: invalid level 'abc': use 0 (errors) to 4 "
        "(everything)\n",
        COMMAND("env", "TINI_VERBOSITY=abc", nsinit_path(), "true"));
}
END_TEST

START_TEST(a_misspelt_variable_is_told)
{
    fails(0,
          "nsinit: environment variable NSINIT_GROUPP=1: unknown variable; did you mean "
          "NSINIT_GROUP?\n",
          COMMAND("env", "NSINIT_GROUPP=1", nsinit_path(), "true"));
    fails(0,
          "nsinit: environment variable NSINIT_USER=nobody: is ignored: --user can't be set by a "
          "variable\n",
          COMMAND("env", "NSINIT_USER=nobody", nsinit_path(), "true"));
    fails(0, "", COMMAND("env", "NSINIT_VERSION=0.1", "NSINIT_HOME=/opt", nsinit_path(), "true"));
    fails(0, "", COMMAND("env", "NSINIT_VERBOSE=0", "NSINIT_GROUPP=1", nsinit_path(), "true"));
}
END_TEST

START_TEST(a_variables_mistake_names_the_variable)
{
    const char *file = pod_file("[service step]\ncommand = true\ntype = oneshot\n");

    fails(125,
          "nsinit: environment variable NSINIT_PAUSE=1: takes no program, but 'true' "
          "is given\n",
          COMMAND("env", "NSINIT_PAUSE=1", nsinit_path(), "true"));
    fails(125,
          "nsinit: environment variable NSINIT_RESTART=always: [service step]: a oneshot service "
          "excludes restart = always: it is done when it has ended\n",
          COMMAND("env", "NSINIT_RESTART=always", nsinit_path(), "--pod", file));
}
END_TEST

static const struct refused {
    const char *words[7];
    const char *message; /* in what is told */
} refused[] = {
    {{"--unshare", "", "true"}, "--unshare: unknown namespace ''"},
    {{"--unshare", "uts,", "true"}, "--unshare: unknown namespace ''"},
    {{"--groups", "1,", "true"}, "group '' is not in /etc/group"},
    {{"--stop", "15/10/9", "true"}, "--stop: duration '10' follows a duration"},
    {{"--stop", "TERM/10/5/KILL", "true"}, "--stop: duration '5' follows a duration"},
    {{"--stop", "10", "true"}, "--stop: invalid schedule '10': it has no signal"},
    {{"--stop", "forever", "true"}, "--stop: invalid schedule 'forever': it has no signal"},
    {{"--drain", "15/10/9", "true"},
     "hint: give signals by name or with a minus sign: TERM/10/KILL, -15/10/-9"},
    {{"--enter", "uts=1", "--enter", "net,uts=1", "true"}, "--enter: uts is entered twice"},
    {{"--unshare", "user", "--map-auto", "--map-users", "0:0:1", "true"},
     "--map-auto: excludes --map-users"},
    {{"--unshare", "user", "--map-auto", "--map-groups", "0:0:1", "true"},
     "--map-auto: excludes --map-groups"},
    {{"--unshare", "net=/tmp/a", "--unshare", "net=/tmp/b", "true"}, "net is kept at two paths"},
    {{"--pod", "/none", "--json"}, "--json: needs --check"},
    {{"--restart", "unless-stopped", "true"},
     "hint: use always: a service that nsctl stop has stopped stays down"},
    {{"--unshare", "mnt", "--mount", "type=tmpfs,target=/mnt,tmpfs-size=18446744073709551615",
      "true"},
     "invalid tmpfs-size '18446744073709551615'"},
};

START_TEST(no_word_is_dropped_or_taken_for_another)
{
    const char *words[8] = {nsinit_path()};
    struct process process;

    memcpy(words + 1, refused[_i].words, sizeof refused[_i].words);
    ck_assert_int_eq(
        process_run(&process, &(struct process_options){.arguments = words, .place = PLACE_FIRST}),
        125);
    ck_assert_contains(process.errors.text, refused[_i].message);
}
END_TEST

START_TEST(signals_of_a_schedule_may_be_numbers_behind_a_minus_sign)
{
    fails(0, "", NSINIT("--stop", "-15/10/-9", "--drain", "forever", "true"));
}
END_TEST

START_TEST(an_option_without_its_partner_is_told)
{
    const char *file =
        pod_file("[pod]\ncontrol = no\n[service a]\ncommand = true\nhealth-interval = 1\n");
    struct process process;

    fails(0, "nsinit: --health-interval: has no effect without --health-cmd\n",
          NSINIT("--health-interval", "1", "true"));
    ck_assert_int_eq(process_run(&process, AS_FIRST("--pod", file)), 0);
    ck_assert_contains(process.errors.text,
                       ":5: [service a] health-interval: has no effect without health-cmd");
}
END_TEST

START_TEST(a_command_with_words_for_a_shell_is_refused)
{
    static const char *const commands[][2] = {{"mkdir -p /x && echo y", "&&"},
                                              {"echo a | cat", "|"},
                                              {"echo a ; echo b", ";"},
                                              {"echo a; echo b", ";"},
                                              {"echo a >/dev/null", ">/dev/null"},
                                              {"echo a # note", "#"}};

    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        const char *file =
            pod_file("[pod]\ncontrol = no\n[service a]\ncommand = %s\n", commands[i][0]);
        char message[100];
        struct process process;

        snprintf(message, sizeof message, ":4: [service a] command: '%s' is for a shell",
                 commands[i][1]);
        ck_assert_int_eq(process_run(&process, AS_FIRST("--pod", file)), 125);
        ck_assert_contains(process.errors.text, message);
        ck_assert_str_eq(process.output.text, "");
        process_drop(&process);
    }
}
END_TEST

START_TEST(a_default_may_have_a_variable_in_it)
{
    const char *file = pod_file("[pod]\ncontrol = no\n"
                                "[service a]\ncommand = echo ${A:-${B:-c}} ${PATH:-${NO}}\n");
    struct process process;

    ck_assert_int_eq(
        process_run(&process,
                    &(struct process_options){.arguments = COMMAND("/usr/bin/env", "PATH=/bin",
                                                                   nsinit_path(), "--pod", file),
                                              .place = PLACE_FIRST}),
        0);
    ck_assert_str_eq(process.output.text, "c /bin\n");
}
END_TEST

START_TEST(a_program_behind_a_pod_comes_with_the_way_to_run_it)
{
    fails(125,
          "nsinit: --pod: takes no program, but 'bash' is given\n"
          "  hint: docker run --entrypoint bash IMAGE runs it instead of the pod\n",
          NSINIT("--pod", "/none", "bash"));
}
END_TEST

START_TEST(a_missing_program_is_127)
{
    fails(127, "nsinit: main: exec /no/such/program: no such file\n",
          NSINIT("--", "/no/such/program"));
    fails(127, "nsinit: main: exec nosuchprogram: not found in PATH (/bin:/usr/bin)\n",
          COMMAND("env", "PATH=/bin:/usr/bin", nsinit_path(), "nosuchprogram"));
    fails(127, "nsinit: main: exec : the program's name is empty\n", NSINIT("--", ""));
    fails(127,
          "nsinit: main: exec echo hello: not found in PATH (/bin)\n"
          "  hint: pass the program and its arguments as separate words, or use sh -c '...'\n",
          COMMAND("env", "PATH=/bin", nsinit_path(), "echo hello"));
}
END_TEST

START_TEST(a_directory_of_path_that_may_not_be_searched_hides_nothing)
{
    const char *locked = path_in_directory("locked");
    char path[300];
    char expected[400];
    struct process_options options = {
        .arguments = COMMAND("/usr/bin/env", path, nsinit_path(), "nosuchprogram"),
        .place = PLACE_FIRST,
        .uid = ORDINARY_USER};
    struct process process;

    if (lacks_root("a_directory_of_path_that_may_not_be_searched_hides_nothing"))
        return;
    snprintf(path, sizeof path, "PATH=%s:/bin", locked);
    ck_assert_int_eq(mkdir(locked, 0700), 0);
    ck_assert_int_eq(process_run(&process, &options), 127);
    snprintf(expected, sizeof expected, "not found in PATH (%s:/bin)", locked);
    ck_assert_contains(process.errors.text, expected);
    ck_assert_int_eq(rmdir(locked), 0);
}
END_TEST

START_TEST(a_file_without_execute_permission_is_126)
{
    const char *path = file_of("#!/bin/sh\nexit 0\n", 0644);

    fails(126,
          with_path("nsinit: main: exec %s: %s is not executable\n  hint: chmod +x %s\n", path),
          NSINIT("--", path));
    fails(126, "nsinit: main: exec /tmp: /tmp is a directory\n", NSINIT("--", "/tmp"));
}
END_TEST

START_TEST(a_missing_interpreter_is_named)
{
    const char *path = file_of("#! /no/such/interpreter -x\n", 0755);

    fails(126,
          with_path("nsinit: main: exec %s: the interpreter of %s is missing: "
                    "/no/such/interpreter\n",
                    path),
          NSINIT("--", path));
    path = file_of("#!/bin/sh\r\nexit 0\r\n", 0755);
    fails(126,
          with_path("nsinit: main: exec %s: the interpreter of %s is missing: /bin/sh\n"
                    "  hint: the #! line ends in a carriage return: dos2unix %s\n",
                    path),
          NSINIT("--", path));
}
END_TEST

/* A copy of a dynamic program whose loader is somewhere else. */
START_TEST(a_missing_dynamic_loader_is_named)
{
    static char image[1 << 22];
    FILE *file = fopen("/bin/cat", "re");
    size_t size = fread(image, 1, sizeof image, file);
    char *loader = NULL;
    const char *path;
    struct process process;

    fclose(file);
    for (size_t i = 0; i + 5 < size && loader == NULL; i++)
        if (memcmp(image + i, "/lib", 4) == 0)
            loader = image + i;
    ck_assert_ptr_nonnull(loader);
    memcpy(loader, "/nib", 4);
    path = file_with(image, size, 0755);
    ck_assert_int_eq(process_run(&process, AS_FIRST("--", path)), 126);
    ck_assert_contains(process.errors.text, "the dynamic loader of ");
    ck_assert_contains(process.errors.text, " is missing: /nib");
    ck_assert_contains(process.errors.text, "hint: link the program statically");
}
END_TEST

/* execvp(3) would run an empty file by the shell, which succeeds, and a foreign program, too. */
START_TEST(a_file_the_kernel_cannot_run_is_126_with_the_real_cause)
{
    unsigned char foreign[64] = {0x7f, 'E', 'L', 'F', 2, 1, 1};
    const char *path = file_of("", 0755);

    fails(126, with_path("nsinit: main: exec %s: %s is empty\n", path), NSINIT("--", path));
    path = file_with("\0\1\2\3binary\n", 11, 0755);
    fails(126, with_path("nsinit: main: exec %s: %s is neither a program nor a script\n", path),
          NSINIT("--", path));
    foreign[16] = 2;
    foreign[18] = 22; /* EM_S390 */
    path = file_with((const char *)foreign, sizeof foreign, 0755);
    {
        struct process process;

        ck_assert_int_eq(process_run(&process, AS_FIRST("--", path)), 126);
        ck_assert_contains(process.errors.text, "is a program for s390x, this machine is ");
        ck_assert_contains(process.errors.text, "docker --platform");
    }
}
END_TEST

START_TEST(a_script_without_interpreter_line_is_run_by_the_shell)
{
    const char *path = file_of("echo \"$# $1 $2\"; exit 6\n", 0755);
    struct process process;

    ck_assert_int_eq(process_run(&process, AS_FIRST("--", path, "a b", "c")), 6);
    ck_assert_str_eq(process.output.text, "2 a b c\n");
}
END_TEST

START_TEST(a_script_without_an_interpreter_line_is_found_in_the_programs_own_directory)
{
    struct process process;

    (void)file_of("pwd\n", 0755);
    ck_assert_int_eq(process_run(&process, AS_FIRST("--workdir", test_directory(), "--", "./file")),
                     0);
    ck_assert_contains(process.output.text, test_directory());
}
END_TEST

START_TEST(a_script_without_an_interpreter_line_is_run_once_with_all_settings)
{
    const char *path = file_of("id -u; id -G; echo $$\n", 0755);
    struct process process;

    if (lacks_root("a_script_without_an_interpreter_line_is_run_once_with_all_settings"))
        return;
    ck_assert_int_eq(chmod(test_directory(), 0755), 0);
    ck_assert_int_eq(process_run(&process, AS_FIRST("--unshare", "pid", "--as-pid-1", "--user",
                                                    "1234:1235", "--groups", "1236", "--", path)),
                     0);
    ck_assert_str_eq(process.output.text, "1234\n1235 1236\n1\n");
}
END_TEST

START_TEST(the_first_executable_in_path_is_taken_past_those_that_are_not)
{
    struct process process;
    char path[500];

    ck_assert_int_eq(system("cd $TEST_DIRECTORY && mkdir a b && echo x >a/prog && "
                            "printf '#!/bin/sh\\nexit 8\\n' >b/prog && chmod +x b/prog"),
                     0);
    snprintf(path, sizeof path, "PATH=%s:%s:/bin", path_in_directory("a"), path_in_directory("b"));
    ck_assert_int_eq(
        process_run(&process, &(struct process_options){.arguments = COMMAND("env", path,
                                                                             nsinit_path(), "prog"),
                                                        .place = PLACE_FIRST}),
        8);
    snprintf(path, sizeof path, "PATH=%s", path_in_directory("a"));
    ck_assert_int_eq(
        process_run(&process, &(struct process_options){.arguments = COMMAND("env", path,
                                                                             nsinit_path(), "prog"),
                                                        .place = PLACE_FIRST}),
        126);
    ck_assert_contains(process.errors.text, "/a/prog is not executable");
}
END_TEST

TCase *error_messages_case(void)
{
    const TTest *const tests[] = {
        usage_errors_are_125_and_one_line,
        an_empty_variable_counts_as_not_given,
        a_wrong_variable_of_another_init_is_a_warning,
        a_misspelt_variable_is_told,
        a_variables_mistake_names_the_variable,
        signals_of_a_schedule_may_be_numbers_behind_a_minus_sign,
        an_option_without_its_partner_is_told,
        a_command_with_words_for_a_shell_is_refused,
        a_default_may_have_a_variable_in_it,
        a_program_behind_a_pod_comes_with_the_way_to_run_it,
        a_missing_program_is_127,
        a_directory_of_path_that_may_not_be_searched_hides_nothing,
        a_file_without_execute_permission_is_126,
        a_missing_interpreter_is_named,
        a_missing_dynamic_loader_is_named,
        a_file_the_kernel_cannot_run_is_126_with_the_real_cause,
        a_script_without_interpreter_line_is_run_by_the_shell,
        a_script_without_an_interpreter_line_is_found_in_the_programs_own_directory,
        a_script_without_an_interpreter_line_is_run_once_with_all_settings,
        the_first_executable_in_path_is_taken_past_those_that_are_not,
        NULL};

    TCase *tcase = case_of("error_messages", tests);

    tcase_add_loop_test(tcase, no_word_is_dropped_or_taken_for_another, 0,
                        sizeof refused / sizeof refused[0]);
    return tcase;
}
