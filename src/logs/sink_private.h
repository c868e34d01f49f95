/*
 * sink_private.h - write whole lines of several services to stdout or stderr without blocking
 */
#ifndef NSINIT_LOGS_SINK_PRIVATE_H
#define NSINIT_LOGS_SINK_PRIVATE_H

#include <ev.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#include "util/json.h"

/* The longest line, and the room for one in JSON, which escapes it and adds members. */
enum { SINK_LINE_MAX = 16 * 1024, SINK_SIZE = SINK_LINE_MAX * JSON_GROWTH + 1024 };

/* The room for nsinit's own lines while a batch waits for the reader. */
enum { SINK_OWN_SIZE = 2 * PIPE_BUF };

struct sink {
    struct ev_loop *loop;
    int fd;
    size_t length; /* of the batch of lines in `text` */
    size_t written;
    bool is_gone; /* the reader has gone */
    struct ev_io writable;
    void (*on_free)(struct sink *sink); /* the sink has room, or no reader */
    char text[SINK_SIZE + SINK_OWN_SIZE];
};

/* `sink` is all zero. `on_free` is called when a batch has been written. */
void sink_open(struct sink *sink, struct ev_loop *loop, int fd, void (*on_free)(struct sink *sink));

/* Room for a line of at most `most` bytes, or NULL: call sink_write first. */
char *sink_room(struct sink *sink, size_t most);

/* Add the line of this length that has been filled in at sink_room. */
void sink_add(struct sink *sink, size_t length);

/* Append a line of nsinit's own. False if there is no room. */
bool sink_add_own(struct sink *sink, const char *line, size_t length);

/* Write the batch. False if the reader is slow: on_free is called later. */
bool sink_write(struct sink *sink);

static inline bool sink_waits(const struct sink *sink)
{
    return sink->length > 0;
}

#endif
