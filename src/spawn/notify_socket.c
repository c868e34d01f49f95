/*
 * notify_socket.c - the socket a service notifies nsinit by: sd_notify(3)
 */
#include "spawn/notify_socket.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* Let the kernel choose a name that nobody has, and say it as NOTIFY_SOCKET does. */
static bool bind_anywhere(int fd, struct notify_name *name)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    socklen_t length = sizeof address;
    size_t name_length;

    if (bind(fd, (struct sockaddr *)&address, sizeof address.sun_family) < 0 ||
        getsockname(fd, (struct sockaddr *)&address, &length) < 0)
        return false;
    name_length = length - offsetof(struct sockaddr_un, sun_path);
    if (name_length >= sizeof name->text) {
        errno = ENAMETOOLONG;
        return false;
    }
    memcpy(name->text, address.sun_path, name_length);
    name->text[0] = '@';
    name->text[name_length] = '\0';
    return true;
}

int notify_socket_open(struct notify_name *name, const char *service, struct error *error)
{
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    const int on = 1;

    if (fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof on) == 0 &&
        bind_anywhere(fd, name))
        return fd;
    error_failed(error, "%s: the socket for sd_notify", service);
    if (fd >= 0)
        close(fd);
    return -1;
}
