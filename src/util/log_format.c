/*
 * log_format.c - the formats of nsinit's own messages, and of a service's lines: --log-format
 */
#include "util/json.h"
#include "util/log.h"
#include "util/time.h"

const char *const log_format_names[] = {
    [LOG_PLAIN] = "plain", [LOG_TIME] = "time", [LOG_JSON] = "json"};

static enum log_format line_format = LOG_PLAIN;

void log_set_format(enum log_format format)
{
    line_format = format;
}

enum log_format log_line_format(void)
{
    return line_format;
}

void log_add_object(struct strbuf *text, const char *service, const char *stream, const char *line,
                    size_t length)
{
    strbuf_add(text, "{\"time\":\"");
    time_add_now(text);
    strbuf_add(text, "\",\"service\":");
    if (service != NULL)
        json_add_string(text, service);
    else
        strbuf_add(text, "null");
    strbuf_format(text, ",\"stream\":\"%s\",\"text\":", stream);
    json_add_bytes(text, line, length);
    strbuf_add(text, "}");
}
