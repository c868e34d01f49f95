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
#include "service/supervised.h"
#include "util/log.h"

/* A received signal as the sender queued it, with value and sender: sigqueue(3). */
static siginfo_t queued_info(int signal_number, const struct signalfd_siginfo *from)
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

/* Queue a signal to a child that has not been waited for. */
static int queue_signal(pid_t pid, int signal_number, const struct signalfd_siginfo *from)
{
    siginfo_t info = queued_info(signal_number, from);

    return syscall(SYS_rt_sigqueueinfo, pid, signal_number, &info) < 0 ? -errno : 0;
}

/*
 * Signal each member of a group; in nsinit's own group, only nsinit's descendants, as others belong
 * to a script or a pipeline. Returns 0 or a negative errno: -ESRCH if no process qualifies.
 */
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

/* kill(2) passes no value: send the signal to each member by itself. */
static int queue_to_group(pid_t group, int signal_number, const struct signalfd_siginfo *from)
{
    const siginfo_t info = queued_info(signal_number, from);
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

/* The channel to the inner init of the service, or -1. */
static int inner_channel(const struct supervised *supervised)
{
    const struct listening *listening = supervised->listening;

    return listening != NULL && ev_is_active(&listening->channel) ? listening->channel.fd : -1;
}

/*
 * Signal the process during its setup. It blocks all signals, so the program gets them after its
 * execution. The process may not have its group yet.
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
    siginfo_t info = is_queued ? queued_info(signal_number, from) : (siginfo_t){0};
    int result = main_pid_signal(supervised, signal_number, is_queued ? &info : NULL);

    if (result <= 0)
        return result;
    if (is_queued)
        return queue_signal(supervised->pid, signal_number, from);
    return kill(supervised->pid, signal_number) < 0 ? -errno : 0;
}

/* Note which processes of the group get a request to stop now: the cleanup does not repeat it. */
static void note_group(struct supervised *supervised, pid_t group, int signal_number)
{
    struct process_list list;

    if (processes_in_group(group, &list) == 0)
        signalled_set(&supervised->cleanup.signalled, signal_number, &list);
}

int supervised_signal(struct supervised *supervised, int signal_number,
                      const struct signalfd_siginfo *from)
{
    /* An inner init signals the group itself. */
    bool to_group = supervised->service->forward_to_group && inner_channel(supervised) < 0;
    int result = -ENOENT;

    if (supervised->pid == 0)
        return send_to_setup(supervised, signal_number, from);
    /* A successor may have left the group, whose ID may then belong to another group. */
    if (to_group && supervised->group != 0 && supervised->pid != supervised->group &&
        getpgid(supervised->pid) != supervised->group)
        to_group = false;
    if (to_group) {
        pid_t group = supervised->group != 0 ? supervised->group : getpgrp();

        if (from == NULL || signal_asks_to_end(signal_number))
            note_group(supervised, group, signal_number);
        result = send_to_group(group, signal_number, from);
    }
    /* Without /proc the members of nsinit's own group are unknown: signal the program alone. */
    return result != -ENOENT ? result : send_to_main(supervised, signal_number, from);
}

/* Signal all processes of a service: by its inner init, or as nsinit's descendants. */
static void send_to_all(struct supervised *supervised, int signal_number)
{
    const struct service_common *common = supervised->common;
    struct process_list list;
    int channel = inner_channel(supervised);

    if (channel >= 0) {
        /* KILL ends the inner init, and with it the namespace: pid_namespaces(7). */
        if (signal_number == SIGKILL)
            (void)kill(supervised->pid, signal_number);
        else
            (void)channel_send(channel, CHANNEL_SIGNAL, signal_number, NULL);
        return;
    }
    /* All orphans of a single service are its own. */
    if (common->adopts_orphans && common->count == 1 && common->holder_pid == 0) {
        if (leftovers_find(&supervised->cleanup, &list) == 0)
            signalled_set(&supervised->cleanup.signalled, signal_number, &list);
        leftovers_signal(&supervised->cleanup, signal_number);
        return;
    }
    /* A successor is one of the descendants. */
    if (processes_below(supervised->pid, NULL, &list) == 0) {
        (void)processes_signal(&list, signal_number);
        signalled_set(&supervised->cleanup.signalled, signal_number, &list);
    }
    (void)kill(supervised->pid, signal_number);
}

/*
 * Leave a step to the inner init, which knows whether the program still runs. CHANNEL_MORE tells it
 * whether another step follows: then the leftovers wait for that step, else they get the drain's
 * time. False if nsinit has to signal the service itself.
 */
static bool step_by_channel(const struct supervised *supervised, int signal_number)
{
    int channel = inner_channel(supervised);

    if (channel < 0 || signal_number == SIGKILL ||
        channel_send(channel, CHANNEL_MORE, stop_walk_has_more(&supervised->stop_walk) ? 0 : -1,
                     NULL) < 0)
        return false;
    return !plan_of(supervised)->stop_all &&
           channel_send(channel, CHANNEL_STEP, signal_number, NULL) == 0;
}

int supervised_pending_signal(const struct supervised *supervised)
{
    return plan_of(supervised)->stop_all || supervised->service->forward_to_group
               ? 0
               : supervised->stop_walk.last_signal;
}

void supervised_send_earlier_steps(const struct supervised *supervised)
{
    int channel = inner_channel(supervised);
    /* The inner init got the earlier steps as plain signals and passed them on to the program. */
    int pending_signal =
        supervised->service->forward_to_group ? 0 : supervised->stop_walk.last_signal;

    if (channel >= 0 && stop_walk_has_more(&supervised->stop_walk))
        (void)channel_send(channel, CHANNEL_MORE, pending_signal, NULL);
}

void supervised_signal_step(struct supervised *supervised, int signal_number)
{
    if (signal_number == SIGCONT)
        supervised->stopped_by = 0;
    if (step_by_channel(supervised, signal_number))
        return;
    if (plan_of(supervised)->stop_all)
        send_to_all(supervised, signal_number);
    else
        (void)supervised_signal(supervised, signal_number, NULL);
}
