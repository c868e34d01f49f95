/*
 * publish_spec.h - a port of a service's network that is published outside
 */
#ifndef NSINIT_PLAN_PUBLISH_SPEC_H
#define NSINIT_PLAN_PUBLISH_SPEC_H

#include <stdbool.h>
#include <stdint.h>

#include "plan/address_spec_private.h"
#include "util/error.h"

/* One --publish [IP:]HOST:SERVICE[/udp]. */
struct published {
    const char *spec;       /* as it was given, for messages */
    struct address address; /* outside; family 0: all */
    char ip[46];            /* the address as text; empty: all */
    uint16_t host_port;
    uint16_t service_port;
    bool is_udp;
};

/* Read a SPEC, which stays the caller's. 0, or -1 with the reason filled in (ERROR_USAGE). */
int published_parse(struct published *published, const char *spec, struct error *error);

#endif
