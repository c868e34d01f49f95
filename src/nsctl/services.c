/*
 * services.c - who nsinit's services are, for the verbs that look at processes themselves
 */
#include "nsctl/services_private.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "inspect/identity.h"
#include "linux/nsfs.h"
#include "linux/nsfd.h"
#include "util/keywords.h"
#include "util/parse.h"

/* Who looks at processes does not wait for a nsinit that is stopped. */
enum { PATIENCE_MS = 2000 };

pid_t services_pid(const char *word)
{
    unsigned long pid;

    return parse_number(word, INT_MAX, &pid) == 0 ? (pid_t)pid : -1;
}

/* The PID namespace of nsinit where that is ours, or nsinit itself is not in sight. */
enum { PIDS_ARE_OURS = -1, PIDS_ARE_UNKNOWN = -2 };

/* Open, or one of those. */
static int open_pids(pid_t nsinit)
{
    /* Who is not to be seen from here has the PID 0. */
    int fd = nsinit > 0 ? nsfd_open_own(nsinit, NAMESPACE_PID) : -ESRCH;

    if (fd < 0)
        return PIDS_ARE_UNKNOWN;
    if (nsfs_id(fd) != identity_namespace(getpid(), NAMESPACE_PID))
        return fd;
    close(fd);
    return PIDS_ARE_OURS;
}

/* Whether the process has that PID in the namespace, one of those it is seen in. */
static bool has_pid_there(pid_t candidate, uint64_t namespace, pid_t pid)
{
    uint64_t ids[PID_LEVELS];
    pid_t pids[PID_LEVELS];
    int levels = identity_pid_namespaces(candidate, ids);

    if (levels <= 0 || identity_read_pids(candidate, pids) != levels)
        return false;
    for (int i = 0; i < levels; i++)
        if (ids[i] == namespace && pids[i] == pid)
            return true;
    return false;
}

/* Before Linux 6.11 nobody translates it. 0 when there is none. */
static pid_t search(uint64_t namespace, pid_t pid)
{
    DIR *processes = opendir("/proc");
    const struct dirent *entry;
    pid_t found = 0;

    while (found == 0 && processes != NULL && (entry = readdir(processes)) != NULL) {
        pid_t candidate = services_pid(entry->d_name);

        if (candidate > 0 && has_pid_there(candidate, namespace, pid))
            found = candidate;
    }
    if (processes != NULL)
        closedir(processes);
    return found;
}

/* As we see it; 0: it has ended meanwhile, or is not to be seen. */
static pid_t pid_here(int pids, pid_t pid)
{
    pid_t here;

    if (pids < 0)
        return pid;
    here = nsfs_pid_from(pids, pid);
    if (here > 0)
        return here;
    return errno == ENOTTY || errno == EINVAL ? search(nsfs_id(pids), pid) : 0;
}

/* A nsinit of another version may send more fields, or no PIDs. */
bool services_split(char *line, const char *fields[STATUS_FIELDS])
{
    for (size_t i = 0; i < STATUS_FIELDS; i++) {
        if (line == NULL && i < STATUS_PIDS)
            return false;
        fields[i] = line != NULL ? strsep(&line, PROTOCOL_SEPARATOR) : "-";
    }
    return strcmp(fields[STATUS_KEYWORD], PROTOCOL_SERVICE) == 0;
}

static int add_row(struct services *services, char *line, int pids, struct failure *failure)
{
    struct service_row *rows = realloc(services->rows, (services->count + 1) * sizeof *rows);
    char *text = strdup(line);
    const char *fields[STATUS_FIELDS];
    struct service_row *row;
    pid_t pid;

    if (rows != NULL)
        services->rows = rows;
    if (rows == NULL || text == NULL) {
        free(text);
        return error_failed(&failure->error, "status");
    }
    row = &rows[services->count++];
    *row = (struct service_row){.row = text};
    if (!services_split(text, fields))
        return client_complain(failure, line);
    row->name = fields[STATUS_NAME];
    row->state = fields[STATUS_STATE];
    row->namespaces = fields[STATUS_NAMESPACES];
    pid = services_pid(fields[STATUS_PID]);
    if (pid >= 0) {
        row->pid = pid_here(pids, pid);
        row->is_hidden = row->pid == 0;
    }
    return 0;
}

static int take_rows(struct services *services, struct client *client, struct failure *failure)
{
    int pids = open_pids(services->nsinit);
    enum answer answer = ANSWER_FAILED;

    if (pids == PIDS_ARE_UNKNOWN)
        failure_say(failure, "nsinit", "it has no PID in this PID namespace");
    else
        while ((answer = client_next(client, failure)) == ANSWER_DATA)
            if (add_row(services, client->line, pids, failure) < 0)
                break;
    if (pids >= 0)
        close(pids);
    return answer == ANSWER_OK ? 0 : -1;
}

int services_fetch(struct services *services, const char *path, struct failure *failure)
{
    static struct client client;
    struct ucred peer;
    socklen_t size = sizeof peer;
    int result = -1;

    *services = (struct services){0};
    if (client_open(&client, path, "status", failure) < 0)
        return -1;
    client.patience_ms = PATIENCE_MS;
    if (getsockopt(client.fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0)
        services->nsinit = peer.pid;
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
        free(services->rows[i].row);
    free(services->rows);
    *services = (struct services){0};
}

static const struct service_row *member_of(const struct services *services, pid_t pid)
{
    for (size_t i = 0; i < services->count; i++)
        if (services->rows[i].pid == pid)
            return &services->rows[i];
    return NULL;
}

const struct service_row *services_member(const struct services *services, const char *name,
                                          struct failure *failure)
{
    const char *closest;

    for (size_t i = 0; i < services->count; i++)
        if (strcmp(services->rows[i].name, name) == 0)
            return &services->rows[i];
    closest = keywords_closest(name, services->rows, sizeof services->rows[0], services->count);
    failure->exit_code = 2;
    error_subject(&failure->error, "%s", name);
    error_reason(&failure->error, ERROR_FAILED, "no such service%s%s%s",
                 closest != NULL ? "; did you mean " : "", closest != NULL ? closest : "",
                 closest != NULL ? "?" : "");
    return NULL;
}

static pid_t find_service(const struct services *services, const char *name,
                          const struct service_row **row, struct failure *failure)
{
    *row = services_member(services, name, failure);
    if (*row == NULL || (*row)->pid != 0)
        return *row != NULL ? (*row)->pid : -1;
    failure->exit_code = 1;
    return failure_say(failure, name, "does not run");
}

pid_t services_find(struct services *services, const char *path, const char *word,
                    const struct service_row **row, struct failure *failure)
{
    pid_t pid = services_pid(word);
    bool is_pid = pid > 0;
    static struct failure ignored;

    *row = NULL;
    /* A process is one also where no nsinit is. */
    if (services->nsinit == 0 && services_fetch(services, path, is_pid ? &ignored : failure) < 0 &&
        !is_pid)
        return -1;
    if (!is_pid)
        return find_service(services, word, row, failure);
    *row = member_of(services, pid);
    if (kill(pid, 0) == 0 || errno == EPERM)
        return pid;
    failure->exit_code = 1;
    return error_failed(&failure->error, "process %d", pid);
}

const char *service_row_origin(const struct service_row *row, enum ns_type type)
{
    const char *name = ns_types[type].name;
    size_t length = strlen(name);

    for (const char *at = row->namespaces; at != NULL; at = strchr(at, ',')) {
        at += *at == ',';
        if (strncmp(at, name, length) == 0 && at[length] == '=')
            return strncmp(at + length, "=own", 4) == 0 ? "own" : "entered";
    }
    return "inherited";
}
