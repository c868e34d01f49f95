/*
 * cmd_id.c - nsctl id: who processes are, in all their namespaces
 */
#include "nsctl/cmd_simple.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "nsctl/services.h"
#include "nsctl/text_table.h"
#include "inspect/identity_json.h"
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

/* The newline of the line before, and the name; false where the rest is why it can't be told. */
static bool add_name(struct text *text, const char *name, int error)
{
    text_format(text, error != 0 ? "\n%s(%s)" : "\n%s", name, identity_reason(error));
    return error == 0;
}

static void add_map(struct text *text, const struct seen_map *map)
{
    for (size_t i = 0; i < map->count; i++)
        text_format(text, "%s%u:%u:%u", i > 0 ? " " : "", map->ranges[i].inside,
                    map->ranges[i].outside, map->ranges[i].count);
    if (map->count == 0)
        text_add(text, "-");
}

static void add_pids(struct text *text, const struct identity *identity)
{
    (void)add_name(text, "pids        ", identity->errors[FACT_PIDS]);
    for (size_t i = 0; i < identity->pid_count; i++)
        text_format(text, "%s%d", i > 0 ? " > " : "", identity->pids[i]);
}

/* "0 (100000 outside)" */
static void add_user(struct text *text, const char *name, int64_t inner, int64_t outer, int error)
{
    if (!add_name(text, name, error))
        return;
    if (inner < 0)
        text_add(text, "not mapped");
    else
        text_format(text, "%lld", (long long)inner);
    if (inner != outer)
        text_format(text, " (%lld outside)", (long long)outer);
}

/* Those that are maps or text. */
static void add_facts(struct text *text, const struct identity *identity)
{
    static const struct {
        char name[13];
        unsigned char fact;
        unsigned short place; /* in the identity */
    } facts[] = {
        {"uid map     ", FACT_UID_MAP, offsetof(struct identity, uid_map)},
        {"gid map     ", FACT_GID_MAP, offsetof(struct identity, gid_map)},
        {"hostname    ", FACT_HOSTNAME, offsetof(struct identity, hostname)},
        {"domainname  ", FACT_HOSTNAME, offsetof(struct identity, domainname)},
        {"netns       ", FACT_NETNS, offsetof(struct identity, netns)},
        {"cgroup      ", FACT_CGROUP, offsetof(struct identity, cgroup)},
        {"root        ", FACT_ROOT, offsetof(struct identity, root)},
    };

    for (size_t i = 0; i < sizeof facts / sizeof facts[0]; i++) {
        unsigned int fact = facts[i].fact;
        const void *value = (const char *)identity + facts[i].place;

        if (!add_name(text, facts[i].name, identity->errors[fact]))
            continue;
        if (fact == FACT_UID_MAP || fact == FACT_GID_MAP)
            add_map(text, value);
        else
            text_add_visible(text, *(const char *)value != '\0' ? value : "-");
    }
}

static int print_facts(const struct identity *identity, const struct member *member)
{
    static char buffer[OBJECT_SIZE];
    struct text text = text_in(buffer, sizeof buffer);
    int error = identity->errors[FACT_USER];

    text_format(&text, "process     %d", identity->pid);
    if (member != NULL)
        text_format(&text, "\nservice     %s", member->name);
    add_pids(&text, identity);
    add_user(&text, "uid         ", identity->uid, identity->outer_uid, error);
    add_user(&text, "gid         ", identity->gid, identity->outer_gid, error);
    add_facts(&text, identity);
    text_add(&text, "\n");
    return text_write(&text, STDOUT_FILENO);
}

static const char *comparison(uint64_t id, uint64_t other)
{
    if (id == 0 || other == 0)
        return "?";
    return id == other ? "yes" : "no";
}

static void add_namespace(struct table *table, const struct viewing *viewing,
                          const struct identity *identity, const struct member *member,
                          enum namespace_type type)
{
    const struct namespace_identity *namespace = &identity->namespaces[type];

    table_add(table, namespace_kinds[type].name);
    table_add_number(table, (int64_t) namespace->id,
                     namespace->error != 0 ? strerror(namespace->error) : "-");
    table_add_number(table, (int64_t) namespace->ns_id, "-");
    table_add(table, member != NULL ? member_origin(member, type) : "-");
    table_add(table, comparison(namespace->id, viewing->nsinit[type]));
    table_add(table, comparison(namespace->id, viewing->self[type]));
    table_add_number(table, (int64_t) namespace->owner, "-");
    table_add_number(table, (int64_t) namespace->parent, "-");
}

static int print_namespaces(const struct viewing *viewing, const struct identity *identity,
                            const struct member *member)
{
    static const char titles[] = "TYPE\0NS\0NS_ID\0ORIGIN\0NSINIT\0SELF\0OWNER\0PARENT";
    const struct table_style style = {.line_end = "\n"};
    struct table table = {.columns = 8};

    table_add_all(&table, titles, sizeof titles);
    for (unsigned int type = 0; type < NAMESPACE_COUNT; type++)
        add_namespace(&table, viewing, identity, member, (enum namespace_type)type);
    return table_write(&table, STDOUT_FILENO, &style);
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
    static struct viewing viewing;
    int result = 0;

    viewing.call = call;
    identity_namespaces(getpid(), viewing.self);
    for (char **word = call->words; *word != NULL && result == 0; word++)
        result = show(&viewing, *word, failure);
    roster_free(&viewing.roster);
    return result;
}
