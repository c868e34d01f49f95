/*
 * diagram_model.c - what all kinds of diagram have in common: boxes, shares, and words
 */
#include "nsctl/diagram_model_private.h"

#include <errno.h>

/* See diagram_graph.h. */
enum { HOST = 0 };

/* ---- where they are ------------------------------------------------------------------------ */

bool diagram_has_place(const struct diagram *diagram, struct place place)
{
    const struct subject *subject = &diagram->subjects[place.subject];

    return subject->identity != NULL && place.level < subject->level_count;
}

bool diagram_is_home(const struct diagram *diagram, struct place place)
{
    return place.level + 1 == diagram->subjects[place.subject].level_count;
}

/* Two that can't be told may be different ones. */
bool diagram_is_in_box(const struct diagram *diagram, struct place place, struct place box)
{
    uint64_t id = diagram->subjects[box.subject].pid_namespaces[box.level];

    return diagram_has_place(diagram, place) &&
           (place.subject == box.subject ||
            (id != 0 && id == diagram->subjects[place.subject].pid_namespaces[place.level]));
}

struct place diagram_box(const struct diagram *diagram, struct place place)
{
    struct place first = {0, place.level};

    while (!diagram_is_in_box(diagram, first, place))
        first.subject++;
    return first;
}

/* ---- what they share ----------------------------------------------------------------------- */

/* 0 when it can't be told. */
static uint64_t id_of(const struct diagram *diagram, size_t subject, unsigned int type)
{
    const struct identity *identity = diagram->subjects[subject].identity;

    return identity != NULL ? identity->namespaces[type].id : 0;
}

static bool is_hosts(const struct diagram *diagram, size_t subject, unsigned int type)
{
    uint64_t id = id_of(diagram, subject, type);

    return id != 0 && id == id_of(diagram, HOST, type);
}

/* Whether all live in the host's. */
static bool is_common(const struct diagram *diagram, unsigned int type)
{
    for (size_t i = 0; i < diagram->count; i++)
        if (diagram->subjects[i].identity != NULL && !is_hosts(diagram, i, type))
            return false;
    return true;
}

/* PID namespaces are drawn as boxes, and the host's are told at the host. */
static bool is_shared(const struct diagram *diagram, size_t subject, unsigned int type)
{
    uint64_t id = id_of(diagram, subject, type);

    if (id == 0 || type == NAMESPACE_PID || is_hosts(diagram, subject, type))
        return false;
    for (size_t i = 0; i < diagram->count; i++)
        if (i != subject && id_of(diagram, i, type) == id)
            return true;
    return false;
}

bool diagram_is_member(const struct diagram *diagram, struct share share, size_t subject)
{
    return id_of(diagram, subject, share.type) == id_of(diagram, share.subject, share.type);
}

/* Whether another type is shared by just the same. */
static bool has_same_members(const struct diagram *diagram, struct share share, unsigned int type)
{
    const struct share other = {share.subject, type};

    if (!is_shared(diagram, share.subject, type))
        return false;
    for (size_t i = 0; i < diagram->count; i++)
        if (diagram_is_member(diagram, share, i) != diagram_is_member(diagram, other, i))
            return false;
    return true;
}

/* Each is found once: by its first member, and by the first type of those shared alike. */
static bool is_first(const struct diagram *diagram, struct share share)
{
    for (size_t i = 0; i < share.subject; i++)
        if (diagram_is_member(diagram, share, i))
            return false;
    for (unsigned int type = 0; type < share.type; type++)
        if (has_same_members(diagram, share, type))
            return false;
    return true;
}

bool diagram_find_share(const struct diagram *diagram, struct share *share)
{
    for (; share->subject < diagram->count; share->subject++, share->type = 0)
        for (; share->type < NAMESPACE_COUNT; share->type++)
            if (is_shared(diagram, share->subject, share->type) && is_first(diagram, *share))
                return true;
    return false;
}

/* ---- words --------------------------------------------------------------------------------- */

static void add_name(struct strbuf *text, const struct diagram *diagram, const char *name)
{
    if (!diagram->is_ascii) {
        strbuf_add_visible(text, name);
        return;
    }
    for (; *name != '\0'; name++) {
        /* No more than ASCII: byte by byte. */
        if ((unsigned char)*name < 0x80)
            strbuf_add_visible(text, (const char[]){*name, '\0'});
        else
            strbuf_format(text, "\\x%02x", (unsigned char)*name);
    }
}

static void add_id(struct strbuf *text, uint64_t id)
{
    if (id != 0)
        strbuf_format(text, "%llu", (unsigned long long)id);
    else
        strbuf_add(text, "?");
}

/* "uts 4026532450 (web-0)" */
static void add_namespace(struct strbuf *text, const struct diagram *diagram, size_t subject,
                          unsigned int type)
{
    const struct identity *identity = diagram->subjects[subject].identity;

    strbuf_format(text, "%s ", ns_types[type].name);
    add_id(text, identity->namespaces[type].id);
    if (type == NAMESPACE_UTS && identity->namespaces[type].id != 0) {
        strbuf_add(text, " (");
        add_name(text, diagram, identity->errors[FACT_HOSTNAME] == 0 ? identity->hostname : "?");
        strbuf_add(text, ")");
    }
    strbuf_add(text, "\n");
}

void diagram_add_title(struct strbuf *text, const struct diagram *diagram, struct place box)
{
    const struct place host = {HOST, box.level};

    if (diagram_is_in_box(diagram, host, box) && diagram_is_home(diagram, host))
        strbuf_add(text, "host: ");
    strbuf_add(text, "pid ");
    add_id(text, diagram->subjects[box.subject].pid_namespaces[box.level]);
    strbuf_add(text, "\n");
}

static void add_hosts(struct strbuf *text, const struct diagram *diagram)
{
    static const char *const titles[] = {"not with all:\n", "shared with all:\n"};

    for (int common = 1; common >= 0; common--) {
        const char *title = titles[common];

        for (unsigned int type = 0; type < NAMESPACE_COUNT; type++) {
            if (type == NAMESPACE_PID || is_common(diagram, type) != common ||
                id_of(diagram, HOST, type) == 0)
                continue;
            strbuf_add(text, title);
            title = "";
            add_namespace(text, diagram, HOST, type);
        }
    }
}

/* Inside of its user namespace, and outside, where that makes a difference. */
static void add_user(struct strbuf *text, const struct diagram *diagram,
                     const struct identity *identity)
{
    bool is_unknown = identity->uid < 0 &&
                      (identity->errors[FACT_USER] != 0 || identity->errors[FACT_UID_MAP] != 0);

    if (is_unknown)
        strbuf_add(text, "uid ?\n");
    else if (identity->uid < 0)
        strbuf_format(text, "uid unmapped %s %lld\n", diagram->is_ascii ? "->" : "\u2192",
                      (long long)identity->outer_uid);
    else if (identity->uid != identity->outer_uid)
        strbuf_format(text, "uid %lld %s %lld\n", (long long)identity->uid,
                      diagram->is_ascii ? "->" : "\u2192", (long long)identity->outer_uid);
}

/* Whether the kernel has no such namespace at all: PID namespaces it has, if we may see them. */
static bool is_nowhere(const struct diagram *diagram, unsigned int type)
{
    const struct identity *host = diagram->subjects[HOST].identity;

    return host != NULL && host->namespaces[NAMESPACE_PID].id != 0 &&
           host->namespaces[type].error == ENOENT;
}

/* Its own, and which of the host's it lives in where not all do. */
static void add_own(struct strbuf *text, const struct diagram *diagram, size_t subject)
{
    const char *begin = "of the host: ";

    for (unsigned int type = 0; type < NAMESPACE_COUNT; type++)
        if (type != NAMESPACE_PID && !is_nowhere(diagram, type) &&
            !is_hosts(diagram, subject, type) && !is_shared(diagram, subject, type))
            add_namespace(text, diagram, subject, type);
    for (unsigned int type = 0; type < NAMESPACE_COUNT; type++)
        if (type != NAMESPACE_PID && is_hosts(diagram, subject, type) &&
            !is_common(diagram, type)) {
            strbuf_format(text, "%s%s", begin, ns_types[type].name);
            begin = ", ";
        }
    if (begin[0] == ',')
        strbuf_add(text, "\n");
}

/* /proc knows of no PID but our own one for it, when it is another's. */
static pid_t pid_at(const struct identity *identity, size_t level)
{
    if (level < identity->pid_count)
        return identity->pids[level];
    return level == 0 ? identity->pid : 0;
}

void diagram_add_place(struct strbuf *text, const struct diagram *diagram, struct place place)
{
    const struct subject *subject = &diagram->subjects[place.subject];

    add_name(text, diagram, subject->name);
    strbuf_add(text, " PID ");
    add_id(text, (uint64_t)pid_at(subject->identity, place.level));
    strbuf_add(text, "\n");
    if (!diagram_is_home(diagram, place))
        return;
    add_user(text, diagram, subject->identity);
    if (place.subject == HOST)
        add_hosts(text, diagram);
    else
        add_own(text, diagram, place.subject);
}

void diagram_add_share(struct strbuf *text, const struct diagram *diagram, struct share share)
{
    for (unsigned int type = share.type; type < NAMESPACE_COUNT; type++)
        if (has_same_members(diagram, share, type))
            add_namespace(text, diagram, share.subject, type);
}

/* ---- notes --------------------------------------------------------------------------------- */

/* What there may be no answer to: the namespaces by their type, and then these. */
enum { GAP_OUTER_PID = NAMESPACE_COUNT, GAP_PID, GAP_UID, GAP_HOSTNAME, GAP_COUNT };

static const char *gap_name(unsigned int gap)
{
    static const char names[][10] = {"outer pid", "PID", "uid", "hostname"};

    return gap < NAMESPACE_COUNT ? ns_types[gap].name : names[gap - NAMESPACE_COUNT];
}

/* Why there is no answer; 0: there is one. */
static void find_gaps(const struct diagram *diagram, const struct subject *subject,
                      int errors[GAP_COUNT])
{
    const struct identity *identity = subject->identity;

    for (unsigned int type = 0; type < NAMESPACE_COUNT; type++)
        errors[type] = is_nowhere(diagram, type) ? 0 : identity->namespaces[type].error;
    errors[GAP_OUTER_PID] = subject->pid_namespaces_error;
    errors[GAP_PID] = subject->level_count > 1 ? identity->errors[FACT_PIDS] : 0;
    errors[GAP_UID] = identity->errors[FACT_USER];
    if (errors[GAP_UID] == 0)
        errors[GAP_UID] = identity->errors[FACT_UID_MAP];
    if (identity->uid >= 0)
        errors[GAP_UID] = 0;
    errors[GAP_HOSTNAME] =
        identity->namespaces[NAMESPACE_UTS].id != 0 ? identity->errors[FACT_HOSTNAME] : 0;
}

/* "web: net, mnt ?: Permission denied": a line for each reason. */
void diagram_add_notes(struct strbuf *text, const struct diagram *diagram, size_t subject_number)
{
    const struct subject *subject = &diagram->subjects[subject_number];
    int errors[GAP_COUNT];

    if (subject->identity == NULL) {
        add_name(text, diagram, subject->name);
        strbuf_format(text, ": no process: %s\n", subject->absence);
        return;
    }
    find_gaps(diagram, subject, errors);
    for (unsigned int i = 0; i < GAP_COUNT; i++) {
        int error = errors[i];
        const char *comma = ": ";

        if (error == 0)
            continue;
        add_name(text, diagram, subject->name);
        for (unsigned int k = i; k < GAP_COUNT; k++)
            if (errors[k] == error) {
                strbuf_format(text, "%s%s", comma, gap_name(k));
                comma = ", ";
                errors[k] = 0;
            }
        strbuf_format(text, " ?: %s\n", identity_reason(error));
    }
}
