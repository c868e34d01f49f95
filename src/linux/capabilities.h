/*
 * capabilities.h - sets of capabilities(7): their names, and the sets of the calling process
 */
#ifndef NSINIT_LINUX_CAPABILITIES_H
#define NSINIT_LINUX_CAPABILITIES_H

#include <linux/capability.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bit N is capability N. Bits unknown to the running kernel do no harm. */
typedef uint64_t capability_set;

#define CAPABILITY_SET_ALL (~(capability_set)0)

static inline bool capability_set_has(capability_set set, unsigned int number)
{
    return (set >> number & 1) != 0;
}

/* ---- names --------------------------------------------------------------------------------- */

/*
 * Add the capabilities of a list to a set: names with or without CAP_, in either case, separated
 * by commas, or "all". 0, or -1 with the first unknown name in `wrong` (a buffer of `size` bytes).
 */
int capabilities_parse(const char *list, capability_set *set, char *wrong, size_t size);

/* The name of a capability in lower case without CAP_, or NULL. */
const char *capability_name(unsigned int number);

/* The closest valid name to a misspelt one, or NULL. */
const char *capability_closest_name(const char *name);

/* ---- the calling process ------------------------------------------------------------------- */

struct process_capabilities {
    capability_set permitted;
    capability_set effective;
    capability_set inheritable;
};

/* capget(2) and capset(2): 0, or -1 with errno. */
int capabilities_get(struct process_capabilities *capabilities);
int capabilities_set(const struct process_capabilities *capabilities);

/* Whether the calling process has a capability in effect. */
bool capability_is_effective(unsigned int number);

/* Take all but `kept` out of the bounding set, for good. 0, or -1 with errno. */
int capabilities_limit_bounding_set(capability_set kept);

/* Whether the bounding set has a capability that is not in `kept`. */
bool capabilities_bounding_set_exceeds(capability_set kept);

/*
 * Raise in the ambient set all permitted and inheritable capabilities. Returns 0, or -1 with errno.
 */
int capabilities_raise_ambient(capability_set added);

#endif
