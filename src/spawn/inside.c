/*
 * inside.c - what a process in new namespaces does for itself before its program runs
 */
#include "spawn/inside.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

#include "spawn/filesystem.h"
#include "spawn/ids.h"
#include "spawn/network.h"
#include "spawn/refusal.h"
#include "util/file.h"
#include "util/log.h"
#include "util/text.h"

static int write_offsets(const struct isolation *isolation)
{
    char content[80];
    struct text text = text_in(content, sizeof content);

    if (isolation->has_monotonic)
        text_format(&text, "monotonic %d 0\n", isolation->monotonic);
    if (isolation->has_boottime)
        text_format(&text, "boottime %d 0\n", isolation->boottime);
    return text.length > 0 ? file_write("/proc/self/timens_offsets", content) : 0;
}

/*
 * The namespace of our children is to be our own, too: where we are to execute the program, and
 * before Linux 6.3 also for an inner init, as no child of another one could share our memory.
 */
static int move_into_clocks(void)
{
    /* musl's open(3) sets O_CLOEXEC once more, by a call of its own. */
    int fd = openat(AT_FDCWD, "/proc/self/ns/time_for_children", O_RDONLY | O_CLOEXEC);
    int result;

    if (fd < 0)
        return -1;
    result = setns(fd, (int)namespace_kinds[NAMESPACE_TIME].clone_flag);
    close(fd);
    return result;
}

int inside_set_clocks(const struct isolation *isolation, struct error *error)
{
    int result;

    if (!namespaces_have(isolation->unshared, NAMESPACE_TIME))
        return 0;
    error_subject(error, "--unshare time");
    if (unshare((int)namespace_kinds[NAMESPACE_TIME].clone_flag) < 0)
        return refusal_explain(errno, namespaces_have(isolation->unshared, NAMESPACE_USER), error);
    result = write_offsets(isolation);
    if (result < 0) {
        errno = -result;
        if (errno == ERANGE)
            error_hint(error, "a clock may not become negative or pass 146 years");
        return error_failed(error, isolation->has_monotonic ? "--monotonic" : "--boottime");
    }
    if (move_into_clocks() < 0)
        return error_reason(error, ERROR_FAILED, "setns: %m");
    return 0;
}

static int set_names(const struct isolation *isolation, struct error *error)
{
    if (isolation->hostname != NULL &&
        sethostname(isolation->hostname, strlen(isolation->hostname)) < 0)
        return error_failed(error, "--hostname");
    if (isolation->domainname != NULL &&
        setdomainname(isolation->domainname, strlen(isolation->domainname)) < 0)
        return error_failed(error, "--domainname");
    return 0;
}

static int set_network(const struct isolation *isolation, struct error *error)
{
    if (!namespaces_have(isolation->unshared, NAMESPACE_NET))
        return 0;
    if (!isolation->no_loopback && network_start_loopback(error) < 0)
        return -1;
    if (isolation->veth_count == 0)
        return 0;
    return network_configure(isolation->veths, isolation->veth_count, error);
}

static int set_file_systems(const struct isolation *isolation, struct error *error)
{
    struct filesystem filesystem = isolation->filesystem;

    if (!namespaces_have(isolation->unshared, NAMESPACE_MNT))
        return 0;
    /* The old one shows another PID namespace's processes. */
    if (filesystem.proc == NULL && !isolation->no_fresh_proc &&
        namespaces_have(isolation->unshared, NAMESPACE_PID))
        filesystem.proc = "/proc";
    return filesystem_apply(&filesystem, error);
}

void inside_enter_directory(const struct isolation *isolation)
{
    if (isolation->directory != NULL && chdir(isolation->directory) < 0)
        log_line(LOG_DEBUG, "cannot enter %s: %m", isolation->directory);
}

int inside_prepare(const struct isolation *isolation, bool another_user, struct error *error)
{
    if (another_user)
        ids_become_root();
    inside_enter_directory(isolation);
    if (set_names(isolation, error) < 0 || set_network(isolation, error) < 0)
        return -1;
    return set_file_systems(isolation, error);
}
