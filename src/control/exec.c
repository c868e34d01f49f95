/*
 * exec.c - nsctl exec: a command in a service's place, with our files or on a pseudo-terminal
 */
#include "control/verbs.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "control/pty.h"
#include "util/log.h"
#include "util/patience.h"
#include "util/signals.h"

/* Bytes on their way from one file to another. */
struct pump {
    int from;
    int to;
    size_t start;
    size_t end;
    bool is_broken; /* one of them is gone */
    char data[4096];
};

/* What is asked for most is in front. */
struct session {
    struct failure *failure;
    size_t last;   /* how much has come from the terminal since it is over */
    int signals;   /* a signalfd */
    int exit_code; /* the command's, or -1 as long as it is not known */
    int ended_by;  /* a signal that ended us, or 0 */
    bool has_terminal;
    bool has_started; /* only now it is known which terminal is the command's */
    bool is_over;     /* all of the answer has come */
    bool has_failed;  /* and it was none: see `failure` */
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
    if (pump->start < pump->end)
        return (struct pollfd){.fd = pump->to, .events = POLLOUT};
    return (struct pollfd){.fd = pump->from, .events = POLLIN};
}

static void pump_fill(struct pump *pump)
{
    ssize_t count = read(pump->from, pump->data, sizeof pump->data);

    pump->start = 0;
    pump->end = count > 0 ? (size_t)count : 0;
    if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR))
        pump->is_broken = true;
}

static void pump_drain(struct pump *pump)
{
    ssize_t count = write_at_once(pump->to, pump->data + pump->start, pump->end - pump->start);

    if (count >= 0)
        pump->start += (size_t)count;
    else if (count != -EAGAIN)
        pump->is_broken = true;
}

/* Returns how much has been read. */
static size_t pump_move(struct pump *pump, short events)
{
    if (events == 0)
        return 0;
    if (pump->start < pump->end) {
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
    struct text line = text_in(buffer, sizeof buffer);

    text_format(&line, "signal %s\n", signal_name(signal_number, &name));
    /* Who does not read as much as this is past obeying. */
    (void)send(session->client.fd, line.data, line.length, MSG_NOSIGNAL | MSG_DONTWAIT);
}

/* A terminal passes the keys' signals on itself; one sent to us ends us, and so the session. */
static void on_signal(struct session *session, int signal_number)
{
    switch (signal_number) {
    case SIGPIPE:
        break;
    case SIGCONT:
        /* The shell may have changed the modes while we were stopped. */
        if (session->has_terminal)
            pty_enter_raw(&session->pty);
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

    if (read(session->signals, &info, sizeof info) == (ssize_t)sizeof info)
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
    session->input.to = session->output.from = session->pty.controller;
}

/* "started PID" or "exit CODE". 0, or -1 with the failure filled in. */
static int take_data(struct session *session)
{
    const char *line = session->client.line;

    if (strncmp(line, "started\t", 8) == 0) {
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
        session->has_failed = client_complain(session->failure, "ok") < 0;
}

/* What has been read of the output may still wait to be written. */
static bool has_output(const struct session *session)
{
    return session->output.start < session->output.end;
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
    (void)pump_move(&session->input, fds[NEWS_INPUT].revents);
    if (fds[NEWS_ANSWER].revents != 0)
        take_answer(session);
    /* The terminal has hung up. */
    if (session->has_terminal && (session->input.is_broken || session->output.is_broken))
        session->ended_by = SIGHUP;
    return session->ended_by == 0 && session->last < LAST_OUTPUT_MAX &&
           (session->has_terminal || !session->is_over);
}

/* Send the request with the command's files, and stay with it to its end. */
static int run(struct session *session)
{
    int terminal = session->pty.terminal;
    int files[CLIENT_FILE_COUNT] = {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO};

    if (session->has_terminal) {
        files[0] = files[1] = terminal;
        /* stderr stays what it is when it is a file: errors of their own are wanted then. */
        files[2] = isatty(STDERR_FILENO) ? terminal : STDERR_FILENO;
    }
    session->signals = open_signals(session->failure);
    if (session->signals < 0)
        return -1;
    if (client_send(&session->client, files, session->failure) < 0)
        return -1;
    if (session->has_terminal)
        pty_enter_raw(&session->pty);
    while (turn(session))
        ;
    if (session->has_terminal)
        pty_leave_raw(&session->pty);
    if (session->ended_by != 0)
        return 128 + session->ended_by;
    return session->has_failed ? -1 : session->exit_code;
}

/* Where output goes to a file, the terminal's carriage returns would go there too. */
static bool open_terminal(struct session *session)
{
    int result;

    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
        return false;
    result = pty_open(&session->pty);
    errno = -result;
    if (result < 0)
        log_line(LOG_ERROR, "no pseudo-terminal for the command: %m");
    return result == 0;
}

static void begin(struct session *session, char *const *words)
{
    struct client *client = &session->client;

    session->has_terminal = open_terminal(session);
    client_add(client, *words++);
    if (session->has_terminal) {
        client_add(client, "pty");
        session->input.from = STDIN_FILENO;
        session->input.to = session->output.from = session->pty.controller;
        session->output.to = STDOUT_FILENO;
    }
    session->input.is_broken = session->output.is_broken = !session->has_terminal;
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
    session->exit_code = session->pty.controller = session->pty.terminal = -1;
    if (client_open(&session->client, call->path, "exec", failure) == 0) {
        begin(session, call->words);
        exit_code = run(session);
        /* In this order: nsinit is to know who has gone before the command is hung up. */
        client_close(&session->client);
        pty_close(&session->pty);
    }
    free(session);
    return exit_code;
}
