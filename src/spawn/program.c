/*
 * program.c - the last steps of a new process, and how they are told when they fail
 */
#include "spawn/program.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "spawn/exec.h"
#include "util/parse.h"
#include "util/text.h"

static const char listen_pid_name[] = "LISTEN_PID=";

/*
 * Socket activation names the process it is meant for (sd_listen_fds(3)). It was nsinit; it is to
 * be the program, which writes its own number there.
 */
static char **find_listen_pid(char **environment)
{
    unsigned long pid;

    for (; *environment != NULL; environment++)
        if (strncmp(*environment, listen_pid_name, sizeof listen_pid_name - 1) == 0 &&
            parse_number(*environment + sizeof listen_pid_name - 1, INT_MAX, &pid) == 0 &&
            (pid_t)pid == getpid())
            return environment;
    return NULL;
}

/* Whether the program gets another environment than the one nsinit has for it. */
static bool changes_environment(const struct service *service)
{
    const struct settings *settings = &service->settings;

    return settings->user != NULL || settings->clear_environment || settings->variable_count > 0 ||
           find_listen_pid(service->environment) != NULL;
}

static int change_environment(struct program *program, struct error *error)
{
    const struct service *service = program->service;
    char **entry;

    program->changed =
        settings_environment(&service->settings, &program->account, service->environment,
                             program->home, sizeof program->home);
    if (program->changed == NULL)
        return error_reason(error, ERROR_FAILED, "%m");
    program->environment = program->changed;
    entry = find_listen_pid(program->changed);
    if (entry == NULL)
        return 0;
    memcpy(program->listen_pid, listen_pid_name, sizeof listen_pid_name);
    program->has_listen_pid = true;
    *entry = program->listen_pid;
    return 0;
}

int program_prepare(struct program *program, const struct service *service, struct error *error)
{
    const struct settings *settings = &service->settings;

    program->service = service;
    program->has_listen_pid = false;
    program->account = (struct account){0};
    program->environment = service->environment;
    program->changed = NULL;
    if ((settings->user != NULL || settings->groups != NULL) &&
        account_resolve(&program->account, settings->user, settings->groups, error) < 0)
        return -1;
    error_subject(error, "%s", service->name);
    return changes_environment(service) ? change_environment(program, error) : 0;
}

void program_free(struct program *program)
{
    account_free(&program->account);
    free(program->changed);
}

static int fail(struct program_failure *failure, enum program_stage stage, int error_number)
{
    failure->stage = stage;
    failure->error_number = error_number;
    return -1;
}

int program_take_place(const struct service *service, const struct spawn_context *context,
                       struct program_failure *failure)
{
    switch (service->placement) {
    case PLACEMENT_GROUP:
        if (setpgid(0, 0) < 0)
            return fail(failure, PROGRAM_PLACE, errno);
        /* TTOU is blocked, so this works. A terminal that hung up is no reason not to run. */
        if (context->terminal_fd >= 0)
            (void)tcsetpgrp(context->terminal_fd, getpid());
        break;
    case PLACEMENT_SESSION:
        if (setsid() < 0)
            return fail(failure, PROGRAM_PLACE, errno);
        /* It fails when the terminal belongs to another session, a shell's: then there is none. */
        if (context->terminal_fd >= 0)
            (void)ioctl(context->terminal_fd, TIOCSCTTY, 0);
        break;
    case PLACEMENT_INHERITED:
        break;
    }
    return 0;
}

void program_execute(struct program *program, const struct spawn_context *context,
                     char *const *arguments, struct program_failure *failure)
{
    if (settings_apply(&program->service->settings, &program->account, &failure->settings) < 0) {
        fail(failure, PROGRAM_SETTINGS, failure->settings.error_number);
        return;
    }
    /* After the change of user, which clears it: prctl(2). */
    if (context->parent_death_signal != 0)
        (void)prctl(PR_SET_PDEATHSIG, context->parent_death_signal);
    if (program->has_listen_pid) {
        struct text pid = text_in(program->listen_pid + sizeof listen_pid_name - 1,
                                  sizeof program->listen_pid - sizeof listen_pid_name + 1);

        text_format(&pid, "%d", getpid());
    }
    inherited_give_back(context->inherited);
    fail(failure, PROGRAM_EXEC, -exec_search(arguments, program->environment, failure->path));
}

char **program_as_script(const struct program *program, const struct program_failure *failure,
                         char *path)
{
    char *const *original = program->service->arguments;
    size_t count = 0;
    char **arguments;

    if (failure->stage != PROGRAM_EXEC || failure->error_number != ENOEXEC ||
        !exec_is_script(failure->path))
        return NULL;
    while (original[count] != NULL)
        count++;
    arguments = calloc(count + 2, sizeof *arguments);
    if (arguments == NULL)
        return NULL;
    /* The next attempt writes to the failure's path again. */
    memcpy(path, failure->path, strlen(failure->path) + 1);
    arguments[0] = "/bin/sh";
    arguments[1] = path;
    memcpy(arguments + 2, original + 1, (count - 1) * sizeof *arguments);
    return arguments;
}

int program_explain(const struct program *program, const struct program_failure *failure,
                    struct error *error)
{
    const struct service *service = program->service;

    switch (failure->stage) {
    case PROGRAM_SETTINGS:
        return settings_explain(&service->settings, &failure->settings, error);
    case PROGRAM_EXEC:
        error_subject(error, "%s: exec %s", service->name, service->arguments[0]);
        return exec_explain(error, service->arguments[0], program->environment, failure->path,
                            failure->error_number);
    case PROGRAM_PLACE:
        break;
    }
    error_subject(error, "%s: %s", service->name,
                  service->placement == PLACEMENT_SESSION ? "setsid" : "setpgid");
    errno = failure->error_number;
    return error_reason(error, ERROR_FAILED, "%m");
}
