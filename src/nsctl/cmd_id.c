/*
 * cmd_id.c - nsctl id: who processes are, in all their namespaces
 */
#include "nsctl/cmd_simple_private.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "nsctl/services_private.h"
#include "nsctl/text_table_private.h"
#include "inspect/identity_json.h"
#include "util/json.h"

/* Both maps with all their ranges, each number in full. */
enum { OBJECT_SIZE = 32 * 1024 };

/* What one process is seen against. */
struct viewing {
    const struct call *call;
    struct services services;
    uint64_t nsinit[NAMESPACE_COUNT];
    uint64_t self[NAMESPACE_COUNT];
};

/* ---- for programs -------------------------------------------------------------------------- */

static int print_object(const struct viewing *viewing, const struct identity *identity,
                        const struct service_row *row)
{
    static char buffer[OBJECT_SIZE];
    struct strbuf text = strbuf_in(buffer, sizeof buffer);
    struct identity_context view = {
        .self = viewing->self, .nsinit = viewing->services.nsinit != 0 ? viewing->nsinit : NULL};

    for (unsigned int type = 0; type < NAMESPACE_COUNT && row != NULL; type++)
        view.origins[type] = service_row_origin(row, (enum ns_type)type);
    strbuf_format(&text, "{\"pid\":%d,\"service\":", identity->pid);
    if (row != NULL)
        json_add_string(&text, row->name);
    else
        strbuf_add(&text, "null");
    identity_json_add(&text, identity, &view, IDENTITY_WHOLE);
    strbuf_add(&text, "}\n");
    return strbuf_write(&text, STDOUT_FILENO);
}

/* ---- for people ---------------------------------------------------------------------------- */

/* The newline of the line before, and the name; false where the rest is why it can't be told. */
static bool add_name(struct strbuf *text, const char *name, int error)
{
    strbuf_format(text, error != 0 ? "\n%s(%s)" : "\n%s", name, identity_reason(error));
    return error == 0;
}

static void add_map(struct strbuf *text, const struct full_id_map *map)
{
    for (size_t i = 0; i < map->count; i++)
        strbuf_format(text, "%s%u:%u:%u", i > 0 ? " " : "", map->ranges[i].inside,
                      map->ranges[i].outside, map->ranges[i].count);
    if (map->count == 0)
        strbuf_add(text, "-");
}

static void add_pids(struct strbuf *text, const struct identity *identity)
{
    (void)add_name(text, "pids        ", identity->errors[FACT_PIDS]);
    for (size_t i = 0; i < identity->pid_count; i++)
        strbuf_format(text, "%s%d", i > 0 ? " > " : "", identity->pids[i]);
}

/* "0 (100000 outside)" */
static void add_user(struct strbuf *text, const char *name, int64_t inner, int64_t outer, int error)
{
    if (!add_name(text, name, error))
        return;
    if (inner < 0)
        strbuf_add(text, "not mapped");
    else
        strbuf_format(text, "%lld", (long long)inner);
    if (inner != outer)
        strbuf_format(text, " (%lld outside)", (long long)outer);
}

/* Those that are maps or text. */
static void add_facts(struct strbuf *text, const struct identity *identity)
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
            strbuf_add_visible(text, *(const char *)value != '\0' ? value : "-");
    }
}

static int print_facts(const struct identity *identity, const struct service_row *row)
{
    static char buffer[OBJECT_SIZE];
    struct strbuf text = strbuf_in(buffer, sizeof buffer);
    int error = identity->errors[FACT_USER];

    strbuf_format(&text, "process     %d", identity->pid);
    if (row != NULL)
        strbuf_format(&text, "\nservice     %s", row->name);
    add_pids(&text, identity);
    add_user(&text, "uid         ", identity->uid, identity->outer_uid, error);
    add_user(&text, "gid         ", identity->gid, identity->outer_gid, error);
    add_facts(&text, identity);
    strbuf_add(&text, "\n");
    return strbuf_write(&text, STDOUT_FILENO);
}

static const char *comparison(uint64_t id, uint64_t other)
{
    if (id == 0 || other == 0)
        return "?";
    return id == other ? "yes" : "no";
}

static void add_namespace(struct text_table *table, const struct viewing *viewing,
                          const struct identity *identity, const struct service_row *row,
                          enum ns_type type)
{
    const struct namespace_identity *namespace = &identity->namespaces[type];

    text_table_add(table, ns_types[type].name);
    text_table_add_number(table, (int64_t) namespace->id,
                          namespace->error != 0 ? strerror(namespace->error) : "-");
    text_table_add_number(table, (int64_t) namespace->ns_id, "-");
    text_table_add(table, row != NULL ? service_row_origin(row, type) : "-");
    text_table_add(table, comparison(namespace->id, viewing->nsinit[type]));
    text_table_add(table, comparison(namespace->id, viewing->self[type]));
    text_table_add_number(table, (int64_t) namespace->owner, "-");
    text_table_add_number(table, (int64_t) namespace->parent, "-");
}

static int print_namespaces(const struct viewing *viewing, const struct identity *identity,
                            const struct service_row *row)
{
    static const char titles[] = "TYPE\0NS\0NS_ID\0ORIGIN\0NSINIT\0SELF\0OWNER\0PARENT";
    const struct table_style style = {.line_end = "\n"};
    struct text_table table = {.columns = 8};

    text_table_add_all(&table, titles, sizeof titles);
    for (unsigned int type = 0; type < NAMESPACE_COUNT; type++)
        add_namespace(&table, viewing, identity, row, (enum ns_type)type);
    return text_table_write(&table, STDOUT_FILENO, &style);
}

/* ---- the verb ------------------------------------------------------------------------------ */

static int show(struct viewing *viewing, const char *word, struct failure *failure)
{
    static struct identity identity;
    const struct service_row *row;
    pid_t pid = services_find(&viewing->services, viewing->call->path, word, &row, failure);
    int result;

    if (pid < 0)
        return -1;
    if (viewing->services.nsinit != 0 && viewing->nsinit[NAMESPACE_USER] == 0)
        identity_namespaces(viewing->services.nsinit, viewing->nsinit);
    result = identity_read(&identity, pid, IDENTITY_WHOLE);
    if (result == 0 && viewing->call->json)
        result = print_object(viewing, &identity, row);
    else if (result == 0)
        result = print_facts(&identity, row);
    if (result == 0 && !viewing->call->json)
        result = print_namespaces(viewing, &identity, row);
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
    services_free(&viewing.services);
    return result;
}
