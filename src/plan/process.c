/*
 * process.c - the names of limits, as in prlimit(1) and docker run --ulimit
 */
#include "plan/process.h"

#include "util/keywords.h"

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

int resource_by_name(const char *name, struct error *error)
{
    static const struct keywords names = {KEYWORDS_IN(resources), .kind = "limit"};
    int row = keywords_find(&names, name, error);

    return row < 0 ? row : resources[row].resource;
}

const char *resource_name(int resource)
{
    for (size_t i = 0; i < sizeof resources / sizeof resources[0]; i++)
        if (resources[i].resource == resource)
            return resources[i].name;
    return NULL;
}
