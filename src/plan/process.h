/*
 * process.h - the user, limits, capabilities and environment of a service's process
 */
#ifndef NSINIT_PLAN_PROCESS_H
#define NSINIT_PLAN_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "linux/capabilities.h"
#include "util/error.h"

/* One --rlimit. */
struct limit {
    int resource; /* RLIMIT_... */
    struct rlimit value;
};

/* The user's settings. A setting that was not given stays as nsinit has it. */
struct settings {
    const char *user;   /* NAME|UID[:GROUP|GID], or NULL */
    const char *groups; /* a list of names and numbers, or NULL: the user's groups */
    const char *workdir;
    const char *argv0; /* the program's argv[0], or NULL: its name */
    mode_t umask;
    int nice;
    int oom_score_adj;
    bool has_umask;
    bool has_nice;
    bool has_oom_score_adj;
    bool has_capabilities;
    bool no_new_privs;
    bool clear_environment;
    bool keep_groups;  /* nsinit's supplementary groups */
    bool keep_keyring; /* the session keyring of nsinit */
    bool disable_userns;
    bool close_fds; /* inherited descriptors, but for kept_fds */
    capability_set dropped;
    capability_set added; /* after `dropped` was taken away */
    struct limit *limits; /* owned, each resource once */
    size_t limit_count;
    const char **variables; /* NAME=VALUE, or NAME to pass nsinit's own on; an owned array */
    size_t variable_count;
    int *kept_fds; /* owned */
    size_t kept_fd_count;
};

/* The number of a resource (nofile, core, ...), or -1 with the reason filled in. */
int resource_by_name(const char *name, struct error *error);

/* The name of a resource, or NULL. */
const char *resource_name(int resource);

#endif
