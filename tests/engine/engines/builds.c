/*
 * builds.c - what users build: the examples in contrib/examples/docker, and nsinit itself by
 * Dockerfile.test
 */
#include "engine/engine.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* `docker build` with the words; its output goes to the file. It may take minutes. */
static int build(const char *const *words, const char *log_path)
{
    const char *line[20] = {NULL, "build"};
    char docker[256];
    pid_t pid;
    int status;

    snprintf(docker, sizeof docker, "%s", state_path("bin/docker"));
    line[0] = docker;
    for (size_t i = 0; words[i] != NULL; i++) {
        ck_assert_uint_lt(i, 16);
        line[i + 2] = words[i];
    }
    pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0) {
        int log = open(log_path, O_WRONLY | O_CREAT | O_TRUNC, 0644);

        if (log >= 0 && dup2(log, STDOUT_FILENO) >= 0 && dup2(log, STDERR_FILENO) >= 0)
            execv(docker, (char *const *)line);
        _exit(127);
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* The lines with the text, or the whole file, behind TAP's comment sign. */
static void print_log(const char *log_path, const char *text)
{
    FILE *log = fopen(log_path, "re");
    char line[1024];

    ck_assert_ptr_nonnull(log);
    while (fgets(line, sizeof line, log) != NULL)
        if (strstr(line, text) != NULL)
            printf("# %s", line);
    fflush(stdout);
    fclose(log);
}

static const struct way example_from_scratch = {
    .engine = "docker",
    .image = "nsinit-test/example-scratch",
    .options = WORDS(DOCKER_OPTIONS),
};

static const struct way example_from_debian = {
    .engine = "docker",
    .image = "nsinit-test/example-debian",
    .options = WORDS(DOCKER_OPTIONS),
};

static void build_example(const char *name, const char *tag)
{
    char context[300];
    char log[300];
    char file[64];

    snprintf(file, sizeof file, "examples/%s", name);
    snprintf(context, sizeof context, "%s", state_path(file));
    snprintf(log, sizeof log, "%s", state_path("example.log"));
    if (build(WORDS("--tag", tag, context), log) != 0) {
        print_log(log, "");
        ck_abort_msg("contrib/examples/docker/%s can't be built", name);
    }
}

START_TEST(the_example_from_scratch_runs_its_program)
{
    struct container container;

    way = &example_from_scratch;
    build_example("scratch", way->image);
    ck_assert_int_eq(container_run(&container, NULL, WORDS("/app", "exit", "42")), 42);
}
END_TEST

START_TEST(the_example_from_debian_ends_its_service_in_order)
{
    struct container container;

    way = &example_from_debian;
    build_example("debian", way->image);
    container_start(&container, NULL, NULL);
    process_expect(&container.client, "service: started");
    container_stop(&container);
    ck_assert_int_eq(container_wait(&container), 0);
    ck_assert_contains(container.client.output.text, "service: ended in order");
}
END_TEST

TCase *examples_case(void)
{
    const TTest *const tests[] = {the_example_from_scratch_runs_its_program,
                                  the_example_from_debian_ends_its_service_in_order, NULL};

    return case_of("examples", tests);
}

START_TEST(nsinit_is_built_and_tested_by_dockerfile_test)
{
    char source[300];
    char file[300];
    char log[300];

    snprintf(source, sizeof source, "%s", state_path("source"));
    snprintf(file, sizeof file, "%s", state_path("source/Dockerfile.test"));
    snprintf(log, sizeof log, "%s", state_path("dockerfile.log"));
    /* The host's network is where the package mirror is. */
    if (build(WORDS("--network", "host", "--file", file, "--tag", "nsinit-test/built", source),
              log) != 0) {
        print_log(log, "");
        ck_abort_msg("docker build -f Dockerfile.test . fails");
    }
    print_log(log, "tests passed");
    print_log(log, "SKIPPED");
}
END_TEST

/* Minutes: packages are installed, nsinit is compiled, and all its tests run. */
TCase *dockerfile_case(void)
{
    const TTest *const tests[] = {nsinit_is_built_and_tested_by_dockerfile_test, NULL};
    TCase *tcase = case_of("dockerfile", tests);

    tcase_set_timeout(tcase, 570);
    return tcase;
}
