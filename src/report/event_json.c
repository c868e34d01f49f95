/*
 * event_json.c - the table of events and their members, and an event as a JSON object
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

/* The event, and nsinit's own namespaces for members that an event lacks. */
struct source {
    const struct event *event;
    struct own_namespaces *own;
};

/* Append the member, or nothing if it is optional and missing. */
typedef void add_member(struct strbuf *text, const char *name, const struct source *source);

/* ---- values -------------------------------------------------------------------------------- */

static void add_name(struct strbuf *text, const char *name)
{
    bool is_first = text->length > 0 && text->data[text->length - 1] == '{';

    strbuf_format(text, "%s\"%s\":", is_first ? "" : ",", name);
}

static void add_string(struct strbuf *text, const char *name, const char *value)
{
    add_name(text, name);
    json_add_string(text, value);
}

static void add_integer(struct strbuf *text, const char *name, int64_t value)
{
    add_name(text, name);
    strbuf_format(text, "%lld", (long long)value);
}

static void add_boolean(struct strbuf *text, const char *name, bool value)
{
    add_name(text, name);
    strbuf_add(text, value ? "true" : "false");
}

/* ---- identity ------------------------------------------------------------------------------ */

/* Where the namespace comes from: made for the service, joined by it, or nsinit's. */
static const char *origin_of(const struct supervised *supervised, enum ns_type type)
{
    const char *owner = status_owner(supervised, type);

    if (owner == NULL)
        return "inherited";
    return strcmp(owner, "own") == 0 ? owner : "entered";
}

/* Fill in unknown namespaces from another process: all of them, or only the inherited ones. */
static void fill_from(struct identity *identity, pid_t pid, const struct identity_context *context,
                      bool all)
{
    struct identity other;

    (void)identity_read(&other, pid, IDENTITY_BRIEF);
    for (unsigned int type = 0; type < NAMESPACE_COUNT; type++)
        if (identity->namespaces[type].error != 0 &&
            (all || strcmp(context->origins[type], "inherited") == 0))
            identity->namespaces[type] = other.namespaces[type];
    identity_fill_from(identity, &other);
}

/*
 * The program may have ended before nsinit could look at it. Its inner init is in the same
 * namespaces, and the inherited ones are nsinit's.
 */
static void fill_gaps(struct identity *identity, const struct supervised *supervised,
                      const struct identity_context *context)
{
    if (supervised->pid != supervised->program)
        fill_from(identity, supervised->pid, context, true);
    fill_from(identity, getpid(), context, false);
}

static void add_identity(struct strbuf *text, const char *name, const struct source *source)
{
    const struct supervised *supervised = source->event->supervised;
    struct identity_context context = {.nsinit = source->own->ids};
    struct identity identity;

    (void)name;
    /* nsinit never leaves its namespaces. */
    if (source->own->ids[NAMESPACE_PID] == 0)
        identity_namespaces(getpid(), source->own->ids);
    for (unsigned int type = 0; type < NAMESPACE_COUNT; type++)
        context.origins[type] = origin_of(supervised, (enum ns_type)type);
    if (identity_read(&identity, supervised->program, IDENTITY_BRIEF) < 0 ||
        identity_is_incomplete(&identity))
        fill_gaps(&identity, supervised, &context);
    identity_json_add(text, &identity, &context, IDENTITY_BRIEF);
}

/* ---- members ------------------------------------------------------------------------------- */

static void add_kind(struct strbuf *text, const char *name, const struct source *source)
{
    add_string(text, name, event_kind_name(source->event->kind));
}

static void add_time(struct strbuf *text, const char *name, const struct source *source)
{
    (void)source;
    add_name(text, name);
    strbuf_add(text, "\"");
    time_add_now(text);
    strbuf_add(text, "\"");
}

static void add_service(struct strbuf *text, const char *name, const struct source *source)
{
    add_string(text, name, name_of(source->event->supervised));
}

static void add_number(struct strbuf *text, const char *name, const struct source *source)
{
    add_integer(text, name, source->event->number);
}

static void add_text(struct strbuf *text, const char *name, const struct source *source)
{
    add_string(text, name, source->event->text);
}

static void add_optional_text(struct strbuf *text, const char *name, const struct source *source)
{
    if (source->event->text != NULL)
        add_text(text, name, source);
}

static void add_program(struct strbuf *text, const char *name, const struct source *source)
{
    add_integer(text, name, source->event->supervised->program);
}

static void add_restarts(struct strbuf *text, const char *name, const struct source *source)
{
    add_integer(text, name, source->event->supervised->backoff.count);
}

static void add_health(struct strbuf *text, const char *name, const struct source *source)
{
    const struct health_verdict *verdict = health_verdict(source->event->supervised->health);

    add_string(text, name, health_state_name(verdict->state));
}

static void add_passed(struct strbuf *text, const char *name, const struct source *source)
{
    add_boolean(text, name, source->event->number != 0);
}

static void add_failures(struct strbuf *text, const char *name, const struct source *source)
{
    add_integer(text, name, health_verdict(source->event->supervised->health)->failures);
}

static void add_stop_reason(struct strbuf *text, const char *name, const struct source *source)
{
    const char *reason = source->event->text;

    add_string(text, name, reason != NULL ? reason : "request");
}

static void add_exit_code(struct strbuf *text, const char *name, const struct source *source)
{
    add_integer(text, name, source->event->supervised->exit_code);
}

static void add_failed(struct strbuf *text, const char *name, const struct source *source)
{
    const struct supervised *supervised = source->event->supervised;

    add_boolean(text, name, supervised->failed || supervised->exit_code != 0);
}

static void add_ran_ms(struct strbuf *text, const char *name, const struct source *source)
{
    int64_t ran_ms = source->event->supervised->ran_ms;

    /* Negative: the program could not be started. */
    add_integer(text, name, ran_ms < 0 ? 0 : ran_ms);
}

static void add_orphan_exit_code(struct strbuf *text, const char *name, const struct source *source)
{
    int status = source->event->wait_status;

    add_integer(text, name, WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status));
}

static void add_orphan_signal(struct strbuf *text, const char *name, const struct source *source)
{
    int status = source->event->wait_status;
    struct signal_name signal;

    if (WIFSIGNALED(status)) {
        add_string(text, name, signal_name(WTERMSIG(status), &signal));
    } else {
        add_name(text, name);
        strbuf_add(text, "null");
    }
}

/* ---- the table ----------------------------------------------------------------------------- */

/*
 * doc/event.schema.json and nsinit(1) document these rows, which tests/unit/report/event_json.c
 * checks. `add` is NULL for a member that another function writes.
 */
struct member {
    const char *name;
    add_member *add;
    bool is_optional;
};

static const struct member first_members[] = {
    {"event", add_kind, false},
    {"time", add_time, false},
    {NULL, NULL, false},
};

/* Of each event in a report, but not of one for nsctl: see event_json_add_lost. */
static const struct member lost_member = {"lost", NULL, true};

#define MEMBERS(...) ((const struct member[]){__VA_ARGS__, {NULL, NULL, false}})

static const struct kind {
    const char *name;
    bool is_reported;             /* it may be in a report, with `lost_member` */
    const struct member *members; /* up to one without a name */
} kinds[EVENT_KIND_COUNT] = {
    [EVENT_KIND_START] = {"start", true,
                          MEMBERS({"service", add_service, false}, {"pid", add_program, false},
                                  {"restarts", add_restarts, false},
                                  /* add_identity writes all that follow. */
                                  {"pids", add_identity, false}, {"hostname", NULL, false},
                                  {"uid_map", NULL, false}, {"gid_map", NULL, false},
                                  {"namespaces", NULL, false}, {"unreadable", NULL, true})},
    [EVENT_KIND_READY] = {"ready", true, MEMBERS({"service", add_service, false})},
    [EVENT_KIND_RELOAD] = {"reload", true, MEMBERS({"service", add_service, false})},
    [EVENT_KIND_STATUS] = {"status", true,
                           MEMBERS({"service", add_service, false}, {"status", add_text, false})},
    [EVENT_KIND_HEALTH] = {"health", true,
                           MEMBERS({"service", add_service, false}, {"health", add_health, false},
                                   {"passed", add_passed, false}, {"failures", add_failures, false},
                                   {"output", add_text, false})},
    [EVENT_KIND_STOP] = {"stop", true,
                         MEMBERS({"service", add_service, false},
                                 {"reason", add_stop_reason, false})},
    [EVENT_KIND_EXIT] = {"exit", true,
                         MEMBERS({"service", add_service, false},
                                 {"exit_code", add_exit_code, false}, {"failed", add_failed, false},
                                 {"ran_ms", add_ran_ms, false},
                                 {"reason", add_optional_text, true})},
    [EVENT_KIND_RESTART] = {"restart", true,
                            MEMBERS({"service", add_service, false},
                                    {"restarts", add_restarts, false},
                                    {"delay_ms", add_number, false})},
    [EVENT_KIND_REAP] = {"reap", true,
                         MEMBERS({"pid", add_number, false},
                                 {"exit_code", add_orphan_exit_code, false},
                                 {"signal", add_orphan_signal, false})},
    [EVENT_KIND_END] = {"end", true, MEMBERS({"exit_code", add_number, false})},
    [EVENT_KIND_MISSED] = {"missed", false, MEMBERS({"count", add_number, false})},
};

const char *event_kind_name(enum event_kind kind)
{
    return kinds[kind].name;
}

static void add_all(struct strbuf *text, const struct member *member, const struct source *source)
{
    for (; member->name != NULL; member++)
        if (member->add != NULL)
            member->add(text, member->name, source);
}

void event_json_add(struct strbuf *text, const struct event *event, struct own_namespaces *own)
{
    const struct source source = {event, own};

    strbuf_add(text, "{");
    add_all(text, first_members, &source);
    add_all(text, kinds[event->kind].members, &source);
    strbuf_add(text, "}\n");
}

void event_json_add_lost(struct strbuf *line, unsigned long lost)
{
    if (line->length <= strlen("}\n"))
        return;
    line->length -= strlen("}\n");
    strbuf_format(line, ",\"%s\":%lu}\n", lost_member.name, lost);
}

void event_json_each_member(enum event_kind kind, event_member_visitor *visit, void *data)
{
    for (const struct member *member = first_members; member->name != NULL; member++)
        visit(data, member->name, member->is_optional);
    for (const struct member *member = kinds[kind].members; member->name != NULL; member++)
        visit(data, member->name, member->is_optional);
    if (kinds[kind].is_reported)
        visit(data, lost_member.name, lost_member.is_optional);
}
