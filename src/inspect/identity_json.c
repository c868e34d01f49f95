/*
 * identity_json.c - an identity as members of a JSON object: nsinit(1), section EVENTS
 */
#include "inspect/identity_json.h"

#include "util/json.h"

/* ---- members --------------------------------------------------------------------------------- */

enum member {
    MEMBER_PIDS,
    MEMBER_HOSTNAME,
    MEMBER_UID,
    MEMBER_GID,
    MEMBER_OUTER_UID,
    MEMBER_OUTER_GID,
    MEMBER_DOMAINNAME,
    MEMBER_NETNS,
    MEMBER_CGROUP,
    MEMBER_ROOT,
    MEMBER_UID_MAP,
    MEMBER_GID_MAP,
    MEMBER_COUNT
};

/* All members but the namespaces, in the order of the object. */
static const struct {
    const char *name;
    enum fact fact;            /* the member is null where this is unknown; FACT_COUNT: none */
    enum identity_depth depth; /* from which on it is a member */
} members[MEMBER_COUNT] = {
    [MEMBER_PIDS] = {"pids", FACT_PIDS, IDENTITY_BRIEF},
    [MEMBER_HOSTNAME] = {"hostname", FACT_HOSTNAME, IDENTITY_BRIEF},
    [MEMBER_UID] = {"uid", FACT_COUNT, IDENTITY_WHOLE},
    [MEMBER_GID] = {"gid", FACT_COUNT, IDENTITY_WHOLE},
    [MEMBER_OUTER_UID] = {"outer_uid", FACT_USER, IDENTITY_WHOLE},
    [MEMBER_OUTER_GID] = {"outer_gid", FACT_USER, IDENTITY_WHOLE},
    [MEMBER_DOMAINNAME] = {"domainname", FACT_HOSTNAME, IDENTITY_WHOLE},
    [MEMBER_NETNS] = {"netns", FACT_NETNS, IDENTITY_WHOLE},
    [MEMBER_CGROUP] = {"cgroup", FACT_CGROUP, IDENTITY_WHOLE},
    [MEMBER_ROOT] = {"root", FACT_ROOT, IDENTITY_WHOLE},
    [MEMBER_UID_MAP] = {"uid_map", FACT_UID_MAP, IDENTITY_BRIEF},
    [MEMBER_GID_MAP] = {"gid_map", FACT_GID_MAP, IDENTITY_BRIEF},
};

static int error_of(enum member member, const struct identity *identity)
{
    enum fact fact = members[member].fact;

    return fact < FACT_COUNT ? identity->errors[fact] : 0;
}

static void add_number(struct strbuf *text, int64_t number)
{
    strbuf_format(text, number >= 0 ? "%lld" : "null", (long long)number);
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

/* Most network namespaces have no name. */
static void add_netns(struct strbuf *text, const char *netns)
{
    if (netns[0] != '\0')
        json_add_string(text, netns);
    else
        strbuf_add(text, "null");
}

static void add_value(struct strbuf *text, enum member member, const struct identity *identity)
{
    switch (member) {
    case MEMBER_PIDS:
        add_pids(text, identity);
        break;
    case MEMBER_HOSTNAME:
        json_add_string(text, identity->hostname);
        break;
    case MEMBER_UID:
        add_number(text, identity->uid);
        break;
    case MEMBER_GID:
        add_number(text, identity->gid);
        break;
    case MEMBER_OUTER_UID:
        add_number(text, identity->outer_uid);
        break;
    case MEMBER_OUTER_GID:
        add_number(text, identity->outer_gid);
        break;
    case MEMBER_DOMAINNAME:
        json_add_string(text, identity->domainname);
        break;
    case MEMBER_NETNS:
        add_netns(text, identity->netns);
        break;
    case MEMBER_CGROUP:
        json_add_string(text, identity->cgroup);
        break;
    case MEMBER_ROOT:
        json_add_string(text, identity->root);
        break;
    case MEMBER_UID_MAP:
        add_map(text, &identity->uid_map);
        break;
    case MEMBER_GID_MAP:
        add_map(text, &identity->gid_map);
        break;
    case MEMBER_COUNT:
        break;
    }
}

static void add_member(struct strbuf *text, enum member member, const struct identity *identity)
{
    strbuf_format(text, ",\"%s\":", members[member].name);
    if (error_of(member, identity) != 0)
        strbuf_add(text, "null");
    else
        add_value(text, member, identity);
}

/* ---- namespaces ------------------------------------------------------------------------------ */

/* 0 becomes null. */
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

/* ---- "unreadable" ---------------------------------------------------------------------------- */

struct reasons {
    struct strbuf *text;
    bool any;
};

/* The key is the concatenation of the three parts. */

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
            add_reason(&reasons, members[i].name, "", "", error_of((enum member)i, identity));
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
            add_member(text, (enum member)i, identity);
    strbuf_add(text, ",\"namespaces\":{");
    for (unsigned int type = 0; type < NAMESPACE_COUNT; type++)
        add_namespace(text, identity, context, (enum ns_type)type, depth);
    strbuf_add(text, "}");
    add_reasons(text, identity, depth);
}
