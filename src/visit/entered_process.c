/*
 * entered_process.c - what a program takes over from the process whose namespaces it joins
 */
#include "visit/entered_process.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "linux/ioctl.h"
#include "linux/proc.h"
#include "linux/syscalls.h"
#include "util/file.h"
#include "visit/door.h"

/* ---- identity ------------------------------------------------------------------------------ */

/*
 * The inode of a process's pidfd is not used again. A check after everything was opened is enough:
 * a process that has its PID now has had it since the caller learned the inode.
 */
static int check_inode(int pidfd, uint64_t inode, struct error *error)
{
    struct stat status = {0};

    if (fstat(pidfd, &status) == 0 && status.st_ino == inode)
        return 0;
    return error_reason(error, ERROR_FAILED,
                        "the process with this inode has ended, or Linux is older than 6.9");
}

/* Replace the socket, which nsfds_open has opened by O_PATH, by its namespace. */
static int open_of_socket(int *fd, int pidfd, int number, struct error *error)
{
    int socket_fd = (int)syscall(SYS_pidfd_getfd, pidfd, number, 0);
    int type;
    socklen_t size = sizeof type;

    close(*fd);
    /* A file of fuse(4) would answer a request with any number, or never. */
    *fd = socket_fd < 0 || getsockopt(socket_fd, SOL_SOCKET, SO_TYPE, &type, &size) < 0
              ? -1
              : ioctl_ask(socket_fd, SIOCGSKNS, NULL);
    if (*fd < 0)
        return error_reason(error, ERROR_FAILED, "open the namespace of the socket: %m");
    close(socket_fd);
    return 0;
}

static int check_join(const struct ns_join *join, struct nsfds *open, struct error *error)
{
    struct entered_pid process;
    int result;
    int pidfd;

    if (!entered_pid_parse(&process, join->source) || process.kind == '\0')
        return 0;
    error_subject(error, "--enter %s", join->source);
    pidfd = sys_pidfd_open(process.pid, 0);
    result = process.kind == ':'
                 ? check_inode(pidfd, process.number, error)
                 : open_of_socket(&open->fds[NAMESPACE_NET], pidfd, (int)process.number, error);
    close(pidfd);
    return result;
}

/* ---- what is taken over -------------------------------------------------------------------- */

static int take_environment(struct service *service, const char *path)
{
    char *text = NULL;
    char **environment;
    size_t length = 0;
    size_t count = 0;
    int result = file_read_regular(path, &text, &length);

    if (result < 0)
        return result;
    environment = calloc(length / 2 + 2, sizeof *environment);
    if (environment == NULL)
        return -ENOMEM;
    for (char *at = text; at < text + length; at += strlen(at) + 1)
        if (*at != '\0')
            environment[count++] = at;
    service->environment = environment;
    return 0;
}

/*
 * The groups are set before nsinit's rights are given up. Where that is not permitted, the entered
 * user namespace takes all groups away.
 */
static int take_privileges(struct service *service, const char *path, bool enters_user)
{
    gid_t groups[PROC_STATUS_SIZE];
    struct settings *settings = service->settings;
    size_t count = 0;
    char *status = NULL;
    const char *list;
    capability_set bounding = 0;
    unsigned long group;
    int result = file_read_regular(path, &status, NULL);

    if (result < 0)
        return result;
    if (settings == NULL)
        settings = service->settings = calloc(1, sizeof *settings);
    if (settings == NULL)
        return -ENOMEM;
    list = proc_status_field(status, "Groups");
    while (count < sizeof groups / sizeof groups[0] && proc_next_number(&list, &group))
        groups[count++] = (gid_t)group;
    settings->keep_groups = syscall(CALL_SETGROUPS, count, groups) == 0;
    if (!settings->keep_groups && !enters_user)
        return -errno;
    (void)proc_status_mask(status, "CapBnd", &bounding);
    settings->has_capabilities = true;
    settings->dropped |= ~bounding;
    free(status);
    return 0;
}

/* 0 or a negative errno. */
static int take(struct entered_process *entered, struct service *service, const char *path,
                enum enter what, bool enters_user)
{
    if (what == ENTER_ENVIRONMENT)
        return take_environment(service, path);
    if (what == ENTER_PRIVILEGES)
        return take_privileges(service, path, enters_user);
    entered->directories[what] = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    return entered->directories[what] < 0 ? -errno : 0;
}

int entered_process_open(struct entered_process *entered, struct service *service,
                         struct nsfds *open, struct error *error)
{
    static const char files[ENTER_COUNT][8] = {"root", "cwd", "environ", "status"};
    const struct namespaces *namespaces = &service->namespaces;
    struct entered_pid process;
    struct proc_path path;

    *entered = (struct entered_process){{-1, -1}};
    if (!namespaces_entered_pid(namespaces, &process))
        return 0;
    for (int what = 0; what < ENTER_COUNT; what++) {
        int result = 0;

        if (namespaces->enters[what])
            result = take(entered, service, proc_path_of(&path, process.pid, files[what]),
                          (enum enter)what, open->fds[NAMESPACE_USER] >= 0);
        error_subject(error, "--enter-%s", enter_names[what]);
        if (result < 0)
            return file_explain(path.text, result, error);
    }
    for (size_t i = 0; i < namespaces->join_count; i++)
        if (check_join(&namespaces->joins[i], open, error) < 0)
            return -1;
    return 0;
}

int entered_process_apply(const struct entered_process *entered, struct error *error)
{
    for (int what = ENTER_ROOT; what <= ENTER_DIRECTORY; what++) {
        int fd = entered->directories[what];

        if (fd < 0)
            continue;
        if (fchdir(fd) < 0 || (what == ENTER_ROOT && chroot(".") < 0))
            return error_failed(error, "--enter-%s", enter_names[what]);
        close(fd);
    }
    if (entered->directories[ENTER_DIRECTORY] < 0 || door_is_below_root())
        return 0;
    error_subject(error, "--enter-dir");
    error_hint(error, "enter its root, too: --enter mnt=PID --enter-root");
    return error_reason(error, ERROR_FAILED, "the directory is outside of the root directory");
}
