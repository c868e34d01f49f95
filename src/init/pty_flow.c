/*
 * pty_flow.c - pass on keys to the service's pseudo-terminal, and its output
 * While the service runs, nsinit's terminal is raw: each key goes to the pseudo-terminal, whose
 * modes are the service's and which turns keys into signals.
 */
#include "init/pty_flow_private.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "init/pty_relay_private.h"
#include "util/loop.h"
#include "util/log.h"
#include "util/signal_names.h"
#include "linux/signal_set.h"

/* ---- flows --------------------------------------------------------------------------------- */

static void watch_flow(struct pty_relay *relay, struct flow *flow)
{
    struct ev_loop *loop = relay->init->loop;
    bool is_full = pump_is_full(&flow->pump);

    ev_io_stop(loop, &flow->watcher);
    ev_io_set(&flow->watcher, is_full ? flow->pump.to : flow->pump.from,
              is_full ? EV_WRITE : EV_READ);
    watch_start(loop, &flow->watcher);
}

static void pause_flow(struct pty_relay *relay, struct flow *flow)
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

/* In the background another program has set the modes. */
void pty_flow_leave_raw(struct pty_relay *relay)
{
    if (is_in_foreground(relay))
        pty_leave_raw(&relay->pty);
    relay->pty.is_raw = false;
    end_lines(relay);
}

/* ---- output -------------------------------------------------------------------------------- */

/* All output of the run before has been written. */
void pty_flow_end_output(struct pty_relay *relay)
{
    struct pump *pump = &relay->output.pump;

    pause_flow(relay, &relay->output);
    if (pump->from >= 0 && pump->from != relay->pty.controller)
        close(pump->from);
    pump->from = -1;
    if (relay->is_running)
        open_flow(relay, &relay->output, relay->pty.controller, relay->terminal);
    else
        pty_flow_leave_raw(relay);
}

/* When nsinit's terminal has hung up, hang up the service's: its program gets HUP. */
static void hang_up(struct pty_relay *relay)
{
    relay->has_hung_up = true;
    /* Where nsinit ignores HUP (nohup(1)) the program may be restarted. */
    if (!signal_is_ignored(SIGHUP))
        relay->init->terminal.was_interrupted = true;
    relay->has_keys = relay->is_running = relay->pty.is_raw = false;
    pause_flow(relay, &relay->input);
    watch_end(relay->init->loop, &relay->others);
    pty_flow_end_output(relay);
    pty_close(&relay->pty);
}

static bool is_old_output(const struct pty_relay *relay)
{
    return relay->is_running && relay->output.pump.from != relay->pty.controller;
}

/* Pass on a part of the output; or all, if it is the last run's and another run waits. */
static void move_output(struct pty_relay *relay)
{
    struct pump *pump = &relay->output.pump;
    size_t total = 0;

    do {
        if (!pump_is_full(pump))
            pump_fill(pump);
        total += pump->end;
        /* No program has the terminal open any more, or those that do are silent now. */
        if (pump->is_broken ||
            (is_old_output(relay) && (!pump_is_full(pump) || total > LAST_OUTPUT_MAX))) {
            pty_flow_end_output(relay);
            return;
        }
        pump_drain(pump);
        if (pump->is_broken) {
            hang_up(relay);
            return;
        }
    } while (is_old_output(relay) && !pump_is_full(pump));
    if (!relay->is_running && relay->pty.is_raw && !pump_is_full(pump))
        pty_flow_leave_raw(relay);
    watch_flow(relay, &relay->output);
}

static void on_output(struct ev_loop *loop, struct ev_io *watcher, int events)
{
    watch_again(loop, watcher, events);
    move_output(watcher->data);
}

/* Pass on as much as possible without waiting, before the terminal's modes change. */
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

static void on_others(struct ev_loop *loop, struct ev_io *watcher, int events)
{
    struct epoll_event event;

    watch_again(loop, watcher, events);
    (void)epoll_wait(watcher->fd, &event, 1, 0);
    pty_relay_resume(watcher->data);
}

/*
 * A shell's `fg` does not continue a job that the shell has not seen stopped, so nsinit notices by
 * the first key that it is in the foreground. EPOLLET (epoll(7)): keys that others read wake nsinit
 * only once each.
 */
static void watch_others(struct pty_relay *relay)
{
    struct epoll_event event = {.events = EPOLLIN | EPOLLET};
    int fd;

    if (ev_is_active(&relay->others))
        return;
    fd = epoll_create1(EPOLL_CLOEXEC);
    if (fd >= 0 && epoll_ctl(fd, EPOLL_CTL_ADD, relay->terminal, &event) == 0)
        watch_file(relay->init->loop, &relay->others, fd, on_others, relay);
    else if (fd >= 0)
        close(fd);
}

static void take_keys(struct pty_relay *relay)
{
    if (!relay->is_running || !relay->takes_keys)
        return;
    if (!is_in_foreground(relay)) {
        watch_others(relay);
        return;
    }
    watch_end(relay->init->loop, &relay->others);
    relay->has_keys = true;
    if (!relay->reads_lines)
        pty_enter_raw(&relay->pty);
    end_lines(relay);
    pty_resize(&relay->pty);
    watch_flow(relay, &relay->input);
}

void pty_flow_stop_keys(struct pty_relay *relay)
{
    move_all_output(relay);
    pause_flow(relay, &relay->input);
    watch_end(relay->init->loop, &relay->others);
    relay->has_keys = false;
}

void pty_relay_pause(struct pty_relay *relay)
{
    if (relay == NULL)
        return;
    pty_flow_stop_keys(relay);
    pty_flow_leave_raw(relay);
}

void pty_relay_resume(struct pty_relay *relay)
{
    if (relay != NULL && !relay->has_keys)
        take_keys(relay);
}

bool pty_flow_interrupts(const struct pty_relay *relay)
{
    const struct init *init = relay->init;
    struct termios modes;

    return tcgetattr(relay->pty.controller, &modes) == 0 && (modes.c_lflag & ISIG) != 0 &&
           tcgetpgrp(relay->pty.controller) == init->supervisor.common.services[0].program;
}

/*
 * Whether the last key is ^C or ^\. A user who types more keys does not wait for the program to
 * end.
 */
static bool ends_with_interrupt(const struct pty_relay *relay)
{
    const struct pump *pump = &relay->input.pump;
    unsigned char last = (unsigned char)pump->data[pump->end - 1];
    struct termios modes;

    return tcgetattr(relay->pty.controller, &modes) == 0 && last != _POSIX_VDISABLE &&
           (last == modes.c_cc[VINTR] || last == modes.c_cc[VQUIT]) && pty_flow_interrupts(relay);
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
 * The program leads its session, so its process group is orphaned, and the kernel does not stop it
 * for ^Z (setpgid(2)): nsinit does, if the program would stop by default. Below an inner init,
 * which leads the session there, the program has a group that the kernel stops.
 */
void pty_flow_on_stop_key(struct pty_relay *relay)
{
    const struct supervised *only = &relay->init->supervisor.common.services[0];

    if (namespaces_has_inner_init(&only->service->namespaces) || only->pid == 0 || getpid() == 1 ||
        tcgetpgrp(relay->pty.controller) != only->group ||
        !terminal_stops_by_default(only->pid, SIGTSTP))
        return;
    if (kill(-only->group, SIGSTOP) == 0)
        relay->init->terminal.stopped_for = SIGTSTP;
}

static bool has_hung_up(const struct pty_relay *relay)
{
    struct pollfd terminal = {.fd = relay->terminal};

    return poll(&terminal, 1, 0) == 1 && (terminal.revents & POLLHUP) != 0;
}

/* False if nsinit must not read the keys now. */
static bool read_keys(struct pty_relay *relay)
{
    struct pump *pump = &relay->input.pump;

    if (has_hung_up(relay)) {
        pump->is_broken = true;
        return true;
    }
    if (!is_in_foreground(relay) || (relay->reads_lines && !pty_may_read_lines(&relay->pty))) {
        pty_relay_pause(relay);
        return false;
    }
    pump_fill(pump);
    /* The end of the input is ^D on an empty line, unless nsinit has just lost the foreground. */
    if (pump->is_broken && relay->reads_lines && is_in_foreground(relay))
        pty_type_key(&relay->pty, VEOF);
    pump->is_broken = false;
    if (!pump_is_full(pump))
        return true;
    relay->init->terminal.was_interrupted = ends_with_interrupt(relay);
    if (has_stop_key(relay))
        pty_flow_on_stop_key(relay);
    return true;
}

static void on_keys(struct ev_loop *loop, struct ev_io *watcher, int events)
{
    struct pty_relay *relay = watcher->data;
    struct pump *pump = &relay->input.pump;

    watch_again(loop, watcher, events);
    if (!pump_is_full(pump) && !read_keys(relay))
        return;
    if (pump_is_full(pump))
        pump_drain(pump);
    if (pump->is_broken)
        hang_up(relay);
    else
        watch_flow(relay, &relay->input);
}

/* ---- both ---------------------------------------------------------------------------------- */

void pty_flow_init(struct pty_relay *relay)
{
    relay->output.pump.from = -1;
    ev_init(&relay->input.watcher, on_keys);
    ev_init(&relay->output.watcher, on_output);
    relay->input.watcher.data = relay->output.watcher.data = relay;
}

void pty_flow_begin(struct pty_relay *relay)
{
    struct pump *input = &relay->input.pump;

    if (relay->output.pump.from < 0)
        open_flow(relay, &relay->output, relay->pty.controller, relay->terminal);
    else
        move_output(relay);
    input->from = relay->terminal;
    input->to = relay->pty.controller;
    input->start = input->end = 0;
    take_keys(relay);
}
