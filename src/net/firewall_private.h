/*
 * firewall_private.h - the rules outside for the devices of a service: masquerade and --publish
 */
#ifndef NSINIT_NET_FIREWALL_PRIVATE_H
#define NSINIT_NET_FIREWALL_PRIVATE_H

#include "net/devices.h"

/*
 * After the pairs were made: take the ports and add the rules, if the plan has any. That needs an
 * outside that is nsinit's own network namespace (`is_own`). 0, or -1 with `error` filled in.
 */
int firewall_add(struct net_devices *devices, bool is_own, struct error *error);

/* Remove the rules, and give the ports back. */
void firewall_remove(struct net_devices *devices);

#endif
