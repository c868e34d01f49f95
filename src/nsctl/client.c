/*
 * client.c - one request to a running nsinit over its control socket, and the answer to it
 */
#include "nsctl/client_private.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "protocol/socket_places.h"
#include "linux/unix_socket.h"
#include "util/parse.h"
#include "util/shellwords.h"

int failure_of(struct failure *failure, int result, const char *subject)
{
    errno = -result;
    return result < 0 ? error_failed(&failure->error, "%s", subject) : 0;
}

int failure_say(struct failure *failure, const char *subject, const char *reason)
{
    error_subject(&failure->error, "%s", subject);
    return error_reason(&failure->error, ERROR_FAILED, "%s", reason);
}

static void explain_connect(const char *path, int error_number, struct failure *failure)
{
    static const struct {
        int error_number;
        const char *hint;
    } hints[] = {
        {ENOENT, "is a pod running here? -c or NSINIT_CONTROL tells another path"},
        {ECONNREFUSED, "nobody listens there: nsinit has ended, or this is no socket of its"},
        {EACCES, "it is for root and for the user nsinit runs as"},
        {ENAMETOOLONG, "the path of a socket may have up to 107 bytes: unix(7)"},
    };

    (void)failure_of(failure, -error_number, path);
    for (size_t i = 0; i < sizeof hints / sizeof hints[0]; i++)
        if (hints[i].error_number == error_number)
            error_hint(&failure->error, "%s", hints[i].hint);
}

/*
 * Whoever listens gets to see the request, and the terminal that goes with exec: that is to be
 * nsinit. A service of another user may have made a socket where one was expected.
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

/* What is in a directory of another user's may be a link to the socket of another pod. */
static int connect_in_place(const char *path, unsigned int number, struct failure *failure)
{
    int result = place_check(path, number);

    if (result == 0)
        return connect_to(path, failure);
    if (result != -EPERM) {
        explain_connect(path, -result, failure);
        return result;
    }
    error_subject(&failure->error, "%s", path);
    error_reason(&failure->error, ERROR_FAILED, "its directory is not this user's alone");
    return result;
}

/* At the first place where nsinit answers; of the others the first that tells more than ENOENT. */
static int connect_anywhere(struct failure *failure)
{
    static struct failure other;
    char path[PLACE_SIZE];
    bool is_told = false;

    for (unsigned int number = 0; number < PLACE_COUNT; number++) {
        int fd;

        other.error = (struct error){.kind = ERROR_FAILED};
        fd = place_path(path, number) ? connect_in_place(path, number, &other) : -ENOENT;

        if (fd >= 0)
            return fd;
        if (number == 0 || (!is_told && fd != -ENOENT))
            failure->error = other.error;
        is_told = is_told || fd != -ENOENT;
    }
    return -1;
}

int client_open(struct client *client, const char *path, const char *verb, struct failure *failure)
{
    client->fd = path != NULL ? connect_to(path, failure) : connect_anywhere(failure);
    client->file = -1;
    client->patience_ms = -1;
    client->has_ended = false;
    client->start = client->end = client->length = 0;
    client->request = strbuf_in(client->buffer, sizeof client->buffer);
    strbuf_add(&client->request, verb);
    return client->fd >= 0 ? 0 : -1;
}

void client_close(struct client *client)
{
    close(client->fd);
    if (client->file >= 0)
        close(client->file);
}

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
        return failure_say(failure, "request", "longer than 64 KiB");
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

int client_ask(struct client *client, const char *path, const char *verb, char *const *words,
               struct failure *failure)
{
    if (client_open(client, path, verb, failure) < 0)
        return -1;
    for (; *words != NULL; words++)
        client_add(client, *words);
    return client_send(client, NULL, failure);
}

void client_receive(struct client *client)
{
    ssize_t count;

    if (client->start > 0) {
        memmove(client->buffer, client->buffer + client->start, client->end - client->start);
        client->end -= client->start;
        client->start = 0;
    }
    /* It is full of one line: client_take says so. */
    if (client->end == sizeof client->buffer)
        return;
    count = socket_receive(client->fd, client->buffer + client->end,
                           sizeof client->buffer - client->end, &client->file, 1);
    if (count > 0)
        client->end += (size_t)count;
    else if (count == 0 || (errno != EAGAIN && errno != EINTR))
        client->has_ended = true;
}

int client_print(struct client *client, struct failure *failure)
{
    const struct strbuf line = {.data = client->line, .length = client->length + 1};

    client->line[client->length] = '\n';
    return failure_of(failure, strbuf_write(&line, STDOUT_FILENO), "stdout");
}

int client_complain(struct failure *failure, const char *line)
{
    error_subject(&failure->error, "answer");
    return error_reason(&failure->error, ERROR_FAILED, "'%s' is none of nsinit's", line);
}

int client_exit_code(const char *line)
{
    unsigned long code;

    return strncmp(line, PROTOCOL_EXIT PROTOCOL_SEPARATOR, 5) == 0 &&
                   parse_number(strrchr(line, '\t') + 1, 255, &code) == 0
               ? (int)code
               : -1;
}

/* "error EXITCODE MESSAGE" */
static void take_error(const char *line, struct failure *failure)
{
    const char *at = line + strlen(PROTOCOL_ERROR " ");
    uint64_t code;

    if (parse_digits(&at, 255, &code) < 0 || *at != ' ') {
        client_complain(failure, line);
        return;
    }
    failure_say(failure, "", at + 1);
    failure->exit_code = (int)code;
}

/* Cut the next line off. False when none is whole. */
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

static enum answer take_nothing(const struct client *client, struct failure *failure)
{
    if (client->end - client->start == sizeof client->buffer) {
        failure_say(failure, "answer", "a line of more than 64 KiB");
        return ANSWER_FAILED;
    }
    if (!client->has_ended)
        return ANSWER_NONE;
    failure_say(failure, "answer", "nsinit has hung up before its end");
    return ANSWER_HUNG_UP;
}

enum answer client_take(struct client *client, struct failure *failure)
{
    if (!cut_line(client))
        return take_nothing(client, failure);
    /* With a NUL in it, it is no text. */
    if (client->length == 0 || strlen(client->line) != client->length) {
        client_complain(failure, client->line);
        return ANSWER_FAILED;
    }
    if (strcmp(client->line, PROTOCOL_OK) == 0)
        return ANSWER_OK;
    if (strncmp(client->line, PROTOCOL_ERROR " ", 6) != 0)
        return ANSWER_DATA;
    take_error(client->line, failure);
    return ANSWER_FAILED;
}

enum answer client_next(struct client *client, struct failure *failure)
{
    struct pollfd news = {.fd = client->fd, .events = POLLIN};
    enum answer answer;

    while ((answer = client_take(client, failure)) == ANSWER_NONE) {
        if (poll(&news, 1, client->patience_ms) == 0) {
            failure_of(failure, -ETIMEDOUT, "answer");
            return ANSWER_FAILED;
        }
        client_receive(client);
    }
    return answer;
}
