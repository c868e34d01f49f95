/*
 * loopback.c - the loopback interface of a network namespace
 */
#include "net/loopback.h"

#include <errno.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/net_error_private.h"

int loopback_up(struct error *error)
{
    /* netdevice(7) works on any socket, and takes half of the system calls of rtnetlink. */
    struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP};
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    int result;

    error_subject(error, "lo");
    if (fd < 0)
        return net_check(error, ATTEMPT_SOCKET, "", -errno, "");
    result = ioctl(fd, SIOCSIFFLAGS, &request) < 0 ? -errno : 0;
    close(fd);
    return net_check(error, ATTEMPT_LOOPBACK, "", result, "");
}
