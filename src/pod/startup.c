/*
 * startup.c - start and stop the services of a pod in their order
 */
#include "pod/startup.h"

#include <errno.h>

#include "pod/shared_namespaces_private.h"
#include "pod/supervisor.h"
#include "service/machine.h"
#include "util/loop.h"
#include "util/log.h"
#include "util/strbuf.h"

/* After this many starts the loop handles signals and requests first. */
enum { STARTS_AT_ONCE = 16 };

/* The service at a place in the `after` of another one, or NULL behind the last. */
static struct supervised *awaited(const struct supervised *supervised, size_t at)
{
    const struct service_list *after = &supervised->service->after;

    return at < after->count ? &supervised->common->services[after->places[at]] : NULL;
}

/* ---- starting ---------------------------------------------------------------------------- */

/* Do not start the service any more. */
static void cancel_start(struct supervised *supervised)
{
    if (!supervised->member.is_pending)
        return;
    supervised->member.is_pending = false;
    supervisor_for(supervised)->startup.pending--;
}

static bool waits_for(const struct supervised *supervised, const struct supervised *other)
{
    const struct supervised *found;

    for (size_t i = 0; (found = awaited(supervised, i)) != NULL; i++)
        if (found == other)
            return true;
    return false;
}

static bool may_start(const struct supervised *supervised)
{
    const struct supervised *other;

    if (!supervised->member.is_pending)
        return false;
    for (size_t i = 0; (other = awaited(supervised, i)) != NULL; i++)
        if (!other->member.is_up && !supervised->member.skips_order)
            return false;
    return true;
}

static void start(struct supervised *supervised)
{
    cancel_start(supervised);
    machine_on_event(supervised, EVENT_START);
}

static void on_turn(struct ev_loop *loop, struct ev_timer *watcher, int events)
{
    struct supervisor *supervisor = watcher->data;
    int started = 0;

    (void)events;
    for (size_t i = 0; i < supervisor->common.count; i++) {
        if (!may_start(&supervisor->common.services[i]))
            continue;
        if (started++ == STARTS_AT_ONCE) {
            ev_timer_start(loop, watcher);
            return;
        }
        start(&supervisor->common.services[i]);
    }
}

void startup_init(struct supervisor *supervisor)
{
    ev_init(&supervisor->startup.turn, on_turn);
    supervisor->startup.turn.data = supervisor;
}

static void expect(struct supervised *supervised)
{
    struct startup *startup = &supervisor_for(supervised)->startup;

    supervised->member.is_pending = true;
    startup->pending++;
    ev_timer_start(supervised->common->loop, &startup->turn);
}

void startup_begin(struct supervisor *supervisor)
{
    /* nsinit may be stopped before the shared namespaces have been made. */
    if (supervisor->common.is_ending)
        return;
    /* The command line's only service starts before the loop runs. */
    if (supervisor->common.pod->file == NULL && supervisor->common.count > 0) {
        machine_on_event(supervisor->common.services, EVENT_START);
        return;
    }
    for (size_t i = 0; i < supervisor->common.count; i++)
        expect(&supervisor->common.services[i]);
}

void startup_on_up(struct supervised *supervised)
{
    struct supervisor *supervisor = supervisor_for(supervised);
    struct startup *startup = &supervisor->startup;

    if (supervised->member.is_up)
        return;
    supervised->member.is_up = true;
    if (++startup->up == supervisor->common.count && supervisor->common.pod->file != NULL)
        notify_relay_send(&supervisor->common.relay, "READY=1\n", &RELAYED_NO_FILES);
    if (startup->pending > 0)
        ev_timer_start(supervisor->common.loop, &startup->turn);
}

/* ---- the end ----------------------------------------------------------------------------- */

static bool is_essential(const struct supervised *supervised)
{
    const struct service *service = supervised->service;

    if (service->essential == ESSENTIAL_BY_TYPE)
        return service->type == SERVICE_ONESHOT && supervised->exit_code != 0;
    /* A oneshot that has succeeded is done, and does not end the pod. */
    return service->essential == ESSENTIAL_YES &&
           !(service->type == SERVICE_ONESHOT && supervised->exit_code == 0);
}

/* A service that nsctl keeps down has not failed. */
static bool has_failed_for_good(const struct supervised *supervised)
{
    return supervised->has_ended && !supervised->is_kept_down && supervised->exit_code != 0;
}

/*
 * The pod's exit code if no service has ended the pod. It does not depend on the order in which
 * services end: after a request to stop, it is the code of the first essential service in the file
 * that has failed; otherwise 1 if any service has failed.
 */
static int code_of_all(const struct supervisor *supervisor)
{
    bool is_requested = supervisor->startup.is_requested && supervisor->common.pod->file != NULL;

    if (supervisor->common.count == 1 && !is_requested)
        return supervisor->common.services[0].exit_code;
    for (size_t i = 0; i < supervisor->common.count; i++) {
        const struct supervised *supervised = &supervisor->common.services[i];

        if (has_failed_for_good(supervised) && (!is_requested || is_essential(supervised)))
            return is_requested ? supervised->exit_code : 1;
    }
    return 0;
}

static void all_ended(struct supervisor *supervisor)
{
    if (supervisor->startup.is_over)
        return;
    supervisor->startup.is_over = true;
    if (!supervisor->startup.is_settled)
        supervisor->exit_code = code_of_all(supervisor);
    /* The holder ends the leftovers in the shared namespaces; the drain follows. */
    if (!shared_namespaces_end(supervisor))
        supervisor->hooks->on_all_ended(supervisor->owner);
}

static bool has_ended(const struct supervisor *supervisor)
{
    return supervisor->startup.active == 0 && supervisor->startup.pending == 0;
}

void startup_settle(struct supervisor *supervisor, int exit_code)
{
    if (supervisor->startup.is_settled)
        return;
    supervisor->startup.is_settled = true;
    supervisor->exit_code = exit_code != 0 ? exit_code : 1;
}

static void end_pod_by(const struct supervised *supervised)
{
    struct supervisor *supervisor = supervisor_for(supervised);

    if (supervisor->startup.is_settled || supervisor->startup.is_requested)
        return;
    supervisor->startup.is_settled = true;
    supervisor->exit_code = supervised->exit_code;
    if (!supervisor->common.is_ending && !has_ended(supervisor)) {
        log_line(LOG_WARNING, "%s: essential service ended: stopping the pod", name_of(supervised));
        startup_stop(supervisor);
    }
}

/* Report that the dependent cannot start because the other service has never been up. */
static void skip(struct supervised *dependent, const struct supervised *other)
{
    char reason[200];

    dependent->exit_code = other->exit_code != 0 ? other->exit_code : 1;
    dependent->has_ended = true;
    dependent->ran_ms = -1;
    strbuf_set(reason, sizeof reason, "not started: %s has ended before it was %s", name_of(other),
               other->service->type == SERVICE_ONESHOT ? "done" : "ready");
    log_line(LOG_WARNING, "%s: %s", name_of(dependent), reason);
    event_emit(dependent, EVENT_KIND_EXIT, reason, 0);
}

/* The service has never been up: give up all services that wait for it, and their dependents. */
static void give_up_dependents(const struct supervised *supervised)
{
    struct supervisor *supervisor = supervisor_for(supervised);

    for (size_t i = 0; i < supervisor->common.count; i++) {
        struct supervised *dependent = &supervisor->common.services[i];

        if (!dependent->member.is_pending || !waits_for(dependent, supervised))
            continue;
        cancel_start(dependent);
        skip(dependent, supervised);
        if (is_essential(dependent))
            end_pod_by(dependent);
        give_up_dependents(dependent);
    }
}

static bool is_being_stopped(const struct supervised *supervised)
{
    return supervised->state == SERVICE_STOPPING || supervised->state == SERVICE_ENDING;
}

static bool may_be_stopped(const struct supervised *supervised)
{
    return (supervised->state != SERVICE_DOWN || supervised->member.has_leftovers) &&
           !is_being_stopped(supervised) && supervised->member.active_dependents == 0;
}

static void stop(struct supervised *supervised)
{
    supervised->member.stops_leftovers =
        supervised->member.stops_leftovers || supervised->member.has_leftovers;
    machine_on_event(supervised,
                     supervised->member.has_leftovers ? EVENT_STOP_LEFTOVERS : EVENT_STOP);
}

static void count_active(struct supervised *supervised, bool is_active)
{
    int change = is_active ? 1 : -1;
    struct supervised *other;

    supervisor_for(supervised)->startup.active += (size_t)change;
    for (size_t i = 0; (other = awaited(supervised, i)) != NULL; i++)
        other->member.active_dependents += (unsigned int)change;
}

/*
 * Leftovers of a service that ended earlier need the services in its `after` as much as the service
 * did, so they are stopped in its turn. A single service's leftovers are left to the drain.
 */
static void look_for_leftovers(struct supervised *supervised)
{
    if (supervised->common->count == 1 || supervised->state != SERVICE_DOWN ||
        supervised->member.has_leftovers || supervised->member.stops_leftovers ||
        !cleanup_has_leftovers(&supervised->cleanup))
        return;
    supervised->member.has_leftovers = true;
    count_active(supervised, true);
}

static void stop_what_it_waited_for(const struct supervised *supervised)
{
    struct supervised *other;

    for (size_t i = 0; (other = awaited(supervised, i)) != NULL; i++)
        if (may_be_stopped(other))
            stop(other);
}

static void stop_all(struct supervisor *supervisor, bool again)
{
    bool was_ending = supervisor->common.is_ending;

    supervisor->common.is_ending = true;
    if (!was_ending && supervisor->common.pod->file != NULL)
        notify_relay_send(&supervisor->common.relay, "STOPPING=1\n", &RELAYED_NO_FILES);
    for (size_t i = 0; i < supervisor->common.count; i++)
        look_for_leftovers(&supervisor->common.services[i]);
    for (size_t i = supervisor->common.count; i-- > 0;) {
        struct supervised *supervised = &supervisor->common.services[i];

        cancel_start(supervised);
        supervised->starts_again = false;
        if (may_be_stopped(supervised) || (again && is_being_stopped(supervised)))
            stop(supervised);
    }
    if (supervisor->startup.is_over && again)
        shared_namespaces_skip_step(supervisor);
    else if (has_ended(supervisor))
        all_ended(supervisor);
}

void startup_stop(struct supervisor *supervisor)
{
    stop_all(supervisor, false);
}

void startup_request_end(struct supervisor *supervisor)
{
    bool again = supervisor->startup.is_requested;

    supervisor->startup.is_requested = true;
    stop_all(supervisor, again);
}

void startup_on_active(struct supervised *supervised, bool is_active)
{
    /* A service whose leftovers wait for their stop already counts as active. */
    if (supervised->member.has_leftovers)
        supervised->member.has_leftovers = false;
    else
        count_active(supervised, is_active);
}

static void start_again(struct supervised *supervised)
{
    supervised->starts_again = false;
    supervised->backoff = (struct backoff){0};
    supervised->member.skips_order = true;
    expect(supervised);
}

void startup_on_down(struct supervised *supervised)
{
    struct supervisor *supervisor = supervisor_for(supervised);
    bool by_request = supervised->is_kept_down && !supervised->common->is_ending;

    if (supervised->starts_again && !supervised->common->is_ending) {
        start_again(supervised);
        return;
    }
    if (!by_request && !supervised->member.stops_leftovers) {
        if (supervised->service->type == SERVICE_ONESHOT && supervised->exit_code == 0)
            startup_on_up(supervised);
        else if (!supervised->member.is_up)
            give_up_dependents(supervised);
        if (is_essential(supervised))
            end_pod_by(supervised);
    }
    if (supervised->common->is_ending)
        stop_what_it_waited_for(supervised);
    if (has_ended(supervisor) && !by_request)
        all_ended(supervisor);
}

/* ---- requests ---------------------------------------------------------------------------- */

int startup_request_start(struct supervised *supervised)
{
    struct startup *startup = &supervisor_for(supervised)->startup;

    if (supervised->common->is_ending || startup->is_over)
        return -EBUSY;
    supervised->is_kept_down = false;
    /* A request cuts the delay of a restart short. */
    if (supervised->state == SERVICE_WAITING)
        return startup_request_restart(supervised);
    if (is_being_stopped(supervised) || supervised->state == SERVICE_CLEANING)
        supervised->starts_again = true;
    if (supervised->state != SERVICE_DOWN)
        return 0;
    supervised->backoff = (struct backoff){0};
    start(supervised);
    return 0;
}

/* Stop the service, unless the service or its leftovers are being stopped already. */
static void stop_by_request(struct supervised *supervised)
{
    if (supervised->state != SERVICE_CLEANING && !is_being_stopped(supervised))
        machine_on_event(supervised, EVENT_STOP);
}

int startup_request_stop(struct supervised *supervised)
{
    if (supervised->common->is_ending)
        return -EBUSY;
    cancel_start(supervised);
    supervised->is_kept_down = true;
    supervised->starts_again = false;
    stop_by_request(supervised);
    return 0;
}

int startup_request_restart(struct supervised *supervised)
{
    if (supervised->state == SERVICE_DOWN)
        return startup_request_start(supervised);
    if (supervised->common->is_ending)
        return -EBUSY;
    supervised->is_kept_down = false;
    supervised->starts_again = true;
    stop_by_request(supervised);
    return 0;
}
