/*
 * settings.c - give a new process its limits, credentials and place, in the order that works
 */
#include "spawn/settings.h"

#include <errno.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "spawn/calls.h"
#include "util/file.h"
#include "util/text.h"

enum { LAST_CAPABILITY = 63 };

struct capabilities {
    capability_set effective;
    capability_set permitted;
    capability_set inheritable;
};

static int fail(struct settings_failure *failure, enum settings_stage stage, int detail)
{
    *failure = (struct settings_failure){stage, detail, errno};
    return -1;
}

static int apply_limits(const struct settings *settings, struct settings_failure *failure)
{
    for (size_t i = 0; i < settings->limit_count; i++) {
        const struct limit *limit = &settings->limits[i];
        const struct rlimit64 value = {limit->value.rlim_cur, limit->value.rlim_max};

        /* The wrappers disagree on the type of the resource: glibc has an enum. */
        if (syscall(SYS_prlimit64, 0, limit->resource, &value, NULL) < 0)
            return fail(failure, SETTINGS_LIMIT, limit->resource);
    }
    return 0;
}

static int write_oom_score_adj(int value)
{
    char buffer[16];
    struct text text = text_in(buffer, sizeof buffer);
    int result;

    text_format(&text, "%d", value);
    result = file_write("/proc/self/oom_score_adj", buffer);
    errno = -result;
    return result;
}

static int apply_scheduling(const struct settings *settings, struct settings_failure *failure)
{
    if (settings->has_nice && setpriority(PRIO_PROCESS, 0, settings->nice) < 0)
        return fail(failure, SETTINGS_NICE, 0);
    if (settings->has_oom_score_adj && write_oom_score_adj(settings->oom_score_adj) < 0)
        return fail(failure, SETTINGS_OOM_SCORE_ADJ, 0);
    if (settings->has_umask)
        (void)umask(settings->umask);
    return 0;
}

static int get_capabilities(struct capabilities *capabilities)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];

    if (syscall(SYS_capget, &header, data) < 0)
        return -1;
    capabilities->effective = data[0].effective | (capability_set)data[1].effective << 32;
    capabilities->permitted = data[0].permitted | (capability_set)data[1].permitted << 32;
    capabilities->inheritable = data[0].inheritable | (capability_set)data[1].inheritable << 32;
    return 0;
}

static int set_capabilities(const struct capabilities *capabilities)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];

    for (int half = 0; half < _LINUX_CAPABILITY_U32S_3; half++) {
        data[half].effective = (uint32_t)(capabilities->effective >> 32 * half);
        data[half].permitted = (uint32_t)(capabilities->permitted >> 32 * half);
        data[half].inheritable = (uint32_t)(capabilities->inheritable >> 32 * half);
    }
    return (int)syscall(SYS_capset, &header, data);
}

/* Take out of the bounding set what is not in `kept`: root can't get it back by an exec. */
static int limit_bounding_set(capability_set kept)
{
    for (unsigned long number = 0; number <= LAST_CAPABILITY; number++) {
        int present = prctl(PR_CAPBSET_READ, number);

        if (present < 0)
            break;
        if (present == 1 && (kept >> number & 1) == 0 && prctl(PR_CAPBSET_DROP, number) < 0)
            return -1;
    }
    return 0;
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

static capability_set kept_of(const struct settings *settings, capability_set permitted)
{
    return (permitted & ~settings->dropped) | (settings->added & permitted);
}

/* While still as privileged as nsinit: the bounding set, and to keep some through the change. */
static int prepare_capabilities(const struct settings *settings, capability_set *kept,
                                struct settings_failure *failure)
{
    struct capabilities own;

    if (!settings->has_capabilities)
        return 0;
    if (get_capabilities(&own) < 0)
        return fail(failure, SETTINGS_CAPABILITIES, 0);
    *kept = kept_of(settings, own.permitted);
    /* "all" adds all there are; one that was named is to be there. */
    if (settings->added != ~(capability_set)0 && (settings->added & ~own.permitted) != 0) {
        errno = EPERM;
        return fail(failure, SETTINGS_CAPABILITIES, 0);
    }
    if (limit_bounding_set(*kept) < 0 || prctl(PR_SET_KEEPCAPS, 1L) < 0)
        return fail(failure, SETTINGS_CAPABILITIES, 0);
    return 0;
}

static int finish_capabilities(const struct settings *settings, capability_set kept,
                               struct settings_failure *failure)
{
    struct capabilities final = {.permitted = kept};

    if (!settings->has_capabilities)
        return 0;
    final.inheritable = settings->added & kept;
    final.effective = kept;
    if (set_capabilities(&final) < 0 || raise_ambient(final.inheritable) < 0)
        return fail(failure, SETTINGS_CAPABILITIES, 0);
    return 0;
}

static int apply_account(const struct settings *settings, const struct account *account,
                         struct settings_failure *failure)
{
    if (account->has_groups && syscall(CALL_SETGROUPS, account->group_count, account->groups) < 0 &&
        /* An ordinary user that becomes itself needs, and may, change nothing. */
        (account->group_count > 0 || !account->has_user || geteuid() != account->uid))
        return fail(failure, settings->groups != NULL ? SETTINGS_GROUPS : SETTINGS_USER, 0);
    if (!account->has_user)
        return 0;
    if (syscall(CALL_SETRESGID, account->gid, account->gid, account->gid) < 0 ||
        syscall(CALL_SETRESUID, account->uid, account->uid, account->uid) < 0)
        return fail(failure, SETTINGS_USER, 0);
    return 0;
}

int settings_apply(const struct settings *settings, const struct account *account,
                   struct settings_failure *failure)
{
    capability_set kept = 0;

    if (apply_limits(settings, failure) < 0 || apply_scheduling(settings, failure) < 0 ||
        prepare_capabilities(settings, &kept, failure) < 0 ||
        apply_account(settings, account, failure) < 0 ||
        finish_capabilities(settings, kept, failure) < 0)
        return -1;
    if (settings->workdir != NULL && chdir(settings->workdir) < 0)
        return fail(failure, SETTINGS_WORKDIR, 0);
    if (settings->no_new_privs && prctl(PR_SET_NO_NEW_PRIVS, 1L, 0L, 0L, 0L) < 0)
        return fail(failure, SETTINGS_NO_NEW_PRIVS, 0);
    return 0;
}
