/*
 * diagram_model.c - what all formats of a diagram have in common: nodes, boxes, groups and texts
 */
#include "nsctl/diagram_model_private.h"

#include <errno.h>

/* The first process is the host: see diagram_graph_private.h. */
enum { HOST = 0 };

/* ---- nodes and boxes ------------------------------------------------------------------------- */

bool diagram_has_node(const struct diagram *diagram, struct diagram_node node)
{
    const struct diagram_process *process = &diagram->processes[node.process];

    return process->identity != NULL && node.level < process->level_count;
}

bool diagram_is_innermost(const struct diagram *diagram, struct diagram_node node)
{
    return node.level + 1 == diagram->processes[node.process].level_count;
}

/* Two unknown namespaces may be different ones. */
bool diagram_is_in_box(const struct diagram *diagram, struct diagram_node node,
                       struct diagram_node box)
{
    uint64_t id = diagram->processes[box.process].pid_namespaces[box.level];

    return diagram_has_node(diagram, node) &&
           (node.process == box.process ||
            (id != 0 && id == diagram->processes[node.process].pid_namespaces[node.level]));
}

struct diagram_node diagram_box_of(const struct diagram *diagram, struct diagram_node node)
{
    struct diagram_node first = {0, node.level};

    while (!diagram_is_in_box(diagram, first, node))
        first.process++;
    return first;
}

/* ---- groups ---------------------------------------------------------------------------------- */

/* 0: unknown. */
static uint64_t id_of(const struct diagram *diagram, size_t process, unsigned int type)
{
    const struct identity *identity = diagram->processes[process].identity;

    return identity != NULL ? identity->namespaces[type].id : 0;
}

static bool is_hosts(const struct diagram *diagram, size_t process, unsigned int type)
{
    uint64_t id = id_of(diagram, process, type);

    return id != 0 && id == id_of(diagram, HOST, type);
}

/* Whether all processes are in the host's namespace. */
static bool is_common(const struct diagram *diagram, unsigned int type)
{
    for (size_t i = 0; i < diagram->count; i++)
        if (diagram->processes[i].identity != NULL && !is_hosts(diagram, i, type))
            return false;
    return true;
}

/* PID namespaces are drawn as boxes, and the host's namespaces are listed at the host. */
static bool is_shared(const struct diagram *diagram, size_t process, unsigned int type)
{
    uint64_t id = id_of(diagram, process, type);

    if (id == 0 || type == NAMESPACE_PID || is_hosts(diagram, process, type))
        return false;
    for (size_t i = 0; i < diagram->count; i++)
        if (i != process && id_of(diagram, i, type) == id)
            return true;
    return false;
}

bool diagram_is_in_group(const struct diagram *diagram, struct diagram_group group, size_t process)
{
    return id_of(diagram, process, group.type) == id_of(diagram, group.process, group.type);
}

/* Whether the same processes share the namespaces of another type. */
static bool has_same_processes(const struct diagram *diagram, struct diagram_group group,
                               unsigned int type)
{
    const struct diagram_group other = {group.process, type};

    if (!is_shared(diagram, group.process, type))
        return false;
    for (size_t i = 0; i < diagram->count; i++)
        if (diagram_is_in_group(diagram, group, i) != diagram_is_in_group(diagram, other, i))
            return false;
    return true;
}

/* A group is found once: at its first process and its first type. */
static bool is_first(const struct diagram *diagram, struct diagram_group group)
{
    for (size_t i = 0; i < group.process; i++)
        if (diagram_is_in_group(diagram, group, i))
            return false;
    for (unsigned int type = 0; type < group.type; type++)
        if (has_same_processes(diagram, group, type))
            return false;
    return true;
}

bool diagram_find_group(const struct diagram *diagram, struct diagram_group *group)
{
    for (; group->process < diagram->count; group->process++, group->type = 0)
        for (; group->type < NAMESPACE_COUNT; group->type++)
            if (is_shared(diagram, group->process, group->type) && is_first(diagram, *group))
                return true;
    return false;
}

/* ---- labels ---------------------------------------------------------------------------------- */

static void add_name(struct strbuf *text, const struct diagram *diagram, const char *name)
{
    if (!diagram->is_ascii) {
        strbuf_add_visible(text, name);
        return;
    }
    for (; *name != '\0'; name++) {
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

/* uts 4026532450 (web-0) */
static void add_namespace(struct strbuf *text, const struct diagram *diagram, size_t process,
                          unsigned int type)
{
    const struct identity *identity = diagram->processes[process].identity;

    strbuf_format(text, "%s ", ns_types[type].name);
    add_id(text, identity->namespaces[type].id);
    if (type == NAMESPACE_UTS && identity->namespaces[type].id != 0) {
        strbuf_add(text, " (");
        add_name(text, diagram, identity->errors[FACT_HOSTNAME] == 0 ? identity->hostname : "?");
        strbuf_add(text, ")");
    }
    strbuf_add(text, "\n");
}

void diagram_add_title(struct strbuf *text, const struct diagram *diagram, struct diagram_node box)
{
    const struct diagram_node host = {HOST, box.level};

    if (diagram_is_in_box(diagram, host, box) && diagram_is_innermost(diagram, host))
        strbuf_add(text, "host: ");
    strbuf_add(text, "pid ");
    add_id(text, diagram->processes[box.process].pid_namespaces[box.level]);
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

/* The uid inside the user namespace, and outside if that differs. */
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

/* Whether the kernel lacks the type, rather than /proc: then PID namespaces are missing, too. */
static bool is_unsupported(const struct diagram *diagram, unsigned int type)
{
    const struct identity *host = diagram->processes[HOST].identity;

    return host != NULL && host->namespaces[NAMESPACE_PID].id != 0 &&
           host->namespaces[type].error == ENOENT;
}

/* The process's own namespaces, and the types of the host's that only some processes are in. */
static void add_own(struct strbuf *text, const struct diagram *diagram, size_t process)
{
    const char *begin = "of the host: ";

    for (unsigned int type = 0; type < NAMESPACE_COUNT; type++)
        if (type != NAMESPACE_PID && !is_unsupported(diagram, type) &&
            !is_hosts(diagram, process, type) && !is_shared(diagram, process, type))
            add_namespace(text, diagram, process, type);
    for (unsigned int type = 0; type < NAMESPACE_COUNT; type++)
        if (type != NAMESPACE_PID && is_hosts(diagram, process, type) &&
            !is_common(diagram, type)) {
            strbuf_format(text, "%s%s", begin, ns_types[type].name);
            begin = ", ";
        }
    if (begin[0] == ',')
        strbuf_add(text, "\n");
}

/* Without a /proc of this PID namespace only the PID here is known. */
static pid_t pid_at(const struct identity *identity, size_t level)
{
    if (level < identity->pid_count)
        return identity->pids[level];
    return level == 0 ? identity->pid : 0;
}

void diagram_add_node(struct strbuf *text, const struct diagram *diagram, struct diagram_node node)
{
    const struct diagram_process *process = &diagram->processes[node.process];

    add_name(text, diagram, process->name);
    strbuf_add(text, " PID ");
    add_id(text, (uint64_t)pid_at(process->identity, node.level));
    strbuf_add(text, "\n");
    if (!diagram_is_innermost(diagram, node))
        return;
    add_user(text, diagram, process->identity);
    if (node.process == HOST)
        add_hosts(text, diagram);
    else
        add_own(text, diagram, node.process);
}

void diagram_add_group(struct strbuf *text, const struct diagram *diagram,
                       struct diagram_group group)
{
    for (unsigned int type = group.type; type < NAMESPACE_COUNT; type++)
        if (has_same_processes(diagram, group, type))
            add_namespace(text, diagram, group.process, type);
}

/* ---- notes ----------------------------------------------------------------------------------- */

/* The facts that may be unknown: the namespaces by type, and then these. */
enum { GAP_OUTER_PID = NAMESPACE_COUNT, GAP_PID, GAP_UID, GAP_HOSTNAME, GAP_COUNT };

static const char *gap_name(unsigned int gap)
{
    static const char names[][10] = {"outer pid", "PID", "uid", "hostname"};

    return gap < NAMESPACE_COUNT ? ns_types[gap].name : names[gap - NAMESPACE_COUNT];
}

/* Why each is unknown; 0: it is known. */
static void find_gaps(const struct diagram *diagram, const struct diagram_process *process,
                      int errors[GAP_COUNT])
{
    const struct identity *identity = process->identity;

    for (unsigned int type = 0; type < NAMESPACE_COUNT; type++)
        errors[type] = is_unsupported(diagram, type) ? 0 : identity->namespaces[type].error;
    errors[GAP_OUTER_PID] = process->pid_namespaces_error;
    errors[GAP_PID] = process->level_count > 1 ? identity->errors[FACT_PIDS] : 0;
    errors[GAP_UID] = identity->errors[FACT_USER];
    if (errors[GAP_UID] == 0)
        errors[GAP_UID] = identity->errors[FACT_UID_MAP];
    if (identity->uid >= 0)
        errors[GAP_UID] = 0;
    errors[GAP_HOSTNAME] =
        identity->namespaces[NAMESPACE_UTS].id != 0 ? identity->errors[FACT_HOSTNAME] : 0;
}

/* A line for each reason: "web: net, mnt ?: Permission denied". */
void diagram_add_notes(struct strbuf *text, const struct diagram *diagram, size_t number)
{
    const struct diagram_process *process = &diagram->processes[number];
    int errors[GAP_COUNT];

    if (process->identity == NULL) {
        add_name(text, diagram, process->name);
        strbuf_format(text, ": no process: %s\n", process->absence);
        return;
    }
    find_gaps(diagram, process, errors);
    for (unsigned int i = 0; i < GAP_COUNT; i++) {
        int error = errors[i];
        const char *comma = ": ";

        if (error == 0)
            continue;
        add_name(text, diagram, process->name);
        for (unsigned int k = i; k < GAP_COUNT; k++)
            if (errors[k] == error) {
                strbuf_format(text, "%s%s", comma, gap_name(k));
                comma = ", ";
                errors[k] = 0;
            }
        strbuf_format(text, " ?: %s\n", identity_reason(error));
    }
}
