/*
 * address_spec.c - read IP addresses, networks and ports
 */
#include "plan/address_spec_private.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "util/parse.h"

int network_parse(struct address *network, char *text, int least, struct error *error)
{
    char *slash = strchrnul(text, '/');
    bool has_prefix = *slash != '\0';
    bool is_ipv6 = strchr(text, ':') != NULL;
    int prefix = is_ipv6 ? 128 : 32;

    *slash = '\0';
    network->family = is_ipv6 ? AF_INET6 : AF_INET;
    if (inet_pton(network->family, text, network->bytes) != 1)
        return error_invalid(error, text, "IP address", NULL);
    if (has_prefix && parse_between(slash + 1, least, prefix, &prefix) < 0)
        return error_invalid(error, slash + 1, "prefix length",
                             is_ipv6 ? "use 1 to 128" : "use 1 to 32");
    network->prefix = (unsigned int)prefix;
    return 0;
}

bool address_cut(char **address, char **ports)
{
    bool has_brackets = **address == '[';
    char *end = strchrnul(*address, has_brackets ? ']' : ':');

    *ports = NULL;
    if (has_brackets) {
        if (*end == '\0' || memchr(*address, ':', (size_t)(end - *address)) == NULL)
            return false;
        ++*address;
        *end++ = '\0';
    }
    if (*end == '\0')
        return true;
    *ports = end + 1;
    if (*end != ':')
        return false;
    *end = '\0';
    return true;
}

static bool read_port(uint16_t *port, const char *text)
{
    int number;

    if (parse_between(text, 1, UINT16_MAX, &number) < 0)
        return false;
    *port = (uint16_t)number;
    return true;
}

bool ports_parse(char *text, char separator, uint16_t *first, uint16_t *last, uint8_t *protocol)
{
    char *slash = strchrnul(text, '/');
    bool is_udp = strcmp(slash, "/udp") == 0;
    char *second;

    if (*slash != '\0' && !is_udp && strcmp(slash, "/tcp") != 0)
        return false;
    *slash = '\0';
    *protocol = is_udp ? IPPROTO_UDP : IPPROTO_TCP;
    *last = 0;
    second = strchr(text, separator);
    if (second != NULL) {
        *second++ = '\0';
        if (!read_port(last, second))
            return false;
    }
    return read_port(first, text);
}
