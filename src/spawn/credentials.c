/*
 * credentials.c - give a new process its limits, credentials and place, in the order that works
 */
#include "spawn/credentials_private.h"

#include <errno.h>
#include <limits.h>
#include <linux/capability.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "linux/syscalls.h"
#include "util/file.h"
#include "util/strbuf.h"

enum { LAST_CAPABILITY = 63 };

static int apply_limits(const struct settings *settings, struct credentials_failure *failure)
{
    for (size_t i = 0; i < settings->limit_count; i++) {
        const struct limit *limit = &settings->limits[i];
        const struct rlimit64 value = {limit->value.rlim_cur, limit->value.rlim_max};

        failure->resource = limit->resource;
        /* The wrappers disagree on the type of the resource: glibc has an enum. */
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

/* capget(2) and capset(2) take a set as two halves. */
static int get_permitted(capability_set *permitted)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];

    if (syscall(SYS_capget, &header, data) < 0)
        return -1;
    *permitted = data[0].permitted | (capability_set)data[1].permitted << 32;
    return 0;
}

/* What is inheritable is effective too, and for root all of it. */
static int set_capabilities(capability_set permitted, capability_set inheritable)
{
    capability_set effective = geteuid() == 0 ? permitted : inheritable;
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];

    for (int half = 0; half < _LINUX_CAPABILITY_U32S_3; half++) {
        data[half].permitted = (uint32_t)(permitted >> 32 * half);
        data[half].effective = (uint32_t)(effective >> 32 * half);
        data[half].inheritable = (uint32_t)(inheritable >> 32 * half);
    }
    return (int)syscall(SYS_capset, &header, data);
}

/* Take out of the bounding set what is not in `kept`: root can't get it back by an exec. */
static int limit_bounding_set(capability_set kept)
{
    for (unsigned long number = 0; number <= LAST_CAPABILITY; number++) {
        int present = prctl(PR_CAPBSET_READ, number);

        /* The kernel knows no more of them. */
        if (present < 0 && errno == EINVAL)
            break;
        if (present < 0)
            return -1;
        if (present == 1 && (kept >> number & 1) == 0 && prctl(PR_CAPBSET_DROP, number) < 0)
            return -1;
    }
    return 0;
}

static bool bounding_set_exceeds(capability_set kept)
{
    for (unsigned long number = 0; number <= LAST_CAPABILITY; number++)
        if ((kept >> number & 1) == 0 && prctl(PR_CAPBSET_READ, number) == 1)
            return true;
    return false;
}

bool credentials_keep_bounding_set(const struct settings *settings)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];

    return settings->has_capabilities && settings->dropped != 0 &&
           syscall(SYS_capget, &header, data) == 0 && (data[0].effective >> CAP_SETPCAP & 1) == 0 &&
           bounding_set_exceeds(~settings->dropped | settings->added);
}

/* A user other than root keeps through exec only what is ambient: capabilities(7). */
static int raise_ambient(capability_set added)
{
    for (unsigned long number = 0; number <= LAST_CAPABILITY; number++)
        if ((added >> number & 1) != 0 &&
            prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, number, 0L, 0L) < 0)
            return -1;
    return 0;
}

/* While still as privileged as nsinit: the bounding set, and to keep some through the change. */
static int prepare_capabilities(const struct settings *settings, bool keeps_bounding_set,
                                capability_set *kept)
{
    capability_set own;

    if (get_permitted(&own) < 0)
        return -1;
    *kept = own & (~settings->dropped | settings->added);
    /* "all" adds all there are; one that was named is to be there. */
    if (settings->added != ~(capability_set)0 && (settings->added & ~own) != 0) {
        errno = EPERM;
        return -1;
    }
    return !keeps_bounding_set && limit_bounding_set(*kept) < 0 ? -1 : prctl(PR_SET_KEEPCAPS, 1L);
}

/*
 * As the program will have them, so that its working directory is entered, and it is executed, with
 * its own rights. setresuid(2) clears nothing where nsinit itself is not root.
 */
static int finish_capabilities(const struct settings *settings, const struct account *account,
                               capability_set kept)
{
    capability_set added = settings->added & kept;

    if (settings->has_capabilities)
        return set_capabilities(kept, added) < 0 ? -1 : raise_ambient(added);
    return account->has_user && account->uid != 0 ? set_capabilities(0, 0) : 0;
}

static int set_groups(const struct account *account)
{
    /* An ordinary user that becomes itself needs, and may, change nothing. */
    if (syscall(CALL_SETGROUPS, account->group_count, account->groups) < 0 &&
        (account->group_count > 0 || !account->has_user || geteuid() != account->uid))
        return -1;
    return 0;
}

static int become(const struct account *account)
{
    if (syscall(CALL_SETRESGID, account->gid, account->gid, account->gid) < 0)
        return -1;
    return (int)syscall(CALL_SETRESUID, account->uid, account->uid, account->uid);
}

/* Whether the working directory lies in the root: else getcwd(2) has no name for it. */
static bool is_inside_root(void)
{
    char path[PATH_MAX];

    /* The C library turns "(unreachable)" into an error, or takes its own way through the tree. */
    return syscall(SYS_getcwd, path, sizeof path) > 0 && path[0] == '/';
}

/* A link of the tree's own can lead to a directory that some process has open: proc_pid_fd(5). */
static int enter_directory(const char *path, struct credentials_failure *failure)
{
    failure->stage = CREDENTIALS_WORKDIR;
    if (chdir(path) < 0)
        return -1;
    failure->stage = CREDENTIALS_OUTSIDE;
    if (is_inside_root())
        return 0;
    errno = EXDEV;
    return -1;
}

int credentials_apply(const struct settings *settings, const struct account *account,
                      struct credentials_failure *failure)
{
    capability_set kept = 0;
    bool keeps_bounding_set = credentials_keep_bounding_set(settings);

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
    if (account->has_user && become(account) < 0)
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
