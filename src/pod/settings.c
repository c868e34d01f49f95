/*
 * settings.c - the names of limits, as of prlimit(1) and docker run --ulimit
 */
#include "pod/settings.h"

#include <strings.h>

#include "util/parse.h"

static const struct {
    const char *name;
    int resource;
} resources[] = {
    {"as", RLIMIT_AS},           {"core", RLIMIT_CORE},         {"cpu", RLIMIT_CPU},
    {"data", RLIMIT_DATA},       {"fsize", RLIMIT_FSIZE},       {"locks", RLIMIT_LOCKS},
    {"memlock", RLIMIT_MEMLOCK}, {"msgqueue", RLIMIT_MSGQUEUE}, {"nice", RLIMIT_NICE},
    {"nofile", RLIMIT_NOFILE},   {"nproc", RLIMIT_NPROC},       {"rss", RLIMIT_RSS},
    {"rtprio", RLIMIT_RTPRIO},   {"rttime", RLIMIT_RTTIME},     {"sigpending", RLIMIT_SIGPENDING},
    {"stack", RLIMIT_STACK},
};

enum { NAME_COUNT = sizeof resources / sizeof resources[0] };

int resource_by_name(const char *name)
{
    for (size_t i = 0; i < NAME_COUNT; i++)
        if (strcasecmp(name, resources[i].name) == 0)
            return resources[i].resource;
    return -1;
}

const char *resource_name(int resource)
{
    for (size_t i = 0; i < NAME_COUNT; i++)
        if (resources[i].resource == resource)
            return resources[i].name;
    return NULL;
}

const char *resource_closest_name(const char *name)
{
    struct closest closest = closest_to(name);

    for (size_t i = 0; i < NAME_COUNT; i++)
        closest_offer(&closest, resources[i].name);
    return closest.best;
}
