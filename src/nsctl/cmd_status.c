/*
 * cmd_status.c - nsctl status: the services as a table, once or whenever it changes
 */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "inspect/identity.h"
#include "linux/ioctl.h"
#include "linux/signal_set.h"
#include "nsctl/client_private.h"
#include "nsctl/cmd_private.h"
#include "nsctl/screen_private.h"
#include "nsctl/services_private.h"
#include "nsctl/text_table_private.h"
#include "util/log.h"
#include "util/parse.h"
#include "util/utf8.h"

/* ---- the table ------------------------------------------------------------------------------- */

/* The table shows every field of a service's line but the keyword and the PIDs. */
enum { FIRST_FIELD = STATUS_NAME, COLUMN_COUNT = STATUS_PIDS - FIRST_FIELD };

static const char *const titles[COLUMN_COUNT] = {"SERVICE", "STATE",  "PID",  "RESTARTS",  "SINCE",
                                                 "READY",   "HEALTH", "EXIT", "NAMESPACES"};

static char colour_of(size_t column, const char *cell, const void *context)
{
    enum { RED = '1', GREEN = '2', YELLOW = '3' };
    static const struct {
        char word[11];
        char colour;
    } colours[] = {
        {"running", GREEN},    {"ready", GREEN},     {"done", GREEN},     {"healthy", GREEN},
        {"failing", RED},      {"unhealthy", RED},   {"pending", YELLOW}, {"starting", YELLOW},
        {"stopping", YELLOW},  {"cleaning", YELLOW}, {"waiting", YELLOW}, {"ending", YELLOW},
        {"reloading", YELLOW},
    };
    size_t field = column + FIRST_FIELD;

    (void)context;
    if (field == STATUS_STATE || field == STATUS_HEALTH)
        for (size_t i = 0; i < sizeof colours / sizeof colours[0]; i++)
            if (strcmp(cell, colours[i].word) == 0)
                return colours[i].colour;
    return '\0';
}

/* The two largest units: 12s, 5m3s, 2h30m, 3d4h. */
static void add_age(struct strbuf *text, uint64_t seconds)
{
    static const struct {
        uint32_t seconds;
        char name;
    } units[] = {{24 * 60 * 60, 'd'}, {60 * 60, 'h'}, {60, 'm'}, {1, 's'}};
    size_t i = 0;

    while (units[i].name != 's' && seconds < units[i].seconds)
        i++;
    strbuf_format(text, "%llu%c", (unsigned long long)(seconds / units[i].seconds), units[i].name);
    if (units[i].name != 's')
        strbuf_format(text, "%u%c",
                      (unsigned int)(seconds % units[i].seconds / units[i + 1].seconds),
                      units[i + 1].name);
}

/* 10:00:03Z */
static void add_time_of_day(struct strbuf *text, uint64_t seconds_ago)
{
    enum { DAY = 24 * 60 * 60 };
    struct timespec now;
    unsigned int second;

    clock_gettime(CLOCK_REALTIME, &now);
    second = (unsigned int)(((uint64_t)now.tv_sec - seconds_ago) % DAY);
    strbuf_format(text, "%02u:%02u:%02uZ", second / 3600, second / 60 % 60, second % 60);
}

/* A table that is watched stays on the screen until something changes, when an age would be old. */
static void add_since(struct strbuf *text, const char *milliseconds, bool is_watched)
{
    uint64_t number;

    if (parse_large_number(milliseconds, UINT64_MAX, &number) < 0)
        strbuf_add(text, "-");
    else if (is_watched)
        add_time_of_day(text, number / 1000);
    else
        add_age(text, number / 1000);
}

/* From 4321,57,2 to 4321→57→2, from the outermost PID namespace to the innermost. */
static void add_pids(struct strbuf *text, const char *pids)
{
    const char *arrow = utf8_in_locale() ? "\xe2\x86\x92" : ">";

    for (; *pids != '\0'; pids++)
        if (*pids == ',')
            strbuf_add(text, arrow);
        else
            strbuf_format(text, "%c", *pids);
}

static int add_service(struct text_table *table, char *line, bool is_watched,
                       struct failure *failure)
{
    const char *fields[STATUS_FIELDS];
    char pids_buffer[16 * PID_LEVELS];
    struct strbuf pids = strbuf_in(pids_buffer, sizeof pids_buffer);
    char since_buffer[40];
    struct strbuf since = strbuf_in(since_buffer, sizeof since_buffer);

    if (!services_split(line, fields))
        return client_unexpected(failure, line);
    add_since(&since, fields[STATUS_SINCE], is_watched);
    fields[STATUS_SINCE] = since_buffer;
    if (strchr(fields[STATUS_PIDS], ',') != NULL) {
        add_pids(&pids, fields[STATUS_PIDS]);
        fields[STATUS_PID] = pids_buffer;
    }
    /* "ready" would claim too much for a service that has no way to report readiness. */
    if (strcmp(fields[STATUS_STATE], "ready") == 0 && strcmp(fields[STATUS_READY], "-") == 0)
        fields[STATUS_STATE] = "running";
    for (size_t i = FIRST_FIELD; i < STATUS_PIDS; i++)
        text_table_add(table, fields[i]);
    return 0;
}

/* Add the services to the table; with --json print their objects as they come. */
static int fetch(struct text_table *table, const struct call *call, struct failure *failure)
{
    struct client client;
    enum answer answer;
    int result = 0;

    text_table_add_row(table, titles);
    if (client_request(&client, call->path, call->json ? "status " PROTOCOL_JSON : "status",
                       call->words, failure) < 0)
        return -1;
    while (result == 0 && (answer = client_next(&client, failure)) != ANSWER_OK) {
        if (answer != ANSWER_DATA)
            result = -1;
        else if (call->json)
            result = client_print(&client, failure);
        else
            result = add_service(table, client.line, call->watch, failure);
    }
    client_close(&client);
    return result;
}

/* On a terminal with --watch, each table overwrites the one before, cut to the screen's size. */
static int draw(struct text_table *table, bool overwrites, struct failure *failure)
{
    static const char home[] = "\033[H";
    static const char clear_rest[] = "\033[J";
    struct table_style style = {.line_end = overwrites ? "\033[K\n" : "\n",
                                .colour = screen_wants_colour() ? colour_of : NULL};
    struct winsize size;
    int result;

    if (overwrites && ioctl_ask(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 1) {
        style.width = size.ws_col;
        style.height = size.ws_row - 1U;
    }
    /* If these two writes fail, the table's write or the next one fails too. */
    if (overwrites)
        (void)!write(STDOUT_FILENO, home, sizeof home - 1);
    result = text_table_write(table, STDOUT_FILENO, &style);
    if (overwrites)
        (void)!write(STDOUT_FILENO, clear_rest, sizeof clear_rest - 1);
    return failure_check(failure, result, "stdout");
}

static int show(const struct call *call, bool overwrites, struct failure *failure)
{
    struct text_table table = {.columns = COLUMN_COUNT};
    int result = fetch(&table, call, failure);

    if (result == 0 && !call->json)
        return draw(&table, overwrites, failure);
    text_table_free(&table);
    return result;
}

/* ---- --watch --------------------------------------------------------------------------------- */

/* Wait for events or for another size of the terminal. False when stdout's reader has gone. */
static bool wait_for_change(struct client *events, int resize_fd)
{
    struct pollfd fds[] = {{.fd = events->fd, .events = POLLIN},
                           {.fd = resize_fd, .events = POLLIN},
                           {.fd = STDOUT_FILENO}};
    struct signalfd_siginfo info;

    if (poll(fds, 3, -1) <= 0)
        return true;
    if (fds[1].revents != 0)
        (void)!read(resize_fd, &info, sizeof info);
    if (fds[0].revents != 0)
        client_receive(events);
    return fds[2].revents == 0;
}

/* An event only says that the status has changed. */
static enum answer drop_events(struct client *events, struct failure *failure)
{
    enum answer answer;

    while ((answer = client_take(events, failure)) == ANSWER_DATA)
        ;
    return answer;
}

/*
 * Whether a request for the status failed because nsinit is ending: then it also closes the
 * connection of the events, a moment earlier or later.
 */
static bool nsinit_ends(struct client *events)
{
    enum { MOMENT_MS = 1000 };
    struct pollfd fds[] = {{.fd = events->fd, .events = POLLIN}, {.fd = STDOUT_FILENO}};
    struct failure ignored = {0};
    enum answer answer;

    while ((answer = drop_events(events, &ignored)) == ANSWER_NONE) {
        if (poll(fds, 2, MOMENT_MS) <= 0 || fds[1].revents != 0)
            return false;
        client_receive(events);
    }
    return answer != ANSWER_FAILED;
}

/* The caller has subscribed to the events before the first status, so no change is missed. */
static int watch(struct client *events, const struct call *call, struct failure *failure)
{
    const struct signal_set resize = signal_set_of(SIGWINCH);
    bool overwrites = isatty(STDOUT_FILENO) && !call->json;
    enum answer answer = ANSWER_NONE;
    int resize_fd;

    signal_mask(SIG_BLOCK, &resize, NULL);
    resize_fd = signal_open_fd(&resize);
    do {
        if (show(call, overwrites, failure) < 0) {
            if (!nsinit_ends(events))
                return -1;
            break;
        }
        if (!wait_for_change(events, resize_fd))
            return 0;
        answer = drop_events(events, failure);
    } while (answer == ANSWER_NONE);
    if (answer == ANSWER_FAILED)
        return -1;
    log_line(LOG_ERROR, "%s%snsinit has ended", call->path != NULL ? call->path : "",
             call->path != NULL ? ": " : "");
    return 0;
}

int status_run(const struct call *call, struct failure *failure)
{
    static char *const no_words[] = {NULL};
    struct client events;

    if (!call->watch)
        return show(call, false, failure);
    if (client_request(&events, call->path, "events", no_words, failure) < 0)
        return -1;
    return watch(&events, call, failure);
}
