/*
 * held_namespaces.h - namespaces that a bind mount or an open file keeps, also without processes
 */
#ifndef NSINIT_INSPECT_HELD_NAMESPACES_H
#define NSINIT_INSPECT_HELD_NAMESPACES_H

#include "inspect/ns_scan.h"

/*
 * Add the namespaces that mounts of this mount namespace and open files of the scan's processes
 * keep, and set the paths of known ones that are among them. 0 or -ENOMEM.
 */
int held_namespaces_add(struct ns_scan *scan, ns_set types);

/* The name that ip-netns(8) has for the namespace, or NULL. */
const char *held_namespaces_netns(const struct ns_node *node);

/* The path, of PATH_MAX bytes, that a word names: a path, or netns:NAME of ip-netns(8). */
void held_namespaces_set_path(char *path, const char *word);

#endif
