/*
 * setters_private.h - the setters of the option table that are not in table.c itself
 */
#ifndef NSINIT_OPTIONS_SETTERS_PRIVATE_H
#define NSINIT_OPTIONS_SETTERS_PRIVATE_H

#include "options/cmdline.h"

/*
 * What an option does with its value (NULL for a flag given bare): `field` is what its row of the
 * table tells. Returns what error_judged takes.
 */
typedef const char *option_setter(void *field, const char *value, struct error *error);

/* nsctl/text_table.c: of a bool, and of a const char *, which may have to be an absolute path. */
option_setter set_flag, set_text, set_path;

/* set_process.c */
option_setter set_user, set_umask, set_rlimit, set_nice, set_oom_score_adj, set_cap_add,
    set_cap_drop, set_env, set_new_session;

/* set_pod.c */
option_setter set_control, set_control_access, set_report, set_command, set_type, set_essential;

/* set_machine.c */
option_setter set_on_end, set_tty, set_watchdog_timeout;

/* set_supervision.c: a duration may be 0, a time not. */
option_setter set_duration, set_time, set_restart, set_restart_delay, set_stop, set_drain,
    set_ready_fd, set_health_cmd, set_health_retries, set_log_prefix, set_log_format;

/* set_namespaces.c */
option_setter set_unshare, set_enter, set_map, set_setgroups, set_hostname, set_domainname,
    set_mount, set_root, set_propagation, set_mount_proc, set_mask_proc, set_veth, set_monotonic,
    set_boottime;

/* Memory, all zero, for a part of a service: kept as long as the request. NULL with the reason
 * filled in. */
void *invocation_keep(struct invocation *invocation, size_t size, struct error *error);

/* Memory of malloc(3)'s, kept and freed alike. */
void *invocation_adopt(struct invocation *invocation, void *memory, struct error *error);

/*
 * Note a value of an option (NULL: a wrong one), in the place of one that was given before by the
 * same owner if the option is not repeatable. 0, or -1 with the reason filled in.
 */
int invocation_say(struct invocation *invocation, const struct saying *saying, struct error *error);

/* The owner's last value of the option, or NULL. An option of NULL: any value that was wrong. */
const struct saying *invocation_said(const struct invocation *invocation, unsigned int owner,
                                     const struct option *option);

/* Free what was noted. */
void invocation_forget(struct invocation *invocation);

/*
 * What the error is about: an option or key by its name, the Nth from 0 of a repeatable one, at the
 * place where the owner has it; else the option or variable that was given for all; else the
 * owner's section.
 */
void invocation_name_key(const struct invocation *invocation, unsigned int owner, const char *key,
                         size_t nth, struct error *error);

/* Tell it when all has been read. What is too much, or finds no memory, is left out. */
void invocation_tell(struct invocation *invocation, enum log_level level,
                     const struct error *error);

/* The current service's own, to be changed, from now on if it has shared it. The same. */
struct translation *invocation_translation(struct invocation *invocation, struct error *error);

/*
 * Append an element of `size` bytes, with nothing in it yet, to an owned array; `array` is where
 * the pointer to it is kept. The element, or NULL with the reason filled in.
 */
void *array_add(void *array, size_t *count, size_t size, struct error *error);

#endif
