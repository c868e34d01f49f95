/*
 * exec_terminal.h - a terminal of the service's devpts for a command that nsctl executes in it
 */
#ifndef NSINIT_VISIT_EXEC_TERMINAL_H
#define NSINIT_VISIT_EXEC_TERMINAL_H

/*
 * In the service's mount namespace: if /dev/pts is not the devpts of *terminal, open a terminal
 * there with the same modes and size, and replace *terminal and its copies in `stdio` by it.
 * Returns the descriptor of the controlling side, which the caller closes, or -1 if nothing was
 * replaced.
 */
int exec_terminal_replace(int stdio[3], int *terminal);

#endif
