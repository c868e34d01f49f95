/*
 * exec_terminal.h - in a service's mount namespace: a terminal of the service's own devpts
 */
#ifndef NSINIT_VISIT_EXEC_TERMINAL_H
#define NSINIT_VISIT_EXEC_TERMINAL_H

/*
 * Where /dev/pts is another devpts than the one that *terminal is of, make a terminal there with
 * its modes and size, and put it in the place of *terminal, also wherever that is in `stdio`. The
 * descriptor of the controlling side, which is the caller's to close, or -1 when nothing was
 * replaced.
 */
int exec_terminal_replace(int stdio[3], int *terminal);

#endif
