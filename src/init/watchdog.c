/*
 * watchdog.c - a hardware watchdog, which resets a machine whose nsinit does not come round
 */
#include "init/watchdog_private.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/watchdog.h>
#include <unistd.h>

#include "service/health.h"
#include "linux/ioctl.h"
#include "util/log.h"
#include "util/time.h"

static bool is_failing(const struct supervised *supervised)
{
    if (supervised->service->essential != ESSENTIAL_YES || supervised->is_kept_down)
        return false;
    if (supervised->service->type == SERVICE_ONESHOT)
        return supervised->has_ended && supervised->exit_code != 0;
    return supervised->state != SERVICE_READY ||
           (supervised->health != NULL &&
            health_verdict(supervised->health)->state == HEALTH_UNHEALTHY);
}

static bool any_is_failing(const struct supervisor *supervisor)
{
    for (size_t i = 0; i < supervisor->count; i++)
        if (is_failing(&supervisor->services[i]))
            return true;
    return false;
}

/* For longer than the device's own time: then it is to go off. */
static bool fails_for_too_long(struct watchdog_feeder *feeder)
{
    uint64_t now = time_monotonic_ms();

    /* A machine that is being stopped takes its time, as the schedules of its services say. */
    if (!feeder->plan->requires_healthy || feeder->supervisor->launch.is_ending ||
        !any_is_failing(feeder->supervisor)) {
        feeder->failing_since_ms = 0;
        return false;
    }
    if (feeder->failing_since_ms == 0)
        feeder->failing_since_ms = now;
    return now - feeder->failing_since_ms > feeder->plan->timeout_ms;
}

static void feed(struct watchdog_feeder *feeder)
{
    bool starves = fails_for_too_long(feeder);

    if (starves != feeder->starves)
        log_line(LOG_ERROR,
                 starves ? "%s: is not fed any more: an essential service is failing"
                         : "%s: is fed again",
                 feeder->plan->path);
    feeder->starves = starves;
    if (!starves && ioctl_ask(feeder->fd, WDIOC_KEEPALIVE, NULL) < 0)
        (void)!write(feeder->fd, "\n", 1);
}

static void on_timer(struct ev_loop *loop, struct ev_timer *watcher, int events)
{
    (void)loop;
    (void)events;
    feed(watcher->data);
}

static void begin(struct watchdog_feeder *feeder)
{
    const struct watchdog_device *plan = feeder->plan;
    int seconds = (int)((plan->timeout_ms + 999) / 1000);

    /* Some have a time that can't be changed, which is in `seconds` then. */
    if (ioctl_ask(feeder->fd, WDIOC_SETTIMEOUT, &seconds) < 0 &&
        ioctl_ask(feeder->fd, WDIOC_GETTIMEOUT, &seconds) < 0)
        log_line(LOG_WARNING, "%s: its time can't be set: %m", plan->path);
    log_line(LOG_INFO, "%s: is fed, its time is %d s", plan->path, seconds);
    ev_timer_init(&feeder->timer, on_timer, 0., seconds / 2.);
    feeder->timer.data = feeder;
    ev_timer_start(feeder->supervisor->loop, &feeder->timer);
}

void watchdog_look(struct watchdog_feeder *feeder)
{
    if (feeder->plan == NULL || feeder->fd >= 0)
        return;
    feeder->fd = open(feeder->plan->path, O_WRONLY | O_CLOEXEC);
    if (feeder->fd >= 0)
        begin(feeder);
}

int watchdog_open(struct watchdog_feeder *feeder, const struct supervisor *supervisor,
                  struct error *error)
{
    const struct watchdog_device *plan = &supervisor->pod->watchdog;

    feeder->supervisor = supervisor;
    feeder->fd = -1;
    if (plan->path == NULL)
        return 0;
    feeder->plan = plan;
    watchdog_look(feeder);
    if (feeder->fd < 0 && errno != ENOENT)
        return error_failed(error, "--watchdog-device %s", plan->path);
    if (feeder->fd < 0)
        log_line(LOG_WARNING, "%s: is not there yet: it is looked for as services come up",
                 plan->path);
    return 0;
}

void watchdog_close(struct watchdog_feeder *feeder)
{
    if (feeder->fd < 0)
        return;
    /* The magic close: without it the driver takes the end for a crash. */
    (void)!write(feeder->fd, "V", 1);
    close(feeder->fd);
}
