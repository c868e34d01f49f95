/*
 * pod.c - the plan: what nsinit is to run and how, as plain data that no one changes afterwards
 */
#include "pod/pod.h"

#include <sys/wait.h>

void service_init(struct service *service, const char *name)
{
    *service = (struct service){.name = name, .placement = PLACEMENT_GROUP};
    for (int i = 0; i < SIGNAL_COUNT; i++)
        service->rewrite[i] = (unsigned char)i;
}

int service_exit_code(const struct service *service, int wait_status)
{
    int code = WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : 128 + WTERMSIG(wait_status);

    return service->success_code[code] ? 0 : code;
}
