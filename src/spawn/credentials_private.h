/*
 * credentials_private.h - give a new process its limits, credentials and place, in the order that
 * works
 */
#ifndef NSINIT_SPAWN_CREDENTIALS_PRIVATE_H
#define NSINIT_SPAWN_CREDENTIALS_PRIVATE_H

#include "plan/process.h"
#include "linux/userdb.h"
#include "util/error.h"

/* Which of the settings could not be applied. */
struct credentials_failure {
    enum credentials_stage {
        CREDENTIALS_LIMIT,
        CREDENTIALS_NICE,
        CREDENTIALS_OOM_SCORE_ADJ,
        CREDENTIALS_CAPABILITIES,
        CREDENTIALS_GROUPS,
        CREDENTIALS_USER,
        CREDENTIALS_WORKDIR,
        CREDENTIALS_OUTSIDE, /* the working directory is not below the root */
        CREDENTIALS_NO_NEW_PRIVS
    } stage;
    int resource; /* for CREDENTIALS_LIMIT */
};

/*
 * Apply all to the calling process, which is about to execute its program: limits, scheduling and
 * umask, then capabilities, groups and user, then what is to be done as that user. 0, or -1 with
 * errno and `failure` filled in. Async-signal-safe, and only raw system calls: between vfork and
 * exec.
 */
int credentials_apply(const struct settings *settings, const struct account *account,
                      struct credentials_failure *failure);

/*
 * Whether the calling process may not take what is dropped out of the bounding set, for want of
 * CAP_SETPCAP. Then the program gets no_new_privs: no exec gives it more than it has.
 */
bool credentials_keeps_bounding_set(const struct settings *settings);

/* The failure and errno as an error: subject, reason and hint. Returns -1. */
int credentials_error(const struct settings *settings, const struct credentials_failure *failure,
                      struct error *error);

/* Entries that tell a program who it is. */
struct account_variables {
    char home[sizeof "HOME=" + 256];
    char user[sizeof "USER=" + 256];
    char logname[sizeof "LOGNAME=" + 256];
};

/*
 * The environment for the program: `environment`, or nothing of it with clear_environment, with
 * the settings' variables and, for an account with a user, `own` as its HOME, USER and LOGNAME,
 * unless a variable says otherwise, and `room` for more entries. An array owned by the caller, of
 * strings that are not; NULL with errno when there is no memory.
 */
char **credentials_environment(const struct settings *settings, const struct account *account,
                               char **environment, struct account_variables *own, size_t room);

#endif
