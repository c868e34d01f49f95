/*
 * link.c - what nsinit and a process it isolates have to say to each other
 */
#include "spawn/link.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "util/ancillary.h"

/* Room for what may come with a message. */
union control {
    struct cmsghdr part;
    char bytes[CMSG_SPACE(sizeof(struct ucred)) + CMSG_SPACE(sizeof(int))];
};

int link_open(int ends[2], bool learns_pids)
{
    const int on = 1;

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
        return -errno;
    /* The kernel tells each sender's pid then, translated to the receiver's namespace: unix(7). */
    if (learns_pids && setsockopt(ends[0], SOL_SOCKET, SO_PASSCRED, &on, sizeof on) < 0) {
        int error_number = errno;

        close(ends[0]);
        close(ends[1]);
        return -error_number;
    }
    return 0;
}

/* Send a message, perhaps with something attached. False when it could not be sent. */
static bool tell(int fd, enum link_kind kind, int value, const struct error *error, int type,
                 const void *attached, unsigned int size)
{
    struct link_message message;
    struct iovec data = {.iov_base = &message, .iov_len = sizeof message};
    union control control;
    struct msghdr header = {.msg_iov = &data, .msg_iovlen = 1};

    /* It goes to another process whole, padding and all. */
    memset(&message, 0, sizeof message);
    message.kind = kind;
    message.value = value;
    if (error != NULL)
        message.error = *error;
    memset(&control, 0, sizeof control);
    if (attached != NULL) {
        header.msg_control = &control;
        header.msg_controllen = (socklen_t)CMSG_SPACE(size);
        control.part.cmsg_level = SOL_SOCKET;
        control.part.cmsg_type = type;
        control.part.cmsg_len = (socklen_t)CMSG_LEN(size);
        memcpy(CMSG_DATA(&control.part), attached, size);
    }
    return sendmsg(fd, &header, MSG_NOSIGNAL) >= 0;
}

void link_tell(int fd, enum link_kind kind, int value, const struct error *error)
{
    (void)tell(fd, kind, value, error, 0, NULL, 0);
}

void link_tell_process(int fd, enum link_kind kind, pid_t pid)
{
    struct ucred process = {.pid = pid, .uid = geteuid(), .gid = getegid()};

    if (!tell(fd, kind, 0, NULL, SCM_CREDENTIALS, &process, sizeof process))
        link_tell(fd, kind, 0, NULL);
}

void link_tell_file(int fd, enum link_kind kind, int file)
{
    (void)tell(fd, kind, 0, NULL, SCM_RIGHTS, &file, sizeof file);
}

/* Credentials come on the end that asked for them, a file with LINK_NOTIFY. */
static void read_control(struct msghdr *header, pid_t *sender, int *file)
{
    for (struct cmsghdr *part = CMSG_FIRSTHDR(header); part != NULL;
         part = ancillary_next(header, part)) {
        const void *attached = CMSG_DATA(part);

        if (part->cmsg_type == SCM_CREDENTIALS && sender != NULL)
            *sender = ((const struct ucred *)attached)->pid;
        else if (part->cmsg_type == SCM_RIGHTS && file != NULL)
            *file = *(const int *)attached;
    }
}

int link_receive(int fd, struct link_message *message, pid_t *sender, int *file, int wait)
{
    struct iovec data = {.iov_base = message, .iov_len = sizeof *message};
    union control control;
    struct msghdr header = {.msg_iov = &data,
                            .msg_iovlen = 1,
                            .msg_control = control.bytes,
                            .msg_controllen = sizeof control.bytes};
    ssize_t size;

    /*
     * Who ends with something of ours unread resets the connection, which is told once and before
     * what he has said last. Nothing interrupts it, here or above: all signals are blocked.
     */
    do
        size = recvmsg(fd, &header, MSG_CMSG_CLOEXEC | (wait ? 0 : MSG_DONTWAIT));
    while (size < 0 && errno == ECONNRESET);
    if (size < 0)
        return -errno;
    if (size != (ssize_t)sizeof *message)
        return 0;
    read_control(&header, sender, file);
    return 1;
}
