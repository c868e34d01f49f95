/*
 * options.h - text in, plan out: the command line and the environment become a struct pod
 */
#ifndef NSINIT_OPTIONS_OPTIONS_H
#define NSINIT_OPTIONS_OPTIONS_H

#include "options/persona.h"
#include "pod/pod.h"
#include "util/error.h"
#include "util/text.h"

enum action { ACTION_RUN, ACTION_HELP, ACTION_VERSION, ACTION_LICENSE };

/* All that the user asked for. `pod` points into `main_service`: the struct may not be moved. */
struct request {
    enum action action;
    bool pause;
    struct pod pod;
    struct service main_service;
};

/*
 * Read the environment, then the command line, which wins. The NSINIT_ variables that were read
 * are taken out of `environment` (in place); the request points into `arguments` and
 * `environment`. 0, or -1 with `error` filled in (ERROR_USAGE).
 */
int options_read(struct request *request, const struct persona *persona, char **arguments,
                 char **environment, struct error *error);

/* Free what options_read has allocated. */
void options_free(struct request *request);

/* What -h, -V and -l print. */
void options_help(struct text *text, const struct persona *persona, const char *program);
const char *options_license(void);

#endif
