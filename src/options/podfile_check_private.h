/*
 * podfile_check_private.h - whether the keys of a pod file's sections fit together
 */
#ifndef NSINIT_OPTIONS_PODFILE_CHECK_PRIVATE_H
#define NSINIT_OPTIONS_PODFILE_CHECK_PRIVATE_H

#include "options/invocation.h"

/* The mistakes of a pod file: the first one, and the others as diagnostics of the invocation. */
struct mistakes {
    struct invocation *invocation;
    bool any;
    struct error first;
};

void mistakes_add(struct mistakes *mistakes, const struct error *error);

/*
 * Check the keys of a section together, when all are read. A section with a mistake in a key is
 * passed over: other mistakes would follow from that one.
 */
void podfile_check_section(struct mistakes *mistakes, unsigned int section);

/* Resolve the services that each service waits for, when the names of all are known. */
void podfile_check_order(struct mistakes *mistakes);

#endif
