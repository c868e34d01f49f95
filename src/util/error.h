/*
 * error.h - an error as a value: what was attempted, on what, why it failed and the way out
 */
#ifndef NSINIT_UTIL_ERROR_H
#define NSINIT_UTIL_ERROR_H

#include <stddef.h>

/* The exit code of each kind depends on the name that nsinit is called by: options/dropin.c. */
enum error_kind {
    ERROR_USAGE,          /* an option, an argument or a variable of the environment */
    ERROR_FAILED,         /* nsinit itself could not do something */
    ERROR_NOT_FOUND,      /* the program does not exist */
    ERROR_NO_INTERPRETER, /* the program exists, but its interpreter or dynamic loader does not */
    ERROR_NOT_EXECUTABLE, /* the program may not be executed */
    ERROR_BAD_FORMAT,     /* the kernel can't run the program */
    ERROR_EXEC_OTHER,     /* any other failure of execve(2) */
    ERROR_KIND_COUNT
};

/* Printed as "SUBJECT: REASON", with the hint on a separate line. */
struct error {
    enum error_kind kind;
    char subject[256]; /* the attempt: "-r", "main: exec nginx" */
    char reason[512];  /* why it failed */
    char hint[256];    /* an imperative that can be typed, or empty */
};

/*
 * Set kind and reason, formatted as by strbuf_format; subject and hint stay. This and the functions
 * below return -1, so that a function that fails ends with `return error_reason(...)`.
 */
int error_reason(struct error *error, enum error_kind kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * ERROR_USAGE for an unknown word: "unknown signal 'TERN'; did you mean TERM?". `closest` is NULL
 * if no name is near.
 */
int error_unknown(struct error *error, const char *word, const char *kind, const char *closest);

/* ERROR_USAGE for a value: "invalid port '0': use 1 to 65535". `advice` may be NULL. */
int error_invalid(struct error *error, const char *word, const char *kind, const char *advice);

/* ERROR_FAILED for errno; the format makes the subject. */
int error_failed(struct error *error, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Set the subject, or the hint. */
void error_subject(struct error *error, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void error_hint(struct error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Put a service's name in front of the subject, unless it is there. */
void error_name(struct error *error, const char *name);

#endif
