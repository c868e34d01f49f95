/*
 * places.h - where the control socket is when nobody has said where, one place after the other
 * nsinit listens at the first that it can have, and nsctl asks at the first where nsinit answers.
 */
#ifndef NSINIT_CONTROL_PLACES_H
#define NSINIT_CONTROL_PLACES_H

#include <stdbool.h>

#define FIRST_PLACE "/run/nsinit.sock"

/* As many bytes as sockaddr_un has for a path: unix(7). */
enum { PLACE_SIZE = 108 };

/* The path of the place of that number, from 0. False: there is none, now or behind the last. */
enum { PLACE_COUNT = 3 };
bool place_path(char path[PLACE_SIZE], unsigned int number);

/*
 * The places behind the first are in directories of the caller's user alone, which nobody else can
 * make or rename: make it, or see that it is so. 0 or a negative errno: -EPERM when it is somebody
 * else's.
 */
int place_prepare(const char *path, unsigned int number);

/* The same for nsctl, which makes nothing: -ENOENT where there is none. */
int place_check(const char *path, unsigned int number);

/* Remove that directory, unless there is something in it. */
void place_leave(const char *path, unsigned int number);

#endif
