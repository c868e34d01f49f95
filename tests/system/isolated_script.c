/*
 * isolated_script.c - shell scripts in a PID namespace where nothing else happens
 */
#include "system/isolated_script.h"

#include <stdio.h>
#include <stdlib.h>

/*
 * A FIFO tells that the holder is there; it waits for one that nobody writes to, as the shell that
 * it is: after an exec nobody could tell when it is over. The script keeps
 * it open, so that nothing told is lost. No nsinit is to be found by nsctl.
 */
static const char prelude[] =
    "set -eu; PATH=$PWD:$PATH; unset NSINIT_CONTROL\n"
    "rm -f there never; mkfifo there never; exec 9<>there\n"
    "await() { read -r line <&9; }\n"
    "nsctl() { NSINIT_CONTROL=$PWD/none command nsctl \"$@\"; }\n"
    "child() { { read -r first _ || :; } <\"/proc/$1/task/$1/children\"; echo $first; }\n"
    "hold() { nsinit -s \"$@\" -- sh -c '" HOLDER "' & await;\n"
    "  held=$(child $!); }\n";

static int run(struct process *process, const char *script, bool terminal)
{
    static char whole[8000];

    (void)nsinit_called("nsinit");
    (void)nsinit_called("nsctl");
    snprintf(whole, sizeof whole, "cd %s; %s%s", test_directory(), prelude, script);
    return process_run(process, &(struct process_options){.arguments = COMMAND("sh", "-c", whole),
                                                          .place = PLACE_FIRST,
                                                          .terminal = terminal});
}

int run_isolated(struct process *process, const char *script)
{
    return run(process, script, false);
}

int run_isolated_on_terminal(struct process *process, const char *script)
{
    return run(process, script, true);
}

bool lacks_tool(const char *test, const char *tool)
{
    char command[100];
    char reason[100];

    snprintf(command, sizeof command, "command -v %s >/dev/null", tool);
    if (system(command) == 0)
        return false;
    snprintf(reason, sizeof reason, "no %s here", tool);
    skip_test(test, reason);
    return true;
}
