/*
 * lending.c - the namespaces of a service that others enter
 */
#include "supervise/lending.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pod/order.h"
#include "supervise/supervise.h"
#include "util/log.h"

/* What a set of namespaces costs is only paid for a service that lends some. */
struct lent {
    namespace_set types;
    struct open_namespaces held;
    struct open_namespaces fresh; /* the last start's, until they are held */
    namespace_set asked;          /* for those */
    namespace_set hidden;         /* its own that nobody sees once it is another user's */
    struct open_namespaces seen;  /* those of the run */
};

static struct supervised *lender_of(const struct supervisor *supervisor,
                                    const struct entrance *entrance)
{
    const char *name = order_entered_service(entrance);
    int place = name != NULL ? order_find(supervisor->pod, name, strlen(name)) : -1;

    return place < 0 ? NULL : &supervisor->services[place];
}

static int add_lender(struct supervised *lender, namespace_set types, namespace_set hidden,
                      struct error *error)
{
    struct lent *lent = lender->lent;

    if (lent == NULL) {
        lent = calloc(1, sizeof *lent);
        if (lent == NULL)
            return error_failed(error, "memory");
        lent->held = namespaces_none();
        lent->seen = namespaces_none();
        lender->lent = lent;
    }
    lent->types |= types;
    lent->hidden |= hidden;
    return 0;
}

/* Those by which a check or nsctl exec gets in, where there is no inner init to be looked at. */
static namespace_set hidden_of(const struct supervised *supervised)
{
    const struct service *service = supervised->service;
    bool is_visited =
        plan_of(supervised)->health.command != NULL || supervised->supervisor->pod->control != NULL;

    return is_visited && service_settings(service)->user != NULL &&
                   !isolation_has_inner_init(&service->isolation)
               ? service->isolation.unshared
               : 0;
}

int lending_init(struct supervisor *supervisor, struct error *error)
{
    for (size_t i = 0; i < supervisor->count; i++) {
        struct supervised *supervised = &supervisor->services[i];
        const struct isolation *isolation = &supervised->service->isolation;
        namespace_set hidden = hidden_of(supervised);

        if (hidden != 0 && add_lender(supervised, 0, hidden, error) < 0)
            return -1;
        for (size_t j = 0; j < isolation->entrance_count; j++) {
            struct supervised *lender = lender_of(supervisor, &isolation->entrances[j]);

            if (lender != NULL && add_lender(lender, isolation->entrances[j].types, 0, error) < 0)
                return -1;
        }
    }
    return 0;
}

static void take(struct open_namespaces *given, const struct open_namespaces *from,
                 namespace_set types)
{
    for (unsigned int type = 0; type < NAMESPACE_COUNT; type++)
        if (namespaces_have(types, (enum namespace_type)type) && from->fds[type] >= 0)
            given->fds[type] = from->fds[type];
}

static namespace_set held_of(const struct supervised *supervised)
{
    namespace_set held = 0;

    for (unsigned int type = 0; supervised->lent != NULL && type < NAMESPACE_COUNT; type++)
        if (supervised->lent->held.fds[type] >= 0)
            held |= 1U << type;
    return held;
}

/* A PID namespace ends with its first process: there is nothing to be kept. */
static namespace_set lasting(namespace_set types)
{
    return types & ~(1U << NAMESPACE_PID);
}

namespace_set lending_new(const struct supervised *supervised)
{
    return supervised->service->isolation.unshared & ~lasting(held_of(supervised));
}

int lending_give(const struct supervised *supervised, struct open_namespaces *given,
                 struct error *error)
{
    const struct supervisor *supervisor = supervised->supervisor;
    const struct isolation *isolation = &supervised->service->isolation;

    *given = supervisor->shared;
    for (size_t i = 0; i < isolation->entrance_count; i++) {
        const struct entrance *entrance = &isolation->entrances[i];
        const struct supervised *lender = lender_of(supervisor, entrance);

        if (lender == NULL)
            continue;
        if (held_of(lender) == 0) {
            error_subject(error, "%s: enter", name_of(supervised));
            return error_reason(error, ERROR_FAILED, "%s has not run yet", name_of(lender));
        }
        take(given, &lender->lent->held, entrance->types);
    }
    if (supervised->lent != NULL)
        take(given, &supervised->lent->held, lasting(isolation->unshared));
    return 0;
}

void lending_prepare(struct supervised *supervised, struct spawn_context *context)
{
    struct lent *lent = supervised->lent;
    namespace_set kept = lasting(supervised->service->isolation.unshared) & held_of(supervised);

    if (lent == NULL)
        return;
    lent->fresh = namespaces_none();
    context->lent = &lent->fresh;
    lent->asked = lent->types & ~kept;
    context->lends = lent->asked | lent->hidden;
}

static void hold(const struct supervised *supervised, enum namespace_type type, int fresh)
{
    struct lent *lent = supervised->lent;

    if (lent->held.fds[type] >= 0)
        close(lent->held.fds[type]);
    lent->held.fds[type] = fresh;
    if (fresh >= 0)
        return;
    errno = -fresh;
    log_line(LOG_WARNING, "%s: cannot lend its %s namespace: %m", name_of(supervised),
             namespace_kinds[type].name);
}

void lending_hold(struct supervised *supervised)
{
    struct lent *lent = supervised->lent;

    for (unsigned int type = 0; lent != NULL && type < NAMESPACE_COUNT; type++) {
        int fresh = lent->fresh.fds[type];

        if (namespaces_have(lent->asked, (enum namespace_type)type))
            hold(supervised, (enum namespace_type)type, fresh);
        else if (namespaces_have(lent->hidden, (enum namespace_type)type))
            lent->seen.fds[type] = fresh;
    }
}

void lending_forget(struct supervised *supervised)
{
    if (supervised->lent != NULL)
        namespaces_close(&supervised->lent->seen);
}

int lending_know(const struct supervised *supervised, struct open_namespaces *known,
                 struct error *error)
{
    const struct lent *lent = supervised->lent;

    if (lending_give(supervised, known, error) < 0)
        return -1;
    if (lent != NULL) {
        take(known, &lent->held, supervised->service->isolation.unshared);
        take(known, &lent->seen, lent->hidden);
    }
    return 0;
}
