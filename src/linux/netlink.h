/*
 * netlink.h - requests to the kernel by rtnetlink(7), one at a time, each with its answer
 */
#ifndef NSINIT_LINUX_NETLINK_H
#define NSINIT_LINUX_NETLINK_H

#include <stddef.h>
#include <stdint.h>

/* A connection and the request under construction on it. */
struct netlink {
    int fd;
    size_t length; /* of the request; over the size of `bytes` when it did not fit */
    _Alignas(4) unsigned char bytes[256];
    char explanation[128]; /* the kernel's words on the last refusal, or empty */
};

/* To the network namespace of the calling process. 0, or a negative errno. */
int netlink_open(struct netlink *netlink);
void netlink_close(struct netlink *netlink);

/* The index of a device, or a negative errno. */
int netlink_device(const struct netlink *netlink, const char *name);

/*
 * Let a device that was brought up be up for IPv6 and bridges, too: the kernel tells them from a
 * work queue, up to a second later, unless someone asks for the state of the link.
 */
void netlink_settle(const struct netlink *netlink, const char *name);

/* Start a request: its type, its NLM_F_ flags and the fixed structure it begins with. */
void netlink_begin(struct netlink *netlink, unsigned int type, unsigned int flags,
                   const void *header, size_t size);

/* Append bytes as they are, aligned; or as an attribute. */
void netlink_add_header(struct netlink *netlink, const void *header, size_t size);
void netlink_add(struct netlink *netlink, unsigned int type, const void *data, size_t size);
void netlink_add_number(struct netlink *netlink, unsigned int type, uint32_t number);
void netlink_add_text(struct netlink *netlink, unsigned int type, const char *text);

/* All attributes from the one to the other go inside of a nested attribute. */
size_t netlink_begin_nest(struct netlink *netlink, unsigned int type);
void netlink_end_nest(struct netlink *netlink, size_t nest);

/* Send the request and wait for the answer: 0, or a negative errno, explained as far as it is. */
int netlink_request(struct netlink *netlink);

#endif
