/*
 * cmd_exec.c - nsctl exec: a command in a service's place, with our files or on a pseudo-terminal
 * Our own terminal is not for the service, which could read what is typed into it and type itself.
 */
#include "nsctl/cmd_simple_private.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "linux/pty.h"
#include "util/log.h"
#include "util/write_nowait.h"
#include "util/signal_names.h"
#include "linux/signal_set.h"

/* What is asked for most is in front. */
struct session {
    struct failure *failure;
    size_t last;       /* how much has come from the terminal since it is over */
    int signals;       /* a signalfd */
    int exit_code;     /* the command's, or -1 as long as it is not known */
    int ended_by;      /* a signal that ended us, or 0 */
    bool relays;       /* there is something in the place of our terminal */
    bool has_terminal; /* and that is a pseudo-terminal */
    bool reads_lines;  /* our terminal keeps its modes: see linux/pty.h */
    bool has_started;  /* only now it is known which terminal is the command's */
    bool is_over;      /* all of the answer has come */
    bool has_failed;   /* and it was none: see `failure` */
    struct pty pty;
    struct pump input;
    struct pump output;
    struct client client;
};

/*
 * What a full pseudo-terminal holds and more. A process that was left behind may go on writing:
 * what the command itself has written is in front of that.
 */
enum { LAST_OUTPUT_MAX = 128 * 1024 };

/* What a session waits for. */
enum { NEWS_ANSWER, NEWS_SIGNAL, NEWS_OUTPUT, NEWS_INPUT, NEWS_COUNT };

static struct pollfd pump_wish(const struct pump *pump, bool moves)
{
    if (pump->is_broken || !moves)
        return (struct pollfd){.fd = -1};
    if (pump_is_full(pump))
        return (struct pollfd){.fd = pump->to, .events = POLLOUT};
    return (struct pollfd){.fd = pump->from, .events = POLLIN};
}

/* Returns how much has been read. */
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

/*
 * Those that would end us, which is to be told or to be done in order; and the two about our
 * terminal. A SIGPIPE would end us before the terminal is restored.
 */
static const unsigned char watched[] = {SIGHUP,  SIGINT,  SIGQUIT, SIGTERM,  SIGUSR1,
                                        SIGUSR2, SIGALRM, SIGPIPE, SIGWINCH, SIGCONT};

/* What we were told to ignore, as by nohup(1), is ignored for the command too. */
static bool is_ignored(int signal_number)
{
    struct sigaction action;

    return sigaction(signal_number, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

static int open_signals(struct failure *failure)
{
    struct signal_set set = {0};
    int fd;

    for (size_t i = 0; i < sizeof watched / sizeof watched[0]; i++) {
        struct signal_set one = signal_set_of(watched[i]);

        for (size_t word = 0; word < sizeof set.bits / sizeof set.bits[0]; word++)
            set.bits[word] |= is_ignored(watched[i]) ? 0 : one.bits[word];
    }
    signal_mask(SIG_BLOCK, &set, NULL);
    fd = signal_open_fd(&set);
    return failure_of(failure, fd < 0 ? fd : 0, "signalfd") < 0 ? -1 : fd;
}

static void forward(const struct session *session, int signal_number)
{
    static struct signal_name name;
    static char buffer[32];
    struct strbuf line = strbuf_in(buffer, sizeof buffer);

    strbuf_format(&line, PROTOCOL_SIGNAL " %s\n", signal_name(signal_number, &name));
    /* Who does not read as much as this is past obeying. */
    (void)send(session->client.fd, line.data, line.length, MSG_NOSIGNAL | MSG_DONTWAIT);
}

/* As if the key had gone to the other terminal, which ours would have passed on if it were raw. */
static bool was_typed(const struct session *session, const struct signalfd_siginfo *info)
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

/* A terminal passes the keys' signals on itself; one sent to us ends us, and so the session. */
static void on_signal(struct session *session, int signal_number)
{
    switch (signal_number) {
    case SIGPIPE:
        break;
    case SIGCONT:
        /* The shell may have changed the modes while we were stopped. */
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
            forward(session, signal_number);
    }
}

static void take_signal(struct session *session)
{
    static struct signalfd_siginfo info;

    if (read(session->signals, &info, sizeof info) == (ssize_t)sizeof info &&
        !was_typed(session, &info))
        on_signal(session, (int)info.ssi_signo);
}

/* Where the service has another devpts than we, the command's terminal is of that. */
static void take_start(struct session *session)
{
    session->has_started = true;
    if (session->client.file < 0 || !session->has_terminal)
        return;
    pty_replace(&session->pty, session->client.file);
    session->client.file = -1;
    if (session->reads_lines)
        pty_leave_echo(&session->pty);
    session->input.to = session->output.from = session->pty.controller;
}

/* "started PID" or "exit CODE". 0, or -1 with the failure filled in. */
static int take_data(struct session *session)
{
    const char *line = session->client.line;

    if (strncmp(line, PROTOCOL_STARTED PROTOCOL_SEPARATOR, 8) == 0) {
        take_start(session);
        return 0;
    }
    session->exit_code = client_exit_code(line);
    return session->exit_code < 0 ? client_complain(session->failure, line) : 0;
}

static void take_answer(struct session *session)
{
    enum answer answer;

    client_receive(&session->client);
    do {
        answer = client_take(&session->client, session->failure);
        if (answer == ANSWER_DATA && take_data(session) < 0)
            answer = ANSWER_FAILED;
    } while (answer == ANSWER_DATA);
    session->is_over = answer != ANSWER_NONE;
    session->has_failed = session->is_over && answer != ANSWER_OK;
    if (answer == ANSWER_OK && session->exit_code < 0)
        session->has_failed = client_complain(session->failure, PROTOCOL_OK) < 0;
}

/* What has been read of the output may still wait to be written. */
static bool has_output(const struct session *session)
{
    return pump_is_full(&session->output);
}

/* Wait for news; when it is over, only for what there is already. How many have some, as poll(2).
 */
static int wait_for_news(const struct session *session, struct pollfd fds[NEWS_COUNT])
{
    bool is_over = session->is_over;

    fds[NEWS_SIGNAL] = (struct pollfd){.fd = session->signals, .events = POLLIN};
    fds[NEWS_ANSWER] = (struct pollfd){.fd = is_over ? -1 : session->client.fd, .events = POLLIN};
    fds[NEWS_OUTPUT] = pump_wish(&session->output, session->has_started);
    /* What is typed from the end on is for the shell. */
    fds[NEWS_INPUT] = pump_wish(&session->input, session->has_started && !is_over);
    return poll(fds, NEWS_COUNT, is_over && !has_output(session) ? 0 : -1);
}

/* What is typed, which a pager behind our output may want instead: then it is all the pager's. */
static void move_input(struct session *session, const struct pollfd *news)
{
    struct pump *input = &session->input;

    if (news->revents == 0)
        return;
    if (session->reads_lines && !pump_is_full(input) && !pty_may_read_lines(&session->pty)) {
        input->from = -1;
        return;
    }
    (void)pump_move(input, news->revents);
    if (!input->is_broken || !session->reads_lines || (news->revents & POLLHUP) != 0)
        return;
    /* The end of the input (^D), which our terminal tells by nothing at all. */
    input->is_broken = !session->has_terminal;
    if (session->has_terminal)
        pty_type_key(&session->pty, VEOF);
    else
        (void)shutdown(input->to, SHUT_WR);
}

/* Once more around: act on each news. False when there will be no more of it. */
static bool turn(struct session *session)
{
    struct pollfd fds[NEWS_COUNT] = {0};
    int count = wait_for_news(session, fds);
    size_t read_count;

    if (count <= 0)
        return count < 0 && errno == EINTR;
    if (fds[NEWS_SIGNAL].revents != 0)
        take_signal(session);
    read_count = pump_move(&session->output, fds[NEWS_OUTPUT].revents);
    if (session->is_over)
        session->last += read_count;
    move_input(session, &fds[NEWS_INPUT]);
    if (fds[NEWS_ANSWER].revents != 0)
        take_answer(session);
    /* The terminal has hung up. */
    if (session->has_terminal && (session->input.is_broken || session->output.is_broken))
        session->ended_by = SIGHUP;
    return session->ended_by == 0 && session->last < LAST_OUTPUT_MAX &&
           (session->relays || !session->is_over);
}

/* Send the request with the command's files, and stay with it to its end. */
static int run(struct session *session)
{
    int files[PROTOCOL_FILES] = {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO};

    /* What is a file stays one: its reader does not want what a terminal adds. */
    for (int fd = 0; session->relays && fd < PROTOCOL_FILES; fd++)
        if (isatty(fd))
            files[fd] = session->pty.terminal;
    session->signals = open_signals(session->failure);
    if (session->signals < 0)
        return -1;
    if (client_send(&session->client, files, session->failure) < 0)
        return -1;
    enter_raw(session);
    while (turn(session))
        ;
    if (session->has_terminal)
        pty_leave_raw(&session->pty);
    if (session->ended_by != 0)
        return 128 + session->ended_by;
    return session->has_failed ? -1 : session->exit_code;
}

/* The terminal that is ours, or -1. It need not be our stdin. */
static int find_terminal(void)
{
    int fd = isatty(STDIN_FILENO) ? STDIN_FILENO : -1;

    if (fd < 0 && (isatty(STDOUT_FILENO) || isatty(STDERR_FILENO)))
        fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (fd < 0 && isatty(STDERR_FILENO))
        fd = STDERR_FILENO;
    return fd < 0 && isatty(STDOUT_FILENO) ? STDOUT_FILENO : fd;
}

/* Where there are no pseudo-terminals: text goes through, and no keys but for lines. */
static int open_socket(struct pty *pty, int own)
{
    int ends[2];

    *pty = pty_none();
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
        return -errno;
    /* Of this end alone: the command's is as it expects it. */
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
        result = open_socket(&session->pty, own);
    }
    return failure_of(session->failure, result, "socketpair");
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

static void add_request(struct session *session, char *const *words)
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
    struct session *session = calloc(1, sizeof *session);
    int exit_code = -1;

    if (session == NULL)
        return failure_of(failure, -ENOMEM, "exec");
    session->failure = failure;
    session->exit_code = -1;
    session->pty = pty_none();
    if (client_open(&session->client, call->path, "exec", failure) == 0) {
        if (open_relay(session) == 0) {
            add_request(session, call->words);
            exit_code = run(session);
        }
        /* In this order: nsinit is to know who has gone before the command is hung up. */
        client_close(&session->client);
        pty_close(&session->pty);
    }
    free(session);
    return exit_code;
}
