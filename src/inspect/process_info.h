/*
 * process_info.h - what nsctl ns tells of processes besides their namespaces
 */
#ifndef NSINIT_INSPECT_PROCESS_INFO_H
#define NSINIT_INSPECT_PROCESS_INFO_H

#include "inspect/ns_scan.h"
#include "inspect/identity.h"

/* What could not be read has an errno instead. */
struct resident {
    bool is_known;
    int status_error;
    int command_error;
    int pid_count;
    pid_t pids[PID_LEVELS]; /* in each of its PID namespaces, from that of /proc inwards */
    int64_t uid;            /* effective, as we see it; -1 with status_error */
    char *command;          /* owned: its words, or of a kernel thread its name */
};

/* Of all processes of a census, each read when it is asked for, and once. */
struct residents {
    const struct census *census;
    struct resident *all; /* owned, in the order of the census */
};

/* 0, to be freed by residents_free, or -ENOMEM. */
int residents_open(struct residents *residents, const struct census *census);
void residents_free(struct residents *residents);

/* Of NULL there is nothing to be known. */
const struct resident *resident_of(struct residents *residents,
                                   const struct inhabitant *inhabitant);

/* The name alone of any process, comm in proc_pid_comm(5); empty when it has ended. */
enum { COMM_SIZE = 64 };
void resident_name(pid_t pid, char name[COMM_SIZE]);

/* What a terminal would obey becomes a blank, what is no UTF-8 a question mark. */
void resident_make_printable(char *text);

#endif
