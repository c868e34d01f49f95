/*
 * init.c - run a pod: start its services, forward signals, reap, and end when they have ended
 */
#include "init/init.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "control/server.h"
#include "init/inner_private.h"
#include "init/loop_arena_private.h"
#include "init/pty_relay_private.h"
#include "init/init_private.h"
#include "init/terminal_private.h"
#include "report/report_file.h"
#include "spawn/channel.h"
#include "spawn/spawn.h"
#include "pod/supervisor.h"
#include "util/loop.h"
#include "util/log.h"
#include "util/signal_names.h"
#include "visit/door.h"
#include "util/time.h"
#include "linux/signal_set.h"

/* How long nsinit waits for the end of processes that it has killed, and how often it looks. */
enum { KILLED_MS = 1000, CHECK_MS = 5 };

static int tie_to_parent(const struct init *init, struct error *error)
{
    int signal_number = init->pod->parent_death_signal;

    if (signal_number == 0)
        return 0;
    if (prctl(PR_SET_PDEATHSIG, signal_number) < 0)
        return error_failed(error, "prctl PR_SET_PDEATHSIG");
    /* The parent may have died before the prctl(2). Outside of this PID namespace it is 0. */
    if (getppid() != init->inherited->parent)
        (void)kill(getpid(), signal_number);
    return 0;
}

/* Become a subreaper if --subreaper says so, and find out whether nsinit is one. */
static int adopt_orphans(struct init *init, struct error *error)
{
    int is_subreaper = 0;
    struct supervisor *supervisor = &init->supervisor;

    supervisor->common.is_pid_1 = init->inherited->self == 1;
    supervisor->common.adopts_orphans = supervisor->common.is_pid_1;
    if (supervisor->common.is_pid_1)
        return 0;
    if (init->pod->subreaper && prctl(PR_SET_CHILD_SUBREAPER, 1) < 0)
        return error_failed(error, "prctl PR_SET_CHILD_SUBREAPER");
    supervisor->common.adopts_orphans =
        prctl(PR_GET_CHILD_SUBREAPER, &is_subreaper) == 0 && is_subreaper != 0;
    return 0;
}

static int give_terminal(struct supervised *service, struct spawn_context *context,
                         struct error *error)
{
    struct init *init = supervisor_for(service)->owner;
    struct pty_relay *relay = pty_relay_of(init, service->service);

    if (relay != NULL)
        return pty_relay_open_run(relay, context, error);
    if (service->common->pod->file != NULL)
        return 0;
    terminal_hand_over(&init->terminal);
    context->placement = init->terminal.placement;
    context->terminal_fd = init->terminal.child_fd;
    context->takes_foreground = init->terminal.has_foreground;
    return 0;
}

static void on_start(struct supervised *service, int channel_fd)
{
    struct init *init = supervisor_for(service)->owner;
    struct pty_relay *relay = pty_relay_of(init, service->service);

    if (relay != NULL)
        pty_relay_begin_run(relay);
    if (init->terminal.stopped_for != 0)
        terminal_stop(&init->terminal, service->pid, init->terminal.stopped_for);
    if (channel_fd >= 0)
        inner_watch(service, channel_fd);
}

/*
 * The signal that killed the program, which may be below an inner init. 0 when the program has
 * ended by itself, or when its exit code counts as another one.
 */
static int killing_signal(struct supervised *service, int wait_status)
{
    const struct init *init = supervisor_for(service)->owner;
    int signal_number =
        WIFSIGNALED(wait_status) ? WTERMSIG(wait_status) : inner_killing_signal(service);

    inner_unwatch(service);
    if (init->supervisor.common.is_inner)
        inner_report_end(init, signal_number);
    return service->exit_code == 128 + signal_number ? signal_number : 0;
}

/* Whether the terminal ended the run: by a key, or by the HUP of a shell that has ended. */
static bool on_end(struct supervised *service, int wait_status)
{
    struct init *init = supervisor_for(service)->owner;
    struct pty_relay *relay = pty_relay_of(init, service->service);
    struct terminal *terminal = &init->terminal;
    int signal_number = killing_signal(service, wait_status);
    bool had_keys = terminal->was_interrupted || terminal->has_foreground;

    if (relay != NULL)
        had_keys = pty_relay_end_run(relay) || had_keys;
    terminal_take_back(terminal);
    init->key_death = (struct key_death){0};
    if (had_keys && (signal_number == SIGINT || signal_number == SIGQUIT))
        init->key_death = (struct key_death){signal_number, terminal->was_interrupted &&
                                                                pty_relay_hides_keys(relay)};
    return terminal->was_interrupted || init->key_death.signal_number != 0 ||
           (terminal->is_ours && signal_number == SIGHUP && !signal_is_ignored(SIGHUP));
}

static void on_all_ended(void *owner)
{
    struct init *init = owner;

    init->exit_code = init->supervisor.exit_code;
    events_publish(init, &(struct event){.kind = EVENT_KIND_END, .number = init->exit_code});
    drain_begin(init);
}

static void on_event(void *owner, const struct event *event)
{
    events_publish(owner, event);
}

static void on_change(void *owner, const struct supervised *supervised)
{
    struct init *init = owner;

    if (init->supervisor.common.is_inner)
        inner_report_main(init, supervised);
    watchdog_retry(&init->watchdog);
    if (init->server != NULL)
        server_on_change(init->server, supervised);
}

static void on_start_failed(void *owner, const struct error *error)
{
    struct init *init = owner;

    events_publish(init, &(struct event){.kind = EVENT_KIND_END,
                                         .number = init->pod->error_codes[error->kind]});
    init->start_error = *error;
    init->has_failed = true;
    init->is_finished = true;
    ev_break(init->loop, EVBREAK_ALL);
}

static bool on_power(void *owner, enum power power)
{
    struct init *init = owner;

    if (init->pod->boots)
        signals_power(init, power);
    return init->pod->boots;
}

static void become_inner(void *owner, const struct service *service,
                         const struct spawning *spawning);

static const struct supervisor_hooks hooks = {
    .give_terminal = give_terminal,
    .on_start = on_start,
    .on_end = on_end,
    .on_all_ended = on_all_ended,
    .on_event = on_event,
    .on_change = on_change,
    .become_inner = become_inner,
    .on_power = on_power,
    .on_start_failed = on_start_failed,
};

static int start_services(struct init *init, struct error *error)
{
    struct supervisor *supervisor = &init->supervisor;
    struct supervised *services = init->pod->service_count <= 1
                                      ? &init->only
                                      : calloc(init->pod->service_count, sizeof *services);

    if (services == NULL)
        return error_failed(error, "allocate memory");
    supervisor->common.loop = init->loop;
    supervisor->common.pod = init->pod;
    supervisor->hooks = &hooks;
    supervisor->owner = init;
    drain_init(init);
    if (supervisor_init(supervisor, services, error) < 0)
        return -1;
    supervisor_start(supervisor);
    *error = init->has_failed ? init->start_error : *error;
    return init->has_failed ? -1 : 0;
}

/*
 * Open the control socket before the services start, so that they find it. Without --control,
 * nsinit runs without a socket unless another nsinit that runs this pod already listens.
 */
static int open_control(struct init *init, struct error *error)
{
    const struct pod *pod = init->pod;

    if (pod->control == NULL)
        return 0;
    init->server =
        server_open(pod->control_was_asked_for ? pod->control : NULL, &init->supervisor, error);
    if (init->server != NULL)
        return 0;
    if (pod->control_was_asked_for || error->kind == ERROR_USAGE)
        return -1;
    log_line(LOG_WARNING, "%s: %s: nsctl will not work", error->subject, error->reason);
    *error = (struct error){.kind = ERROR_FAILED};
    return 0;
}

static void close_outputs(struct init *init)
{
    if (init->server != NULL)
        server_close(init->server);
    if (init->report_file != NULL)
        report_file_close(init->report_file);
    watchdog_close(&init->watchdog);
    pty_relay_close_all(init);
}

/*
 * Whether nsinit needs to see ^C and ^Z. ^C is a request to stop, after which the program is not
 * restarted. The terminal cannot stop PID 1 of a PID namespace, so nsinit stops it.
 */
static bool needs_keys(const struct service *service)
{
    return service->supervision.restart.policy != RESTART_NO || service->namespaces.as_pid_1;
}

static int open_terminal(struct init *init, struct error *error)
{
    const struct pod *pod = init->pod;
    const struct service *only = init_single_program(init);
    bool is_relayed = only != NULL && pty_relay_is_wanted(pod, only);

    /* No service of a pod file gets the terminal: on ^C, nsinit stops all services. */
    if (pod->file != NULL)
        terminal_remember(&init->terminal);
    else
        terminal_open(&init->terminal,
                      only == NULL || is_relayed ? PLACEMENT_INHERITED : only->placement);
    if (pty_relay_open_all(init, error) < 0)
        return -1;
    if (only != NULL && !init->terminal.is_relayed)
        terminal_place(&init->terminal, only->placement, needs_keys(only));
    return 0;
}

static int start(struct init *init, struct error *error)
{
    const struct pod *pod = init->pod;

    if (tie_to_parent(init, error) < 0 || adopt_orphans(init, error) < 0 ||
        event_loop_open(init, error) < 0 || open_terminal(init, error) < 0)
        return -1;
    init->supervisor.common.context = spawn_context_plain(init->inherited);
    init->supervisor.common.context.loop_fd = init->loop_fd;
    /* nsinit cannot forward a KILL, so the program gets its own. */
    if (pod->parent_death_signal == SIGKILL)
        init->supervisor.common.context.parent_death_signal = SIGKILL;
    init->supervisor.common.loop = init->loop;
    if (pod->report != NULL) {
        init->report_file = report_file_open(pod->report, init->loop, error);
        if (init->report_file == NULL)
            return -1;
    }
    init->supervisor.common.pod = pod;
    if (watchdog_open(&init->watchdog, &init->supervisor, error) < 0 ||
        open_control(init, error) < 0 || start_services(init, error) < 0) {
        terminal_take_back(&init->terminal);
        close_outputs(init);
        return -1;
    }
    return 0;
}

/* Run from the start of the services to their end. Returns the exit code, or -1 with `error`. */
static int run(struct init *init, struct error *error)
{
    init->closes_inherited =
        init->server == NULL && !supervisor_keeps_inherited_fds(&init->supervisor);
    if (!init->closes_inherited)
        event_loop_disable_periodic_wakeup(init);
    /* A child that nsinit has inherited may have ended before SIGCHLD could be read. */
    if (!init->supervisor.common.is_inner)
        reap_all(init);
    event_loop_run(init);
    if (init->has_failed) {
        *error = init->start_error;
        terminal_take_back(&init->terminal);
    }
    supervisor_end(&init->supervisor);
    close_outputs(init);
    return init->has_failed ? -1 : init->exit_code;
}

static void become_inner(void *owner, const struct service *service,
                         const struct spawning *spawning)
{
    struct init *init = owner;
    struct error error = {.kind = ERROR_FAILED};
    struct inner inner;
    int exit_code = -1;

    inner_prepare(&inner, init, service, spawning);
    if (event_loop_open(init, &error) == 0 && start_services(init, &error) == 0 &&
        inner_begin(&inner, init, &error) == 0)
        exit_code = run(init, &error);
    if (exit_code < 0)
        (void)channel_send(init->channel_fd, CHANNEL_FAILED, 0, &error);
    _exit(exit_code < 0 ? 1 : exit_code);
}

/* Members of a killed helper's group may not be children of nsinit. */
static bool is_dying(const struct supervisor *supervisor)
{
    return supervisor->common.children.count > 0 ||
           (supervisor->common.setups.killed_group != 0 &&
            kill(-supervisor->common.setups.killed_group, 0) == 0);
}

/* After a failed start, wait for the end of the killed processes, unless the kernel holds them. */
static void await_killed(struct init *init)
{
    uint64_t end = time_monotonic_ms() + KILLED_MS;
    struct pollfd signals = {.fd = init->signal_fd, .events = POLLIN};

    reap_all(init);
    while (is_dying(&init->supervisor) && time_monotonic_ms() < end) {
        struct signalfd_siginfo info;

        if (poll(&signals, 1, CHECK_MS) == 1)
            (void)!read(init->signal_fd, &info, sizeof info);
        reap_all(init);
    }
}

/* The running pod, one for each process. It lasts as long as nsinit, so nothing is freed. */
static struct init running;

int init_run(const struct pod *pod, const struct inherited *inherited, struct ending *ending,
             struct error *error)
{
    struct init *init = &running;
    int result;

    init->pod = pod;
    init->inherited = inherited;
    init->channel_fd = -1;
    init->terminal.fd = -1;
    init->terminal.child_fd = -1;
    result = start(init, error);
    if (result == 0)
        result = run(init, error);
    if (init->has_failed)
        await_killed(init);
    *ending = (struct ending){init->power, init->key_death};
    /* The kernel cleans up the loop, as this process is about to end. */
    return result;
}
