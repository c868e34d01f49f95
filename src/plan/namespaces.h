/*
 * namespaces.h - the namespaces a service lives in: which are new, which are joined, what is in
 * them
 */
#ifndef NSINIT_PLAN_NAMESPACES_H
#define NSINIT_PLAN_NAMESPACES_H

#include <stdbool.h>
#include <stddef.h>

#include "linux/nstypes.h"
#include "plan/mount_spec.h"
#include "plan/veth_spec.h"
#include "util/error.h"

/* One --enter LIST=SOURCE. */
struct ns_join {
    ns_set types;
    bool all;           /* those that differ from nsinit's */
    const char *source; /* a PID, a path, netns:NAME */
};

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

/* Plain data, its small parts together: a pod of many services has many of these. */
struct namespaces {
    ns_set unshared;
    enum setgroups setgroups;
    enum mask_proc mask_proc;
    bool as_pid_1;
    bool map_root;
    bool map_auto;
    bool no_fresh_proc;
    bool has_propagation;
    bool no_loopback;
    bool has_monotonic;
    bool has_boottime;
    int monotonic; /* seconds */
    int boottime;
    const char **kept_at;  /* where each type is kept alive, or NULL; kept by the caller, or NULL */
    struct ns_join *joins; /* owned */
    size_t entrance_count;
    const char *directory; /* where to be in an entered one, if it is there; NULL: in its root */
    struct id_map *users;  /* owned, or NULL */
    struct id_map *groups;
    const char *hostname;
    const char *domainname;
    struct filesystem filesystem;
    struct veth *veths; /* owned */
    size_t veth_count;
    const char *hook_created;
};

/* Where ip-netns(8) keeps network namespaces by their names. */
#define NETNS_DIRECTORY "/run/netns"

/*
 * The name of a source netns:NAME, or NULL where the source is another one. A name that ip-netns
 * does not take is told by netns_is_name.
 */
const char *netns_name_of(const char *source);
bool netns_is_name(const char *name);

/* IN:OUT:COUNT. 0, or -1 with the reason filled in. */
int id_range_parse(struct id_range *range, const char *text, struct error *error);

/* The same, into a map that is made when there is none. 0, or -1 with the reason filled in. */
int id_map_add(struct id_map **map, const char *text, struct error *error);

/* Where the namespace is kept alive, or NULL. */
static inline const char *namespaces_kept_at(const struct namespaces *namespaces, int type)
{
    return namespaces->kept_at != NULL ? namespaces->kept_at[type] : NULL;
}

/* Whether nsinit itself is to be PID 1 of the service's own PID namespace. */
bool namespaces_has_inner_init(const struct namespaces *namespaces);

/*
 * Where a fresh proc is mounted, asked for by --mount-proc or not; or NULL. And whether there is
 * one, be it by a --mount of the type proc at /proc.
 */
const char *namespaces_fresh_proc(const struct namespaces *namespaces);
bool namespaces_has_fresh_proc(const struct namespaces *namespaces);

/* Whether anything at all is to be made or joined. */
bool namespaces_is_needed(const struct namespaces *namespaces);

/*
 * Whether the parts fit together: each option that is about a namespace needs it to be new or
 * entered. 0, or -1 with subject and reason filled in (ERROR_USAGE).
 */
int namespaces_check(const struct namespaces *namespaces, struct error *error);

/* Free what it owns. */
void namespaces_free(struct namespaces *namespaces);

#endif
