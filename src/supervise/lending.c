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
};

static struct supervised *lender_of(const struct supervisor *supervisor,
                                    const struct entrance *entrance)
{
    const char *name = order_entered_service(entrance);
    int place = name != NULL ? order_find(supervisor->pod, name, strlen(name)) : -1;

    return place < 0 ? NULL : &supervisor->services[place];
}

static int add_lender(struct supervised *lender, namespace_set types, struct error *error)
{
    if (lender->lent == NULL) {
        lender->lent = malloc(sizeof *lender->lent);
        if (lender->lent == NULL)
            return error_failed(error, "memory");
        *lender->lent = (struct lent){.held = namespaces_none()};
    }
    lender->lent->types |= types;
    return 0;
}

int lending_init(struct supervisor *supervisor, struct error *error)
{
    for (size_t i = 0; i < supervisor->count; i++) {
        const struct isolation *isolation = &supervisor->services[i].service->isolation;

        for (size_t j = 0; j < isolation->entrance_count; j++) {
            struct supervised *lender = lender_of(supervisor, &isolation->entrances[j]);

            if (lender != NULL && add_lender(lender, isolation->entrances[j].types, error) < 0)
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
    context->lends = lent->asked = lent->types & ~kept;
}

void lending_hold(struct supervised *supervised)
{
    struct lent *lent = supervised->lent;

    for (unsigned int type = 0; lent != NULL && type < NAMESPACE_COUNT; type++) {
        int fresh = lent->fresh.fds[type];

        if (!namespaces_have(lent->asked, (enum namespace_type)type))
            continue;
        if (lent->held.fds[type] >= 0)
            close(lent->held.fds[type]);
        lent->held.fds[type] = fresh;
        if (fresh < 0) {
            errno = -fresh;
            log_line(LOG_WARNING, "%s: cannot lend its %s namespace: %m", name_of(supervised),
                     namespace_kinds[type].name);
        }
    }
}
