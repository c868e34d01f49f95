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

/* Run docker with the words, for minutes maybe; its output goes to the file. Returns its code. */
static int docker(const char *const *words, const char *log_path)
{
    const char *line[24] = {NULL};
    char path[256];
    pid_t pid;
    int status;

    snprintf(path, sizeof path, "%s", state_path("bin/docker"));
    line[0] = path;
    for (size_t i = 0; words[i] != NULL; i++) {
        ck_assert_uint_lt(i, 22);
        line[i + 1] = words[i];
    }
    pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0) {
        int log = open(log_path, O_WRONLY | O_CREAT | O_TRUNC, 0644);

        if (log >= 0 && dup2(log, STDOUT_FILENO) >= 0 && dup2(log, STDERR_FILENO) >= 0)
            execv(path, (char *const *)line);
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
    if (docker(WORDS("build", "--tag", tag, context), log) != 0) {
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

/*
 * As the head of Dockerfile.test says, without --privileged, which fails on a machine that lacks a
 * capability. The build is in the host's network, where the package mirror is.
 */
static void build_and_run_suites(const char *tag, const char *suites, const char *command)
{
    char source[300];
    char file[300];
    char log[300];
    char argument[100];

    snprintf(source, sizeof source, "%s", state_path("source"));
    snprintf(file, sizeof file, "%s", state_path("source/Dockerfile.test"));
    snprintf(log, sizeof log, "%s", state_path("dockerfile.log"));
    snprintf(argument, sizeof argument, "SUITES=%s", suites);
    if (docker(WORDS("build", "--network", "host", "--file", file, "--build-arg",
                     "BASE=nsinit-test/apt", "--build-arg", argument, "--tag", tag, source),
               log) != 0) {
        print_log(log, "");
        ck_abort_msg("docker build --file Dockerfile.test --build-arg SUITES='%s' fails", suites);
    }
    if (docker(WORDS("run", "--rm", "--network", "none", "--tmpfs", "/tmp:exec,suid,dev",
                     "--cap-add", "ALL", "--cap-drop", "SYS_RESOURCE", "--security-opt",
                     "seccomp=unconfined", "--security-opt", "apparmor=unconfined",
                     "--security-opt", "systempaths=unconfined", tag, "sh", "-c", command),
               log) != 0) {
        print_log(log, "");
        ck_abort_msg("%s fails in the image of Dockerfile.test", command);
    }
    print_log(log, "tests passed");
    print_log(log, "SKIPPED");
}

START_TEST(dockerfile_test_runs_the_unit_and_system_suites)
{
    build_and_run_suites("nsinit-test/glibc", "unit system",
                         "mount -o remount,rw /sys && contrib/test unit system");
}
END_TEST

/* The suite static runs all system tests with this binary on the host: here a few are enough. */
START_TEST(dockerfile_test_runs_them_with_musl)
{
    build_and_run_suites("nsinit-test/musl", "musl static",
                         "contrib/test musl && NSINIT=$PWD/build/static/nsinit "
                         "ctest --test-dir build/default -R 'system.(reaping|restarts|startup)$'");
}
END_TEST

/* Minutes: packages are installed, nsinit is compiled, and its tests run. */
TCase *dockerfile_case(void)
{
    const TTest *const tests[] = {dockerfile_test_runs_the_unit_and_system_suites,
                                  dockerfile_test_runs_them_with_musl, NULL};
    TCase *tcase = case_of("dockerfile", tests);

    tcase_set_timeout(tcase, 1500);
    return tcase;
}
