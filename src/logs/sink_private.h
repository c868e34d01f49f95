/*
 * sink_private.h - nsinit's own stdout and stderr, for whole lines of several services, without
 * waiting
 */
#ifndef NSINIT_LOGS_SINK_PRIVATE_H
#define NSINIT_LOGS_SINK_PRIVATE_H

#include <ev.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#include "util/json.h"

/* The longest line, and what there is room for: in JSON, which escapes it, with what is around. */
enum { SINK_LINE_MAX = 16 * 1024, SINK_SIZE = SINK_LINE_MAX * JSON_GROWTH + 1024 };

/* For nsinit's own lines, while a batch of others waits for the reader. */
enum { SINK_OWN_SIZE = 2 * PIPE_BUF };

struct sink {
    struct ev_loop *loop;
    int fd;
    size_t length; /* of a batch of lines, in `text` */
    size_t written;
    bool is_gone; /* nobody reads any more */
    struct ev_io writable;
    void (*on_free)(struct sink *sink); /* there is room again, or it is gone */
    char text[SINK_SIZE + SINK_OWN_SIZE];
};

/* For the lines of whoever is called back; it is all zero. */
void sink_open(struct sink *sink, struct ev_loop *loop, int fd, void (*on_free)(struct sink *sink));

/* Room for one more line of `most` bytes at most, or NULL: write first. */
char *sink_room(struct sink *sink, size_t most);

/* The line there is filled in, and this long. */
void sink_add(struct sink *sink, size_t length);

/* A line of nsinit's own, behind all others. False when there is no room for it. */
bool sink_add_own(struct sink *sink, const char *line, size_t length);

/* Pass on what is there. False when it has to wait: then on_free is called later. */
bool sink_write(struct sink *sink);

static inline bool sink_waits(const struct sink *sink)
{
    return sink->length > 0;
}

#endif
