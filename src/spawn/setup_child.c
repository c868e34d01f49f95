/*
 * setup_child.c - the setup that a process in new namespaces does itself before its program runs
 */
#include "spawn/setup_child_private.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/keyctl.h>
#include <sched.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "mount/rootfs.h"
#include "spawn/idmap_private.h"
#include "net/egress.h"
#include "net/loopback.h"
#include "net/devices.h"
#include "plan/sysctl_spec.h"
#include "spawn/clone_error_private.h"
#include "util/file.h"
#include "util/log.h"
#include "util/parse.h"
#include "util/strbuf.h"

static int write_offsets(const struct namespaces *namespaces, int proc)
{
    char content[80];
    struct strbuf text = strbuf_in(content, sizeof content);

    if (namespaces->has_monotonic)
        strbuf_format(&text, "monotonic %d 0\n", namespaces->monotonic);
    if (namespaces->has_boottime)
        strbuf_format(&text, "boottime %d 0\n", namespaces->boottime);
    return text.length > 0 ? file_write_at(proc, "self/timens_offsets", content) : 0;
}

/*
 * unshare(2) puts only children into a new time namespace. The process joins it too, to execute the
 * program, and for an inner init before Linux 6.3, where a vfork child cannot be in another one.
 */
static int join_time_namespace(int proc)
{
    int fd = openat(proc, "self/ns/time_for_children", O_RDONLY | O_CLOEXEC);
    int result;

    if (fd < 0)
        return -1;
    result = setns(fd, (int)ns_types[NAMESPACE_TIME].clone_flag);
    close(fd);
    return result;
}

static int offsets_error(const struct namespaces *namespaces, int error_number, struct error *error)
{
    if (error_number == ERANGE)
        error_hint(error, "choose an offset that leaves the clock between 0 and 146 years");
    else if (error_number == EPERM)
        error_hint(error,
                   "CAP_SYS_TIME is missing: docker run --cap-add SYS_TIME, or add --unshare user "
                   "--map-root-user");
    errno = error_number;
    return error_failed(error, namespaces->has_monotonic ? "--monotonic" : "--boottime");
}

static int set_clocks(const struct namespaces *namespaces, int proc, struct error *error)
{
    int result;

    error_subject(error, "--unshare time");
    if (unshare((int)ns_types[NAMESPACE_TIME].clone_flag) < 0)
        return clone_error(errno, ns_set_has(namespaces->unshared, NAMESPACE_USER), error);
    result = write_offsets(namespaces, proc);
    if (result < 0)
        return offsets_error(namespaces, -result, error);
    if (join_time_namespace(proc) < 0)
        return error_reason(error, ERROR_FAILED, "join the new namespace: %m");
    return 0;
}

int setup_child_open_proc(const struct service *service)
{
    const struct namespaces *namespaces = &service->namespaces;

    return ns_set_has(namespaces->unshared, NAMESPACE_TIME) || namespaces->sysctl_count > 0 ||
                   service_settings(service)->disable_userns
               ? open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC)
               : -1;
}

int setup_child_set_clocks(const struct namespaces *namespaces, int proc, struct error *error)
{
    return ns_set_has(namespaces->unshared, NAMESPACE_TIME) ? set_clocks(namespaces, proc, error)
                                                            : 0;
}

static int set_names(const struct namespaces *namespaces, struct error *error)
{
    if (namespaces->hostname != NULL &&
        sethostname(namespaces->hostname, strlen(namespaces->hostname)) < 0)
        return error_failed(error, "--hostname");
    if (namespaces->domainname != NULL &&
        setdomainname(namespaces->domainname, strlen(namespaces->domainname)) < 0)
        return error_failed(error, "--domainname");
    return 0;
}

static int set_network(const struct namespaces *namespaces, struct error *error)
{
    if (!ns_set_has(namespaces->unshared, NAMESPACE_NET))
        return 0;
    if (!namespaces->no_loopback && loopback_up(error) < 0)
        return -1;
    if (egress_restrict(namespaces, error) < 0)
        return -1;
    if (namespaces->veth_count == 0)
        return 0;
    return net_devices_configure(namespaces->veths, namespaces->veth_count, error);
}

/*
 * /proc/sys shows a process the keys of its own namespaces. This comes before the network, as
 * addresses may depend on keys: net.ipv6.conf.all.disable_ipv6.
 */
static int set_sysctls(const struct namespaces *namespaces, int proc, struct error *error)
{
    int result;

    for (size_t i = 0; i < namespaces->sysctl_count; i++) {
        const struct sysctl *sysctl = &namespaces->sysctls[i];
        char path[sizeof "sys/" + sizeof sysctl->path];

        /* A namespace that the pod has kept from an earlier run has the values already. */
        if (!ns_set_has(namespaces->unshared, sysctl->type))
            continue;
        strbuf_set(path, sizeof path, "sys/%s", sysctl->path);
        result = file_write_at(proc, path, sysctl->value);
        if (result == 0)
            continue;
        if (result == -EROFS)
            error_hint(error, "docker run --security-opt systempaths=unconfined");
        errno = -result;
        return error_failed(error, "--sysctl: write /proc/sys/%s", sysctl->path);
    }
    return 0;
}

/* Whether the program will run as root; no other user name is looked up. */
static bool runs_as_root(const struct service *service)
{
    const char *user = service_settings(service)->user;
    char name[40];
    unsigned long number;

    if (user == NULL)
        return geteuid() == 0;
    (void)parse_word(user, ":", name, sizeof name);
    return strcmp(name, "root") == 0 || (parse_number(name, UINT_MAX, &number) == 0 && number == 0);
}

int setup_child_new_keyring(const struct namespaces *namespaces, const struct nsfds *join_fds,
                            struct error *error)
{
    const ns_set wanted = 1U << NAMESPACE_USER | 1U << NAMESPACE_MNT | 1U << NAMESPACE_PID;
    ns_set other = namespaces->unshared;

    for (int type = 0; type < NAMESPACE_COUNT; type++)
        if (join_fds->fds[type] >= 0)
            other |= 1U << type;
    /*
     * keyctl(2) fails in a kernel without keys, under a seccomp profile, and above a quota. The
     * process then keeps nsinit's keyring, as in any container.
     */
    if ((other & wanted) == 0 || syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) >= 0 ||
        errno == EPERM || errno == ENOSYS || errno == EDQUOT)
        return 0;
    error_hint(error, "keep nsinit's keyring: --keep-keyring");
    return error_failed(error, "join a session keyring");
}

/* By default only for the machine's root user, who could change the machine through /proc. */
static bool masks_proc(const struct service *service, bool in_other_user_ns)
{
    if (service->namespaces.mask_proc != MASK_PROC_DEFAULT)
        return service->namespaces.mask_proc == MASK_PROC_YES;
    return !in_other_user_ns && runs_as_root(service);
}

/*
 * The kernel locks the mounts that a mount namespace of another user namespace has copied; the
 * plan's mounts are locked here too.
 */
static int set_file_systems(const struct service *service, bool in_other_user_ns,
                            const int *sources, struct error *error)
{
    struct filesystem filesystem = service->namespaces.filesystem;
    bool has_mounts;

    if (!ns_set_has(service->namespaces.unshared, NAMESPACE_MNT))
        return 0;
    filesystem.proc = namespaces_fresh_proc(&service->namespaces);
    filesystem.mask_proc =
        namespaces_has_fresh_proc(&service->namespaces) && masks_proc(service, in_other_user_ns);
    has_mounts = filesystem.mount_count > 0 || filesystem.root != NULL || filesystem.read_only ||
                 filesystem.mask_proc || filesystem.netns != NULL;
    return rootfs_apply(&filesystem, in_other_user_ns && has_mounts, sources, error);
}

void setup_child_enter_directory(const struct namespaces *namespaces)
{
    if (namespaces->directory != NULL && chdir(namespaces->directory) < 0)
        log_line(LOG_DEBUG, "%s: cannot change to the directory: %m", namespaces->directory);
}

/*
 * This comes after the file systems, as a user namespace locks the mounts. The key is that of the
 * process's own user namespace: namespaces(7).
 */
static int disable_userns(const struct settings *settings, int proc, struct error *error)
{
    if (!settings->disable_userns)
        return 0;
    errno = -file_write_at(proc, "sys/user/max_user_namespaces", "0");
    return errno == 0 ? 0
                      : error_failed(error, "--disable-userns: write "
                                            "/proc/sys/user/max_user_namespaces");
}

int setup_child_prepare(const struct service *service, bool in_other_user_ns, const int *sources,
                        int proc, struct error *error)
{
    const struct namespaces *namespaces = &service->namespaces;

    /* door_enter has set the IDs of a joined user namespace. */
    if (ns_set_has(namespaces->unshared, NAMESPACE_USER) &&
        idmap_set_ids(namespaces, service_settings(service)->keep_groups, error) < 0)
        return -1;
    setup_child_enter_directory(namespaces);
    if (set_names(namespaces, error) < 0 || set_sysctls(namespaces, proc, error) < 0 ||
        set_network(namespaces, error) < 0 ||
        set_file_systems(service, in_other_user_ns, sources, error) < 0 ||
        disable_userns(service_settings(service), proc, error) < 0)
        return -1;
    if (proc >= 0)
        close(proc);
    return 0;
}
