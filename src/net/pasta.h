/*
 * pasta.h - pasta(1) connects a network namespace without rights outside
 */
#ifndef NSINIT_NET_PASTA_H
#define NSINIT_NET_PASTA_H

#include <stdbool.h>
#include <sys/types.h>

#include "plan/namespaces.h"
#include "util/error.h"
#include "visit/guard.h"
#include "visit/ns_join.h"

/* A process of pasta. All zero: there is none. */
struct pasta {
    pid_t pid;          /* a child of nsinit's; 0: none */
    int output_fd;      /* a pipe with its messages, which pasta_await reads */
    struct guard guard; /* ends it when nsinit was killed */
};

/*
 * Start pasta for the network namespace of `ns_fds`, which belongs to the user namespace there if
 * that is another one than nsinit's. 0, or -1 with `error` filled in.
 */
int pasta_start(struct pasta *pasta, const struct namespaces *plan, const struct nsfds *ns_fds,
                bool in_other_user_ns, struct error *error);

/*
 * In a helper, which waits: read pasta's messages until the network is there. 0, or -1 with `error`
 * filled in when pasta has ended.
 */
int pasta_await(const struct pasta *pasta, struct error *error);

/* End pasta, and wait for its end, after which its ports are free. */
void pasta_stop(struct pasta *pasta);

#endif
