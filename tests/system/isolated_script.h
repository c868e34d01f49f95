/*
 * isolated_script.h - shell scripts in a PID namespace where nothing else happens
 */
#ifndef NSINIT_TESTS_SYSTEM_ISOLATED_SCRIPT_H
#define NSINIT_TESTS_SYSTEM_ISOLATED_SCRIPT_H

#include "system/system.h"

/* What a script may run, too, before it says await. */
#define HOLDER "echo >there; read -r x <never"

/*
 * Run the script as PID 1 of such a namespace, in the test's directory, by sh -eu; all ends with
 * it. Its words are
 *   nsinit, nsctl     the tools under test
 *   hold OPTION...    run a HOLDER under `nsinit -s OPTION...`, and wait until it is there;
 *                     its PID is in $held
 *   await             wait for one more HOLDER
 *   child PID         the first one of that process
 * Returns the exit code.
 */
int run_isolated(struct process *process, const char *script);

/* The same on a terminal of 80 columns. */
int run_isolated_on_terminal(struct process *process, const char *script);

/* Whether the tool is missing: says that the test is skipped then. */
bool lacks_tool(const char *test, const char *tool);

#endif
