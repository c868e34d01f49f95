/*
 * listening_pod.h - a pod that listens at a socket of the test's, and who asks it there
 */
#ifndef NSINIT_TESTS_SYSTEM_LISTENING_POD_H
#define NSINIT_TESTS_SYSTEM_LISTENING_POD_H

#include "system/system.h"

/* One for each case. */
const char *socket_path(void);

#define TWO_SLEEPERS                                                \
    "[service a]\ncommand = sh -c 'echo a runs; exec sleep 1000'\n" \
    "[service b]\ncommand = sh -c 'echo b runs; exec sleep 1000'\nafter = a\n"

/* A pod under a PID 1 of its own, listening at socket_path(). */
void start_pod(struct process *process, const char *pod);
void start_sleepers(struct process *process);

/* It ends with the code when it gets TERM, and its socket goes with it. */
void end_pod(struct process *process, int code);

#define ASK(...) \
    (&(struct process_options){.arguments = NSINIT("--ctl", "-c", socket_path(), __VA_ARGS__)})

/* What nsctl prints; it must exit with `code`. */
const char *answer_of(const struct process_options *options, int code);

/* A connection; and one with a request sent on it. */
int connect_to_pod(void);
int ask(const char *request);

/* A request for exec on the connection: stdin, stdout and stderr are this file. */
void ask_with_files(int fd, const char *request, int file);

/* All of the answer, until the connection ends. */
const char *rest_of(int fd);

/* How many files a process has open. */
int files_of(pid_t pid);

#endif
