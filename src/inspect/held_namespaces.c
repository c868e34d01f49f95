/*
 * held_namespaces.c - namespaces that a bind mount or an open file keeps, also without processes
 * The kernel has no list of all namespaces. Both show as TYPE:[ID]: the root of a mount in
 * proc_pid_mountinfo(5), and the link of an open file in proc_pid_fd(5).
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
#include "plan/namespaces.h"
#include "util/file.h"
#include "util/strbuf.h"

static bool is_netns_path(const char *path)
{
    static const char prefix[] = NETNS_DIRECTORY "/";

    return strncmp(path, prefix, sizeof prefix - 1) == 0;
}

/* The first path found is kept, unless a later one is a name of ip-netns(8). */
static int add(struct ns_scan *scan, enum ns_type type, uint64_t id, const char *path)
{
    struct ns_node *known = ns_scan_find(scan, type, id);

    if (known == NULL)
        return ns_scan_add_kept(scan, type, id, path);
    if (known->path != NULL && (is_netns_path(known->path) || !is_netns_path(path)))
        return 0;
    return ns_node_set_path(known, path);
}

/* ---- mounts ---------------------------------------------------------------------------------- */

/* A line is: ID PARENT DEVICE ROOT PATH ... */
static int add_mount(struct ns_scan *scan, ns_set types, char *line)
{
    enum { ROOT = 3, PATH, FIELDS };
    char *fields[FIELDS];
    enum ns_type type;
    uint64_t id;

    for (size_t i = 0; i < FIELDS; i++)
        fields[i] = line != NULL ? strsep(&line, " ") : NULL;
    if (fields[PATH] == NULL || !ns_parse_link(fields[ROOT], &type, &id) ||
        !ns_set_has(types, type))
        return 0;
    mountinfo_unescape(fields[PATH]);
    return add(scan, type, id, fields[PATH]);
}

static int add_mounts(struct ns_scan *scan, ns_set types)
{
    char *mounts;
    char *rest;
    char *line;
    int result = file_read("/proc/self/mountinfo", &mounts, NULL);

    if (result < 0)
        return result == -ENOMEM ? result : 0;
    rest = mounts;
    while (result == 0 && (line = strsep(&rest, "\n")) != NULL)
        result = add_mount(scan, types, line);
    free(mounts);
    return result;
}

/* ---- open files ------------------------------------------------------------------------------ */

static int add_file(struct ns_scan *scan, ns_set types, int directory, pid_t pid, const char *name)
{
    char link[64];
    char path[64];
    enum ns_type type;
    uint64_t id;
    ssize_t length = readlinkat(directory, name, link, sizeof link - 1);

    /* Skip the many links that are paths. */
    if (length <= 0 || link[0] == '/')
        return 0;
    link[length] = '\0';
    if (!ns_parse_link(link, &type, &id) || !ns_set_has(types, type))
        return 0;
    strbuf_set(path, sizeof path, "/proc/%d/fd/%s", pid, name);
    return add(scan, type, id, path);
}

/* Add nothing for a process that has ended, or whose files this user may not read. */
static int add_files(struct ns_scan *scan, ns_set types, pid_t pid)
{
    const struct dirent *entry;
    struct proc_path path;
    DIR *files = opendir(proc_path_of(&path, pid, "fd"));
    int result = 0;

    if (files == NULL)
        return 0;
    while (result == 0 && (entry = readdir(files)) != NULL)
        if (entry->d_name[0] != '.')
            result = add_file(scan, types, dirfd(files), pid, entry->d_name);
    closedir(files);
    return result;
}

/* ---- both ------------------------------------------------------------------------------------ */

int held_namespaces_add(struct ns_scan *scan, ns_set types)
{
    int result = add_mounts(scan, types);

    for (size_t i = 0; i < scan->process_count && result == 0; i++)
        if (scan->processes[i].pid != getpid())
            result = add_files(scan, types, scan->processes[i].pid);
    ns_scan_sort(scan);
    return result;
}

const char *held_namespaces_netns(const struct ns_node *node)
{
    return node->path != NULL && is_netns_path(node->path) ? node->path + sizeof NETNS_DIRECTORY
                                                           : NULL;
}

void held_namespaces_set_path(char *path, const char *word)
{
    const char *name = netns_name_of(word);

    strbuf_set(path, PATH_MAX, "%s%s", name != NULL ? NETNS_DIRECTORY "/" : "",
               name != NULL ? name : word);
}
