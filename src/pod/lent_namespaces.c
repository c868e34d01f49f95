/*
 * lent_namespaces.c - the namespaces of a service that other services join
 */
#include "pod/lent_namespaces_private.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "plan/depends.h"
#include "pod/supervisor.h"
#include "util/log.h"
#include "visit/door.h"

/* Allocated only for a service that other services join. */
struct lent {
    ns_set types;
    struct nsfds held;
    ns_set hidden;     /* namespaces that nsinit may not read from /proc while the service runs */
    struct nsfds seen; /* the hidden ones of this run */
};

static struct supervised *lender_of(const struct supervisor *supervisor, const struct ns_join *join)
{
    const char *name = depends_entered_service(join);
    int place = name != NULL ? depends_find(supervisor->common.pod, name, strlen(name)) : -1;

    return place < 0 ? NULL : &supervisor->common.services[place];
}

static int add_lender(struct supervised *lender, ns_set types, ns_set hidden, struct error *error)
{
    struct lent *lent = lender->member.lent;

    if (lent == NULL) {
        lent = calloc(1, sizeof *lent);
        if (lent == NULL)
            return error_failed(error, "%s: allocate memory", name_of(lender));
        lent->held = nsfds_none();
        lent->seen = nsfds_none();
        lender->member.lent = lent;
    }
    lent->types |= types;
    lent->hidden |= hidden;
    return 0;
}

/*
 * The namespaces that a health check or nsctl exec joins, if nsinit may not read them from /proc:
 * an inner init is not dumpable, and for another user's process nsinit needs CAP_SYS_PTRACE, which
 * it lacks in a container.
 */
static ns_set hidden_of(const struct supervised *supervised)
{
    const struct service *service = supervised->service;
    bool has_commands =
        plan_of(supervised)->health.command != NULL || supervised->common->pod->control != NULL;

    if (!has_commands || door_may_ptrace())
        return 0;
    return service_settings(service)->user != NULL ||
                   namespaces_has_inner_init(&service->namespaces)
               ? service->namespaces.unshared
               : 0;
}

int lent_namespaces_init(struct supervisor *supervisor, struct error *error)
{
    for (size_t i = 0; i < supervisor->common.count; i++) {
        struct supervised *supervised = &supervisor->common.services[i];
        const struct namespaces *namespaces = &supervised->service->namespaces;
        ns_set hidden = hidden_of(supervised);

        if (hidden != 0 && add_lender(supervised, 0, hidden, error) < 0)
            return -1;
        for (size_t j = 0; j < namespaces->join_count; j++) {
            struct supervised *lender = lender_of(supervisor, &namespaces->joins[j]);

            if (lender != NULL && add_lender(lender, namespaces->joins[j].types, 0, error) < 0)
                return -1;
        }
    }
    return 0;
}

static void take(struct nsfds *given, const struct nsfds *from, ns_set types)
{
    for (unsigned int type = 0; type < NAMESPACE_COUNT; type++)
        if (ns_set_has(types, (enum ns_type)type) && from->fds[type] >= 0)
            given->fds[type] = from->fds[type];
}

static ns_set held_of(const struct supervised *supervised)
{
    ns_set held = 0;

    for (unsigned int type = 0; supervised->member.lent != NULL && type < NAMESPACE_COUNT; type++)
        if (supervised->member.lent->held.fds[type] >= 0)
            held |= 1U << type;
    return held;
}

static bool holds_all(const struct supervised *lender, ns_set types)
{
    return (types & ~held_of(lender)) == 0;
}

/* A PID namespace ends with its first process, so it cannot be kept. */
static ns_set lasting(ns_set types)
{
    return types & ~(1U << NAMESPACE_PID);
}

ns_set lent_namespaces_to_make(const struct supervised *supervised)
{
    return supervised->service->namespaces.unshared & ~lasting(held_of(supervised));
}

int lent_namespaces_for(const struct supervised *supervised, struct nsfds *given,
                        struct error *error)
{
    const struct supervisor *supervisor = supervisor_for(supervised);
    const struct namespaces *namespaces = &supervised->service->namespaces;

    *given = supervisor->shared;
    for (size_t i = 0; i < namespaces->join_count; i++) {
        const struct ns_join *join = &namespaces->joins[i];
        const struct supervised *lender = lender_of(supervisor, join);

        if (lender == NULL)
            continue;
        if (held_of(lender) == 0) {
            error_subject(error, "%s: enter", name_of(supervised));
            return error_reason(error, ERROR_FAILED, "%s has not run yet", name_of(lender));
        }
        if (!join->all && !holds_all(lender, join->types)) {
            error_subject(error, "%s: enter", name_of(supervised));
            return error_reason(error, ERROR_FAILED, "the namespaces of %s could not be held open",
                                name_of(lender));
        }
        take(given, &lender->member.lent->held, join->types);
    }
    if (supervised->member.lent != NULL)
        take(given, &supervised->member.lent->held, lasting(namespaces->unshared));
    return 0;
}

/* The namespaces that others join and that nsinit does not hold yet. */
static ns_set lent_of(const struct supervised *supervised)
{
    ns_set kept = lasting(supervised->service->namespaces.unshared) & held_of(supervised);

    return supervised->member.lent != NULL ? supervised->member.lent->types & ~kept : 0;
}

ns_set lent_namespaces_to_open(const struct supervised *supervised)
{
    return lent_of(supervised) |
           (supervised->member.lent != NULL ? supervised->member.lent->hidden : 0);
}

static int take_out(struct nsfds *opened, unsigned int type)
{
    int fd = opened->fds[type];

    opened->fds[type] = -1;
    return fd;
}

static void hold(const struct supervised *supervised, enum ns_type type, int fresh)
{
    struct lent *lent = supervised->member.lent;

    if (lent->held.fds[type] >= 0)
        close(lent->held.fds[type]);
    lent->held.fds[type] = fresh;
    if (fresh < 0)
        log_line(LOG_WARNING, "%s: keep the %s namespace open for other services: not possible",
                 name_of(supervised), ns_types[type].name);
}

void lent_namespaces_hold(struct supervised *supervised, struct nsfds *opened)
{
    struct lent *lent = supervised->member.lent;
    ns_set asked = lent_of(supervised);

    for (unsigned int type = 0; lent != NULL && type < NAMESPACE_COUNT; type++)
        if (ns_set_has(asked, (enum ns_type)type))
            hold(supervised, (enum ns_type)type, take_out(opened, type));
        else if (ns_set_has(lent->hidden, (enum ns_type)type))
            lent->seen.fds[type] = take_out(opened, type);
}

void lent_namespaces_release(struct supervised *supervised)
{
    if (supervised->member.lent != NULL)
        nsfds_close(&supervised->member.lent->seen);
}

int lent_namespaces_of(const struct supervised *supervised, struct nsfds *known,
                       struct error *error)
{
    const struct lent *lent = supervised->member.lent;

    if (lent_namespaces_for(supervised, known, error) < 0)
        return -1;
    if (lent != NULL) {
        take(known, &lent->held, supervised->service->namespaces.unshared);
        take(known, &lent->seen, lent->hidden);
    }
    return 0;
}
