/*
 * link.c - what nsinit and a process it isolates have to say to each other
 */
#include "spawn/link.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

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

void link_tell(int fd, enum link_kind kind, int value, const struct error *error)
{
    struct link_message message;
    ssize_t size;

    /* It goes to another process whole, padding and all. */
    memset(&message, 0, sizeof message);
    message.kind = kind;
    message.value = value;
    if (error != NULL)
        message.error = *error;
    do
        size = send(fd, &message, sizeof message, MSG_NOSIGNAL);
    while (size < 0 && errno == EINTR);
}

/* They are all that is ever attached. */
static void read_credentials(struct msghdr *header, pid_t *sender)
{
    const struct cmsghdr *part = CMSG_FIRSTHDR(header);
    struct ucred credentials;

    if (part == NULL || part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_CREDENTIALS)
        return;
    memcpy(&credentials, CMSG_DATA(part), sizeof credentials);
    *sender = credentials.pid;
}

int link_receive(int fd, struct link_message *message, pid_t *sender, int wait)
{
    struct iovec data = {.iov_base = message, .iov_len = sizeof *message};
    _Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(struct ucred))];
    struct msghdr header = {.msg_iov = &data,
                            .msg_iovlen = 1,
                            .msg_control = control,
                            .msg_controllen = sizeof control};
    ssize_t size;

    do
        size = recvmsg(fd, &header, MSG_CMSG_CLOEXEC | (wait ? 0 : MSG_DONTWAIT));
    while (size < 0 && errno == EINTR);
    if (size < 0)
        return errno == ECONNRESET ? 0 : -errno;
    if (size != (ssize_t)sizeof *message)
        return 0;
    if (sender != NULL)
        read_credentials(&header, sender);
    return 1;
}
