/*
 * cmsg.h - control messages of a Unix socket: cmsg(3)
 */
#ifndef NSINIT_LINUX_CMSG_H
#define NSINIT_LINUX_CMSG_H

#include <sys/socket.h>

/* CMSG_NXTHDR without its warnings: musl's mixes signed and unsigned sizes. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
static inline struct cmsghdr *cmsg_next(struct msghdr *header, struct cmsghdr *part)
{
    return CMSG_NXTHDR(header, part);
}
#pragma GCC diagnostic pop

#endif
