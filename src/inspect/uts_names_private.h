/*
 * uts_names_private.h - host name and domain name in the UTS namespace of another process
 */
#ifndef NSINIT_INSPECT_UTS_NAMES_PRIVATE_H
#define NSINIT_INSPECT_UTS_NAMES_PRIVATE_H

#include <sys/types.h>
#include <sys/utsname.h>

/* Fill in the names. 0 or an errno: ETIMEDOUT when they were not read in 50 ms. */
int uts_names_read(pid_t pid, struct utsname *names);

#endif
