/*
 * description.c - an identity as members of a JSON object: nsinit(1), section EVENTS
 */
#include "report/description.h"

#include "util/json.h"

static void add_name(struct text *text, const char *name)
{
    text_format(text, ",\"%s\":", name);
}

static void add_string(struct text *text, const char *name, const char *value, int error)
{
    add_name(text, name);
    if (error != 0)
        text_add(text, "null");
    else
        json_add_string(text, value);
}

/* -1: there is none. */
static void add_number(struct text *text, const char *name, int64_t value)
{
    add_name(text, name);
    if (value < 0)
        text_add(text, "null");
    else
        text_format(text, "%lld", (long long)value);
}

/* 0: there is none. */
static void add_id(struct text *text, const char *name, uint64_t id)
{
    add_name(text, name);
    if (id == 0)
        text_add(text, "null");
    else
        text_format(text, "%llu", (unsigned long long)id);
}

static void add_pids(struct text *text, const struct identity *identity)
{
    add_name(text, "pids");
    if (identity->errors[FACT_PIDS] != 0) {
        text_add(text, "null");
        return;
    }
    for (size_t i = 0; i < identity->pid_count; i++)
        text_format(text, "%c%d", i == 0 ? '[' : ',', identity->pids[i]);
    text_add(text, identity->pid_count == 0 ? "[]" : "]");
}

static void add_map(struct text *text, const char *name, const struct seen_map *map, int error)
{
    add_name(text, name);
    if (error != 0) {
        text_add(text, "null");
        return;
    }
    text_add(text, "[");
    for (size_t i = 0; i < map->count; i++)
        text_format(text, "%s[%u,%u,%u]", i == 0 ? "" : ",", map->ranges[i].inside,
                    map->ranges[i].outside, map->ranges[i].count);
    text_add(text, "]");
}

static void add_comparison(struct text *text, const char *name, uint64_t id, const uint64_t *other)
{
    add_name(text, name);
    if (id == 0 || other == NULL || *other == 0)
        text_add(text, "null");
    else
        text_add(text, id == *other ? "true" : "false");
}

static void add_namespace(struct text *text, const struct identity *identity,
                          const struct view *view, enum namespace_type type,
                          enum identity_depth depth)
{
    const struct namespace_identity *namespace = &identity->namespaces[type];
    const char *origin = view->origins[type];

    text_format(text, "\"%s\":{\"id\":", namespace_kinds[type].name);
    text_format(text, namespace->id != 0 ? "%llu" : "null", (unsigned long long)namespace->id);
    add_id(text, "ns_id", namespace->ns_id);
    text_format(text, origin != NULL ? ",\"origin\":\"%s\"" : ",\"origin\":null", origin);
    add_comparison(text, "same_as_nsinit", namespace->id,
                   view->nsinit != NULL ? &view->nsinit[type] : NULL);
    if (view->self != NULL)
        add_comparison(text, "same_as_self", namespace->id, &view->self[type]);
    if (depth == IDENTITY_WHOLE) {
        add_id(text, "owner", namespace->owner);
        if (type == NAMESPACE_USER)
            add_number(text, "owner_uid", namespace->owner_uid);
        if (type == NAMESPACE_USER || type == NAMESPACE_PID)
            add_id(text, "parent", namespace->parent);
    }
    text_add(text, "}");
}

/* ---- reasons ------------------------------------------------------------------------------- */

struct reasons {
    struct text *text;
    bool any;
};

static void add_reason(struct reasons *reasons, const char *first, const char *second,
                       const char *third, int error)
{
    if (error == 0)
        return;
    text_add(reasons->text, reasons->any ? "," : ",\"unreadable\":{");
    reasons->any = true;
    text_format(reasons->text, "\"%s%s%s\":", first, second, third);
    json_add_string(reasons->text, identity_reason(error));
}

static void add_reasons(struct text *text, const struct identity *identity,
                        enum identity_depth depth)
{
    static const struct {
        const char *name;
        enum fact fact;
        enum identity_depth depth; /* from which on it is a member */
    } rows[] = {
        {"pids", FACT_PIDS, IDENTITY_BRIEF},           {"hostname", FACT_HOSTNAME, IDENTITY_BRIEF},
        {"outer_uid", FACT_USER, IDENTITY_WHOLE},      {"outer_gid", FACT_USER, IDENTITY_WHOLE},
        {"domainname", FACT_HOSTNAME, IDENTITY_WHOLE}, {"netns", FACT_NETNS, IDENTITY_WHOLE},
        {"cgroup", FACT_CGROUP, IDENTITY_WHOLE},       {"root", FACT_ROOT, IDENTITY_WHOLE},
        {"uid_map", FACT_UID_MAP, IDENTITY_BRIEF},     {"gid_map", FACT_GID_MAP, IDENTITY_BRIEF},
    };
    struct reasons reasons = {.text = text};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (depth >= rows[i].depth)
            add_reason(&reasons, rows[i].name, "", "", identity->errors[rows[i].fact]);
    for (unsigned int type = 0; type < NAMESPACE_COUNT; type++) {
        const struct namespace_identity *namespace = &identity->namespaces[type];
        const char *name = namespace_kinds[type].name;

        add_reason(&reasons, "namespaces.", name, "", namespace->error);
        add_reason(&reasons, "namespaces.", name, ".owner", namespace->owner_error);
        add_reason(&reasons, "namespaces.", name, ".parent", namespace->parent_error);
    }
    if (reasons.any)
        text_add(text, "}");
}

/* ---- all of it ----------------------------------------------------------------------------- */

static void add_rest(struct text *text, const struct identity *identity)
{
    const int *errors = identity->errors;

    add_number(text, "uid", identity->uid);
    add_number(text, "gid", identity->gid);
    add_number(text, "outer_uid", identity->outer_uid);
    add_number(text, "outer_gid", identity->outer_gid);
    add_string(text, "domainname", identity->domainname, errors[FACT_HOSTNAME]);
    add_string(text, "netns", identity->netns,
               identity->netns[0] == '\0' ? -1 : errors[FACT_NETNS]);
    add_string(text, "cgroup", identity->cgroup, errors[FACT_CGROUP]);
    add_string(text, "root", identity->root, errors[FACT_ROOT]);
}

void description_add(struct text *text, const struct identity *identity, const struct view *view,
                     enum identity_depth depth)
{
    add_pids(text, identity);
    add_string(text, "hostname", identity->hostname, identity->errors[FACT_HOSTNAME]);
    if (depth == IDENTITY_WHOLE)
        add_rest(text, identity);
    add_map(text, "uid_map", &identity->uid_map, identity->errors[FACT_UID_MAP]);
    add_map(text, "gid_map", &identity->gid_map, identity->errors[FACT_GID_MAP]);
    text_add(text, ",\"namespaces\":{");
    for (unsigned int type = 0; type < NAMESPACE_COUNT; type++) {
        text_add(text, type == 0 ? "" : ",");
        add_namespace(text, identity, view, (enum namespace_type)type, depth);
    }
    text_add(text, "}");
    add_reasons(text, identity, depth);
}
