/*
 * boot.h - nsinit as the first process of a machine
 * No function here ends the process, as the kernel panics when PID 1 ends.
 */
#ifndef NSINIT_MACHINE_BOOT_H
#define NSINIT_MACHINE_BOOT_H

#include <stdbool.h>

#include "plan/pod.h"

/* Whether this is the first process of a machine, rather than of a container. */
bool boot_is_machine_init(void);

/*
 * Mount the missing file systems (proc, sysfs, devtmpfs, devpts, /dev/shm, /run, cgroup2), create
 * the links of /dev, open the console as stdio if stdio is closed, make ctrl-alt-del a signal,
 * bring lo up and set PATH. A step that fails is logged, and the next one follows.
 */
void boot_prepare(void);

/*
 * Skip leading arguments for other programs, such as "splash": the kernel passes on the parameters
 * that it does not know. nsinit's own arguments begin with an option or a program's path.
 */
char **boot_own_arguments(char **argv);

/* Set the host name to the pod's, or to the first line of /etc/hostname if the file exists. */
void boot_set_hostname(const struct pod *pod);

/*
 * Ask at the console for a shell, a reboot, power off or halt; after a minute without an answer,
 * reboot. ctrl-alt-del and BusyBox's poweroff work too. Never returns POWER_NONE or POWER_RESCUE.
 */
enum power boot_rescue(void);

/*
 * End all processes, sync and unmount the file systems, and call reboot(2). Returns only in a
 * container that may not call it: the container ends with its PID 1.
 */
void boot_shut_down(enum power power);

#endif
