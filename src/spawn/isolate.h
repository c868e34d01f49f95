/*
 * isolate.h - a service becomes a process in namespaces of its own or of others
 */
#ifndef NSINIT_SPAWN_ISOLATE_H
#define NSINIT_SPAWN_ISOLATE_H

#include "spawn/spawn.h"

/* As spawn_service, for a service with namespaces. */
int isolate_spawn(const struct service *service, const struct spawn_context *context,
                  struct spawned *spawned, struct error *error);

#endif
