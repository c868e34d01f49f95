/*
 * ns_json.c - nsctl ns --json: an object for each namespace
 * What may not be read is null there, and "unreadable" says why.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "control/ns.h"
#include "report/nsfs.h"
#include "util/json.h"

/* The ids of the machine's first namespaces, <linux/nsfs.h>: they have no parents. */
#define FIRST_USER 0xEFFFFFFDU
#define FIRST_PID 0xEFFFFFFCU

/* Two texts that grow side by side. */
struct object {
    struct text text;
    struct text reasons;
    char reason_buffer[1024];
};

static void add_key(struct object *object, const char *key)
{
    text_format(&object->text, ",\"%s\":", key);
}

/* Without a reason there is nothing that could be read. */
static void add_null(struct object *object, const char *key, const char *reason)
{
    add_key(object, key);
    text_add(&object->text, "null");
    if (reason == NULL)
        return;
    text_format(&object->reasons, "%s\"%s\":", object->reasons.length > 0 ? "," : "", key);
    json_add_string(&object->reasons, reason);
}

static void add_number(struct object *object, const char *key, uint64_t number)
{
    add_key(object, key);
    text_format(&object->text, "%llu", (unsigned long long)number);
}

/* 0 is no number of a namespace: errno says why there is none. */
static void add_id(struct object *object, const char *key, uint64_t id)
{
    if (id != 0)
        add_number(object, key, id);
    else
        add_null(object, key, errno == ENOTTY ? "this kernel has none" : strerror(errno));
}

static const char *reason_of(int error)
{
    return error == ENOENT || error == ESRCH ? "the process has ended" : strerror(error);
}

/* ---- the parts ------------------------------------------------------------------------------ */

static void add_relations(struct object *object, const struct residence *residence, int fd)
{
    bool is_nested = residence->type == NAMESPACE_USER || residence->type == NAMESPACE_PID;
    bool is_first = (residence->type == NAMESPACE_USER && residence->id == FIRST_USER) ||
                    (residence->type == NAMESPACE_PID && residence->id == FIRST_PID);
    int64_t uid = nsfs_owner_uid(fd);

    if (uid >= 0)
        add_number(object, "owner_uid", (uint64_t)uid);
    else
        add_null(object, "owner_uid", residence->type == NAMESPACE_USER ? strerror(errno) : NULL);
    if (is_first && residence->type == NAMESPACE_USER)
        add_null(object, "owner", NULL);
    else
        add_id(object, "owner", nsfs_owner(fd));
    if (is_nested && !is_first)
        add_id(object, "parent", nsfs_parent(fd));
    else
        add_null(object, "parent", NULL);
    add_id(object, "ns_id", nsfs_ns_id(fd));
}

static void add_namespace(struct object *object, const struct residence *residence)
{
    static const char *const keys[] = {"owner_uid", "owner", "parent", "ns_id"};
    int fd = census_open(residence);

    if (fd >= 0) {
        add_relations(object, residence, fd);
        close(fd);
        return;
    }
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        add_null(object, keys[i], reason_of(-fd));
}

static void add_list(struct object *object, const char *key, const pid_t *pids, int count)
{
    add_key(object, key);
    for (int i = 0; i < count; i++)
        text_format(&object->text, "%c%d", i > 0 ? ',' : '[', pids[i]);
    text_add(&object->text, "]");
}

static void add_process(struct object *object, pid_t pid, const struct resident *resident)
{
    add_number(object, "pid", (uint64_t)pid);
    if (resident->pid_count > 0)
        add_list(object, "nspid", resident->pids, resident->pid_count);
    else
        add_null(object, "nspid", reason_of(resident->status_error));
    if (resident->uid >= 0)
        add_number(object, "uid", (uint64_t)resident->uid);
    else
        add_null(object, "uid", reason_of(resident->status_error));
    if (resident->command_error != 0) {
        add_null(object, "command", reason_of(resident->command_error));
        return;
    }
    add_key(object, "command");
    json_add_string(&object->text, resident->command);
}

static void add_nobody(struct object *object)
{
    static const char *const keys[] = {"pid", "nspid", "uid", "command"};

    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        add_null(object, keys[i], NULL);
}

static void add_members(struct object *object, const struct view *view,
                        const struct residence *residence)
{
    const struct inhabitant *member = census_member(view->census, residence->first);
    const char *comma = "";

    add_key(object, "pids");
    text_add(&object->text, "[");
    for (; member != NULL; member = census_member(view->census, member->next[residence->type])) {
        text_format(&object->text, "%s%d", comma, member->pid);
        comma = ",";
    }
    text_add(&object->text, "]");
}

static void add_services(struct object *object, const struct view *view,
                         const struct residence *residence)
{
    const struct inhabitant *member = census_member(view->census, residence->first);
    const char *comma = "";

    if (view->no_services != NULL) {
        add_null(object, "services", view->no_services);
        return;
    }
    add_key(object, "services");
    text_add(&object->text, "[");
    for (; member != NULL; member = census_member(view->census, member->next[residence->type])) {
        const struct member *service = ns_service_of(view, member);

        if (service == NULL)
            continue;
        text_add(&object->text, comma);
        json_add_string(&object->text, service->name);
        comma = ",";
    }
    text_add(&object->text, "]");
}

/* ---- the whole ------------------------------------------------------------------------------ */

static int write_object(struct object *object, const struct view *view,
                        const struct residence *residence, const struct resident *resident)
{
    object->reasons = text_in(object->reason_buffer, sizeof object->reason_buffer);
    text_format(&object->text, "{\"id\":%llu,\"type\":\"%s\",\"processes\":%u",
                (unsigned long long)residence->id, namespace_kinds[residence->type].name,
                residence->count);
    if (resident != NULL)
        add_process(object, residence->pid, resident);
    else
        add_nobody(object);
    add_members(object, view, residence);
    add_namespace(object, residence);
    add_services(object, view, residence);
    text_format(&object->text, ",\"unreadable\":{%s}}\n", object->reasons.data);
    return text_write(&object->text, STDOUT_FILENO);
}

/* A byte may take six of JSON, a PID eleven. */
static size_t size_of(const struct view *view, const struct residence *residence,
                      const struct resident *resident)
{
    size_t size = 4096 + 11 * (size_t)residence->count;

    if (resident != NULL && resident->command_error == 0)
        size += 6 * strlen(resident->command);
    for (size_t i = 0; i < view->roster->count; i++)
        size += 6 * strlen(view->roster->members[i].name) + 3;
    return size;
}

static int print_object(const struct view *view, const struct residence *residence)
{
    const struct inhabitant *first = census_member(view->census, residence->first);
    const struct resident *resident = first != NULL ? resident_of(view->residents, first) : NULL;
    size_t size = size_of(view, residence, resident);
    char *buffer = malloc(size);
    struct object object;
    int result = -ENOMEM;

    if (buffer != NULL) {
        object.text = text_in(buffer, size);
        result = write_object(&object, view, residence, resident);
    }
    free(buffer);
    return result;
}

int ns_print_objects(const struct view *view)
{
    int result = 0;

    for (size_t i = 0; i < view->census->count && result == 0; i++)
        if (view->census->residences[i].is_wanted)
            result = print_object(view, &view->census->residences[i]);
    return result;
}
