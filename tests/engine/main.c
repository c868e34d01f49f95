/*
 * main.c - the engine tests: nsinit in containers of a real Docker Engine and of podman
 * setup starts the engines and makes the images; without it every case is skipped.
 */
#include "engine/engine.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

/*
 * The pods have the host's network, which has one port 80. Those of this checkout wait for each
 * other in CTest, those of two by this: the lock is the network namespace's, so it leaves no file.
 */
static void wait_for_port(void)
{
    const char *only = getenv("CK_RUN_CASE");
    int fd = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);

    if (only != NULL && strncmp(only, "pod_", strlen("pod_")) == 0)
        (void)flock(fd, LOCK_EX);
}

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
                                  pod_lifecycle_case,
                                  pod_stop_case,
                                  pod_healing_case,
                                  pod_isolated_case,
                                  pod_readme_case,
                                  pod_users_case,
                                  identities_case,
                                  NULL};

    if (access(state_path("ready"), F_OK) < 0) {
        skip_test(getenv("CK_RUN_CASE") ? getenv("CK_RUN_CASE") : "all",
                  "no engine: tests/engine/setup has not run, or has said why it can't");
        return EXIT_SKIPPED;
    }
    wait_for_port();
    return run_cases("engine", makers);
}
