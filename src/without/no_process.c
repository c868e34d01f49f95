/*
 * no_process.c - stubs for limits and capabilities in a build without the settings of a process
 */
#include "options/setter_private.h"
#include "plan/process.h"

const char *resource_name(int resource)
{
    return NULL;
}

/* ---- options --------------------------------------------------------------------------------- */

static const char *const process_names[] = {
    "umask",        "rlimit",    "nice",         "oom-score-adj",
    "cap-add",      "cap-drop",  "no-new-privs", "disable-userns",
    "argv0",        "close-fds", "keep-fd",      "new-session",
    "keep-keyring", NULL};

const struct option_group process_options = LEFT_OUT("PROCESS", process_names);
