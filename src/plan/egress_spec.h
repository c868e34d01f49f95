/*
 * egress_spec.h - the addresses and ports that a service may reach
 */
#ifndef NSINIT_PLAN_EGRESS_SPEC_H
#define NSINIT_PLAN_EGRESS_SPEC_H

#include <stdint.h>

#include "plan/address_spec_private.h"
#include "util/error.h"

/* One item of --egress. */
struct egress {
    struct address network;
    uint16_t first_port; /* 0: all ports of all protocols */
    uint16_t last_port;
    uint8_t protocol; /* IPPROTO_TCP or IPPROTO_UDP, with a port */
};

/*
 * Read ADDRESS[/PREFIX] or ADDRESS[/PREFIX]:PORT[-PORT][/udp], where an IPv6 network with a port
 * stands in brackets. 0, or -1 with the reason filled in (ERROR_USAGE).
 */
int egress_parse(struct egress *egress, const char *item, struct error *error);

#endif
