/*
 * no_pods.c - stubs for pod files and shared namespaces in a build without pods
 * The command line then has a single service.
 */
#include <errno.h>

#include "options/podfile_private.h"
#include "spawn/preflight.h"
#include "options/setter_private.h"
#include "pod/lent_namespaces_private.h"
#include "pod/shared_namespaces_private.h"
#include "service/supervised.h"

void shared_namespaces_start(struct supervisor *supervisor)
{
}

bool shared_namespaces_end(struct supervisor *supervisor)
{
    return false;
}

void shared_namespaces_disconnect(struct supervisor *supervisor, bool leaves_nothing)
{
}

void shared_namespaces_skip_step(const struct supervisor *supervisor)
{
}

int lent_namespaces_init(struct supervisor *supervisor, struct error *error)
{
    return 0;
}

int lent_namespaces_for(const struct supervised *supervised, struct nsfds *given,
                        struct error *error)
{
    *given = nsfds_none();
    return 0;
}

ns_set lent_namespaces_to_make(const struct supervised *supervised)
{
    return supervised->service->namespaces.unshared;
}

ns_set lent_namespaces_to_open(const struct supervised *supervised)
{
    return 0;
}

void lent_namespaces_hold(struct supervised *supervised, struct nsfds *shown)
{
}

void lent_namespaces_release(struct supervised *supervised)
{
}

int lent_namespaces_of(const struct supervised *supervised, struct nsfds *known,
                       struct error *error)
{
    *known = nsfds_none();
    return 0;
}

/* ---- options ------------------------------------------------------------------------------- */

int podfile_read(struct invocation *invocation, const char *path, char **environment,
                 struct error *error)
{
    errno = ENOSYS;
    return error_failed(error, "--pod");
}

int options_print_plan(const struct invocation *invocation)
{
    return 0;
}

void preflight_pod(const struct pod *pod, preflight_finding *tell, void *data)
{
}

void preflight_service(const struct service *service, const struct service *namespace_holder,
                       preflight_finding *tell, void *data)
{
}

static const char *const pod_names[] = {"pod", "check", "json", NULL};

const struct option_group pod_options = LEFT_OUT("PODS", pod_names);

static const char *const key_names[] = {"command", "after", "type", "essential", NULL};

const struct option_group key_options = LEFT_OUT("PODS", key_names);
