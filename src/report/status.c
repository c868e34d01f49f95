/*
 * status.c - how a service is, as a row of a table or as a JSON object
 */
#include "report/status.h"

#include "plan/depends.h"
#include "inspect/identity.h"
#include "service/health.h"
#include "util/time.h"

/* As the table has it, and in plain words where that is more. */
static const char *state_of(const struct supervised *supervised)
{
    if (supervised->member.is_pending)
        return "pending";
    if (supervised->setup != NULL && setup_runs_hook(supervised->setup))
        return "hook";
    if (supervised->state == SERVICE_DOWN && supervised->member.is_up &&
        supervised->service->type == SERVICE_ONESHOT)
        return "done";
    /* What nsinit does with it goes before what it says of itself. */
    if (supervised->state == SERVICE_READY || supervised->state == SERVICE_STARTING) {
        if (supervised->claim == CLAIMS_RELOADING)
            return "reloading";
        if (supervised->claim == CLAIMS_STOPPING)
            return service_state_name(SERVICE_STOPPING);
    }
    if (supervised->state == SERVICE_READY && !supervision_awaits_readiness(plan_of(supervised)))
        return "running";
    return service_state_name(supervised->state);
}

static const char *readiness_of(const struct supervised *supervised, bool as_json)
{
    static const char words[][3][6] = {{"-", "no", "yes"}, {"null", "false", "true"}};

    if (!supervision_awaits_readiness(plan_of(supervised)))
        return words[as_json][0];
    return words[as_json][supervised->pid != 0 && supervised->is_ready ? 2 : 1];
}

static const char *health_of(const struct supervised *supervised)
{
    if (supervised->health == NULL || supervised->state != SERVICE_READY)
        return NULL;
    return health_state_name(health_verdict(supervised->health)->state);
}

const char *status_owner(const struct supervised *supervised, enum ns_type type)
{
    const struct namespaces *namespaces = &supervised->service->namespaces;

    if (ns_set_has(namespaces->unshared, type))
        return "own";
    for (size_t i = namespaces->entrance_count; i-- > 0;)
        if (ns_set_has(namespaces->joins[i].types, type))
            return depends_entered_service(&namespaces->joins[i]) != NULL
                       ? namespaces->joins[i].source
                       : "entered";
    return supervisor_for(supervised)->shared.fds[type] >= 0 ? "pod" : NULL;
}

/* pid=own,net=pod; or as JSON, "pid":"own","net":"pod". */
static void add_namespaces(struct strbuf *text, const struct supervised *supervised, bool as_json)
{
    const char *comma = "";

    for (unsigned int type = 0; type < NAMESPACE_COUNT; type++) {
        const char *owner = status_owner(supervised, (enum ns_type)type);

        if (owner == NULL)
            continue;
        strbuf_format(text, as_json ? "%s\"%s\":\"%s\"" : "%s%s=%s", comma, ns_types[type].name,
                      owner);
        comma = ",";
    }
    if (!as_json && comma[0] == '\0')
        strbuf_add(text, "-");
}

/* Its PIDs from outside to inside, where there is more than one. */
static void add_pids(struct strbuf *text, const struct supervised *supervised,
                     const char *otherwise)
{
    pid_t pids[PID_LEVELS];
    int count = 0;

    if (supervised->pid != 0 && status_owner(supervised, NAMESPACE_PID) != NULL)
        count = identity_read_pids(supervised->program, pids);
    for (int i = 0; i < count; i++)
        strbuf_format(text, "%s%d", i > 0 ? "," : "", pids[i]);
    if (count <= 0)
        strbuf_add(text, otherwise);
}

static void add_number(struct strbuf *text, bool is_known, int number, bool as_json)
{
    if (is_known)
        strbuf_format(text, "%d", number);
    else
        strbuf_add(text, as_json ? "null" : "-");
}

/* The name of a service is of letters that need no escapes. */
void status_add(struct strbuf *text, const struct supervised *supervised, bool as_json)
{
    const char *health = health_of(supervised);
    const char *quote = as_json && health != NULL ? "\"" : "";

    if (health == NULL)
        health = as_json ? "null" : "-";
    strbuf_format(text,
                  as_json ? "{\"service\":\"%s\",\"state\":\"%s\",\"pid\":" : "service\t%s\t%s\t",
                  name_of(supervised), state_of(supervised));
    add_number(text, supervised->pid != 0, supervised->program, as_json);
    if (as_json) {
        strbuf_add(text, ",\"pids\":[");
        add_pids(text, supervised, "");
    }
    strbuf_format(
        text,
        as_json
            ? "],\"restarts\":%u,\"since_ms\":%llu,\"ready\":%s,\"health\":%s%s%s,\"exit_code\":"
            : "\t%u\t%llu\t%s\t%s%s%s\t",
        supervised->restarts.count,
        (unsigned long long)(time_monotonic_ms() - supervised->since_ms),
        readiness_of(supervised, as_json), quote, health, quote);
    add_number(text, supervised->has_ended, supervised->exit_code, as_json);
    strbuf_add(text, as_json ? ",\"namespaces\":{" : "\t");
    add_namespaces(text, supervised, as_json);
    strbuf_add(text, as_json ? "}}" : "\t");
    if (!as_json)
        add_pids(text, supervised, "-");
    strbuf_add(text, "\n");
}
