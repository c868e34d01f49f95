/*
 * roster.c - who nsinit's services are, for the verbs that look at processes themselves
 */
#include "control/roster.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "report/identity.h"
#include "report/nsfs.h"
#include "spawn/enter.h"
#include "util/parse.h"

/* Who looks at processes does not wait for a nsinit that is stopped. */
enum { PATIENCE_MS = 2000 };

/* The fields of the protocol's row that are of interest, by their place. */
enum { FIELD_NAME = 1, FIELD_PID = 3, FIELD_NAMESPACES = 9 };

/* The PID namespace of nsinit where that is not ours. */
enum { PIDS_ARE_OURS = -1, PIDS_ARE_UNKNOWN = -2 };

/* Open, or one of those. */
static int open_pids(pid_t nsinit)
{
    /* Who is not to be seen from here has the PID 0. */
    int fd = nsinit > 0 ? namespace_open_own(nsinit, NAMESPACE_PID) : -ESRCH;
    int other = PIDS_ARE_UNKNOWN;

    if (fd < 0)
        return PIDS_ARE_UNKNOWN;
    if (nsfs_id(fd) == identity_namespace(getpid(), NAMESPACE_PID))
        other = PIDS_ARE_OURS;
    /* There is a PID 1; but before Linux 6.11 nobody to translate it. */
    else if (nsfs_pid_from(fd, 1) > 0)
        return fd;
    close(fd);
    return other;
}

/* As we see it; 0: it has ended meanwhile. */
static pid_t pid_here(int pids, pid_t pid)
{
    if (pids >= 0)
        pid = nsfs_pid_from(pids, pid);
    return pid > 0 ? pid : 0;
}

static int add_row(struct roster *roster, const char *line, int pids, struct failure *failure)
{
    struct member member = {.row = strdup(line)};
    struct member *larger = realloc(roster->members, (roster->count + 1) * sizeof *larger);
    char *rest = member.row;
    unsigned long pid;

    if (larger != NULL)
        roster->members = larger;
    if (larger == NULL || member.row == NULL) {
        free(member.row);
        return error_failed(&failure->error, "status");
    }
    for (int place = 0; rest != NULL; place++) {
        const char *field = strsep(&rest, "\t");

        if (place == FIELD_NAME)
            member.name = field;
        else if (place == FIELD_PID && parse_number(field, INT_MAX, &pid) == 0)
            member.pid = pid_here(pids, (pid_t)pid);
        else if (place == FIELD_NAMESPACES)
            member.namespaces = field;
    }
    if (member.namespaces == NULL) {
        free(member.row);
        return client_complain(failure, line);
    }
    larger[roster->count++] = member;
    return 0;
}

static int take_rows(struct roster *roster, struct client *client, struct failure *failure)
{
    int pids = open_pids(roster->nsinit);
    enum answer answer = ANSWER_FAILED;

    error_subject(&failure->error, "status");
    if (pids == PIDS_ARE_UNKNOWN)
        (void)error_reason(&failure->error, ERROR_FAILED, "that nsinit's PIDs mean nothing here");
    else
        while ((answer = client_next(client, failure)) == ANSWER_DATA)
            if (add_row(roster, client->line, pids, failure) < 0)
                break;
    if (pids >= 0)
        close(pids);
    return answer == ANSWER_OK ? 0 : -1;
}

int roster_fetch(struct roster *roster, const char *path, struct failure *failure)
{
    static struct client client;
    struct ucred peer;
    socklen_t size = sizeof peer;
    int result = -1;

    *roster = (struct roster){0};
    if (client_open(&client, path, failure) < 0)
        return -1;
    client.patience_ms = PATIENCE_MS;
    if (getsockopt(client.fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0)
        roster->nsinit = peer.pid;
    client_add(&client, "status");
    if (client_send(&client, NULL, failure) == 0)
        result = take_rows(roster, &client, failure);
    client_close(&client);
    if (result < 0)
        roster_free(roster);
    return result;
}

void roster_free(struct roster *roster)
{
    for (size_t i = 0; i < roster->count; i++)
        free(roster->members[i].row);
    free(roster->members);
    *roster = (struct roster){0};
}

static const struct member *member_of(const struct roster *roster, pid_t pid)
{
    for (size_t i = 0; i < roster->count; i++)
        if (roster->members[i].pid == pid)
            return &roster->members[i];
    return NULL;
}

static pid_t find_service(const struct roster *roster, const char *name,
                          const struct member **member, struct failure *failure)
{
    struct closest closest = closest_to(name);

    error_subject(&failure->error, "%s", name);
    for (size_t i = 0; i < roster->count; i++) {
        closest_offer(&closest, roster->members[i].name);
        if (strcmp(roster->members[i].name, name) != 0)
            continue;
        *member = &roster->members[i];
        if ((*member)->pid != 0)
            return (*member)->pid;
        failure->exit_code = 1;
        return error_reason(&failure->error, ERROR_FAILED, "does not run");
    }
    failure->exit_code = 2;
    return error_unknown(&failure->error, name, "service", closest.best);
}

pid_t roster_find(struct roster *roster, const char *path, const char *word,
                  const struct member **member, struct failure *failure)
{
    unsigned long pid;
    bool is_pid = parse_number(word, INT_MAX, &pid) == 0 && pid > 0;
    struct failure ignored = {0};

    *member = NULL;
    /* A process is one also where no nsinit is. */
    if (roster->nsinit == 0 && roster_fetch(roster, path, is_pid ? &ignored : failure) < 0 &&
        !is_pid)
        return -1;
    if (!is_pid)
        return find_service(roster, word, member, failure);
    *member = member_of(roster, (pid_t)pid);
    if (kill((pid_t)pid, 0) == 0 || errno == EPERM)
        return (pid_t)pid;
    failure->exit_code = 1;
    return error_failed(&failure->error, "process %lu", pid);
}

/* Whether a list like "pid=own,net=pod" has it; what stands behind it, up to the comma. */
static const char *owner_in(const char *list, const char *type)
{
    size_t length = strlen(type);

    for (; list != NULL; list = strchr(list, ',')) {
        list += *list == ',';
        if (strncmp(list, type, length) == 0 && list[length] == '=')
            return list + length + 1;
    }
    return NULL;
}

const char *member_origin(const struct member *member, enum namespace_type type)
{
    const char *owner = owner_in(member->namespaces, namespace_kinds[type].name);

    if (owner == NULL)
        return "inherited";
    return strncmp(owner, "own", 3) == 0 && (owner[3] == ',' || owner[3] == '\0') ? "own"
                                                                                  : "entered";
}
