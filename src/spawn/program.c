/*
 * program.c - the last steps of a new process, and how they are told when they fail
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

/*
 * Socket activation and the watchdog name the process they are meant for (sd_listen_fds(3),
 * sd_watchdog_enabled(3)). It was nsinit; it is to be the program, which writes its own pid there.
 */
static const char *const own_pid_names[OWN_PID_COUNT] = {
    [OWN_PID_LISTEN] = "LISTEN_PID=",
    [OWN_PID_WATCHDOG] = "WATCHDOG_PID=",
};

static bool names_nsinit(const char *entry, const char *name, const struct inherited *inherited)
{
    unsigned long pid;

    return parse_number(entry + strlen(name), INT_MAX, &pid) == 0 && (pid_t)pid == inherited->self;
}

/* The program writes its pid behind the name. */
static void set_own_pid(struct program *program, int i)
{
    strbuf_set(program->own_pids[i], sizeof program->own_pids[i], "%s", own_pid_names[i]);
    environment_set(program->environment, program->own_pids[i]);
}

static void set_own_pids(struct program *program, const struct inherited *inherited)
{
    for (int i = 0; i < OWN_PID_COUNT; i++) {
        char **entry = environment_find(program->environment, own_pid_names[i]);

        if (entry == NULL || !names_nsinit(*entry, own_pid_names[i], inherited))
            continue;
        set_own_pid(program, i);
        /* The number of nsinit's pidfd goes with its pid: the files would be nobody's. */
        if (i == OWN_PID_LISTEN)
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
    /* Else a watchdog that watches nsinit is fed by the program, through the relay. */
    if (context->watchdog_usec == 0)
        return;
    strbuf_set(program->watchdog_usec, sizeof program->watchdog_usec, "WATCHDOG_USEC=%llu",
               (unsigned long long)context->watchdog_usec);
    environment_set(program->environment, program->watchdog_usec);
    set_own_pid(program, OWN_PID_WATCHDOG);
}

/* Whether it gets what nsinit has for it as it is: then nothing needs to be copied. */
static bool keeps_environment(const struct service *service, const struct spawn_context *context)
{
    const struct settings *settings = service_settings(service);

    if (settings->user != NULL || settings->clear_environment || settings->variable_count > 0 ||
        context->notify_name.text[0] != '\0' || context->unsets_notify_socket ||
        context->unsets_watchdog || context->default_variable != NULL)
        return false;
    for (int i = 0; i < OWN_PID_COUNT; i++)
        if (environment_find(service->environment, own_pid_names[i]) != NULL)
            return false;
    return true;
}

int program_wipe_environment(struct service *service, const struct inherited *inherited,
                             struct error *error)
{
    const struct settings *settings = service_settings(service);
    const struct account nobody = {0};
    char **kept;

    /* The program gets all of it, then. */
    if (!settings->clear_environment && settings->variable_count == 0)
        return 0;
    kept = credentials_environment(settings, &nobody, service->environment, NULL, 0);
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
    enum { ADDED = 4 }; /* add_notification's, and a default */

    program->service = service;
    program->account = (struct account){0};
    program->environment = service->environment;
    program->own_environment = NULL;
    program->by_shell = NULL;
    memset(program->own_pids, 0, sizeof program->own_pids);
    if ((settings->user != NULL || settings->groups != NULL) &&
        account_resolve(&program->account, settings->user, settings->groups, error) < 0)
        return -1;
    if (!context->is_exec && !settings->no_new_privs && credentials_keeps_bounding_set(settings))
        log_line(
            LOG_WARNING,
            "%s: capabilities: without CAP_SETPCAP the bounding set stays, and the program gets "
            "no_new_privs instead",
            service->name);
    if (keeps_environment(service, context))
        return 0;
    program->own_environment = credentials_environment(
        settings, &program->account, service->environment, &program->account_variables, ADDED);
    program->environment = program->own_environment;
    if (program->environment == NULL)
        return error_failed(error, "%s", service->name);
    set_own_pids(program, context->inherited);
    add_notification(program, context);
    if (context->default_variable != NULL &&
        environment_find(program->environment, context->default_variable) == NULL)
        /* execve(2) takes what it does not change as if it could. */
        environment_set(program->environment, (char *)(uintptr_t)context->default_variable);
    return 0;
}

void program_free(struct program *program)
{
    account_free(&program->account);
    free(program->own_environment);
    free(program->by_shell);
}

int program_set_session(const struct service *service, const struct spawn_context *context,
                        struct program_failure *failure)
{
    int result = 0;

    if (service->placement == PLACEMENT_GROUP) {
        result = setpgid(0, 0);
        /* TTOU is blocked, so this works. A terminal that hung up is no reason not to run. */
        if (result == 0 && context->takes_foreground)
            (void)tcsetpgrp(context->terminal_fd, getpid());
    } else if (service->placement == PLACEMENT_SESSION) {
        result = setsid();
        /* It fails when the terminal belongs to another session, a shell's: then there is none. */
        if (result >= 0 && context->terminal_fd >= 0)
            (void)ioctl(context->terminal_fd, TIOCSCTTY, 0);
    }
    /* At once: nothing of what comes before the program is to find nsinit's own terminal either. */
    for (int fd = 0; context->has_pty && fd <= STDERR_FILENO; fd++)
        if (context->stdio[fd] >= 0 && dup2(context->stdio[fd], fd) < 0)
            result = -1;
    if (result >= 0)
        return 0;
    failure->stage = PROGRAM_PLACE;
    failure->error_number = errno;
    return -1;
}

static void write_own_pids(struct program *program)
{
    for (int i = 0; i < OWN_PID_COUNT; i++) {
        char *entry = program->own_pids[i];

        if (entry[0] != '\0')
            strbuf_set(entry, sizeof program->own_pids[i], "%s%d", own_pid_names[i], getpid());
    }
}

/* Of the program's user: what it can open again by its name. */
static void give_files(const struct program *program, const struct spawn_context *context)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO && program->account.has_user; fd++) {
        if (context->stdio[fd] < 0 && !context->is_exec)
            file_give_pipe(fd, program->account.uid, (gid_t)-1);
        else if (context->stdio[fd] >= 0 && !(fd == STDIN_FILENO && context->stdin_is_null) &&
                 (!context->stdio_belongs_to_client || (context->terminal_fd >= 0 && isatty(fd))))
            (void)!fchown(fd, program->account.uid, (gid_t)-1);
    }
}

/* Put what nsinit listens to in the place of the program's files. 0 or -1 with errno. */
static int place_files(const struct program *program, const struct spawn_context *context)
{
    const struct service *service = program->service;

    for (int fd = 0; fd <= STDERR_FILENO; fd++)
        if (context->stdio[fd] >= 0 && dup2(context->stdio[fd], fd) < 0)
            return -1;
    give_files(program, context);
    if (context->ready_fd < 0)
        return 0;
    /* The same number already: dup2(2) does nothing then, not even to close-on-exec. */
    if (context->ready_fd == service->supervision.ready_fd)
        return fcntl(context->ready_fd, F_SETFD, 0);
    return dup2(context->ready_fd, service->supervision.ready_fd) < 0 ? -1 : 0;
}

int program_apply(struct program *program, const struct spawn_context *context,
                  struct program_failure *failure)
{
    int result;

    failure->stage = PROGRAM_FILES;
    result = place_files(program, context);
    if (result == 0) {
        failure->stage = PROGRAM_SETTINGS;
        inherited_restore_fd_limit(context->inherited);
        result = credentials_apply(service_settings(program->service), &program->account,
                                   &failure->settings);
    }
    failure->error_number = result < 0 ? errno : 0;
    return result;
}

static int execute_by_shell(struct program *program, char *path)
{
    static char shell[] = "/bin/sh";
    char *const *arguments = program->service->arguments;
    size_t count = 0;

    while (arguments[count] != NULL)
        count++;
    /* Whose memory we share waits for us, and has no other thread: it frees this, too. */
    program->by_shell = calloc(count + 2, sizeof *program->by_shell);
    if (program->by_shell == NULL)
        return errno;
    program->by_shell[0] = shell;
    program->by_shell[1] = path;
    memcpy(program->by_shell + 2, arguments + 1, (count - 1) * sizeof *arguments);
    execve(shell, program->by_shell, program->environment);
    memcpy(path, shell, sizeof shell);
    return errno;
}

/* The errno of the last attempt, with the file in `path`. */
static int execute(struct program *program, char *path)
{
    int result = exec_search(program->service->arguments, program->environment, path);

    return result == -ENOEXEC && exec_is_script(path) ? execute_by_shell(program, path) : -result;
}

/*
 * A shell without job control starts what is to run in the background with these ignored: that is
 * nsinit and its services. A command that is executed beside them has a caller of its own.
 */
static void heed_keys(void)
{
    const struct sigaction by_default = {.sa_handler = SIG_DFL};

    (void)sigaction(SIGINT, &by_default, NULL);
    (void)sigaction(SIGQUIT, &by_default, NULL);
}

void program_execute(struct program *program, const struct spawn_context *context,
                     struct program_failure *failure)
{
    failure->stage = PROGRAM_EXEC;
    /* After the change of user, which clears it: prctl(2). */
    if (context->parent_death_signal != 0)
        (void)prctl(PR_SET_PDEATHSIG, context->parent_death_signal);
    write_own_pids(program);
    if (context->is_exec)
        heed_keys();
    inherited_restore_signals(context->inherited);
    failure->error_number = execute(program, failure->path);
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
    case PROGRAM_PLACE:
        break;
    }
    return error_failed(error, "%s: %s", service->name,
                        service->placement == PLACEMENT_SESSION ? "setsid" : "setpgid");
}
