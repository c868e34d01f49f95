/*
 * diagram.c - nsctl status and ns as a picture of who lives in which namespace
 * Finds out who is to be drawn; report/diagram.h draws them.
 */
#include "control/diagram.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "control/screen.h"
#include "report/diagram.h"
#include "report/nsfs.h"
#include "spawn/enter.h"
#include "util/file.h"
#include "util/parse.h"
#include "util/utf8.h"

/* Where output is no terminal. */
enum { USUAL_WIDTH = 80 };

/* A subject, with all that it points to. */
struct actor {
    struct actor *next;
    struct subject subject;
    struct identity identity;
    char name[256];
    char absence[32];
};

struct cast {
    struct actor *first; /* owned, and all behind it */
    struct actor *last;
    size_t count;
};

static enum diagram_format format_of(const char *name)
{
    enum diagram_format format = 0;

    while (format < DIAGRAM_FORMAT_COUNT && strcmp(diagram_format_names[format], name) != 0)
        format++;
    return format;
}

int diagram_check(const struct call *call, struct error *error)
{
    struct closest closest = closest_to(call->diagram);
    bool is_of_ns = strcmp(call->verb, "ns") == 0;

    error_subject(error, "--diagram");
    for (int i = 0; i < DIAGRAM_FORMAT_COUNT; i++)
        closest_offer(&closest, diagram_format_names[i]);
    if (format_of(call->diagram) == DIAGRAM_FORMAT_COUNT) {
        error_hint(error, "there are text, mermaid and dot");
        return error_unknown(error, call->diagram, "diagram", closest.best);
    }
    if (!is_of_ns && strcmp(call->verb, "status") != 0)
        return error_reason(error, ERROR_USAGE, "is for status and ns");
    if (is_of_ns && call->words[0] == NULL)
        return error_reason(error, ERROR_USAGE, "needs the PIDs or services to draw");
    if (call->json || call->watch)
        return error_reason(error, ERROR_USAGE, "excludes --%s", call->json ? "json" : "watch");
    error_subject(error, "%s", "");
    return 0;
}

/* ---- who they are -------------------------------------------------------------------------- */

static int out_of_memory(struct failure *failure)
{
    errno = ENOMEM;
    return error_failed(&failure->error, "diagram");
}

/*
 * The PID namespaces it is in, from ours to its own: the kernel tells no more than those. How many,
 * or a negative errno.
 */
static int pid_namespaces_of(pid_t pid, uint64_t ids[PID_LEVELS])
{
    uint64_t upwards[PID_LEVELS];
    int fd = namespace_open_own(pid, NAMESPACE_PID);
    int count = 0;
    int error = fd < 0 ? -fd : 0;

    while (fd >= 0 && count < PID_LEVELS) {
        int parent = nsfs_open_parent(fd);

        error = parent < 0 ? errno : 0;
        upwards[count++] = nsfs_id(fd);
        close(fd);
        fd = parent;
    }
    if (fd >= 0)
        close(fd);
    for (int i = 0; i < count; i++)
        ids[i] = upwards[count - 1 - i];
    return error == EPERM ? count : -error;
}

/* Those by the kernel's own relations, if /proc agrees on how many there are. */
static void read_levels(struct subject *subject, const struct identity *identity)
{
    int count = pid_namespaces_of(identity->pid, subject->pid_namespaces);
    size_t known = identity->pid_count;

    if (count > 0 && (known == 0 || known == (size_t)count)) {
        subject->level_count = (size_t)count;
        return;
    }
    subject->level_count = known > 0 ? known : 1;
    subject->pid_namespaces_error = identity->namespaces[NAMESPACE_PID].id == 0 ? 0 : -count;
    memset(subject->pid_namespaces, 0, sizeof subject->pid_namespaces);
    subject->pid_namespaces[0] = identity_namespace(getpid(), NAMESPACE_PID);
    if (subject->level_count > 1)
        subject->pid_namespaces[subject->level_count - 1] = identity->namespaces[NAMESPACE_PID].id;
}

static struct actor *add_actor(struct cast *cast, const char *name)
{
    struct actor *actor = calloc(1, sizeof *actor);
    struct text copy;

    if (actor == NULL)
        return NULL;
    *(cast->count++ > 0 ? &cast->last->next : &cast->first) = actor;
    cast->last = actor;
    copy = text_in(actor->name, sizeof actor->name);
    text_add(&copy, name);
    actor->subject.name = actor->name;
    actor->subject.absence = actor->absence;
    return actor;
}

static void is_absent(struct actor *actor, const char *why)
{
    struct text copy = text_in(actor->absence, sizeof actor->absence);

    text_add(&copy, why);
}

/* 0, or -ESRCH. */
static int play(struct actor *actor, pid_t pid)
{
    int result = identity_read(&actor->identity, pid, IDENTITY_BRIEF);

    if (result < 0) {
        is_absent(actor, "has ended");
        return result;
    }
    read_levels(&actor->subject, &actor->identity);
    actor->subject.identity = &actor->identity;
    return 0;
}

static int add_host(struct cast *cast, const char *name, pid_t pid, struct failure *failure)
{
    struct actor *actor = add_actor(cast, name);

    if (actor == NULL)
        return out_of_memory(failure);
    actor->subject.is_host = true;
    if (play(actor, pid) == 0)
        return 0;
    errno = ESRCH;
    return error_failed(&failure->error, "%s", name);
}

/* ---- services ------------------------------------------------------------------------------ */

/* Its PID; -1 with `failure` filled in where it is outside of what we may see. */
static pid_t pid_of_nsinit(const struct client *client, struct failure *failure)
{
    struct ucred peer = {0};
    socklen_t size = sizeof peer;

    if (getsockopt(client->fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && peer.pid > 0)
        return peer.pid;
    error_subject(&failure->error, "nsinit");
    return error_reason(&failure->error, ERROR_FAILED, "it has no PID in this PID namespace");
}

/* Whether the process has that PID in the namespace, one of those it is seen in. */
static bool has_pid_there(pid_t candidate, uint64_t namespace, pid_t pid)
{
    uint64_t ids[PID_LEVELS];
    pid_t pids[PID_LEVELS];
    int levels = pid_namespaces_of(candidate, ids);

    if (levels <= 0 || identity_read_pids(candidate, pids) != levels)
        return false;
    for (int i = 0; i < levels; i++)
        if (ids[i] == namespace && pids[i] == pid)
            return true;
    return false;
}

/* What nsinit calls `pid` is here: itself, or another where it lives in a PID namespace of its own.
 * 0 when there is none. */
static pid_t translate(pid_t nsinit, pid_t pid)
{
    uint64_t namespace = identity_namespace(nsinit, NAMESPACE_PID);
    DIR *processes;
    const struct dirent *entry;
    pid_t found = 0;

    if (namespace != 0 && namespace == identity_namespace(getpid(), NAMESPACE_PID))
        return pid;
    processes = opendir("/proc");
    while (found == 0 && processes != NULL && (entry = readdir(processes)) != NULL) {
        unsigned long candidate;

        if (parse_number(entry->d_name, INT_MAX, &candidate) == 0 &&
            has_pid_there((pid_t)candidate, namespace, pid))
            found = (pid_t)candidate;
    }
    if (processes != NULL)
        closedir(processes);
    return found;
}

/* "service NAME STATE PID ..." */
static int add_service(struct cast *cast, char *line, pid_t nsinit, struct failure *failure)
{
    const char *keyword = strsep(&line, "\t");
    const char *name = strsep(&line, "\t");
    const char *state = strsep(&line, "\t");
    const char *field = strsep(&line, "\t");
    struct actor *actor;
    unsigned long pid;

    if (field == NULL || strcmp(keyword, "service") != 0)
        return client_complain(failure, keyword);
    actor = add_actor(cast, name);
    if (actor == NULL)
        return out_of_memory(failure);
    if (parse_number(field, INT_MAX, &pid) < 0) {
        is_absent(actor, state);
        return 0;
    }
    pid = (unsigned long)translate(nsinit, (pid_t)pid);
    if (pid == 0)
        is_absent(actor, "not to be seen from here");
    else
        (void)play(actor, (pid_t)pid);
    return 0;
}

/* 0 when it is none. */
static pid_t pid_in(const char *word)
{
    unsigned long number;

    return parse_number(word, INT_MAX, &number) == 0 ? (pid_t)number : 0;
}

/* Those of the words that are no PIDs, or all; and nsinit itself, where it is the host. */
static int add_services(struct cast *cast, const struct call *call, bool with_nsinit,
                        struct failure *failure)
{
    static struct client client;
    enum answer answer = ANSWER_FAILED;
    pid_t nsinit;

    if (client_open(&client, call->path, failure) < 0)
        return -1;
    client_add(&client, "status");
    for (char **word = call->words; *word != NULL; word++)
        if (with_nsinit || pid_in(*word) == 0)
            client_add(&client, *word);
    nsinit = pid_of_nsinit(&client, failure);
    if (nsinit > 0 && (!with_nsinit || add_host(cast, "nsinit", nsinit, failure) == 0) &&
        client_send(&client, NULL, failure) == 0)
        while ((answer = client_next(&client, failure)) == ANSWER_DATA)
            if (add_service(cast, client.line, nsinit, failure) < 0)
                break;
    client_close(&client);
    return answer == ANSWER_OK ? 0 : -1;
}

/* ---- processes ----------------------------------------------------------------------------- */

static bool is_there(const struct cast *cast, pid_t pid)
{
    for (const struct actor *actor = cast->first; actor != NULL; actor = actor->next)
        if (actor->identity.pid == pid)
            return true;
    return false;
}

static int add_process(struct cast *cast, pid_t pid, struct failure *failure)
{
    char path[32];
    struct text path_text = text_in(path, sizeof path);
    char *name = NULL;
    size_t length = 0;
    struct actor *actor;

    if (is_there(cast, pid))
        return 0;
    text_format(&path_text, "/proc/%d/comm", pid);
    if (file_read(path, &name, &length) == 0)
        /* The newline at its end: there may be others in it. */
        name[length - (length > 0)] = '\0';
    actor = add_actor(cast, name != NULL ? name : "process");
    free(name);
    if (actor == NULL)
        return out_of_memory(failure);
    if (play(actor, pid) == 0)
        return 0;
    failure->exit_code = 1;
    errno = ESRCH;
    return error_failed(&failure->error, "process %d", pid);
}

static int add_given(struct cast *cast, const struct call *call, struct failure *failure)
{
    bool has_services = false;

    if (add_host(cast, "nsctl", getpid(), failure) < 0)
        return -1;
    for (char **word = call->words; *word != NULL; word++)
        if (pid_in(*word) == 0)
            has_services = true;
        else if (add_process(cast, pid_in(*word), failure) < 0)
            return -1;
    return has_services ? add_services(cast, call, false, failure) : 0;
}

/* ---- the picture --------------------------------------------------------------------------- */

static size_t width_of_output(void)
{
    size_t width = screen_width();

    return width > 0 ? width : USUAL_WIDTH;
}

/* Into a larger buffer until it fits, then out. 0 or a negative errno. */
static int print(const struct diagram *diagram, enum diagram_format format)
{
    int result = 0;

    for (size_t size = 16UL * 1024; result == 0; size *= 2) {
        char *buffer = malloc(size);
        struct text text;

        if (buffer == NULL)
            return -ENOMEM;
        text = text_in(buffer, size);
        result = diagram_add(&text, diagram, format);
        if (result == 0 && text.length < size - 1) {
            result = text_write(&text, STDOUT_FILENO);
            size = 0;
        }
        free(buffer);
        if (size == 0)
            break;
    }
    return result;
}

static int draw(const struct cast *cast, const struct call *call, struct failure *failure)
{
    struct subject *subjects = calloc(cast->count + 1, sizeof *subjects);
    enum diagram_format format = format_of(call->diagram);
    const struct diagram diagram = {.subjects = subjects,
                                    .count = cast->count,
                                    .width = width_of_output(),
                                    .is_ascii = format == DIAGRAM_TEXT && !utf8_is_spoken()};
    int result = -ENOMEM;

    if (subjects != NULL) {
        size_t i = 0;

        for (const struct actor *actor = cast->first; actor != NULL; actor = actor->next)
            subjects[i++] = actor->subject;
        result = print(&diagram, format);
    }
    free(subjects);
    errno = -result;
    return result < 0 ? error_failed(&failure->error, "stdout") : 0;
}

int diagram_run(const struct call *call, struct failure *failure)
{
    struct cast cast = {0};
    int result = strcmp(call->verb, "ns") == 0 ? add_given(&cast, call, failure)
                                               : add_services(&cast, call, true, failure);

    if (result == 0)
        result = draw(&cast, call, failure);
    while (cast.first != NULL) {
        struct actor *next = cast.first->next;

        free(cast.first);
        cast.first = next;
    }
    return result;
}
