/*
 * visit.c - run a command where a service lives
 */
#include "supervise/visit.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "supervise/supervise.h"

/* Whether the service has kept nsinit's directory, while its visitor comes in by the root. */
static bool loses_directory(const struct isolation *isolation)
{
    for (size_t i = 0; i < isolation->entrance_count; i++)
        if (namespaces_have(isolation->entrances[i].types, NAMESPACE_MNT))
            return false;
    return namespaces_have(isolation->unshared, NAMESPACE_MNT) &&
           isolation->filesystem.root == NULL;
}

/* Those that the service has made or entered by itself. */
static namespace_set own_types(const struct isolation *isolation)
{
    namespace_set types = isolation->unshared;

    for (size_t i = 0; i < isolation->entrance_count; i++)
        types |= isolation->entrances[i].types;
    return types;
}

/*
 * One that is the pod's, or nsinit's own where that has none: -ENOENT. Of another user's process
 * only CAP_SYS_PTRACE would tell, which a container has not.
 */
static int open_shared(const struct supervised *host, enum namespace_type type)
{
    int shared = host->supervisor->shared.fds[type];
    int fd;

    if (namespaces_have(own_types(&host->service->isolation), type))
        return -EACCES;
    if (shared < 0)
        return -ENOENT;
    fd = fcntl(shared, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    return fd < 0 ? -errno : fd;
}

static int open_one(const struct supervised *host, enum namespace_type type)
{
    int fd = namespace_open_of(host->pid, type);

    return fd == -EACCES ? open_shared(host, type) : fd;
}

static int explain(const struct supervised *host, enum namespace_type type, int failure,
                   struct error *error)
{
    if (failure == -EACCES)
        error_hint(error, "the service runs as another user: that takes CAP_SYS_PTRACE (docker run "
                          "--cap-add SYS_PTRACE), or a PID namespace of its own (unshare = pid)");
    errno = -failure;
    return error_failed(error, "%s: its %s namespace", name_of(host), namespace_kinds[type].name);
}

/* All of them; one that the kernel does not know is not missed. */
static int open_all(const struct supervised *host, struct open_namespaces *all, struct error *error)
{
    *all = namespaces_none();
    for (unsigned int type = 0; type < NAMESPACE_COUNT; type++) {
        int fd = open_one(host, (enum namespace_type)type);

        if (fd < 0 && fd != -ENOENT) {
            namespaces_close(all);
            return explain(host, (enum namespace_type)type, fd, error);
        }
        all->fds[type] = fd < 0 ? -1 : fd;
    }
    return 0;
}

/* The service's own user and limits, and nothing of its life. */
static void plan_visit(const struct supervised *host, struct service *visitor)
{
    *visitor = *host->service;
    memset(&visitor->isolation, 0, sizeof visitor->isolation);
    memset(&visitor->supervision, 0, sizeof visitor->supervision);
}

int visit_spawn(const struct supervised *host, char *const *words, enum placement placement,
                const struct spawn_context *plain, pid_t *pid, struct error *error)
{
    const struct isolation *isolation = &host->service->isolation;
    struct spawn_context context = *plain;
    struct open_namespaces all = namespaces_none();
    char directory[PATH_MAX];
    struct service visitor;
    struct spawned spawned = {.link_fd = -1};
    int result = 0;

    plan_visit(host, &visitor);
    visitor.arguments = words;
    visitor.placement = placement;
    if (isolation_is_needed(isolation) || host->supervisor->has_shared) {
        result = open_all(host, &all, error);
        context.given = &all;
    }
    if (loses_directory(isolation) && getcwd(directory, sizeof directory) != NULL)
        visitor.isolation.directory = directory;
    if (result == 0)
        result = spawn_service(&visitor, &context, &spawned, error);
    namespaces_close(&all);
    if (result < 0)
        return -1;
    if (spawned.link_fd >= 0)
        close(spawned.link_fd);
    *pid = spawned.pid;
    return 0;
}
