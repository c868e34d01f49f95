/*
 * access_private.h - what a peer at the control socket may ask for. Private to src/control.
 * A process that has less than nsinit must not get by asking what it could not do itself. Whose it
 * is, is told by descent, which no process can forge, and read in /proc, which never waits.
 */
#ifndef NSINIT_CONTROL_ACCESS_PRIVATE_H
#define NSINIT_CONTROL_ACCESS_PRIVATE_H

#include <stdbool.h>
#include <sys/types.h>

#include "plan/pod.h"
#include "pod/supervisor.h"
#include "util/strbuf.h"

/* Who has connected. */
struct caller {
    pid_t pid;  /* 0: it is outside of nsinit's PID namespace */
    uid_t user; /* as it was then, and as nsinit sees it */
    int pidfd;  /* -1: it has ended, or no descriptor is left */
};

struct access {
    enum control_access level;        /* any but CONTROL_AUTO */
    const struct supervised *service; /* for whose sake it is not more, or NULL */
    bool is_orphan;                   /* it may be that service's, or another one's */
    const char *reason;               /* why it is not more; NULL where it is all */
};

/* The peer of a connection. 0 or a negative errno. */
int caller_open(struct caller *caller, int socket);
void caller_close(struct caller *caller);

/* What the caller may ask for, as it is at this moment. */
struct access access_judge(const struct caller *caller, struct supervisor *supervisor);

/* Append why no more is granted, and how it would be. */
void access_explain(struct strbuf *text, const struct access *access, const struct pod *pod);

#endif
