/*
 * sandbox.c - the namespaces that all services of a pod share
 */
#include "supervise/sandbox.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "spawn/command.h"
#include "spawn/link.h"
#include "supervise/launch.h"
#include "supervise/supervise.h"
#include "util/log.h"

/* In the new process, where nobody needs it but for its namespaces: until nsinit holds them. */
static _Noreturn void be_there(const struct spawned *spawned)
{
    struct link_message message;

    link_tell(spawned->link_fd, LINK_STARTED, 0, NULL);
    (void)link_receive(spawned->link_fd, &message, NULL, NULL, 1);
    _exit(0);
}

static int hold_namespaces(struct supervisor *supervisor, pid_t pid, struct error *error)
{
    const struct isolation *isolation = &supervisor->pod->sandbox->isolation;
    namespace_set types = isolation->unshared;

    for (size_t i = 0; i < isolation->entrance_count; i++)
        types |= isolation->entrances[i].types;
    for (unsigned int type = 0; type < NAMESPACE_COUNT; type++) {
        int fd;

        if (!namespaces_have(types, (enum namespace_type)type))
            continue;
        fd = namespace_open_of(pid, (enum namespace_type)type);
        if (fd < 0) {
            errno = -fd;
            return error_failed(error, "pod: the %s namespace", namespace_kinds[type].name);
        }
        supervisor->shared.fds[type] = fd;
    }
    supervisor->has_shared = true;
    return 0;
}

static void on_end(void *owner, pid_t pid, int wait_status)
{
    struct supervisor *supervisor = owner;

    (void)wait_status;
    pid_list_remove(&supervisor->strangers, pid);
    supervisor->sandbox_pid = 0;
    close(supervisor->sandbox_link);
    if (supervisor->launch.is_over) {
        supervisor->hooks->on_all_ended(supervisor->owner);
        return;
    }
    log_line(LOG_WARNING, "pod: the process that holds its PID namespace has ended, and with it "
                          "all in there");
    launch_stop(supervisor);
}

static int start(struct supervisor *supervisor, struct spawned *spawned, struct error *error)
{
    struct spawn_context context = supervisor->context;
    const struct service *sandbox = supervisor->pod->sandbox;
    bool has_pid = namespaces_have(sandbox->isolation.unshared, NAMESPACE_PID);
    int result;

    context.is_sandbox = true;
    result = spawn_service(sandbox, &context, spawned, error);
    if (result == 1 && has_pid)
        supervisor->hooks->become_inner(supervisor->owner, NULL, &context, spawned);
    if (result == 1)
        be_there(spawned);
    return result;
}

int sandbox_start(struct supervisor *supervisor, struct error *error)
{
    struct spawned spawned;
    int result;

    supervisor->shared = namespaces_none();
    if (supervisor->pod->sandbox == NULL)
        return 0;
    if (children_reserve(&supervisor->children) < 0)
        return error_failed(error, "pod: memory");
    if (start(supervisor, &spawned, error) < 0)
        return -1;
    result = hold_namespaces(supervisor, spawned.pid, error);
    if (result == 0 &&
        namespaces_have(supervisor->pod->sandbox->isolation.unshared, NAMESPACE_PID)) {
        supervisor->sandbox_pid = spawned.pid;
        supervisor->sandbox_link = spawned.link_fd;
        (void)pid_list_add(&supervisor->strangers, spawned.pid);
        children_add(&supervisor->children, spawned.pid, on_end, supervisor);
        return 0;
    }
    close(spawned.link_fd);
    (void)kill(spawned.pid, result < 0 ? SIGKILL : 0);
    (void)command_wait(spawned.pid);
    return result;
}

bool sandbox_end(struct supervisor *supervisor)
{
    if (supervisor->sandbox_pid == 0)
        return false;
    /* It ends all that is left by the drain schedule, as any nsinit that is asked to. */
    return kill(supervisor->sandbox_pid, SIGTERM) == 0;
}

void sandbox_hurry(const struct supervisor *supervisor)
{
    if (supervisor->sandbox_pid != 0)
        (void)kill(supervisor->sandbox_pid, SIGTERM);
}
