/*
 * ns_scan.c - which namespaces there are, and who lives in them, as /proc shows it
 */
#include "inspect/ns_scan.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "linux/nsfs.h"
#include "linux/proc.h"
#include "util/parse.h"
#include "util/strbuf.h"

/* The namespaces are found by a hash of type and id; a free place has a count of 0. */
struct lookup {
    struct ns_scan *scan;
    struct ns_node *places;
    size_t room; /* a power of two */
    size_t count;
    size_t inhabitant_room;
    ns_set types;
    const pid_t *wanted;
    size_t wanted_count;
};

static size_t place_of(const struct lookup *lookup, enum ns_type type, uint64_t id)
{
    size_t place = (size_t)(id * 8 + (uint64_t)type) & (lookup->room - 1);

    while (lookup->places[place].count > 0 &&
           (lookup->places[place].id != id || lookup->places[place].type != type))
        place = (place + 1) & (lookup->room - 1);
    return place;
}

static int grow(struct lookup *lookup)
{
    struct lookup larger = *lookup;

    larger.room = lookup->room == 0 ? 64 : 2 * lookup->room;
    larger.places = calloc(larger.room, sizeof *larger.places);
    if (larger.places == NULL)
        return -ENOMEM;
    for (size_t i = 0; i < lookup->room; i++)
        if (lookup->places[i].count > 0)
            larger.places[place_of(&larger, lookup->places[i].type, lookup->places[i].id)] =
                lookup->places[i];
    free(lookup->places);
    *lookup = larger;
    return 0;
}

/* A place on a list is one more than the index, so that 0 is the end. */
struct ns_process *ns_scan_process(const struct ns_scan *scan, unsigned int place)
{
    return place > 0 ? &scan->processes[place - 1] : NULL;
}

/* The last inhabitant moves into its namespace of the type. */
static int move_in(struct lookup *lookup, enum ns_type type, uint64_t id, bool is_wanted)
{
    struct ns_scan *scan = lookup->scan;
    unsigned int place = (unsigned int)scan->process_count;
    struct ns_node *found;

    if (lookup->count * 2 >= lookup->room && grow(lookup) < 0)
        return -ENOMEM;
    found = &lookup->places[place_of(lookup, type, id)];
    if (found->count == 0) {
        *found = (struct ns_node){
            .type = type, .id = id, .first = place, .pid = ns_scan_process(scan, place)->pid};
        lookup->count++;
    } else {
        ns_scan_process(scan, found->last)->next[type] = place;
    }
    found->last = place;
    found->count++;
    found->is_wanted = found->is_wanted || is_wanted;
    return 0;
}

/* The file in /proc/PID for a namespace, or the path of their directory. */
struct name {
    char text[32];
};

static const char *name_of(enum ns_type type, struct name *buffer)
{
    struct strbuf text = strbuf_in(buffer->text, sizeof buffer->text);

    strbuf_format(&text, "ns/%s", ns_types[type].name);
    return buffer->text;
}

/* The number in "net:[4026531840]". */
static uint64_t id_in(char *link)
{
    char *number = strchr(link, '[');
    uint64_t id;

    if (number == NULL)
        return 0;
    link[strcspn(link, "]")] = '\0';
    return parse_large_number(number + 1, UINT64_MAX, &id) == 0 ? id : 0;
}

uint64_t ns_id_by_proc(pid_t pid, enum ns_type type)
{
    char link[64];
    struct name name;

    errno = -proc_read_link(pid, name_of(type, &name), link, sizeof link);
    return id_in(link);
}

/* The same by an open /proc/PID/ns, which saves the way there. 0 with errno. */
static uint64_t id_at(int directory, enum ns_type type)
{
    char link[64];
    ssize_t length = readlinkat(directory, ns_types[type].name, link, sizeof link - 1);

    link[length > 0 ? length : 0] = '\0';
    return id_in(link);
}

int ns_open_by_proc(pid_t pid, enum ns_type type)
{
    struct name name;

    return proc_open(pid, name_of(type, &name));
}

static bool is_among(pid_t pid, const pid_t *wanted, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (wanted[i] == pid)
            return true;
    return count == 0;
}

static int add_inhabitant(struct lookup *lookup, pid_t pid)
{
    struct ns_scan *scan = lookup->scan;

    if (scan->process_count == lookup->inhabitant_room) {
        size_t room = 2 * lookup->inhabitant_room + 64;
        struct ns_process *larger = realloc(scan->processes, room * sizeof *larger);

        if (larger == NULL)
            return -ENOMEM;
        scan->processes = larger;
        lookup->inhabitant_room = room;
    }
    scan->processes[scan->process_count++] = (struct ns_process){.pid = pid};
    return 0;
}

/*
 * Its ids of the types that are looked at; of others 0. One that has ended and was not waited for
 * yet has some, but no mount namespace any more. 0, or an errno.
 */
static int read_ids(pid_t pid, ns_set types, uint64_t ids[NAMESPACE_COUNT])
{
    struct proc_path path;
    int directory;

    memset(ids, 0, NAMESPACE_COUNT * sizeof ids[0]);
    directory = open(proc_path_of(&path, pid, "ns"), O_PATH | O_CLOEXEC);
    if (directory < 0)
        return errno;
    errno = 0;
    ids[NAMESPACE_MNT] = id_at(directory, NAMESPACE_MNT);
    for (unsigned int type = 0; type < NAMESPACE_COUNT && ids[NAMESPACE_MNT] != 0; type++)
        if (type != NAMESPACE_MNT && ns_set_has(types, (enum ns_type)type))
            ids[type] = id_at(directory, (enum ns_type)type);
    close(directory);
    if (ids[NAMESPACE_MNT] == 0)
        return errno != 0 ? errno : ENOENT;
    if (!ns_set_has(types, NAMESPACE_MNT))
        ids[NAMESPACE_MNT] = 0;
    return 0;
}

/* A process that has ended meanwhile is not there; 1: it may not be looked at. */
static int add_process(struct lookup *lookup, pid_t pid)
{
    bool is_wanted = is_among(pid, lookup->wanted, lookup->wanted_count);
    uint64_t ids[NAMESPACE_COUNT];
    int failure = read_ids(pid, lookup->types, ids);

    if (failure != 0)
        return failure == EACCES || failure == EPERM;
    if (add_inhabitant(lookup, pid) < 0)
        return -ENOMEM;
    for (unsigned int type = 0; type < NAMESPACE_COUNT; type++)
        if (ids[type] != 0 && move_in(lookup, (enum ns_type)type, ids[type], is_wanted) < 0)
            return -ENOMEM;
    return 0;
}

static int by_type_and_id(const void *one, const void *other)
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
        qsort(scan->nodes, scan->count, sizeof scan->nodes[0], by_type_and_id);
}

/* The places without the gaps between them. */
static void finish(struct lookup *lookup)
{
    struct ns_scan *scan = lookup->scan;

    if (lookup->places == NULL)
        return;
    for (size_t i = 0; i < lookup->room; i++)
        if (lookup->places[i].count > 0)
            lookup->places[scan->count++] = lookup->places[i];
    scan->nodes = lookup->places;
    ns_scan_sort(scan);
}

/* The kernel lists processes by their PIDs: the first of a namespace is its lowest. */
static int look_at_all(struct lookup *lookup, DIR *proc)
{
    int result = 0;
    pid_t pid;

    while (result >= 0 && (pid = proc_next_pid(proc)) != 0) {
        result = add_process(lookup, pid);
        lookup->scan->unreadable += result == 1;
    }
    return result < 0 ? result : 0;
}

int ns_scan_read(struct ns_scan *scan, ns_set types, const pid_t *wanted, size_t count)
{
    struct lookup lookup = {.scan = scan, .types = types, .wanted = wanted, .wanted_count = count};
    DIR *proc = opendir("/proc");
    int result;

    *scan = (struct ns_scan){0};
    if (proc == NULL)
        return -errno;
    result = look_at_all(&lookup, proc);
    closedir(proc);
    finish(&lookup);
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

/* ---- parents ------------------------------------------------------------------------------- */

/*
 * Whoever holds it may have put another file there since, of which to open it would wait (a FIFO)
 * or do something (a device). -1 with errno.
 */
static int open_held(const char *path)
{
    int file = open(path, O_PATH | O_CLOEXEC);
    struct proc_path link;
    struct statfs status;
    int fd;

    if (file < 0)
        return -1;
    errno = ENOENT;
    fd = fstatfs(file, &status) == 0 && status.f_type == NSFS_MAGIC
             ? open(proc_path_of_fd(&link, file), O_RDONLY | O_CLOEXEC)
             : -1;
    close(file);
    return fd;
}

int ns_node_open(const struct ns_node *node)
{
    int fd = node->pid != 0 ? ns_open_by_proc(node->pid, node->type) : open_held(node->path);

    if (fd < 0 && node->pid == 0)
        return -errno;

    for (unsigned int i = 0; i < node->levels_up && fd >= 0; i++)
        fd = nsfs_move_to_parent(fd);
    return fd;
}

struct ns_node *ns_scan_find(const struct ns_scan *scan, enum ns_type type, uint64_t id)
{
    for (size_t i = 0; i < scan->count; i++)
        if (scan->nodes[i].id == id && scan->nodes[i].type == type)
            return &scan->nodes[i];
    return NULL;
}

static int add_residence(struct ns_scan *scan, struct ns_node added)
{
    struct ns_node *larger = realloc(scan->nodes, (scan->count + 1) * sizeof *scan->nodes);

    if (larger == NULL)
        return -ENOMEM;
    scan->nodes = larger;
    larger[scan->count++] = added;
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
    struct ns_node added = {.type = type, .id = id, .is_wanted = true};
    int result = ns_node_set_path(&added, path);

    if (result == 0)
        result = add_residence(scan, added);
    if (result < 0)
        free(added.path);
    return result;
}

/* What is added is behind the others, where ns_scan_add_parents comes to it later. */
static int add_parent(struct ns_scan *scan, struct ns_node *child)
{
    int fd = ns_node_open(child);

    if (fd < 0)
        return 0;
    child->parent = nsfs_parent(fd);
    close(fd);
    if (child->parent == 0 || ns_scan_find(scan, child->type, child->parent) != NULL)
        return 0;
    return add_residence(scan, (struct ns_node){.type = child->type,
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
            result = add_parent(scan, &scan->nodes[i]);
    ns_scan_sort(scan);
    return result;
}
