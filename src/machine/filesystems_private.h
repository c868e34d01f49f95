/*
 * filesystems_private.h - mount a machine's file systems, and unmount them
 */
#ifndef NSINIT_MACHINE_FILESYSTEMS_PRIVATE_H
#define NSINIT_MACHINE_FILESYSTEMS_PRIVATE_H

/* Mount the missing file systems. A failure is logged, and the next one follows. */
void boot_mount_all(void);

/* Unmount the file systems of block devices, the last one first, or remount them read-only. */
void boot_unmount_all(void);

#endif
