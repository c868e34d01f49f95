/*
 * filesystems_private.h - the file systems that the kernel's interfaces and most programs need, and
 * their end
 */
#ifndef NSINIT_MACHINE_FILESYSTEMS_PRIVATE_H
#define NSINIT_MACHINE_FILESYSTEMS_PRIVATE_H

/* Mount those that are not there yet; what fails is told, and the rest goes on. */
void boot_mount_all(void);

/* Unmount those of devices, the last first, or remount them read-only. */
void boot_unmount_all(void);

#endif
