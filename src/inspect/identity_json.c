/*
 * identity_json.c - an identity as members of a JSON object: nsinit(1), section EVENTS
 */
#include "inspect/identity_json.h"

#include "util/json.h"

enum kind { KIND_PIDS, KIND_STRING, KIND_NUMBER, KIND_MAP };

/* What is told besides the namespaces, in this order. */
static const struct member {
    char name[11];
    unsigned char kind;
    unsigned char fact;    /* why it may be null: FACT_COUNT, for no reason of its own */
    unsigned char depth;   /* from which on it is told */
    unsigned short offset; /* in an identity */
} members[] = {
    {"pids", KIND_PIDS, FACT_PIDS, IDENTITY_BRIEF, 0},
    {"hostname", KIND_STRING, FACT_HOSTNAME, IDENTITY_BRIEF, offsetof(struct identity, hostname)},
    {"uid", KIND_NUMBER, FACT_COUNT, IDENTITY_WHOLE, offsetof(struct identity, uid)},
    {"gid", KIND_NUMBER, FACT_COUNT, IDENTITY_WHOLE, offsetof(struct identity, gid)},
    {"outer_uid", KIND_NUMBER, FACT_USER, IDENTITY_WHOLE, offsetof(struct identity, outer_uid)},
    {"outer_gid", KIND_NUMBER, FACT_USER, IDENTITY_WHOLE, offsetof(struct identity, outer_gid)},
    {"domainname", KIND_STRING, FACT_HOSTNAME, IDENTITY_WHOLE,
     offsetof(struct identity, domainname)},
    {"netns", KIND_STRING, FACT_NETNS, IDENTITY_WHOLE, offsetof(struct identity, netns)},
    {"cgroup", KIND_STRING, FACT_CGROUP, IDENTITY_WHOLE, offsetof(struct identity, cgroup)},
    {"root", KIND_STRING, FACT_ROOT, IDENTITY_WHOLE, offsetof(struct identity, root)},
    {"uid_map", KIND_MAP, FACT_UID_MAP, IDENTITY_BRIEF, offsetof(struct identity, uid_map)},
    {"gid_map", KIND_MAP, FACT_GID_MAP, IDENTITY_BRIEF, offsetof(struct identity, gid_map)},
};

enum { MEMBER_COUNT = sizeof members / sizeof members[0] };

static int error_of(const struct member *member, const struct identity *identity)
{
    return member->fact < FACT_COUNT ? identity->errors[member->fact] : 0;
}

static void add_pids(struct strbuf *text, const struct identity *identity)
{
    strbuf_add(text, "[");
    for (size_t i = 0; i < identity->pid_count; i++)
        strbuf_format(text, "%s%d", i == 0 ? "" : ",", identity->pids[i]);
    strbuf_add(text, "]");
}

static void add_map(struct strbuf *text, const struct full_id_map *map)
{
    strbuf_add(text, "[");
    for (size_t i = 0; i < map->count; i++)
        strbuf_format(text, "%s[%u,%u,%u]", i == 0 ? "" : ",", map->ranges[i].inside,
                      map->ranges[i].outside, map->ranges[i].count);
    strbuf_add(text, "]");
}

static void add_member(struct strbuf *text, const struct member *member,
                       const struct identity *identity)
{
    const void *value = (const char *)identity + member->offset;
    const char *string = value;
    const int64_t *number = value;

    strbuf_format(text, ",\"%s\":", member->name);
    /* Without an error, a network namespace may still have no name. */
    if (error_of(member, identity) != 0 || (string == identity->netns && *string == '\0'))
        strbuf_add(text, "null");
    else if (member->kind == KIND_PIDS)
        add_pids(text, identity);
    else if (member->kind == KIND_MAP)
        add_map(text, value);
    else if (member->kind == KIND_STRING)
        json_add_string(text, string);
    else
        strbuf_format(text, *number >= 0 ? "%lld" : "null", (long long)*number);
}

/* ---- namespaces ---------------------------------------------------------------------------- */

/* 0: there is none. */
static void add_id(struct strbuf *text, const char *begin, uint64_t id)
{
    strbuf_format(text, id != 0 ? "%s%llu" : "%snull", begin, (unsigned long long)id);
}

static void add_comparison(struct strbuf *text, const char *begin, uint64_t id, uint64_t other)
{
    strbuf_format(text, "%s%s", begin,
                  id == 0 || other == 0 ? "null"
                  : id == other         ? "true"
                                        : "false");
}

static void add_namespace(struct strbuf *text, const struct identity *identity,
                          const struct identity_context *context, enum ns_type type,
                          enum identity_depth depth)
{
    const struct namespace_identity *namespace = &identity->namespaces[type];
    const char *origin = context->origins[type];

    strbuf_format(text, "%s\"%s\":", type == 0 ? "" : ",", ns_types[type].name);
    add_id(text, "{\"id\":", namespace->id);
    add_id(text, ",\"ns_id\":", namespace->ns_id);
    strbuf_format(text, origin != NULL ? ",\"origin\":\"%s\"" : ",\"origin\":null", origin);
    add_comparison(text, ",\"same_as_nsinit\":", namespace->id,
                   context->nsinit != NULL ? context->nsinit[type] : 0);
    if (context->self != NULL)
        add_comparison(text, ",\"same_as_self\":", namespace->id, context->self[type]);
    if (depth == IDENTITY_WHOLE) {
        add_id(text, ",\"owner\":", namespace->owner);
        if (type == NAMESPACE_USER)
            strbuf_format(text,
                          namespace->owner_uid >= 0 ? ",\"owner_uid\":%lld" : ",\"owner_uid\":null",
                          (long long)namespace->owner_uid);
        if (type == NAMESPACE_USER || type == NAMESPACE_PID)
            add_id(text, ",\"parent\":", namespace->parent);
    }
    strbuf_add(text, "}");
}

/* ---- reasons ------------------------------------------------------------------------------- */

struct reasons {
    struct strbuf *text;
    bool any;
};

static void add_reason(struct reasons *reasons, const char *first, const char *second,
                       const char *third, int error)
{
    if (error == 0)
        return;
    strbuf_format(reasons->text, "%s\"%s%s%s\":", reasons->any ? "," : ",\"unreadable\":{", first,
                  second, third);
    reasons->any = true;
    json_add_string(reasons->text, identity_reason(error));
}

static void add_reasons(struct strbuf *text, const struct identity *identity,
                        enum identity_depth depth)
{
    struct reasons reasons = {.text = text};

    for (size_t i = 0; i < MEMBER_COUNT; i++)
        if (depth >= members[i].depth)
            add_reason(&reasons, members[i].name, "", "", error_of(&members[i], identity));
    for (unsigned int type = 0; type < NAMESPACE_COUNT; type++) {
        const struct namespace_identity *namespace = &identity->namespaces[type];
        const char *name = ns_types[type].name;

        add_reason(&reasons, "namespaces.", name, "", namespace->error);
        add_reason(&reasons, "namespaces.", name, ".owner", namespace->owner_error);
        add_reason(&reasons, "namespaces.", name, ".parent", namespace->parent_error);
    }
    if (reasons.any)
        strbuf_add(text, "}");
}

void identity_json_add(struct strbuf *text, const struct identity *identity,
                       const struct identity_context *context, enum identity_depth depth)
{
    for (size_t i = 0; i < MEMBER_COUNT; i++)
        if (depth >= members[i].depth)
            add_member(text, &members[i], identity);
    strbuf_add(text, ",\"namespaces\":{");
    for (unsigned int type = 0; type < NAMESPACE_COUNT; type++)
        add_namespace(text, identity, context, (enum ns_type)type, depth);
    strbuf_add(text, "}");
    add_reasons(text, identity, depth);
}
