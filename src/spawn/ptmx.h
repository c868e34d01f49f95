/*
 * ptmx.h - a pseudo-terminal as it is made in other namespaces
 */
#ifndef NSINIT_SPAWN_PTMX_H
#define NSINIT_SPAWN_PTMX_H

#include "spawn/enter.h"

#ifndef TIOCGPTPEER
#define TIOCGPTPEER 0x5441
#endif

/*
 * The controlling side of a new one, unlocked, of the devpts that is at /dev/pts in these
 * namespaces. It does not block. Or -1.
 */
int ptmx_open_in(const struct open_namespaces *namespaces);

#endif
