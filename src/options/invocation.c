/*
 * invocation.c - from the environment, the command line and the pod file to the plan
 */
#include "options/invocation.h"

#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "options/arena_private.h"
#include "options/cmdline_private.h"
#include "options/given_private.h"
#include "options/podfile_private.h"
#include "options/table.h"

/* Stands in a table of rewrites for a signal that no option has rewritten: see resolve_rewrites. */
enum { REWRITE_UNSET = 255 };

/* The pod of a machine, where no option names another. */
#define DEFAULT_POD "/etc/nsinit.ini"

enum { DEFAULT_WATCHDOG_MS = 60 * 1000 };

static const int terminal_stops[] = {SIGTSTP, SIGTTIN, SIGTTOU};

/* ---- before the options ------------------------------------------------------------------ */

static int set_defaults(struct invocation *invocation, const struct dropin *dropin,
                        struct error *error)
{
    struct service *service = &invocation->main_service;

    *invocation = (struct invocation){.action = ACTION_RUN,
                                      .is_first_of_machine = invocation->is_first_of_machine};
    service_init(service, "main");
    invocation->current = service;
    service->placement = dropin->placement;
    service->forward_to_group = dropin->forward_to_group;
    translation_init(&invocation->translation);
    service->translation = &invocation->translation;
    if (dropin->ignores_child_signal)
        invocation->translation.signals[SIGCHLD] = 0;
    for (size_t i = 0; i < sizeof terminal_stops / sizeof terminal_stops[0]; i++)
        invocation->translation.signals[terminal_stops[i]] =
            dropin->ignores_terminal_stops ? 0 : REWRITE_UNSET;
    invocation->pod.services = service;
    invocation->pod.error_codes = dropin->exit_codes;
    invocation->pod.verbosity = LOG_WARNING;
    invocation->pod.boots = invocation->is_first_of_machine;
    invocation->pod.watchdog.timeout_ms = DEFAULT_WATCHDOG_MS;
    invocation->pod.subreaper = dropin->subreaper;
    invocation->pod.quiet_about_orphans = dropin->quiet_about_orphans;
    return stop_schedule_parse(&invocation->pod.drain, dropin->drain, error);
}

/* ---- one service, or a pod --------------------------------------------------------------- */

/*
 * Other namespaces are held by a second nsinit in them. It is the program: the user may enter its
 * namespaces by its PID, and it reaps as PID 1 of a new PID namespace.
 */
static void plan_pause(struct pod *pod, struct service *service)
{
    static const char *const again[] = {"/proc/self/exe", "-P", NULL};

    if (!namespaces_is_needed(&service->namespaces)) {
        pod->service_count = 0;
        return;
    }
    /* The cast is safe: execve(2) changes nothing. */
    service->arguments = (char *const *)(uintptr_t)again;
    service->blocks_signals = true;
    service->namespaces.as_pid_1 = ns_set_has(service->namespaces.unshared, NAMESPACE_PID);
}

/* `nsinit -- app args`: a pod of one service. */
static int plan_single(struct invocation *invocation, char **command, struct error *error)
{
    struct service *service = &invocation->main_service;

    if (service_check(service, error) < 0)
        return -1;
    error_subject(error, "%s", invocation->pause ? "--pause" : "usage");
    if (invocation->pause && command[0] != NULL)
        return error_reason(error, ERROR_USAGE, "takes no program, but '%s' is given", command[0]);
    if (invocation->check || invocation->json)
        return error_reason(error, ERROR_USAGE, "--check and --json need --pod FILE");
    if (!invocation->pause && command[0] == NULL)
        return error_reason(error, ERROR_USAGE,
                            "no program to run: [OPTION...] [--] PROGRAM [ARG...]");
    service->arguments = command;
    invocation->pod.service_count = 1;
    if (invocation->pause)
        plan_pause(&invocation->pod, service);
    return 0;
}

static int plan_pod(struct invocation *invocation, char **command, char **environment,
                    struct error *error)
{
    error_subject(error, "--pause");
    if (invocation->pause)
        return error_reason(error, ERROR_USAGE, "excludes --pod");
    error_subject(error, "--json");
    if (invocation->json && !invocation->check)
        return error_reason(error, ERROR_USAGE, "needs --check");
    error_subject(error, "--pod");
    if (command[0] != NULL) {
        /* The image's ENTRYPOINT has --pod: docker run IMAGE bash. */
        error_hint(error, "docker run --entrypoint %s IMAGE runs it instead of the pod",
                   command[0]);
        return error_reason(error, ERROR_USAGE, "takes no program, but '%s' is given", command[0]);
    }
    if (invocation->service_option != NULL) {
        error_subject(error, "--%s", invocation->service_option);
        return error_reason(error, ERROR_USAGE, "belongs in the pod file");
    }
    return podfile_read(invocation, invocation->pod.file, environment, error);
}

/* ---- defaults that depend on other options ------------------------------------------------ */

/*
 * In a new session the program's process group is orphaned, and the terminal's stop signals have no
 * effect in it (setpgid(2)). STOP has.
 */
static bool stops_by_stop(const struct service *service, const struct dropin *dropin)
{
    return dropin->rewrites_terminal_stops && service->placement == PLACEMENT_SESSION;
}

static int resolve_rewrites(struct invocation *invocation, struct service *service,
                            const struct dropin *dropin, struct error *error)
{
    const struct service *main_service = &invocation->main_service;
    bool as_stop = stops_by_stop(service, dropin);

    service->suspend_together = dropin->rewrites_terminal_stops;
    invocation->current = service;
    if (service != main_service && service->translation == main_service->translation) {
        if (as_stop == stops_by_stop(main_service, dropin))
            return 0;
        if (invocation_translation(invocation, error) == NULL)
            return -1;
    }
    for (size_t i = 0; i < sizeof terminal_stops / sizeof terminal_stops[0]; i++) {
        unsigned char *to = &service->translation->signals[terminal_stops[i]];

        if (*to == REWRITE_UNSET)
            *to = (unsigned char)(as_stop ? SIGSTOP : terminal_stops[i]);
    }
    return 0;
}

/* A log format that holds for every line needs the output of all services. */
static void resolve_output(struct invocation *invocation)
{
    const struct pod *pod = &invocation->pod;

    for (size_t i = 0; i < pod->service_count; i++)
        if (pod->services[i].supervision.log_prefix == LOG_PREFIX_UNSAID)
            pod->services[i].supervision.log_prefix =
                pod->log_format == LOG_PLAIN ? LOG_PREFIX_NONE : LOG_PREFIX_NAME;
}

static int plan(struct invocation *invocation, const struct dropin *dropin, char **rest,
                char **environment, struct error *error)
{
    invocation->main_service.environment = environment;
    if (invocation->pod.boots && rest[0] == NULL && invocation->pod.file == NULL)
        invocation->pod.file = DEFAULT_POD;
    error_subject(error, "--boot");
    if (invocation->pod.boots && getpid() != 1)
        return error_reason(error, ERROR_USAGE, "needs PID 1, the first process of a machine");
    if ((invocation->pod.file != NULL ? plan_pod(invocation, rest, environment, error)
                                      : plan_single(invocation, rest, error)) < 0)
        return -1;
    error->subject[0] = '\0';
    resolve_output(invocation);
    /* The main service comes last: the others start from its translation as it is before. */
    for (size_t i = 0; invocation->pod.file != NULL && i < invocation->pod.service_count; i++)
        if (resolve_rewrites(invocation, &invocation->pod.services[i], dropin, error) < 0)
            return -1;
    return resolve_rewrites(invocation, &invocation->main_service, dropin, error);
}

/* ---- the door ---------------------------------------------------------------------------- */

/* An error about an option that a variable has set names the variable. */
static void name_source(const struct invocation *invocation, struct error *error)
{
    const struct option *option =
        strncmp(error->subject, "--", 2) == 0 ? option_by_name(error->subject + 2) : NULL;
    const struct given_value *given =
        option != NULL ? given_find(invocation, SECTION_NONE, option) : NULL;

    if (given != NULL && given->source != NULL)
        error_subject(error, "environment variable %s", given->source);
}

int options_read(struct invocation *invocation, const struct dropin *dropin, char **arguments,
                 char **environment, struct error *error)
{
    char **rest;
    int result;

    if (set_defaults(invocation, dropin, error) < 0 ||
        environment_read(invocation, environment, error) < 0)
        return -1;
    rest = cmdline_read(invocation, arguments + (arguments[0] != NULL), error);
    if (rest == NULL)
        return -1;
    if (invocation->action != ACTION_RUN)
        return 0;
    result = plan(invocation, dropin, rest, environment, error);
    if (result < 0)
        name_source(invocation, error);
    else
        given_warn_ineffective(invocation);
    if (!invocation->check)
        given_free(invocation);
    return result;
}

void options_free(struct invocation *invocation)
{
    struct pod *pod = &invocation->pod;

    if (pod->services != &invocation->main_service) {
        for (size_t i = 0; i < pod->service_count; i++)
            service_free(&pod->services[i]);
        free(pod->services);
    }
    service_free(&invocation->namespace_holder);
    service_free(&invocation->main_service);
    for (size_t i = 0; i < invocation->allocation_count; i++)
        free(invocation->allocations[i]);
    free(invocation->allocations);
    given_free(invocation);
    free(invocation->diagnostics);
    free(invocation->file_text);
}
