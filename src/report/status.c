/*
 * status.c - how a service is, as a row of a table or as a JSON object
 */
#include "report/status.h"

#include "pod/order.h"
#include "report/identity.h"
#include "supervise/health.h"
#include "util/json.h"

/* As the table has it, and in plain words where that is more. */
static const char *state_of(const struct supervised *supervised)
{
    if (supervised->is_pending)
        return "pending";
    if (supervised->state == SERVICE_DOWN && supervised->is_up &&
        supervised->service->type == SERVICE_ONESHOT)
        return "done";
    if (supervised->state == SERVICE_READY && !supervision_awaits_readiness(plan_of(supervised)))
        return "running";
    return service_state_name(supervised->state);
}

static const char *readiness_of(const struct supervised *supervised)
{
    if (!supervision_awaits_readiness(plan_of(supervised)))
        return NULL;
    return supervised->pid != 0 && supervised->is_ready ? "yes" : "no";
}

static const char *health_of(const struct supervised *supervised)
{
    if (supervised->health == NULL || supervised->state != SERVICE_READY)
        return NULL;
    return health_state_name(health_verdict(supervised->health)->state);
}

const char *status_owner(const struct supervised *supervised, enum namespace_type type)
{
    const struct isolation *isolation = &supervised->service->isolation;

    if (namespaces_have(isolation->unshared, type))
        return "own";
    for (size_t i = isolation->entrance_count; i-- > 0;)
        if (namespaces_have(isolation->entrances[i].types, type))
            return order_entered_service(&isolation->entrances[i]) != NULL
                       ? isolation->entrances[i].source
                       : "entered";
    return supervised->supervisor->shared.fds[type] >= 0 ? "pod" : NULL;
}

/* pid=own,net=pod; or as JSON, "pid":"own","net":"pod". */
static void add_namespaces(struct text *text, const struct supervised *supervised, bool as_json)
{
    const char *comma = "";

    for (unsigned int type = 0; type < NAMESPACE_COUNT; type++) {
        const char *owner = status_owner(supervised, (enum namespace_type)type);

        if (owner == NULL)
            continue;
        text_format(text, as_json ? "%s\"%s\":\"%s\"" : "%s%s=%s", comma,
                    namespace_kinds[type].name, owner);
        comma = ",";
    }
    if (!as_json && comma[0] == '\0')
        text_add(text, "-");
}

/* Its PIDs from outside to inside, where there is more than one. False: nothing is known. */
static bool add_pids(struct text *text, const struct supervised *supervised)
{
    pid_t pids[PID_LEVELS];
    int count;

    if (supervised->pid == 0)
        return false;
    count = status_owner(supervised, NAMESPACE_PID) != NULL
                ? identity_read_pids(supervised->program, pids)
                : 0;
    if (count <= 0)
        return false;
    for (int i = 0; i < count; i++)
        text_format(text, "%s%d", i > 0 ? "," : "", pids[i]);
    return true;
}

static void add_row(struct text *text, const struct supervised *supervised)
{
    const char *readiness = readiness_of(supervised);
    const char *health = health_of(supervised);

    text_format(text, "service\t%s\t%s\t", name_of(supervised), state_of(supervised));
    if (supervised->pid != 0)
        text_format(text, "%d", supervised->program);
    else
        text_add(text, "-");
    text_format(text, "\t%u\t%llu\t%s\t%s\t", supervised->restarts.count,
                (unsigned long long)(supervise_now_ms() - supervised->since_ms),
                readiness != NULL ? readiness : "-", health != NULL ? health : "-");
    if (supervised->has_ended)
        text_format(text, "%d", supervised->exit_code);
    else
        text_add(text, "-");
    text_add(text, "\t");
    add_namespaces(text, supervised, false);
    text_add(text, "\t");
    if (!add_pids(text, supervised))
        text_add(text, "-");
    text_add(text, "\n");
}

static void add_object(struct text *text, const struct supervised *supervised)
{
    const char *readiness = readiness_of(supervised);
    const char *health = health_of(supervised);

    text_add(text, "{\"service\":");
    json_add_string(text, name_of(supervised));
    text_format(text, ",\"state\":\"%s\",\"pid\":", state_of(supervised));
    if (supervised->pid != 0)
        text_format(text, "%d", supervised->program);
    else
        text_add(text, "null");
    text_add(text, ",\"pids\":[");
    (void)add_pids(text, supervised);
    text_format(text, "],\"restarts\":%u,\"since_ms\":%llu,\"ready\":%s",
                supervised->restarts.count,
                (unsigned long long)(supervise_now_ms() - supervised->since_ms),
                readiness == NULL     ? "null"
                : readiness[0] == 'y' ? "true"
                                      : "false");
    text_format(text, health != NULL ? ",\"health\":\"%s\"" : ",\"health\":null", health);
    if (supervised->has_ended)
        text_format(text, ",\"exit_code\":%d", supervised->exit_code);
    else
        text_add(text, ",\"exit_code\":null");
    text_add(text, ",\"namespaces\":{");
    add_namespaces(text, supervised, true);
    text_add(text, "}}\n");
}

void status_add(struct text *text, const struct supervised *supervised, bool as_json)
{
    (as_json ? add_object : add_row)(text, supervised);
}
