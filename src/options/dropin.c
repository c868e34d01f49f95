/*
 * dropin.c - the inits that nsinit can stand in for: each name is a row of defaults, never another
 * code path
 */
#include "options/dropin_private.h"

#include <string.h>

#define VERSION NSINIT_VERSION

/*
 * Each version is of the init whose interface nsinit follows. dockerd parses tini's line: it shows
 * the word behind "git." as the init's version, if the word has no dot.
 */
static const struct dropin dropins[] = {
    {
        .names = {"nsinit"},
        .version = "nsinit version " VERSION,
        .drain = "TERM/3/KILL",
        .exit_codes =
            {
                [ERROR_USAGE] = 125,
                [ERROR_FAILED] = 125,
                [ERROR_NOT_FOUND] = 127,
                [ERROR_NO_INTERPRETER] = 126,
                [ERROR_NOT_EXECUTABLE] = 126,
                [ERROR_BAD_FORMAT] = 126,
                [ERROR_EXEC_OTHER] = 126,
            },
    },
    {
        .names = {"tini", "tini-static", "docker-init"},
        .version = "tini version 0.19.0_nsinit-" VERSION " - git.nsinit",
        .ignores_child_signal = true,
        .drain = "no",
        .exit_codes =
            {
                [ERROR_USAGE] = 1,
                [ERROR_FAILED] = 1,
                [ERROR_NOT_FOUND] = 127,
                [ERROR_NO_INTERPRETER] = 127,
                [ERROR_NOT_EXECUTABLE] = 126,
                [ERROR_BAD_FORMAT] = 126,
                [ERROR_EXEC_OTHER] = 1,
            },
    },
    {
        .names = {"dumb-init"},
        .version = "dumb-init v1.2.5_nsinit-" VERSION,
        .prints_on_stderr = true,
        .quiet_about_orphans = true,
        .placement = PLACEMENT_SESSION,
        .forward_to_group = true,
        .ignores_child_signal = true,
        .rewrites_terminal_stops = true,
        /* dumb-init sends TERM to the processes that are left and does not wait. */
        .drain = "TERM/0",
        .exit_codes =
            {
                [ERROR_USAGE] = 1,
                [ERROR_FAILED] = 1,
                [ERROR_NOT_FOUND] = 2,
                [ERROR_NO_INTERPRETER] = 2,
                [ERROR_NOT_EXECUTABLE] = 2,
                [ERROR_BAD_FORMAT] = 2,
                [ERROR_EXEC_OTHER] = 2,
            },
    },
    {
        .names = {"catatonit", "podman-init"},
        .version = "tini version 0.1.7_catatonit_nsinit-" VERSION,
        .subreaper = true,
        .ignores_child_signal = true,
        .ignores_terminal_stops = true,
        .drain = "no",
        .exit_codes =
            {
                [ERROR_USAGE] = 1,
                [ERROR_FAILED] = 1,
                [ERROR_NOT_FOUND] = 1,
                [ERROR_NO_INTERPRETER] = 1,
                [ERROR_NOT_EXECUTABLE] = 1,
                [ERROR_BAD_FORMAT] = 1,
                [ERROR_EXEC_OTHER] = 1,
            },
    },
};

const struct dropin *dropin_of(const char *program)
{
    const char *slash = strrchr(program, '/');
    const char *base = slash ? slash + 1 : program;

    for (size_t row = 0; row < sizeof dropins / sizeof dropins[0]; row++)
        for (size_t i = 0; i < sizeof dropins[row].names / sizeof dropins[row].names[0]; i++)
            if (dropins[row].names[i] != NULL && strcmp(base, dropins[row].names[i]) == 0)
                return &dropins[row];
    return &dropins[0];
}

/* Level 3 prints what the other inits print for debugging: each signal and each process reaped. */
const struct dropin_variable dropin_variables[] = {
    {"TINI_SUBREAPER", NULL, "subreaper", "yes"}, {"TINI_KILL_PROCESS_GROUP", NULL, "group", "yes"},
    {"TINI_VERBOSITY", NULL, "verbose", NULL},    {"DUMB_INIT_SETSID", "0", "single-child", "yes"},
    {"DUMB_INIT_DEBUG", "1", "verbose", "3"},     {"CATATONIT_DEBUG", NULL, "verbose", "3"},
};

const size_t dropin_variable_count = sizeof dropin_variables / sizeof dropin_variables[0];
