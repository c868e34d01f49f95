/*
 * watchdog.c - feed a hardware watchdog, which resets a machine whose nsinit hangs
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
    for (size_t i = 0; i < supervisor->common.count; i++)
        if (is_failing(&supervisor->common.services[i]))
            return true;
    return false;
}

/*
 * A service has failed for longer than the watchdog's timeout: let the watchdog reset the machine.
 */
static bool fails_for_too_long(struct watchdog_feeder *feeder)
{
    uint64_t now = time_monotonic_ms();

    /* While the machine is being stopped, its services need not be ready. */
    if (!feeder->plan->requires_healthy || feeder->supervisor->common.is_ending ||
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
    bool is_withheld = fails_for_too_long(feeder);

    if (is_withheld != feeder->is_withheld)
        log_line(LOG_ERROR,
                 is_withheld ? "%s: stopped feeding the watchdog: an essential service is failing"
                             : "%s: feeding the watchdog again",
                 feeder->plan->path);
    feeder->is_withheld = is_withheld;
    if (!is_withheld && ioctl_ask(feeder->fd, WDIOC_KEEPALIVE, NULL) < 0)
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

    /* Some devices have a fixed timeout, which WDIOC_GETTIMEOUT reads. */
    if (ioctl_ask(feeder->fd, WDIOC_SETTIMEOUT, &seconds) < 0 &&
        ioctl_ask(feeder->fd, WDIOC_GETTIMEOUT, &seconds) < 0)
        log_line(LOG_WARNING, "%s: set the timeout: %m", plan->path);
    log_line(LOG_INFO, "%s: feeding the watchdog, timeout %d s", plan->path, seconds);
    ev_timer_init(&feeder->timer, on_timer, 0., seconds / 2.);
    feeder->timer.data = feeder;
    ev_timer_start(feeder->supervisor->common.loop, &feeder->timer);
}

void watchdog_retry(struct watchdog_feeder *feeder)
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
    const struct watchdog_device *plan = &supervisor->common.pod->watchdog;

    feeder->supervisor = supervisor;
    feeder->fd = -1;
    if (plan->path == NULL)
        return 0;
    feeder->plan = plan;
    watchdog_retry(feeder);
    if (feeder->fd < 0 && errno != ENOENT)
        return error_failed(error, "--watchdog-device %s", plan->path);
    if (feeder->fd < 0)
        log_line(LOG_WARNING, "%s: does not exist yet: opening it later, as services come up",
                 plan->path);
    return 0;
}

void watchdog_close(struct watchdog_feeder *feeder)
{
    if (feeder->fd < 0)
        return;
    /* The magic close: without this byte the driver takes the close for a crash. */
    (void)!write(feeder->fd, "V", 1);
    close(feeder->fd);
}
