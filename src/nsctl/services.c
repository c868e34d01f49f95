/*
 * services.c - nsinit's services, for the verbs that look at processes themselves
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
#include "linux/nsfd.h"
#include "linux/nsfs.h"
#include "linux/proc.h"
#include "nsctl/client_private.h"
#include "util/keywords.h"
#include "util/parse.h"

/* A verb that needs only names of services does not wait longer for an nsinit that is stopped. */
enum { TIMEOUT_MS = 2000 };

pid_t services_parse_pid(const char *word)
{
    unsigned long pid;

    return parse_number(word, INT_MAX, &pid) == 0 ? (pid_t)pid : -1;
}

/* ---- PIDs of nsinit's in this PID namespace -------------------------------------------------- */

/* open_pidns returns a descriptor or one of these: PIDs are the same here, or unknown here. */
enum { PIDNS_OWN = -1, PIDNS_HIDDEN = -2 };

static int open_pidns(pid_t nsinit)
{
    /* SO_PEERCRED gives the PID 0 for a process that has none here: unix(7). */
    int fd = nsinit > 0 ? nsfd_open_own(nsinit, NAMESPACE_PID) : -ESRCH;

    if (fd < 0)
        return PIDNS_HIDDEN;
    if (nsfs_id(fd) != identity_namespace(getpid(), NAMESPACE_PID))
        return fd;
    close(fd);
    return PIDNS_OWN;
}

/* Whether the process has that PID in the namespace, which is its own or one around it. */
static bool has_pid_in(pid_t candidate, uint64_t pidns, pid_t pid)
{
    uint64_t ids[PID_LEVELS];
    pid_t pids[PID_LEVELS];
    int levels = identity_pid_namespaces(candidate, ids);

    if (levels <= 0 || identity_read_pids(candidate, pids) != levels)
        return false;
    for (int i = 0; i < levels; i++)
        if (ids[i] == pidns && pids[i] == pid)
            return true;
    return false;
}

/* For Linux before 6.11, where no ioctl translates PIDs. 0: not found. */
static pid_t search_proc(uint64_t pidns, pid_t pid)
{
    DIR *proc = opendir("/proc");
    pid_t candidate;

    if (proc == NULL)
        return 0;
    while ((candidate = proc_next_pid(proc)) != 0 && !has_pid_in(candidate, pidns, pid))
        ;
    closedir(proc);
    return candidate;
}

/* 0: the process has ended meanwhile, or has no PID here. */
static pid_t translate_pid(int pidns, pid_t pid)
{
    pid_t here;

    if (pidns < 0)
        return pid;
    here = nsfs_pid_from(pidns, pid);
    if (here > 0)
        return here;
    return errno == ENOTTY || errno == EINVAL ? search_proc(nsfs_id(pidns), pid) : 0;
}

/* ---- the answer to "status" ------------------------------------------------------------------ */

/* An nsinit of another version may send more fields, or no PIDs. */
bool services_split(char *line, const char *fields[STATUS_FIELDS])
{
    for (size_t i = 0; i < STATUS_FIELDS; i++) {
        if (line == NULL && i < STATUS_PIDS)
            return false;
        fields[i] = line != NULL ? strsep(&line, PROTOCOL_SEPARATOR) : "-";
    }
    return strcmp(fields[STATUS_KEYWORD], PROTOCOL_SERVICE) == 0;
}

static int add_row(struct services *services, const char *line, int pidns, struct failure *failure)
{
    struct service_row *rows = realloc(services->rows, (services->count + 1) * sizeof *rows);
    char *copy = strdup(line);
    const char *fields[STATUS_FIELDS];
    struct service_row *row;
    pid_t pid;

    if (rows != NULL)
        services->rows = rows;
    if (rows == NULL || copy == NULL) {
        free(copy);
        return error_failed(&failure->error, "status");
    }
    row = &rows[services->count++];
    *row = (struct service_row){.line = copy};
    if (!services_split(copy, fields))
        return client_unexpected(failure, line);
    row->name = fields[STATUS_NAME];
    row->state = fields[STATUS_STATE];
    row->namespaces = fields[STATUS_NAMESPACES];
    pid = services_parse_pid(fields[STATUS_PID]);
    if (pid >= 0) {
        row->pid = translate_pid(pidns, pid);
        row->is_hidden = row->pid == 0;
    }
    return 0;
}

static int take_rows(struct services *services, struct client *client, struct failure *failure)
{
    int pidns = open_pidns(services->nsinit);
    enum answer answer = ANSWER_FAILED;

    if (pidns == PIDNS_HIDDEN)
        (void)failure_set(failure, "nsinit", "it has no PID in this PID namespace");
    else
        while ((answer = client_next(client, failure)) == ANSWER_DATA)
            if (add_row(services, client->line, pidns, failure) < 0)
                break;
    if (pidns >= 0)
        close(pidns);
    return answer == ANSWER_OK ? 0 : -1;
}

int services_fetch(struct services *services, const char *path, struct failure *failure)
{
    struct client client;
    struct ucred peer;
    socklen_t size = sizeof peer;
    int result = -1;

    *services = (struct services){0};
    if (client_open(&client, path, "status", failure) < 0)
        return -1;
    client.timeout_ms = TIMEOUT_MS;
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
        free(services->rows[i].line);
    free(services->rows);
    *services = (struct services){0};
}

/* ---- words of the command line --------------------------------------------------------------- */

static const struct service_row *find_pid(const struct services *services, pid_t pid)
{
    for (size_t i = 0; i < services->count; i++)
        if (services->rows[i].pid == pid)
            return &services->rows[i];
    return NULL;
}

const struct service_row *services_find_name(const struct services *services, const char *name,
                                             struct failure *failure)
{
    const char *closest;

    for (size_t i = 0; i < services->count; i++)
        if (strcmp(services->rows[i].name, name) == 0)
            return &services->rows[i];
    closest = keywords_closest(name, services->rows, sizeof services->rows[0], services->count);
    failure->exit_code = EXIT_UNKNOWN_NAME;
    error_subject(&failure->error, "%s", name);
    error_reason(&failure->error, ERROR_FAILED, "no such service%s%s%s",
                 closest != NULL ? "; did you mean " : "", closest != NULL ? closest : "",
                 closest != NULL ? "?" : "");
    return NULL;
}

static pid_t find_service(const struct services *services, const char *name,
                          const struct service_row **row, struct failure *failure)
{
    *row = services_find_name(services, name, failure);
    if (*row == NULL || (*row)->pid != 0)
        return *row != NULL ? (*row)->pid : -1;
    failure->exit_code = EXIT_REFUSED;
    return failure_set(failure, name, "is not running");
}

pid_t services_find_process(struct services *services, const char *path, const char *word,
                            const struct service_row **row, struct failure *failure)
{
    pid_t pid = services_parse_pid(word);
    bool is_pid = pid > 0;
    struct failure ignored = {0};

    *row = NULL;
    /* A process can be shown without an nsinit. */
    if (services->nsinit == 0 && services_fetch(services, path, is_pid ? &ignored : failure) < 0 &&
        !is_pid)
        return -1;
    if (!is_pid)
        return find_service(services, word, row, failure);
    *row = find_pid(services, pid);
    if (kill(pid, 0) == 0 || errno == EPERM)
        return pid;
    failure->exit_code = EXIT_REFUSED;
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
