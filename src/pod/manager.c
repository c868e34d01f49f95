/*
 * manager.c - report nsinit itself to its own manager (systemd, podman)
 */
#include "pod/manager_private.h"

#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "pod/supervisor.h"
#include "util/loop.h"
#include "util/parse.h"
#include "util/strbuf.h"

/* Many services may change at once: report them together. */
enum { STATUS_MS = 100 };

/* ---- the watchdog: sd_watchdog_enabled(3) -------------------------------------------------- */

static void on_feed(struct ev_loop *loop, struct ev_timer *watcher, int events)
{
    struct manager *manager = watcher->data;

    (void)loop;
    (void)events;
    /* Do not queue messages for a manager that does not read. */
    if (manager->relay->waiting_length == 0)
        notify_relay_send(manager->relay, "WATCHDOG=1\n", &RELAYED_NO_FILES);
}

/* A very short watchdog time must not keep nsinit busy. */
static const double min_feed_seconds = 0.01;

/* The watchdog's time in microseconds; 0: the manager watches nothing, or another process. */
static uint64_t watchdog_time(void)
{
    const char *time = getenv("WATCHDOG_USEC");
    const char *watched = getenv("WATCHDOG_PID");
    uint64_t microseconds;
    unsigned long pid;

    if (time == NULL || parse_large_number(time, UINT64_MAX, &microseconds) < 0)
        return 0;
    if (watched != NULL && (parse_number(watched, INT_MAX, &pid) < 0 || (pid_t)pid != getpid()))
        return 0;
    return microseconds;
}

static void begin_to_feed(struct manager *manager)
{
    /* sd_watchdog_enabled(3) recommends half the time. */
    double seconds = (double)watchdog_time() / 2e6;

    if (seconds == 0.)
        return;
    /* A timer of util/loop.h starts anew after a freeze, but the watchdog must be fed at once. */
    ev_timer_init(&manager->feed, on_feed, 0.,
                  seconds < min_feed_seconds ? min_feed_seconds : seconds);
    manager->feed.data = manager;
    ev_timer_start(manager->relay->loop, &manager->feed);
}

bool manager_feeds_watchdog(const struct manager *manager)
{
    return ev_is_active(&manager->feed);
}

/* ---- the status ---------------------------------------------------------------------------- */

static void on_status(struct ev_loop *loop, struct ev_timer *watcher, int events)
{
    struct manager *manager = watcher->data;
    char buffer[64];
    struct strbuf text = strbuf_in(buffer, sizeof buffer);

    (void)loop;
    (void)events;
    if (manager->ready == manager->sent_ready)
        return;
    manager->sent_ready = manager->ready;
    strbuf_format(&text, "STATUS=%zu of %zu ready\n", manager->ready, manager->count);
    notify_relay_send(manager->relay, buffer, &RELAYED_NO_FILES);
}

/* A oneshot that has succeeded counts as ready. */
static bool is_ready(const struct supervised *supervised)
{
    if (supervised->service->type == SERVICE_ONESHOT)
        return supervised->state == SERVICE_DOWN && supervised->has_ended &&
               supervised->exit_code == 0;
    return supervised->state == SERVICE_READY;
}

void manager_on_change(struct manager *manager, struct supervised *supervised)
{
    bool now = is_ready(supervised);

    if (manager->count == 0 || now == supervised->member.counts_as_ready)
        return;
    supervised->member.counts_as_ready = now;
    manager->ready += now ? 1 : (size_t)-1;
    if (!timer_is_active(&manager->status))
        timer_start(manager->relay->loop, &manager->status, STATUS_MS);
}

bool manager_is_quiet(const struct manager *manager)
{
    return !ev_is_active(&manager->feed) && !timer_is_active(&manager->status);
}

/* ---- the beginning ------------------------------------------------------------------------- */

void manager_init(struct manager *manager, struct notify_relay *relay, bool feeds, size_t count)
{
    *manager = (struct manager){.relay = relay, .sent_ready = SIZE_MAX};
    timer_init(&manager->status, on_status, manager);
    if (relay->address == NULL)
        return;
    manager->count = count;
    if (feeds)
        begin_to_feed(manager);
}
