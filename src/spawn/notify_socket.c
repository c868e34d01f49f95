/*
 * notify_socket.c - the socket a service notifies nsinit by: sd_notify(3)
 */
#include "spawn/notify_socket.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* Let the kernel choose a name that nobody has, and say it as NOTIFY_SOCKET does. */
static int bind_anywhere(int fd, struct notify_name *name)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    socklen_t length = sizeof address;
    size_t name_length;

    if (bind(fd, (struct sockaddr *)&address, sizeof address.sun_family) < 0 ||
        getsockname(fd, (struct sockaddr *)&address, &length) < 0)
        return -errno;
    name_length = length - offsetof(struct sockaddr_un, sun_path);
    if (name_length >= sizeof name->text)
        return -ENAMETOOLONG;
    memcpy(name->text, address.sun_path, name_length);
    name->text[0] = '@';
    name->text[name_length] = '\0';
    return 0;
}

int notify_socket_open(struct notify_name *name)
{
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    const int on = 1;
    int result;

    if (fd < 0)
        return -errno;
    result = setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof on) < 0 ? -errno
                                                                         : bind_anywhere(fd, name);
    if (result < 0) {
        close(fd);
        return result;
    }
    return fd;
}
