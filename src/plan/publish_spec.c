/*
 * publish_spec.c - read a --publish [IP:]HOST:SERVICE[/udp]
 */
#include "plan/publish_spec.h"

#include <limits.h>
#include <netinet/in.h>
#include <string.h>

#include "util/strbuf.h"

/* The longest SPEC: an IPv6 address in brackets, two ports and a protocol. */
enum { SPEC_SIZE = 80 };

static int read_spec(struct published *published, char *text, struct error *error)
{
    char *ports = text;
    uint8_t protocol;

    if (text[0] == '[' || strchr(text, ':') != strrchr(text, ':')) {
        if (!address_cut(&text, &ports) || ports == NULL || strlen(text) >= sizeof published->ip)
            return -1;
        strbuf_set(published->ip, sizeof published->ip, "%s", text);
        if (network_parse(&published->address, text, INT_MAX, error) < 0)
            return -1;
    }
    if (!ports_parse(ports, ':', &published->host_port, &published->service_port, &protocol))
        return -1;
    published->is_udp = protocol == IPPROTO_UDP;
    return published->service_port == 0 ? -1 : 0;
}

int published_parse(struct published *published, const char *spec, struct error *error)
{
    char text[SPEC_SIZE];

    *published = (struct published){.spec = spec};
    strbuf_set(text, sizeof text, "%s", spec);
    if (strlen(spec) < sizeof text && read_spec(published, text, error) == 0)
        return 0;
    return error_invalid(error, spec, "published port",
                         "use [IP:]HOST:SERVICE[/udp], e.g. 8080:80 or 127.0.0.1:5353:53/udp");
}
