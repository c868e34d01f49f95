/*
 * notice.c - what a service says by sd_notify(3), as text and as data
 */
#include "supervise/notice.h"

#include <string.h>

#include "util/parse.h"
#include "util/utf8.h"

static void read_ready(struct notice *notice, const char *value)
{
    notice->ready = notice->ready || strcmp(value, "1") == 0;
}

static void read_stopping(struct notice *notice, const char *value)
{
    notice->stopping = notice->stopping || strcmp(value, "1") == 0;
}

static void read_reloading(struct notice *notice, const char *value)
{
    notice->reloading = notice->reloading || strcmp(value, "1") == 0;
}

static void read_watchdog(struct notice *notice, const char *value)
{
    notice->keep_alive = notice->keep_alive || strcmp(value, "1") == 0;
    notice->trigger = notice->trigger || strcmp(value, "trigger") == 0;
}

static void read_barrier(struct notice *notice, const char *value)
{
    notice->barrier = notice->barrier || strcmp(value, "1") == 0;
}

static void read_microseconds(const char *value, uint64_t *microseconds)
{
    uint64_t number;

    if (parse_large_number(value, UINT64_MAX, &number) == 0)
        *microseconds = number;
}

static void read_extension(struct notice *notice, const char *value)
{
    read_microseconds(value, &notice->extend_usec);
}

static void read_monotonic(struct notice *notice, const char *value)
{
    read_microseconds(value, &notice->monotonic_usec);
}

static void read_watchdog_time(struct notice *notice, const char *value)
{
    read_microseconds(value, &notice->watchdog_usec);
}

static void read_status(struct notice *notice, const char *value)
{
    if (utf8_is_valid(value))
        notice->status = value;
}

static const struct {
    const char *name; /* with its '=' */
    void (*read)(struct notice *notice, const char *value);
} fields[] = {
    {"READY=", read_ready},
    {"STATUS=", read_status},
    {"STOPPING=", read_stopping},
    {"RELOADING=", read_reloading},
    {"WATCHDOG=", read_watchdog},
    {"WATCHDOG_USEC=", read_watchdog_time},
    {"EXTEND_TIMEOUT_USEC=", read_extension},
    {"MONOTONIC_USEC=", read_monotonic},
    {"BARRIER=", read_barrier},
};

static void read_field(struct notice *notice, const char *line)
{
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        size_t length = strlen(fields[i].name);

        if (strncmp(line, fields[i].name, length) == 0) {
            fields[i].read(notice, line + length);
            return;
        }
    }
}

bool notice_parse(struct notice *notice, char *datagram, size_t length)
{
    *notice = (struct notice){0};
    /* Some senders count the string's end as part of it. */
    while (length > 0 && datagram[length - 1] == '\0')
        length--;
    if (length == 0 || memchr(datagram, '\0', length) != NULL)
        return false;
    datagram[length] = '\0';
    for (char *line = datagram; line != NULL;) {
        char *end = strchr(line, '\n');

        if (end != NULL)
            *end++ = '\0';
        read_field(notice, line);
        line = end;
    }
    return true;
}

void notice_relay(const struct notice *notice, struct text *text)
{
    if (notice->reloading)
        text_add(text, "RELOADING=1\n");
    if (notice->reloading && notice->monotonic_usec != 0)
        text_format(text, "MONOTONIC_USEC=%llu\n", (unsigned long long)notice->monotonic_usec);
    if (notice->ready)
        text_add(text, "READY=1\n");
    if (notice->stopping)
        text_add(text, "STOPPING=1\n");
    if (notice->keep_alive)
        text_add(text, "WATCHDOG=1\n");
    if (notice->extend_usec != 0)
        text_format(text, "EXTEND_TIMEOUT_USEC=%llu\n", (unsigned long long)notice->extend_usec);
    if (notice->status != NULL)
        text_format(text, "STATUS=%s\n", notice->status);
}
