/*
 * credentials.c - limits, scheduling, capabilities, groups, user and working directory of a new
 * process
 */
#include "spawn/credentials_private.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "linux/syscalls.h"
#include "util/file.h"
#include "util/strbuf.h"
#include "visit/door.h"

static int apply_limits(const struct settings *settings, struct credentials_failure *failure)
{
    for (size_t i = 0; i < settings->limit_count; i++) {
        const struct limit *limit = &settings->limits[i];
        const struct rlimit64 value = {limit->value.rlim_cur, limit->value.rlim_max};

        failure->resource = limit->resource;
        /* prlimit(2) takes an enum for the resource in glibc, an int in musl. */
        if (syscall(SYS_prlimit64, 0, limit->resource, &value, NULL) < 0)
            return -1;
    }
    return 0;
}

static int write_oom_score_adj(int value)
{
    char buffer[16];
    int result;

    strbuf_set(buffer, sizeof buffer, "%d", value);
    result = file_write("/proc/self/oom_score_adj", buffer);
    errno = -result;
    return result;
}

/* Root gets all permitted capabilities as effective ones, other users the inheritable ones. */
static int set_capabilities(capability_set permitted, capability_set inheritable)
{
    const struct process_capabilities wanted = {.permitted = permitted,
                                                .effective =
                                                    geteuid() == 0 ? permitted : inheritable,
                                                .inheritable = inheritable};

    return capabilities_set(&wanted);
}

bool credentials_keeps_bounding_set(const struct settings *settings)
{
    return settings->has_capabilities && settings->dropped != 0 &&
           !capability_is_effective(CAP_SETPCAP) &&
           capabilities_bounding_set_exceeds(~settings->dropped | settings->added);
}

/* Before the change of user: limit the bounding set, and keep `kept` through the change. */
static int prepare_capabilities(const struct settings *settings, bool keeps_bounding_set,
                                capability_set *kept)
{
    struct process_capabilities own;

    if (capabilities_get(&own) < 0)
        return -1;
    *kept = own.permitted & (~settings->dropped | settings->added);
    /* "all" means all capabilities of nsinit; a capability that is named must be one of these. */
    if (settings->added != CAPABILITY_SET_ALL && (settings->added & ~own.permitted) != 0) {
        errno = EPERM;
        return -1;
    }
    /* An exec would give root back whatever is in its bounding set. */
    if (!keeps_bounding_set && capabilities_limit_bounding_set(*kept) < 0)
        return -1;
    return prctl(PR_SET_KEEPCAPS, 1L);
}

/*
 * The program's own capabilities, before its working directory is entered and it is executed.
 * Without any settings another user gets none: setresuid(2) clears them only where nsinit is root.
 */
static int finish_capabilities(const struct settings *settings, const struct account *account,
                               capability_set kept)
{
    capability_set added = settings->added & kept;

    if (settings->has_capabilities) {
        /* A user other than root keeps only ambient capabilities through exec: capabilities(7). */
        return set_capabilities(kept, added) < 0 ? -1 : capabilities_raise_ambient(added);
    }
    return account->has_user && account->uid != 0 ? set_capabilities(0, 0) : 0;
}

static int set_groups(const struct account *account)
{
    /* An ordinary user may change nothing, and need not if it keeps its own ID. */
    if (syscall(CALL_SETGROUPS, account->group_count, account->groups) < 0 &&
        (account->group_count > 0 || !account->has_user || geteuid() != account->uid))
        return -1;
    return 0;
}

static int set_user(const struct account *account)
{
    if (syscall(CALL_SETRESGID, account->gid, account->gid, account->gid) < 0)
        return -1;
    return (int)syscall(CALL_SETRESUID, account->uid, account->uid, account->uid);
}

/* A symlink in the tree can lead to a directory that a process has open: proc_pid_fd(5). */
static int enter_directory(const char *path, struct credentials_failure *failure)
{
    failure->stage = CREDENTIALS_WORKDIR;
    if (chdir(path) < 0)
        return -1;
    failure->stage = CREDENTIALS_OUTSIDE;
    if (door_is_below_root())
        return 0;
    errno = EXDEV;
    return -1;
}

int credentials_apply(const struct settings *settings, const struct account *account,
                      struct credentials_failure *failure)
{
    capability_set kept = 0;
    bool keeps_bounding_set = credentials_keeps_bounding_set(settings);

    failure->stage = CREDENTIALS_LIMIT;
    if (apply_limits(settings, failure) < 0)
        return -1;
    failure->stage = CREDENTIALS_NICE;
    if (settings->has_nice && setpriority(PRIO_PROCESS, 0, settings->nice) < 0)
        return -1;
    failure->stage = CREDENTIALS_OOM_SCORE_ADJ;
    if (settings->has_oom_score_adj && write_oom_score_adj(settings->oom_score_adj) < 0)
        return -1;
    if (settings->has_umask)
        (void)umask(settings->umask);
    failure->stage = CREDENTIALS_CAPABILITIES;
    if (settings->has_capabilities && prepare_capabilities(settings, keeps_bounding_set, &kept) < 0)
        return -1;
    failure->stage = settings->groups != NULL ? CREDENTIALS_GROUPS : CREDENTIALS_USER;
    if (account->has_groups && set_groups(account) < 0)
        return -1;
    failure->stage = CREDENTIALS_USER;
    if (account->has_user && set_user(account) < 0)
        return -1;
    failure->stage = CREDENTIALS_CAPABILITIES;
    if (finish_capabilities(settings, account, kept) < 0)
        return -1;
    if (settings->workdir != NULL && enter_directory(settings->workdir, failure) < 0)
        return -1;
    failure->stage = CREDENTIALS_NO_NEW_PRIVS;
    return settings->no_new_privs || keeps_bounding_set ? prctl(PR_SET_NO_NEW_PRIVS, 1L, 0L, 0L, 0L)
                                                        : 0;
}
