/*
 * cmd_ns_private.h - the parts of nsctl ns: ns.c asks, the others show
 */
#ifndef NSINIT_NSCTL_CMD_NS_PRIVATE_H
#define NSINIT_NSCTL_CMD_NS_PRIVATE_H

#include "inspect/process_info.h"
#include "nsctl/services_private.h"
#include "nsctl/cmd_simple_private.h"
#include "inspect/ns_scan.h"

/* What there is to show: the wanted ones of the census, whose members are marked as services. */
struct ns_listing {
    const struct ns_scan *scan;
    struct process_infos *infos; /* of the census */
    const struct services *services;
    const char *no_services; /* why none is known; NULL: they are */
    bool is_tree;
};

/* Each returns 0 or a negative errno. In cmd_ns_table.c and cmd_ns_json.c: */
int ns_print_table(const struct ns_listing *listing);
int ns_print_objects(const struct ns_listing *listing);

/* The service that a process is, or NULL. */
const struct service_row *ns_service_of(const struct ns_listing *listing,
                                        const struct ns_process *process);

/* In cmd_ns_diff.c: how two processes are related, type by type.
 * Returns the exit code, or -1 with `failure` filled in. */
int ns_diff(const struct call *call, ns_set types, const pid_t pids[2], struct failure *failure);

#endif
