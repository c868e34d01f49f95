/*
 * command.c - run a command in the namespaces of a service
 */
#include "service/command.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "service/supervised.h"

/* Whether the service runs in nsinit's directory, while a command would start at the root. */
static bool starts_at_root(const struct namespaces *namespaces)
{
    for (size_t i = 0; i < namespaces->join_count; i++)
        if (ns_set_has(namespaces->joins[i].types, NAMESPACE_MNT))
            return false;
    return ns_set_has(namespaces->unshared, NAMESPACE_MNT) && namespaces->filesystem.root == NULL;
}

/* Open the namespaces of the process, but for types that the kernel lacks. 0 or an errno. */
static int open_of_process(const struct supervised *target, struct nsfds *all, const char **name)
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
 * Open all namespaces of the service. Another user's process takes CAP_SYS_PTRACE, which nsinit
 * lacks in a container: then use the namespaces that nsinit holds, and the paths that the service
 * joined.
 */
static int open_all(const struct supervised *target, struct nsfds *all, struct error *error)
{
    struct nsfds known;
    const char *name;
    int failure = open_of_process(target, all, &name);

    if (failure == 0)
        return 0;
    if (failure == EACCES)
        return target->common->hooks->namespaces_of(target, &known, error) < 0
                   ? -1
                   : nsfds_open(all, &target->service->namespaces, &known, error);
    errno = failure;
    return error_failed(error, "%s: open its %s namespace", name_of(target), name);
}

/* The command has the service's user and limits, but no namespaces and no supervision of its own.
 */
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
    if (starts_at_root(namespaces) && getcwd(directory, sizeof directory) != NULL)
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
