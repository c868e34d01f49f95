/*
 * sysctl_spec.h - a kernel parameter of a service's namespaces
 */
#ifndef NSINIT_PLAN_SYSCTL_SPEC_H
#define NSINIT_PLAN_SYSCTL_SPEC_H

#include "linux/nstypes.h"
#include "util/error.h"

/* One --sysctl KEY=VALUE. */
struct sysctl {
    char path[128];    /* of the key below /proc/sys: net/ipv4/ip_forward */
    const char *value; /* the end of the option's argument */
    enum ns_type type; /* of the namespace that has a value of its own */
};

/*
 * Read KEY=VALUE. The key is spelt as for sysctl(8): net.ipv4.ip_forward or net/ipv4/ip_forward. 0,
 * or -1 with the reason filled in (ERROR_USAGE).
 */
int sysctl_parse(struct sysctl *sysctl, const char *text, struct error *error);

#endif
