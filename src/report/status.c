/*
 * status.c - the status of a service, as a line of the protocol or as a JSON object
 */
#include "report/status.h"

#include "plan/depends.h"
#include "protocol/protocol.h"
#include "inspect/identity.h"
#include "service/health.h"
#include "util/time.h"

/* The name of the state, or a more precise word. */
static const char *state_of(const struct supervised *supervised)
{
    if (supervised->member.is_pending)
        return "pending";
    if (supervised->setup != NULL && setup_runs_hook(supervised->setup))
        return "hook";
    if (supervised->state == SERVICE_DOWN && supervised->member.is_up &&
        supervised->service->type == SERVICE_ONESHOT)
        return "done";
    /* A claim of the program counts only where nsinit is not about to stop it. */
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

const char *status_owner(const struct supervised *supervised, enum ns_type type)
{
    const struct namespaces *namespaces = &supervised->service->namespaces;

    if (ns_set_has(namespaces->unshared, type))
        return "own";
    for (size_t i = namespaces->join_count; i-- > 0;)
        if (ns_set_has(namespaces->joins[i].types, type))
            return depends_entered_service(&namespaces->joins[i]) != NULL
                       ? namespaces->joins[i].source
                       : "entered";
    return supervisor_for(supervised)->shared.fds[type] >= 0 ? "pod" : NULL;
}

static void add_number(struct strbuf *text, bool is_known, int number, bool as_json)
{
    if (is_known)
        strbuf_format(text, "%d", number);
    else
        strbuf_add(text, as_json ? "null" : "-");
}

/* None of these strings needs an escape, nor has a name of a service. */
static void add_string(struct strbuf *text, const char *string, bool as_json)
{
    if (string == NULL)
        strbuf_add(text, as_json ? "null" : "-");
    else
        strbuf_format(text, as_json ? "\"%s\"" : "%s", string);
}

/* ---- fields -------------------------------------------------------------------------------- */

typedef void add_field(struct strbuf *text, const struct supervised *supervised, bool as_json);

static void add_name(struct strbuf *text, const struct supervised *supervised, bool as_json)
{
    add_string(text, name_of(supervised), as_json);
}

static void add_state(struct strbuf *text, const struct supervised *supervised, bool as_json)
{
    add_string(text, state_of(supervised), as_json);
}

static void add_pid(struct strbuf *text, const struct supervised *supervised, bool as_json)
{
    add_number(text, supervised->pid != 0, supervised->program, as_json);
}

/* The PIDs from the outermost PID namespace to the innermost, where there is more than one. */
static void add_pids(struct strbuf *text, const struct supervised *supervised, bool as_json)
{
    pid_t pids[PID_LEVELS];
    int count = 0;

    if (supervised->pid != 0 && status_owner(supervised, NAMESPACE_PID) != NULL)
        count = identity_read_pids(supervised->program, pids);
    strbuf_add(text, as_json ? "[" : "");
    for (int i = 0; i < count; i++)
        strbuf_format(text, "%s%d", i > 0 ? "," : "", pids[i]);
    if (count <= 0 && !as_json)
        strbuf_add(text, "-");
    strbuf_add(text, as_json ? "]" : "");
}

static void add_restarts(struct strbuf *text, const struct supervised *supervised, bool as_json)
{
    (void)as_json;
    strbuf_format(text, "%u", supervised->backoff.count);
}

static void add_since(struct strbuf *text, const struct supervised *supervised, bool as_json)
{
    (void)as_json;
    strbuf_format(text, "%llu", (unsigned long long)(time_monotonic_ms() - supervised->since_ms));
}

static void add_ready(struct strbuf *text, const struct supervised *supervised, bool as_json)
{
    static const char *const words[][3] = {{"-", "no", "yes"}, {"null", "false", "true"}};
    bool is_ready = supervised->pid != 0 && supervised->is_ready;

    strbuf_add(text, !supervision_awaits_readiness(plan_of(supervised)) ? words[as_json][0]
                     : is_ready                                         ? words[as_json][2]
                                                                        : words[as_json][1]);
}

static void add_health(struct strbuf *text, const struct supervised *supervised, bool as_json)
{
    bool is_checked = supervised->health != NULL && supervised->state == SERVICE_READY;

    add_string(text,
               is_checked ? health_state_name(health_verdict(supervised->health)->state) : NULL,
               as_json);
}

static void add_exit_code(struct strbuf *text, const struct supervised *supervised, bool as_json)
{
    add_number(text, supervised->has_ended, supervised->exit_code, as_json);
}

/* pid=own,net=pod; or as JSON, {"pid":"own","net":"pod"}. */
static void add_namespaces(struct strbuf *text, const struct supervised *supervised, bool as_json)
{
    const char *comma = "";

    strbuf_add(text, as_json ? "{" : "");
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
    strbuf_add(text, as_json ? "}" : "");
}

/*
 * The fields in the order of the JSON members; a line has them in the order of enum status_field.
 */
static const struct field {
    enum status_field number;
    const char *name;
    add_field *add;
} fields[] = {
    {STATUS_NAME, "service", add_name},
    {STATUS_STATE, "state", add_state},
    {STATUS_PID, "pid", add_pid},
    {STATUS_PIDS, "pids", add_pids},
    {STATUS_RESTARTS, "restarts", add_restarts},
    {STATUS_SINCE, "since_ms", add_since},
    {STATUS_READY, "ready", add_ready},
    {STATUS_HEALTH, "health", add_health},
    {STATUS_EXIT, "exit_code", add_exit_code},
    {STATUS_NAMESPACES, "namespaces", add_namespaces},
};

enum { FIELD_COUNT = sizeof fields / sizeof fields[0] };

_Static_assert(FIELD_COUNT == STATUS_FIELDS - 1, "each field but the keyword has a row");

static const struct field *field_by_number(enum status_field number)
{
    const struct field *field = fields;

    while (field->number != number)
        field++;
    return field;
}

static void add_json(struct strbuf *text, const struct supervised *supervised)
{
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        strbuf_format(text, "%s\"%s\":", i == 0 ? "{" : ",", fields[i].name);
        fields[i].add(text, supervised, true);
    }
    strbuf_add(text, "}\n");
}

static void add_line(struct strbuf *text, const struct supervised *supervised)
{
    strbuf_add(text, PROTOCOL_SERVICE);
    for (int number = STATUS_KEYWORD + 1; number < STATUS_FIELDS; number++) {
        strbuf_add(text, PROTOCOL_SEPARATOR);
        field_by_number((enum status_field)number)->add(text, supervised, false);
    }
    strbuf_add(text, "\n");
}

void status_add(struct strbuf *text, const struct supervised *supervised, bool as_json)
{
    if (as_json)
        add_json(text, supervised);
    else
        add_line(text, supervised);
}
