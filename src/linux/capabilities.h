/*
 * capabilities.h - the names of capabilities(7), and sets of them
 */
#ifndef NSINIT_LINUX_CAPABILITIES_H
#define NSINIT_LINUX_CAPABILITIES_H

#include <stddef.h>
#include <stdint.h>

/* Bit N is capability N; those that the running kernel does not know are harmless. */
typedef uint64_t capability_set;

/*
 * Add the capabilities of a list to a set: names with or without CAP_, in either case, separated
 * by commas, or "all". 0, or -1 with the first unknown one in `wrong` (a buffer of `size` bytes).
 */
int capabilities_parse(const char *list, capability_set *set, char *wrong, size_t size);

/* A capability's name in lower case without CAP_, or NULL. */
const char *capability_name(unsigned int number);

/* The closest valid name to a misspelt one, or NULL. */
const char *capability_closest_name(const char *name);

#endif
