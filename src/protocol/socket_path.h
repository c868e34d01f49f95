/*
 * socket_path.h - the default paths of the control socket
 * nsinit listens at the first path where it can; nsctl connects to the first where nsinit answers.
 */
#ifndef NSINIT_PROTOCOL_SOCKET_PATH_H
#define NSINIT_PROTOCOL_SOCKET_PATH_H

#include <stdbool.h>

#define SOCKET_PATH_FIRST "/run/nsinit.sock"

/* The size of sockaddr_un's path: unix(7). */
enum { SOCKET_PATH_SIZE = 108 };

/* Write the default path number 0, 1 or 2. False: this user has none with that number. */
enum { SOCKET_PATH_COUNT = 3 };
bool socket_path_default(char path[SOCKET_PATH_SIZE], unsigned int number);

/*
 * Every path but the first is in a directory that belongs to this user alone. Make the directory,
 * or check its owner and mode. 0 or a negative errno: -EPERM when others may write there.
 */
int socket_path_prepare(const char *path, unsigned int number);

/* Check the directory, without creating it: -ENOENT if it does not exist. */
int socket_path_check(const char *path, unsigned int number);

/* Remove the directory if it is empty. */
void socket_path_remove(const char *path, unsigned int number);

#endif
