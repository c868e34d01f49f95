/*
 * notify_message.c - parse and write messages of sd_notify(3)
 */
#include "service/notify_message_private.h"

#include <string.h>

#include "util/parse.h"
#include "util/utf8.h"

enum { FLAG, NUMBER, TEXT };

/* The fields, and where their values go, in the order in which they are relayed. */
static const struct field {
    char line[22]; /* the whole of it, or what stands before the value */
    unsigned char kind;
    unsigned char place;
} fields[] = {
    {"RELOADING=1", FLAG, offsetof(struct notify_message, reloading)},
    {"MONOTONIC_USEC=", NUMBER, offsetof(struct notify_message, monotonic_usec)},
    {"READY=1", FLAG, offsetof(struct notify_message, ready)},
    {"STOPPING=1", FLAG, offsetof(struct notify_message, stopping)},
    {"WATCHDOG=1", FLAG, offsetof(struct notify_message, keep_alive)},
    {"EXTEND_TIMEOUT_USEC=", NUMBER, offsetof(struct notify_message, extend_usec)},
    {"STATUS=", TEXT, offsetof(struct notify_message, status)},
    /* These are for nsinit alone. */
    {"WATCHDOG=trigger", FLAG, offsetof(struct notify_message, trigger)},
    {"WATCHDOG_USEC=", NUMBER, offsetof(struct notify_message, watchdog_usec)},
    {"MAINPID=", NUMBER, offsetof(struct notify_message, main_pid)},
    {"FDSTORE=1", FLAG, offsetof(struct notify_message, stores_files)},
    {"BARRIER=1", FLAG, offsetof(struct notify_message, barrier)},
};

enum { RELOADING_FIELDS = 2, RELAYED_FIELDS = 7, FIELDS = sizeof fields / sizeof fields[0] };

static void read_field(const struct field *field, const char *line, struct notify_message *notice)
{
    void *place = (char *)notice + field->place;
    size_t length = strlen(field->line);
    const char *value = line + length;

    if (strncmp(line, field->line, length) != 0)
        return;
    if (field->kind == NUMBER)
        (void)parse_large_number(value, UINT64_MAX, place);
    else if (field->kind == TEXT && utf8_is_valid(value))
        *(const char **)place = value;
    else if (field->kind == FLAG && *value == '\0')
        *(bool *)place = true;
}

/* The fields that only nsinit's own manager handles: sd_notify(3). */
static bool is_for_manager(const char *line)
{
    static const char *const names[] = {"FDSTORE=1", "FDSTOREREMOVE=1", "FDNAME=",       "FDPOLL=0",
                                        "ERRNO=",    "BUSERROR=",       "VARLINKERROR=", "X_"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strncmp(line, names[i], strlen(names[i])) == 0)
            return strchr(line, '=') != NULL && utf8_is_valid(line);
    return false;
}

bool notify_message_parse(struct notify_message *notice, char *datagram, size_t length)
{
    *notice = (struct notify_message){0};
    /* Some senders include the terminating NUL. */
    while (length > 0 && datagram[length - 1] == '\0')
        length--;
    if (length == 0 || memchr(datagram, '\0', length) != NULL)
        return false;
    datagram[length] = '\0';
    notice->lines = datagram;
    notice->length = length;
    for (char *line = datagram; line != NULL;) {
        char *end = strchr(line, '\n');

        if (end != NULL)
            *end++ = '\0';
        for (size_t i = 0; i < FIELDS; i++)
            read_field(&fields[i], line, notice);
        line = end;
    }
    return true;
}

static void add_field(struct strbuf *text, const struct field *field,
                      const struct notify_message *notice)
{
    const void *place = (const char *)notice + field->place;
    unsigned long long number;
    const char *value;

    switch (field->kind) {
    case FLAG:
        if (*(const bool *)place)
            strbuf_format(text, "%s\n", field->line);
        break;
    case NUMBER:
        number = *(const uint64_t *)place;
        if (number != 0)
            strbuf_format(text, "%s%llu\n", field->line, number);
        break;
    case TEXT:
        value = *(const char *const *)place;
        if (value != NULL)
            strbuf_format(text, "%s%s\n", field->line, value);
        break;
    }
}

void notify_message_relay(const struct notify_message *notice, struct strbuf *text)
{
    for (size_t i = notice->reloading ? 0 : RELOADING_FIELDS; i < RELAYED_FIELDS; i++)
        add_field(text, &fields[i], notice);
    for (size_t at = 0; at < notice->length; at += strlen(notice->lines + at) + 1)
        if (is_for_manager(notice->lines + at))
            strbuf_format(text, "%s\n", notice->lines + at);
}
