/*
 * process_file.h - what a file of /proc/PID says: proc(5)
 */
#ifndef NSINIT_LINUX_PROCESS_FILE_H
#define NSINIT_LINUX_PROCESS_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Close-on-exec, or a negative errno. */
int process_file_open(pid_t pid, const char *name);

/* All of it, terminated. 0 or an errno; ENAMETOOLONG when there is more than room for it. */
int process_file_read(pid_t pid, const char *name, char *buffer, size_t size);

/* The same of what a link there leads to. */
int process_file_link(pid_t pid, const char *name, char *buffer, size_t size);

/* The next number in the text, behind blanks; moves past it. False when there is none. */
bool process_file_number(const char **text, unsigned long *number);

/* What stands behind "NAME:" in the text of a status file, or NULL. */
const char *process_file_field(const char *status, const char *name);

/* The numbers of a field, which may be NULL: how many. */
size_t process_file_pids(const char *field, pid_t *pids, size_t most);

/* The second of four: real, effective, saved, of the file system. -1 if it is not there. */
int64_t process_file_effective(const char *field);

#endif
