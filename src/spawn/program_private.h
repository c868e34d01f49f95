/*
 * program_private.h - the last steps of a new process, up to execve(2)
 */
#ifndef NSINIT_SPAWN_PROGRAM_PRIVATE_H
#define NSINIT_SPAWN_PROGRAM_PRIVATE_H

#include "spawn/credentials_private.h"
#include "spawn/spawn.h"

/* Variables that name the process that they are for by its PID. */
enum pid_variable { PID_VARIABLE_LISTEN, PID_VARIABLE_WATCHDOG, PID_VARIABLE_COUNT };

/* Everything needed to execute a service's program, prepared before its process exists. */
struct program {
    const struct service *service;
    struct account account;
    char **environment;
    char **own_environment; /* owned: `environment`, unless that is the service's; or NULL */
    char **own_arguments;   /* owned: with --argv0, or of a shell that runs the script; or NULL */
    struct account_variables account_variables;
    char notify_socket[sizeof "NOTIFY_SOCKET=" + sizeof(struct notify_name)];
    char watchdog_usec[sizeof "WATCHDOG_USEC=18446744073709551615"];
    char pid_variables[PID_VARIABLE_COUNT][sizeof "WATCHDOG_PID=2147483647"]; /* empty: not set */
};

/* Why the program was not executed. */
struct program_failure {
    enum program_stage { PROGRAM_SESSION, PROGRAM_FILES, PROGRAM_SETTINGS, PROGRAM_EXEC } stage;
    int error_number;
    struct credentials_failure settings;
    char *path; /* the caller's, PATH_MAX bytes: the file that PROGRAM_EXEC failed for */
};

/*
 * In the new process: overwrite the variables of nsinit that the service's program does not get.
 * The service's environment is a new array then. 0, or -1 with `error` filled in.
 */
int program_wipe_environment(struct service *service, const struct inherited *inherited,
                             struct error *error);

/* Look up the user and build the environment. 0, or -1 with `error` filled in. */
int program_prepare(struct program *program, const struct service *service,
                    const struct spawn_context *context, struct error *error);
void program_free(struct program *program);

/*
 * In the new process: set the process group, session and terminal. 0, or -1 with `failure` filled
 * in. Async-signal-safe.
 */
int program_set_session(const struct service *service, const struct spawn_context *context,
                        struct program_failure *failure);

/*
 * In the new process: set stdio and the program's settings, which include its user and
 * capabilities. 0, or -1 with `failure` filled in. Async-signal-safe.
 */
int program_apply(struct program *program, const struct spawn_context *context,
                  struct program_failure *failure);

/*
 * In the new process, last: restore the signal state and execute the program; a text file that the
 * kernel cannot run is run by /bin/sh, as by execvp(3). Returns only on failure, with `failure`
 * filled in. Async-signal-safe, except that a script without #! takes malloc(3).
 */
void program_execute(struct program *program, const struct spawn_context *context,
                     struct program_failure *failure);

/* Fill in the error from the failure. Returns -1. */
int program_error(const struct program *program, const struct program_failure *failure,
                  struct error *error);

#endif
