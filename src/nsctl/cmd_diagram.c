/*
 * cmd_diagram.c - nsctl status and ns --diagram: processes and their namespaces as a picture
 * This file finds the processes; diagram_graph.c draws them.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "inspect/process_info.h"
#include "linux/proc.h"
#include "nsctl/cmd_private.h"
#include "nsctl/diagram_graph_private.h"
#include "nsctl/screen_private.h"
#include "nsctl/services_private.h"
#include "util/keywords.h"
#include "util/log.h"
#include "util/utf8.h"

/* The width if the output is not a terminal. */
enum { DEFAULT_WIDTH = 80 };

/* The data behind a process of a diagram. */
struct process_data {
    struct identity identity;
    char name[PROC_COMM_SIZE];
};

struct model {
    struct diagram_process *processes; /* owned */
    struct process_data **data;        /* owned, for each process; NULL: it does not run */
    size_t count;
    struct services services; /* the processes' names point into them */
};

static int parse_format(const struct call *call, struct error *error)
{
    static const struct keywords formats = {KEYWORDS_IN(diagram_format_names), .exact = true,
                                            .kind = "format"};

    return keywords_find(&formats, call->diagram, error);
}

static bool is_ns(const struct call *call)
{
    return strcmp(call->verb, "ns") == 0;
}

int diagram_check(const struct call *call, struct failure *failure)
{
    static const char subject[] = "--diagram";

    if (parse_format(call, &failure->error) < 0) {
        error_subject(&failure->error, "%s", subject);
        error_hint(&failure->error, "choose text, mermaid or dot");
        return -1;
    }
    if (!is_ns(call) && strcmp(call->verb, "status") != 0)
        return failure_set(failure, subject, "is for status and ns");
    if (call->json || call->watch)
        return failure_set(failure, subject, call->json ? "excludes --json" : "excludes --watch");
    return 0;
}

/* ---- one process ----------------------------------------------------------------------------- */

/*
 * The kernel lists all PID namespaces of a process, unless it disagrees with /proc on their number.
 */
static void read_levels(struct diagram_process *process, const struct identity *identity)
{
    int count = identity_pid_namespaces(identity->pid, process->pid_namespaces);
    size_t known = identity->pid_count;

    if (count > 0 && (known == 0 || known == (size_t)count)) {
        process->level_count = (size_t)count;
        return;
    }
    process->level_count = known > 0 ? known : 1;
    process->pid_namespaces_error = identity->namespaces[NAMESPACE_PID].id == 0 ? 0 : -count;
    memset(process->pid_namespaces, 0, sizeof process->pid_namespaces);
    process->pid_namespaces[0] = identity_namespace(getpid(), NAMESPACE_PID);
    if (process->level_count > 1)
        process->pid_namespaces[process->level_count - 1] = identity->namespaces[NAMESPACE_PID].id;
}

/* A process that ended while it was read, zombies included: only they have no mount namespace. */
static bool has_ended(const struct identity *identity)
{
    int error = identity->namespaces[NAMESPACE_MNT].error;

    return error == ENOENT || error == ESRCH;
}

/* 0, -ENOMEM, or -ESRCH when it has ended. */
static int read_process(struct diagram_process *process, struct process_data **data, pid_t pid)
{
    int result;

    *data = malloc(sizeof **data);
    if (*data == NULL)
        return -ENOMEM;
    result = identity_read(&(*data)->identity, pid, IDENTITY_BRIEF);
    if (result == 0 && has_ended(&(*data)->identity))
        result = -ESRCH;
    if (result < 0) {
        process->absence = "has ended";
        free(*data);
        *data = NULL;
        return result;
    }
    process->identity = &(*data)->identity;
    read_levels(process, process->identity);
    if (process->name == NULL) {
        proc_read_comm(pid, (*data)->name, sizeof(*data)->name);
        process->name = (*data)->name[0] != '\0' ? (*data)->name : "process";
    }
    return 0;
}

/*
 * Add a process. `name` NULL: the program's. `pid` 0: it does not run, for the reason `absence`. 0,
 * -ENOMEM, or -ESRCH when it has ended.
 */
static int add_process(struct model *model, const char *name, pid_t pid, const char *absence)
{
    size_t count = model->count + 1;
    struct diagram_process *processes = realloc(model->processes, count * sizeof *processes);
    struct process_data **data = realloc(model->data, count * sizeof(struct process_data *));

    if (processes != NULL)
        model->processes = processes;
    if (data != NULL)
        model->data = data;
    if (processes == NULL || data == NULL)
        return -ENOMEM;
    model->count = count;
    processes += count - 1;
    data += count - 1;
    *processes = (struct diagram_process){.name = name, .absence = absence};
    *data = NULL;
    return pid != 0 ? read_process(processes, data, pid) : 0;
}

static int add_host(struct model *model, const char *name, pid_t pid, struct failure *failure)
{
    return failure_check(failure, add_process(model, name, pid, NULL), name);
}

/* ---- services -------------------------------------------------------------------------------- */

static int add_service(struct model *model, const struct service_row *row, struct failure *failure)
{
    int result = add_process(model, row->name, row->pid,
                             row->is_hidden ? "it has no PID in this PID namespace" : row->state);

    return failure_check(failure, result == -ESRCH ? 0 : result, "diagram");
}

/* Add the services that words name, or all; and nsinit before them if it is the host. */
static int add_services(struct model *model, const struct call *call, bool with_nsinit,
                        struct failure *failure)
{
    const struct services *services = &model->services;
    int result = services_fetch(&model->services, call->path, failure);

    if (result == 0 && with_nsinit)
        result = add_host(model, "nsinit", services->nsinit, failure);
    for (size_t i = 0; i < services->count && call->words[0] == NULL && result == 0; i++)
        result = add_service(model, &services->rows[i], failure);
    for (char **word = call->words; *word != NULL && result == 0; word++)
        if (with_nsinit || services_parse_pid(*word) <= 0) {
            const struct service_row *row = services_find_name(services, *word, failure);

            result = row != NULL ? add_service(model, row, failure) : -1;
        }
    return result;
}

/* ---- processes that words name --------------------------------------------------------------- */

static bool has_process(const struct model *model, pid_t pid)
{
    for (size_t i = 0; i < model->count; i++)
        if (model->data[i] != NULL && model->data[i]->identity.pid == pid)
            return true;
    return false;
}

/* Leave out a process that has ended, with a warning; but fail if there is nothing else to draw. */
static int add_pid(struct model *model, pid_t pid, bool is_only, struct failure *failure)
{
    int result;

    if (has_process(model, pid))
        return 0;
    result = add_process(model, NULL, pid, NULL);
    if (result == 0)
        return 0;
    errno = -result;
    failure->exit_code = EXIT_REFUSED;
    (void)error_failed(&failure->error, "process %d", pid);
    if (result == -ENOMEM || is_only)
        return -1;
    model->count--;
    log_line(LOG_WARNING, "%s: %s", failure->error.subject, failure->error.reason);
    return 0;
}

/* Add nsctl as the host, the processes that words name, and behind them the services. */
static int add_words(struct model *model, const struct call *call, struct failure *failure)
{
    bool has_services = false;
    int result = add_host(model, "nsctl", getpid(), failure);

    for (char **word = call->words; *word != NULL && result == 0; word++) {
        pid_t pid = services_parse_pid(*word);
        bool is_only = word[1] == NULL && model->count == 1 && !has_services;

        if (pid > 0)
            result = add_pid(model, pid, is_only, failure);
        else
            has_services = true;
    }
    return result == 0 && has_services ? add_services(model, call, false, failure) : result;
}

/* ---- the picture ----------------------------------------------------------------------------- */

struct picture {
    struct diagram diagram;
    enum diagram_format format;
};

static int add_picture(struct strbuf *text, const void *context)
{
    const struct picture *picture = context;

    return diagram_add(text, &picture->diagram, picture->format);
}

static int draw(const struct model *model, const struct call *call, struct failure *failure)
{
    enum diagram_format format = (enum diagram_format)parse_format(call, &failure->error);
    size_t width = screen_width();
    const struct picture picture = {
        .diagram = {.processes = model->processes,
                    .count = model->count,
                    .width = width > 0 ? width : DEFAULT_WIDTH,
                    .is_ascii = format == DIAGRAM_TEXT && !utf8_in_locale()},
        .format = format};

    return failure_check(failure, screen_print(add_picture, &picture), "stdout");
}

int diagram_run(const struct call *call, struct failure *failure)
{
    struct model model = {0};
    /* Without words, ns draws the pod as status does. */
    bool is_pod = !is_ns(call) || call->words[0] == NULL;
    int result =
        is_pod ? add_services(&model, call, true, failure) : add_words(&model, call, failure);

    if (result == 0)
        result = draw(&model, call, failure);
    for (size_t i = 0; i < model.count; i++)
        free(model.data[i]);
    free(model.data);
    free(model.processes);
    services_free(&model.services);
    return result;
}
