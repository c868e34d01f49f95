/*
 * ns_scan.c - all namespaces that /proc shows, and the processes in each
 */
#include "inspect/ns_scan.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "linux/fd.h"
#include "linux/nsfs.h"
#include "linux/proc.h"
#include "util/parse.h"
#include "util/strbuf.h"

/* ---- /proc/PID/ns ---------------------------------------------------------------------------- */

/* The name of a file below /proc/PID: ns/net. */
struct ns_file {
    char name[32];
};

static const char *ns_file_name(struct ns_file *file, enum ns_type type)
{
    strbuf_set(file->name, sizeof file->name, "ns/%s", ns_types[type].name);
    return file->name;
}

/* Parse a link of this type. 0 for any other text. */
static uint64_t parse_id(const char *link, enum ns_type type)
{
    const char *name = ns_types[type].name;
    const char *at = link + strlen(name);
    uint64_t id;

    if (strncmp(link, name, strlen(name)) != 0 || at[0] != ':' || at[1] != '[')
        return 0;
    at += 2;
    return parse_digits(&at, UINT64_MAX, &id) == 0 && strcmp(at, "]") == 0 ? id : 0;
}

bool ns_parse_link(const char *link, enum ns_type *type, uint64_t *id)
{
    for (unsigned int i = 0; i < NAMESPACE_COUNT; i++) {
        *type = (enum ns_type)i;
        *id = parse_id(link, *type);
        if (*id != 0)
            return true;
    }
    return false;
}

uint64_t ns_id_by_proc(pid_t pid, enum ns_type type)
{
    char link[64];
    struct ns_file file;

    errno = -proc_read_link(pid, ns_file_name(&file, type), link, sizeof link);
    return parse_id(link, type);
}

int ns_open_by_proc(pid_t pid, enum ns_type type)
{
    struct ns_file file;

    return proc_open(pid, ns_file_name(&file, type));
}

/* As ns_id_by_proc, in an open directory /proc/PID/ns: the scan reads thousands of links. */
static uint64_t id_in_directory(int directory, enum ns_type type)
{
    char link[64];
    ssize_t length = readlinkat(directory, ns_types[type].name, link, sizeof link - 1);

    link[length > 0 ? length : 0] = '\0';
    return parse_id(link, type);
}

/*
 * Read the ids of these types, and 0 for the others. A zombie has namespaces, but no mount
 * namespace; here it counts as ended. 0 or a negative errno.
 */
static int read_ids(pid_t pid, ns_set types, uint64_t ids[NAMESPACE_COUNT])
{
    struct proc_path path;
    int directory = fd_open_path(proc_path_of(&path, pid, "ns"));

    memset(ids, 0, NAMESPACE_COUNT * sizeof ids[0]);
    if (directory < 0)
        return -errno;
    errno = 0;
    ids[NAMESPACE_MNT] = id_in_directory(directory, NAMESPACE_MNT);
    for (unsigned int type = 0; type < NAMESPACE_COUNT && ids[NAMESPACE_MNT] != 0; type++)
        if (type != NAMESPACE_MNT && ns_set_has(types, (enum ns_type)type))
            ids[type] = id_in_directory(directory, (enum ns_type)type);
    close(directory);
    if (ids[NAMESPACE_MNT] == 0)
        return errno != 0 ? -errno : -ENOENT;
    if (!ns_set_has(types, NAMESPACE_MNT))
        ids[NAMESPACE_MNT] = 0;
    return 0;
}

/* ---- the scan -------------------------------------------------------------------------------- */

/* A scan in progress: namespaces are in a hash table by type and id, where a count of 0 is free. */
struct scanner {
    struct ns_scan *scan;
    ns_set types;
    const pid_t *wanted;
    size_t wanted_count;
    struct ns_node *slots;
    size_t slot_count; /* a power of two */
    size_t used;
    size_t process_capacity;
};

static size_t find_slot(const struct scanner *scanner, enum ns_type type, uint64_t id)
{
    const struct ns_node *slots = scanner->slots;
    size_t slot = (size_t)(id * 8 + (uint64_t)type) & (scanner->slot_count - 1);

    while (slots[slot].count > 0 && (slots[slot].id != id || slots[slot].type != type))
        slot = (slot + 1) & (scanner->slot_count - 1);
    return slot;
}

static int grow_slots(struct scanner *scanner)
{
    struct scanner larger = *scanner;

    larger.slot_count = scanner->slot_count == 0 ? 64 : 2 * scanner->slot_count;
    larger.slots = calloc(larger.slot_count, sizeof *larger.slots);
    if (larger.slots == NULL)
        return -ENOMEM;
    for (size_t i = 0; i < scanner->slot_count; i++)
        if (scanner->slots[i].count > 0)
            larger.slots[find_slot(&larger, scanner->slots[i].type, scanner->slots[i].id)] =
                scanner->slots[i];
    free(scanner->slots);
    *scanner = larger;
    return 0;
}

/* Numbers begin with 1, so that 0 can end a list. */
struct ns_process *ns_scan_process(const struct ns_scan *scan, unsigned int number)
{
    return number > 0 ? &scan->processes[number - 1] : NULL;
}

/* Append the last process to the list of its namespace of this type. */
static int add_to_namespace(struct scanner *scanner, enum ns_type type, uint64_t id, bool wanted)
{
    struct ns_scan *scan = scanner->scan;
    unsigned int number = (unsigned int)scan->process_count;
    struct ns_node *node;

    if (scanner->used * 2 >= scanner->slot_count && grow_slots(scanner) < 0)
        return -ENOMEM;
    node = &scanner->slots[find_slot(scanner, type, id)];
    if (node->count == 0) {
        *node = (struct ns_node){
            .type = type, .id = id, .first = number, .pid = ns_scan_process(scan, number)->pid};
        scanner->used++;
    } else {
        ns_scan_process(scan, node->last)->next[type] = number;
    }
    node->last = number;
    node->count++;
    node->is_wanted = node->is_wanted || wanted;
    return 0;
}

static bool is_wanted(const struct scanner *scanner, pid_t pid)
{
    for (size_t i = 0; i < scanner->wanted_count; i++)
        if (scanner->wanted[i] == pid)
            return true;
    return scanner->wanted_count == 0;
}

static int append_process(struct scanner *scanner, pid_t pid)
{
    struct ns_scan *scan = scanner->scan;

    if (scan->process_count == scanner->process_capacity) {
        size_t capacity = 2 * scanner->process_capacity + 64;
        struct ns_process *larger = realloc(scan->processes, capacity * sizeof *larger);

        if (larger == NULL)
            return -ENOMEM;
        scan->processes = larger;
        scanner->process_capacity = capacity;
    }
    scan->processes[scan->process_count++] = (struct ns_process){.pid = pid};
    return 0;
}

/* A process that ends meanwhile is left out. 0 or -ENOMEM. */
static int add_process(struct scanner *scanner, pid_t pid)
{
    bool wanted = is_wanted(scanner, pid);
    uint64_t ids[NAMESPACE_COUNT];
    int result = read_ids(pid, scanner->types, ids);

    if (result < 0) {
        scanner->scan->unreadable += result == -EACCES || result == -EPERM;
        return 0;
    }
    if (append_process(scanner, pid) < 0)
        return -ENOMEM;
    for (unsigned int type = 0; type < NAMESPACE_COUNT; type++)
        if (ids[type] != 0 && add_to_namespace(scanner, (enum ns_type)type, ids[type], wanted) < 0)
            return -ENOMEM;
    return 0;
}

static int compare_nodes(const void *one, const void *other)
{
    const struct ns_node *a = one;
    const struct ns_node *b = other;

    if (a->type != b->type)
        return a->type < b->type ? -1 : 1;
    return (a->id > b->id) - (a->id < b->id);
}

void ns_scan_sort(struct ns_scan *scan)
{
    if (scan->nodes != NULL)
        qsort(scan->nodes, scan->count, sizeof scan->nodes[0], compare_nodes);
}

/* Turn the hash table into the sorted array, without the free slots. */
static void finish(struct scanner *scanner)
{
    struct ns_scan *scan = scanner->scan;

    if (scanner->slots == NULL)
        return;
    for (size_t i = 0; i < scanner->slot_count; i++)
        if (scanner->slots[i].count > 0)
            scanner->slots[scan->count++] = scanner->slots[i];
    scan->nodes = scanner->slots;
    ns_scan_sort(scan);
}

int ns_scan_read(struct ns_scan *scan, ns_set types, const pid_t *wanted, size_t count)
{
    struct scanner scanner = {
        .scan = scan, .types = types, .wanted = wanted, .wanted_count = count};
    DIR *proc = opendir("/proc");
    int result = 0;
    pid_t pid;

    *scan = (struct ns_scan){0};
    if (proc == NULL)
        return -errno;
    /* Sort by PID, so that the first process of a namespace has the lowest PID. */
    while (result == 0 && (pid = proc_next_pid(proc)) != 0)
        result = add_process(&scanner, pid);
    closedir(proc);
    finish(&scanner);
    if (result == 0 && scan->count == 0 && scan->unreadable == 0)
        result = -ENOENT;
    if (result < 0)
        ns_scan_free(scan);
    return result;
}

void ns_scan_free(struct ns_scan *scan)
{
    for (size_t i = 0; i < scan->count; i++)
        if (!scan->nodes[i].path_is_borrowed)
            free(scan->nodes[i].path);
    free(scan->nodes);
    free(scan->processes);
    *scan = (struct ns_scan){0};
}

struct ns_node *ns_scan_find(const struct ns_scan *scan, enum ns_type type, uint64_t id)
{
    for (size_t i = 0; i < scan->count; i++)
        if (scan->nodes[i].id == id && scan->nodes[i].type == type)
            return &scan->nodes[i];
    return NULL;
}

/* ---- opening --------------------------------------------------------------------------------- */

/*
 * Another file may be at the path by now, and opening it could block (a FIFO) or have an effect (a
 * device), so look at it first.
 */
static int open_nsfs(const char *path)
{
    int file = fd_open_path(path);
    struct proc_path link;
    struct statfs status;
    int result = -ENOENT;

    if (file < 0)
        return -errno;
    if (fstatfs(file, &status) == 0 && status.f_type == NSFS_MAGIC) {
        result = open(proc_path_of_fd(&link, file), O_RDONLY | O_CLOEXEC);
        if (result < 0)
            result = -errno;
    }
    close(file);
    return result;
}

int ns_node_open(const struct ns_node *node)
{
    int fd = node->pid != 0 ? ns_open_by_proc(node->pid, node->type) : open_nsfs(node->path);

    for (unsigned int i = 0; i < node->levels_up && fd >= 0; i++)
        fd = nsfs_move_to_parent(fd);
    return fd;
}

/* ---- namespaces without processes ------------------------------------------------------------ */

static int append_node(struct ns_scan *scan, struct ns_node node)
{
    struct ns_node *larger = realloc(scan->nodes, (scan->count + 1) * sizeof *scan->nodes);

    if (larger == NULL)
        return -ENOMEM;
    scan->nodes = larger;
    larger[scan->count++] = node;
    return 0;
}

int ns_node_set_path(struct ns_node *node, const char *path)
{
    char *copy = strdup(path);

    if (copy == NULL)
        return -ENOMEM;
    free(node->path);
    node->path = copy;
    return 0;
}

int ns_scan_add_kept(struct ns_scan *scan, enum ns_type type, uint64_t id, const char *path)
{
    struct ns_node node = {.type = type, .id = id, .is_wanted = true};
    int result = ns_node_set_path(&node, path);

    if (result == 0)
        result = append_node(scan, node);
    if (result < 0)
        free(node.path);
    return result;
}

/* Append the parent to the nodes, where the caller's loop reaches it in turn. */
static int add_parent(struct ns_scan *scan, size_t index)
{
    struct ns_node *child = &scan->nodes[index];
    int fd = ns_node_open(child);

    if (fd < 0)
        return 0;
    child->parent = nsfs_parent(fd);
    close(fd);
    if (child->parent == 0 || ns_scan_find(scan, child->type, child->parent) != NULL)
        return 0;
    return append_node(scan, (struct ns_node){.type = child->type,
                                              .id = child->parent,
                                              .pid = child->pid,
                                              .path = child->path,
                                              .path_is_borrowed = true,
                                              .levels_up = child->levels_up + 1});
}

int ns_scan_add_parents(struct ns_scan *scan)
{
    int result = 0;

    for (size_t i = 0; i < scan->count && result == 0; i++)
        if (scan->nodes[i].type == NAMESPACE_PID || scan->nodes[i].type == NAMESPACE_USER)
            result = add_parent(scan, i);
    ns_scan_sort(scan);
    return result;
}
