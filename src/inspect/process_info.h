/*
 * process_info.h - what nsctl ns tells of processes besides their namespaces
 */
#ifndef NSINIT_INSPECT_PROCESS_INFO_H
#define NSINIT_INSPECT_PROCESS_INFO_H

#include "inspect/ns_scan.h"
#include "inspect/identity.h"

/* What could not be read has an errno instead. */
struct process_info {
    bool is_known;
    int status_error;
    int command_error;
    int pid_count;
    pid_t pids[PID_LEVELS]; /* in each of its PID namespaces, from that of /proc inwards */
    int64_t uid;            /* effective, as we see it; -1 with status_error */
    char *command;          /* owned: its words, or of a kernel thread its name */
};

/* Of all processes of a census, each read when it is asked for, and once. */
struct process_infos {
    const struct ns_scan *scan;
    struct process_info *all; /* owned, in the order of the census */
};

/* 0, to be freed by process_infos_free, or -ENOMEM. */
int process_infos_open(struct process_infos *infos, const struct ns_scan *scan);
void process_infos_free(struct process_infos *infos);

/* Of NULL there is nothing to be known. */
const struct process_info *process_info_of(struct process_infos *infos,
                                           const struct ns_process *process);

/* What a terminal would obey becomes a blank, what is no UTF-8 a question mark. */
void process_info_make_printable(char *text);

#endif
