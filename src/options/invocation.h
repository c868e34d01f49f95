/*
 * invocation.h - text in, plan out: the command line, the environment and the pod file become a
 * struct pod
 */
#ifndef NSINIT_OPTIONS_INVOCATION_H
#define NSINIT_OPTIONS_INVOCATION_H

#include <stdint.h>

#include "options/dropin_private.h"
#include "plan/pod.h"
#include "util/error.h"
#include "util/log.h"
#include "util/strbuf.h"

enum action { ACTION_RUN, ACTION_HELP, ACTION_VERSION, ACTION_LICENSE };

/* The length of arrays with a member for each option. */
enum { OPTIONS_MAX = 128 };

struct option;

/*
 * The section of the pod file that a value is given in. SECTION_NONE is the command line and the
 * environment; SECTION_SERVICES + N is the Nth service, counted from 0.
 */
enum { SECTION_NONE, SECTION_POD, SECTION_SERVICES };

/* A value of an option as it was given. --check prints it, and an error names its place. */
struct given_value {
    const struct option *option; /* NULL: an unknown key */
    const char *value;           /* as a pod file has it; NULL: it could not be read */
    const char *source;   /* from the environment: its entry; from a file: the value before its
                             variables were replaced; else NULL */
    unsigned int section; /* SECTION_... */
    unsigned int line;    /* in the pod file */
};

/* A warning, or one of several errors. */
struct diagnostic {
    enum log_level level;
    struct error error;
};

/* The user's whole request. `pod` points into the struct, which must not be moved. */
struct invocation {
    bool is_first_of_machine; /* in: the kernel has started nsinit; everything else is zero */
    enum action action;
    bool pause;
    bool check; /* print the plan, and run nothing */
    bool json;
    struct pod pod;
    struct service main_service; /* the command line's; in a pod, the defaults of every service */
    struct service namespace_holder; /* the pod file's [pod] */
    struct service *current;         /* the service that the options being read belong to */
    const char *service_option; /* an option of the command line that belongs in the pod file */
    char *file_text;            /* the pod file, cut up; services point into it; owned */
    size_t file_length;
    size_t expanded_length;     /* of all values together that had variables in them */
    struct given_value *values; /* in their order; owned; kept for --check alone */
    size_t value_count;
    struct diagnostic *diagnostics; /* owned */
    size_t diagnostic_count;
    void **allocations; /* parts of services, and values that had variables in them; owned */
    size_t allocation_count;
    struct translation translation; /* of the main service, and of services without their own */
    bool given[OPTIONS_MAX];        /* whether the Nth option was given outside the pod file */
};

/*
 * Read the environment, then the command line, which wins. The NSINIT_ variables that were read are
 * removed from `environment` (in place); the invocation points into `arguments` and `environment`.
 * 0, or -1 with `error` filled in (ERROR_USAGE).
 */
int options_read(struct invocation *invocation, const struct dropin *dropin, char **arguments,
                 char **environment, struct error *error);

/* Free the memory of options_read. */
void options_free(struct invocation *invocation);

/*
 * Add a warning about a key of a service, or of [pod] where `service` is NULL. `nth` counts the
 * values of a repeatable key from 0.
 */
void options_warn(struct invocation *invocation, const struct service *service, const char *key,
                  size_t nth, const struct error *error);

/* Log the warnings, and the errors beside the first one, which options_read has returned. */
void options_log_diagnostics(const struct invocation *invocation);

/* Print the plan of the pod to stdout, for --check. 0 or a negative errno. */
int options_print_plan(const struct invocation *invocation);

/* Append the text of --help. */
void options_help(struct strbuf *text, const struct dropin *dropin, const char *program);

/* The text of --license. */
const char *options_license(void);

#endif
