/*
 * refusal.c - why a process or a namespace was refused, and the way out
 */
#include "spawn/refusal.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <unistd.h>

/* Docker's default profile lets namespaces pass for who has CAP_SYS_ADMIN. */
static const char *permission_hint(bool with_user)
{
    bool is_filtered = prctl(PR_GET_SECCOMP) == SECCOMP_MODE_FILTER;

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

int refusal_explain(int error_number, bool with_user, struct error *error)
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
