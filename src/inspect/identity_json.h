/*
 * identity_json.h - an identity as members of a JSON object: nsinit(1), section EVENTS
 */
#ifndef NSINIT_INSPECT_IDENTITY_JSON_H
#define NSINIT_INSPECT_IDENTITY_JSON_H

#include "inspect/identity.h"
#include "util/strbuf.h"

/* What an identity is seen against. */
struct identity_context {
    const char *origins[NAMESPACE_COUNT]; /* own, entered, inherited; NULL: can't be told */
    const uint64_t *nsinit; /* the ids of nsinit's own namespaces, by type; NULL: not known */
    const uint64_t *self;   /* of another to compare with; NULL: not compared */
};

/*
 * Append its members, each with a comma in front: pids, ids, maps, names and namespaces. What
 * can't be told is null, and a member "unreadable" has the reasons.
 */
void identity_json_add(struct strbuf *text, const struct identity *identity,
                       const struct identity_context *context, enum identity_depth depth);

#endif
