/*
 * pod.c - the plan: what nsinit is to run and how, as plain data that no one changes afterwards
 */
#include "pod/pod.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>

/* Whoever sends one of these wants it to end: docker stop, ^C, systemd. */
static const unsigned int stop_signals = 1U << SIGTERM | 1U << SIGINT | 1U << SIGQUIT;

void service_init(struct service *service, const char *name)
{
    *service = (struct service){.name = name, .placement = PLACEMENT_GROUP};
    for (int i = 0; i < SIGNAL_COUNT; i++)
        service->rewrite[i] = (unsigned char)i;
    service->stop_signals = stop_signals;
    supervision_init(&service->supervision);
}

void service_free(struct service *service)
{
    isolation_free(&service->isolation);
    free(service->settings.variables);
    free(service->settings.limits);
    free(service->words);
    free(service->supervision.health.words);
    free(service->after.places);
}

static bool has_signal(unsigned int set, int signal_number)
{
    return signal_number < 32 && (set >> signal_number & 1U) != 0;
}

bool service_stops_on(const struct service *service, int signal_number)
{
    return has_signal(service->stop_signals, signal_number);
}

void service_rewrite(struct service *service, int from, int to)
{
    service->rewrite[from] = (unsigned char)to;
    if (from >= 32)
        return;
    service->stop_signals &= ~(1U << from);
    if (to != from && has_signal(stop_signals, to))
        service->stop_signals |= 1U << from;
}

int service_exit_code(const struct service *service, int wait_status)
{
    int code = WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : 128 + WTERMSIG(wait_status);

    return exit_codes_have(&service->success_codes, (unsigned int)code) ? 0 : code;
}
