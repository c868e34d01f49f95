/*
 * identity.c - who a process is: the namespaces it lives in, and its numbers and names in them
 */
#include "inspect/identity.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "linux/nsfs.h"
#include "linux/wait.h"
#include "visit/ns_join.h"
#include "util/parse.h"
#include "linux/proc.h"
#include "util/strbuf.h"
#include "visit/door.h"

/* Not an errno: a /proc that speaks of others, or none. */
enum { ERROR_NO_PROC = -1 };

const char *identity_reason(int error)
{
    return error == ERROR_NO_PROC ? "there is no /proc of this PID namespace" : strerror(error);
}

/* ---- numbers in /proc/PID ------------------------------------------------------------------- */

/* How many PIDs, or a negative errno; the ids are -1 then. */
static int read_numbers(pid_t pid, pid_t pids[PID_LEVELS], int64_t *uid, int64_t *gid)
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

    return read_numbers(pid, pids, uid, &gid);
}

int identity_read_pids(pid_t pid, pid_t pids[PID_LEVELS])
{
    int64_t uid;

    return proc_is_ours() ? identity_read_ids(pid, pids, &uid) : -ENOENT;
}

static void read_status(struct identity *identity)
{
    int count =
        read_numbers(identity->pid, identity->pids, &identity->outer_uid, &identity->outer_gid);

    if (count >= 0)
        identity->pid_count = (size_t)count;
    else
        identity->errors[FACT_PIDS] = identity->errors[FACT_USER] = -count;
}

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

/* An id of ours as it is in the namespace of the map; -1: it is not there. */
static int64_t map_inwards(const struct full_id_map *map, int64_t id)
{
    for (size_t i = 0; i < map->count; i++) {
        const struct id_range *range = &map->ranges[i];

        if (id >= range->outside && id - range->outside < range->count)
            return range->inside + (id - range->outside);
    }
    return -1;
}

/* The map of our own user namespace tells of its parent, and numbers of ours are those inside. */
static void read_user(struct identity *identity)
{
    bool is_ours =
        identity->namespaces[NAMESPACE_USER].id != 0 &&
        identity->namespaces[NAMESPACE_USER].id == identity_namespace(getpid(), NAMESPACE_USER);

    identity->errors[FACT_UID_MAP] = read_map(identity->pid, "uid_map", &identity->uid_map);
    identity->errors[FACT_GID_MAP] = read_map(identity->pid, "gid_map", &identity->gid_map);
    if (is_ours || identity->outer_uid < 0) {
        identity->uid = identity->outer_uid;
        identity->gid = identity->outer_gid;
    } else {
        identity->uid = map_inwards(&identity->uid_map, identity->outer_uid);
        identity->gid = map_inwards(&identity->gid_map, identity->outer_gid);
    }
}

/* The line of the unified hierarchy, "0::/path", or where there is none the first one. */
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

/* ---- namespaces ---------------------------------------------------------------------------- */

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

    /* From its own upwards, hence from the end. */
    while (fd >= 0 && first > 0) {
        ids[--first] = nsfs_id(fd);
        fd = nsfs_move_to_parent(fd);
    }
    count = PID_LEVELS - first;
    memmove(ids, ids + first, (size_t)count * sizeof ids[0]);
    if (fd >= 0)
        close(fd);
    return fd == -EPERM ? count : fd < 0 ? fd : 0;
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

/* ip-netns(8) gives names by bind mounts. */
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

/* ---- names, as they are in another UTS namespace ------------------------------------------- */

/* How long the process that looks them up may take. */
enum { ANSWER_MS = 50 };

struct names {
    int error;
    struct utsname all;
};

static void take_names(struct names *names)
{
    names->error = uname(&names->all) < 0 ? errno : 0;
}

static int stay_who_we_are(struct error *error)
{
    (void)error;
    return 0;
}

/* Who has made the user namespace may go through it, without rights of his own. */
static int go_there(pid_t pid)
{
    int uts = nsfd_open_own(pid, NAMESPACE_UTS);
    struct nsfds open = nsfds_none();
    struct error error = {0};

    if (uts < 0)
        return -uts;
    if (setns(uts, (int)ns_types[NAMESPACE_UTS].clone_flag) == 0)
        return 0;
    nsfds_open_of(&open, pid, 1U << NAMESPACE_USER);
    open.fds[NAMESPACE_UTS] = uts;
    errno = EPERM;
    return door_enter(&open, stay_who_we_are, &error) < 0 ? (errno != 0 ? errno : EPERM) : 0;
}

/*
 * A service that stops the process is not waited for. Killed, it is waited for here all the same:
 * it holds nothing that could keep it.
 */
static void hear_names(struct names *names, int fd, pid_t child)
{
    struct pollfd answer = {.fd = fd, .events = POLLIN};

    if (poll(&answer, 1, ANSWER_MS) != 1) {
        (void)kill(child, SIGKILL);
        names->error = ETIMEDOUT;
    } else if (read(fd, names, sizeof *names) != (ssize_t)sizeof *names) {
        names->error = EIO;
    }
    (void)wait_for_child(child, 0);
}

/* Only who is there is told: a process goes, and tells. */
static void ask_there(struct names *names, pid_t pid)
{
    int ends[2];
    pid_t child;

    names->error = pipe2(ends, O_CLOEXEC) < 0 ? errno : 0;
    if (names->error != 0)
        return;
    child = fork();
    if (child == 0) {
        struct kept_fds kept_fds = {.files = {ends[1]}, .count = 1};
        struct names found;

        door_close_fds(&kept_fds);
        door_protect();
        found = (struct names){.error = go_there(pid)};

        if (found.error == 0)
            take_names(&found);
        (void)!write(ends[1], &found, sizeof found);
        _exit(0);
    }
    names->error = child < 0 ? errno : EIO;
    close(ends[1]);
    if (child > 0)
        hear_names(names, ends[0], child);
    close(ends[0]);
}

static void read_names(struct identity *identity)
{
    struct names names = {0};
    uint64_t id = identity->namespaces[NAMESPACE_UTS].id;

    static_assert(sizeof names.all.nodename == sizeof identity->hostname &&
                      sizeof names.all.domainname == sizeof identity->domainname,
                  "the names are as long as the kernel's");
    if (id == 0) {
        names.error = identity->namespaces[NAMESPACE_UTS].error;
    } else if (id == identity_namespace(getpid(), NAMESPACE_UTS)) {
        take_names(&names);
    } else {
        ask_there(&names, identity->pid);
    }
    identity->errors[FACT_HOSTNAME] = names.error;
    memcpy(identity->hostname, names.all.nodename, sizeof identity->hostname);
    memcpy(identity->domainname, names.all.domainname, sizeof identity->domainname);
}

/* ---- all of it ----------------------------------------------------------------------------- */

/* Nothing of it can be told. */
static void forget(struct identity *identity, int error)
{
    for (int fact = 0; fact < FACT_COUNT; fact++)
        identity->errors[fact] = error;
    for (int type = 0; type < NAMESPACE_COUNT; type++) {
        identity->namespaces[type].error = error;
        identity->namespaces[type].owner_uid = -1;
    }
}

int identity_read(struct identity *identity, pid_t pid, enum identity_depth depth)
{
    *identity =
        (struct identity){.pid = pid, .uid = -1, .gid = -1, .outer_uid = -1, .outer_gid = -1};
    if (kill(pid, 0) < 0 && errno == ESRCH) {
        forget(identity, ESRCH);
        return -ESRCH;
    }
    for (unsigned int type = 0; type < NAMESPACE_COUNT; type++)
        read_namespace(identity, (enum ns_type)type, depth);
    read_names(identity);
    if (!proc_is_ours()) {
        for (int fact = 0; fact < FACT_COUNT; fact++)
            if (fact != FACT_HOSTNAME && fact != FACT_NETNS)
                identity->errors[fact] = ERROR_NO_PROC;
    } else {
        read_status(identity);
        read_user(identity);
    }
    if (depth == IDENTITY_BRIEF)
        return 0;
    read_netns(identity);
    if (identity->errors[FACT_ROOT] == 0) {
        read_cgroup(identity);
        identity->errors[FACT_ROOT] =
            -proc_read_link(pid, "root", identity->root, sizeof identity->root);
    }
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

/* What all who live in a namespace have in common. */
static const struct {
    enum fact fact;
    enum ns_type type;
    unsigned short begin; /* in an identity */
    unsigned short end;
} commons[] = {
    {FACT_HOSTNAME, NAMESPACE_UTS, offsetof(struct identity, hostname),
     offsetof(struct identity, netns)},
    {FACT_UID_MAP, NAMESPACE_USER, offsetof(struct identity, uid_map),
     offsetof(struct identity, gid_map)},
    {FACT_GID_MAP, NAMESPACE_USER, offsetof(struct identity, gid_map),
     offsetof(struct identity, hostname)},
};

void identity_fill_from(struct identity *identity, const struct identity *other)
{
    for (size_t i = 0; i < sizeof commons / sizeof commons[0]; i++) {
        enum ns_type type = commons[i].type;
        enum fact fact = commons[i].fact;

        if (identity->namespaces[type].id != other->namespaces[type].id ||
            identity->errors[fact] == 0 || other->errors[fact] != 0)
            continue;
        identity->errors[fact] = 0;
        memcpy((char *)identity + commons[i].begin, (const char *)other + commons[i].begin,
               (size_t)(commons[i].end - commons[i].begin));
    }
}
