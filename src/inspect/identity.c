/*
 * identity.c - the identity of a process: its namespaces, and its ids and names in them
 */
#include "inspect/identity.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "inspect/uts_names_private.h"
#include "linux/nsfd.h"
#include "linux/nsfs.h"
#include "linux/proc.h"
#include "util/parse.h"
#include "util/strbuf.h"

/* No errno: /proc is missing, or was mounted for another PID namespace. */
enum { ERROR_NO_PROC = -1 };

const char *identity_reason(int error)
{
    return error == ERROR_NO_PROC ? "there is no /proc of this PID namespace" : strerror(error);
}

/* ---- /proc/PID/status ------------------------------------------------------------------------ */

/* Returns the number of PIDs, or a negative errno; then the other IDs are -1. */
static int read_ids(pid_t pid, pid_t pids[PID_LEVELS], int64_t *uid, int64_t *gid)
{
    char status[PROC_STATUS_SIZE];
    int result = proc_read(pid, "status", status, sizeof status);

    if (result < 0)
        status[0] = '\0';
    *uid = proc_status_effective_id(status, "Uid");
    *gid = proc_status_effective_id(status, "Gid");
    return result < 0 ? result : (int)proc_status_nspid(status, pids, PID_LEVELS);
}

int identity_read_ids(pid_t pid, pid_t pids[PID_LEVELS], int64_t *uid)
{
    int64_t gid;

    return read_ids(pid, pids, uid, &gid);
}

int identity_read_pids(pid_t pid, pid_t pids[PID_LEVELS])
{
    int64_t uid;

    return proc_is_ours() ? identity_read_ids(pid, pids, &uid) : -ENOENT;
}

static void read_status(struct identity *identity)
{
    int count = read_ids(identity->pid, identity->pids, &identity->outer_uid, &identity->outer_gid);

    if (count >= 0)
        identity->pid_count = (size_t)count;
    else
        identity->errors[FACT_PIDS] = identity->errors[FACT_USER] = -count;
}

/* ---- other files of /proc/PID ---------------------------------------------------------------- */

/* Returns 0 or an errno. */
static int read_map(pid_t pid, const char *name, struct full_id_map *map)
{
    char text[MAP_RANGES * 36];
    const char *at = text;
    int error = -proc_read(pid, name, text, sizeof text);
    unsigned long inside;
    unsigned long outside;
    unsigned long count;

    while (error == 0 && map->count < MAP_RANGES && proc_next_number(&at, &inside) &&
           proc_next_number(&at, &outside) && proc_next_number(&at, &count)) {
        map->ranges[map->count++] =
            (struct id_range){(unsigned int)inside, (unsigned int)outside, (unsigned int)count};
        at += *at == '\n';
    }
    return error;
}

/* Translate an id to the inside of the map; -1: it is not mapped. */
static int64_t map_inwards(const struct full_id_map *map, int64_t id)
{
    for (size_t i = 0; i < map->count; i++) {
        const struct id_range *range = &map->ranges[i];

        if (id >= range->outside && id - range->outside < range->count)
            return range->inside + (id - range->outside);
    }
    return -1;
}

/* The map of this process's own user namespace shows the parent's ids, so it translates none. */
static void read_user(struct identity *identity)
{
    uint64_t id = identity->namespaces[NAMESPACE_USER].id;
    bool is_own = id != 0 && id == identity_namespace(getpid(), NAMESPACE_USER);

    identity->errors[FACT_UID_MAP] = read_map(identity->pid, "uid_map", &identity->uid_map);
    identity->errors[FACT_GID_MAP] = read_map(identity->pid, "gid_map", &identity->gid_map);
    if (is_own || identity->outer_uid < 0) {
        identity->uid = identity->outer_uid;
        identity->gid = identity->outer_gid;
    } else {
        identity->uid = map_inwards(&identity->uid_map, identity->outer_uid);
        identity->gid = map_inwards(&identity->gid_map, identity->outer_gid);
    }
}

/* Take the line of cgroup v2, "0::/path", or else the first line: cgroups(7). */
static void read_cgroup(struct identity *identity)
{
    char text[4096];
    int error = -proc_read(identity->pid, "cgroup", text, sizeof text);
    const char *line = error == 0 ? proc_status_field(text, "0:") : NULL;

    if (error == 0 && line == NULL)
        line = text;
    if (line != NULL)
        line = strchr(line, '/');
    if (error == 0 && line == NULL)
        error = ENODATA;
    if (error == 0 && parse_word(line, "\n", identity->cgroup, sizeof identity->cgroup) >=
                          sizeof identity->cgroup)
        error = ENAMETOOLONG;
    identity->errors[FACT_CGROUP] = error;
}

/* ---- namespaces ------------------------------------------------------------------------------ */

uint64_t identity_namespace(pid_t pid, enum ns_type type)
{
    int fd = nsfd_open_own(pid, type);
    uint64_t id;

    if (fd < 0) {
        errno = -fd;
        return 0;
    }
    id = nsfs_id(fd);
    close(fd);
    return id;
}

void identity_namespaces(pid_t pid, uint64_t ids[NAMESPACE_COUNT])
{
    for (unsigned int type = 0; type < NAMESPACE_COUNT; type++)
        ids[type] = identity_namespace(pid, (enum ns_type)type);
}

int identity_pid_namespaces(pid_t pid, uint64_t ids[PID_LEVELS])
{
    int fd = nsfd_open_own(pid, NAMESPACE_PID);
    int first = PID_LEVELS;
    int count;

    /* From the innermost outwards, so the array is filled from its end. */
    while (fd >= 0 && first > 0) {
        ids[--first] = nsfs_id(fd);
        fd = nsfs_move_to_parent(fd);
    }
    count = PID_LEVELS - first;
    memmove(ids, ids + first, (size_t)count * sizeof ids[0]);
    if (fd >= 0) {
        close(fd);
        return 0;
    }
    /* EPERM: the parent is outside of this process's PID namespace. */
    return fd == -EPERM ? count : fd;
}

static void read_relations(struct namespace_identity *namespace, int fd, enum ns_type type)
{
    namespace->owner = nsfs_owner(fd);
    namespace->owner_error = namespace->owner == 0 ? errno : 0;
    namespace->owner_uid = type == NAMESPACE_USER ? nsfs_owner_uid(fd) : -1;
    if (type != NAMESPACE_USER && type != NAMESPACE_PID)
        return;
    namespace->parent = nsfs_parent(fd);
    namespace->parent_error = namespace->parent == 0 ? errno : 0;
}

static void read_namespace(struct identity *identity, enum ns_type type, enum identity_depth depth)
{
    struct namespace_identity *namespace = &identity->namespaces[type];
    int fd = nsfd_open_own(identity->pid, type);

    namespace->owner_uid = -1;
    if (fd < 0) {
        namespace->error = -fd;
        return;
    }
    namespace->id = nsfs_id(fd);
    namespace->error = namespace->id == 0 ? errno : 0;
    namespace->ns_id = nsfs_ns_id(fd);
    if (depth == IDENTITY_WHOLE)
        read_relations(namespace, fd, type);
    close(fd);
}

/* The name is the file name of a bind mount: ip-netns(8). */
static void read_netns(struct identity *identity)
{
    uint64_t id = identity->namespaces[NAMESPACE_NET].id;
    struct strbuf text = strbuf_in(identity->netns, sizeof identity->netns);
    DIR *directory = opendir(NETNS_DIRECTORY);
    const struct dirent *entry;

    identity->errors[FACT_NETNS] = directory == NULL && errno != ENOENT ? errno : 0;
    if (directory == NULL)
        return;
    while (text.length == 0 && (entry = readdir(directory)) != NULL)
        if (entry->d_name[0] != '.' && strlen(entry->d_name) < sizeof identity->netns && id != 0 &&
            nsfs_id_at(dirfd(directory), entry->d_name) == id)
            strbuf_add(&text, entry->d_name);
    closedir(directory);
}

static void read_hostname(struct identity *identity)
{
    const struct namespace_identity *uts = &identity->namespaces[NAMESPACE_UTS];
    struct utsname names = {0};
    int error;

    static_assert(sizeof names.nodename == sizeof identity->hostname &&
                      sizeof names.domainname == sizeof identity->domainname,
                  "an identity has room for the kernel's names");
    if (uts->id == 0)
        error = uts->error;
    else if (uts->id == identity_namespace(getpid(), NAMESPACE_UTS))
        error = uname(&names) < 0 ? errno : 0;
    else
        error = uts_names_read(identity->pid, &names);
    identity->errors[FACT_HOSTNAME] = error;
    memcpy(identity->hostname, names.nodename, sizeof identity->hostname);
    memcpy(identity->domainname, names.domainname, sizeof identity->domainname);
}

/* ---- the identity ---------------------------------------------------------------------------- */

static void set_all_errors(struct identity *identity, int error)
{
    for (int fact = 0; fact < FACT_COUNT; fact++)
        identity->errors[fact] = error;
    for (int type = 0; type < NAMESPACE_COUNT; type++) {
        identity->namespaces[type].error = error;
        identity->namespaces[type].owner_uid = -1;
    }
}

static void read_proc(struct identity *identity, enum identity_depth depth)
{
    static const enum fact facts[] = {FACT_PIDS,    FACT_USER,   FACT_UID_MAP,
                                      FACT_GID_MAP, FACT_CGROUP, FACT_ROOT};

    if (!proc_is_ours()) {
        for (size_t i = 0; i < sizeof facts / sizeof facts[0]; i++)
            identity->errors[facts[i]] = ERROR_NO_PROC;
        return;
    }
    read_status(identity);
    read_user(identity);
    if (depth == IDENTITY_BRIEF)
        return;
    read_cgroup(identity);
    identity->errors[FACT_ROOT] =
        -proc_read_link(identity->pid, "root", identity->root, sizeof identity->root);
}

int identity_read(struct identity *identity, pid_t pid, enum identity_depth depth)
{
    *identity =
        (struct identity){.pid = pid, .uid = -1, .gid = -1, .outer_uid = -1, .outer_gid = -1};
    if (kill(pid, 0) < 0 && errno == ESRCH) {
        set_all_errors(identity, ESRCH);
        return -ESRCH;
    }
    for (unsigned int type = 0; type < NAMESPACE_COUNT; type++)
        read_namespace(identity, (enum ns_type)type, depth);
    read_hostname(identity);
    read_proc(identity, depth);
    if (depth == IDENTITY_WHOLE)
        read_netns(identity);
    return 0;
}

bool identity_is_incomplete(const struct identity *identity)
{
    for (int fact = 0; fact < FACT_COUNT; fact++)
        if (identity->errors[fact] != 0)
            return true;
    for (int type = 0; type < NAMESPACE_COUNT; type++)
        if (identity->namespaces[type].error != 0)
            return true;
    return false;
}

/* Whether `other` supplies a missing fact that all processes of this namespace share. */
static bool can_fill(const struct identity *identity, const struct identity *other, enum fact fact,
                     enum ns_type type)
{
    return identity->namespaces[type].id == other->namespaces[type].id &&
           identity->errors[fact] != 0 && other->errors[fact] == 0;
}

void identity_fill_from(struct identity *identity, const struct identity *other)
{
    if (can_fill(identity, other, FACT_HOSTNAME, NAMESPACE_UTS)) {
        identity->errors[FACT_HOSTNAME] = 0;
        memcpy(identity->hostname, other->hostname, sizeof identity->hostname);
        memcpy(identity->domainname, other->domainname, sizeof identity->domainname);
    }
    if (can_fill(identity, other, FACT_UID_MAP, NAMESPACE_USER)) {
        identity->errors[FACT_UID_MAP] = 0;
        identity->uid_map = other->uid_map;
    }
    if (can_fill(identity, other, FACT_GID_MAP, NAMESPACE_USER)) {
        identity->errors[FACT_GID_MAP] = 0;
        identity->gid_map = other->gid_map;
    }
}
