/*
 * answer.c - append to a client's answer
 * These functions only fill memory, and the loop sends it: no connection is freed while its answer
 * is being written.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "control/connection_private.h"
#include "report/event_json.h"
#include "util/loop.h"

enum { FIRST_CAPACITY = 1024 };

static struct ev_loop *loop_of(const struct connection *connection)
{
    return connection->server->supervisor->common.loop;
}

/* False if the answer would be too long or memory is short. */
static bool reserve(struct connection *connection, size_t length)
{
    size_t needed = connection->answer_length + length;
    size_t capacity =
        connection->answer_capacity > 0 ? connection->answer_capacity : FIRST_CAPACITY;
    char *larger;

    if (needed > ANSWER_MAX)
        return false;
    while (capacity < needed)
        capacity *= 2;
    if (capacity == connection->answer_capacity)
        return true;
    larger = realloc(connection->answer, capacity);
    if (larger == NULL)
        return false;
    connection->answer = larger;
    connection->answer_capacity = capacity;
    return true;
}

void answer_add(struct connection *connection, const char *text, size_t length)
{
    if (reserve(connection, length)) {
        memcpy(connection->answer + connection->answer_length, text, length);
        connection->answer_length += length;
    } else {
        /* The next write finds this end, and frees the connection. */
        (void)shutdown(connection->readable.fd, SHUT_RDWR);
    }
    watch_start(loop_of(connection), &connection->writable);
}

void answer_add_number(struct connection *connection, const char *word, int number)
{
    char buffer[256];
    struct strbuf text = strbuf_in(buffer, sizeof buffer);

    strbuf_format(&text, "%s" PROTOCOL_SEPARATOR "%d\n", word, number);
    answer_add(connection, buffer, text.length);
}

void answer_add_event(struct connection *connection, const char *line, size_t length)
{
    if (connection->missed > 0 || connection->answer_length + length > EVENTS_MAX)
        connection->missed++;
    else
        answer_add(connection, line, length);
}

void answer_add_missed(struct connection *connection)
{
    char buffer[128];
    struct strbuf text = strbuf_in(buffer, sizeof buffer);

    event_json_add(
        &text, &(struct event){.kind = EVENT_KIND_MISSED, .number = (int64_t)connection->missed},
        NULL);
    connection->missed = 0;
    answer_add(connection, buffer, text.length);
}

static void finish(struct connection *connection, char *line, size_t length)
{
    /* A word of the request that is quoted here may have newlines. */
    for (char *at = line; *at != '\0'; at++)
        if (*at == '\n')
            *at = ' ';
    answer_add(connection, line, length);
    answer_add(connection, "\n", 1);
    connection->is_answered = true;
    timer_start(loop_of(connection), &connection->deadline, CLIENT_TIMEOUT_MS);
}

void answer_ok(struct connection *connection)
{
    char line[] = PROTOCOL_OK;

    finish(connection, line, strlen(line));
}

void answer_error(struct connection *connection, int exit_code, const char *format, ...)
{
    char line[1024];
    struct strbuf text = strbuf_in(line, sizeof line);
    va_list arguments;

    strbuf_format(&text, PROTOCOL_ERROR " %d ", exit_code);
    va_start(arguments, format);
    strbuf_vformat(&text, format, arguments);
    va_end(arguments);
    finish(connection, line, text.length);
}
