/*
 * inner.c - nsinit as PID 1 of a service's own PID namespace, and what the outer one hears of it
 * It is the same loop over one service. The program shares the inner init's process group, so the
 * outer one, to which that group is the service's, needs to know no other.
 */
#include "init/inner.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "init/init.h"
#include "spawn/link.h"
#include "util/log.h"

/* The service as it looks from inside: its namespaces exist, its signals come translated. */
static struct service service_inside(const struct service *service)
{
    struct service inside = *service;

    memset(&inside.isolation, 0, sizeof inside.isolation);
    memset(inside.success_code, 0, sizeof inside.success_code);
    for (int i = 0; i < SIGNAL_COUNT; i++)
        inside.rewrite[i] = (unsigned char)i;
    inside.placement = PLACEMENT_INHERITED;
    inside.suspend_together = false;
    return inside;
}

static void on_outer_end(struct ev_loop *loop, struct ev_io *watcher, int events)
{
    (void)loop;
    (void)watcher;
    (void)events;
    /* The end of PID 1 is the end of its namespace: pid_namespaces(7). */
    _exit(128 + SIGKILL);
}

_Noreturn void inner_run(const struct init *outer, const struct service *service, int link_fd)
{
    struct service inside = service_inside(service);
    struct pod pod = *outer->pod;
    struct error error = {.kind = ERROR_FAILED};
    struct init init = {.pod = &pod,
                        .inherited = outer->inherited,
                        .is_inner = true,
                        .is_first = true,
                        .adopts = true,
                        .link_fd = link_fd};
    int exit_code;

    close(outer->signal_fd);
    close(outer->loop_fd);
    pod.services = &inside;
    pod.service_count = 1;
    exit_code = init_run_inner(&init, on_outer_end, &error);
    if (exit_code < 0) {
        link_tell(link_fd, LINK_FAILED, 0, &error);
        _exit(1);
    }
    _exit(exit_code);
}

void inner_tell_stop(const struct init *init, int signal_number)
{
    link_tell(init->link_fd, LINK_STOPPED, signal_number, NULL);
}

static void stop_watching(struct init *init, struct running *running)
{
    ev_io_stop(init->loop, &running->link);
    close(running->link.fd);
    init->links--;
}

static void on_link(struct ev_loop *loop, struct ev_io *watcher, int events)
{
    struct running *running = watcher->data;
    struct init *init = running->init;
    struct link_message message;

    (void)loop;
    (void)events;
    if (link_receive(watcher->fd, &message, NULL, 0) != 1) {
        /* It has ended; its exit code comes by SIGCHLD. */
        stop_watching(init, running);
        return;
    }
    if (message.kind == LINK_STOPPED && running->pid != 0) {
        running->stopped_by = message.value;
        terminal_on_stop(&init->terminal, running->group, message.value,
                         running->service->suspend_together);
    }
}

void inner_watch(struct init *init, struct running *running, int link_fd)
{
    ev_io_init(&running->link, on_link, link_fd, EV_READ);
    running->link.data = running;
    ev_io_start(init->loop, &running->link);
    init->links++;
}
