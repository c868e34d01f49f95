/*
 * cmd_ns_private.h - the parts of nsctl ns: cmd_ns.c finds the namespaces, the others print them
 */
#ifndef NSINIT_NSCTL_CMD_NS_PRIVATE_H
#define NSINIT_NSCTL_CMD_NS_PRIVATE_H

#include "inspect/ns_scan.h"
#include "inspect/process_info.h"
#include "nsctl/cmd_private.h"
#include "nsctl/services_private.h"

/* The namespaces of the scan to print; their processes are marked with services. */
struct ns_listing {
    const struct ns_scan *scan;
    struct process_infos *infos; /* of the scan's processes */
    const struct services *services;
    const char *no_services; /* why they are unknown, or NULL */
    bool is_tree;
};

/* In cmd_ns_table.c and cmd_ns_json.c. 0 or a negative errno. */
int ns_print_table(const struct ns_listing *listing);
int ns_print_objects(const struct ns_listing *listing);

/* The service that has this process as its main process, or NULL. */
const struct service_row *ns_service_of(const struct ns_listing *listing,
                                        const struct ns_process *process);

/*
 * In cmd_ns_diff.c: print, type by type, whether two processes are isolated from each other.
 * Returns the exit code, or -1 with `failure` filled in.
 */
int ns_diff(const struct call *call, ns_set types, const pid_t pids[2], struct failure *failure);

/* In cmd_ns_drop.c: unmount the namespaces that the words name. As a verb's function. */
int ns_drop(const struct call *call, struct failure *failure);

#endif
