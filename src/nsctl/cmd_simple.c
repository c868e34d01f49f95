/*
 * cmd_simple.c - the verbs of nsctl that ask, and print or drop what is answered
 */
#include "nsctl/cmd_simple_private.h"

#include <poll.h>
#include <string.h>
#include <unistd.h>

/* There is but one request. */
static struct client client;

/* It is the verb and its arguments as they are. */
static int ask(const struct call *call, struct failure *failure)
{
    return client_ask(&client, call->path, call->verb, call->words, failure);
}

/* A verb whose answer is that it is done. */
int plain_run(const struct call *call, struct failure *failure)
{
    enum answer answer;

    if (ask(call, failure) < 0)
        return -1;
    while ((answer = client_next(&client, failure)) == ANSWER_DATA)
        ;
    client_close(&client);
    return answer == ANSWER_OK ? 0 : -1;
}

static int print_exit(const struct call *call, const char *line, struct failure *failure)
{
    static char buffer[512];
    struct strbuf text = strbuf_in(buffer, sizeof buffer);
    int code = client_exit_code(line);

    if (code < 0)
        return client_complain(failure, line);
    if (call->json)
        strbuf_format(&text, "{\"service\":\"%s\",\"exit_code\":%d}\n", call->words[0], code);
    else
        strbuf_format(&text, "%d\n", code);
    return failure_of(failure, strbuf_write(&text, STDOUT_FILENO), "stdout");
}

int wait_run(const struct call *call, struct failure *failure)
{
    enum answer answer;

    if (ask(call, failure) < 0)
        return -1;
    answer = client_next(&client, failure);
    if (answer == ANSWER_OK)
        return client_complain(failure, client.line);
    if (answer == ANSWER_DATA && print_exit(call, client.line, failure) < 0)
        return -1;
    if (answer == ANSWER_DATA)
        answer = client_next(&client, failure);
    client_close(&client);
    return answer == ANSWER_OK ? 0 : -1;
}

/* As head(1) goes, so do we: not only with the next event, which may never come. */
static bool wait_for_event(void)
{
    struct pollfd fds[] = {{.fd = client.fd, .events = POLLIN}, {.fd = STDOUT_FILENO}};

    return poll(fds, 2, -1) <= 0 || fds[1].revents == 0;
}

static enum answer print_events(struct failure *failure)
{
    enum answer answer;

    while ((answer = client_take(&client, failure)) == ANSWER_DATA)
        if (client_print(&client, failure) < 0)
            return ANSWER_FAILED;
    return answer;
}

/* It ends as nsinit does: that is what it was to tell. */
int events_run(const struct call *call, struct failure *failure)
{
    enum answer answer;

    if (ask(call, failure) < 0)
        return -1;
    while ((answer = print_events(failure)) == ANSWER_NONE && wait_for_event())
        client_receive(&client);
    client_close(&client);
    return answer == ANSWER_FAILED ? -1 : 0;
}
