/*
 * set_network.c - options for a service's network
 */
#include <string.h>

#include "options/arena_private.h"
#include "options/setter_private.h"
#include "plan/egress_spec.h"
#include "util/keywords.h"
#include "util/parse.h"

static int add_device(struct service *service, const char *value,
                      int (*parse)(struct veth *veth, const char *spec, size_t index,
                                   struct error *error),
                      struct error *error)
{
    struct namespaces *namespaces = &service->namespaces;
    struct veth veth;

    if (parse(&veth, value, namespaces->veth_count, error) < 0)
        return -1;
    return ARRAY_APPEND(namespaces->veths, namespaces->veth_count, &veth, error);
}

static int set_veth(struct service *service, const char *value, struct error *error)
{
    return add_device(service, value, veth_parse, error);
}

static int set_netdev(struct service *service, const char *value, struct error *error)
{
    return add_device(service, value, netdev_parse, error);
}

static int set_network(struct service *service, const char *value, struct error *error)
{
    static const char *const kinds[] = {"pasta"};
    static const struct keywords names = {KEYWORDS_IN(kinds), .exact = true, .kind = "network"};

    service->namespaces.uses_pasta = true;
    return keywords_find(&names, value, error) < 0 ? -1 : 0;
}

static int set_publish(struct service *service, const char *value, struct error *error)
{
    struct namespaces *namespaces = &service->namespaces;
    struct published published;

    if (published_parse(&published, value, error) < 0)
        return -1;
    return ARRAY_APPEND(namespaces->published, namespaces->published_count, &published, error);
}

/* deny, or a list of destinations. */
static int set_egress(struct service *service, const char *value, struct error *error)
{
    struct namespaces *namespaces = &service->namespaces;

    namespaces->restricts_egress = true;
    while (strcmp(value, "deny") != 0) {
        char item[80];
        size_t length = parse_word(value, ",", item, sizeof item);
        struct egress egress;

        if (egress_parse(&egress, item, error) < 0 ||
            ARRAY_APPEND(namespaces->egresses, namespaces->egress_count, &egress, error) < 0)
            return -1;
        if (value[length] == '\0')
            return 0;
        value += length + 1;
    }
    return 0;
}

static int set_sysctl(struct service *service, const char *value, struct error *error)
{
    struct namespaces *namespaces = &service->namespaces;
    struct sysctl sysctl;

    if (sysctl_parse(&sysctl, value, error) < 0)
        return -1;
    return ARRAY_APPEND(namespaces->sysctls, namespaces->sysctl_count, &sysctl, error);
}

static const struct option rows[] = {
    {
        .name = "no-loopback",
        .valid = ON_COMMAND_LINE | IN_POD | IN_SERVICE,
        .help = "Leave lo down in the new network namespace",
        .set = SET_FLAG(service, namespaces.no_loopback),
    },
    {
        .name = "veth",
        .argument = "SPEC",
        .repeatable = true,
        .valid = ON_COMMAND_LINE | IN_POD | IN_SERVICE,
        .help = "Make a veth pair: bridge=,address=,gateway=,route=,masquerade,...",
        .set = SET_SERVICE(set_veth),
    },
    {
        .name = "netdev",
        .argument = "SPEC",
        .repeatable = true,
        .valid = ON_COMMAND_LINE | IN_POD | IN_SERVICE,
        .help = "Use a device of the machine: move=|macvlan=|ipvlan=,name=,...",
        .set = SET_SERVICE(set_netdev),
    },
    {
        .name = "network",
        .argument = "pasta",
        .valid = ON_COMMAND_LINE | IN_POD | IN_SERVICE,
        .help = "Connect the new network namespace by pasta(1), also as an ordinary user",
        .set = SET_SERVICE(set_network),
    },
    {
        .name = "publish",
        .argument = "[IP:]HOST:SERVICE[/udp]",
        .repeatable = true,
        .valid = ON_COMMAND_LINE | IN_POD | IN_SERVICE,
        .help = "Publish port SERVICE at port HOST of the machine",
        .set = SET_SERVICE(set_publish),
    },
    {
        .name = "egress",
        .argument = "deny|LIST",
        .repeatable = true,
        .valid = ON_COMMAND_LINE | IN_POD | IN_SERVICE,
        .help = "Let the service reach only ADDRESS[/PREFIX][:PORT[-PORT][/udp]],...",
        .set = SET_SERVICE(set_egress),
    },
    {
        .name = "sysctl",
        .argument = "KEY=VALUE",
        .repeatable = true,
        .valid = ON_COMMAND_LINE | IN_POD | IN_SERVICE,
        .help = "Set a kernel parameter of a new net, ipc or user namespace",
        .set = SET_SERVICE(set_sysctl),
    },
};

const struct option_group network_options = OPTION_GROUP("Network", rows);
