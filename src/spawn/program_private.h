/*
 * program_private.h - the last steps of a new process, and how they are told when they fail
 */
#ifndef NSINIT_SPAWN_PROGRAM_PRIVATE_H
#define NSINIT_SPAWN_PROGRAM_PRIVATE_H

#include "spawn/credentials_private.h"
#include "spawn/spawn.h"

/* Variables that hold the pid of the process they are meant for. */
enum own_pid { OWN_PID_LISTEN, OWN_PID_WATCHDOG, OWN_PID_COUNT };

/* All that is needed to execute a service's program, prepared before there is a process for it. */
struct program {
    const struct service *service;
    struct account account;
    char **environment;
    char **own_environment; /* the same as an owned array, if it is not the service's; or NULL */
    char **by_shell; /* owned array: its words, if it has turned out to be a script without #! */
    struct account_variables account_variables;
    char notify_socket[sizeof "NOTIFY_SOCKET=" + sizeof(struct notify_name)];
    char watchdog_usec[sizeof "WATCHDOG_USEC=18446744073709551615"];
    char own_pids[OWN_PID_COUNT][sizeof "WATCHDOG_PID=2147483647"]; /* empty: not for it */
};

/* Why it was not executed. */
struct program_failure {
    enum program_stage { PROGRAM_PLACE, PROGRAM_FILES, PROGRAM_SETTINGS, PROGRAM_EXEC } stage;
    int error_number;
    struct credentials_failure settings;
    char *path; /* PATH_MAX bytes, the caller's: the file that PROGRAM_EXEC is about */
};

/*
 * In a process of its own: overwrite what of nsinit's environment the service's program does not
 * get; the service has an environment of its own then. 0, or -1 with `error` filled in.
 */
int program_wipe_environment(struct service *service, const struct inherited *inherited,
                             struct error *error);

/* Look up the user and put the environment together. 0, or -1 with `error` filled in. */
int program_prepare(struct program *program, const struct service *service,
                    const struct spawn_context *context, struct error *error);
void program_free(struct program *program);

/*
 * In the new process: process group, session and terminal. 0, or -1 with `failure` filled in.
 * Async-signal-safe.
 */
int program_set_session(const struct service *service, const struct spawn_context *context,
                        struct program_failure *failure);

/*
 * In the new process: files and settings, and with them the program's user and rights. 0, or -1
 * with `failure` filled in. Async-signal-safe.
 */
int program_apply(struct program *program, const struct spawn_context *context,
                  struct program_failure *failure);

/*
 * In the new process, last: signal state and exec; by the shell, as execvp(3) promises, when the
 * kernel does not know how to run it and it is text. Returns only on failure, with `failure` filled
 * in. Async-signal-safe.
 */
void program_execute(struct program *program, const struct spawn_context *context,
                     struct program_failure *failure);

/* The failure as an error. Returns -1. */
int program_error(const struct program *program, const struct program_failure *failure,
                  struct error *error);

#endif
