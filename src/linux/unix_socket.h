/*
 * unix_socket.h - stream sockets that pass descriptors: unix(7)
 */
#ifndef NSINIT_LINUX_UNIX_SOCKET_H
#define NSINIT_LINUX_UNIX_SOCKET_H

#include <stddef.h>
#include <sys/types.h>

struct sockaddr_un;

/* The most descriptors in one message. */
enum { SOCKET_FILES = 3 };

/* Fill in the address of a path. 0 or -ENAMETOOLONG. */
int socket_address(struct sockaddr_un *address, const char *path);

/* Connect to a path, with more flags of socket(2). The descriptor, or a negative errno. */
int socket_connect(const char *path, int flags);

/* The user of the process at the other end, when it listened or connected; -1: unknown. */
uid_t socket_peer_user(int fd);

/* send(2) without SIGPIPE; the descriptors `files` go with the first byte. */
ssize_t socket_send(int fd, const void *data, size_t length, const int *files, size_t count,
                    int flags);

/*
 * recv(2) that never waits. Descriptors that come along, close-on-exec, go to the places of `files`
 * that are -1; any more are closed.
 */
ssize_t socket_receive(int fd, void *buffer, size_t size, int *files, size_t count);

#endif
