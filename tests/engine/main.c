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
static bool wait_for_port(void)
{
    const char *only = getenv("CK_RUN_CASE");
    int fd = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);

    if (only != NULL && strncmp(only, "pod_", strlen("pod_")) == 0)
        (void)flock(fd, LOCK_EX);
    return true;
}

static const char *missing(void)
{
    return access(state_path("ready"), F_OK) == 0
               ? NULL
               : "no engine: tests/engine/setup has not run, or has said why it can't";
}

int main(int argc, char **argv)
{
    case_maker *const makers[] = {ALL_CASES, NULL};

    return suite_main(
        &(struct suite){
            .name = "engine", .makers = makers, .missing = missing, .set_up = wait_for_port},
        argc, argv);
}
