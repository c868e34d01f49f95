/*
 * cmd_ns.c - nsctl ns: all namespaces, or the namespaces of processes and services
 * It reads /proc, and asks nsinit for the names of its services.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "inspect/held_namespaces.h"
#include "linux/proc.h"
#include "nsctl/cmd_ns_private.h"
#include "util/log.h"

/* ---- the processes that the words name ------------------------------------------------------- */

/* Only in the /proc of this PID namespace do nsinit's PIDs stand for its processes. */
static int check_proc(struct failure *failure)
{
    if (proc_is_ours())
        return 0;
    return failure_set(failure, "/proc", "it is not that of this PID namespace");
}

/* -1 with `failure` filled in. */
static pid_t find_process(const struct call *call, struct services *services, const char *word,
                          bool *has_ended, struct failure *failure)
{
    const struct service_row *row;
    pid_t pid = services_parse_pid(word);

    *has_ended = false;
    if (pid < 0)
        return check_proc(failure) < 0
                   ? -1
                   : services_find_process(services, call->path, word, &row, failure);
    /* --diff answers "unknown" for a process that this user may not look at. */
    if (ns_id_by_proc(pid, NAMESPACE_MNT) != 0 || (call->diff && errno == EACCES))
        return pid;
    if (errno == ENOENT)
        errno = ESRCH;
    *has_ended = errno == ESRCH;
    failure->exit_code = EXIT_REFUSED;
    return error_failed(&failure->error, "process %d", pid);
}

/*
 * Find all processes of the words; `wanted` is the caller's to free. One that has ended is warned
 * of as long as there are others. 0, or -1 with `failure` filled in.
 */
static int find_wanted(const struct call *call, struct services *services, pid_t **wanted,
                       size_t *count, struct failure *failure)
{
    size_t words = 0;

    while (call->words[words] != NULL)
        words++;
    *wanted = calloc(words + 1, sizeof **wanted);
    if (*wanted == NULL)
        return error_failed(&failure->error, "ns");
    for (size_t i = 0; i < words; i++) {
        bool has_ended;
        pid_t pid = find_process(call, services, call->words[i], &has_ended, failure);

        if (pid >= 0)
            (*wanted)[(*count)++] = pid;
        else if (!has_ended || call->diff || (i + 1 == words && *count == 0))
            return -1;
        else
            log_line(LOG_WARNING, "%s: %s", failure->error.subject, failure->error.reason);
    }
    return 0;
}

/* ---- services among the processes ------------------------------------------------------------ */

static void mark_services(const struct ns_scan *scan, const struct services *services)
{
    for (size_t i = 0; i < scan->process_count; i++)
        for (size_t j = 0; j < services->count; j++)
            if (scan->processes[i].pid == services->rows[j].pid)
                scan->processes[i].mark = (unsigned int)j + 1;
}

const struct service_row *ns_service_of(const struct ns_listing *listing,
                                        const struct ns_process *process)
{
    return process->mark > 0 ? &listing->services->rows[process->mark - 1] : NULL;
}

/* They are there already if a word was the name of one. */
static void find_services(struct ns_listing *listing, const struct call *call,
                          struct services *services, struct failure *failure)
{
    if (check_proc(failure) < 0 ||
        (services->nsinit == 0 && services_fetch(services, call->path, failure) < 0))
        listing->no_services = failure->error.reason;
    mark_services(listing->scan, services);
}

/* ---- the namespaces to print ----------------------------------------------------------------- */

/* A tree shows, with a namespace, those around it. */
static void want_parents(const struct ns_scan *scan)
{
    for (size_t i = 0; i < scan->count; i++) {
        struct ns_node *node = &scan->nodes[i];

        if (!node->is_wanted)
            continue;
        while (node->parent != 0 && (node = ns_scan_find(scan, node->type, node->parent)) != NULL)
            node->is_wanted = true;
    }
}

/* Drop processes from the front that have ended since the scan: the first one gets a column. */
static void skip_ended(const struct ns_listing *listing, struct ns_node *node)
{
    while (node->first > 0) {
        const struct ns_process *first = ns_scan_process(listing->scan, node->first);
        int error = process_info_of(listing->infos, first)->status_error;

        if (error != ENOENT && error != ESRCH)
            return;
        node->first = first->next[node->type];
        node->count--;
    }
    /* The namespace has ended with its last process, unless a file or a mount holds it. */
    if (node->levels_up == 0 && node->path == NULL)
        node->is_wanted = false;
}

static void skip_all_ended(const struct ns_listing *listing)
{
    for (size_t i = 0; i < listing->scan->count; i++)
        if (listing->scan->nodes[i].is_wanted)
            skip_ended(listing, &listing->scan->nodes[i]);
}

static int print(const struct call *call, struct services *services, struct ns_scan *scan)
{
    struct failure no_services = {0};
    struct process_infos infos;
    struct ns_listing listing = {
        .scan = scan, .infos = &infos, .services = services, .is_tree = call->tree};
    int result = process_infos_open(&infos, scan);

    if (result < 0)
        return result;
    find_services(&listing, call, services, &no_services);
    skip_all_ended(&listing);
    if (call->tree)
        result = ns_scan_add_parents(scan);
    if (result == 0 && call->tree)
        want_parents(scan);
    if (result == 0)
        result = (call->json ? ns_print_objects : ns_print_table)(&listing);
    process_infos_free(&infos);
    return result;
}

static void warn_of_unreadable(size_t count)
{
    if (count > 0)
        log_line(LOG_WARNING, "%zu process%s not shown: %s", count, count > 1 ? "es are" : " is",
                 strerror(EACCES));
}

static int scan_and_print(const struct call *call, struct services *services, ns_set types,
                          const pid_t *wanted, size_t count, struct failure *failure)
{
    struct ns_scan scan;
    int result = ns_scan_read(&scan, types, wanted, count);

    if (result == 0 && count == 0)
        result = held_namespaces_add(&scan, types);
    if (result == 0) {
        result = print(call, services, &scan);
        warn_of_unreadable(scan.unreadable);
    }
    ns_scan_free(&scan);
    return failure_check(failure, result, result == -ENOENT ? "/proc" : "ns");
}

/* ---- the verb -------------------------------------------------------------------------------- */

/* 0, or -1 with `failure` filled in. */
static int check_options(const struct call *call, ns_set *types, struct failure *failure)
{
    *types = 0;
    error_subject(&failure->error, "--type");
    if (ns_set_parse(types, call->types != NULL ? call->types : "all", &failure->error) < 0)
        return -1;
    if (call->tree && call->diff)
        return failure_set(failure, "--tree", "excludes --diff");
    if (call->drop && (call->tree || call->diff || call->words[0] == NULL))
        return failure_set(failure, "--drop", "needs a PATH or netns:NAME, and no other option");
    if (call->tree)
        *types &= 1U << NAMESPACE_PID | 1U << NAMESPACE_USER;
    if (*types == 0)
        return failure_set(failure, "--tree", "only pid and user namespaces are nested");
    if (call->diff && (call->words[0] == NULL || call->words[1] == NULL || call->words[2] != NULL))
        return failure_set(failure, "--diff", "needs two arguments, each a PID or a SERVICE");
    return 0;
}

int ns_run(const struct call *call, struct failure *failure)
{
    struct services services = {0};
    ns_set types;
    pid_t *wanted = NULL;
    size_t count = 0;
    int result;

    if (check_options(call, &types, failure) < 0)
        return -1;
    if (call->drop)
        return ns_drop(call, failure);
    result = find_wanted(call, &services, &wanted, &count, failure);
    if (result == 0 && call->diff)
        result = ns_diff(call, types, wanted, failure);
    else if (result == 0)
        result = scan_and_print(call, &services, types, wanted, count, failure);
    /* The exit codes 0 to 2 of --diff are answers. */
    if (result < 0 && call->diff)
        failure->exit_code = EXIT_UNREACHABLE;
    free(wanted);
    services_free(&services);
    return result;
}
