/*
 * unix_socket.c - stream sockets that pass descriptors: unix(7)
 */
#include "linux/unix_socket.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int socket_address(struct sockaddr_un *address, const char *path)
{
    size_t length = strlen(path);

    if (length >= sizeof address->sun_path)
        return -ENAMETOOLONG;
    address->sun_family = AF_UNIX;
    memcpy(address->sun_path, path, length + 1);
    return 0;
}

int socket_connect(const char *path, int flags)
{
    struct sockaddr_un address = {0};
    int result = socket_address(&address, path);
    int fd;

    if (result < 0)
        return result;
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | flags, 0);
    if (fd >= 0 && connect(fd, (const struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    result = -errno;
    if (fd >= 0)
        close(fd);
    return result;
}

uid_t socket_peer_user(int fd)
{
    struct ucred peer;
    socklen_t size = sizeof peer;

    return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 ? peer.uid : (uid_t)-1;
}

ssize_t socket_send(int fd, const void *data, size_t length, const int *files, size_t count,
                    int flags)
{
    union {
        char space[CMSG_SPACE(SOCKET_FILES * sizeof(int))];
        struct cmsghdr header;
    } control = {{0}};
    struct iovec part = {.iov_base = (void *)data, .iov_len = length};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};

    if (count > 0) {
        control.header.cmsg_level = SOL_SOCKET;
        control.header.cmsg_type = SCM_RIGHTS;
        control.header.cmsg_len = (socklen_t)CMSG_LEN(count * sizeof(int));
        memcpy(CMSG_DATA(&control.header), files, count * sizeof(int));
        message.msg_control = control.space;
        message.msg_controllen = (socklen_t)CMSG_SPACE(count * sizeof(int));
    }
    return sendmsg(fd, &message, MSG_NOSIGNAL | flags);
}

static void take_file(int file, int *files, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (files[i] < 0) {
            files[i] = file;
            return;
        }
    close(file);
}

ssize_t socket_receive(int fd, void *buffer, size_t size, int *files, size_t count)
{
    struct iovec data = {.iov_base = buffer, .iov_len = size};
    _Alignas(struct cmsghdr) char control[CMSG_SPACE(SOCKET_FILES * sizeof(int))];
    struct msghdr message = {.msg_iov = &data,
                             .msg_iovlen = 1,
                             .msg_control = control,
                             .msg_controllen = sizeof control};
    ssize_t result = recvmsg(fd, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    const struct cmsghdr *part = result >= 0 ? CMSG_FIRSTHDR(&message) : NULL;

    if (part == NULL || part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS)
        return result;
    for (size_t at = 0; at < part->cmsg_len - CMSG_LEN(0); at += sizeof(int)) {
        int file;

        memcpy(&file, CMSG_DATA(part) + at, sizeof file);
        take_file(file, files, count);
    }
    return result;
}
