/*
 * namespaces.h - the namespaces of a service: new ones, joined ones, and their settings
 */
#ifndef NSINIT_PLAN_NAMESPACES_H
#define NSINIT_PLAN_NAMESPACES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "linux/nstypes.h"
#include "plan/mount_spec.h"
#include "plan/sysctl_spec.h"
#include "plan/egress_spec.h"
#include "plan/publish_spec.h"
#include "plan/veth_spec.h"
#include "util/error.h"
#include "util/strbuf.h"

/* One --enter LIST=SOURCE. */
struct ns_join {
    ns_set types;
    bool all;           /* LIST is all: the types that differ from nsinit's */
    const char *source; /* a PID[:INODE|/FD], a path, netns:NAME or service:NAME */
};

/* A source PID, PID:INODE or PID/FD. */
struct entered_pid {
    int pid;
    char kind; /* of the number: ':' for an inode of a pidfd, '/' for a descriptor, or '\0' */
    uint64_t number;
};

/* What a program takes over from the process that --enter names by its PID. */
enum enter { ENTER_ROOT, ENTER_DIRECTORY, ENTER_ENVIRONMENT, ENTER_PRIVILEGES, ENTER_COUNT };

/* The options are --enter-NAME. */
extern const char enter_names[ENTER_COUNT][12];

/* One line of a uid_map or gid_map. */
struct id_range {
    unsigned int inside;
    unsigned int outside;
    unsigned int count;
};

enum { ID_RANGES = 32 };

struct id_map {
    struct id_range ranges[ID_RANGES];
    size_t count;
};

enum setgroups { SETGROUPS_DEFAULT, SETGROUPS_ALLOW, SETGROUPS_DENY };

enum mask_proc { MASK_PROC_DEFAULT, MASK_PROC_NO, MASK_PROC_YES };

/* Small members stand together, as a pod of many services has many of these. */
struct namespaces {
    ns_set unshared;
    enum setgroups setgroups;
    enum mask_proc mask_proc;
    bool as_pid_1;
    bool map_root;
    bool map_current;
    bool map_auto;
    bool has_map; /* a range of --map is in users and groups */
    bool no_fresh_proc;
    bool has_propagation;
    bool no_loopback;
    bool enters[ENTER_COUNT];
    bool uses_pasta;
    bool restricts_egress;
    bool has_monotonic;
    bool has_boottime;
    int monotonic; /* seconds */
    int boottime;
    const char **kept_at;  /* by type: the path of its bind mount, or NULL; the caller's, or NULL */
    struct ns_join *joins; /* owned */
    size_t join_count;
    const char *directory; /* the working directory in an entered mnt namespace; NULL: its root */
    struct id_map *users;  /* owned, or NULL */
    struct id_map *groups;
    const char *hostname;
    const char *domainname;
    struct filesystem filesystem;
    struct veth *veths; /* of --veth and --netdev; owned */
    size_t veth_count;
    struct published *published; /* owned */
    size_t published_count;
    struct egress *egresses; /* owned */
    size_t egress_count;
    struct sysctl *sysctls; /* owned */
    size_t sysctl_count;
    const char *hook_created;
};

/* ip-netns(8) keeps network namespaces there by their names. */
#define NETNS_DIRECTORY "/run/netns"

/* Files that replace those of /etc in the namespace that has the name of their directory. */
#define NETNS_FILES "/etc/netns"

/* The name in a source netns:NAME, or NULL; and whether ip-netns(8) accepts the name. */
const char *netns_name_of(const char *source);
bool netns_is_name(const char *name);

/* Read a source that is a PID, PID:INODE or PID/FD; false if it is anything else. */
bool entered_pid_parse(struct entered_pid *process, const char *source);

/* The process of the first join by PID; false if there is none. */
bool namespaces_entered_pid(const struct namespaces *namespaces, struct entered_pid *process);

/* Read IN:OUT:COUNT. 0, or -1 with the reason filled in. */
int id_range_parse(struct id_range *range, const char *text, struct error *error);

/* Add a range. 0, or -1 with the reason filled in: the map is full. */
int id_map_append(struct id_map *map, struct id_range range, struct error *error);

/* Read a range into *map, which is allocated if it is NULL. 0, or -1 with the reason filled in. */
int id_map_add(struct id_map **map, const char *text, struct error *error);

/* The lines of a uid_map and a gid_map. */
struct idmap_lines {
    struct strbuf maps[2];
    char text[2][1024];
};

/*
 * Read ranges as mount(8) has them, separated by blanks: [b:|u:|g:]IN:OUT:COUNT. 0, or -1 with the
 * reason filled in (ERROR_USAGE).
 */
int idmap_read(struct idmap_lines *lines, const char *ranges, struct error *error);

/* Check the ranges of an idmap, or "". 0, or -1 with the reason filled in (ERROR_USAGE). */
int idmap_check(const char *ranges, struct error *error);

/* The path where the namespace is kept alive, or NULL. */
static inline const char *namespaces_kept_at(const struct namespaces *namespaces, int type)
{
    return namespaces->kept_at != NULL ? namespaces->kept_at[type] : NULL;
}

/* Whether a process of nsinit is PID 1 of the service's new PID namespace. */
bool namespaces_has_inner_init(const struct namespaces *namespaces);

/*
 * Where a fresh proc is mounted, by --mount-proc or by default, or NULL; and whether the service
 * has a fresh proc, which may also come from --mount type=proc,target=/proc.
 */
const char *namespaces_fresh_proc(const struct namespaces *namespaces);
bool namespaces_has_fresh_proc(const struct namespaces *namespaces);

/* The types that are joined. */
ns_set namespaces_entered(const struct namespaces *namespaces);

/* Whether there is a --veth (a pair), or a --netdev (not a pair). */
bool namespaces_has_device(const struct namespaces *namespaces, bool is_pair);

/* Whether any namespace is new or joined. */
bool namespaces_is_needed(const struct namespaces *namespaces);

/*
 * Check that the options fit together: an option about a namespace needs it to be new or entered.
 * 0, or -1 with subject and reason filled in (ERROR_USAGE).
 */
int namespaces_check(const struct namespaces *namespaces, struct error *error);

/* Free the members that the namespaces own. */
void namespaces_free(struct namespaces *namespaces);

#endif
