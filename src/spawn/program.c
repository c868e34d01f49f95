/*
 * program.c - the last steps of a new process, up to execve(2)
 */
#include "spawn/program_private.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "util/environ.h"
#include "spawn/exec_private.h"
#include "util/file.h"
#include "util/log.h"
#include "util/parse.h"
#include "util/strbuf.h"

#define SHELL "/bin/sh"

/*
 * Socket activation and the watchdog name the process that they are for (sd_listen_fds(3),
 * sd_watchdog_enabled(3)). Where that is nsinit, the new process writes its own PID there.
 */
static const char *const pid_variable_names[PID_VARIABLE_COUNT] = {
    [PID_VARIABLE_LISTEN] = "LISTEN_PID=",
    [PID_VARIABLE_WATCHDOG] = "WATCHDOG_PID=",
};

static bool names_nsinit(const char *entry, const char *name, const struct inherited *inherited)
{
    unsigned long pid;

    return parse_number(entry + strlen(name), INT_MAX, &pid) == 0 && (pid_t)pid == inherited->self;
}

/* Without a PID yet: the new process writes it, see write_pid_variables. */
static void set_pid_variable(struct program *program, int i)
{
    strbuf_set(program->pid_variables[i], sizeof program->pid_variables[i], "%s",
               pid_variable_names[i]);
    environment_set(program->environment, program->pid_variables[i]);
}

static void set_pid_variables(struct program *program, const struct inherited *inherited)
{
    for (int i = 0; i < PID_VARIABLE_COUNT; i++) {
        char **entry = environment_find(program->environment, pid_variable_names[i]);

        if (entry == NULL || !names_nsinit(*entry, pid_variable_names[i], inherited))
            continue;
        set_pid_variable(program, i);
        /* It names nsinit's pidfd, and sd_listen_fds(3) would find no descriptors by it. */
        if (i == PID_VARIABLE_LISTEN)
            environment_unset(program->environment, "LISTEN_PIDFDID");
    }
}

static void add_notification(struct program *program, const struct spawn_context *context)
{
    if (context->unsets_notify_socket)
        environment_unset(program->environment, "NOTIFY_SOCKET");
    if (context->unsets_watchdog) {
        environment_unset(program->environment, "WATCHDOG_USEC");
        environment_unset(program->environment, "WATCHDOG_PID");
    }
    if (context->notify_name.text[0] == '\0')
        return;
    strbuf_set(program->notify_socket, sizeof program->notify_socket, "NOTIFY_SOCKET=%s",
               context->notify_name.text);
    environment_set(program->environment, program->notify_socket);
    /* A program without --watchdog may feed the watchdog of nsinit's manager, through the relay. */
    if (context->watchdog_usec == 0)
        return;
    strbuf_set(program->watchdog_usec, sizeof program->watchdog_usec, "WATCHDOG_USEC=%llu",
               (unsigned long long)context->watchdog_usec);
    environment_set(program->environment, program->watchdog_usec);
    set_pid_variable(program, PID_VARIABLE_WATCHDOG);
}

/* Whether the program gets the service's environment unchanged, without a copy. */
static bool keeps_environment(const struct service *service, const struct spawn_context *context)
{
    const struct settings *settings = service_settings(service);

    if (settings->user != NULL || settings->clear_environment || settings->variable_count > 0 ||
        context->notify_name.text[0] != '\0' || context->unsets_notify_socket ||
        context->unsets_watchdog || context->default_variable != NULL)
        return false;
    for (int i = 0; i < PID_VARIABLE_COUNT; i++)
        if (environment_find(service->environment, pid_variable_names[i]) != NULL)
            return false;
    return true;
}

int program_wipe_environment(struct service *service, const struct inherited *inherited,
                             struct error *error)
{
    const struct settings *settings = service_settings(service);
    const struct account no_account = {0};
    char **kept;

    /* The program gets every variable. */
    if (!settings->clear_environment && settings->variable_count == 0 &&
        !service->namespaces.enters[ENTER_ENVIRONMENT])
        return 0;
    kept = credentials_environment(settings, &no_account, service->environment, NULL, 0);
    if (kept == NULL)
        return error_failed(error, "%s", service->name);
    inherited_wipe_environment(inherited, kept);
    service->environment = kept;
    return 0;
}

int program_prepare(struct program *program, const struct service *service,
                    const struct spawn_context *context, struct error *error)
{
    const struct settings *settings = service_settings(service);
    enum { ADDED = 4 }; /* three by add_notification, and a default */

    program->service = service;
    program->account = (struct account){0};
    program->environment = service->environment;
    program->own_environment = NULL;
    program->own_arguments = NULL;
    memset(program->pid_variables, 0, sizeof program->pid_variables);
    if ((settings->user != NULL || settings->groups != NULL) &&
        account_resolve(&program->account, settings->user, settings->groups, error) < 0)
        return -1;
    if (settings->close_fds && !context->is_exec && inherited_check_kept(settings, error) < 0)
        return -1;
    if (settings->keep_groups && settings->groups == NULL)
        program->account.has_groups = false;
    if (!context->is_exec && !settings->no_new_privs && credentials_keeps_bounding_set(settings))
        log_line(
            LOG_WARNING,
            "%s: drop capabilities: the bounding set stays without CAP_SETPCAP; the program gets "
            "no_new_privs instead",
            service->name);
    if (keeps_environment(service, context))
        return 0;
    program->own_environment = credentials_environment(
        settings, &program->account, service->environment, &program->account_variables, ADDED);
    program->environment = program->own_environment;
    if (program->environment == NULL)
        return error_failed(error, "%s", service->name);
    set_pid_variables(program, context->inherited);
    add_notification(program, context);
    if (context->default_variable != NULL &&
        environment_find(program->environment, context->default_variable) == NULL)
        /* The type of execve(2)'s argument lacks a const; it changes nothing. */
        environment_set(program->environment, (char *)(uintptr_t)context->default_variable);
    return 0;
}

void program_free(struct program *program)
{
    account_free(&program->account);
    free(program->own_environment);
    free(program->own_arguments);
}

int program_set_session(const struct service *service, const struct spawn_context *context,
                        struct program_failure *failure)
{
    int result = 0;

    if (service->placement == PLACEMENT_GROUP) {
        result = setpgid(0, 0);
        /* TTOU is blocked. The program runs also on a terminal that hung up. */
        if (result == 0 && context->takes_foreground)
            (void)tcsetpgrp(context->terminal_fd, getpid());
    } else if (service->placement == PLACEMENT_SESSION) {
        result = setsid();
        /* This fails for the terminal of another session, a shell's: the program gets none then. */
        if (result >= 0 && context->terminal_fd >= 0)
            (void)ioctl(context->terminal_fd, TIOCSCTTY, 0);
    }
    /* Replace stdio now, so that no later step uses nsinit's own terminal. */
    for (int fd = 0; context->has_pty && fd <= STDERR_FILENO; fd++)
        if (context->stdio[fd] >= 0 && dup2(context->stdio[fd], fd) < 0)
            result = -1;
    if (result >= 0)
        return 0;
    failure->stage = PROGRAM_SESSION;
    failure->error_number = errno;
    return -1;
}

static void write_pid_variables(struct program *program)
{
    for (int i = 0; i < PID_VARIABLE_COUNT; i++) {
        char *entry = program->pid_variables[i];

        if (entry[0] != '\0')
            strbuf_set(entry, sizeof program->pid_variables[i], "%s%d", pid_variable_names[i],
                       getpid());
    }
}

/* Make the program's user the owner of its stdio, which it may open by name: /dev/stdout. */
static void chown_stdio(const struct program *program, const struct spawn_context *context)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO && program->account.has_user; fd++) {
        if (context->stdio[fd] < 0 && !context->is_exec)
            file_give_pipe(fd, program->account.uid, (gid_t)-1);
        else if (context->stdio[fd] >= 0 && !(fd == STDIN_FILENO && context->stdin_is_null) &&
                 (!context->stdio_belongs_to_client || (context->terminal_fd >= 0 && isatty(fd))))
            (void)!fchown(fd, program->account.uid, (gid_t)-1);
    }
}

/* Set stdio and ready_fd. 0, or -1 with errno. */
static int set_files(const struct program *program, const struct spawn_context *context)
{
    const struct service *service = program->service;

    if (service_settings(service)->close_fds)
        inherited_close_on_exec(service_settings(service));
    for (int fd = 0; fd <= STDERR_FILENO; fd++)
        if (context->stdio[fd] >= 0 && dup2(context->stdio[fd], fd) < 0)
            return -1;
    chown_stdio(program, context);
    if (context->ready_fd < 0)
        return 0;
    /* With equal numbers dup2(2) does nothing, and leaves close-on-exec set. */
    if (context->ready_fd == service->supervision.ready_fd)
        return fcntl(context->ready_fd, F_SETFD, 0);
    return dup2(context->ready_fd, service->supervision.ready_fd) < 0 ? -1 : 0;
}

int program_apply(struct program *program, const struct spawn_context *context,
                  struct program_failure *failure)
{
    int result;

    failure->stage = PROGRAM_FILES;
    result = set_files(program, context);
    if (result == 0) {
        failure->stage = PROGRAM_SETTINGS;
        inherited_restore_fd_limit(context->inherited);
        result = credentials_apply(service_settings(program->service), &program->account,
                                   &failure->settings);
    }
    failure->error_number = result < 0 ? errno : 0;
    return result;
}

/*
 * The program's arguments behind the first, from place `first` of an array of their own; the caller
 * fills the places before. NULL with errno. A vfork child may allocate: nsinit has no other thread,
 * waits, and frees this.
 */
static char **copy_arguments(struct program *program, size_t first)
{
    char *const *arguments = program->service->arguments;
    size_t count = 0;

    while (arguments[count] != NULL)
        count++;
    if (program->own_arguments == NULL)
        program->own_arguments = calloc(count + 2, sizeof *arguments);
    if (program->own_arguments != NULL)
        memcpy(program->own_arguments + first, arguments + 1, (count - 1) * sizeof *arguments);
    return program->own_arguments;
}

static int execute_with_shell(struct program *program, char *path)
{
    char **arguments = copy_arguments(program, 2);

    if (arguments == NULL)
        return errno;
    arguments[0] = (char *)(uintptr_t)SHELL;
    arguments[1] = path;
    execve(SHELL, arguments, program->environment);
    memcpy(path, SHELL, sizeof SHELL);
    return errno;
}

/* Returns the errno of the last attempt, with the name of the file in `path`. */
static int execute(struct program *program, const char *argv0, char *path)
{
    char *const *arguments = program->service->arguments;
    int result;

    if (argv0 != NULL) {
        char **own = copy_arguments(program, 1);

        if (own == NULL)
            return errno;
        own[0] = (char *)(uintptr_t)argv0;
        arguments = own;
    }
    result = exec_search(program->service->arguments[0], arguments, program->environment, path);
    return result == -ENOEXEC && exec_is_script(path) ? execute_with_shell(program, path) : -result;
}

/*
 * A shell without job control ignores these signals in background commands, such as nsinit and its
 * services. A command of nsctl exec has its own terminal.
 */
static void restore_key_signals(void)
{
    const struct sigaction default_action = {.sa_handler = SIG_DFL};

    (void)sigaction(SIGINT, &default_action, NULL);
    (void)sigaction(SIGQUIT, &default_action, NULL);
}

void program_execute(struct program *program, const struct spawn_context *context,
                     struct program_failure *failure)
{
    failure->stage = PROGRAM_EXEC;
    /* The change of user has cleared it: prctl(2). */
    if (context->parent_death_signal != 0)
        (void)prctl(PR_SET_PDEATHSIG, context->parent_death_signal);
    write_pid_variables(program);
    if (context->is_exec)
        restore_key_signals();
    /* A signal that arrives earlier is lost to PID 1, and ends any other process: signal(7). */
    if (!program->service->blocks_signals)
        inherited_restore_signals(context->inherited);
    failure->error_number =
        execute(program, context->is_exec ? NULL : service_settings(program->service)->argv0,
                failure->path);
}

int program_error(const struct program *program, const struct program_failure *failure,
                  struct error *error)
{
    const struct service *service = program->service;

    errno = failure->error_number;
    switch (failure->stage) {
    case PROGRAM_SETTINGS:
        return credentials_error(service_settings(service), &failure->settings, error);
    case PROGRAM_EXEC:
        error_subject(error, "%s: exec %s", service->name, service->arguments[0]);
        return exec_error(error, service->arguments[0], program->environment, failure->path,
                          failure->error_number);
    case PROGRAM_FILES:
        return error_failed(error, "%s: --ready-fd %d", service->name,
                            service->supervision.ready_fd);
    case PROGRAM_SESSION:
        break;
    }
    return error_failed(error, "%s: %s", service->name,
                        service->placement == PLACEMENT_SESSION ? "setsid" : "setpgid");
}
