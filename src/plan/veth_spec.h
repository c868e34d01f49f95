/*
 * veth_spec.h - the network devices of a service's network namespace
 */
#ifndef NSINIT_PLAN_VETH_SPEC_H
#define NSINIT_PLAN_VETH_SPEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "plan/address_spec_private.h"
#include "util/error.h"

enum { INTERFACE_NAME_SIZE = 16, VETH_ADDRESSES = 8, VETH_ROUTES = 8 };

/* The destination has a prefix of 0 for the default route. */
struct route {
    struct address destination;
    struct address gateway; /* family 0: the destination is reached directly */
};

/* The configuration of a device. */
struct veth_end {
    struct address addresses[VETH_ADDRESSES];
    size_t address_count;
    struct route routes[VETH_ROUTES];
    size_t route_count;
};

enum device_kind {
    DEVICE_PAIR,    /* --veth: one end outside, one inside */
    DEVICE_MOVED,   /* --netdev move=: a device from outside, which is given back */
    DEVICE_MACVLAN, /* --netdev macvlan=, ipvlan=: an additional device inside, which shares the */
    DEVICE_IPVLAN,  /* network of a device outside */
    DEVICE_KIND_COUNT
};

/* One --veth or --netdev. */
struct veth {
    enum device_kind kind;
    char host[INTERFACE_NAME_SIZE];   /* the device outside; empty: the first free vethN */
    char name[INTERFACE_NAME_SIZE];   /* inside; eth0, eth1, ... by default */
    char bridge[INTERFACE_NAME_SIZE]; /* outside; empty: none */
    struct veth_end outer;
    struct veth_end inner;
    unsigned int mtu; /* 0: the kernel's */
    bool masquerade;  /* outside: packets of the service get the address of the device they leave by
                       */
    bool has_mac;
    uint8_t mac[6]; /* of the inner end */
};

/*
 * Read a --veth SPEC: host=NAME,name=eth0,bridge=NAME,mtu=1400,mac=02:00:00:00:00:01,masquerade
 * and, each repeatable, address=10.0.0.2/24,gateway=10.0.0.1,route=10.1.0.0/16 via 10.0.0.3,
 * host-address=10.0.0.1/24,host-route=10.2.0.0/16 via 10.0.0.2. `index` is the number of --veth
 * before. 0, or -1 with the reason filled in (ERROR_USAGE).
 */
int veth_parse(struct veth *veth, const char *spec, size_t index, struct error *error);

/*
 * Read a --netdev SPEC: move=eth1, macvlan=eth0 or ipvlan=eth0, and of the keys of --veth those
 * that are about the device inside.
 */
int netdev_parse(struct veth *veth, const char *spec, size_t index, struct error *error);

#endif
