/*
 * setup.c - watch a process by the loop until it executes its program
 */
#include "service/setup.h"

#include <stdlib.h>

#include "service/supervised.h"
#include "util/loop.h"
#include "util/strbuf.h"
#include "util/time.h"

/* ---- children ------------------------------------------------------------------------------ */

static void ignore(struct setup *setup, pid_t *pid)
{
    struct children *children = &setup->common->children;

    if (*pid == 0)
        return;
    children_remove(children, *pid);
    children_add(children, *pid, children_ignore_end, NULL);
    *pid = 0;
}

/* Forget the helper, which was killed with its group. */
static void ignore_helper(struct setup *setup)
{
    if (setup->helper != 0)
        setup->common->setups.killed_group = setup->helper;
    ignore(setup, &setup->helper);
}

/* A stage that reads from a service's process may wait for it: visit/entered_process.h. */
static void kill_stage(const struct setup *setup)
{
    if (setup->stage != 0)
        (void)kill(setup->stage, SIGKILL);
}

static void on_process_end(void *owner, pid_t pid, int wait_status);
static void on_helper_end(void *owner, pid_t pid, int wait_status);

static void on_stage_end(void *owner, pid_t pid, int wait_status)
{
    struct setup *setup = owner;

    (void)pid;
    (void)wait_status;
    setup->stage = 0;
}

static bool on_child(void *owner, enum spawn_child role, pid_t pid)
{
    struct setup *setup = owner;
    struct children *children = &setup->common->children;

    if (children_find(children, pid) != NULL || children_reserve(children) < 0)
        return false;
    switch (role) {
    case SPAWN_PROCESS:
        setup->process = pid;
        children_add_for(children, pid, on_process_end, setup, setup->target);
        break;
    case SPAWN_HELPER:
        setup->helper = pid;
        children_add(children, pid, on_helper_end, setup);
        break;
    case SPAWN_STAGE:
        /* An earlier stage ends now. */
        ignore(setup, &setup->stage);
        setup->stage = pid;
        children_add(children, pid, on_stage_end, setup);
        break;
    }
    return true;
}

/* ---- the end of a setup -------------------------------------------------------------------- */

/*
 * The first concurrent setup is not on the heap, which a single service does not use:
 * init/loop_arena_private.h.
 */
static struct setup *new_setup(struct service_common *common)
{
    struct setup *first = &common->setups.embedded;

    return first->place == NULL ? first : malloc(sizeof *first);
}

static void free_setup(struct setup *setup)
{
    setup->place = NULL;
    if (setup != &setup->common->setups.embedded)
        free(setup);
}

static void unlink_setup(struct setup *setup)
{
    struct setup **at = &setup->common->setups.first;

    while (*at != setup)
        at = &(*at)->next;
    *at = setup->next;
    *setup->place = NULL;
    ev_io_stop(setup->common->loop, &setup->channel);
    timer_stop(setup->common->loop, &setup->deadline);
}

/* Call the owner when nothing points to the setup any more, as it may begin another one. */
static void complete(struct setup *setup, enum spawn_outcome outcome)
{
    struct children *children = &setup->common->children;

    unlink_setup(setup);
    ignore_helper(setup);
    if (outcome == SPAWN_FAILED)
        kill_stage(setup);
    ignore(setup, &setup->stage);
    if (outcome == SPAWN_STARTED && setup->process != 0)
        children_remove(children, setup->process);
    else
        ignore(setup, &setup->process);
    setup->hooks->done(setup->owner, &setup->spawning, outcome);
    spawn_release(&setup->spawning);
    free_setup(setup);
}

void setup_abandon(struct setup *setup)
{
    unlink_setup(setup);
    ignore_helper(setup);
    kill_stage(setup);
    ignore(setup, &setup->stage);
    ignore(setup, &setup->process);
    spawn_abandon(&setup->spawning);
    free_setup(setup);
}

pid_t setup_pid(const struct setup *setup)
{
    return setup->spawning.pid;
}

/* ---- pasta ----------------------------------------------------------------------------------- */

void setup_take_pasta(struct service_common *common, struct spawning *spawning, struct pasta *pasta,
                      child_ended *on_end, void *owner)
{
    if (spawning->pasta.pid == 0)
        return;
    *pasta = spawning->pasta;
    spawning->pasta.pid = 0;
    /* pasta and its guard are not leftovers of any run. */
    (void)pid_list_add(&common->foreign_children, pasta->pid);
    (void)pid_list_add(&common->foreign_children, pasta->guard.pid);
    if (children_reserve(&common->children) == 0)
        children_add(&common->children, pasta->pid, on_end, owner);
}

void setup_stop_pasta(struct service_common *common, struct pasta *pasta)
{
    if (pasta->pid == 0)
        return;
    pid_list_remove(&common->foreign_children, pasta->pid);
    pid_list_remove(&common->foreign_children, pasta->guard.pid);
    children_remove(&common->children, pasta->pid);
    pasta_stop(pasta);
}

/* ---- events -------------------------------------------------------------------------------- */

static void start_deadline(struct setup *setup)
{
    const struct supervision *plan = &setup->spawning.service.supervision;
    uint32_t most = setup->runs_hook ? plan->hook_timeout_ms : plan->setup_timeout_ms;

    if (most == 0)
        timer_stop(setup->common->loop, &setup->deadline);
    else
        timer_start(setup->common->loop, &setup->deadline, most);
}

bool setup_runs_hook(const struct setup *setup)
{
    return setup->spawning.step == SPAWN_HOOK;
}

bool setup_may_run(const struct setup *setup)
{
    return setup->spawning.step == SPAWN_EXECUTING;
}

/* Handle an outcome, or a change of the step. */
static void on_outcome(struct setup *setup, enum spawn_outcome outcome)
{
    bool runs_hook = setup_runs_hook(setup);

    setup->spawning.reaped = 0;
    if (outcome != SPAWN_PENDING) {
        complete(setup, outcome);
        return;
    }
    if (runs_hook != setup->runs_hook) {
        setup->runs_hook = runs_hook;
        start_deadline(setup);
    }
}

void setup_on_message(struct setup *setup)
{
    if (ev_is_active(&setup->channel))
        on_outcome(setup, spawn_on_message(&setup->spawning));
}

static void on_channel(struct ev_loop *loop, struct ev_io *watcher, int events)
{
    watch_again(loop, watcher, events);
    setup_on_message(watcher->data);
}

static void on_helper_end(void *owner, pid_t pid, int wait_status)
{
    struct setup *setup = owner;

    (void)pid;
    setup->helper = 0;
    on_outcome(setup, spawn_on_helper_end(&setup->spawning, wait_status));
}

/* If the program ran already, report its start and then its end. */
static void on_process_end(void *owner, pid_t pid, int wait_status)
{
    struct setup *setup = owner;
    struct service_common *common = setup->common;
    const struct child *found;
    struct child child;

    setup->process = 0;
    complete(setup, spawn_on_process_end(&setup->spawning));
    found = children_find(&common->children, pid);
    if (found == NULL)
        return;
    child = *found;
    children_remove(&common->children, pid);
    child.on_end(child.owner, pid, wait_status);
}

static void on_deadline(struct ev_loop *loop, struct ev_timer *watcher, int events)
{
    struct setup *setup = watcher->data;
    struct error *error = &setup->spawning.error;
    const struct supervision *plan = &setup->spawning.service.supervision;
    const char *option = setup->runs_hook ? "hook-timeout" : "setup-timeout";
    char buffer[32];
    struct strbuf time = strbuf_in(buffer, sizeof buffer);

    (void)loop;
    (void)events;
    time_add_duration(&time, setup->runs_hook ? plan->hook_timeout_ms : plan->setup_timeout_ms);
    error_subject(error, "%s: %s", setup->spawning.service.name,
                  setup->runs_hook ? "--hook-created" : "setup");
    error_hint(error, "allow more time by --%s TIME, or any time by 0", option);
    error_reason(error, ERROR_FAILED,
                 setup->runs_hook ? "timed out after %s, killed"
                                  : "the program was not executed within %s",
                 buffer);
    ignore(setup, &setup->process);
    ignore_helper(setup);
    spawn_abandon(&setup->spawning);
    complete(setup, SPAWN_FAILED);
}

static struct setup *next_unread(const struct service_common *common)
{
    struct setup *setup = common->setups.first;

    while (setup != NULL && setup->round == common->setups.round)
        setup = setup->next;
    return setup;
}

/* Read each channel once: a message may end other setups, or begin new ones. */
void setup_read_all(struct service_common *common, pid_t reaped)
{
    struct setup *setup;

    common->setups.round++;
    while ((setup = next_unread(common)) != NULL) {
        setup->round = common->setups.round;
        setup->spawning.reaped = reaped;
        setup_on_message(setup);
    }
}

/* ---- the beginning ------------------------------------------------------------------------- */

/* nsinit waits here, so the setup needs no memory that outlives the call. */
static void begin_and_wait(const struct setup_order *order)
{
    struct spawning spawning = {.service = *order->service, .context = *order->context};
    enum spawn_outcome outcome = spawn_begin(&spawning);

    order->hooks->done(order->owner, &spawning, outcome);
    spawn_release(&spawning);
}

static void fail_for_memory(const struct setup_order *order)
{
    struct spawning failed = {.pid = 0};

    error_failed(&failed.error, "%s: allocate memory", order->service->name);
    order->hooks->done(order->owner, &failed, SPAWN_FAILED);
}

static void begin(struct setup *setup)
{
    enum spawn_outcome outcome = spawn_begin(&setup->spawning);

    if (outcome == SPAWN_IN_CHILD)
        setup->hooks->inside(setup->owner, &setup->spawning);
    if (outcome != SPAWN_PENDING) {
        complete(setup, outcome);
        return;
    }
    watch_file(setup->common->loop, &setup->channel, setup->spawning.channel_fd, on_channel, setup);
    setup->runs_hook = setup_runs_hook(setup);
    start_deadline(setup);
}

void setup_begin(struct setup **place, struct service_common *common,
                 const struct setup_order *order)
{
    bool has_room = children_reserve(&common->children) == 0;
    struct setup *setup;

    if (has_room && spawn_blocks(order->service, order->context)) {
        begin_and_wait(order);
        return;
    }
    setup = has_room ? new_setup(common) : NULL;
    if (setup == NULL) {
        fail_for_memory(order);
        return;
    }
    *setup = (struct setup){
        .place = place,
        .next = common->setups.first,
        .common = common,
        .hooks = order->hooks,
        .owner = order->owner,
        .target = order->target,
        .round = common->setups.round,
        .spawning = {.service = *order->service, .context = *order->context, .on_child = on_child},
    };
    setup->spawning.owner = setup;
    timer_init(&setup->deadline, on_deadline, setup);
    common->setups.first = *place = setup;
    begin(setup);
}
