/*
 * inherited.h - the state that nsinit was started with, which its programs get back
 */
#ifndef NSINIT_SPAWN_INHERITED_H
#define NSINIT_SPAWN_INHERITED_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/types.h>

#include "util/signal_names.h"
#include "linux/signal_set.h"

struct error;
struct service;
struct settings;

struct inherited {
    struct signal_set mask;
    bool sigchld_ignored;
    bool has_raised_fd_limit;
    struct rlimit fd_limit; /* RLIMIT_NOFILE as it was before; set if has_raised_fd_limit */
    fd_set fds;             /* the descriptors that were open, as far as FD_SETSIZE */
    int fds_end;            /* behind the highest of all */
    int searched_end;       /* behind the highest number that was searched */
    pid_t parent;
    pid_t self; /* nsinit's own PID, which may be in LISTEN_PID */
    struct string_area {
        char *begin; /* of the first string, where /proc/PID/cmdline or environ begins; or NULL */
        char *end;   /* behind the last string */
    } arguments, environment;
};

/*
 * Save the state. Then block every signal, so that none is lost from here on; set SIGCHLD to its
 * default, so that children become zombies; and open a close-on-exec placeholder for a closed
 * stdin, stdout or stderr, so that nsinit's own files get other numbers. main() calls this first,
 * with the unchanged argv.
 */
void inherited_save(struct inherited *inherited, char **argv);

/*
 * Close the descriptors above stderr that nsinit was started with. Its own ones are close-on-exec,
 * and lower than `searched_end` or not higher than `highest_own`.
 */
void inherited_close_fds(const struct inherited *inherited, int highest_own);

/* Check that nsinit was started with each descriptor of --keep-fd. 0, or -1 with `error` filled in.
 */
int inherited_check_kept(const struct settings *settings, struct error *error);

/*
 * In the child, for --close-fds: let execve(2) close all descriptors above stderr, except those of
 * --keep-fd. Async-signal-safe.
 */
void inherited_close_on_exec(const struct settings *settings);

/*
 * Raise nsinit's soft limit of open files for this many services and their clients, within the hard
 * limit: 100 services with log prefixes use up a shell's 256 or 1024.
 */
void inherited_raise_fd_limit(struct inherited *inherited, size_t services);

/* In the child, before the program's own limits: restore the limit. Async-signal-safe. */
void inherited_restore_fd_limit(const struct inherited *inherited);

/* Overwrite the variables that nsinit was started with, except those in `kept`. */
void inherited_wipe_environment(const struct inherited *inherited, char *const *kept);

/*
 * Overwrite nsinit's arguments, except its name and the strings that the service's program or setup
 * uses.
 */
void inherited_wipe_arguments(const struct inherited *inherited, const struct service *service);

/* In the child, last before execve(2): restore the mask and SIGCHLD. Async-signal-safe. */
void inherited_restore_signals(const struct inherited *inherited);

#endif
