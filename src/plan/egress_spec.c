/*
 * egress_spec.c - read an item of --egress
 */
#include "plan/egress_spec.h"

#include <string.h>

#include "util/strbuf.h"

enum { ITEM_SIZE = 80 };

static int read_item(struct egress *egress, char *text, struct error *error)
{
    char *ports = NULL;

    /* Two colons without a bracket are an IPv6 network, without a port. */
    if ((text[0] == '[' || strchr(text, ':') == strrchr(text, ':')) && !address_cut(&text, &ports))
        return -1;
    if (ports != NULL &&
        !ports_parse(ports, '-', &egress->first_port, &egress->last_port, &egress->protocol))
        return -1;
    if (egress->last_port == 0)
        egress->last_port = egress->first_port;
    return egress->last_port < egress->first_port ? -1
                                                  : network_parse(&egress->network, text, 0, error);
}

int egress_parse(struct egress *egress, const char *item, struct error *error)
{
    char text[ITEM_SIZE];

    *egress = (struct egress){0};
    strbuf_set(text, sizeof text, "%s", item);
    if (strlen(item) < sizeof text && read_item(egress, text, error) == 0)
        return 0;
    return error_invalid(error, item, "destination",
                         "use ADDRESS[/PREFIX][:PORT[-PORT][/udp]], e.g. [2001:db8::1]:443");
}
