/*
 * net_error.c - why a request about a network interface failed
 */
#include "net/net_error_private.h"

#include <errno.h>
#include <stddef.h>

static const char *const attempts[] = {
    [ATTEMPT_SOCKET] = "open a socket",     [ATTEMPT_LOOPBACK] = "bring up the interface",
    [ATTEMPT_PAIR] = "create the pair",     [ATTEMPT_BRIDGE] = "join the bridge ",
    [ATTEMPT_DEVICE] = "use the device ",   [ATTEMPT_FIND] = "find the device inside",
    [ATTEMPT_ADDRESS] = "add the address ", [ATTEMPT_UP] = "bring up the interface",
    [ATTEMPT_ROUTE] = "add the route to ",  [ATTEMPT_DEFAULT_ROUTE] = "add the default route by ",
};

#define NO_NET_ADMIN                                             \
    "CAP_NET_ADMIN is missing: docker run --cap-add NET_ADMIN; " \
    "as an ordinary user use --network pasta"

static const struct {
    enum net_attempt attempt;
    int error_number;
    const char *hint;
} hints[] = {
    {ATTEMPT_LOOPBACK, EPERM,
     "docker run --cap-add NET_ADMIN; on Ubuntu sysctl "
     "kernel.apparmor_restrict_unprivileged_userns=0; or add --no-loopback"},
    {ATTEMPT_PAIR, EPERM, NO_NET_ADMIN},
    {ATTEMPT_PAIR, EOPNOTSUPP, "the kernel has no veth devices: modprobe veth"},
    {ATTEMPT_DEVICE, EPERM, NO_NET_ADMIN},
    {ATTEMPT_DEVICE, EOPNOTSUPP, "the kernel lacks the module: modprobe macvlan ipvlan"},
    {ATTEMPT_BRIDGE, EOPNOTSUPP, "the interface is not a bridge: name another one by bridge="},
    {ATTEMPT_ADDRESS, EOPNOTSUPP, "the kernel has no IPv6: remove the address"},
    {ATTEMPT_ADDRESS, EACCES, "IPv6 is disabled: sysctl net.ipv6.conf.default.disable_ipv6=0"},
    {ATTEMPT_ADDRESS, EEXIST, "the interface has that address already: remove one address="},
    {ATTEMPT_DEFAULT_ROUTE, EEXIST,
     "a default route exists: set gateway= on one --veth only per family"},
};

int net_check(struct error *error, enum net_attempt attempt, const char *object, int result,
              const char *explanation)
{
    if (result >= 0)
        return 0;
    for (size_t i = 0; i < sizeof hints / sizeof hints[0]; i++)
        if (hints[i].attempt == attempt && hints[i].error_number == -result)
            error_hint(error, "%s", hints[i].hint);
    errno = -result;
    return error_reason(error, ERROR_FAILED, "%s%s: %m%s%s%s", attempts[attempt], object,
                        explanation[0] != '\0' ? " (" : "", explanation,
                        explanation[0] != '\0' ? ")" : "");
}
