/*
 * services.c - which processes are services of a running nsinit
 */
#include "control/services.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "report/identity.h"
#include "report/nsfs.h"
#include "spawn/enter.h"
#include "util/parse.h"
#include "util/proc.h"

/* Who looks at all namespaces does not wait for a nsinit that is stopped. */
enum { PATIENCE_MS = 2000 };

/* nsinit's PID namespace, open, where it is not ours; -1: it is ours; -2: that can't be told. */
static int open_other_pids(const struct client *client)
{
    struct ucred peer = {0};
    socklen_t size = sizeof peer;
    uint64_t id;
    int fd;

    /* A peer that is not to be seen from here has the PID 0. */
    if (getsockopt(client->fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0 || peer.pid == 0)
        return -2;
    fd = namespace_open_own(peer.pid, NAMESPACE_PID);
    if (fd < 0)
        return -2;
    id = nsfs_id(fd);
    if (id != identity_namespace(getpid(), NAMESPACE_PID))
        return fd;
    close(fd);
    return -1;
}

static int add(struct services *services, const char *name, pid_t pid)
{
    struct running *larger =
        realloc(services->running, (services->count + 1) * sizeof *services->running);

    if (larger == NULL)
        return -ENOMEM;
    services->running = larger;
    larger[services->count] = (struct running){.name = strdup(name), .pid = pid};
    if (larger[services->count].name == NULL)
        return -ENOMEM;
    services->count++;
    return 0;
}

/* service NAME STATE PID ...; its PID is none where it does not run. */
static int take_row(struct services *services, char *line, int pids)
{
    const char *fields[4] = {NULL};
    unsigned long pid;

    for (size_t i = 0; i < 4 && line != NULL; i++)
        fields[i] = strsep(&line, "\t");
    if (fields[3] == NULL || parse_number(fields[3], INT_MAX, &pid) < 0 || pid == 0)
        return 0;
    if (pids >= 0)
        pid = (unsigned long)nsfs_pid_from(pids, (pid_t)pid);
    return (pid_t)pid > 0 ? add(services, fields[1], (pid_t)pid) : 0;
}

/* The next line; ANSWER_NONE when none comes in time. */
static enum answer next(struct client *client, struct failure *failure)
{
    struct pollfd news = {.fd = client->fd, .events = POLLIN};
    enum answer answer = client_take(client, failure);

    while (answer == ANSWER_NONE && poll(&news, 1, PATIENCE_MS) > 0) {
        client_receive(client);
        answer = client_take(client, failure);
    }
    return answer;
}

static int take_rows(struct services *services, struct client *client, struct failure *failure)
{
    int pids = open_other_pids(client);
    enum answer answer;
    int result = 0;

    while (result == 0 && (answer = next(client, failure)) == ANSWER_DATA)
        result = pids == -2 ? 0 : take_row(services, client->line, pids);
    if (pids >= 0)
        close(pids);
    errno = result < 0 ? -result : ETIMEDOUT;
    if (result < 0 || answer == ANSWER_NONE)
        return error_failed(&failure->error, "status");
    if (answer == ANSWER_OK && pids == -2)
        return error_reason(&failure->error, ERROR_FAILED,
                            "the PIDs of that nsinit are not known here");
    return answer == ANSWER_OK ? 0 : -1;
}

int services_read(struct services *services, const char *path, const char *name,
                  struct failure *failure)
{
    static struct client client;
    int result = -1;

    *services = (struct services){0};
    error_subject(&failure->error, "status");
    if (!proc_is_ours())
        return error_reason(&failure->error, ERROR_FAILED,
                            "there is no /proc of this PID namespace");
    if (client_open(&client, path, failure) < 0)
        return -1;
    client_add(&client, "status");
    if (name != NULL)
        client_add(&client, name);
    if (client_send(&client, NULL, failure) == 0)
        result = take_rows(services, &client, failure);
    client_close(&client);
    if (result < 0)
        services_free(services);
    return result;
}

void services_free(struct services *services)
{
    for (size_t i = 0; i < services->count; i++)
        free(services->running[i].name);
    free(services->running);
    *services = (struct services){0};
}
