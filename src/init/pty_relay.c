/*
 * pty_relay.c - a pseudo-terminal for the service in the place of nsinit's own terminal
 * While the service runs nsinit's terminal is raw, so that each key goes to the other one, whose
 * modes are the service's affair: it makes signals of keys there.
 */
#include "init/pty_relay.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "linux/pty.h"
#include "report/process_file.h"
#include "supervise/watch.h"
#include "util/log.h"

/* How long nsinit's own end waits for a terminal that is slow, or stopped. */
enum { LAST_OUTPUT_MS = 1000 };

/* What a full pseudo-terminal holds and more: who writes on for ever is not waited for. */
enum { LAST_OUTPUT_MAX = 128 * 1024 };

struct flow {
    struct pump pump;
    struct ev_io watcher;
};

struct pty_relay {
    struct init *init;
    const struct service *service;
    struct pty_relay *next;
    int terminal;        /* nsinit's own; does not block */
    bool is_stdio[3];    /* which of them are that terminal */
    bool takes_keys;     /* in a pod of several nobody does */
    bool reads_lines;    /* the output goes elsewhere, perhaps to a pager: see linux/pty.h */
    bool is_running;     /* a run has the pseudo-terminal */
    bool has_keys;       /* they are passed on */
    bool has_stopped_it; /* the service, for a key */
    bool has_hung_up;    /* nsinit's own terminal */
    struct pty pty;      /* of this run */
    struct flow input;
    struct flow output; /* also of the run before, until all of that has arrived */
};

/* ---- flows --------------------------------------------------------------------------------- */

static void watch_flow(struct pty_relay *relay, struct flow *flow)
{
    struct ev_loop *loop = relay->init->loop;
    bool is_full = pump_is_full(&flow->pump);

    ev_io_stop(loop, &flow->watcher);
    ev_io_set(&flow->watcher, is_full ? flow->pump.to : flow->pump.from,
              is_full ? EV_WRITE : EV_READ);
    ev_io_start(loop, &flow->watcher);
}

static void rest_flow(struct pty_relay *relay, struct flow *flow)
{
    ev_io_stop(relay->init->loop, &flow->watcher);
}

static void open_flow(struct pty_relay *relay, struct flow *flow, int from, int to)
{
    flow->pump.from = from;
    flow->pump.to = to;
    flow->pump.start = flow->pump.end = 0;
    flow->pump.is_broken = false;
    watch_flow(relay, flow);
}

/* ---- modes --------------------------------------------------------------------------------- */

static bool is_in_foreground(const struct pty_relay *relay)
{
    return tcgetpgrp(relay->terminal) == getpgrp();
}

static void end_lines(const struct pty_relay *relay)
{
    if (relay->is_stdio[STDERR_FILENO])
        log_end_lines_with(relay->pty.is_raw ? "\r\n" : "\n");
}

/* From the background the modes are somebody else's. */
static void leave_raw(struct pty_relay *relay)
{
    if (is_in_foreground(relay))
        pty_leave_raw(&relay->pty);
    relay->pty.is_raw = false;
    end_lines(relay);
}

/* ---- output -------------------------------------------------------------------------------- */

/* All that was written to the one before has arrived. */
static void close_old_output(struct pty_relay *relay)
{
    struct pump *pump = &relay->output.pump;

    rest_flow(relay, &relay->output);
    if (pump->from >= 0 && pump->from != relay->pty.controller)
        close(pump->from);
    pump->from = -1;
    if (relay->is_running)
        open_flow(relay, &relay->output, relay->pty.controller, relay->terminal);
    else
        leave_raw(relay);
}

/* So has the service's then, which HUP tells it. */
static void hang_up(struct pty_relay *relay)
{
    relay->has_hung_up = true;
    relay->has_keys = relay->is_running = relay->pty.is_raw = false;
    rest_flow(relay, &relay->input);
    close_old_output(relay);
    pty_close(&relay->pty);
}

static bool is_old_output(const struct pty_relay *relay)
{
    return relay->is_running && relay->output.pump.from != relay->pty.controller;
}

/* A part of it; of a run before, while another waits for that, as much as there is. */
static void move_output(struct pty_relay *relay)
{
    struct pump *pump = &relay->output.pump;
    size_t total = 0;

    do {
        if (!pump_is_full(pump))
            pump_fill(pump);
        total += pump->end;
        /* Nobody has it open any more, or who has left it open has nothing to say now. */
        if (pump->is_broken ||
            (is_old_output(relay) && (!pump_is_full(pump) || total > LAST_OUTPUT_MAX))) {
            close_old_output(relay);
            return;
        }
        pump_drain(pump);
        if (pump->is_broken) {
            hang_up(relay);
            return;
        }
    } while (is_old_output(relay) && !pump_is_full(pump));
    if (!relay->is_running && relay->pty.is_raw && !pump_is_full(pump))
        leave_raw(relay);
    watch_flow(relay, &relay->output);
}

static void on_output(struct ev_loop *loop, struct ev_io *watcher, int events)
{
    (void)loop;
    (void)events;
    move_output(watcher->data);
}

/* As much as goes without waiting, while the terminal is as the program had it. */
static void move_all_output(struct pty_relay *relay)
{
    struct pump *pump = &relay->output.pump;

    for (size_t total = 0; pump->from >= 0 && total < LAST_OUTPUT_MAX; total += pump->end) {
        move_output(relay);
        if (pump->end == 0 || pump_is_full(pump))
            return;
    }
}

/* ---- keys ---------------------------------------------------------------------------------- */

static void take_keys(struct pty_relay *relay)
{
    if (!relay->is_running || !relay->takes_keys || !is_in_foreground(relay))
        return;
    relay->has_keys = true;
    if (!relay->reads_lines)
        pty_enter_raw(&relay->pty);
    end_lines(relay);
    pty_resize(&relay->pty);
    watch_flow(relay, &relay->input);
}

static void leave_keys(struct pty_relay *relay)
{
    move_all_output(relay);
    rest_flow(relay, &relay->input);
    relay->has_keys = false;
}

void pty_relay_rest(struct pty_relay *relay)
{
    if (relay == NULL)
        return;
    leave_keys(relay);
    leave_raw(relay);
}

void pty_relay_go_on(struct pty_relay *relay)
{
    if (relay != NULL && !relay->has_keys)
        take_keys(relay);
}

/* Whether the process does with TSTP what is done by default: stop. */
static bool stops_by_default(pid_t pid)
{
    static char status[4096];
    const uint64_t bit = UINT64_C(1) << (SIGTSTP - 1);
    const char *ignored;
    const char *caught;

    if (process_file_read(pid, "status", status, sizeof status) != 0)
        return false;
    ignored = process_file_field(status, "SigIgn");
    caught = process_file_field(status, "SigCgt");
    return ignored != NULL && caught != NULL &&
           ((strtoull(ignored, NULL, 16) | strtoull(caught, NULL, 16)) & bit) == 0;
}

static bool has_stop_key(const struct pty_relay *relay)
{
    const struct pump *pump = &relay->input.pump;
    struct termios modes;

    return tcgetattr(relay->pty.controller, &modes) == 0 && (modes.c_lflag & ISIG) != 0 &&
           modes.c_cc[VSUSP] != _POSIX_VDISABLE &&
           memchr(pump->data, modes.c_cc[VSUSP], pump->end) != NULL;
}

/*
 * The leader of a session is in an orphaned process group, in which the kernel stops nobody for a
 * key (setpgid(2)). So nsinit does, what stops by default. Below an inner init, which is the
 * session's leader there, the program has a group that the kernel stops.
 */
static void obey_stop_key(struct pty_relay *relay)
{
    const struct supervised *only = &relay->init->supervisor.services[0];

    if (isolation_has_inner_init(&only->service->isolation) || only->pid == 0 || getpid() == 1 ||
        !has_stop_key(relay) || tcgetpgrp(relay->pty.controller) != only->group ||
        !stops_by_default(only->pid))
        return;
    relay->has_stopped_it = kill(-only->group, SIGSTOP) == 0;
}

bool pty_relay_stopped_it(struct pty_relay *relay)
{
    bool has_stopped_it = relay != NULL && relay->has_stopped_it;

    if (has_stopped_it)
        relay->has_stopped_it = false;
    return has_stopped_it;
}

static bool has_hung_up(const struct pty_relay *relay)
{
    struct pollfd terminal = {.fd = relay->terminal};

    return poll(&terminal, 1, 0) == 1 && (terminal.revents & POLLHUP) != 0;
}

/* False when the keys are not to be read now. */
static bool read_keys(struct pty_relay *relay)
{
    struct pump *pump = &relay->input.pump;

    if (has_hung_up(relay)) {
        pump->is_broken = true;
        return true;
    }
    if (!is_in_foreground(relay) || (relay->reads_lines && !pty_may_read_lines(&relay->pty))) {
        pty_relay_rest(relay);
        return false;
    }
    pump_fill(pump);
    /* A line that was ended by ^D before it began; or it is the background from just now on. */
    if (pump->is_broken && relay->reads_lines && is_in_foreground(relay))
        pty_type_key(&relay->pty, VEOF);
    pump->is_broken = false;
    if (pump_is_full(pump))
        obey_stop_key(relay);
    return true;
}

static void on_keys(struct ev_loop *loop, struct ev_io *watcher, int events)
{
    struct pty_relay *relay = watcher->data;
    struct pump *pump = &relay->input.pump;

    (void)loop;
    (void)events;
    if (!pump_is_full(pump) && !read_keys(relay))
        return;
    if (pump_is_full(pump))
        pump_drain(pump);
    if (pump->is_broken)
        hang_up(relay);
    else
        watch_flow(relay, &relay->input);
}

/* ---- runs ---------------------------------------------------------------------------------- */

bool pty_relay_is_wanted(const struct pod *pod, const struct service *service)
{
    return service->tty == NULL && service_has_new_session(service, pod->sandbox) &&
           (service->new_session == NEW_SESSION_YES || access("/dev/ptmx", R_OK | W_OK) == 0);
}

static void warn_without(const struct pod *pod, const struct service *service)
{
    if (service->tty == NULL && service_has_new_session(service, pod->sandbox))
        log_line(LOG_WARNING,
                 "%s: --new-session: /dev/ptmx: %m: the program has nsinit's own terminal",
                 service->name);
}

/* Opened by itself, so that not to block is nobody else's affair. */
static int open_own_terminal(const struct terminal *terminal)
{
    char path[32];

    if ((fcntl(terminal->fd, F_GETFL) & O_NONBLOCK) != 0)
        return fcntl(terminal->fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    text_set(path, sizeof path, "/proc/self/fd/%d", terminal->fd);
    return open(path, O_RDWR | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

static int open_relay(struct init *init, const struct service *service,
                      const struct terminal *terminal, struct pty_relay **list, struct error *error)
{
    struct pty_relay *relay = calloc(1, sizeof *relay);

    if (relay == NULL)
        return error_failed(error, "%s: --new-session", service->name);
    *relay = (struct pty_relay){.init = init, .service = service, .next = *list};
    relay->pty = pty_none();
    relay->output.pump.from = -1;
    relay->takes_keys = init->pod->file == NULL;
    relay->terminal = open_own_terminal(terminal);
    if (relay->terminal < 0) {
        free(relay);
        return error_failed(error, "%s: --new-session: the terminal", service->name);
    }
    for (int fd = 0; fd <= STDERR_FILENO; fd++)
        relay->is_stdio[fd] = tcgetpgrp(fd) >= 0;
    relay->reads_lines = !relay->is_stdio[STDOUT_FILENO] || !relay->takes_keys ||
                         service->supervision.log_prefix != LOG_PREFIX_NONE;
    ev_init(&relay->input.watcher, on_keys);
    ev_init(&relay->output.watcher, on_output);
    relay->input.watcher.data = relay->output.watcher.data = relay;
    *list = relay;
    return 0;
}

int pty_relay_open_all(struct init *init, struct error *error)
{
    const struct pod *pod = init->pod;
    struct pty_relay **list = pod->file == NULL ? &init->relay : &init->other_relays;
    struct terminal terminal = init->terminal;
    int result = 0;

    if (pod->file != NULL)
        terminal_open(&terminal, PLACEMENT_INHERITED);
    for (size_t i = 0; i < pod->service_count && terminal.is_ours && result == 0; i++)
        if (pty_relay_is_wanted(pod, &pod->services[i]))
            result = open_relay(init, &pod->services[i], &terminal, list, error);
        else
            warn_without(pod, &pod->services[i]);
    init->terminal.is_relayed = init->relay != NULL;
    if (pod->file != NULL && terminal.fd >= 0)
        close(terminal.fd);
    return result;
}

struct pty_relay *pty_relay_of(const struct init *init, const struct service *service)
{
    struct pty_relay *relay = init->relay != NULL ? init->relay : init->other_relays;

    while (relay != NULL && relay->service != service)
        relay = relay->next;
    return relay;
}

/* So that root of the service's user namespace owns it, as login(1) has it. */
static void give_to_inner_root(const struct pty_relay *relay)
{
    const struct id_map *users = relay->service->isolation.users;

    for (size_t i = 0; users != NULL && i < users->count; i++)
        if (users->ranges[i].inside == 0)
            (void)!fchown(relay->pty.terminal, users->ranges[i].outside, (gid_t)-1);
}

int pty_relay_give(struct pty_relay *relay, struct spawn_context *context, struct error *error)
{
    int result;

    /* Then it is as with any terminal that hung up. */
    if (relay->has_hung_up)
        return 0;
    leave_raw(relay);
    pty_close(&relay->pty);
    result = pty_open(&relay->pty, relay->terminal);
    if (result < 0) {
        errno = -result;
        error_hint(error, "mount a devpts, or give the program nsinit's own terminal: "
                          "--new-session=no");
        return error_failed(error, "%s: --new-session: /dev/ptmx", relay->service->name);
    }
    give_to_inner_root(relay);
    if (relay->reads_lines)
        pty_leave_echo(&relay->pty);
    for (int fd = 0; fd <= STDERR_FILENO; fd++)
        context->stdio[fd] = relay->is_stdio[fd] ? relay->pty.terminal : -1;
    context->terminal_fd = relay->pty.terminal;
    context->has_pty = true;
    return 0;
}

/* nsinit keeps the other side open: a program may close all of its own, and open /dev/tty later. */
void pty_relay_begin(struct pty_relay *relay)
{
    struct pump *output = &relay->output.pump;

    if (relay->has_hung_up)
        return;
    relay->is_running = true;
    relay->has_stopped_it = false;
    if (output->from < 0)
        open_flow(relay, &relay->output, relay->pty.controller, relay->terminal);
    else
        move_output(relay);
    relay->input.pump.from = relay->terminal;
    relay->input.pump.to = relay->pty.controller;
    relay->input.pump.start = relay->input.pump.end = 0;
    take_keys(relay);
}

bool pty_relay_end(struct pty_relay *relay)
{
    bool had_keys = relay->has_keys;

    leave_keys(relay);
    relay->is_running = false;
    /* Its output is read until nobody can write any more. One before it that has not arrived yet,
     * as the terminal is stopped, is all that is waited for. */
    if (relay->output.pump.from == relay->pty.controller)
        relay->pty.controller = -1;
    pty_close(&relay->pty);
    if (pump_is_full(&relay->output.pump))
        pty_leave_raw_keys(&relay->pty);
    else
        leave_raw(relay);
    return had_keys;
}

/* A key that nsinit's terminal has made a signal of, as it is not raw. */
static bool type_key_of(struct pty_relay *relay, int signal_number)
{
    static const struct {
        int signal_number;
        int key;
    } keys[] = {{SIGINT, VINTR}, {SIGQUIT, VQUIT}, {SIGTSTP, VSUSP}};

    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (signal_number == keys[i].signal_number) {
            pty_type_key(&relay->pty, keys[i].key);
            return true;
        }
    return false;
}

bool pty_relay_on_signal(struct init *init, const struct signalfd_siginfo *info)
{
    struct pty_relay *relay = init->relay;

    for (struct pty_relay *at = init->other_relays; at != NULL; at = at->next)
        if (info->ssi_signo == SIGWINCH && at->is_running)
            pty_resize(&at->pty);
    if (relay == NULL || !relay->is_running)
        return false;
    /* The terminal speaks to its foreground, which nsinit may not have known to be in. */
    if (info->ssi_signo == SIGCONT || info->ssi_code == SI_KERNEL)
        pty_relay_go_on(relay);
    if (info->ssi_code != SI_KERNEL)
        return false;
    if (info->ssi_signo != SIGWINCH)
        return type_key_of(relay, (int)info->ssi_signo);
    pty_resize(&relay->pty);
    return true;
}

size_t pty_relay_own_files(const struct pty_relay *relay, int *fds)
{
    if (relay == NULL)
        return 0;
    fds[0] = relay->terminal;
    fds[1] = relay->pty.controller;
    fds[2] = relay->pty.terminal;
    fds[3] = relay->output.pump.from;
    return PTY_RELAY_FILES;
}

/* Wait for the terminal to take what has been read, until `deadline`. False: it does not. */
static bool drain_until(struct pump *pump, uint64_t deadline)
{
    while (pump_is_full(pump) && !pump->is_broken) {
        struct pollfd room = {.fd = pump->to, .events = POLLOUT};
        uint64_t now = supervise_now_ms();

        if (now >= deadline || poll(&room, 1, (int)(deadline - now)) == 0)
            return false;
        pump_drain(pump);
    }
    return !pump->is_broken;
}

static void pass_on_the_rest(struct pump *pump)
{
    uint64_t deadline = supervise_now_ms() + LAST_OUTPUT_MS;
    size_t total = 0;

    while (pump->from >= 0 && total < LAST_OUTPUT_MAX && drain_until(pump, deadline)) {
        pump_fill(pump);
        if (!pump_is_full(pump))
            return;
        total += pump->end;
    }
}

static void close_relay(struct pty_relay *relay)
{
    if (relay->is_running)
        (void)pty_relay_end(relay);
    pass_on_the_rest(&relay->output.pump);
    close_old_output(relay);
    rest_flow(relay, &relay->input);
    pty_close(&relay->pty);
    close(relay->terminal);
    free(relay);
}

static void close_list(struct pty_relay **list)
{
    while (*list != NULL) {
        struct pty_relay *relay = *list;

        *list = relay->next;
        close_relay(relay);
    }
}

void pty_relay_close_all(struct init *init)
{
    close_list(&init->relay);
    close_list(&init->other_relays);
}
