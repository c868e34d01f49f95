/*
 * setters.h - the setters of the option table that are not in table.c itself
 */
#ifndef NSINIT_OPTIONS_SETTERS_H
#define NSINIT_OPTIONS_SETTERS_H

#include "options/options.h"

typedef int option_setter(struct request *request, const char *value, struct error *error);

/* For a flag: NULL is yes. 0, or -1 with the reason filled in. */
int read_flag(const char *value, bool *flag, struct error *error);

/* process.c */
option_setter set_user, set_groups, set_workdir, set_umask, set_rlimit, set_nice, set_oom_score_adj,
    set_cap_add, set_cap_drop, set_no_new_privs, set_env, set_clear_env;

/* pod.c */
option_setter set_control, set_report, set_pod, set_check, set_json, set_command, set_after,
    set_type, set_essential;

/* boot.c */
option_setter set_boot, set_on_end, set_tty, set_watchdog_device, set_watchdog_timeout,
    set_watchdog_requires_healthy;

/* supervision.c */
option_setter set_restart, set_restart_delay, set_stop, set_stop_all, set_drain, set_notify,
    set_ready_fd, set_ready_timeout, set_watchdog, set_health_cmd, set_health_interval,
    set_health_timeout, set_health_retries, set_health_start_period, set_log_prefix;

/* namespaces.c */
option_setter set_unshare, set_enter, set_as_pid_1, set_map_root_user, set_map_users,
    set_map_groups, set_map_auto, set_setgroups, set_hostname, set_domainname, set_mount, set_root,
    set_read_only, set_propagation, set_mount_proc, set_no_loopback, set_veth, set_monotonic,
    set_boottime, set_hook_created;

/* Memory, all zero, for a part of a service: kept as long as the request. NULL with the reason
 * filled in. */
void *request_keep(struct request *request, size_t size, struct error *error);

/* The current service's own, to be changed, from now on if it has shared it. The same. */
struct translation *request_translation(struct request *request, struct error *error);

/* Append an element of `size` bytes to an owned array; its place, or NULL with the reason filled
 * in. */
void *array_grow(void *array, size_t count, size_t size, struct error *error);

#endif
