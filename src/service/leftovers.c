/*
 * leftovers.c - find and signal the processes that a cleanup is to end
 */
#include "service/leftovers_private.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "service/cleanup.h"
#include "service/supervised.h"
#include "util/log.h"

void signalled_forget(struct signalled *signalled)
{
    processes_free(&signalled->processes);
    signalled->signal_number = 0;
}

void signalled_set(struct signalled *signalled, int signal_number, struct process_list *list)
{
    if (signal_number == SIGCONT || signal_number == SIGKILL) {
        processes_free(list);
        return;
    }
    signalled_forget(signalled);
    signalled->signal_number = signal_number;
    signalled->processes = *list;
}

bool leftovers_are_all(const struct cleanup *cleanup)
{
    const struct service_common *common = cleanup->common;

    return cleanup->service == NULL || (common->count == 1 && common->foreign_children.count == 0);
}

bool leftovers_go_by_group(const struct cleanup *cleanup)
{
    const struct service_common *common = cleanup->common;

    return !common->adopts_orphans ||
           (cleanup->service != NULL && (common->count > 1 || common->holder_pid != 0));
}

/* The services whose groups a cleanup looks at: its own service, or all for the whole pod. */
static struct supervised *services_of(const struct cleanup *cleanup, size_t *count)
{
    *count = cleanup->service != NULL ? 1 : cleanup->common->count;
    return cleanup->service != NULL ? cleanup->service : cleanup->common->services;
}

/* Foreign children and their descendants are not leftovers of a run. */
int leftovers_find(const struct cleanup *cleanup, struct process_list *list)
{
    const struct service_common *common = cleanup->common;
    int result;

    if (cleanup->service == NULL && common->is_pid_1)
        result = processes_others(list);
    else
        result = processes_below(getpid(),
                                 cleanup->service != NULL ? &common->foreign_children : NULL, list);
    /* PID 1 signals all processes without a list of them. */
    if (result < 0 && !common->is_pid_1) {
        errno = -result;
        log_line(LOG_WARNING, "%s: find remaining processes: %m", cleanup_name(cleanup));
    }
    return result;
}

/* leftovers_member for one group. */
static pid_t member_of(struct process_group *group, bool reachable, struct tally *tally)
{
    int result = process_group_signal(group, 0);
    struct process_list list;
    pid_t member = 0;

    if ((result != 0 && result != -EPERM) || processes_in_group(group->number, &list) < 0)
        return 0;
    for (size_t i = 0; i < list.count && member == 0; i++) {
        result = process_signal(&list.processes[i], 0, NULL);
        if (result == -EPERM && tally->refused++ == 0)
            tally->first_refused = list.processes[i].pid;
        if (result == 0 || (result == -EPERM && !reachable))
            member = list.processes[i].pid;
    }
    processes_free(&list);
    return member;
}

pid_t leftovers_member(const struct cleanup *cleanup, bool reachable, struct tally *tally)
{
    size_t count;
    struct supervised *services = services_of(cleanup, &count);
    pid_t member = 0;

    for (size_t i = 0; i < count && member == 0; i++)
        member = member_of(&services[i].cleanup.group, reachable, tally);
    return member;
}

/* A member of the group that no longer descends from nsinit, or 0. */
static pid_t lost_member(pid_t group)
{
    struct process_list list;
    pid_t lost = 0;

    if (processes_in_group(group, &list) < 0)
        return 0;
    for (size_t i = 0; i < list.count && lost == 0; i++)
        if (processes_child_above(list.processes[i].pid, getpid()) == 0)
            lost = list.processes[i].pid;
    processes_free(&list);
    return lost;
}

void leftovers_warn_lost(const struct cleanup *cleanup)
{
    struct service_common *common = cleanup->common;
    struct error error = {.kind = ERROR_FAILED};
    char name[32];
    pid_t lost;

    if (common->adopts_orphans || common->has_warned_lost || common->pod->quiet_about_orphans ||
        cleanup->group.number == 0)
        return;
    lost = lost_member(cleanup->group.number);
    if (lost == 0)
        return;
    common->has_warned_lost = true;
    proc_read_comm(lost, name, sizeof name);
    error_subject(&error, "%s: adopt orphan %d (%s)", cleanup_name(cleanup), lost, name);
    error_reason(&error, ERROR_FAILED,
                 "nsinit is neither PID 1 nor a subreaper, so another init adopts it");
    error_hint(&error, "use -s (NSINIT_SUBREAPER=1) to adopt orphans");
    log_error(LOG_WARNING, &error);
}

pid_t leftovers_any_other(void)
{
    struct process_list list;
    pid_t other;

    /* kill(2) also counts zombies, which only /proc shows as such. */
    if ((kill(-1, 0) < 0 && errno == ESRCH) || processes_others(&list) < 0)
        return 0;
    other = list.count > 0 ? list.processes[0].pid : 0;
    processes_free(&list);
    return other;
}

/* Whether PID 1 may use kill(-1), which no process escapes, and which spares none. */
static bool reaches_all_at_once(const struct cleanup *cleanup)
{
    return cleanup->common->is_pid_1 && leftovers_are_all(cleanup) &&
           (cleanup->service == NULL || !processes_any_foreign());
}

void leftovers_signal(const struct cleanup *cleanup, int signal_number)
{
    if (leftovers_go_by_group(cleanup)) {
        size_t count;
        struct supervised *services = services_of(cleanup, &count);

        for (size_t i = 0; i < count; i++)
            (void)process_group_signal(&services[i].cleanup.group, signal_number);
    } else if (reaches_all_at_once(cleanup)) {
        (void)kill(-1, signal_number);
    } else {
        struct process_list list;

        if (leftovers_find(cleanup, &list) < 0)
            return;
        (void)processes_signal(&list, signal_number);
        processes_free(&list);
    }
}

/* Signal the processes of the list that have not got the signal yet. */
static void signal_others(const struct cleanup *cleanup, struct process_list *list,
                          int signal_number)
{
    size_t count;
    const struct supervised *services = services_of(cleanup, &count);

    for (size_t i = 0; i < list->count; i++) {
        bool has_had_it = false;

        for (size_t j = 0; j < count && !has_had_it; j++)
            has_had_it =
                services[j].cleanup.signalled.signal_number == signal_number &&
                processes_has(&services[j].cleanup.signalled.processes, &list->processes[i]);
        if (!has_had_it)
            (void)process_signal(&list->processes[i], signal_number, NULL);
    }
    processes_free(list);
}

void leftovers_signal_others(const struct cleanup *cleanup, int signal_number)
{
    size_t count;
    struct supervised *services = services_of(cleanup, &count);
    struct process_list list;
    bool any_signalled = false;

    for (size_t i = 0; i < count; i++)
        any_signalled =
            any_signalled || services[i].cleanup.signalled.signal_number == signal_number;
    if (!any_signalled) {
        leftovers_signal(cleanup, signal_number);
        return;
    }
    if (!leftovers_go_by_group(cleanup) && leftovers_find(cleanup, &list) == 0)
        signal_others(cleanup, &list, signal_number);
    for (size_t i = 0; i < count; i++) {
        struct process_group *group = &services[i].cleanup.group;

        if (leftovers_go_by_group(cleanup) && process_group_signal(group, 0) == 0 &&
            processes_in_group(group->number, &list) == 0)
            signal_others(cleanup, &list, signal_number);
        signalled_forget(&services[i].cleanup.signalled);
    }
}
