/*
 * reap.c - every child that has ended is waited for: services, orphans, and children that nsinit
 * inherited from whoever executed it
 */
#include "init/inner.h"
#include "init/state.h"

#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

#include "util/log.h"

static struct running *running_by_pid(struct init *init, pid_t pid)
{
    for (size_t i = 0; i < init->pod->service_count; i++)
        if (init->running[i].pid == pid)
            return &init->running[i];
    return NULL;
}

static bool any_service_runs(const struct init *init)
{
    for (size_t i = 0; i < init->pod->service_count; i++)
        if (init->running[i].pid != 0)
            return true;
    return false;
}

static void on_orphan(const struct init *init, pid_t pid, int wait_status)
{
    if (!init->pod->warn_reaped && !log_shows(LOG_DEBUG))
        return;
    if (WIFEXITED(wait_status)) {
        log_line(LOG_ERROR, "reaped orphan %d: exit code %d", pid, WEXITSTATUS(wait_status));
    } else {
        struct signal_name name;

        log_line(LOG_ERROR, "reaped orphan %d: killed by %s", pid,
                 signal_name(WTERMSIG(wait_status), &name));
    }
}

static void on_service_end(struct init *init, struct running *running, int wait_status)
{
    running->pid = 0;
    running->stopped_by = 0;
    running->exit_code = service_exit_code(running->service, wait_status);
    log_line(LOG_INFO, "%s: ended, exit code %d", running->service->name, running->exit_code);
    if (any_service_runs(init))
        return;
    init->exit_code = running->exit_code;
    terminal_take_back(&init->terminal);
    drain_begin(init);
}

static void on_service_stop(struct init *init, struct running *running, int signal_number)
{
    pid_t group = running->group != 0 ? running->group : getpgrp();

    if (init->is_inner) {
        inner_tell_stop(init, signal_number);
        return;
    }
    running->stopped_by = signal_number;
    terminal_on_stop(&init->terminal, group, signal_number, running->service->suspend_together);
}

bool reap_all(struct init *init)
{
    int options = WNOHANG | WUNTRACED;
    int wait_status;
    pid_t pid;

    while ((pid = waitpid(-1, &wait_status, options)) > 0) {
        struct running *running = running_by_pid(init, pid);

        if (WIFSTOPPED(wait_status)) {
            if (running != NULL)
                on_service_stop(init, running, WSTOPSIG(wait_status));
        } else if (running != NULL) {
            on_service_end(init, running, wait_status);
        } else {
            on_orphan(init, pid, wait_status);
        }
    }
    return pid == 0 || errno != ECHILD;
}
