/*
 * socket_places.h - where the control socket is when nobody has said where, one place after the
 * other nsinit listens at the first place that it can have; nsctl asks at the first where nsinit
 * answers.
 */
#ifndef NSINIT_PROTOCOL_SOCKET_PLACES_H
#define NSINIT_PROTOCOL_SOCKET_PLACES_H

#include <stdbool.h>

#define FIRST_PLACE "/run/nsinit.sock"

/* As many bytes as sockaddr_un has for a path: unix(7). */
enum { PLACE_SIZE = 108 };

/* Write the path of a place by its number, from 0. False: the place does not exist. */
enum { PLACE_COUNT = 3 };
bool place_path(char path[PLACE_SIZE], unsigned int number);

/*
 * Every place but the first is in a directory that belongs to the caller's user alone. Make that
 * directory, or check its owner and mode. 0 or a negative errno: -EPERM when it belongs to another
 * user.
 */
int place_prepare(const char *path, unsigned int number);

/* Check that directory for nsctl, which makes nothing: -ENOENT where there is none. */
int place_check(const char *path, unsigned int number);

/* Remove that directory if it is empty. */
void place_leave(const char *path, unsigned int number);

#endif
