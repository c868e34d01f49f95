/*
 * egress_spec.c - read an item of --egress
 */
#include "plan/egress_spec.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "util/parse.h"
#include "util/strbuf.h"

enum { ITEM_SIZE = 80 };

static bool read_network(struct address *network, char *text)
{
    char *slash = strchrnul(text, '/');
    bool has_prefix = *slash != '\0';
    int most;
    int prefix;

    *slash = '\0';
    network->family = strchr(text, ':') != NULL ? AF_INET6 : AF_INET;
    most = prefix = network->family == AF_INET ? 32 : 128;
    if (has_prefix && parse_between(slash + 1, 0, most, &prefix) < 0)
        return false;
    network->prefix = (unsigned int)prefix;
    return inet_pton(network->family, text, network->bytes) == 1;
}

/* PORT[-PORT][/tcp|/udp] */
static bool read_ports(struct egress *egress, char *text)
{
    char *protocol = strchrnul(text, '/');
    bool is_udp = strcmp(protocol, "/udp") == 0;
    char *dash;
    int first;
    int last;

    if (*protocol != '\0' && !is_udp && strcmp(protocol, "/tcp") != 0)
        return false;
    *protocol = '\0';
    dash = strchrnul(text, '-');
    if (*dash != '\0')
        *dash++ = '\0';
    if (parse_between(text, 1, UINT16_MAX, &first) < 0)
        return false;
    last = first;
    if (*dash != '\0' && parse_between(dash, first, UINT16_MAX, &last) < 0)
        return false;
    egress->first_port = (uint16_t)first;
    egress->last_port = (uint16_t)last;
    egress->protocol = is_udp ? IPPROTO_UDP : IPPROTO_TCP;
    return true;
}

/* Find the port, which ends the network: behind brackets, or behind the only colon. */
static char *cut_ports(char **text)
{
    char *end = (*text)[0] == '[' ? strchr(*text, ']') : NULL;
    char *colon = strchr(*text, ':');

    if (end != NULL) {
        *end = '\0';
        (*text)++;
        return end + 1;
    }
    if (colon == NULL || strchr(colon + 1, ':') != NULL)
        return *text + strlen(*text);
    return colon;
}

int egress_parse(struct egress *egress, const char *item, struct error *error)
{
    char buffer[ITEM_SIZE];
    char *text = buffer;
    char *ports;

    *egress = (struct egress){0};
    if (strlen(item) < sizeof buffer) {
        strbuf_set(buffer, sizeof buffer, "%s", item);
        ports = cut_ports(&text);
        if (*ports == '\0' && read_network(&egress->network, text))
            return 0;
        if (*ports == ':') {
            *ports++ = '\0';
            if (read_network(&egress->network, text) && read_ports(egress, ports))
                return 0;
        }
    }
    return error_invalid(error, item, "destination",
                         "use ADDRESS[/PREFIX][:PORT[-PORT][/udp]], e.g. 10.0.0.0/8 or "
                         "[2001:db8::1]:443");
}
