/*
 * pty_relay.c - a pseudo-terminal for the service instead of nsinit's own terminal
 */
#include "init/pty_relay_private.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "init/pty_flow_private.h"
#include "linux/proc.h"
#include "util/log.h"
#include "util/time.h"

/* How long nsinit, at its end, waits for a terminal that is slow or stopped. */
enum { LAST_OUTPUT_MS = 1000 };

bool pty_relay_is_wanted(const struct pod *pod, const struct service *service)
{
    return service->tty == NULL && service_has_new_session(service, pod->namespace_holder);
}

/* Without /dev/ptmx the program runs at nsinit's own terminal, unless --new-session=yes is given.
 */
static bool lacks_ptmx(const struct service *service)
{
    if (service->new_session == NEW_SESSION_YES || access("/dev/ptmx", R_OK | W_OK) == 0)
        return false;
    log_line(LOG_WARNING, "%s: --new-session: /dev/ptmx: %m: using nsinit's own terminal",
             service->name);
    return true;
}

/* A new open file description, so that O_NONBLOCK affects no other program. */
static int open_own_terminal(const struct terminal *terminal)
{
    struct proc_path path;

    if ((fcntl(terminal->fd, F_GETFL) & O_NONBLOCK) != 0)
        return fcntl(terminal->fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    return open(proc_path_of_fd(&path, terminal->fd), O_RDWR | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

static int open_relay(struct init *init, const struct service *service,
                      const struct terminal *terminal, struct pty_relay **list, struct error *error)
{
    struct pty_relay *relay = calloc(1, sizeof *relay);

    if (relay == NULL)
        return error_failed(error, "%s: --new-session", service->name);
    *relay = (struct pty_relay){.init = init, .service = service, .next = *list};
    relay->pty = pty_none();
    pty_flow_init(relay);
    relay->takes_keys = init->pod->file == NULL;
    relay->terminal = open_own_terminal(terminal);
    if (relay->terminal < 0) {
        free(relay);
        return error_failed(error, "%s: --new-session: the terminal", service->name);
    }
    for (int fd = 0; fd <= STDERR_FILENO; fd++)
        relay->is_stdio[fd] = tcgetpgrp(fd) >= 0;
    relay->reads_lines = !relay->is_stdio[STDOUT_FILENO] || !relay->takes_keys ||
                         supervision_takes_output(&service->supervision);
    *list = relay;
    return 0;
}

static bool is_any_wanted(const struct pod *pod)
{
    for (size_t i = 0; i < pod->service_count; i++)
        if (pty_relay_is_wanted(pod, &pod->services[i]))
            return true;
    return false;
}

/* A relay of the output alone for each service. */
static int open_others(struct init *init, struct error *error)
{
    const struct pod *pod = init->pod;
    struct terminal terminal = {.fd = -1};
    int result = 0;

    if (!is_any_wanted(pod))
        return 0;
    terminal_open(&terminal, PLACEMENT_INHERITED);
    for (size_t i = 0; i < pod->service_count && terminal.is_ours && result == 0; i++)
        if (pty_relay_is_wanted(pod, &pod->services[i]) && !lacks_ptmx(&pod->services[i]))
            result = open_relay(init, &pod->services[i], &terminal, &init->output_relays, error);
    if (terminal.fd >= 0)
        close(terminal.fd);
    return result;
}

int pty_relay_open_all(struct init *init, struct error *error)
{
    const struct service *program = init_single_program(init);

    if (init->pod->file != NULL)
        return open_others(init, error);
    if (program == NULL || !pty_relay_is_wanted(init->pod, program) || !init->terminal.is_ours ||
        lacks_ptmx(program))
        return 0;
    init->terminal.is_relayed = true;
    return open_relay(init, program, &init->terminal, &init->relay, error);
}

struct pty_relay *pty_relay_of(const struct init *init, const struct service *service)
{
    struct pty_relay *relay = init->relay != NULL ? init->relay : init->output_relays;

    while (relay != NULL && relay->service != service)
        relay = relay->next;
    return relay;
}

/* As login(1) does: root of the service's user namespace owns the terminal. */
static void chown_to_inner_root(const struct pty_relay *relay)
{
    const struct id_map *users = relay->service->namespaces.users;

    for (size_t i = 0; users != NULL && i < users->count; i++)
        if (users->ranges[i].inside == 0)
            (void)!fchown(relay->pty.terminal, users->ranges[i].outside, (gid_t)-1);
}

int pty_relay_open_run(struct pty_relay *relay, struct spawn_context *context, struct error *error)
{
    int result;

    /* The program finds a terminal that has hung up. */
    if (relay->has_hung_up)
        return 0;
    pty_flow_leave_raw(relay);
    pty_close(&relay->pty);
    result = pty_open(&relay->pty, relay->terminal);
    if (result < 0) {
        errno = -result;
        error_hint(error, "mount a devpts, or give the program nsinit's own terminal: "
                          "--new-session=no");
        return error_failed(error, "%s: --new-session: /dev/ptmx", relay->service->name);
    }
    chown_to_inner_root(relay);
    if (relay->reads_lines)
        pty_leave_echo(&relay->pty);
    for (int fd = 0; fd <= STDERR_FILENO; fd++)
        context->stdio[fd] = relay->is_stdio[fd] ? relay->pty.terminal : -1;
    context->terminal_fd = relay->pty.terminal;
    context->has_pty = true;
    context->placement = PLACEMENT_SESSION;
    return 0;
}

/*
 * nsinit keeps the program's side open: the program may close its descriptors, and open /dev/tty
 * later.
 */
void pty_relay_begin_run(struct pty_relay *relay)
{
    if (relay->has_hung_up)
        return;
    relay->is_running = true;
    relay->init->terminal.was_interrupted = false;
    pty_flow_begin(relay);
}

bool pty_relay_end_run(struct pty_relay *relay)
{
    bool had_keys = relay->has_keys;

    pty_flow_stop_keys(relay);
    relay->is_running = false;
    /*
     * The output is read until no process can write any more; but while the last run's output waits
     * for a stopped terminal, only that output is passed on.
     */
    if (relay->output.pump.from == relay->pty.controller)
        relay->pty.controller = -1;
    pty_close(&relay->pty);
    if (pump_is_full(&relay->output.pump))
        pty_leave_raw_keys(&relay->pty);
    else
        pty_flow_leave_raw(relay);
    return had_keys;
}

/* nsinit's terminal is not raw, and has turned this key into a signal. */
static bool type_key_of(struct pty_relay *relay, int signal_number)
{
    static const struct {
        int signal_number;
        int key;
    } keys[] = {{SIGINT, VINTR}, {SIGQUIT, VQUIT}, {SIGTSTP, VSUSP}};

    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (signal_number == keys[i].signal_number) {
            pty_type_key(&relay->pty, keys[i].key);
            if (signal_number == SIGTSTP)
                pty_flow_on_stop_key(relay);
            else
                relay->init->terminal.was_interrupted = pty_flow_interrupts(relay);
            return true;
        }
    return false;
}

bool pty_relay_hides_keys(const struct pty_relay *relay)
{
    return relay != NULL && !relay->reads_lines;
}

bool pty_relay_on_signal(struct init *init, const struct signalfd_siginfo *info)
{
    struct pty_relay *relay = init->relay;

    for (struct pty_relay *at = init->output_relays; at != NULL; at = at->next)
        if (info->ssi_signo == SIGWINCH && at->is_running)
            pty_resize(&at->pty);
    if (relay == NULL || !relay->is_running)
        return false;
    /* The terminal signals its foreground, which may include nsinit only since a moment ago. */
    if (info->ssi_signo == SIGCONT || info->ssi_code == SI_KERNEL)
        pty_relay_resume(relay);
    if (info->ssi_code != SI_KERNEL)
        return false;
    if (info->ssi_signo != SIGWINCH)
        return type_key_of(relay, (int)info->ssi_signo);
    pty_resize(&relay->pty);
    return true;
}

/* Wait until the terminal has taken the pending output. False after `deadline`. */
static bool drain_until(struct pump *pump, uint64_t deadline)
{
    while (pump_is_full(pump) && !pump->is_broken) {
        struct pollfd room = {.fd = pump->to, .events = POLLOUT};
        uint64_t now = time_monotonic_ms();

        if (now >= deadline || poll(&room, 1, (int)(deadline - now)) == 0)
            return false;
        pump_drain(pump);
    }
    return !pump->is_broken;
}

static void pass_on_the_rest(struct pump *pump)
{
    uint64_t deadline = time_monotonic_ms() + LAST_OUTPUT_MS;
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
        (void)pty_relay_end_run(relay);
    pass_on_the_rest(&relay->output.pump);
    pty_flow_end_output(relay);
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
    close_list(&init->output_relays);
}
