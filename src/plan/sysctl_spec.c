/*
 * sysctl_spec.c - read a --sysctl KEY=VALUE
 */
#include "plan/sysctl_spec.h"

#include <string.h>

#include "util/parse.h"

/*
 * The beginnings of the keys that a namespace has values of its own for, as in Docker, and user/ of
 * namespaces(7). Any other key is the machine's.
 */
static const struct {
    const char *beginning;
    enum ns_type type;
} namespaced[] = {
    {"net/", NAMESPACE_NET},       {"fs/mqueue/", NAMESPACE_IPC}, {"kernel/msg", NAMESPACE_IPC},
    {"kernel/sem", NAMESPACE_IPC}, {"kernel/shm", NAMESPACE_IPC}, {"user/", NAMESPACE_USER},
};

/*
 * If the first separator is a dot, dots separate, and a slash is a dot of an interface's name:
 * sysctl.d(5).
 */
static void make_path(char *path)
{
    if (path[strcspn(path, "./")] != '.')
        return;
    for (; *path != '\0'; path++)
        if (*path == '.' || *path == '/')
            *path = *path == '.' ? '/' : '.';
}

/* Whether no part of the path is empty or leads upwards. */
static bool is_plain(const char *path)
{
    for (; (path = strchr(path, '/')) != NULL; path++)
        if (path[1] == '/' || path[1] == '.' || path[1] == '\0')
            return false;
    return true;
}

int sysctl_parse(struct sysctl *sysctl, const char *text, struct error *error)
{
    size_t length = parse_word(text, "=", sysctl->path, sizeof sysctl->path);

    if (length == 0 || text[length] == '\0' || text[length + 1] == '\0')
        return error_invalid(error, text, "value", "use KEY=VALUE, e.g. net.ipv4.ip_forward=1");
    sysctl->value = text + length + 1;
    make_path(sysctl->path);
    for (size_t i = 0; i < sizeof namespaced / sizeof namespaced[0]; i++)
        if (length < sizeof sysctl->path && is_plain(sysctl->path) &&
            strncmp(sysctl->path, namespaced[i].beginning, strlen(namespaced[i].beginning)) == 0) {
            sysctl->type = namespaced[i].type;
            return 0;
        }
    return error_reason(
        error, ERROR_USAGE,
        "'%s' is not a parameter of a namespace: use net.*, fs.mqueue.*, kernel.msg*, "
        "kernel.sem*, kernel.shm* or user.*",
        text);
}
