/*
 * pod_readme.c - the commands in contrib/examples/docker/pod/README.md, word for word and in their
 * order
 */
#include <stdio.h>
#include <stdlib.h>

#include "engine/pods/example_pod.h"

enum { COMMAND_SIZE = 1000 };

/* What the README calls the image; setup has built it. */
static void call_image_shop(void)
{
    struct process tag;

    ck_assert_int_eq(engine_run(&tag, "docker", WORDS("tag", "nsinit-test/pod", "shop")), 0);
}

/* The tests' docker is the first in there. */
static void put_docker_in_path(void)
{
    char path[4096];

    snprintf(path, sizeof path, "%s:%s", state_path("bin"), getenv("PATH"));
    ck_assert_int_eq(setenv("PATH", path, 1), 0);
}

static bool begins(const char *text, const char *part)
{
    return strncmp(text, part, strlen(part)) == 0;
}

/* The next command of docker's, which may have several lines; false at the file's end. */
static bool read_command(FILE *readme, char *command)
{
    static const char margin[] = "    ";
    char *line = command;

    while (fgets(line, COMMAND_SIZE - (int)(line - command), readme) != NULL) {
        size_t length = strlen(line);

        if (line == command && !begins(line, "    docker "))
            continue;
        ck_assert(begins(line, margin));
        if (length < 2 || line[length - 2] != '\\')
            return true;
        line += length;
    }
    return false;
}

/* Enough for all that the README does next. */
static bool answers(void *nothing)
{
    struct process curl;
    bool answered;

    (void)nothing;
    answered = engine_run(&curl, "docker",
                          WORDS("exec", "shop", "nsctl", "exec", "web", "curl", "-fsS",
                                "http://127.0.0.1/")) == 0;
    process_drop(&curl);
    return answered;
}

static void run_command(const char *command)
{
    struct process shell;

    ck_assert_msg(process_run(&shell, &(struct process_options){.arguments = WORDS("sh", "-c",
                                                                                   command)}) == 0,
                  "%s%s%s", command, shell.output.text, shell.errors.text);
    process_drop(&shell);
}

static void has_ended_well(void)
{
    struct process inspect;

    ck_assert_int_eq(
        engine_run(&inspect, "docker", WORDS("inspect", "--format", "{{.State.ExitCode}}", "shop")),
        0);
    ck_assert_str_eq(inspect.output.text, "0\n");
}

START_TEST(its_commands_do_what_they_are_there_for)
{
    FILE *readme = fopen(state_path("examples/pod/README.md"), "re");
    char command[COMMAND_SIZE];
    int stops = 0;

    ck_assert_ptr_nonnull(readme);
    call_image_shop();
    put_docker_in_path();
    while (read_command(readme, command)) {
        if (begins(command, "    docker build "))
            continue;
        run_command(command);
        if (begins(command, "    docker run --detach "))
            wait_until(answers, NULL, "the web server's answer");
        if (begins(command, "    docker stop ")) {
            has_ended_well();
            stops++;
        }
    }
    fclose(readme);
    ck_assert_int_eq(stops, 4);
}
END_TEST

/* Each of its lines, behind a margin. */
START_TEST(its_healthcheck_is_the_images)
{
    static char readme[20000];
    FILE *file = fopen(state_path("examples/pod/README.md"), "re");
    char line[COMMAND_SIZE] = "    ";
    bool is_there = false;

    ck_assert_ptr_nonnull(file);
    readme[fread(readme, 1, sizeof readme - 1, file)] = '\0';
    fclose(file);
    file = fopen(state_path("examples/pod/Dockerfile"), "re");
    ck_assert_ptr_nonnull(file);
    while (fgets(line + 4, sizeof line - 4, file) != NULL) {
        is_there = is_there || begins(line + 4, "HEALTHCHECK ");
        if (is_there)
            ck_assert_contains(readme, line);
    }
    fclose(file);
    ck_assert(is_there);
}
END_TEST

TCase *pod_readme_case(void)
{
    const TTest *const tests[] = {its_commands_do_what_they_are_there_for,
                                  its_healthcheck_is_the_images, NULL};
    TCase *tcase = case_of("pod_readme", tests);

    tcase_add_checked_fixture(tcase, pod_remove_leftovers, NULL);
    return tcase;
}
