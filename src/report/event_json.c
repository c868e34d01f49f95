/*
 * event_json.c - an occurrence as a JSON object on one line
 */
#include "report/event_json.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "inspect/identity_json.h"
#include "report/status.h"
#include "service/health.h"
#include "pod/supervisor.h"
#include "util/time.h"
#include "util/json.h"
#include "util/signal_names.h"

typedef void add_fields(struct strbuf *text, const struct event *event);

static void add_string_field(struct strbuf *text, const char *name, const char *value)
{
    strbuf_format(text, ",\"%s\":", name);
    json_add_string(text, value);
}

/* Whose the namespace is: made for the service, joined by it, or just nsinit's. */
static const char *origin_of(const struct supervised *supervised, enum ns_type type)
{
    const char *owner = status_owner(supervised, type);

    if (owner == NULL)
        return "inherited";
    return strcmp(owner, "own") == 0 ? owner : "entered";
}

/* nsinit stays where it is. */
static const uint64_t *own_namespaces(void)
{
    static uint64_t ids[NAMESPACE_COUNT];

    if (ids[NAMESPACE_PID] == 0)
        identity_namespaces(getpid(), ids);
    return ids;
}

/* What the other process has as this one does: all of its namespaces, or those that are inherited.
 */
static void fill_from(struct identity *identity, pid_t pid, const struct identity_context *context,
                      bool all)
{
    static struct identity other;

    (void)identity_read(&other, pid, IDENTITY_BRIEF);
    for (unsigned int type = 0; type < NAMESPACE_COUNT; type++)
        if (identity->namespaces[type].error != 0 &&
            (all || strcmp(context->origins[type], "inherited") == 0))
            identity->namespaces[type] = other.namespaces[type];
    identity_fill_from(identity, &other);
}

/*
 * A program may have ended before it could be looked at. Its inner init lives where it did, and
 * what it had inherited is nsinit's.
 */
static void fill_gaps(struct identity *identity, const struct supervised *supervised,
                      const struct identity_context *context)
{
    if (supervised->pid != supervised->program)
        fill_from(identity, supervised->pid, context, true);
    fill_from(identity, getpid(), context, false);
}

static void add_identity(struct strbuf *text, const struct supervised *supervised)
{
    static struct identity identity;
    struct identity_context context = {.nsinit = own_namespaces()};

    for (unsigned int type = 0; type < NAMESPACE_COUNT; type++)
        context.origins[type] = origin_of(supervised, (enum ns_type)type);
    if (identity_read(&identity, supervised->program, IDENTITY_BRIEF) < 0 ||
        identity_is_incomplete(&identity))
        fill_gaps(&identity, supervised, &context);
    identity_json_add(text, &identity, &context, IDENTITY_BRIEF);
}

static void add_start(struct strbuf *text, const struct event *event)
{
    const struct supervised *supervised = event->supervised;

    strbuf_format(text, ",\"pid\":%d,\"restarts\":%u", supervised->program,
                  supervised->restarts.count);
    add_identity(text, supervised);
}

static void add_status(struct strbuf *text, const struct event *event)
{
    add_string_field(text, "status", event->text);
}

static void add_health(struct strbuf *text, const struct event *event)
{
    const struct health_verdict *verdict = health_verdict(event->supervised->health);

    add_string_field(text, "health", health_state_name(verdict->state));
    strbuf_format(text, ",\"passed\":%s,\"failures\":%u", event->number != 0 ? "true" : "false",
                  verdict->failures);
    add_string_field(text, "output", event->text);
}

static void add_stop(struct strbuf *text, const struct event *event)
{
    add_string_field(text, "reason", event->text != NULL ? event->text : "request");
}

static void add_exit(struct strbuf *text, const struct event *event)
{
    const struct supervised *supervised = event->supervised;

    strbuf_format(text, ",\"exit_code\":%d,\"failed\":%s,\"ran_ms\":%lld", supervised->exit_code,
                  supervised->failed || supervised->exit_code != 0 ? "true" : "false",
                  (long long)(supervised->ran_ms < 0 ? 0 : supervised->ran_ms));
    if (event->text != NULL)
        add_string_field(text, "reason", event->text);
}

static void add_restart(struct strbuf *text, const struct event *event)
{
    strbuf_format(text, ",\"restarts\":%u,\"delay_ms\":%ld", event->supervised->restarts.count,
                  (long)event->number);
}

static void add_reap(struct strbuf *text, const struct event *event)
{
    int status = event->wait_status;
    int signal_number = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    struct signal_name name;

    strbuf_format(text, ",\"pid\":%d,\"exit_code\":%d,\"signal\":", (int)event->number,
                  signal_number != 0 ? 128 + signal_number : WEXITSTATUS(status));
    strbuf_format(text, signal_number != 0 ? "\"%s\"" : "null", signal_name(signal_number, &name));
}

static void add_end(struct strbuf *text, const struct event *event)
{
    strbuf_format(text, ",\"exit_code\":%d", (int)event->number);
}

static const struct {
    char name[8];
    add_fields *add; /* NULL: no more than all have */
} kinds[EVENT_KIND_COUNT] = {
    [EVENT_KIND_START] = {"start", add_start},       [EVENT_KIND_READY] = {"ready", NULL},
    [EVENT_KIND_STATUS] = {"status", add_status},    [EVENT_KIND_HEALTH] = {"health", add_health},
    [EVENT_KIND_STOP] = {"stop", add_stop},          [EVENT_KIND_EXIT] = {"exit", add_exit},
    [EVENT_KIND_RESTART] = {"restart", add_restart}, [EVENT_KIND_END] = {"end", add_end},
    [EVENT_KIND_REAP] = {"reap", add_reap},          [EVENT_KIND_RELOAD] = {"reload", NULL},
};

void event_json_add(struct strbuf *text, const struct event *event)
{
    strbuf_format(text, "{\"event\":\"%s\",\"time\":\"", kinds[event->kind].name);
    time_add_now(text);
    strbuf_add(text, "\"");
    if (event->supervised != NULL)
        add_string_field(text, "service", name_of(event->supervised));
    if (kinds[event->kind].add != NULL)
        kinds[event->kind].add(text, event);
    strbuf_add(text, "}\n");
}
