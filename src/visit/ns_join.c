/*
 * ns_join.c - open the namespaces that a service joins
 */
#include "visit/ns_join.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/parse.h"
#include "util/strbuf.h"

/*
 * Set the path of the source's namespace, or of a socket in it, and return the flags to open it
 * with. Closing a socket may wait for its owner, so the new process opens its namespace:
 * entered_process.c.
 */
static int set_path(char path[PATH_MAX], const char *source, enum ns_type type)
{
    const char *name = netns_name_of(source);
    struct entered_pid process;

    if (!entered_pid_parse(&process, source)) {
        strbuf_set(path, PATH_MAX, name != NULL ? NETNS_DIRECTORY "/%s" : "%s",
                   name != NULL ? name : source);
        return O_RDONLY;
    }
    if (process.kind == '/') {
        strbuf_set(path, PATH_MAX, "/proc/%d/fd/%s", process.pid, strchr(source, '/') + 1);
        return O_PATH;
    }
    strbuf_set(path, PATH_MAX, "/proc/%d/ns/%s", process.pid, ns_types[type].name);
    return O_RDONLY;
}

static int open_error(const char *path, const char *source, struct error *error)
{
    struct entered_pid process;

    if (errno == ENOENT && entered_pid_parse(&process, source) && process.kind != '/')
        return error_reason(error, ERROR_FAILED, "no process %d in nsinit's PID namespace",
                            process.pid);
    if (errno == EACCES || errno == EPERM)
        error_hint(error, "run nsinit as root, or as the user of the process with CAP_SYS_PTRACE "
                          "in its user namespace");
    return error_reason(error, ERROR_FAILED, "open %s: %m", path);
}

static int open_one(struct nsfds *open_set, const struct ns_join *join, enum ns_type type,
                    struct error *error)
{
    char path[PATH_MAX];
    int flags = set_path(path, join->source, type);
    int fd;

    fd = open(path, flags | O_CLOEXEC);
    if (fd < 0) {
        /* "all" skips a type that the kernel lacks. */
        if (join->all && errno == ENOENT && access("/proc/self/ns", F_OK) == 0 &&
            type != NAMESPACE_MNT)
            return 0;
        error_subject(error, "--enter %s=%s", ns_types[type].name, join->source);
        return open_error(path, join->source, error);
    }
    /* The descriptor may be any file, which is not looked at here: fstat(2) of FUSE may wait. */
    if (flags != O_PATH && nsfd_is_own(fd, type)) {
        close(fd);
        return 0;
    }
    if (open_set->fds[type] >= 0)
        close(open_set->fds[type]);
    open_set->fds[type] = fd;
    return 0;
}

/*
 * Copy the given descriptors, except of nsinit's own namespaces. 0, or -1 with errno: then the
 * service must not start, as it would run in nsinit's namespace instead.
 */
static int take_given(struct nsfds *open, const struct nsfds *given)
{
    for (int type = 0; type < NAMESPACE_COUNT; type++) {
        if (given->fds[type] < 0 || nsfd_is_own(given->fds[type], (enum ns_type)type))
            continue;
        open->fds[type] = fcntl(given->fds[type], F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
        if (open->fds[type] < 0)
            return -1;
    }
    return 0;
}

static bool is_service(const struct ns_join *join)
{
    return strncmp(join->source, "service:", 8) == 0;
}

int nsfds_open(struct nsfds *open, const struct namespaces *namespaces, const struct nsfds *given,
               struct error *error)
{
    *open = nsfds_none();
    if (given != NULL && take_given(open, given) < 0) {
        error_failed(error, "copy the descriptors of the pod's namespaces");
        nsfds_close(open);
        return -1;
    }
    for (size_t i = 0; i < namespaces->join_count; i++) {
        const struct ns_join *join = &namespaces->joins[i];

        for (int type = 0; type < NAMESPACE_COUNT; type++)
            if (ns_set_has(join->types, (enum ns_type)type) && !is_service(join) &&
                open_one(open, join, (enum ns_type)type, error) < 0) {
                nsfds_close(open);
                return -1;
            }
    }
    return 0;
}
