/*
 * proc.h - what /proc says about processes: proc(5)
 * Functions that return an int return 0 or a file descriptor, or a negative errno.
 */
#ifndef NSINIT_LINUX_PROC_H
#define NSINIT_LINUX_PROC_H

#include <dirent.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * Whether /proc numbers processes as getpid(2) and kill(2) do. A /proc mounted for another PID
 * namespace shows other processes under these numbers.
 */
bool proc_is_ours(void);

/* The path of a file in /proc. */
struct proc_path {
    char text[64];
};

/* /proc/PID/NAME, and /proc/self/fd/N: the text of `path`. */
const char *proc_path_of(struct proc_path *path, pid_t pid, const char *name);
const char *proc_path_of_fd(struct proc_path *path, int fd);

/* The next process in an open directory /proc; 0 at the end. */
pid_t proc_next_pid(DIR *proc);

/* The next descriptor in an open directory /proc/PID/fd; -1 at the end. */
int proc_next_fd(DIR *fds);

/* Open /proc/PID/NAME, a file or a directory, to be read: close-on-exec. */
int proc_open(pid_t pid, const char *name);

/* Write a text to /proc/PID/NAME in one write(2). */
int proc_write(pid_t pid, const char *name, const char *text);

/* Read all of a file, and terminate it; -ENAMETOOLONG when it does not fit. */
int proc_read(pid_t pid, const char *name, char *buffer, size_t size);

/* Read the target of a symbolic link, as above. */
int proc_read_link(pid_t pid, const char *name, char *buffer, size_t size);

/* Read the name that a process has given itself; empty when it has ended. */
enum { PROC_COMM_SIZE = 64 };
void proc_read_comm(pid_t pid, char *name, size_t size);

/* Fields of /proc/PID/stat: proc_pid_stat(5). */
struct proc_stat {
    char state; /* 'T': stopped; 'Z', 'X': ended */
    pid_t ppid;
    pid_t pgrp;
    bool is_kernel_thread; /* flags has PF_KTHREAD */
    uint64_t num_threads;
    uint64_t starttime; /* clock ticks after the boot: with the PID it names a process for good */
};
int proc_read_stat(pid_t pid, struct proc_stat *stat);

/* ---- /proc/PID/status ---------------------------------------------------------------------- */

/* Room for the whole file. */
enum { PROC_STATUS_SIZE = 8192 };

/* What stands behind "NAME:" in the text of the file, or NULL. */
const char *proc_status_field(const char *status, const char *name);

/* Read a field that is one decimal or hexadecimal number. False if the file lacks the field. */
bool proc_status_number(const char *status, const char *name, unsigned long *number);
bool proc_status_mask(const char *status, const char *name, uint64_t *mask);

/* The effective id of the fields Uid and Gid, as this process sees it; -1 without the field. */
int64_t proc_status_effective_id(const char *status, const char *name);

/* The numbers of the field NSpid, at most `most`: how many there are. */
size_t proc_status_nspid(const char *status, pid_t *pids, size_t most);

/* Read the next number behind blanks, and move past it. False at the end. */
bool proc_next_number(const char **text, unsigned long *number);

#endif
