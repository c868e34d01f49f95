/*
 * nstypes.c - the types of namespaces: names in /proc/PID/ns, flags of clone(2)
 */
#include "linux/nstypes.h"

#include <sched.h>
#include <string.h>

#include "util/keywords.h"
#include "util/parse.h"

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x00000080
#endif

const struct ns_type_info ns_types[NAMESPACE_COUNT] = {
    [NAMESPACE_USER] = {"user", CLONE_NEWUSER},       [NAMESPACE_MNT] = {"mnt", CLONE_NEWNS},
    [NAMESPACE_PID] = {"pid", CLONE_NEWPID},          [NAMESPACE_NET] = {"net", CLONE_NEWNET},
    [NAMESPACE_UTS] = {"uts", CLONE_NEWUTS},          [NAMESPACE_IPC] = {"ipc", CLONE_NEWIPC},
    [NAMESPACE_CGROUP] = {"cgroup", CLONE_NEWCGROUP}, [NAMESPACE_TIME] = {"time", CLONE_NEWTIME},
};

int ns_set_parse(ns_set *set, const char *list, struct error *error)
{
    static const struct keywords names = {KEYWORDS_IN(ns_types), .exact = true,
                                          .kind = "namespace"};

    for (;;) {
        char name[32];
        size_t length = parse_word(list, ",", name, sizeof name);

        if (strcmp(name, "all") == 0) {
            *set |= (1U << NAMESPACE_COUNT) - 1;
        } else {
            int type = keywords_find(&names, name, error);

            if (type < 0)
                return -1;
            *set |= 1U << type;
        }
        if (list[length] == '\0')
            return 0;
        list += length + 1;
    }
}
