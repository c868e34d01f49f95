/*
 * process_info.h - details of processes that nsctl ns shows besides their namespaces
 */
#ifndef NSINIT_INSPECT_PROCESS_INFO_H
#define NSINIT_INSPECT_PROCESS_INFO_H

#include "inspect/identity.h"
#include "inspect/ns_scan.h"

struct process_info {
    bool is_read;
    int status_error;       /* an errno: why PIDs and uid are unknown */
    int command_error;      /* an errno: why the command is unknown */
    int pid_count;          /* negative when they are unknown */
    pid_t pids[PID_LEVELS]; /* from the PID namespace of /proc to its own */
    int64_t uid;            /* effective, as seen here; -1: unknown */
    char *command;          /* its words, or the name of a kernel thread; owned; NULL: unknown */
};

/* The processes of a scan; each is read at its first use. */
struct process_infos {
    const struct ns_scan *scan;
    struct process_info *infos; /* owned; in the order of the scan's processes */
};

/* 0, to be freed by process_infos_free, or -ENOMEM. */
int process_infos_open(struct process_infos *infos, const struct ns_scan *scan);
void process_infos_free(struct process_infos *infos);

/* A process of the scan; NULL gives an info without PIDs, uid and command. */
const struct process_info *process_info_of(struct process_infos *infos,
                                           const struct ns_process *process);

/* Replace control characters by blanks, and invalid UTF-8 by question marks. */
void process_info_make_printable(char *text);

#endif
