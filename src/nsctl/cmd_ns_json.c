/*
 * cmd_ns_json.c - nsctl ns --json: an object for each namespace
 * What may not be read is null there, and "unreadable" says why.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "nsctl/cmd_ns_private.h"
#include "nsctl/screen_private.h"
#include "inspect/held_namespaces.h"
#include "linux/nsfs.h"
#include "util/json.h"
#include "linux/nstypes.h"

/* What an object is of, and two texts that grow side by side. */
struct object {
    const struct ns_listing *listing;
    const struct ns_node *node;
    struct strbuf *text;
    struct strbuf reasons;
};

static void add_key(struct object *object, const char *key)
{
    strbuf_format(object->text, ",\"%s\":", key);
}

/* Without a reason there is nothing that could be read. */
static void add_null(struct object *object, const char *key, const char *reason)
{
    add_key(object, key);
    strbuf_add(object->text, "null");
    if (reason == NULL)
        return;
    strbuf_format(&object->reasons, "%s\"%s\":", object->reasons.length > 0 ? "," : "", key);
    json_add_string(&object->reasons, reason);
}

/* NULL: there is none. */
static void add_word(struct object *object, const char *key, const char *word)
{
    if (word == NULL) {
        add_null(object, key, NULL);
        return;
    }
    add_key(object, key);
    json_add_string(object->text, word);
}

/* Less than 0: there is none, for the reason. */
static void add_number(struct object *object, const char *key, int64_t number, const char *reason)
{
    if (number < 0) {
        add_null(object, key, reason);
        return;
    }
    add_key(object, key);
    strbuf_format(object->text, "%lld", (long long)number);
}

/* 0 is no number of a namespace: errno says why there is none. */
static void add_id(struct object *object, const char *key, uint64_t id)
{
    add_number(object, key, id != 0 ? (int64_t)id : -1,
               errno == ENOTTY ? "this kernel has none" : strerror(errno));
}

static const char *reason_of(int error)
{
    if (error == 0)
        return NULL;
    return error == ENOENT || error == ESRCH ? "the process has ended" : strerror(error);
}

/* ---- the parts ------------------------------------------------------------------------------ */

static void add_relations(struct object *object, int fd)
{
    const struct ns_node *node = object->node;
    bool is_user = node->type == NAMESPACE_USER;
    bool is_first = node->id == PROC_USER_INIT_INO || node->id == PROC_PID_INIT_INO;
    int64_t uid = nsfs_owner_uid(fd);

    add_number(object, "owner_uid", uid, is_user ? strerror(errno) : NULL);
    if (is_first && is_user)
        add_null(object, "owner", NULL);
    else
        add_id(object, "owner", nsfs_owner(fd));
    if (!is_first && (is_user || node->type == NAMESPACE_PID))
        add_id(object, "parent", nsfs_parent(fd));
    else
        add_null(object, "parent", NULL);
    add_id(object, "ns_id", nsfs_ns_id(fd));
}

static void add_namespace(struct object *object)
{
    static const char *const keys[] = {"owner_uid", "owner", "parent", "ns_id"};
    int fd = ns_node_open(object->node);

    if (fd >= 0) {
        add_relations(object, fd);
        close(fd);
        return;
    }
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        add_null(object, keys[i], reason_of(-fd));
}

/* The first one, or nobody. */
static void add_process(struct object *object, const struct ns_process *process)
{
    const struct process_info *info = process_info_of(object->listing->infos, process);
    const char *status_reason = reason_of(info->status_error);

    add_number(object, "pid", process != NULL ? process->pid : -1, NULL);
    if (info->pid_count > 0) {
        add_key(object, "nspid");
        for (int i = 0; i < info->pid_count; i++)
            strbuf_format(object->text, "%c%d", i > 0 ? ',' : '[', info->pids[i]);
        strbuf_add(object->text, "]");
    } else {
        add_null(object, "nspid", status_reason);
    }
    add_number(object, "uid", info->uid, status_reason);
    if (info->command == NULL) {
        add_null(object, "command", reason_of(info->command_error));
        return;
    }
    add_key(object, "command");
    json_add_string(object->text, info->command);
}

/* All who live in it, by their PIDs, or the services among them by their names. */
static void add_members(struct object *object, const char *key, bool as_services)
{
    const struct ns_listing *listing = object->listing;
    const struct ns_process *row;
    const char *comma = "";

    add_key(object, key);
    strbuf_add(object->text, "[");
    for (unsigned int place = object->node->first; place > 0;
         place = row->next[object->node->type]) {
        const struct service_row *service;

        row = ns_scan_process(listing->scan, place);
        service = ns_service_of(listing, row);
        if (as_services && service == NULL)
            continue;
        strbuf_add(object->text, comma);
        if (as_services)
            json_add_string(object->text, service->name);
        else
            strbuf_format(object->text, "%d", row->pid);
        comma = ",";
    }
    strbuf_add(object->text, "]");
}

/* ---- the whole ------------------------------------------------------------------------------ */

static int add_object(struct strbuf *text, const void *what)
{
    static char reasons[1024];
    struct object object = *(const struct object *)what;
    const struct ns_node *node = object.node;
    const struct ns_listing *listing = object.listing;

    object.text = text;
    object.reasons = strbuf_in(reasons, sizeof reasons);
    strbuf_format(text, "{\"id\":%llu,\"type\":\"%s\",\"processes\":%u",
                  (unsigned long long)node->id, ns_types[node->type].name, node->count);
    add_process(&object, ns_scan_process(listing->scan, node->first));
    add_members(&object, "pids", false);
    add_namespace(&object);
    add_word(&object, "path", node->levels_up == 0 ? node->path : NULL);
    add_word(&object, "netns", node->levels_up == 0 ? held_namespaces_netns(node) : NULL);
    if (listing->no_services != NULL)
        add_null(&object, "services", listing->no_services);
    else
        add_members(&object, "services", true);
    strbuf_format(text, ",\"unreadable\":{%s}}\n", reasons);
    return 0;
}

int ns_print_objects(const struct ns_listing *listing)
{
    struct object object = {.listing = listing};
    int result = 0;

    for (size_t i = 0; i < listing->scan->count && result == 0; i++) {
        object.node = &listing->scan->nodes[i];
        if (object.node->is_wanted)
            result = screen_print(add_object, &object);
    }
    return result;
}
