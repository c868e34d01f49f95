/*
 * publish.c - ports outside that lead to a service
 */
#include "net/publish_private.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int bind_port(int fd, const struct published *published, bool is_kept)
{
    const int on = 1;
    struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_port = htons(published->host_port)};
    struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons(published->host_port)};

    /*
     * pasta takes a port that ended connections still have (TIME_WAIT in tcp(7)). With the option
     * another program could bind the port of a kept socket as well.
     */
    if (!is_kept && !published->is_udp)
        (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (published->address.family == AF_INET6) {
        memcpy(&six.sin6_addr, published->address.bytes, sizeof six.sin6_addr);
        return bind(fd, (const struct sockaddr *)&six, sizeof six);
    }
    memcpy(&four.sin_addr, published->address.bytes, sizeof four.sin_addr);
    return bind(fd, (const struct sockaddr *)&four, sizeof four);
}

int publish_bind(const struct published *published, bool is_kept, struct error *error)
{
    int fd = socket(published->address.family == AF_INET6 ? AF_INET6 : AF_INET,
                    (published->is_udp ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC, 0);

    if (fd >= 0 && bind_port(fd, published, is_kept) == 0)
        return fd;
    error_subject(error, "--publish %s", published->spec);
    if (errno == EADDRINUSE)
        error_hint(error, "choose a free port, or find its user: ss -anp 'sport = :%u'",
                   published->host_port);
    else if (errno == EACCES)
        error_hint(error,
                   "choose a port from 1024, or: sysctl net.ipv4.ip_unprivileged_port_start=%u",
                   published->host_port);
    error_reason(error, ERROR_FAILED, "bind port %u: %m", published->host_port);
    if (fd >= 0)
        close(fd);
    return -1;
}
