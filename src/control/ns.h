/*
 * ns.h - the parts of nsctl ns: ns.c asks, the others show
 */
#ifndef NSINIT_CONTROL_NS_H
#define NSINIT_CONTROL_NS_H

#include "control/resident.h"
#include "control/roster.h"
#include "control/verbs.h"
#include "report/census.h"

/* What there is to show: the wanted ones of the census, whose members are marked as services. */
struct view {
    const struct census *census;
    struct residents *residents; /* of the census */
    const struct roster *roster;
    const char *no_services; /* why none is known; NULL: they are */
    bool is_tree;
};

/* Each returns 0 or a negative errno. In ns_table.c and ns_json.c: */
int ns_print_table(const struct view *view);
int ns_print_objects(const struct view *view);

/* The service that a process is, or NULL. */
const struct member *ns_service_of(const struct view *view, const struct inhabitant *inhabitant);

/* In ns_diff.c: how two processes are related, type by type.
 * Returns the exit code, or -1 with `failure` filled in. */
int ns_diff(const struct call *call, namespace_set types, const pid_t pids[2],
            struct failure *failure);

#endif
