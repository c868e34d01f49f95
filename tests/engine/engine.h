/*
 * engine.h - containers under test: in the engines that setup has started, in one of several ways
 */
#ifndef NSINIT_TESTS_ENGINE_ENGINE_H
#define NSINIT_TESTS_ENGINE_ENGINE_H

#include <check.h>
#include <stdbool.h>
#include <string.h>

#include "cases.h"
#include "support/process.h"

/* A way in which users get nsinit to be PID 1 of a container. */
struct way {
    const char *engine;         /* docker or podman */
    const char *image;          /* of those that images/Dockerfile makes */
    const char *const *options; /* of `run` */
    const char *name;           /* the name nsinit has there */
    int not_found;              /* its exit codes under that name */
    int not_executable;
    const char *const *not_forwarded; /* signals that it keeps from the program, by number */
};

/* The way of the case that runs; a fixture of the case sets it. */
extern const struct way *way;

/* What the cases that are about an engine itself start from: Debian with nsinit as ENTRYPOINT. */
void use_debian(void);

struct container {
    struct process client; /* docker or podman, attached to the container */
    char name[32];
};

#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})
/* No network is needed, and to make an empty one would take docker a fifth of a run. */
#define DOCKER_OPTIONS "--network", "host"
#define PODMAN_OPTIONS "--network", "none", "--cgroup-parent", ENGINE_CGROUP
#define HELPER(...) WORDS("/helper", __VA_ARGS__)

#define ck_assert_contains(text, part) \
    ck_assert_msg(strstr((text), (part)) != NULL, "'%s' is not in <<%s>>", (part), (text))
#define ck_assert_lacks(text, part) \
    ck_assert_msg(strstr((text), (part)) == NULL, "'%s' is in <<%s>>", (part), (text))

/* How often `part` is in `text`. */
int count_of(const char *text, const char *part);

/* A file below the directory of setup's; in a buffer that the next call overwrites. */
const char *state_path(const char *name);

/* Run the program in a container, in the case's way and with more options of `run` (or NULL). */
void container_start(struct container *container, const char *const *options,
                     const char *const *command);
void container_start_on_terminal(struct container *container, const char *const *options,
                                 const char *const *command);

/* Wait for its end. Returns the exit code that the engine reports. */
int container_wait(struct container *container);
int container_run(struct container *container, const char *const *options,
                  const char *const *command);

/* `docker stop`, and `docker kill -s` by number: false when the engine knows no such signal. */
void container_stop(const struct container *container);
bool container_kill(const struct container *container, int signal_number);

/* Run a command of an engine's, docker or podman; to its end: returns its exit code. */
void engine_start(struct process *process, const char *engine, const char *const *words);
int engine_run(struct process *process, const char *engine, const char *const *words);

/*
 * Run lsns(8) with these arguments until it succeeds: up to util-linux 2.41 it gives up with exit
 * code 1 when a process of the machine ends while lsns reads /proc (ESRCH).
 */
void lsns_run(struct process *process, const char *const *arguments);

/* The tests that hold in every way, a function for each file; add_shell_tests needs a shell. */
void add_program_tests(TCase *tcase);
void add_signal_tests(TCase *tcase);
void add_terminal_tests(TCase *tcase);
void add_shell_tests(TCase *tcase);

#endif
