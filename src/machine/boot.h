/*
 * boot.h - a machine from the start of its first process to its end
 * Nothing in here may end the process: the kernel panics when PID 1 does.
 */
#ifndef NSINIT_MACHINE_BOOT_H
#define NSINIT_MACHINE_BOOT_H

#include <stdbool.h>

#include "plan/pod.h"

/* Whether the kernel has started us as the first process of the machine. */
bool boot_is_machine_init(void);

/*
 * The file systems that are not there yet (proc, sysfs, devtmpfs, devpts, /dev/shm, /run, cgroup2),
 * the links of /dev, the console where there is no stdio, ctrl-alt-del as a signal, lo up, a PATH.
 * What fails is told on stderr, and the rest goes on.
 */
void boot_prepare(void);

/*
 * Without the words in front that boot loaders add for others, as in "splash -v": the kernel hands
 * on what it does not know. Ours begin with an option or a program's path.
 */
char **boot_own_arguments(char **argv);

/* The machine's name: the pod's, or the first line of /etc/hostname, if there is one. */
void boot_set_hostname(const struct pod *pod);

/*
 * Ask at the console what is to be done, and give a shell to who wants one. Who says nothing for a
 * minute wants a reboot; ctrl-alt-del and BusyBox's poweroff work, too. Returns any but POWER_NONE
 * and POWER_RESCUE.
 */
enum power boot_rescue(void);

/*
 * End all processes, write back and unmount what can be, and reboot(2). Returns only in a PID
 * namespace of a container's, where that is refused: the container ends with its PID 1.
 */
void boot_shut_down(enum power power);

#endif
