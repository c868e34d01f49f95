/*
 * cmd_exec.c - nsctl exec: a command in a service, with nsctl's files or on a pseudo-terminal
 * The command never gets nsctl's own terminal, where it could read keys and type.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "linux/pty.h"
#include "linux/signal_set.h"
#include "nsctl/client_private.h"
#include "nsctl/cmd_private.h"
#include "util/log.h"
#include "util/signal_names.h"

struct session {
    struct failure *failure;
    struct client client;
    int exit_code;    /* the command's; -1: not received */
    bool has_started; /* the command has started, and the final pseudo-terminal is known */
    bool is_answered; /* the answer has ended */
    bool has_failed;  /* the answer ended with an error, or too early: see `failure` */
    int signal_fd;
    int ended_by;      /* a signal that ends nsctl, or 0 */
    bool relays;       /* `pty` stands in for nsctl's terminal */
    bool has_terminal; /* `pty` is a pseudo-terminal, and not a pair of sockets */
    bool reads_lines;  /* nsctl's terminal keeps its modes: see linux/pty.h */
    struct pty pty;
    struct pump input;
    struct pump output;
    size_t late_output; /* bytes from `pty` since the answer has ended */
};

/*
 * More than a full pseudo-terminal holds, so it includes everything that the command itself has
 * written. A process left behind by the command may never stop writing.
 */
enum { LATE_OUTPUT_MAX = 128 * 1024 };

/* ---- bytes between the terminals ------------------------------------------------------------- */

static struct pollfd pump_pollfd(const struct pump *pump, bool is_running)
{
    if (pump->is_broken || !is_running)
        return (struct pollfd){.fd = -1};
    if (pump_is_full(pump))
        return (struct pollfd){.fd = pump->to, .events = POLLOUT};
    return (struct pollfd){.fd = pump->from, .events = POLLIN};
}

/* Returns how many bytes it has read. */
static size_t pump_move(struct pump *pump, short events)
{
    if (events == 0)
        return 0;
    if (pump_is_full(pump)) {
        pump_drain(pump);
        return 0;
    }
    pump_fill(pump);
    return pump->end;
}

/* ---- signals --------------------------------------------------------------------------------- */

/*
 * Signals that would end nsctl before it has forwarded them or restored the terminal, and the two
 * that tell of changes to the terminal.
 */
static const unsigned char watched_signals[] = {SIGHUP,  SIGINT,  SIGQUIT, SIGTERM,  SIGUSR1,
                                                SIGUSR2, SIGALRM, SIGPIPE, SIGWINCH, SIGCONT};

/* A signal that nsctl was started to ignore, as by nohup(1), is not forwarded either. */
static int open_signals(struct failure *failure)
{
    struct signal_set set = {0};
    int fd;

    for (size_t i = 0; i < sizeof watched_signals; i++) {
        struct signal_set one = signal_set_of(watched_signals[i]);

        if (signal_is_ignored(watched_signals[i]))
            continue;
        for (size_t word = 0; word < sizeof set.bits / sizeof set.bits[0]; word++)
            set.bits[word] |= one.bits[word];
    }
    signal_mask(SIG_BLOCK, &set, NULL);
    fd = signal_open_fd(&set);
    return failure_check(failure, fd, "signalfd") < 0 ? -1 : fd;
}

/* Do not wait for an nsinit that has not read enough to make room for this line. */
static void forward_signal(const struct session *session, int signal_number)
{
    struct signal_name name;
    char buffer[32];
    struct strbuf line = strbuf_in(buffer, sizeof buffer);

    strbuf_format(&line, PROTOCOL_SIGNAL " %s\n", signal_name(signal_number, &name));
    (void)send(session->client.fd, line.data, line.length, MSG_NOSIGNAL | MSG_DONTWAIT);
}

/*
 * nsctl's terminal, where it keeps its modes, turns ^C and ^\ into signals to nsctl. Pass the key
 * on to the pseudo-terminal, as a raw terminal would have done. False for any other signal.
 */
static bool pass_key(const struct session *session, const struct signalfd_siginfo *info)
{
    if (!session->has_terminal || info->ssi_code != SI_KERNEL ||
        (info->ssi_signo != SIGINT && info->ssi_signo != SIGQUIT))
        return false;
    pty_type_key(&session->pty, info->ssi_signo == SIGINT ? VINTR : VQUIT);
    return true;
}

static void enter_raw(struct session *session)
{
    if (session->has_terminal && !session->reads_lines)
        pty_enter_raw(&session->pty);
}

/* With a terminal, the keys' signals reach the command through it; others end nsctl. */
static void on_signal(struct session *session, int signal_number)
{
    switch (signal_number) {
    case SIGPIPE:
        break;
    case SIGCONT:
        /* The shell may have changed the modes while nsctl was stopped. */
        enter_raw(session);
        /* fall through */
    case SIGWINCH:
        if (session->has_terminal)
            pty_resize(&session->pty);
        break;
    default:
        if (session->has_terminal)
            session->ended_by = signal_number;
        else
            forward_signal(session, signal_number);
    }
}

static void read_signal(struct session *session)
{
    struct signalfd_siginfo info;

    if (read(session->signal_fd, &info, sizeof info) == (ssize_t)sizeof info &&
        !pass_key(session, &info))
        on_signal(session, (int)info.ssi_signo);
}

/* ---- the answer ------------------------------------------------------------------------------ */

/* If the service has its own devpts, nsinit sends a pseudo-terminal from there. */
static void on_started(struct session *session)
{
    session->has_started = true;
    if (session->client.received_fd < 0 || !session->has_terminal)
        return;
    pty_replace(&session->pty, session->client.received_fd);
    session->client.received_fd = -1;
    if (session->reads_lines)
        pty_leave_echo(&session->pty);
    session->input.to = session->output.from = session->pty.controller;
}

/* 0, or -1 with the failure filled in. */
static int on_data(struct session *session)
{
    const char *line = session->client.line;

    if (client_fields(line, PROTOCOL_STARTED) != NULL) {
        on_started(session);
        return 0;
    }
    session->exit_code = client_exit_code(line);
    return session->exit_code < 0 ? client_unexpected(session->failure, line) : 0;
}

static void read_answer(struct session *session)
{
    enum answer answer;

    client_receive(&session->client);
    do {
        answer = client_take(&session->client, session->failure);
        if (answer == ANSWER_DATA && on_data(session) < 0)
            answer = ANSWER_FAILED;
    } while (answer == ANSWER_DATA);
    session->is_answered = answer != ANSWER_NONE;
    session->has_failed = session->is_answered && answer != ANSWER_OK;
    if (answer == ANSWER_OK && session->exit_code < 0)
        session->has_failed = client_unexpected(session->failure, PROTOCOL_OK) < 0;
}

/* ---- the loop -------------------------------------------------------------------------------- */

enum { POLL_ANSWER, POLL_SIGNAL, POLL_OUTPUT, POLL_INPUT, POLL_COUNT };

/*
 * Wait as poll(2) does. After the answer, wait only until the output read so far is written, and
 * leave further keys to the shell.
 */
static int wait_for_any(const struct session *session, struct pollfd fds[POLL_COUNT])
{
    bool is_answered = session->is_answered;

    fds[POLL_SIGNAL] = (struct pollfd){.fd = session->signal_fd, .events = POLLIN};
    fds[POLL_ANSWER] =
        (struct pollfd){.fd = is_answered ? -1 : session->client.fd, .events = POLLIN};
    fds[POLL_OUTPUT] = pump_pollfd(&session->output, session->has_started);
    fds[POLL_INPUT] = pump_pollfd(&session->input, session->has_started && !is_answered);
    return poll(fds, POLL_COUNT, is_answered && !pump_is_full(&session->output) ? 0 : -1);
}

/* A pager that shows the output may take over nsctl's terminal: from then on it gets all keys. */
static void move_input(struct session *session, short events)
{
    struct pump *input = &session->input;

    if (events == 0)
        return;
    if (session->reads_lines && !pump_is_full(input) && !pty_may_read_lines(&session->pty)) {
        input->from = -1;
        return;
    }
    (void)pump_move(input, events);
    if (!input->is_broken || !session->reads_lines || (events & POLLHUP) != 0)
        return;
    /* The end of the input (^D), which nsctl's terminal reports by a read of no bytes. */
    input->is_broken = !session->has_terminal;
    if (session->has_terminal)
        pty_type_key(&session->pty, VEOF);
    else
        (void)shutdown(input->to, SHUT_WR);
}

/* Wait for something to do, and do it. False when the session is over. */
static bool run_once(struct session *session)
{
    struct pollfd fds[POLL_COUNT] = {0};
    int count = wait_for_any(session, fds);
    size_t read_count;

    if (count <= 0)
        return count < 0 && errno == EINTR;
    if (fds[POLL_SIGNAL].revents != 0)
        read_signal(session);
    read_count = pump_move(&session->output, fds[POLL_OUTPUT].revents);
    if (session->is_answered)
        session->late_output += read_count;
    move_input(session, fds[POLL_INPUT].revents);
    if (fds[POLL_ANSWER].revents != 0)
        read_answer(session);
    /* A terminal has hung up. */
    if (session->has_terminal && (session->input.is_broken || session->output.is_broken))
        session->ended_by = SIGHUP;
    return session->ended_by == 0 && session->late_output < LATE_OUTPUT_MAX &&
           (session->relays || !session->is_answered);
}

/* Send the request with the command's files, and stay until the session is over. */
static int run(struct session *session)
{
    int files[PROTOCOL_FILES] = {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO};

    /* A file passes unchanged, without the carriage returns that a terminal adds. */
    for (int fd = 0; session->relays && fd < PROTOCOL_FILES; fd++)
        if (isatty(fd))
            files[fd] = session->pty.terminal;
    session->signal_fd = open_signals(session->failure);
    if (session->signal_fd < 0)
        return -1;
    if (client_send(&session->client, files, session->failure) < 0)
        return -1;
    enter_raw(session);
    while (run_once(session))
        ;
    if (session->has_terminal)
        pty_leave_raw(&session->pty);
    if (session->ended_by != 0)
        return 128 + session->ended_by;
    return session->has_failed ? -1 : session->exit_code;
}

/* ---- the pseudo-terminal --------------------------------------------------------------------- */

/* nsctl's terminal, or -1. It need not be stdin. */
static int find_terminal(void)
{
    int fd = isatty(STDIN_FILENO) ? STDIN_FILENO : -1;

    if (fd < 0 && (isatty(STDOUT_FILENO) || isatty(STDERR_FILENO)))
        fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (fd < 0 && isatty(STDERR_FILENO))
        fd = STDERR_FILENO;
    return fd < 0 && isatty(STDOUT_FILENO) ? STDOUT_FILENO : fd;
}

/* Without a devpts, a pair of sockets relays text in lines, but no keys. */
static int open_socketpair(struct pty *pty, int own)
{
    int ends[2];

    *pty = pty_none();
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
        return -errno;
    /* Leave the command's end alone: programs expect stdio that blocks. */
    (void)fcntl(ends[0], F_SETFL, O_NONBLOCK);
    pty->own = own;
    pty->controller = ends[0];
    pty->terminal = ends[1];
    return 0;
}

static int open_terminal(struct session *session, int own)
{
    int result = pty_open(&session->pty, own);

    session->has_terminal = result == 0;
    session->reads_lines = !session->has_terminal || !isatty(STDOUT_FILENO);
    if (session->has_terminal && session->reads_lines)
        pty_leave_echo(&session->pty);
    if (!session->has_terminal) {
        errno = -result;
        log_line(LOG_ERROR, "no pseudo-terminal for the command: %m");
        result = open_socketpair(&session->pty, own);
    }
    return failure_check(session->failure, result, "socketpair");
}

static int open_relay(struct session *session)
{
    int own = find_terminal();
    int shown = isatty(STDOUT_FILENO) ? STDOUT_FILENO : STDERR_FILENO;

    session->input.is_broken = session->output.is_broken = true;
    if (own < 0)
        return 0;
    if (open_terminal(session, own) < 0)
        return -1;
    session->relays = true;
    session->input = (struct pump){.from = own, .to = session->pty.controller};
    session->output =
        (struct pump){.from = session->pty.controller, .to = isatty(shown) ? shown : own};
    return 0;
}

/* ---- the verb -------------------------------------------------------------------------------- */

static void add_words(struct session *session, char *const *words)
{
    struct client *client = &session->client;

    client_add(client, *words++);
    if (session->has_terminal)
        client_add(client, PROTOCOL_PTY);
    client_add(client, "--");
    while (*words != NULL)
        client_add(client, *words++);
}

int exec_run(const struct call *call, struct failure *failure)
{
    struct session session = {.failure = failure, .exit_code = -1, .pty = pty_none()};
    int exit_code = -1;

    if (client_open(&session.client, call->path, "exec", failure) < 0)
        return -1;
    if (open_relay(&session) == 0) {
        add_words(&session, call->words);
        exit_code = run(&session);
    }
    /* In this order, nsinit sees that the client has gone before the command is hung up. */
    client_close(&session.client);
    pty_close(&session.pty);
    return exit_code;
}
