/*
 * cmd_ns_json.c - nsctl ns --json: an object for each namespace
 * A member that can't be read is null, and has its reason in "unreadable".
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "inspect/held_namespaces.h"
#include "linux/nsfs.h"
#include "linux/nstypes.h"
#include "nsctl/cmd_ns_private.h"
#include "nsctl/screen_private.h"
#include "util/json.h"

/* An object while its text grows, and beside that the text of "unreadable". */
struct object {
    const struct ns_listing *listing;
    const struct ns_node *node;
    struct strbuf *text;
    struct strbuf reasons;
};

/* ---- members --------------------------------------------------------------------------------- */

static void add_key(struct object *object, const char *key)
{
    strbuf_format(object->text, ",\"%s\":", key);
}

/* Without a reason, null is the value and nothing is unreadable. */
static void add_null(struct object *object, const char *key, const char *reason)
{
    add_key(object, key);
    strbuf_add(object->text, "null");
    if (reason == NULL)
        return;
    strbuf_format(&object->reasons, "%s\"%s\":", object->reasons.length > 0 ? "," : "", key);
    json_add_string(&object->reasons, reason);
}

/* A string, or NULL for null. */
static void add_string(struct object *object, const char *key, const char *string)
{
    if (string == NULL) {
        add_null(object, key, NULL);
        return;
    }
    add_key(object, key);
    json_add_string(object->text, string);
}

/* A number, or a negative one for null with this reason. */
static void add_number(struct object *object, const char *key, int64_t number, const char *reason)
{
    if (number < 0) {
        add_null(object, key, reason);
        return;
    }
    add_key(object, key);
    strbuf_format(object->text, "%lld", (long long)number);
}

/* An id of a namespace, or 0 for null with errno as the reason. */
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

/* ---- parts of the object --------------------------------------------------------------------- */

static void add_relations(struct object *object, int fd)
{
    const struct ns_node *node = object->node;
    bool is_user = node->type == NAMESPACE_USER;
    bool is_initial = node->id == PROC_USER_INIT_INO || node->id == PROC_PID_INIT_INO;
    int64_t uid = nsfs_owner_uid(fd);

    add_number(object, "owner_uid", uid, is_user ? strerror(errno) : NULL);
    if (is_initial && is_user)
        add_null(object, "owner", NULL);
    else
        add_id(object, "owner", nsfs_owner(fd));
    if (!is_initial && (is_user || node->type == NAMESPACE_PID))
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

static void add_command(struct object *object, const struct process_info *info)
{
    if (info->command == NULL)
        add_null(object, "command", reason_of(info->command_error));
    else
        add_string(object, "command", info->command);
}

/* The namespace's first process; NULL: it has none. */
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
    add_command(object, info);
}

/* The PIDs of all processes in the namespace. */
static void add_all_pids(struct object *object)
{
    const struct ns_node *node = object->node;
    const struct ns_process *process = ns_scan_process(object->listing->scan, node->first);
    const char *comma = "";

    add_key(object, "pids");
    strbuf_add(object->text, "[");
    while (process != NULL) {
        strbuf_format(object->text, "%s%d", comma, process->pid);
        comma = ",";
        process = ns_scan_process(object->listing->scan, process->next[node->type]);
    }
    strbuf_add(object->text, "]");
}

/* The names of the services in the namespace. */
static void add_services(struct object *object)
{
    const struct ns_listing *listing = object->listing;
    const struct ns_node *node = object->node;
    const struct ns_process *process = ns_scan_process(listing->scan, node->first);
    const char *comma = "";

    if (listing->no_services != NULL) {
        add_null(object, "services", listing->no_services);
        return;
    }
    add_key(object, "services");
    strbuf_add(object->text, "[");
    while (process != NULL) {
        const struct service_row *service = ns_service_of(listing, process);

        if (service != NULL) {
            strbuf_add(object->text, comma);
            json_add_string(object->text, service->name);
            comma = ",";
        }
        process = ns_scan_process(listing->scan, process->next[node->type]);
    }
    strbuf_add(object->text, "]");
}

/* ---- the object ------------------------------------------------------------------------------ */

/* A namespace and the listing it belongs to. */
struct object_source {
    const struct ns_listing *listing;
    const struct ns_node *node;
};

static int add_object(struct strbuf *text, const void *context)
{
    const struct object_source *source = context;
    const struct ns_node *node = source->node;
    char reasons[1024];
    struct object object = {.listing = source->listing,
                            .node = node,
                            .text = text,
                            .reasons = strbuf_in(reasons, sizeof reasons)};

    strbuf_format(text, "{\"id\":%llu,\"type\":\"%s\",\"processes\":%u",
                  (unsigned long long)node->id, ns_types[node->type].name, node->count);
    add_process(&object, ns_scan_process(source->listing->scan, node->first));
    add_all_pids(&object);
    add_namespace(&object);
    add_string(&object, "path", node->levels_up == 0 ? node->path : NULL);
    add_string(&object, "netns", node->levels_up == 0 ? held_namespaces_netns(node) : NULL);
    add_services(&object);
    strbuf_format(text, ",\"unreadable\":{%s}}\n", reasons);
    return 0;
}

int ns_print_objects(const struct ns_listing *listing)
{
    const struct ns_scan *scan = listing->scan;
    int result = 0;

    for (size_t i = 0; i < scan->count && result == 0; i++) {
        const struct object_source source = {listing, &scan->nodes[i]};

        if (source.node->is_wanted)
            result = screen_print(add_object, &source);
    }
    return result;
}
