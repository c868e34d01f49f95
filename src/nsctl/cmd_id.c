/*
 * cmd_id.c - nsctl id: the identity of processes in all their namespaces
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "inspect/identity_json.h"
#include "nsctl/cmd_private.h"
#include "nsctl/services_private.h"
#include "nsctl/text_table_private.h"
#include "util/json.h"

/* Room for both maps with all their ranges, each number with all its digits. */
enum { OBJECT_SIZE = 32 * 1024 };

/* Namespaces to compare the processes with. */
struct reference {
    const struct call *call;
    struct services services;
    uint64_t nsinit[NAMESPACE_COUNT]; /* ids of nsinit's namespaces, by type; 0: unknown */
    uint64_t self[NAMESPACE_COUNT];
};

/* ---- JSON ------------------------------------------------------------------------------------ */

static int print_object(const struct reference *reference, const struct identity *identity,
                        const struct service_row *row)
{
    char buffer[OBJECT_SIZE];
    struct strbuf text = strbuf_in(buffer, sizeof buffer);
    struct identity_context context = {.self = reference->self,
                                       .nsinit = reference->services.nsinit != 0 ? reference->nsinit
                                                                                 : NULL};

    for (unsigned int type = 0; type < NAMESPACE_COUNT && row != NULL; type++)
        context.origins[type] = service_row_origin(row, (enum ns_type)type);
    strbuf_format(&text, "{\"pid\":%d,\"service\":", identity->pid);
    if (row != NULL)
        json_add_string(&text, row->name);
    else
        strbuf_add(&text, "null");
    identity_json_add(&text, identity, &context, IDENTITY_WHOLE);
    strbuf_add(&text, "}\n");
    return strbuf_write(&text, STDOUT_FILENO);
}

/* ---- text ------------------------------------------------------------------------------------ */

/* The lines' second column starts here. */
enum { VALUE_COLUMN = 12 };

/* Begin a line. False if it is complete, with the reason in place of the value. */
static bool begin_line(struct strbuf *text, const char *name, int error)
{
    strbuf_format(text, "\n%s", name);
    for (size_t column = strlen(name); column < VALUE_COLUMN; column++)
        strbuf_add(text, " ");
    if (error != 0)
        strbuf_format(text, "(%s)", identity_reason(error));
    return error == 0;
}

static void add_text(struct strbuf *text, const char *name, const char *value, int error)
{
    if (begin_line(text, name, error))
        strbuf_add_visible(text, *value != '\0' ? value : "-");
}

static void add_map(struct strbuf *text, const char *name, const struct full_id_map *map, int error)
{
    if (!begin_line(text, name, error))
        return;
    for (size_t i = 0; i < map->count; i++)
        strbuf_format(text, "%s%u:%u:%u", i > 0 ? " " : "", map->ranges[i].inside,
                      map->ranges[i].outside, map->ranges[i].count);
    if (map->count == 0)
        strbuf_add(text, "-");
}

static void add_pids(struct strbuf *text, const struct identity *identity)
{
    (void)begin_line(text, "pids", identity->errors[FACT_PIDS]);
    for (size_t i = 0; i < identity->pid_count; i++)
        strbuf_format(text, "%s%d", i > 0 ? " > " : "", identity->pids[i]);
}

/* 0 (100000 outside) */
static void add_user(struct strbuf *text, const char *name, int64_t inner, int64_t outer, int error)
{
    if (!begin_line(text, name, error))
        return;
    if (inner < 0)
        strbuf_add(text, "not mapped");
    else
        strbuf_format(text, "%lld", (long long)inner);
    if (inner != outer)
        strbuf_format(text, " (%lld outside)", (long long)outer);
}

static int print_facts(const struct identity *identity, const struct service_row *row)
{
    char buffer[OBJECT_SIZE];
    struct strbuf text = strbuf_in(buffer, sizeof buffer);
    const int *errors = identity->errors;

    strbuf_format(&text, "process     %d", identity->pid);
    if (row != NULL)
        add_text(&text, "service", row->name, 0);
    add_pids(&text, identity);
    add_user(&text, "uid", identity->uid, identity->outer_uid, errors[FACT_USER]);
    add_user(&text, "gid", identity->gid, identity->outer_gid, errors[FACT_USER]);
    add_map(&text, "uid map", &identity->uid_map, errors[FACT_UID_MAP]);
    add_map(&text, "gid map", &identity->gid_map, errors[FACT_GID_MAP]);
    add_text(&text, "hostname", identity->hostname, errors[FACT_HOSTNAME]);
    add_text(&text, "domainname", identity->domainname, errors[FACT_HOSTNAME]);
    add_text(&text, "netns", identity->netns, errors[FACT_NETNS]);
    add_text(&text, "cgroup", identity->cgroup, errors[FACT_CGROUP]);
    add_text(&text, "root", identity->root, errors[FACT_ROOT]);
    strbuf_add(&text, "\n");
    return strbuf_write(&text, STDOUT_FILENO);
}

static const char *comparison(uint64_t id, uint64_t other)
{
    if (id == 0 || other == 0)
        return "?";
    return id == other ? "yes" : "no";
}

static void add_namespace(struct text_table *table, const struct reference *reference,
                          const struct identity *identity, const struct service_row *row,
                          enum ns_type type)
{
    const struct namespace_identity *namespace = &identity->namespaces[type];

    text_table_add(table, ns_types[type].name);
    text_table_add_number(table, (int64_t) namespace->id,
                          namespace->error != 0 ? strerror(namespace->error) : "-");
    text_table_add_number(table, (int64_t) namespace->ns_id, "-");
    text_table_add(table, row != NULL ? service_row_origin(row, type) : "-");
    text_table_add(table, comparison(namespace->id, reference->nsinit[type]));
    text_table_add(table, comparison(namespace->id, reference->self[type]));
    text_table_add_number(table, (int64_t) namespace->owner, "-");
    text_table_add_number(table, (int64_t) namespace->parent, "-");
}

static int print_namespaces(const struct reference *reference, const struct identity *identity,
                            const struct service_row *row)
{
    static const char *const titles[] = {"TYPE",   "NS",   "NS_ID", "ORIGIN",
                                         "NSINIT", "SELF", "OWNER", "PARENT"};
    const struct table_style style = {.line_end = "\n"};
    struct text_table table = {.columns = sizeof titles / sizeof titles[0]};

    text_table_add_row(&table, titles);
    for (unsigned int type = 0; type < NAMESPACE_COUNT; type++)
        add_namespace(&table, reference, identity, row, (enum ns_type)type);
    return text_table_write(&table, STDOUT_FILENO, &style);
}

/* ---- the verb -------------------------------------------------------------------------------- */

static int show(struct reference *reference, const char *word, struct failure *failure)
{
    const struct call *call = reference->call;
    struct identity identity;
    const struct service_row *row;
    pid_t pid = services_find_process(&reference->services, call->path, word, &row, failure);
    int result;

    if (pid < 0)
        return -1;
    if (reference->services.nsinit != 0 && reference->nsinit[NAMESPACE_USER] == 0)
        identity_namespaces(reference->services.nsinit, reference->nsinit);
    result = identity_read(&identity, pid, IDENTITY_WHOLE);
    if (result == 0 && call->json)
        result = print_object(reference, &identity, row);
    else if (result == 0)
        result = print_facts(&identity, row);
    if (result == 0 && !call->json)
        result = print_namespaces(reference, &identity, row);
    return failure_check(failure, result, word);
}

int id_run(const struct call *call, struct failure *failure)
{
    struct reference reference = {.call = call};
    int result = 0;

    identity_namespaces(getpid(), reference.self);
    for (char **word = call->words; *word != NULL && result == 0; word++)
        result = show(&reference, *word, failure);
    services_free(&reference.services);
    return result;
}
