/*
 * entrypoints.c - the ways in which users get nsinit to be PID 1 of a container, each a case
 */
#include "engine/engine.h"

#include <stddef.h>

/* The image's ENTRYPOINT is nsinit, and but for the program nothing else is in it. */
static const struct way scratch = {
    .engine = "docker",
    .image = "nsinit-test/scratch",
    .options = WORDS(DOCKER_OPTIONS),
    .name = "nsinit",
    .not_found = 127,
    .not_executable = 126,
    .not_forwarded = WORDS(NULL),
};

static const struct way debian = {
    .engine = "docker",
    .image = "nsinit-test/debian",
    .options = WORDS(DOCKER_OPTIONS),
    .name = "nsinit",
    .not_found = 127,
    .not_executable = 126,
    .not_forwarded = WORDS(NULL),
};

/* The dynamic nsinit of the preset `default`. */
static const struct way dynamic = {
    .engine = "docker",
    .image = "nsinit-test/dynamic",
    .options = WORDS(DOCKER_OPTIONS),
    .name = "nsinit",
    .not_found = 127,
    .not_executable = 126,
    .not_forwarded = WORDS(NULL),
};

/* dockerd has been told of nsinit as its docker-init, by contrib/examples/docker/init-path. */
static const struct way docker_init = {
    .engine = "docker",
    .image = "nsinit-test/plain",
    .options = WORDS(DOCKER_OPTIONS, "--init"),
    .name = "docker-init",
    .not_found = 127,
    .not_executable = 126,
    .not_forwarded = WORDS("17"),
};

static const struct way podman = {
    .engine = "podman",
    .image = "nsinit-test/scratch",
    .options = WORDS(PODMAN_OPTIONS),
    .name = "nsinit",
    .not_found = 127,
    .not_executable = 126,
    .not_forwarded = WORDS(NULL),
};

/* podman has been told of nsinit by contrib/examples/podman's containers.conf; the codes are
 * catatonit's. */
static const struct way podman_init = {
    .engine = "podman",
    .image = "nsinit-test/plain",
    .options = WORDS(PODMAN_OPTIONS, "--init"),
    .name = "podman-init",
    .not_found = 1,
    .not_executable = 1,
    .not_forwarded = WORDS("17", "20", "21", "22"),
};

static void use_scratch(void)
{
    way = &scratch;
}

void use_debian(void)
{
    way = &debian;
}

static void use_dynamic(void)
{
    way = &dynamic;
}

static void use_docker_init(void)
{
    way = &docker_init;
}

static void use_podman(void)
{
    way = &podman;
}

static void use_podman_init(void)
{
    way = &podman_init;
}

static const TTest *const no_tests[] = {NULL};

static TCase *fill(TCase *tcase, SFun use_way)
{
    tcase_add_checked_fixture(tcase, use_way, NULL);
    add_program_tests(tcase);
    add_terminal_tests(tcase);
    return tcase;
}

TCase *scratch_case(void)
{
    TCase *tcase = fill(case_of("scratch", no_tests), use_scratch);

    add_signal_tests(tcase);
    return tcase;
}

/* Another image makes a difference for shells alone. */
TCase *debian_case(void)
{
    TCase *tcase = case_of("debian", no_tests);

    tcase_add_checked_fixture(tcase, use_debian, NULL);
    add_shell_tests(tcase);
    return tcase;
}

TCase *dynamic_case(void)
{
    TCase *tcase = fill(case_of("dynamic", no_tests), use_dynamic);

    add_shell_tests(tcase);
    return tcase;
}

TCase *docker_init_case(void)
{
    TCase *tcase = fill(case_of("docker_init", no_tests), use_docker_init);

    add_signal_tests(tcase);
    add_shell_tests(tcase);
    return tcase;
}

/* Signals arrive by the same way as in podman_init, and there all that podman knows are tried. */
TCase *podman_case(void)
{
    return fill(case_of("podman", no_tests), use_podman);
}

TCase *podman_init_case(void)
{
    TCase *tcase = fill(case_of("podman_init", no_tests), use_podman_init);

    add_signal_tests(tcase);
    add_shell_tests(tcase);
    return tcase;
}
