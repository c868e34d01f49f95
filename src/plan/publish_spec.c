/*
 * publish_spec.c - read a --publish [IP:]HOST:SERVICE[/udp]
 */
#include "plan/publish_spec.h"

#include <arpa/inet.h>
#include <string.h>

#include "util/parse.h"
#include "util/strbuf.h"

/* The longest SPEC: an IPv6 address in brackets, two ports and a protocol. */
enum { SPEC_SIZE = 80 };

static bool read_port(uint16_t *port, const char *text)
{
    int number;

    if (parse_between(text, 1, UINT16_MAX, &number) < 0)
        return false;
    *port = (uint16_t)number;
    return true;
}

/* Cut "/tcp" or "/udp" off the text. */
static bool read_protocol(struct published *published, char *text)
{
    char *slash = strchrnul(text, '/');

    published->is_udp = strcmp(slash, "/udp") == 0;
    if (*slash != '\0' && !published->is_udp && strcmp(slash, "/tcp") != 0)
        return false;
    *slash = '\0';
    return true;
}

/* An IPv6 address stands in brackets, as in Docker. */
static bool read_ip(struct published *published, char *text)
{
    size_t length = strlen(text);
    bool has_brackets = length > 1 && text[0] == '[' && text[length - 1] == ']';

    if (has_brackets) {
        text[length - 1] = '\0';
        text++;
    }
    if (strlen(text) >= sizeof published->ip)
        return false;
    strbuf_set(published->ip, sizeof published->ip, "%s", text);
    published->address.family = has_brackets ? AF_INET6 : AF_INET;
    return inet_pton(published->address.family, text, published->address.bytes) == 1;
}

static bool read_spec(struct published *published, char *text)
{
    char *service;
    char *host;

    if (!read_protocol(published, text))
        return false;
    service = strrchr(text, ':');
    if (service == NULL)
        return false;
    *service++ = '\0';
    host = strrchr(text, ':');
    if (host != NULL) {
        *host++ = '\0';
        if (!read_ip(published, text))
            return false;
    } else {
        host = text;
    }
    return read_port(&published->host_port, host) && read_port(&published->service_port, service);
}

int published_parse(struct published *published, const char *spec, struct error *error)
{
    char text[SPEC_SIZE];

    *published = (struct published){.spec = spec};
    if (strlen(spec) < sizeof text) {
        strbuf_set(text, sizeof text, "%s", spec);
        if (read_spec(published, text))
            return 0;
    }
    return error_invalid(error, spec, "published port",
                         "use [IP:]HOST:SERVICE[/udp], e.g. 8080:80 or 127.0.0.1:5353:53/udp");
}
