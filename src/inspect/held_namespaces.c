/*
 * held_namespaces.c - namespaces in which nobody lives: kept by a bind mount or by an open file
 * Both show as TYPE:[ID]: the root of a mount in proc_pid_mountinfo(5), and the link of a file in
 * proc_pid_fd(5). As no list of all namespaces is to be had, every open file is looked at.
 */
#include "inspect/held_namespaces.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "linux/mountinfo.h"
#include "linux/proc.h"
#include "util/file.h"
#include "util/parse.h"
#include "util/strbuf.h"

struct search {
    struct ns_scan *scan;
    ns_set types;
};

/* "net:[4026532450]": its type and id. False for anything else. */
static bool read_name(char *name, enum ns_type *type, uint64_t *id)
{
    char *number = strstr(name, ":[");
    char *end = number != NULL ? strchr(number, ']') : NULL;

    if (end == NULL || end[1] != '\0')
        return false;
    *number = *end = '\0';
    for (unsigned int kind = 0; kind < NAMESPACE_COUNT; kind++)
        if (strcmp(name, ns_types[kind].name) == 0) {
            *type = (enum ns_type)kind;
            return parse_large_number(number + 2, UINT64_MAX, id) == 0;
        }
    return false;
}

static bool is_netns_path(const char *path)
{
    return strncmp(path, NETNS_DIRECTORY "/", sizeof NETNS_DIRECTORY) == 0;
}

/* Where it is held is told once: a name of ip-netns(8) before another path. */
static int add(struct search *search, enum ns_type type, uint64_t id, const char *path)
{
    struct ns_node *known;

    if (!ns_set_has(search->types, type))
        return 0;
    known = ns_scan_find(search->scan, type, id);
    if (known == NULL)
        return ns_scan_add_kept(search->scan, type, id, path);
    if (known->path != NULL && !(is_netns_path(path) && !is_netns_path(known->path)))
        return 0;
    return ns_node_set_path(known, path);
}

/* ---- mounts -------------------------------------------------------------------------------- */

/* The next field; moves past it and the blank. */
static char *next_field(char **line)
{
    char *field = *line;

    *line += strcspn(field, " ");
    if (**line != '\0')
        *(*line)++ = '\0';
    return field;
}

/* ID PARENT DEVICE ROOT PATH ... */
static int look_at_mount(struct search *search, char *line)
{
    enum ns_type type;
    uint64_t id;
    char *root;
    char *path;

    for (int i = 0; i < 3; i++)
        (void)next_field(&line);
    root = next_field(&line);
    path = next_field(&line);
    if (!read_name(root, &type, &id))
        return 0;
    mountinfo_unescape(path);
    return add(search, type, id, path);
}

static int look_at_mounts(struct search *search)
{
    char *mounts;
    char *rest;
    int result = file_read("/proc/self/mountinfo", &mounts, NULL);

    if (result < 0)
        return result == -ENOMEM ? result : 0;
    rest = mounts;
    for (char *line = strsep(&rest, "\n"); line != NULL && result == 0; line = strsep(&rest, "\n"))
        result = look_at_mount(search, line);
    free(mounts);
    return result;
}

/* ---- open files ---------------------------------------------------------------------------- */

static int look_at_file(struct search *search, int directory, pid_t pid, const char *name)
{
    char link[64];
    char path[64];
    enum ns_type type;
    uint64_t id;
    ssize_t length = readlinkat(directory, name, link, sizeof link - 1);

    if (length <= 0 || link[0] == '/')
        return 0;
    link[length] = '\0';
    if (!read_name(link, &type, &id))
        return 0;
    strbuf_set(path, sizeof path, "/proc/%d/fd/%s", pid, name);
    return add(search, type, id, path);
}

/* One that has ended, or whose files we may not see, has none. */
static int look_at_process(struct search *search, pid_t pid)
{
    const struct dirent *entry;
    struct proc_path path;
    DIR *files = opendir(proc_path_of(&path, pid, "fd"));
    int result = 0;

    if (files == NULL)
        return 0;
    while (result == 0 && (entry = readdir(files)) != NULL)
        if (entry->d_name[0] != '.')
            result = look_at_file(search, dirfd(files), pid, entry->d_name);
    closedir(files);
    return result;
}

int held_namespaces_add(struct ns_scan *scan, ns_set types)
{
    struct search search = {.scan = scan, .types = types};
    int result = look_at_mounts(&search);

    for (size_t i = 0; i < scan->process_count && result == 0; i++)
        if (scan->processes[i].pid != getpid())
            result = look_at_process(&search, scan->processes[i].pid);
    ns_scan_sort(scan);
    return result;
}

const char *held_namespaces_netns(const struct ns_node *node)
{
    return node->path != NULL && is_netns_path(node->path) ? node->path + sizeof NETNS_DIRECTORY
                                                           : NULL;
}
