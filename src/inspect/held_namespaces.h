/*
 * held_namespaces.h - namespaces in which nobody lives: kept by a bind mount or by an open file
 */
#ifndef NSINIT_INSPECT_HELD_NAMESPACES_H
#define NSINIT_INSPECT_HELD_NAMESPACES_H

#include "inspect/ns_scan.h"

/*
 * Add those that a mount of ours, or a file that a process of the census has open, keeps alive; of
 * those that are known already note where they are bound. 0 or -ENOMEM.
 */
int held_namespaces_add(struct ns_scan *scan, ns_set types);

/* The name that ip-netns(8) has for it, or NULL. */
const char *held_namespaces_netns(const struct ns_node *node);

#endif
