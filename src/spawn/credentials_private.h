/*
 * credentials_private.h - limits, scheduling, capabilities, groups, user and working directory of a
 * new process
 */
#ifndef NSINIT_SPAWN_CREDENTIALS_PRIVATE_H
#define NSINIT_SPAWN_CREDENTIALS_PRIVATE_H

#include "plan/process.h"
#include "linux/userdb.h"
#include "util/error.h"

/* The setting that could not be applied. */
struct credentials_failure {
    enum credentials_stage {
        CREDENTIALS_LIMIT,
        CREDENTIALS_NICE,
        CREDENTIALS_OOM_SCORE_ADJ,
        CREDENTIALS_CAPABILITIES,
        CREDENTIALS_GROUPS,
        CREDENTIALS_USER,
        CREDENTIALS_WORKDIR,
        CREDENTIALS_OUTSIDE, /* the working directory is not below the root directory */
        CREDENTIALS_NO_NEW_PRIVS
    } stage;
    int resource; /* for CREDENTIALS_LIMIT */
};

/*
 * Apply all settings to the calling process, which is about to execute its program: limits,
 * scheduling and umask, then capabilities, groups and user, then the working directory, as that
 * user. 0, or -1 with errno and `failure` filled in. Async-signal-safe, and only raw system calls,
 * as it may run between vfork and exec.
 */
int credentials_apply(const struct settings *settings, const struct account *account,
                      struct credentials_failure *failure);

/*
 * Whether dropped capabilities stay in the bounding set because the calling process lacks
 * CAP_SETPCAP. Then the program gets no_new_privs, so that no exec raises its capabilities.
 */
bool credentials_keeps_bounding_set(const struct settings *settings);

/* Fill in the error from the failure and errno. Returns -1. */
int credentials_error(const struct settings *settings, const struct credentials_failure *failure,
                      struct error *error);

/* Environment entries for the program's user. */
struct account_variables {
    char home[sizeof "HOME=" + 256];
    char user[sizeof "USER=" + 256];
    char logname[sizeof "LOGNAME=" + 256];
};

/*
 * The program's environment: `environment` (unless clear_environment), then HOME, USER and LOGNAME
 * of an account with a user, stored in `own`, then the settings' variables; later entries replace
 * earlier ones. `room` more entries fit. The caller owns the array, but not its strings. NULL with
 * errno if there is no memory.
 */
char **credentials_environment(const struct settings *settings, const struct account *account,
                               char **environment, struct account_variables *own, size_t room);

#endif
