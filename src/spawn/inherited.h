/*
 * inherited.h - the state nsinit was started with, set aside so that the program gets it back
 */
#ifndef NSINIT_SPAWN_INHERITED_H
#define NSINIT_SPAWN_INHERITED_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "util/signal_names.h"
#include "linux/signal_set.h"

struct service;

struct inherited {
    struct signal_set mask;
    bool sigchld_ignored;
    bool has_raised_fd_limit;
    struct rlimit files; /* then, as it was: RLIMIT_NOFILE */
    pid_t parent;
    pid_t self; /* nsinit's own pid, by which its starter may have called it */
    struct string_area {
        char *begin; /* of the first word, where /proc/PID/cmdline or environ begins; or NULL */
        char *end;   /* behind the last one */
    } arguments, environment;
};

/*
 * Block every signal, so that none is lost from here on, let children become zombies whatever the
 * starter did to SIGCHLD, and put a close-on-exec placeholder in the place of a closed stdin,
 * stdout or stderr, so that no file of nsinit's own lands there. To be called first in main(), with
 * the arguments as they came.
 */
void inherited_save(struct inherited *inherited, char **argv);

/*
 * nsinit's own soft limit of open files is to do for so many services and its clients, as far as
 * the hard limit allows that: a shell's 256 or 1024 is used up by 100 services with prefixes.
 */
void inherited_raise_fd_limit(struct inherited *inherited, size_t services);

/* In the child, before the program's own limits: as it was. Async-signal-safe. */
void inherited_restore_fd_limit(const struct inherited *inherited);

/* Overwrite the variables that nsinit was started with, but for those in `kept`. */
void inherited_wipe_environment(const struct inherited *inherited, char *const *kept);

/*
 * Overwrite nsinit's own arguments but its name: all that the service's program or its setup does
 * not need any more.
 */
void inherited_wipe_arguments(const struct inherited *inherited, const struct service *service);

/* In the child, last before execve(2): give mask and SIGCHLD back. Async-signal-safe. */
void inherited_restore_signals(const struct inherited *inherited);

#endif
