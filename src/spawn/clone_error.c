/*
 * clone_error.c - why a process or a namespace was refused, and the way out
 */
#include "spawn/clone_error_private.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "linux/capabilities.h"
#include "linux/statx.h"
#include "util/strbuf.h"

/* Put `now` in the place of `before`, if the text has it and room. */
static void replace(char *text, size_t size, const char *before, const char *now)
{
    const char *at = strstr(text, before);
    char rest[sizeof((struct error *)0)->hint];

    if (at == NULL)
        return;
    strbuf_set(rest, sizeof rest, "%s%s", now, at + strlen(before));
    strbuf_set(text + (at - text), size - (size_t)(at - text), "%s", rest);
}

void clone_error_adapt_hint(struct error *error)
{
    static const char *const words[][2] = {{"docker ", "podman "},
                                           {"systempaths=unconfined", "unmask=ALL"}};

    /* podman makes this file in each container. */
    if (error->hint[0] == '\0' || access("/run/.containerenv", F_OK) < 0)
        return;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        replace(error->hint, sizeof error->hint, words[i][0], words[i][1]);
}

/*
 * The root is no mount, or it is only there that who may all is refused: user_namespaces(7). To one
 * of an ordinary user's that is a mount, nothing tells it.
 */
static bool is_in_chroot(bool is_filtered)
{
    int root = open("/", O_PATH | O_CLOEXEC);
    bool is_mount = root < 0 || statx_is_mount_root(root);

    if (root >= 0)
        close(root);
    return !is_mount || (!is_filtered && capability_is_effective(CAP_SYS_ADMIN));
}

/* Docker's default profile lets namespaces pass for who has CAP_SYS_ADMIN. */
static const char *permission_hint(bool with_user)
{
    bool is_filtered = prctl(PR_GET_SECCOMP) == SECCOMP_MODE_FILTER;

    if (with_user && is_in_chroot(is_filtered))
        return "nothing in a chroot may make a user namespace: let nsinit make the root instead, "
               "--unshare mnt --root DIR";

    if (geteuid() == 0 && is_filtered)
        return "the container's seccomp profile forbids it: run it with --cap-add SYS_ADMIN; for "
               "user namespaces --security-opt seccomp=unconfined will do";
    if (geteuid() == 0)
        return "CAP_SYS_ADMIN is missing: run the container with --cap-add SYS_ADMIN";
    if (with_user && is_filtered)
        return "the container's seccomp profile forbids it: run it with --security-opt "
               "seccomp=unconfined";
    if (with_user)
        return "the system forbids user namespaces to ordinary users: sysctl "
               "kernel.unprivileged_userns_clone, user.max_user_namespaces";
    return "an ordinary user needs a user namespace for the others (--unshare user,... "
           "--map-root-user), and the system to allow it";
}

int clone_error(int error_number, bool with_user, struct error *error)
{
    const char *hint = "";

    switch (error_number) {
    case EAGAIN:
        hint = "a limit on processes is reached: pids cgroup (docker run --pids-limit) or "
               "ulimit -u";
        break;
    case EPERM:
        hint = permission_hint(with_user);
        break;
    case EUSERS:
    case ENOSPC:
        hint = "a limit is reached: sysctl user.max_user_namespaces and its kin, or 32 levels of "
               "them";
        break;
    case EINVAL:
        hint = "this kernel lacks one of these namespaces";
        break;
    default:
        break;
    }
    error_hint(error, "%s", hint);
    errno = error_number;
    return error_reason(error, ERROR_FAILED, "%m");
}
