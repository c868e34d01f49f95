/*
 * service_spec.h - one service of the plan: a command and how it is run
 */
#ifndef NSINIT_PLAN_SERVICE_SPEC_H
#define NSINIT_PLAN_SERVICE_SPEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "plan/namespaces.h"
#include "plan/process.h"
#include "plan/supervision.h"
#include "util/signal_names.h"

/* The session and the process group in which the program runs. */
enum placement {
    PLACEMENT_GROUP,    /* a new process group in nsinit's session */
    PLACEMENT_SESSION,  /* a new session, which gets nsinit's controlling terminal */
    PLACEMENT_INHERITED /* nsinit's own process group */
};

enum { EXIT_CODE_COUNT = 256 };

/* Bit N of the whole is exit code N. */
struct exit_code_set {
    uint64_t bits[EXIT_CODE_COUNT / 64];
};

/* Signals that are replaced on their way to the service, and exit codes that count as success. */
struct translation {
    unsigned char signals[SIGNAL_COUNT]; /* the signal to forward instead of each; 0: none */
    unsigned int stop_signals;           /* bit N: signal N asks the service to stop */
    struct exit_code_set success_codes;
};

enum service_type {
    SERVICE_SIMPLE, /* runs until it is stopped */
    SERVICE_ONESHOT /* a step: done when it has ended with 0 */
};

/* Whether the pod ends when the service has ended for good. */
enum essential {
    ESSENTIAL_BY_TYPE, /* the default: only a oneshot that fails ends the pod */
    ESSENTIAL_NO,
    ESSENTIAL_YES
};

/* The requests that a service's processes may make at the control socket. */
enum control_access {
    CONTROL_AUTO, /* the default: everything with all of nsinit's rights, else the status */
    CONTROL_NONE,
    CONTROL_STATUS,
    CONTROL_FULL
};

extern const char *const control_access_names[CONTROL_FULL + 1];

/* Whether the program has a new session, and a pseudo-terminal in place of the terminal. */
enum new_session {
    NEW_SESSION_BY_NAMESPACES, /* the default: with a user or PID namespace, and a terminal */
    NEW_SESSION_NO,
    NEW_SESSION_YES
};

/* Other services of the pod, by their place in it. */
struct service_list {
    unsigned int *places; /* owned */
    size_t count;
};

/* A pod may have thousands of these, so members that few services need are behind a pointer. */
struct service {
    const char *name;
    char *const *arguments; /* NULL-terminated, the program first; kept by the caller, or `words` */
    char **words;           /* owned, or NULL */
    unsigned int line;      /* of the pod file, where the service begins; 0: no pod file */
    enum service_type type : 4;
    enum essential essential : 4;
    enum placement placement : 4;
    enum control_access control_access : 4;
    enum new_session new_session : 4;
    bool suspend_together : 1; /* nsinit stops when the service is stopped, even off a terminal */
    bool blocks_signals : 1;   /* the program is nsinit, which reads them once it has begun */
    bool forward_to_group;
    const char *after_names;   /* as the user wrote them, or NULL */
    struct service_list after; /* the services that must be ready first */
    char **environment;        /* as execve(2) takes it; kept by the caller */
    const char *tty; /* the terminal that is its stdio and controls its session, or NULL */
    struct translation *translation; /* kept by the caller; NULL: nothing is translated */
    struct settings *settings; /* kept by the caller; NULL: the program keeps nsinit's settings */
    struct supervision supervision;
    struct namespaces namespaces;
};

/* Fill in the defaults: the program gets its own group, no signal is translated. */
void service_init(struct service *service, const char *name);

/* Check that the options fit together. 0, or -1 with subject and reason filled in (ERROR_USAGE). */
int service_check(const struct service *service, struct error *error);

/*
 * Whether the program keeps a capability to change the rules of --egress, to send packets past them
 * or to join another network; and the error about that, without its subject. Returns -1.
 */
bool service_may_pass_egress(const struct service *service);
int service_egress_error(struct error *error);

/* Free the members that a service owns. */
void service_free(struct service *service);

/* The service's settings, or the empty ones. */
const struct settings *service_settings(const struct service *service);

/*
 * Whether the service gets a new session and a pseudo-terminal: see new_session. `namespace_holder`
 * is the pod's, or NULL.
 */
bool service_has_new_session(const struct service *service, const struct service *namespace_holder);

/* The signal to forward for a received signal; 0: none. */
int service_signal(const struct service *service, int signal_number);

/* Whether a signal that nsinit received asks the service to stop: TERM, INT, QUIT by default. */
bool service_stops_on(const struct service *service, int signal_number);

/* The exit code of nsinit for a wait status: the service's code or 128 + signal, then remapped. */
int service_exit_code(const struct service *service, int wait_status);

/* ---- translation --------------------------------------------------------------------------- */

/* Each signal and each exit code stands for itself. */
void translation_init(struct translation *translation);

/*
 * Forward `to` instead of `from` (0: nothing). If `to` is a request to stop, `from` becomes one
 * too. A signal translated into itself is forwarded, but is no longer a request to stop.
 */
void translation_rewrite(struct translation *translation, int from, int to);

static inline void exit_codes_add(struct exit_code_set *set, unsigned int code)
{
    set->bits[code / 64] |= (uint64_t)1 << code % 64;
}

static inline bool exit_codes_have(const struct exit_code_set *set, unsigned int code)
{
    return (set->bits[code / 64] >> code % 64 & 1) != 0;
}

#endif
