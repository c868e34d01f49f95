/*
 * identity_json.h - an identity as members of a JSON object: nsinit(1), section EVENTS
 */
#ifndef NSINIT_INSPECT_IDENTITY_JSON_H
#define NSINIT_INSPECT_IDENTITY_JSON_H

#include "inspect/identity.h"
#include "util/strbuf.h"

/* Namespaces to compare the namespaces of an identity with. */
struct identity_context {
    const char *origins[NAMESPACE_COUNT]; /* own, entered, inherited; NULL: unknown */
    const uint64_t *nsinit; /* the ids of nsinit's namespaces, by type; NULL: unknown */
    const uint64_t *self;   /* of the process that prints; NULL: no comparison */
};

/*
 * Append the members, each with a comma in front: PIDs, ids, maps, names and namespaces. One that
 * is unknown is null, and has its reason in the last member, "unreadable".
 */
void identity_json_add(struct strbuf *text, const struct identity *identity,
                       const struct identity_context *context, enum identity_depth depth);

#endif
