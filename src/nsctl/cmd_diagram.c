/*
 * cmd_diagram.c - nsctl status and ns as a picture of who lives in which namespace
 * Finds out who is to be drawn; nsctl/diagram_graph.h draws them.
 */
#include "nsctl/cmd_diagram_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "inspect/process_info.h"
#include "linux/proc.h"
#include "nsctl/services_private.h"
#include "nsctl/screen_private.h"
#include "nsctl/diagram_graph_private.h"
#include "util/log.h"
#include "util/keywords.h"
#include "util/utf8.h"

/* Where output is no terminal. */
enum { USUAL_WIDTH = 80 };

/* What a subject points to. */
struct actor {
    struct identity identity; /* in front: it is freed by that */
    char name[PROC_COMM_SIZE];
};

struct cast {
    struct subject *subjects; /* owned, and their identities */
    size_t count;
    struct services services; /* where the services have their names from */
};

static int format_of(const struct call *call, struct error *error)
{
    static const struct keywords formats = {KEYWORDS_IN(diagram_format_names), .exact = true,
                                            .kind = "diagram"};

    return keywords_find(&formats, call->diagram, error);
}

static bool is_of_ns(const struct call *call)
{
    return strcmp(call->verb, "ns") == 0;
}

int diagram_check(const struct call *call, struct failure *failure)
{
    static const char subject[] = "--diagram";

    if (format_of(call, &failure->error) < 0) {
        error_subject(&failure->error, "%s", subject);
        error_hint(&failure->error, "there are text, mermaid and dot");
        return -1;
    }
    if (!is_of_ns(call) && strcmp(call->verb, "status") != 0)
        return failure_say(failure, subject, "is for status and ns");
    if (call->json || call->watch)
        return failure_say(failure, subject, call->json ? "excludes --json" : "excludes --watch");
    return 0;
}

/* ---- who they are -------------------------------------------------------------------------- */

/* Those by the kernel's own relations, if /proc agrees on how many there are. */
static void read_levels(struct subject *subject, const struct identity *identity)
{
    int count = identity_pid_namespaces(identity->pid, subject->pid_namespaces);
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

/* Meanwhile, perhaps without having been waited for: every other process has a mount namespace. */
static bool has_ended(const struct identity *identity)
{
    int error = identity->namespaces[NAMESPACE_MNT].error;

    return error == ENOENT || error == ESRCH;
}

static int add_identity(struct subject *subject, pid_t pid)
{
    struct actor *actor = malloc(sizeof *actor);
    int result = actor != NULL ? identity_read(&actor->identity, pid, IDENTITY_BRIEF) : -ENOMEM;

    if (result == 0 && has_ended(&actor->identity))
        result = -ESRCH;
    if (result < 0) {
        subject->absence = "has ended";
        free(actor);
        return result;
    }
    subject->identity = &actor->identity;
    read_levels(subject, &actor->identity);
    if (subject->name == NULL) {
        proc_read_comm(pid, actor->name, sizeof actor->name);
        subject->name = actor->name[0] != '\0' ? actor->name : "process";
    }
    return 0;
}

/* The name, or NULL: the process's. 0, -ENOMEM, or -ESRCH when it has ended. */
static int add_subject(struct cast *cast, const char *name, pid_t pid, const char *absence)
{
    struct subject *subjects = realloc(cast->subjects, (cast->count + 1) * sizeof *subjects);

    if (subjects == NULL)
        return -ENOMEM;
    cast->subjects = subjects;
    subjects += cast->count++;
    *subjects = (struct subject){.name = name, .absence = absence};
    return pid != 0 ? add_identity(subjects, pid) : 0;
}

/* The first one. */
static int add_host(struct cast *cast, const char *name, pid_t pid, struct failure *failure)
{
    return failure_of(failure, add_subject(cast, name, pid, NULL), name);
}

/* ---- services ------------------------------------------------------------------------------ */

static int add_service(struct cast *cast, const struct service_row *row, struct failure *failure)
{
    int result = add_subject(cast, row->name, row->pid,
                             row->is_hidden ? "not to be seen from here" : row->state);

    return failure_of(failure, result == -ESRCH ? 0 : result, "diagram");
}

/* Those of the words that are no PIDs, or all; and nsinit itself, where it is the host. */
static int add_services(struct cast *cast, const struct call *call, bool with_nsinit,
                        struct failure *failure)
{
    const struct services *services = &cast->services;
    int result = services_fetch(&cast->services, call->path, failure);

    if (result == 0 && with_nsinit)
        result = add_host(cast, "nsinit", services->nsinit, failure);
    for (size_t i = 0; i < services->count && call->words[0] == NULL && result == 0; i++)
        result = add_service(cast, &services->rows[i], failure);
    for (char **word = call->words; *word != NULL && result == 0; word++)
        if (with_nsinit || services_pid(*word) <= 0) {
            const struct service_row *row = services_member(services, *word, failure);

            result = row != NULL ? add_service(cast, row, failure) : -1;
        }
    return result;
}

/* ---- processes ----------------------------------------------------------------------------- */

static bool is_there(const struct cast *cast, pid_t pid)
{
    for (size_t i = 0; i < cast->count; i++)
        if (cast->subjects[i].identity != NULL && cast->subjects[i].identity->pid == pid)
            return true;
    return false;
}

/* One that has ended is left out, and told of; where nobody else is to be drawn, by the failure. */
static int add_process(struct cast *cast, pid_t pid, bool is_only, struct failure *failure)
{
    int result;

    if (is_there(cast, pid))
        return 0;
    result = add_subject(cast, NULL, pid, NULL);
    if (result == 0)
        return 0;
    errno = -result;
    failure->exit_code = 1;
    (void)error_failed(&failure->error, "process %d", pid);
    if (result == -ENOMEM || is_only)
        return -1;
    cast->count--;
    log_line(LOG_WARNING, "%s: %s", failure->error.subject, failure->error.reason);
    return 0;
}

static int add_given(struct cast *cast, const struct call *call, struct failure *failure)
{
    bool has_services = false;
    int result = add_host(cast, "nsctl", getpid(), failure);

    for (char **word = call->words; *word != NULL && result == 0; word++) {
        pid_t pid = services_pid(*word);
        bool is_last = word[1] == NULL && cast->count == 1 && !has_services;
        if (pid > 0)
            result = add_process(cast, pid, is_last, failure);
        else
            has_services = true;
    }
    return result == 0 && has_services ? add_services(cast, call, false, failure) : result;
}

/* ---- the picture --------------------------------------------------------------------------- */

/* What is to be drawn, and how. */
struct picture {
    struct diagram diagram;
    enum diagram_format format;
};

static int add_picture(struct strbuf *text, const void *what)
{
    const struct picture *picture = what;

    return diagram_add(text, &picture->diagram, picture->format);
}

static int draw(const struct cast *cast, const struct call *call, struct failure *failure)
{
    enum diagram_format format = (enum diagram_format)format_of(call, &failure->error);
    size_t width = screen_width();
    const struct picture picture = {
        .diagram = {.subjects = cast->subjects,
                    .count = cast->count,
                    .width = width > 0 ? width : USUAL_WIDTH,
                    .is_ascii = format == DIAGRAM_TEXT && !utf8_is_spoken()},
        .format = format};

    return failure_of(failure, screen_print(add_picture, &picture), "stdout");
}

int diagram_run(const struct call *call, struct failure *failure)
{
    struct cast cast = {0};
    /* Of nobody in particular: of the pod. */
    bool is_of_pod = !is_of_ns(call) || call->words[0] == NULL;
    int result =
        is_of_pod ? add_services(&cast, call, true, failure) : add_given(&cast, call, failure);

    if (result == 0)
        result = draw(&cast, call, failure);
    while (cast.count > 0)
        free((void *)cast.subjects[--cast.count].identity);
    free(cast.subjects);
    services_free(&cast.services);
    return result;
}
