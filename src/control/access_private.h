/*
 * access_private.h - what a client of the control socket may do. Private to src/control.
 * A process with fewer rights than nsinit must not gain any through it. Descent, which no process
 * can forge and /proc shows, tells which service a process belongs to.
 */
#ifndef NSINIT_CONTROL_ACCESS_PRIVATE_H
#define NSINIT_CONTROL_ACCESS_PRIVATE_H

#include <stdbool.h>
#include <sys/types.h>

#include "plan/pod.h"
#include "pod/supervisor.h"
#include "util/strbuf.h"

/* A process that has connected. */
struct caller {
    pid_t pid;  /* 0: it is outside of nsinit's PID namespace */
    uid_t user; /* when it connected, as nsinit sees it */
    int pidfd;  /* -1: it has ended, or no descriptor was left */
};

struct access {
    enum control_access level;        /* never CONTROL_AUTO in a judgement */
    const struct supervised *service; /* the service whose plan limits the access, or NULL */
    bool is_orphan;                   /* the caller may belong to that service or to another one */
    const char *reason;               /* why the access is not full; NULL where it is */
};

/* Fill in the process at the other end of the socket. 0 or a negative errno. */
int caller_open(struct caller *caller, int socket);
void caller_close(struct caller *caller);

/* Judge what the caller may do, by its rights at this moment. */
struct access access_judge(const struct caller *caller, struct supervisor *supervisor);

/* Append the reason why the access is not full, and a hint on how to grant it. */
void access_explain(struct strbuf *text, const struct access *access, const struct pod *pod);

#endif
