/*
 * cmd_simple.c - the verbs of nsctl that send a request, and print or drop the answer
 */
#include "nsctl/cmd_private.h"

#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "nsctl/client_private.h"

/* The request is the verb and its arguments, unchanged. */
static int send_request(struct client *client, const struct call *call, struct failure *failure)
{
    return client_request(client, call->path, call->verb, call->words, failure);
}

int plain_run(const struct call *call, struct failure *failure)
{
    struct client client;
    enum answer answer;

    if (send_request(&client, call, failure) < 0)
        return -1;
    while ((answer = client_next(&client, failure)) == ANSWER_DATA)
        ;
    client_close(&client);
    return answer == ANSWER_OK ? 0 : -1;
}

/* ---- wait ----------------------------------------------------------------------------------- */

static int print_exit(const struct call *call, const char *line, struct failure *failure)
{
    char buffer[512];
    struct strbuf text = strbuf_in(buffer, sizeof buffer);
    int code = client_exit_code(line);

    if (code < 0)
        return client_unexpected(failure, line);
    if (call->json)
        strbuf_format(&text, "{\"service\":\"%s\",\"exit_code\":%d}\n", call->words[0], code);
    else
        strbuf_format(&text, "%d\n", code);
    return failure_check(failure, strbuf_write(&text, STDOUT_FILENO), "stdout");
}

int wait_run(const struct call *call, struct failure *failure)
{
    struct client client;
    enum answer answer;
    int result = -1;

    if (send_request(&client, call, failure) < 0)
        return -1;
    answer = client_next(&client, failure);
    if (answer == ANSWER_OK)
        (void)client_unexpected(failure, client.line);
    else if (answer == ANSWER_DATA && print_exit(call, client.line, failure) == 0)
        result = client_next(&client, failure) == ANSWER_OK ? 0 : -1;
    client_close(&client);
    return result;
}

/* ---- events --------------------------------------------------------------------------------- */

/* False when stdout's reader, as head(1), has gone: the next event may never come. */
static bool wait_for_event(const struct client *client)
{
    struct pollfd fds[] = {{.fd = client->fd, .events = POLLIN}, {.fd = STDOUT_FILENO}};

    return poll(fds, 2, -1) <= 0 || fds[1].revents == 0;
}

static enum answer print_events(struct client *client, struct failure *failure)
{
    enum answer answer;

    while ((answer = client_take(client, failure)) == ANSWER_DATA)
        if (client_print(client, failure) < 0)
            return ANSWER_FAILED;
    return answer;
}

/* The end of nsinit is the end of the events, and no failure. */
int events_run(const struct call *call, struct failure *failure)
{
    struct client client;
    enum answer answer;

    if (send_request(&client, call, failure) < 0)
        return -1;
    while ((answer = print_events(&client, failure)) == ANSWER_NONE && wait_for_event(&client))
        client_receive(&client);
    client_close(&client);
    return answer == ANSWER_FAILED ? -1 : 0;
}
