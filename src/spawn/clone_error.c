/*
 * clone_error.c - why a process or a namespace could not be created
 */
#include "spawn/clone_error_private.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "linux/fd.h"
#include "linux/capabilities.h"
#include "linux/statx.h"
#include "util/strbuf.h"

/* Replace the first `before` in the text by `now`, and cut off the end that does not fit. */
static void replace(char *text, size_t size, const char *before, const char *now)
{
    size_t length = strlen(before);
    char rest[sizeof((struct error *)0)->hint];

    for (char *at = text; *at != '\0'; at++)
        if (strncmp(at, before, length) == 0) {
            strbuf_set(rest, sizeof rest, "%s%s", now, at + length);
            strbuf_set(at, size - (size_t)(at - text), "%s", rest);
            return;
        }
}

void clone_error_adapt_hint(struct error *error)
{
    static const char *const words[][2] = {{"docker ", "podman "},
                                           {"systempaths=unconfined", "unmask=ALL"}};

    /* podman creates this file in each container. */
    if (error->hint[0] == '\0' || access("/run/.containerenv", F_OK) < 0)
        return;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        replace(error->hint, sizeof error->hint, words[i][0], words[i][1]);
}

/*
 * clone(2) refuses user namespaces in a chroot. The root directory of a chroot is mostly no mount
 * point; where it is, a refusal with CAP_SYS_ADMIN and without seccomp has no other cause.
 */
static bool is_in_chroot(bool is_filtered)
{
    int root = fd_open_path("/");
    bool is_mount = root < 0 || statx_is_mount_root(root);

    fd_close(root);
    return !is_mount || (!is_filtered && capability_is_effective(CAP_SYS_ADMIN));
}

/* Docker's default seccomp profile permits namespaces with CAP_SYS_ADMIN. */
static const char *permission_hint(bool with_user)
{
    bool is_filtered = prctl(PR_GET_SECCOMP) == SECCOMP_MODE_FILTER;

    if (with_user && is_in_chroot(is_filtered))
        return "a chroot forbids user namespaces: replace it by --unshare mnt --root DIR";

    if (geteuid() == 0 && is_filtered)
        return "the seccomp profile forbids it: docker run --cap-add SYS_ADMIN, or for user "
               "namespaces alone --security-opt seccomp=unconfined";
    if (geteuid() == 0)
        return "CAP_SYS_ADMIN is missing: docker run --cap-add SYS_ADMIN";
    if (with_user && is_filtered)
        return "the seccomp profile forbids it: docker run --security-opt seccomp=unconfined";
    if (with_user)
        return "sysctl kernel.unprivileged_userns_clone=1 user.max_user_namespaces=1000";
    return "as an ordinary user, add --unshare user --map-root-user";
}

int clone_error(int error_number, bool with_user, struct error *error)
{
    const char *hint = "";

    switch (error_number) {
    case EAGAIN:
        hint = "a limit on processes is reached: raise docker run --pids-limit or ulimit -u";
        break;
    case EPERM:
        hint = permission_hint(with_user);
        break;
    case EUSERS:
    case ENOSPC:
        hint = "raise the limit by sysctl user.max_*_namespaces; user and PID namespaces nest 32 "
               "levels deep";
        break;
    case EINVAL:
        hint = "the kernel lacks one of these namespaces: build it with CONFIG_*_NS";
        break;
    default:
        break;
    }
    error_hint(error, "%s", hint);
    errno = error_number;
    return error_reason(error, ERROR_FAILED, "%m");
}
