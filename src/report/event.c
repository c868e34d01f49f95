/*
 * event.c - an occurrence as a JSON object on one line
 */
#include "report/event.h"

#include "supervise/health.h"
#include "supervise/supervise.h"
#include "util/clock.h"
#include "util/json.h"

typedef void add_fields(struct text *text, const struct occurrence *occurrence);

static void add_string_field(struct text *text, const char *name, const char *value)
{
    text_format(text, ",\"%s\":", name);
    json_add_string(text, value);
}

static void add_start(struct text *text, const struct occurrence *occurrence)
{
    const struct supervised *supervised = occurrence->supervised;

    text_format(text, ",\"pid\":%d,\"restarts\":%u", supervised->program,
                supervised->restarts.count);
}

static void add_status(struct text *text, const struct occurrence *occurrence)
{
    add_string_field(text, "status", occurrence->text);
}

static void add_health(struct text *text, const struct occurrence *occurrence)
{
    const struct verdict *verdict = health_verdict(occurrence->supervised->health);

    add_string_field(text, "health", health_state_name(verdict->state));
    text_format(text, ",\"passed\":%s,\"failures\":%u", occurrence->number != 0 ? "true" : "false",
                verdict->failures);
    add_string_field(text, "output", occurrence->text);
}

static void add_stop(struct text *text, const struct occurrence *occurrence)
{
    add_string_field(text, "reason", occurrence->text != NULL ? occurrence->text : "request");
}

static void add_exit(struct text *text, const struct occurrence *occurrence)
{
    const struct supervised *supervised = occurrence->supervised;

    text_format(text, ",\"exit_code\":%d,\"failed\":%s,\"ran_ms\":%ld", supervised->exit_code,
                supervised->failed || supervised->exit_code != 0 ? "true" : "false",
                (long)(supervised->ran_ms < 0 ? 0 : supervised->ran_ms));
}

static void add_restart(struct text *text, const struct occurrence *occurrence)
{
    text_format(text, ",\"restarts\":%u,\"delay_ms\":%ld", occurrence->supervised->restarts.count,
                (long)occurrence->number);
}

static void add_end(struct text *text, const struct occurrence *occurrence)
{
    text_format(text, ",\"exit_code\":%d",
                occurrence->supervised != NULL ? occurrence->supervised->exit_code
                                               : (int)occurrence->number);
}

static const struct {
    const char *name;
    add_fields *add; /* NULL: no more than all have */
} kinds[OCCURRENCE_COUNT] = {
    [OCCURRENCE_START] = {"start", add_start},       [OCCURRENCE_READY] = {"ready", NULL},
    [OCCURRENCE_STATUS] = {"status", add_status},    [OCCURRENCE_HEALTH] = {"health", add_health},
    [OCCURRENCE_STOP] = {"stop", add_stop},          [OCCURRENCE_EXIT] = {"exit", add_exit},
    [OCCURRENCE_RESTART] = {"restart", add_restart}, [OCCURRENCE_END] = {"end", add_end},
};

void event_add(struct text *text, const struct occurrence *occurrence)
{
    text_format(text, "{\"event\":\"%s\",\"time\":\"", kinds[occurrence->kind].name);
    text_add_now(text);
    text_add(text, "\"");
    if (occurrence->supervised != NULL)
        add_string_field(text, "service", name_of(occurrence->supervised));
    if (kinds[occurrence->kind].add != NULL)
        kinds[occurrence->kind].add(text, occurrence);
    text_add(text, "}\n");
}
