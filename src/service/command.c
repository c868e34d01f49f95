/*
 * command.c - run a command where a service lives
 */
#include "service/command.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "service/service.h"

/* Whether the service has kept nsinit's directory, while its command_plan comes in by the root. */
static bool loses_directory(const struct namespaces *namespaces)
{
    for (size_t i = 0; i < namespaces->entrance_count; i++)
        if (ns_set_has(namespaces->joins[i].types, NAMESPACE_MNT))
            return false;
    return ns_set_has(namespaces->unshared, NAMESPACE_MNT) && namespaces->filesystem.root == NULL;
}

/* By the process itself; a namespace that the kernel does not know is not missed. 0 or an errno. */
static int open_readable(const struct supervised *target, struct nsfds *all, const char **name)
{
    *all = nsfds_none();
    for (unsigned int type = 0; type < NAMESPACE_COUNT; type++) {
        int fd = nsfd_open_of(target->pid, (enum ns_type)type);

        if (fd < 0 && fd != -ENOENT) {
            nsfds_close(all);
            *name = ns_types[type].name;
            return -fd;
        }
        all->fds[type] = fd < 0 ? -1 : fd;
    }
    return 0;
}

/*
 * All of them. Another user's process may be looked at by CAP_SYS_PTRACE only, which a container
 * has not: then by what nsinit holds, and the names of what it has entered.
 */
static int open_all(const struct supervised *target, struct nsfds *all, struct error *error)
{
    struct nsfds known;
    const char *name;
    int failure = open_readable(target, all, &name);

    if (failure == 0)
        return 0;
    if (failure == EACCES)
        return target->common->hooks->namespaces_of(target, &known, error) < 0
                   ? -1
                   : nsfds_open(all, &target->service->namespaces, &known, error);
    errno = failure;
    return error_failed(error, "%s: its %s namespace", name_of(target), name);
}

/* The service's own user and limits, and nothing of its life. */
static void plan_command(const struct supervised *target, struct service *command_plan)
{
    *command_plan = *target->service;
    memset(&command_plan->namespaces, 0, sizeof command_plan->namespaces);
    memset(&command_plan->supervision, 0, sizeof command_plan->supervision);
    command_plan->supervision.setup_timeout_ms = plan_of(target)->setup_timeout_ms;
}

void command_begin(struct setup **place, const struct supervised *target,
                   const struct command *command, const struct setup_hooks *hooks, void *owner)
{
    const struct namespaces *namespaces = &target->service->namespaces;
    struct spawn_context context = *command->context;
    struct nsfds all = nsfds_none();
    struct spawning failed = {0};
    char directory[PATH_MAX];
    struct service command_plan;
    int result = 0;

    plan_command(target, &command_plan);
    command_plan.arguments = command->words;
    command_plan.placement = command->placement;
    context.is_exec = true;
    if (namespaces_is_needed(namespaces) || target->common->has_shared_namespaces) {
        result = open_all(target, &all, &failed.error);
        context.ns_to_join = &all;
    }
    if (loses_directory(namespaces) && getcwd(directory, sizeof directory) != NULL)
        command_plan.namespaces.directory = directory;
    if (result == 0)
        setup_begin(place, target->common,
                    &(struct setup_order){.service = &command_plan,
                                          .context = &context,
                                          .hooks = hooks,
                                          .owner = owner,
                                          .target = target});
    else
        hooks->done(owner, &failed, SPAWN_FAILED);
    nsfds_close(&all);
}
