/*
 * console_private.h - the machine's console
 */
#ifndef NSINIT_MACHINE_CONSOLE_PRIVATE_H
#define NSINIT_MACHINE_CONSOLE_PRIVATE_H

/* Open the console as stdio where the kernel found none: an initramfs without /dev/console. */
void console_take(void);

#endif
