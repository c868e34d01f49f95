/*
 * capabilities.c - the names of capabilities(7), and sets of them
 */
#include "util/capabilities.h"

#include <string.h>
#include <strings.h>

#include "util/parse.h"
#include "util/text.h"

/* In the order of their numbers. */
static const char *const names[] = {
    "chown",
    "dac_override",
    "dac_read_search",
    "fowner",
    "fsetid",
    "kill",
    "setgid",
    "setuid",
    "setpcap",
    "linux_immutable",
    "net_bind_service",
    "net_broadcast",
    "net_admin",
    "net_raw",
    "ipc_lock",
    "ipc_owner",
    "sys_module",
    "sys_rawio",
    "sys_chroot",
    "sys_ptrace",
    "sys_pacct",
    "sys_admin",
    "sys_boot",
    "sys_nice",
    "sys_resource",
    "sys_time",
    "sys_tty_config",
    "mknod",
    "lease",
    "audit_write",
    "audit_control",
    "setfcap",
    "mac_override",
    "mac_admin",
    "syslog",
    "wake_alarm",
    "block_suspend",
    "audit_read",
    "perfmon",
    "bpf",
    "checkpoint_restore",
};

enum { NAME_COUNT = sizeof names / sizeof names[0] };

static const char *without_prefix(const char *name)
{
    return strncasecmp(name, "CAP_", 4) == 0 ? name + 4 : name;
}

/* Add one name to the set; false when there is no such capability. */
static bool add_one(const char *name, capability_set *set)
{
    if (strcasecmp(name, "all") == 0) {
        *set = ~(capability_set)0;
        return true;
    }
    for (unsigned int number = 0; number < NAME_COUNT; number++)
        if (strcasecmp(without_prefix(name), names[number]) == 0) {
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

const char *capability_name(unsigned int number)
{
    return number < NAME_COUNT ? names[number] : NULL;
}

const char *capability_closest_name(const char *name)
{
    struct closest closest = closest_to(without_prefix(name));

    for (unsigned int number = 0; number < NAME_COUNT; number++)
        closest_offer(&closest, names[number]);
    return closest.best;
}
