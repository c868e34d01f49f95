/*
 * signal.c - send signals to a service
 */
#include "service/signal.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "spawn/channel.h"
#include "linux/process_list.h"
#include "service/main_pid.h"
#include "service/service.h"
#include "util/log.h"

/* As if the sender had queued it: with its value, and in its name (sigqueue(3)). */
static siginfo_t queued(int signal_number, const struct signalfd_siginfo *from)
{
    siginfo_t info;

    memset(&info, 0, sizeof info);
    info.si_signo = signal_number;
    info.si_code = SI_QUEUE;
    info.si_pid = (pid_t)from->ssi_pid;
    info.si_uid = from->ssi_uid;
    info.si_value.sival_ptr = (void *)(uintptr_t)from->ssi_ptr;
    return info;
}

/* To a child that has not been waited for. */
static int queue_signal(pid_t pid, int signal_number, const struct signalfd_siginfo *from)
{
    siginfo_t info = queued(signal_number, from);

    return syscall(SYS_rt_sigqueueinfo, pid, signal_number, &info) < 0 ? -errno : 0;
}

/* To each of the group's members, of nsinit's own group to each below nsinit: others are a script's
 * or a pipeline's. A negative errno when there is none. */
static int send_to_members(pid_t group, int signal_number, const siginfo_t *info)
{
    bool is_own = group == getpgrp();
    struct process_list list;
    int result = processes_in_group(group, &list);

    if (result < 0)
        return result;
    result = -ESRCH;
    for (size_t i = 0; i < list.count; i++) {
        pid_t pid = list.processes[i].pid;

        if (pid != getpid() && (!is_own || processes_descends_from(pid, getpid()))) {
            int sent = process_signal(&list.processes[i], signal_number, info);

            if (result != 0)
                result = sent;
        }
    }
    processes_free(&list);
    return result;
}

/* kill(2) has no value to give to a group: each member gets its own. */
static int queue_to_group(pid_t group, int signal_number, const struct signalfd_siginfo *from)
{
    const siginfo_t info = queued(signal_number, from);
    int result = send_to_members(group, signal_number, &info);

    if (result == -ESRCH || result >= 0 || group == getpgrp())
        return result;
    return kill(-group, signal_number) < 0 ? -errno : 0;
}

static int send_to_group(pid_t group, int signal_number, const struct signalfd_siginfo *from)
{
    if (from != NULL && from->ssi_code == SI_QUEUE)
        return queue_to_group(group, signal_number, from);
    if (group == getpgrp())
        return send_to_members(group, signal_number, NULL);
    return kill(-group, signal_number) < 0 ? -errno : 0;
}

/* To its inner init, or -1. */
static int link_of(const struct supervised *supervised)
{
    const struct listening *listening = supervised->listening;

    return listening != NULL && ev_is_active(&listening->channel) ? listening->channel.fd : -1;
}

/*
 * One that is being set up blocks all signals: the program gets what is sent to it before. It may
 * not have its process group yet.
 */
static int send_to_setup(const struct supervised *supervised, int signal_number,
                         const struct signalfd_siginfo *from)
{
    pid_t pid = supervised->setup != NULL ? setup_pid(supervised->setup) : -1;

    if (pid <= 0)
        return pid == 0 ? -EAGAIN : -ESRCH;
    if (from != NULL && from->ssi_code == SI_QUEUE)
        return queue_signal(pid, signal_number, from);
    return kill(pid, signal_number) < 0 ? -errno : 0;
}

static int send_to_main(const struct supervised *supervised, int signal_number,
                        const struct signalfd_siginfo *from)
{
    bool is_queued = from != NULL && from->ssi_code == SI_QUEUE;
    siginfo_t info = is_queued ? queued(signal_number, from) : (siginfo_t){0};
    int result = main_pid_signal(supervised, signal_number, is_queued ? &info : NULL);

    if (result <= 0)
        return result;
    if (is_queued)
        return queue_signal(supervised->pid, signal_number, from);
    return kill(supervised->pid, signal_number) < 0 ? -errno : 0;
}

/* A request to stop reaches more than the program: the others are not to hear it twice. */
static void note_group(struct supervised *supervised, pid_t group, int signal_number)
{
    struct process_list list;

    if (processes_in_group(group, &list) == 0)
        signalled_set(&supervised->cleanup.signalled, signal_number, &list);
}

int supervised_signal(struct supervised *supervised, int signal_number,
                      const struct signalfd_siginfo *from)
{
    /* One that has an inner init leaves it to that. */
    bool to_group = supervised->service->forward_to_group && link_of(supervised) < 0;
    int result = -ENOENT;

    if (supervised->pid == 0)
        return send_to_setup(supervised, signal_number, from);
    /* One that goes on as the service may have left the group, whose number is then anybody's. */
    if (to_group && supervised->group != 0 && supervised->pid != supervised->group &&
        getpgid(supervised->pid) != supervised->group)
        to_group = false;
    if (to_group) {
        pid_t group = supervised->group != 0 ? supervised->group : getpgrp();

        if (from == NULL || signal_asks_to_end(signal_number))
            note_group(supervised, group, signal_number);
        result = send_to_group(group, signal_number, from);
    }
    /* Where /proc does not tell who is in nsinit's own group, the program alone is known. */
    return result != -ENOENT ? result : send_to_main(supervised, signal_number, from);
}

/* To each of its processes: the inner init knows them, else they are nsinit's descendants. */
static void send_to_all(struct supervised *supervised, int signal_number)
{
    const struct service_common *common = supervised->common;
    struct process_list list;
    int link = link_of(supervised);

    if (link >= 0) {
        /* KILL ends the inner init, and with it the namespace: pid_namespaces(7). */
        if (signal_number == SIGKILL)
            (void)kill(supervised->pid, signal_number);
        else
            (void)channel_send(link, CHANNEL_SIGNAL, signal_number, NULL);
        return;
    }
    /* A single service's orphans are known to be its own. */
    if (common->adopts_orphans && common->count == 1 && common->holder_pid == 0) {
        if (leftovers_find(&supervised->cleanup, &list) == 0)
            signalled_set(&supervised->cleanup.signalled, signal_number, &list);
        leftovers_signal(&supervised->cleanup, signal_number);
        return;
    }
    /* An heir is one of the descendants. */
    if (processes_below(supervised->pid, NULL, &list) == 0) {
        (void)processes_signal(&list, signal_number);
        signalled_set(&supervised->cleanup.signalled, signal_number, &list);
    }
    (void)kill(supervised->pid, signal_number);
}

/*
 * Its inner init knows whether the program is still there, or only what it has left behind. That
 * waits for the next step, if there is one, and else has the time that the drain gives it.
 */
static bool step_by_link(const struct supervised *supervised, int signal_number)
{
    int link = link_of(supervised);

    if (link < 0 || signal_number == SIGKILL ||
        channel_send(link, CHANNEL_MORE, stop_walk_has_more(&supervised->stop_walk) ? 0 : -1,
                     NULL) < 0)
        return false;
    return !plan_of(supervised)->stop_all &&
           channel_send(link, CHANNEL_STEP, signal_number, NULL) == 0;
}

int supervised_pending_signal(const struct supervised *supervised)
{
    return plan_of(supervised)->stop_all || supervised->service->forward_to_group
               ? 0
               : supervised->stop_walk.last_signal;
}

void supervised_send_earlier_steps(const struct supervised *supervised)
{
    int link = link_of(supervised);
    /* They were sent to the inner init alone, which has passed them on as any signal. */
    int pending_signal =
        supervised->service->forward_to_group ? 0 : supervised->stop_walk.last_signal;

    if (link >= 0 && stop_walk_has_more(&supervised->stop_walk))
        (void)channel_send(link, CHANNEL_MORE, pending_signal, NULL);
}

void supervised_signal_step(struct supervised *supervised, int signal_number)
{
    if (signal_number == SIGCONT)
        supervised->stopped_by = 0;
    if (step_by_link(supervised, signal_number))
        return;
    if (plan_of(supervised)->stop_all)
        send_to_all(supervised, signal_number);
    else
        (void)supervised_signal(supervised, signal_number, NULL);
}
