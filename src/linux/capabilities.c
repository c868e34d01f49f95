/*
 * capabilities.c - sets of capabilities(7): their names, and the sets of the calling process
 */
#include "linux/capabilities.h"

#include <errno.h>
#include <string.h>
#include <strings.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "util/suggest.h"

/* Linux 5.9. */
#ifndef CAP_CHECKPOINT_RESTORE
#define CAP_PERFMON 38
#define CAP_BPF 39
#define CAP_CHECKPOINT_RESTORE 40
#endif

static const char *const names[] = {
    [CAP_CHOWN] = "chown",
    [CAP_DAC_OVERRIDE] = "dac_override",
    [CAP_DAC_READ_SEARCH] = "dac_read_search",
    [CAP_FOWNER] = "fowner",
    [CAP_FSETID] = "fsetid",
    [CAP_KILL] = "kill",
    [CAP_SETGID] = "setgid",
    [CAP_SETUID] = "setuid",
    [CAP_SETPCAP] = "setpcap",
    [CAP_LINUX_IMMUTABLE] = "linux_immutable",
    [CAP_NET_BIND_SERVICE] = "net_bind_service",
    [CAP_NET_BROADCAST] = "net_broadcast",
    [CAP_NET_ADMIN] = "net_admin",
    [CAP_NET_RAW] = "net_raw",
    [CAP_IPC_LOCK] = "ipc_lock",
    [CAP_IPC_OWNER] = "ipc_owner",
    [CAP_SYS_MODULE] = "sys_module",
    [CAP_SYS_RAWIO] = "sys_rawio",
    [CAP_SYS_CHROOT] = "sys_chroot",
    [CAP_SYS_PTRACE] = "sys_ptrace",
    [CAP_SYS_PACCT] = "sys_pacct",
    [CAP_SYS_ADMIN] = "sys_admin",
    [CAP_SYS_BOOT] = "sys_boot",
    [CAP_SYS_NICE] = "sys_nice",
    [CAP_SYS_RESOURCE] = "sys_resource",
    [CAP_SYS_TIME] = "sys_time",
    [CAP_SYS_TTY_CONFIG] = "sys_tty_config",
    [CAP_MKNOD] = "mknod",
    [CAP_LEASE] = "lease",
    [CAP_AUDIT_WRITE] = "audit_write",
    [CAP_AUDIT_CONTROL] = "audit_control",
    [CAP_SETFCAP] = "setfcap",
    [CAP_MAC_OVERRIDE] = "mac_override",
    [CAP_MAC_ADMIN] = "mac_admin",
    [CAP_SYSLOG] = "syslog",
    [CAP_WAKE_ALARM] = "wake_alarm",
    [CAP_BLOCK_SUSPEND] = "block_suspend",
    [CAP_AUDIT_READ] = "audit_read",
    [CAP_PERFMON] = "perfmon",
    [CAP_BPF] = "bpf",
    [CAP_CHECKPOINT_RESTORE] = "checkpoint_restore",
};

const char *capability_name(unsigned int number)
{
    return number < sizeof names / sizeof names[0] ? names[number] : NULL;
}

static const char *without_prefix(const char *name)
{
    return strncasecmp(name, "CAP_", 4) == 0 ? name + 4 : name;
}

/* Add one capability to the set; false if the name is unknown. */
static bool add_one(const char *name, capability_set *set)
{
    const char *valid;

    if (strcasecmp(name, "all") == 0) {
        *set = CAPABILITY_SET_ALL;
        return true;
    }
    for (unsigned int number = 0; (valid = capability_name(number)) != NULL; number++)
        if (strcasecmp(without_prefix(name), valid) == 0) {
            *set |= (capability_set)1 << number;
            return true;
        }
    return false;
}

int capabilities_parse(const char *list, capability_set *set, char *wrong, size_t size)
{
    for (;;) {
        size_t length = strcspn(list, ",");

        if (length >= size)
            length = size - 1;
        memcpy(wrong, list, length);
        wrong[length] = '\0';
        if (!add_one(wrong, set))
            return -1;
        if (list[length] == '\0')
            return 0;
        list += length + 1;
    }
}

const char *capability_closest_name(const char *name)
{
    struct suggestion closest = suggest_for(without_prefix(name));

    for (size_t number = 0; number < sizeof names / sizeof names[0]; number++)
        suggest_offer(&closest, names[number]);
    return closest.best;
}

/* ---- the calling process ------------------------------------------------------------------- */

/* capget(2) and capset(2) take a set as two halves of 32 bits. */
int capabilities_get(struct process_capabilities *capabilities)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];

    if (syscall(SYS_capget, &header, data) < 0)
        return -1;
    capabilities->permitted = data[0].permitted | (capability_set)data[1].permitted << 32;
    capabilities->effective = data[0].effective | (capability_set)data[1].effective << 32;
    capabilities->inheritable = data[0].inheritable | (capability_set)data[1].inheritable << 32;
    return 0;
}

int capabilities_set(const struct process_capabilities *capabilities)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];

    for (int half = 0; half < _LINUX_CAPABILITY_U32S_3; half++) {
        data[half].permitted = (uint32_t)(capabilities->permitted >> 32 * half);
        data[half].effective = (uint32_t)(capabilities->effective >> 32 * half);
        data[half].inheritable = (uint32_t)(capabilities->inheritable >> 32 * half);
    }
    return (int)syscall(SYS_capset, &header, data);
}

bool capability_is_effective(unsigned int number)
{
    struct process_capabilities own;

    return capabilities_get(&own) == 0 && capability_set_has(own.effective, number);
}

/* Capabilities that no kernel defines yet have a bit too. */
enum { LAST_CAPABILITY = 63 };

int capabilities_limit_bounding_set(capability_set kept)
{
    for (unsigned int number = 0; number <= LAST_CAPABILITY; number++) {
        int present = prctl(PR_CAPBSET_READ, (unsigned long)number);

        /* The kernel defines no further capabilities. */
        if (present < 0 && errno == EINVAL)
            break;
        if (present < 0)
            return -1;
        if (present == 1 && !capability_set_has(kept, number) &&
            prctl(PR_CAPBSET_DROP, (unsigned long)number) < 0)
            return -1;
    }
    return 0;
}

bool capabilities_bounding_set_exceeds(capability_set kept)
{
    for (unsigned int number = 0; number <= LAST_CAPABILITY; number++)
        if (!capability_set_has(kept, number) && prctl(PR_CAPBSET_READ, (unsigned long)number) == 1)
            return true;
    return false;
}

int capabilities_raise_ambient(capability_set added)
{
    for (unsigned int number = 0; number <= LAST_CAPABILITY; number++)
        if (capability_set_has(added, number) &&
            prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, (unsigned long)number, 0L, 0L) < 0)
            return -1;
    return 0;
}
