/*
 * capabilities.c - the names of capabilities(7), and sets of them
 */
#include "linux/capabilities.h"

#include <string.h>
#include <strings.h>

#include "util/parse.h"
#include "util/strbuf.h"

/* In the order of their numbers; the empty name is the end. */
static const char names[] = "chown\0"
                            "dac_override\0"
                            "dac_read_search\0"
                            "fowner\0"
                            "fsetid\0"
                            "kill\0"
                            "setgid\0"
                            "setuid\0"
                            "setpcap\0"
                            "linux_immutable\0"
                            "net_bind_service\0"
                            "net_broadcast\0"
                            "net_admin\0"
                            "net_raw\0"
                            "ipc_lock\0"
                            "ipc_owner\0"
                            "sys_module\0"
                            "sys_rawio\0"
                            "sys_chroot\0"
                            "sys_ptrace\0"
                            "sys_pacct\0"
                            "sys_admin\0"
                            "sys_boot\0"
                            "sys_nice\0"
                            "sys_resource\0"
                            "sys_time\0"
                            "sys_tty_config\0"
                            "mknod\0"
                            "lease\0"
                            "audit_write\0"
                            "audit_control\0"
                            "setfcap\0"
                            "mac_override\0"
                            "mac_admin\0"
                            "syslog\0"
                            "wake_alarm\0"
                            "block_suspend\0"
                            "audit_read\0"
                            "perfmon\0"
                            "bpf\0"
                            "checkpoint_restore\0";

const char *capability_name(unsigned int number)
{
    const char *name = names;

    for (; number > 0 && *name != '\0'; number--)
        name += strlen(name) + 1;
    return *name != '\0' ? name : NULL;
}

static const char *without_prefix(const char *name)
{
    return strncasecmp(name, "CAP_", 4) == 0 ? name + 4 : name;
}

/* Add one name to the set; false when there is no such capability. */
static bool add_one(const char *name, capability_set *set)
{
    const char *valid;

    if (strcasecmp(name, "all") == 0) {
        *set = ~(capability_set)0;
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
    struct closest closest = closest_to(without_prefix(name));

    for (const char *valid = names; *valid != '\0'; valid += strlen(valid) + 1)
        closest_offer(&closest, valid);
    return closest.best;
}
