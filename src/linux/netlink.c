/*
 * netlink.c - requests of rtnetlink(7) and nfnetlink, one at a time, each with its answer
 * This may run between clone and exec, so it uses no memory but the caller's.
 */
#include "linux/netlink.h"

#include <errno.h>
#include <linux/ethtool.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "util/strbuf.h"

/* With NETLINK_CAP_ACK an answer does not repeat the request: this holds the longest text. */
enum { ANSWER_SIZE = 448 };

int netlink_open(struct netlink *netlink, int protocol)
{
    const struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
    const int on = 1;
    int error_number;

    *netlink = (struct netlink){0};
    netlink->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);
    if (netlink->fd < 0)
        return -errno;
    /* qemu-user has neither: then only the explanation is missing. */
    (void)setsockopt(netlink->fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof on);
    (void)setsockopt(netlink->fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof on);
    /* A connected socket receives nothing from other processes. */
    if (connect(netlink->fd, (const struct sockaddr *)&kernel, sizeof kernel) == 0)
        return 0;
    error_number = errno;
    netlink_close(netlink);
    return -error_number;
}

void netlink_close(struct netlink *netlink)
{
    close(netlink->fd);
    netlink->fd = -1;
}

int netlink_device(const struct netlink *netlink, const char *name)
{
    struct ifreq request = {0};

    strbuf_set(request.ifr_name, sizeof request.ifr_name, "%s", name);
    /* netdevice(7) takes any socket. */
    return ioctl(netlink->fd, SIOCGIFINDEX, &request) < 0 ? -errno : request.ifr_ifindex;
}

void netlink_settle(const struct netlink *netlink, const char *name)
{
    struct ethtool_value link = {.cmd = ETHTOOL_GLINK};
    struct ifreq request = {.ifr_data = (char *)&link};

    strbuf_set(request.ifr_name, sizeof request.ifr_name, "%s", name);
    (void)ioctl(netlink->fd, SIOCETHTOOL, &request);
}

void netlink_begin(struct netlink *netlink, unsigned int type, unsigned int flags,
                   const void *header, size_t size)
{
    const struct nlmsghdr message = {.nlmsg_type = (uint16_t)type,
                                     .nlmsg_flags = (uint16_t)(flags | NLM_F_REQUEST | NLM_F_ACK)};

    netlink->length = 0;
    netlink_add_header(netlink, &message, sizeof message);
    netlink_add_header(netlink, header, size);
}

void netlink_add_header(struct netlink *netlink, const void *header, size_t size)
{
    size_t aligned = NLMSG_ALIGN(size);

    if (netlink->length + aligned <= sizeof netlink->bytes) {
        memset(netlink->bytes + netlink->length, 0, aligned);
        if (size > 0)
            memcpy(netlink->bytes + netlink->length, header, size);
    }
    netlink->length += aligned;
}

void netlink_add(struct netlink *netlink, unsigned int type, const void *data, size_t size)
{
    const struct rtattr attribute = {.rta_len = (uint16_t)RTA_LENGTH(size),
                                     .rta_type = (uint16_t)type};

    netlink_add_header(netlink, &attribute, sizeof attribute);
    netlink_add_header(netlink, data, size);
}

void netlink_add_number(struct netlink *netlink, unsigned int type, uint32_t number)
{
    netlink_add(netlink, type, &number, sizeof number);
}

void netlink_add_text(struct netlink *netlink, unsigned int type, const char *text)
{
    netlink_add(netlink, type, text, strlen(text) + 1);
}

size_t netlink_begin_nest(struct netlink *netlink, unsigned int type)
{
    size_t nest = netlink->length;

    netlink_add(netlink, type | NLA_F_NESTED, NULL, 0);
    return nest;
}

void netlink_end_nest(struct netlink *netlink, size_t nest)
{
    uint16_t length = (uint16_t)(netlink->length - nest);

    if (netlink->length <= sizeof netlink->bytes)
        memcpy(netlink->bytes + nest + offsetof(struct rtattr, rta_len), &length, sizeof length);
}

/* The answer: the result, and attributes, of which the message comes first if there is one. */
struct answer {
    struct nlmsghdr header;
    struct nlmsgerr result;
    struct rtattr attribute;
    char text[ANSWER_SIZE];
};

static int read_answer(struct netlink *netlink, const struct answer *answer, size_t length)
{
    enum { EXPLAINED = NLM_F_ACK_TLVS | NLM_F_CAPPED };
    size_t size = answer->attribute.rta_len - sizeof answer->attribute;

    if (length < offsetof(struct answer, attribute) || answer->header.nlmsg_type != NLMSG_ERROR ||
        answer->result.error > 0)
        return -EBADMSG;
    if (length >= offsetof(struct answer, text) &&
        (answer->header.nlmsg_flags & EXPLAINED) == EXPLAINED &&
        answer->attribute.rta_type == NLMSGERR_ATTR_MSG && size < sizeof netlink->explanation &&
        size <= length - offsetof(struct answer, text))
        memcpy(netlink->explanation, answer->text, size);
    return answer->result.error;
}

size_t netlink_end(struct netlink *netlink)
{
    const uint32_t length = (uint32_t)netlink->length;

    if (length > sizeof netlink->bytes)
        return 0;
    memcpy(netlink->bytes + offsetof(struct nlmsghdr, nlmsg_len), &length, sizeof length);
    return length;
}

int netlink_request(struct netlink *netlink)
{
    struct answer answer;
    size_t length = netlink_end(netlink);
    ssize_t count;

    memset(netlink->explanation, 0, sizeof netlink->explanation);
    if (length == 0)
        return -EMSGSIZE;
    /*
     * The kernel has answered when send(2) returns. If another process reads or fills a socket that
     * came from a new process, this one does not wait.
     */
    if (send(netlink->fd, netlink->bytes, length, MSG_DONTWAIT) < 0)
        return -errno;
    count = recv(netlink->fd, &answer, sizeof answer, MSG_DONTWAIT);
    return count < 0 ? -errno : read_answer(netlink, &answer, (size_t)count);
}

int netlink_send_batch(struct netlink *netlink, const void *bytes, size_t length)
{
    struct answer answer;
    int result = 0;
    ssize_t count;

    if (send(netlink->fd, bytes, length, MSG_DONTWAIT) < 0)
        return -errno;
    while ((count = recv(netlink->fd, &answer, sizeof answer, MSG_DONTWAIT)) > 0) {
        int one = read_answer(netlink, &answer, (size_t)count);

        if (result == 0)
            result = one;
    }
    return result;
}
