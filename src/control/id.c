/*
 * id.c - nsctl id: who processes are, in all their namespaces
 */
#include "control/verbs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "control/roster.h"
#include "control/table.h"
#include "report/description.h"
#include "util/json.h"

/* Both maps with all their ranges, each number in full. */
enum { OBJECT_SIZE = 32 * 1024 };

/* What one process is seen against. */
struct viewing {
    const struct call *call;
    struct roster roster;
    uint64_t nsinit[NAMESPACE_COUNT];
    uint64_t self[NAMESPACE_COUNT];
};

/* ---- for programs -------------------------------------------------------------------------- */

static int print_object(const struct viewing *viewing, const struct identity *identity,
                        const struct member *member)
{
    static char buffer[OBJECT_SIZE];
    struct text text = text_in(buffer, sizeof buffer);
    struct view view = {.self = viewing->self,
                        .nsinit = viewing->roster.nsinit != 0 ? viewing->nsinit : NULL};

    for (unsigned int type = 0; type < NAMESPACE_COUNT && member != NULL; type++)
        view.origins[type] = member_origin(member, (enum namespace_type)type);
    text_format(&text, "{\"pid\":%d,\"service\":", identity->pid);
    if (member != NULL)
        json_add_string(&text, member->name);
    else
        text_add(&text, "null");
    description_add(&text, identity, &view, IDENTITY_WHOLE);
    text_add(&text, "}\n");
    return text_write(&text, STDOUT_FILENO);
}

/* ---- for people ---------------------------------------------------------------------------- */

static void add_fact(struct text *text, const char *name, const char *value, int error)
{
    text_add(text, name);
    if (error != 0)
        text_format(text, "(%s)\n", identity_reason(error));
    else
        text_format(text, "%s\n", value[0] != '\0' ? value : "-");
}

static void add_map(struct text *text, const char *name, const struct seen_map *map, int error)
{
    text_add(text, name);
    if (error != 0)
        text_format(text, "(%s)", identity_reason(error));
    else if (map->count == 0)
        text_add(text, "-");
    for (size_t i = 0; i < map->count; i++)
        text_format(text, "%s%u:%u:%u", i > 0 ? " " : "", map->ranges[i].inside,
                    map->ranges[i].outside, map->ranges[i].count);
    text_add(text, "\n");
}

static void add_pids(struct text *text, const struct identity *identity)
{
    text_add(text, "pids        ");
    if (identity->errors[FACT_PIDS] != 0)
        text_format(text, "(%s)", identity_reason(identity->errors[FACT_PIDS]));
    for (size_t i = 0; i < identity->pid_count; i++)
        text_format(text, "%s%d", i > 0 ? " > " : "", identity->pids[i]);
    text_add(text, "\n");
}

/* "0 (100000 outside)" */
static void add_user(struct text *text, const char *name, int64_t inner, int64_t outer, int error)
{
    text_add(text, name);
    if (error != 0)
        text_format(text, "(%s)", identity_reason(error));
    else if (inner < 0)
        text_format(text, "not mapped (%lld outside)", (long long)outer);
    else if (inner == outer)
        text_format(text, "%lld", (long long)inner);
    else
        text_format(text, "%lld (%lld outside)", (long long)inner, (long long)outer);
    text_add(text, "\n");
}

static int print_facts(const struct identity *identity, const struct member *member)
{
    static char buffer[OBJECT_SIZE];
    struct text text = text_in(buffer, sizeof buffer);
    const int *errors = identity->errors;

    text_format(&text, "process     %d\n", identity->pid);
    if (member != NULL)
        text_format(&text, "service     %s\n", member->name);
    add_pids(&text, identity);
    add_user(&text, "uid         ", identity->uid, identity->outer_uid, errors[FACT_USER]);
    add_user(&text, "gid         ", identity->gid, identity->outer_gid, errors[FACT_USER]);
    add_map(&text, "uid map     ", &identity->uid_map, errors[FACT_UID_MAP]);
    add_map(&text, "gid map     ", &identity->gid_map, errors[FACT_GID_MAP]);
    add_fact(&text, "hostname    ", identity->hostname, errors[FACT_HOSTNAME]);
    add_fact(&text, "domainname  ", identity->domainname, errors[FACT_HOSTNAME]);
    add_fact(&text, "netns       ", identity->netns, errors[FACT_NETNS]);
    add_fact(&text, "cgroup      ", identity->cgroup, errors[FACT_CGROUP]);
    add_fact(&text, "root        ", identity->root, errors[FACT_ROOT]);
    return text_write(&text, STDOUT_FILENO);
}

static int add_id(struct table *table, uint64_t id, const char *otherwise)
{
    char buffer[24];
    struct text text = text_in(buffer, sizeof buffer);

    text_format(&text, "%llu", (unsigned long long)id);
    return table_add(table, id != 0 ? buffer : otherwise);
}

static const char *comparison(uint64_t id, uint64_t other)
{
    if (id == 0 || other == 0)
        return "?";
    return id == other ? "yes" : "no";
}

static int add_namespace(struct table *table, const struct viewing *viewing,
                         const struct identity *identity, const struct member *member,
                         enum namespace_type type)
{
    const struct namespace_identity *namespace = &identity->namespaces[type];
    const char *unreadable = namespace->error != 0 ? strerror(namespace->error) : "-";

    return table_add(table, namespace_kinds[type].name) < 0 ||
                   add_id(table, namespace->id, unreadable) < 0 ||
                   add_id(table, namespace->ns_id, "-") < 0 ||
                   table_add(table, member != NULL ? member_origin(member, type) : "-") < 0 ||
                   table_add(table, comparison(namespace->id, viewing->nsinit[type])) < 0 ||
                   table_add(table, comparison(namespace->id, viewing->self[type])) < 0 ||
                   add_id(table, namespace->owner, "-") < 0 ||
                   add_id(table, namespace->parent, "-") < 0
               ? -ENOMEM
               : 0;
}

static int print_namespaces(const struct viewing *viewing, const struct identity *identity,
                            const struct member *member)
{
    static const char *const titles[] = {"TYPE",   "NS",   "NS_ID", "ORIGIN",
                                         "NSINIT", "SELF", "OWNER", "PARENT"};
    const struct table_style style = {.line_end = "\n"};
    struct table table = {.columns = sizeof titles / sizeof titles[0]};
    int result = 0;

    for (size_t i = 0; i < table.columns && result == 0; i++)
        result = table_add(&table, titles[i]);
    for (unsigned int type = 0; type < NAMESPACE_COUNT && result == 0; type++)
        result = add_namespace(&table, viewing, identity, member, (enum namespace_type)type);
    if (result == 0)
        result = table_write(&table, STDOUT_FILENO, &style);
    table_free(&table);
    return result;
}

/* ---- the verb ------------------------------------------------------------------------------ */

static int show(struct viewing *viewing, const char *word, struct failure *failure)
{
    static struct identity identity;
    const struct member *member;
    pid_t pid = roster_find(&viewing->roster, viewing->call->path, word, &member, failure);
    int result;

    if (pid < 0)
        return -1;
    if (viewing->roster.nsinit != 0 && viewing->nsinit[NAMESPACE_USER] == 0)
        identity_namespaces(viewing->roster.nsinit, viewing->nsinit);
    result = identity_read(&identity, pid, IDENTITY_WHOLE);
    if (result == 0 && viewing->call->json)
        result = print_object(viewing, &identity, member);
    else if (result == 0)
        result = print_facts(&identity, member);
    if (result == 0 && !viewing->call->json)
        result = print_namespaces(viewing, &identity, member);
    return failure_of(failure, result, word);
}

int id_run(const struct call *call, struct failure *failure)
{
    struct viewing viewing = {.call = call};
    int result = 0;

    identity_namespaces(getpid(), viewing.self);
    for (char **word = call->words; *word != NULL && result == 0; word++)
        result = show(&viewing, *word, failure);
    roster_free(&viewing.roster);
    return result;
}
