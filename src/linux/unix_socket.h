/*
 * unix_socket.h - the Unix socket between nsctl and nsinit, and the files that go along: unix(7)
 */
#ifndef NSINIT_LINUX_UNIX_SOCKET_H
#define NSINIT_LINUX_UNIX_SOCKET_H

#include <stddef.h>
#include <sys/types.h>

struct sockaddr_un;

/* The most files that go along with one message. */
enum { SOCKET_FILES = 3 };

/* 0 or -ENAMETOOLONG. */
int socket_address(struct sockaddr_un *address, const char *path);

/* Connected, or a negative errno. `flags` are those of socket(2), besides SOCK_CLOEXEC. */
int socket_connect(const char *path, int flags);

/* The user that listens at the other end, or made the connection: SO_PEERCRED; -1: not known. */
uid_t socket_peer_user(int fd);

/* As send(2), which never raises a signal, with files that go with the first byte. */
ssize_t socket_send(int fd, const void *data, size_t length, const int *files, size_t count,
                    int flags);

/*
 * As recv(2), which never waits. Files that come along go to the places of `files` that have none,
 * -1; more of them are closed.
 */
ssize_t socket_receive(int fd, void *buffer, size_t size, int *files, size_t count);

#endif
