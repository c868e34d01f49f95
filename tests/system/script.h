/*
 * script.h - tests that are shell scripts, in mount and PID namespaces of their own
 */
#ifndef NSINIT_TESTS_SYSTEM_SCRIPT_H
#define NSINIT_TESTS_SYSTEM_SCRIPT_H

#include <sys/types.h>

/*
 * Run the script by `sh -eu`, as root (0) or an ordinary user; the test fails unless it ends
 * with 0. It works in a directory of its own, $D. `ns` is nsinit; `gives CODE COMMAND...` runs a
 * command that has to end with this code, and leaves its output in the files out and err; `says
 * TEXT` looks for the text in err; `never COMMAND...` is for what has to fail.
 */
void script_succeeds(uid_t uid, const char *script);

/* The same in a process that calls `prepare` first, which may refuse a system call. */
void script_succeeds_after(uid_t uid, void (*prepare)(void *argument), const char *script);
void refuse_call(unsigned int call, unsigned int error_number);

/* The same for root and for an ordinary user, who is root's stand-in where tests run without. */
void script_succeeds_for_all(const char *script);

/*
 * Run two scripts, one behind the other, by one `sh` as PID 1; they get $D and $BINARY alone. The
 * test fails unless they end with 0.
 */
void script_succeeds_behind(const char *first, const char *script);

#endif
