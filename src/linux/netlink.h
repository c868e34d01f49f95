/*
 * netlink.h - requests of rtnetlink(7) and nfnetlink, one at a time, each with its answer
 */
#ifndef NSINIT_LINUX_NETLINK_H
#define NSINIT_LINUX_NETLINK_H

#include <stddef.h>
#include <stdint.h>

/* A socket, and the request that is being built for it. */
struct netlink {
    int fd;
    size_t length; /* of the request; over the size of `bytes` if it does not fit */
    _Alignas(4) unsigned char bytes[1024];
    char explanation[128]; /* the kernel's message about the last refusal, or empty */
};

/* Connect to the network namespace of the calling process: NETLINK_ROUTE, NETLINK_NETFILTER. 0, or
 * a negative errno. */
int netlink_open(struct netlink *netlink, int protocol);
void netlink_close(struct netlink *netlink);

/* The index of a device, or a negative errno. */
int netlink_device(const struct netlink *netlink, const char *name);

/*
 * Make IPv6 and bridges notice at once that a device is up. The kernel notifies them from a work
 * queue, up to a second later, unless a process asks for the state of the link.
 */
void netlink_settle(const struct netlink *netlink, const char *name);

/* Start a request: its type, its NLM_F_ flags and the fixed structure it begins with. */
void netlink_begin(struct netlink *netlink, unsigned int type, unsigned int flags,
                   const void *header, size_t size);

/* Append bytes, aligned: plain ones, or as an attribute. */
void netlink_add_header(struct netlink *netlink, const void *header, size_t size);
void netlink_add(struct netlink *netlink, unsigned int type, const void *data, size_t size);
void netlink_add_number(struct netlink *netlink, unsigned int type, uint32_t number);
void netlink_add_text(struct netlink *netlink, unsigned int type, const char *text);

/* The attributes that are added between the two calls go into a nested attribute. */
size_t netlink_begin_nest(struct netlink *netlink, unsigned int type);
void netlink_end_nest(struct netlink *netlink, size_t nest);

/* Send the request and wait for the answer. 0, or a negative errno with an explanation, if any. */
int netlink_request(struct netlink *netlink);

/* Complete the request in `bytes`. Returns its length, or 0 if it does not fit. */
size_t netlink_end(struct netlink *netlink);

/*
 * Send requests that nfnetlink takes as one transaction, and read all answers. 0, or the first
 * negative errno.
 */
int netlink_send_batch(struct netlink *netlink, const void *bytes, size_t length);

#endif
