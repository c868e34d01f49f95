/*
 * client.c - a connection to a running nsinit: one request and its answer
 */
#include "nsctl/client_private.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "linux/unix_socket.h"
#include "protocol/socket_path.h"
#include "util/parse.h"
#include "util/shellwords.h"

/* ---- connecting ----------------------------------------------------------------------------- */

static void explain_connect(const char *path, int error_number, struct failure *failure)
{
    static const struct {
        int error_number;
        const char *hint;
    } hints[] = {
        {ENOENT, "start nsinit with --control PATH, or name its socket: nsctl --control PATH"},
        {ECONNREFUSED, "start nsinit again: no process listens at this socket"},
        {EACCES, "run nsctl as root or as the user that nsinit runs as"},
        {ENAMETOOLONG, "use a path of at most 107 bytes: unix(7)"},
    };

    (void)failure_check(failure, -error_number, path);
    for (size_t i = 0; i < sizeof hints / sizeof hints[0]; i++)
        if (hints[i].error_number == error_number)
            error_hint(&failure->error, "%s", hints[i].hint);
}

/*
 * The server receives the request and, with exec, the terminal, so it has to be nsinit: a service
 * that runs as another user may have made a socket at the path.
 */
static int connect_to(const char *path, struct failure *failure)
{
    int fd = socket_connect(path, 0);
    uid_t user;

    if (fd < 0) {
        explain_connect(path, -fd, failure);
        return fd;
    }
    user = socket_peer_user(fd);
    if (user == 0 || user == geteuid())
        return fd;
    close(fd);
    error_subject(&failure->error, "%s", path);
    error_hint(&failure->error, "run nsctl as the user that nsinit runs as");
    error_reason(&failure->error, ERROR_FAILED,
                 "the server runs as user %u, neither as root nor as this user", user);
    return -EPERM;
}

/* Another user's directory may hold a link to the socket of another pod. */
static int connect_to_default(const char *path, unsigned int number, struct failure *failure)
{
    int result = socket_path_check(path, number);

    if (result == 0)
        return connect_to(path, failure);
    if (result != -EPERM) {
        explain_connect(path, -result, failure);
        return result;
    }
    (void)failure_set(failure, path, "other users may write to its directory");
    return result;
}

/* Report the error of the first path, or the first error other than a missing socket. */
static int connect_to_first_default(struct failure *failure)
{
    struct failure attempt = {0};
    char path[SOCKET_PATH_SIZE];
    bool is_explained = false;

    for (unsigned int number = 0; number < SOCKET_PATH_COUNT; number++) {
        int fd;

        attempt.error = (struct error){.kind = ERROR_FAILED};
        fd = socket_path_default(path, number) ? connect_to_default(path, number, &attempt)
                                               : -ENOENT;
        if (fd >= 0)
            return fd;
        if (number == 0 || (!is_explained && fd != -ENOENT))
            failure->error = attempt.error;
        is_explained = is_explained || fd != -ENOENT;
    }
    return -1;
}

int client_open(struct client *client, const char *path, const char *verb, struct failure *failure)
{
    client->fd = path != NULL ? connect_to(path, failure) : connect_to_first_default(failure);
    client->received_fd = -1;
    client->timeout_ms = -1;
    client->at_end = false;
    client->start = client->end = client->length = 0;
    client->request = strbuf_in(client->buffer, sizeof client->buffer);
    strbuf_add(&client->request, verb);
    return client->fd >= 0 ? 0 : -1;
}

void client_close(struct client *client)
{
    close(client->fd);
    if (client->received_fd >= 0)
        close(client->received_fd);
}

/* ---- the request ---------------------------------------------------------------------------- */

void client_add(struct client *client, const char *word)
{
    strbuf_add(&client->request, " ");
    shellwords_quote(&client->request, word);
}

int client_send(struct client *client, const int *files, struct failure *failure)
{
    size_t sent = 0;

    strbuf_add(&client->request, "\n");
    if (client->request.length > PROTOCOL_REQUEST_MAX)
        return failure_set(failure, "request", "longer than 64 KiB");
    while (sent < client->request.length) {
        ssize_t count =
            socket_send(client->fd, client->buffer + sent, client->request.length - sent, files,
                        sent == 0 && files != NULL ? PROTOCOL_FILES : 0, 0);

        if (count < 0 && (errno == EPIPE || errno == ECONNRESET))
            break;
        if (count < 0 && errno != EINTR)
            return error_failed(&failure->error, "request");
        sent += count > 0 ? (size_t)count : 0;
    }
    return 0;
}

int client_request(struct client *client, const char *path, const char *verb, char *const *words,
                   struct failure *failure)
{
    if (client_open(client, path, verb, failure) < 0)
        return -1;
    for (; *words != NULL; words++)
        client_add(client, *words);
    return client_send(client, NULL, failure);
}

/* ---- the answer ----------------------------------------------------------------------------- */

void client_receive(struct client *client)
{
    ssize_t count;

    if (client->start > 0) {
        memmove(client->buffer, client->buffer + client->start, client->end - client->start);
        client->end -= client->start;
        client->start = 0;
    }
    /* One line fills the buffer: client_take reports that. */
    if (client->end == sizeof client->buffer)
        return;
    count = socket_receive(client->fd, client->buffer + client->end,
                           sizeof client->buffer - client->end, &client->received_fd, 1);
    if (count > 0)
        client->end += (size_t)count;
    else if (count == 0 || (errno != EAGAIN && errno != EINTR))
        client->at_end = true;
}

int client_print(struct client *client, struct failure *failure)
{
    const struct strbuf line = {.data = client->line, .length = client->length + 1};

    client->line[client->length] = '\n';
    return failure_check(failure, strbuf_write(&line, STDOUT_FILENO), "stdout");
}

int client_unexpected(struct failure *failure, const char *line)
{
    error_subject(&failure->error, "answer");
    return error_reason(&failure->error, ERROR_FAILED, "unexpected line '%s'", line);
}

const char *client_fields(const char *line, const char *keyword)
{
    size_t length = strlen(keyword);

    return strncmp(line, keyword, length) == 0 && line[length] == PROTOCOL_SEPARATOR[0]
               ? line + length + 1
               : NULL;
}

int client_exit_code(const char *line)
{
    const char *fields = client_fields(line, PROTOCOL_EXIT);
    const char *last = fields != NULL ? strrchr(fields, PROTOCOL_SEPARATOR[0]) : NULL;
    unsigned long code;

    if (fields == NULL)
        return -1;
    return parse_number(last != NULL ? last + 1 : fields, 255, &code) == 0 ? (int)code : -1;
}

static void take_error(const char *line, struct failure *failure)
{
    const char *at = line + strlen(PROTOCOL_ERROR " ");
    uint64_t code;

    if (parse_digits(&at, 255, &code) < 0 || *at != ' ') {
        (void)client_unexpected(failure, line);
        return;
    }
    (void)failure_set(failure, "", at + 1);
    failure->exit_code = (int)code;
}

/* False when no whole line has been received. */
static bool cut_line(struct client *client)
{
    char *line = client->buffer + client->start;
    char *newline = memchr(line, '\n', client->end - client->start);

    if (newline == NULL)
        return false;
    *newline = '\0';
    client->line = line;
    client->length = (size_t)(newline - line);
    client->start += client->length + 1;
    return true;
}

/* Explain why no whole line has arrived. */
static enum answer take_part(const struct client *client, struct failure *failure)
{
    if (client->end - client->start == sizeof client->buffer) {
        (void)failure_set(failure, "answer", "a line is longer than 64 KiB");
        return ANSWER_FAILED;
    }
    if (!client->at_end)
        return ANSWER_NONE;
    (void)failure_set(failure, "answer", "nsinit has closed the connection before its end");
    return ANSWER_CLOSED;
}

enum answer client_take(struct client *client, struct failure *failure)
{
    if (!cut_line(client))
        return take_part(client, failure);
    /* A line of text has no NUL in it. */
    if (client->length == 0 || strlen(client->line) != client->length) {
        (void)client_unexpected(failure, client->line);
        return ANSWER_FAILED;
    }
    if (strcmp(client->line, PROTOCOL_OK) == 0)
        return ANSWER_OK;
    if (strncmp(client->line, PROTOCOL_ERROR " ", strlen(PROTOCOL_ERROR " ")) != 0)
        return ANSWER_DATA;
    take_error(client->line, failure);
    return ANSWER_FAILED;
}

enum answer client_next(struct client *client, struct failure *failure)
{
    struct pollfd socket = {.fd = client->fd, .events = POLLIN};
    enum answer answer;

    while ((answer = client_take(client, failure)) == ANSWER_NONE) {
        if (poll(&socket, 1, client->timeout_ms) == 0) {
            (void)failure_check(failure, -ETIMEDOUT, "answer");
            return ANSWER_FAILED;
        }
        client_receive(client);
    }
    return answer;
}
