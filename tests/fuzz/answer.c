/*
 * answer.c - fuzzing of what nsctl is answered: lines, rows of services, codes
 * An nsinit in a container may be whatever the container has put there.
 */
#include "fuzz/fuzz.h"

#include <sys/socket.h>
#include <unistd.h>

#include "nsctl/client_private.h"
#include "nsctl/services_private.h"

static void check_row(const char *line, size_t length)
{
    char *row = fuzz_text((const uint8_t *)line, length);
    const char *fields[STATUS_FIELDS];
    struct service_row service = {.line = row};

    if (services_split(row, fields)) {
        fuzz_check(strcmp(fields[STATUS_KEYWORD], PROTOCOL_SERVICE) == 0);
        for (size_t i = 0; i < STATUS_FIELDS; i++)
            fuzz_check(fields[i] != NULL && strchr(fields[i], PROTOCOL_SEPARATOR[0]) == NULL);
        (void)services_parse_pid(fields[STATUS_PID]);
        service.namespaces = fields[STATUS_NAMESPACES];
        for (int type = 0; type < NAMESPACE_COUNT; type++)
            fuzz_check(service_row_origin(&service, (enum ns_type)type) != NULL);
    }
    free(row);
}

static void check_failure(const struct failure *failure)
{
    fuzz_check(failure->exit_code >= 0 && failure->exit_code <= 255);
    fuzz_check(failure->error.reason[0] != '\0' || failure->error.subject[0] == '\0');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct client *client = calloc(1, sizeof *client);
    struct failure failure = {.exit_code = 125};
    enum answer answer;
    int ends[2];

    fuzz_check(client != NULL && socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
    client->fd = ends[0];
    client->received_fd = -1;
    if (size > 0)
        fuzz_check(send(ends[1], data, size, MSG_NOSIGNAL) == (ssize_t)size);
    close(ends[1]);
    while ((answer = client_next(client, &failure)) == ANSWER_DATA) {
        int code = client_exit_code(client->line);

        fuzz_check(client->length == strlen(client->line) && code >= -1 && code <= 255);
        check_row(client->line, client->length);
    }
    fuzz_check(answer != ANSWER_NONE);
    if (answer == ANSWER_FAILED)
        check_failure(&failure);
    client_close(client);
    free(client);
    return 0;
}
