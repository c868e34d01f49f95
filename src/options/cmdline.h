/*
 * cmdline.h - text in, plan out: the command line and the environment become a struct pod
 */
#ifndef NSINIT_OPTIONS_CMDLINE_H
#define NSINIT_OPTIONS_CMDLINE_H

#include <stdint.h>

#include "options/dropin_private.h"
#include "plan/pod.h"
#include "util/error.h"
#include "util/log.h"
#include "util/strbuf.h"

enum action { ACTION_RUN, ACTION_HELP, ACTION_VERSION, ACTION_LICENSE };

/* Room for what is to be known of each. */
enum { OPTIONS_MAX = 128 };

struct option;

/* Where a value was given: outside of a pod file, in its [pod], or in its Nth service. */
enum { OWNER_OUTSIDE, OWNER_POD, OWNER_SERVICES };

/* A value of an option as it was given: --check prints it, and an error names its place. */
struct saying {
    const struct option *option; /* NULL: a key that is none */
    const char *value;           /* as a pod file has it; NULL: it was wrong */
    const char *text; /* of the environment, its entry; in a file, the value before its variables
                         were replaced; else NULL */
    unsigned int owner;
    unsigned int line; /* in the pod file */
};

/* What is told besides the error that ends it all, if there is one: a warning, or another error. */
struct warning {
    enum log_level level;
    struct error error;
};

/* All that the user asked for. `pod` points into it: the struct may not be moved. */
struct invocation {
    bool is_first_of_machine; /* in: the kernel has started us; else zero */
    enum action action;
    bool pause;
    bool check; /* show the plan, and run nothing */
    bool json;
    struct pod pod;
    struct service main_service; /* the command line's; what it says of a pod's is their default */
    struct service namespace_holder; /* the pod file's [pod] */
    struct service *current;         /* the one that options are read for */
    const char *not_for_pods; /* an option of the command line that belongs into a pod file */
    char *file_text;          /* the pod file, cut up, into which the services point; owned */
    size_t file_length;
    size_t expanded_length; /* of values that had variables in them, all together */
    struct saying *sayings; /* in their order; owned, kept for --check alone */
    size_t saying_count;
    struct warning *notices; /* owned */
    size_t notice_count;
    void **kept; /* parts of services, and values that had variables in them; owned */
    size_t kept_count;
    struct translation
        translation;        /* the main service's, and of those that have none of their own */
    bool said[OPTIONS_MAX]; /* the Nth option was given outside of the pod file */
};

/*
 * Read the environment, then the command line, which wins. The NSINIT_ variables that were read
 * are taken out of `environment` (in place); the request points into `arguments` and
 * `environment`. 0, or -1 with `error` filled in (ERROR_USAGE).
 */
int options_read(struct invocation *invocation, const struct dropin *dropin, char **arguments,
                 char **environment, struct error *error);

/* Free what options_read has allocated. */
void options_free(struct invocation *invocation);

/* One more notice: a warning of a service's Nth key of that name, or with NULL of one in [pod]. */
void options_warn(struct invocation *invocation, const struct service *service, const char *key,
                  size_t nth, const struct error *error);

/* Print the notices. */
void options_tell_notices(const struct invocation *invocation);

/* What --check prints: the plan of the pod, to stdout. 0 or a negative errno. */
int options_print_plan(const struct invocation *invocation);

/* What -h, -V and -l print. */
void options_help(struct strbuf *text, const struct dropin *dropin, const char *program);
const char *options_license(void);

#endif
