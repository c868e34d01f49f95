/*
 * notify_relay.h - send messages to nsinit's own manager (systemd, podman) by sd_notify(3)
 */
#ifndef NSINIT_SERVICE_NOTIFY_RELAY_H
#define NSINIT_SERVICE_NOTIFY_RELAY_H

#include <ev.h>
#include <stdbool.h>
#include <stddef.h>

struct children;

struct notify_relay {
    struct ev_loop *loop;
    struct children *children;
    const char *address;   /* NOTIFY_SOCKET's value; NULL: nsinit has no manager */
    struct ev_io socket;   /* its fd is -1 while it is not open */
    size_t waiting_length; /* bytes that could not be sent yet */
    size_t waiting_files;  /* files that go with them */
    bool has_warned;       /* since the last message that could be sent */
};

/* The most files that can come with a message: SCM_MAX_FD of the kernel, unix(7). */
enum { RELAYED_FILES_MAX = 253 };

/* Files that go with a message. They stay the sender's. */
struct relayed_files {
    const int *fds;
    size_t count;
};

#define RELAYED_NO_FILES ((const struct relayed_files){NULL, 0})

/* The caller keeps `address`. */
void notify_relay_init(struct notify_relay *relay, struct ev_loop *loop, struct children *children,
                       const char *address);

/* Send the lines now, or queue them until the manager reads. Never blocks. */
void notify_relay_send(struct notify_relay *relay, const char *lines,
                       const struct relayed_files *files);

#endif
