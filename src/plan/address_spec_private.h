/*
 * address_spec_private.h - read IP addresses, networks and ports
 */
#ifndef NSINIT_PLAN_ADDRESS_SPEC_PRIVATE_H
#define NSINIT_PLAN_ADDRESS_SPEC_PRIVATE_H

#include <stdbool.h>
#include <stdint.h>

#include "util/error.h"

/* An IPv4 or IPv6 address with its prefix length, or a network. */
struct address {
    int family; /* AF_INET or AF_INET6 */
    uint8_t bytes[16];
    unsigned int prefix;
};

/*
 * Read ADDRESS[/PREFIX], in place; the prefix is `least` or longer, and without one the whole
 * address. 0, or -1 with the reason filled in (ERROR_USAGE).
 */
int network_parse(struct address *network, char *text, int least, struct error *error);

/*
 * Cut a text in two: ADDRESS:PORTS, with an IPv6 address in brackets, as in Docker. `ports` is NULL
 * without a colon. False for any other text.
 */
bool address_cut(char **address, char **ports);

/*
 * Read FIRST[SEPARATOR LAST][/tcp|/udp], in place. `last` is 0 and `protocol` IPPROTO_TCP where
 * none is given. False for any other text.
 */
bool ports_parse(char *text, char separator, uint16_t *first, uint16_t *last, uint8_t *protocol);

#endif
