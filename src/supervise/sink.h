/*
 * sink.h - nsinit's own stdout and stderr, for whole lines of several services, without waiting
 */
#ifndef NSINIT_SUPERVISE_SINK_H
#define NSINIT_SUPERVISE_SINK_H

#include <ev.h>
#include <stdbool.h>
#include <stddef.h>

enum { SINK_SIZE = 20 * 1024 };

struct sink {
    struct ev_loop *loop;
    int fd;
    size_t length; /* of a batch of lines, in `text` */
    size_t written;
    bool is_gone; /* nobody reads any more */
    struct ev_io writable;
    void (*on_free)(struct sink *sink); /* there is room again, or it is gone */
    char text[SINK_SIZE];
};

/* For the lines of whoever is called back; it is all zero. */
void sink_open(struct sink *sink, struct ev_loop *loop, int fd, void (*on_free)(struct sink *sink));

/* Room for one more line of `length` bytes, which is to be filled in, or NULL: write first. */
char *sink_room(struct sink *sink, size_t length);

/* Pass on what is there. False when it has to wait: then on_free is called later. */
bool sink_write(struct sink *sink);

static inline bool sink_waits(const struct sink *sink)
{
    return sink->length > 0;
}

#endif
