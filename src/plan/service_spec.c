/*
 * service_spec.c - one service of the plan: a command and how it is run
 */
#include "plan/service_spec.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>

/* The signals by which docker stop, ^C and systemd ask a program to end. */
#define STOP_SIGNALS (1U << SIGTERM | 1U << SIGINT | 1U << SIGQUIT)

const char *const control_access_names[CONTROL_FULL + 1] = {[CONTROL_AUTO] = "auto",
                                                            [CONTROL_NONE] = "none",
                                                            [CONTROL_STATUS] = "status",
                                                            [CONTROL_FULL] = "full"};

void translation_init(struct translation *translation)
{
    *translation = (struct translation){.stop_signals = STOP_SIGNALS};
    for (int i = 0; i < SIGNAL_COUNT; i++)
        translation->signals[i] = (unsigned char)i;
}

void service_init(struct service *service, const char *name)
{
    *service = (struct service){.name = name, .placement = PLACEMENT_GROUP};
    supervision_init(&service->supervision);
}

/* With CAP_SYS_RESOURCE the program could raise the limit of user namespaces again. */
static int check_disable_userns(const struct service *service, struct error *error)
{
    const struct settings *settings = service_settings(service);

    if (!settings->disable_userns)
        return 0;
    error_subject(error, "--disable-userns");
    if (!ns_set_has(service->namespaces.unshared, NAMESPACE_USER))
        return error_reason(error, ERROR_USAGE, "needs a new user namespace: add --unshare user");
    if (capability_set_has(settings->added, CAP_SYS_RESOURCE))
        return error_reason(error, ERROR_USAGE, "excludes --cap-add sys_resource");
    return 0;
}

/* CAP_SYS_PTRACE reaches the rights of other processes, be they in other namespaces. */
bool service_may_pass_egress(const struct service *service)
{
    const capability_set needed =
        (capability_set)1 << CAP_NET_ADMIN | (capability_set)1 << CAP_NET_RAW |
        (capability_set)1 << CAP_SYS_ADMIN | (capability_set)1 << CAP_SYS_PTRACE;
    const struct settings *settings = service_settings(service);

    return ((~settings->dropped | settings->added) & needed) != 0;
}

int service_egress_error(struct error *error)
{
    error_hint(error, "add --cap-drop net_admin,net_raw,sys_admin,sys_ptrace");
    return error_reason(error, ERROR_USAGE, "the program could change the rules");
}

static int check_egress(const struct service *service, struct error *error)
{
    if (!service->namespaces.restricts_egress || !service_may_pass_egress(service))
        return 0;
    error_subject(error, "--egress");
    return service_egress_error(error);
}

int service_check(const struct service *service, struct error *error)
{
    return namespaces_check(&service->namespaces, error) < 0 ||
                   supervision_check(&service->supervision, error) < 0 ||
                   check_disable_userns(service, error) < 0 || check_egress(service, error) < 0
               ? -1
               : 0;
}

void service_free(struct service *service)
{
    namespaces_free(&service->namespaces);
    if (service->settings != NULL) {
        free(service->settings->variables);
        free(service->settings->limits);
        free(service->settings->kept_fds);
    }
    free(service->words);
    free(service->supervision.health.words);
    free(service->after.places);
}

static bool has_signal(unsigned int set, int signal_number)
{
    return signal_number < 32 && (set >> signal_number & 1U) != 0;
}

const struct settings *service_settings(const struct service *service)
{
    static const struct settings none;

    return service->settings != NULL ? service->settings : &none;
}

static bool has_foreign_namespaces(const struct namespaces *namespaces)
{
    const ns_set foreign = 1U << NAMESPACE_USER | 1U << NAMESPACE_PID;
    ns_set set = namespaces->unshared;

    for (size_t i = 0; i < namespaces->join_count; i++)
        set |= namespaces->joins[i].all ? foreign : namespaces->joins[i].types;
    return (set & foreign) != 0;
}

bool service_has_new_session(const struct service *service, const struct service *namespace_holder)
{
    if (service->new_session != NEW_SESSION_BY_NAMESPACES)
        return service->new_session == NEW_SESSION_YES;
    return service->placement != PLACEMENT_INHERITED &&
           (has_foreign_namespaces(&service->namespaces) ||
            (namespace_holder != NULL && has_foreign_namespaces(&namespace_holder->namespaces)));
}

int service_signal(const struct service *service, int signal_number)
{
    return service->translation != NULL ? service->translation->signals[signal_number]
                                        : signal_number;
}

bool service_stops_on(const struct service *service, int signal_number)
{
    return has_signal(service->translation != NULL ? service->translation->stop_signals
                                                   : STOP_SIGNALS,
                      signal_number);
}

void translation_rewrite(struct translation *translation, int from, int to)
{
    translation->signals[from] = (unsigned char)to;
    if (from >= 32)
        return;
    translation->stop_signals &= ~(1U << from);
    if (to != from && has_signal(STOP_SIGNALS, to))
        translation->stop_signals |= 1U << from;
}

int service_exit_code(const struct service *service, int wait_status)
{
    int code = WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : 128 + WTERMSIG(wait_status);

    return service->translation != NULL &&
                   exit_codes_have(&service->translation->success_codes, (unsigned int)code)
               ? 0
               : code;
}
