/*
 * no_supervision.c - stubs for restarts, health checks, notifications and prefixed output in a
 * build without supervision
 * A service then runs once, and is ready at once.
 */
#include <errno.h>

#include "logs/output.h"
#include "pod/manager_private.h"
#include "service/backoff_private.h"
#include "service/health.h"
#include "service/main_pid.h"
#include "service/notify_private.h"
#include "service/notify_relay.h"
#include "service/ready_fd_private.h"
#include "options/setter_private.h"
#include "spawn/notify_socket_private.h"
#include "util/log.h"

/* ---- logs ------------------------------------------------------------------------------------ */

struct output *output_new(struct ev_loop *loop, const char *name, enum log_format format)
{
    errno = ENOSYS;
    return NULL;
}

int output_open_run(struct output *output, int fds[2])
{
    return -ENOSYS;
}

enum output_result output_write_line(int fd, const char *line, size_t length)
{
    return OUTPUT_OTHER_FILE;
}

bool output_is_quiet(const struct output *output)
{
    return true;
}

void output_end(struct output *output, int milliseconds)
{
}

/* ---- pod ------------------------------------------------------------------------------------- */

void manager_init(struct manager *manager, struct notify_relay *relay, bool feeds, size_t count)
{
}

bool manager_feeds_watchdog(const struct manager *manager)
{
    return false;
}

bool manager_is_quiet(const struct manager *manager)
{
    return true;
}

void manager_on_change(struct manager *manager, struct supervised *supervised)
{
}

/* ---- service --------------------------------------------------------------------------------- */

bool backoff_allows_restart(const struct backoff *backoff, const struct restart *policy,
                            bool failed)
{
    return false;
}

uint32_t backoff_next_delay(struct backoff *backoff, const struct restart *policy, int64_t ran_ms)
{
    return 0;
}

struct health *health_new(struct supervised *supervised)
{
    errno = ENOSYS;
    return NULL;
}

void health_begin(struct health *health)
{
}

void health_stop(struct health *health)
{
}

const struct health_verdict *health_verdict(const struct health *health)
{
    return NULL;
}

bool health_is_quiet(const struct health *health)
{
    return true;
}

const char *health_state_name(enum health_state state)
{
    return "-";
}

void main_pid_follow(struct supervised *supervised, uint64_t number, pid_t sender)
{
}

bool main_pid_take_over(struct supervised *supervised, pid_t ended)
{
    return false;
}

int main_pid_signal(const struct supervised *supervised, int signal_number, siginfo_t *info)
{
    return 1;
}

void main_pid_log_change(const struct supervised *supervised)
{
}

void main_pid_end(struct supervised *supervised)
{
}

void notify_init(struct supervised *supervised)
{
}

void notify_begin(struct supervised *supervised, int fd, const struct notify_name *name)
{
}

void notify_read(struct supervised *supervised, pid_t program)
{
}

void notify_end(struct supervised *supervised, pid_t program)
{
}

void notify_start_watchdog(struct supervised *supervised)
{
}

void notify_relay_lines(struct supervised *supervised, const char *lines)
{
}

void notify_relay_init(struct notify_relay *relay, struct ev_loop *loop, struct children *children,
                       const char *address)
{
}

void notify_relay_send(struct notify_relay *relay, const char *lines,
                       const struct relayed_files *files)
{
}

void ready_fd_take_parents(struct supervised *supervised)
{
}

void ready_fd_notify_parent(struct supervised *supervised)
{
}

int ready_fd_open(struct supervised *supervised)
{
    return -1;
}

void ready_fd_begin(struct supervised *supervised)
{
}

void ready_fd_read(struct supervised *supervised)
{
}

void ready_fd_end(struct supervised *supervised)
{
}

/* ---- spawn ----------------------------------------------------------------------------------- */

int notify_socket_open_path(struct notify_name *name)
{
    errno = ENOSYS;
    return -1;
}

int notify_socket_open(struct notify_name *name, const char *service, struct error *error)
{
    errno = ENOSYS;
    return error_failed(error, "%s: --notify", service);
}

bool notify_socket_is_reachable(const struct notify_name *name)
{
    return false;
}

void notify_socket_remove(struct notify_name *name)
{
}

/* ---- util ------------------------------------------------------------------------------------ */

void log_set_format(enum log_format format)
{
}

enum log_format log_line_format(void)
{
    return LOG_PLAIN;
}

void log_add_object(struct strbuf *text, const char *service, const char *stream, const char *line,
                    size_t length)
{
}

/* ---- options --------------------------------------------------------------------------------- */

static const char *const supervision_names[] = {"restart",
                                                "restart-delay",
                                                "notify",
                                                "ready-fd",
                                                "ready-timeout",
                                                "setup-timeout",
                                                "hook-timeout",
                                                "watchdog",
                                                "health-cmd",
                                                "health-interval",
                                                "health-timeout",
                                                "health-retries",
                                                "health-start-period",
                                                "log-prefix",
                                                "log-format",
                                                NULL};

const struct option_group supervision_options = LEFT_OUT("SUPERVISION", supervision_names);
