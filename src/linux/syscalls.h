/*
 * syscalls.h - system calls by number
 * The C library's wrappers of those that change the user do the same to all threads, of which there
 * is one; between vfork and exec they must not be called at all.
 */
#ifndef NSINIT_LINUX_SYSCALLS_H
#define NSINIT_LINUX_SYSCALLS_H

#include <sys/syscall.h>

/* The headers may be older than the kernel: Linux 5.3. */
#ifndef SYS_clone3
#define SYS_clone3 435
#endif

/* 32-bit systems have an older one of each, for 16-bit ids. */
#ifdef SYS_setresuid32
enum { CALL_SETRESUID = SYS_setresuid32, CALL_SETRESGID = SYS_setresgid32 };
enum { CALL_SETGROUPS = SYS_setgroups32 };
#else
enum { CALL_SETRESUID = SYS_setresuid, CALL_SETRESGID = SYS_setresgid };
enum { CALL_SETGROUPS = SYS_setgroups };
#endif

#endif
