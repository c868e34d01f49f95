/*
 * console_private.h - the machine's console
 */
#ifndef NSINIT_MACHINE_CONSOLE_PRIVATE_H
#define NSINIT_MACHINE_CONSOLE_PRIVATE_H

/* Where the kernel could give us no stdio, as in an initramfs without /dev/console, it is that. */
void console_take(void);

#endif
