/*
 * init.c - run a pod: start its services, forward signals, reap, and end when they have ended
 */
#include "init/init.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "init/inner.h"
#include "init/memory.h"
#include "init/state.h"
#include "init/terminal.h"
#include "spawn/link.h"
#include "spawn/spawn.h"
#include "util/log.h"
#include "util/signals.h"

/* A failure of nsinit's own: what was attempted, and errno. */
static int failed(struct error *error, const char *attempt)
{
    error_subject(error, "%s", attempt);
    return error_reason(error, ERROR_FAILED, "%m");
}

static int tie_to_parent(const struct init *init, struct error *error)
{
    int signal_number = init->pod->parent_death_signal;

    if (signal_number == 0)
        return 0;
    if (prctl(PR_SET_PDEATHSIG, signal_number) < 0)
        return failed(error, "prctl PR_SET_PDEATHSIG");
    /* The parent may have died before. In a new PID namespace it was 0 from the start. */
    if (getppid() != init->inherited->parent)
        (void)kill(getpid(), signal_number);
    return 0;
}

/* Whether orphans will become our children, after doing what was asked for to that end. */
static int adopt_orphans(struct init *init, struct error *error)
{
    int is_subreaper = 0;

    init->is_first = getpid() == 1;
    init->adopts = init->is_first;
    if (init->is_first)
        return 0;
    if (init->pod->subreaper && prctl(PR_SET_CHILD_SUBREAPER, 1) < 0)
        return failed(error, "prctl PR_SET_CHILD_SUBREAPER");
    init->adopts = prctl(PR_GET_CHILD_SUBREAPER, &is_subreaper) == 0 && is_subreaper != 0;
    return 0;
}

/* libev does not tell its epoll's descriptor, but a new file gets the lowest number there is. */
static int lowest_free_fd(void)
{
    int fd = dup(STDERR_FILENO);

    if (fd >= 0)
        close(fd);
    return fd;
}

static int open_loop(struct init *init, struct error *error)
{
    ev_set_allocator(loop_memory);
    const struct signal_set all = signal_set_full();

    init->signal_fd = signal_open_fd(&all);
    if (init->signal_fd < 0) {
        errno = -init->signal_fd;
        return failed(error, "signalfd");
    }
    init->loop_fd = lowest_free_fd();
    init->loop = ev_loop_new(EVBACKEND_EPOLL | EVFLAG_NOENV);
    if (init->loop == NULL)
        return failed(error, "epoll");
    forward_start(init);
    return 0;
}

/*
 * libev built with periodic timers wakes up once a minute to look for clock jumps, unless a
 * periodic timer has made it open a timerfd that tells it. One that is never due does.
 */
static void sleep_for_good(struct init *init)
{
#if EV_PERIODIC_ENABLE
    static struct ev_periodic never;

    ev_periodic_init(&never, NULL, 1e10, 0., NULL);
    ev_periodic_start(init->loop, &never);
    ev_unref(init->loop);
#else
    (void)init;
#endif
}

static int start_service(struct init *init, struct running *running, struct error *error)
{
    const struct spawn_context context = {
        .inherited = init->inherited,
        .terminal_fd = init->terminal.child_fd,
        /* A signal that would end us unseen is to end the program as well. */
        .parent_death_signal =
            init->pod->parent_death_signal == SIGKILL ? init->pod->parent_death_signal : 0,
    };
    struct spawned spawned;
    int result = spawn_service(running->service, &context, &spawned, error);

    if (result == 1)
        inner_run(init, running->service, spawned.link_fd);
    if (result < 0)
        return -1;
    running->pid = spawned.pid;
    running->group = running->service->placement == PLACEMENT_INHERITED ? 0 : running->pid;
    if (spawned.link_fd >= 0)
        inner_watch(init, running, spawned.link_fd);
    log_line(LOG_INFO, "%s: started %s as %d", running->service->name,
             running->service->arguments[0], running->pid);
    return 0;
}

static int start_services(struct init *init, struct error *error)
{
    init->running = init->pod->service_count <= 1
                        ? &init->only
                        : calloc(init->pod->service_count, sizeof *init->running);
    if (init->running == NULL)
        return failed(error, "memory");
    for (size_t i = 0; i < init->pod->service_count; i++) {
        init->running[i].init = init;
        init->running[i].service = &init->pod->services[i];
        if (start_service(init, &init->running[i], error) < 0)
            return -1;
    }
    return 0;
}

/* What has been passed on to the services is not to be held open by nsinit as well. */
static void let_go(const struct init *init)
{
    int few[8] = {init->signal_fd, init->loop_fd, init->terminal.fd, init->link_fd};
    size_t count = 4;
    size_t services = init->pod->service_count;
    int *own = services <= 4 ? few : calloc(count + services, sizeof *own);

    if (own == NULL)
        return;
    if (own != few)
        memcpy(own, few, count * sizeof *own);
    for (size_t i = 0; i < services; i++)
        own[count++] = ev_is_active(&init->running[i].link) ? init->running[i].link.fd : -1;
    inherited_close_files(own, count);
    if (own != few)
        free(own);
    /* Nor is their working directory's file system to be kept busy. */
    if (chdir("/") < 0)
        log_line(LOG_DEBUG, "cannot leave the working directory: %m");
}

static int start(struct init *init, struct error *error)
{
    const struct pod *pod = init->pod;

    if (tie_to_parent(init, error) < 0 || adopt_orphans(init, error) < 0 ||
        open_loop(init, error) < 0)
        return -1;
    init->terminal =
        terminal_open(pod->service_count > 0 ? pod->services[0].placement : PLACEMENT_INHERITED);
    if (start_services(init, error) < 0) {
        terminal_take_back(&init->terminal);
        return -1;
    }
    if (!init->adopts && !pod->quiet_about_orphans)
        log_line(LOG_WARNING, "neither PID 1 nor a subreaper: orphans of the program go to another "
                              "init; -s (NSINIT_SUBREAPER=1) adopts them here");
    return 0;
}

/* From the start of the services to their end. Returns the exit code. */
static int run(struct init *init)
{
    let_go(init);
    sleep_for_good(init);
    /* A child we inherited may have ended before we could be told. */
    if (!init->is_inner)
        drain_on_reap(init, reap_all(init));
    forward_run(init);
    return init->exit_code;
}

int init_run(const struct pod *pod, const struct inherited *inherited, struct error *error)
{
    static struct init init;
    int result;

    init = (struct init){.pod = pod, .inherited = inherited, .link_fd = -1};
    result = start(&init, error);
    if (result == 0)
        result = run(&init);
    /* The loop is the kernel's to clean up, as all of us is about to be. */
    return result;
}

int init_run_inner(struct init *init,
                   void (*on_outer_end)(struct ev_loop *loop, struct ev_io *watcher, int events),
                   struct error *error)
{
    struct ev_io outer;

    init->terminal = (struct terminal){.fd = -1, .child_fd = -1};
    if (open_loop(init, error) < 0 || start_services(init, error) < 0)
        return -1;
    ev_io_init(&outer, on_outer_end, init->link_fd, EV_READ);
    ev_io_start(init->loop, &outer);
    link_tell(init->link_fd, LINK_STARTED, 0, NULL);
    return run(init);
}
