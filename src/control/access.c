/*
 * access.c - judge what a client may do, by the service it belongs to and by its rights
 */
#include "control/access_private.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "inspect/identity.h"
#include "linux/proc.h"
#include "linux/syscalls.h"
#include "service/children.h"
#include "service/setup.h"
#include "util/parse.h"

/* The kernel headers may predate this option of Linux 6.5. */
#ifndef SO_PEERPIDFD
#define SO_PEERPIDFD 77
#endif

static const char another_user[] = "its user is neither root nor nsinit's";
static const char another_user_namespace[] = "its user namespace is not nsinit's";
static const char fewer_capabilities[] = "it lacks capabilities that nsinit has";
static const char has_no_new_privs[] = "it has no-new-privs";
static const char unknown_rights[] = "its rights cannot be read from /proc";

/* ---- the caller -------------------------------------------------------------------------- */

/*
 * Before Linux 6.5, and under qemu-user, only the PID is known, and it may have been reused since.
 */
static int open_pidfd(int socket, pid_t pid)
{
    int pidfd = -1;
    socklen_t size = sizeof pidfd;

    if (getsockopt(socket, SOL_SOCKET, SO_PEERPIDFD, &pidfd, &size) == 0)
        return pidfd;
    if (errno == ENOPROTOOPT || errno == EOPNOTSUPP)
        return sys_pidfd_open(pid, 0);
    return -1;
}

int caller_open(struct caller *caller, int socket)
{
    struct ucred credentials;
    socklen_t size = sizeof credentials;

    if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &credentials, &size) < 0)
        return -errno;
    *caller = (struct caller){.pid = credentials.pid, .user = credentials.uid, .pidfd = -1};
    if (credentials.pid != 0)
        caller->pidfd = open_pidfd(socket, credentials.pid);
    return 0;
}

void caller_close(struct caller *caller)
{
    if (caller->pidfd >= 0)
        close(caller->pidfd);
    caller->pidfd = -1;
}

/* While the process exists its PID is not reused, so /proc/PID is still about this process. */
static bool still_exists(const struct caller *caller)
{
    return caller->pidfd >= 0 &&
           (sys_pidfd_send_signal(caller->pidfd, 0, NULL, 0) == 0 || errno == EPERM);
}

/* ---- rights ------------------------------------------------------------------------------ */

/* The rights of a process by /proc/PID/status. */
struct rights {
    uid_t user; /* the effective UID, as nsinit sees it */
    capability_set permitted;
    capability_set bounding;
    unsigned long no_new_privs;
    unsigned long seccomp_filters;
};

static bool read_rights(pid_t pid, struct rights *rights)
{
    char status[PROC_STATUS_SIZE];
    int64_t user;

    *rights = (struct rights){0};
    if (proc_read(pid, "status", status, sizeof status) != 0)
        return false;
    user = proc_status_effective_id(status, "Uid");
    rights->user = (uid_t)user;
    /* A kernel without seccomp lacks this field. */
    (void)proc_status_number(status, "Seccomp_filters", &rights->seccomp_filters);
    return user >= 0 && proc_status_mask(status, "CapPrm", &rights->permitted) &&
           proc_status_mask(status, "CapBnd", &rights->bounding) &&
           proc_status_number(status, "NoNewPrivs", &rights->no_new_privs);
}

/* Without a usable /proc nsinit assumes that it has all rights. */
static struct rights own_rights(void)
{
    struct rights own;

    if (!proc_is_ours() || !read_rights(getpid(), &own))
        own = (struct rights){.permitted = CAPABILITY_SET_ALL, .bounding = CAPABILITY_SET_ALL};
    return own;
}

static bool is_root_or_own(uid_t user)
{
    return user == 0 || user == geteuid();
}

/* A right of nsinit that the process lacks at this moment, or NULL. */
static const char *missing_right(pid_t pid, const struct rights *own)
{
    struct rights rights;
    uint64_t user_namespace;

    if (!read_rights(pid, &rights))
        return unknown_rights;
    if (!is_root_or_own(rights.user))
        return another_user;
    /* By execve(2), root regains only the capabilities of its bounding set: capabilities(7). */
    if ((own->permitted & ~rights.permitted) != 0 || (own->bounding & ~rights.bounding) != 0)
        return fewer_capabilities;
    if (rights.no_new_privs > own->no_new_privs)
        return has_no_new_privs;
    if (rights.seccomp_filters > own->seccomp_filters)
        return "it has a seccomp filter";
    user_namespace = identity_namespace(pid, NAMESPACE_USER);
    /* A process that is ending has already left its namespaces. */
    if (user_namespace == 0)
        return unknown_rights;
    return user_namespace == identity_namespace(getpid(), NAMESPACE_USER) ? NULL
                                                                          : another_user_namespace;
}

/* ---- services ---------------------------------------------------------------------------- */

/* Whether the service has a new namespace. A namespace of --enter may be nsinit's own. */
static bool has_new_namespace(const struct supervised *supervised, enum ns_type type)
{
    return ns_set_has(supervised->service->namespaces.unshared, type) ||
           supervisor_for(supervised)->shared.fds[type] >= 0;
}

static bool has_another_user(const char *user)
{
    char name[32];
    unsigned long number;

    if (user == NULL)
        return false;
    if (parse_word(user, ":", name, sizeof name) >= sizeof name)
        return true;
    if (strcmp(name, "root") == 0)
        return geteuid() != 0;
    return parse_number(name, UINT32_MAX, &number) < 0 || number != geteuid();
}

/*
 * A right that a service lacks by its plan, or NULL. The rights of its processes do not show this:
 * another user's process may have become root by a setuid program.
 */
static const char *right_missing_by_plan(const struct supervised *supervised,
                                         const struct rights *own)
{
    const struct settings *settings = service_settings(supervised->service);

    if (has_new_namespace(supervised, NAMESPACE_USER))
        return another_user_namespace;
    if (has_another_user(settings->user))
        return another_user;
    if (settings->has_capabilities && (own->permitted & settings->dropped & ~settings->added) != 0)
        return fewer_capabilities;
    return settings->no_new_privs && own->no_new_privs == 0 ? has_no_new_privs : NULL;
}

/* The access of a service by its plan. CONTROL_AUTO: full, if its processes have all rights. */
static struct access planned_for(const struct supervised *supervised, const struct rights *own)
{
    static const char *const reasons[] = {[CONTROL_NONE] = "control-access is 'none'",
                                          [CONTROL_STATUS] = "control-access is 'status'",
                                          [CONTROL_FULL] = NULL};
    struct access access = {.level = supervised->service->control_access, .service = supervised};

    if (access.level != CONTROL_AUTO)
        access.reason = reasons[access.level];
    else if ((access.reason = right_missing_by_plan(supervised, own)) != NULL)
        access.level = CONTROL_STATUS;
    return access;
}

/* Ranks from less to more. CONTROL_AUTO, which may turn out to be full, is less than full. */
static int rank_of(const struct access *access)
{
    static const unsigned char ranks[] = {
        [CONTROL_NONE] = 0, [CONTROL_STATUS] = 1, [CONTROL_AUTO] = 2, [CONTROL_FULL] = 3};

    return ranks[access->level];
}

static void lessen(struct access *access, const struct supervised *supervised,
                   const struct rights *own)
{
    struct access other = planned_for(supervised, own);

    if (rank_of(&other) >= rank_of(access))
        return;
    *access = other;
    access->is_orphan = true;
}

/* NSpid is readable even where the namespaces are not, for lack of ptrace rights:
 * proc_pid_status(5). */
static bool is_in_own_pid_namespace(pid_t pid)
{
    uint64_t id = identity_namespace(pid, NAMESPACE_PID);
    pid_t pids[PID_LEVELS];

    return id != 0 ? id == identity_namespace(getpid(), NAMESPACE_PID)
                   : identity_read_pids(pid, pids) == 1;
}

/*
 * An orphan may come from any service, so it gets the lowest access of them all. An orphan in
 * nsinit's PID namespace does not come from a service with a new PID namespace: no process moves to
 * a parent PID namespace, and PID 1 of the new one adopts the orphans inside.
 */
static struct access planned_for_orphan(pid_t pid, const struct supervisor *supervisor,
                                        const struct rights *own)
{
    struct access least = {.level = CONTROL_FULL, .is_orphan = true};
    bool is_in_ours = is_in_own_pid_namespace(pid);
    bool has_candidate = false;

    for (size_t i = 0; i < supervisor->common.count; i++) {
        if (is_in_ours && has_new_namespace(&supervisor->common.services[i], NAMESPACE_PID))
            continue;
        has_candidate = true;
        lessen(&least, &supervisor->common.services[i], own);
    }
    if (!has_candidate)
        least.level = CONTROL_AUTO;
    return least;
}

static bool enters_pid_namespace(const struct supervised *supervised)
{
    const struct namespaces *namespaces = &supervised->service->namespaces;

    for (size_t i = 0; i < namespaces->join_count; i++)
        if (ns_set_has(namespaces->joins[i].types, NAMESPACE_PID))
            return true;
    return false;
}

/* PID 1 adopts the orphans of services that have entered its namespace: count these services in. */
static void lessen_by_entered(struct access *access, const struct supervisor *supervisor,
                              const struct supervised *service, const struct rights *own)
{
    for (size_t i = 0; i < supervisor->common.count; i++)
        if (&supervisor->common.services[i] != service &&
            enters_pid_namespace(&supervisor->common.services[i]))
            lessen(access, &supervisor->common.services[i], own);
}

static struct access planned_for_descendant(const struct supervised *service,
                                            const struct rights *own)
{
    struct access access = planned_for(service, own);

    if (ns_set_has(service->service->namespaces.unshared, NAMESPACE_PID))
        lessen_by_entered(&access, supervisor_for(service), service, own);
    return access;
}

/* ---- the judgement ----------------------------------------------------------------------- */

/*
 * Find the service whose program is this child of nsinit, or in whose namespaces nsctl exec started
 * it.
 */
static const struct supervised *service_of(const struct supervisor *supervisor, pid_t child)
{
    const struct child *found = children_find(&supervisor->common.children, child);

    if (found != NULL && found->service != NULL)
        return found->service;
    for (size_t i = 0; i < supervisor->common.count; i++)
        if (supervisor->common.services[i].pid == child)
            return &supervisor->common.services[i];
    return NULL;
}

static struct access judge_by_user(uid_t user)
{
    if (is_root_or_own(user))
        return (struct access){.level = CONTROL_FULL};
    return (struct access){.level = CONTROL_STATUS, .reason = another_user};
}

/*
 * A process that does not descend from nsinit comes from docker exec, or a login on the host. Where
 * nsinit does not adopt orphans, it may also be the orphan of a service, so its rights count.
 */
static struct access judge_outsider(const struct caller *caller,
                                    const struct supervisor *supervisor, const struct rights *own)
{
    struct access access = judge_by_user(caller->user);
    struct rights rights;

    if (access.level != CONTROL_FULL)
        return access;
    if (supervisor->common.adopts_orphans && is_in_own_pid_namespace(caller->pid))
        return read_rights(caller->pid, &rights) ? judge_by_user(rights.user) : access;
    access.level = CONTROL_AUTO;
    lessen_by_entered(&access, supervisor, NULL, own);
    return access;
}

static struct access judge_by_plan(const struct caller *caller, const struct supervisor *supervisor,
                                   const struct rights *own)
{
    pid_t child = processes_child_above(caller->pid, getpid());
    const struct supervised *service = child > 0 ? service_of(supervisor, child) : NULL;

    if (child == 0)
        return judge_outsider(caller, supervisor, own);
    if (service != NULL)
        return planned_for_descendant(service, own);
    return planned_for_orphan(caller->pid, supervisor, own);
}

/* Judge by the caller's rights both at its connection and now. */
static void judge_by_rights(struct access *access, const struct caller *caller,
                            const struct rights *own)
{
    access->reason = judge_by_user(caller->user).reason;
    /* Without /proc only the user is known. */
    if (access->reason == NULL && proc_is_ours())
        access->reason = missing_right(caller->pid, own);
    access->level = access->reason == NULL ? CONTROL_FULL : CONTROL_STATUS;
}

struct access access_judge(const struct caller *caller, struct supervisor *supervisor)
{
    struct access access;
    struct rights own;

    /* nsinit must know which programs have been started, to find the service of the caller. */
    setup_read_all(&supervisor->common, 0);
    if (caller->pid == 0)
        return judge_by_user(caller->user);
    own = own_rights();
    access = judge_by_plan(caller, supervisor, &own);
    if (access.level == CONTROL_AUTO)
        judge_by_rights(&access, caller, &own);
    if (still_exists(caller))
        return access;
    /* The facts read from /proc may be about another process. */
    access = planned_for_orphan(0, supervisor, &own);
    if (access.level != CONTROL_NONE)
        access = (struct access){.level = CONTROL_STATUS,
                                 .reason = "it has ended, so its service is unknown"};
    return access;
}

static void add_caller(struct strbuf *text, const struct access *access)
{
    if (access->service == NULL)
        strbuf_add(text, "this process");
    else if (access->is_orphan)
        strbuf_format(text, "this orphan, perhaps of service '%s',", name_of(access->service));
    else
        strbuf_format(text, "service '%s'", name_of(access->service));
}

void access_explain(struct strbuf *text, const struct access *access, const struct pod *pod)
{
    add_caller(text, access);
    strbuf_format(text, " may ask for %s: %s",
                  access->level == CONTROL_NONE ? "nothing" : "the status only", access->reason);
    if (access->service == NULL)
        return;
    strbuf_add(text, " - hint: ");
    if (pod->file != NULL)
        strbuf_format(text, "'control-access = full' in [service %s] permits it",
                      name_of(access->service));
    else
        strbuf_add(text, "--control-access=full permits it");
}
