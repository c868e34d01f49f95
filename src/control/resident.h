/*
 * resident.h - what nsctl ns tells of a process besides its namespaces
 */
#ifndef NSINIT_CONTROL_RESIDENT_H
#define NSINIT_CONTROL_RESIDENT_H

#include <stddef.h>
#include <sys/types.h>

/*
 * The words of its command, or of a kernel thread its name: fresh, to be freed by the caller. 0 or
 * a negative errno.
 */
int resident_command(pid_t pid, char **command);

/* Its name: comm in proc_pid_comm(5); empty when it has ended. */
enum { COMM_SIZE = 64 };
void resident_name(pid_t pid, char name[COMM_SIZE]);

/* What a terminal would obey becomes a blank, what is no UTF-8 a question mark. */
void resident_make_printable(char *text);

#endif
