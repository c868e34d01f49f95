/*
 * podfile_check.c - whether the keys of a pod file's sections fit together
 */
#include "options/podfile_check_private.h"

#include <string.h>

#include "options/given_private.h"
#include "plan/depends.h"

void mistakes_add(struct mistakes *mistakes, const struct error *error)
{
    if (mistakes->any)
        diagnostic_add(mistakes->invocation, LOG_ERROR, error);
    else
        mistakes->first = *error;
    mistakes->any = true;
}

/* The plan's checks name options. Here they are keys. */
static int fail_as_key(const struct invocation *invocation, unsigned int section,
                       struct error *error)
{
    char key[sizeof error->subject];

    memcpy(key, error->subject, sizeof key);
    given_name_key(invocation, section, strncmp(key, "--", 2) == 0 ? key + 2 : key, 0, error);
    return -1;
}

/* A key of a oneshot service that only a simple one can have, or NULL. */
static const char *key_of_simple(const struct supervision *supervision)
{
    if (supervision->restart.policy == RESTART_ALWAYS)
        return "restart";
    if (supervision->notify)
        return "notify";
    if (supervision->ready_fd != 0)
        return "ready-fd";
    return supervision->health.command != NULL ? "health-cmd" : NULL;
}

static int check_oneshot(const struct invocation *invocation, const struct service *service,
                         unsigned int section, struct error *error)
{
    const char *key = key_of_simple(&service->supervision);

    if (service->type != SERVICE_ONESHOT || key == NULL)
        return 0;
    given_name_key(invocation, section, key, 0, error);
    if (strcmp(key, "restart") == 0)
        return error_reason(error, ERROR_USAGE,
                            "a oneshot service excludes restart = always: it is done when it has "
                            "ended");
    return error_reason(error, ERROR_USAGE,
                        "a oneshot service excludes %s: it is ready when it has ended", key);
}

static int check_service(struct invocation *invocation, unsigned int section, struct error *error)
{
    const struct service *service = &invocation->pod.services[section - SECTION_SERVICES];

    if (service_check(service, error) < 0)
        return fail_as_key(invocation, section, error);
    if (service->arguments == NULL) {
        given_name_key(invocation, section, "command", 0, error);
        return error_reason(error, ERROR_USAGE, "is missing");
    }
    return check_oneshot(invocation, service, section, error);
}

static int check_pod(struct invocation *invocation, struct error *error)
{
    struct pod *pod = &invocation->pod;
    struct namespaces *namespaces = &invocation->namespace_holder.namespaces;

    if (namespaces_is_needed(namespaces))
        pod->namespace_holder = &invocation->namespace_holder;
    /* Without a UTS namespace for the pod its host name is the machine's. */
    if (pod->boots && !ns_set_has(namespaces->unshared, NAMESPACE_UTS)) {
        pod->hostname = namespaces->hostname;
        namespaces->hostname = NULL;
    }
    if (namespaces_check(namespaces, error) < 0)
        return fail_as_key(invocation, SECTION_POD, error);
    return 0;
}

void podfile_check_section(struct mistakes *mistakes, unsigned int section)
{
    struct invocation *invocation = mistakes->invocation;
    struct error error = {.kind = ERROR_USAGE};
    int result = 0;

    if (section == SECTION_NONE || given_has_mistake(invocation, section))
        return;
    if (section == SECTION_POD)
        result = check_pod(invocation, &error);
    else
        result = check_service(invocation, section, &error);
    if (result < 0)
        mistakes_add(mistakes, &error);
}

static void add_fault(struct mistakes *mistakes, const struct depends_fault *fault,
                      struct error *error)
{
    given_name_key(mistakes->invocation, SECTION_SERVICES + fault->place, fault->key, fault->nth,
                   error);
    mistakes_add(mistakes, error);
}

/* The rules of the pod hold for each service that is in its network, as root of another namespace
 * or without the capabilities to change them. */
static void check_pods_egress(struct mistakes *mistakes, size_t place)
{
    const struct pod *pod = &mistakes->invocation->pod;
    const struct service *service = &pod->services[place];
    const ns_set other = 1U << NAMESPACE_NET | 1U << NAMESPACE_USER;
    struct error error = {.kind = ERROR_USAGE};

    if (pod->namespace_holder == NULL || !pod->namespace_holder->namespaces.restricts_egress ||
        (service->namespaces.unshared & other) != 0 || !service_may_pass_egress(service))
        return;
    given_name_key(mistakes->invocation, SECTION_SERVICES + (unsigned int)place, "egress", 0,
                   &error);
    (void)service_egress_error(&error);
    mistakes_add(mistakes, &error);
}

void podfile_check_order(struct mistakes *mistakes)
{
    struct pod *pod = &mistakes->invocation->pod;
    struct depends_fault fault;

    for (size_t i = 0; i < pod->service_count; i++) {
        struct error error = {.kind = ERROR_USAGE};

        check_pods_egress(mistakes, i);
        if (depends_resolve(pod, &pod->services[i], &fault, &error) < 0)
            add_fault(mistakes, &fault, &error);
    }
    if (!mistakes->any) {
        struct error error = {.kind = ERROR_USAGE};

        if (depends_find_circle(pod, &fault, &error) < 0)
            add_fault(mistakes, &fault, &error);
    }
}
