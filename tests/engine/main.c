/*
 * main.c - the engine tests: nsinit in containers of a real Docker Engine and of podman
 * setup starts the engines and makes the images; without it every case is skipped.
 */
#include "engine/engine.h"

#include <stdlib.h>
#include <unistd.h>

int main(void)
{
    case_maker *const makers[] = {scratch_case,
                                  debian_case,
                                  dynamic_case,
                                  docker_init_case,
                                  podman_case,
                                  podman_init_case,
                                  docker_case,
                                  podman_options_case,
                                  namespaces_case,
                                  examples_case,
                                  dockerfile_case,
                                  docker_pods_case,
                                  docker_pod_stop_case,
                                  docker_pod_healing_case,
                                  docker_pod_isolated_case,
                                  docker_pod_readme_case,
                                  pod_users_case,
                                  identities_case,
                                  NULL};

    if (access(state_path("ready"), F_OK) < 0) {
        skip_test(getenv("CK_RUN_CASE") ? getenv("CK_RUN_CASE") : "all",
                  "no engine: tests/engine/setup has not run, or has said why it can't");
        return EXIT_SKIPPED;
    }
    return run_cases("engine", makers);
}
