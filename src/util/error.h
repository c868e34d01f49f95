/*
 * error.h - an error as a value: what was attempted, on what, why it failed and the way out
 */
#ifndef NSINIT_UTIL_ERROR_H
#define NSINIT_UTIL_ERROR_H

#include <stddef.h>

/* The exit code of each kind depends on the name nsinit is called by: see options/dropin.c. */
enum error_kind {
    ERROR_USAGE,          /* an option, an argument or an environment value */
    ERROR_FAILED,         /* nsinit itself could not do something */
    ERROR_NOT_FOUND,      /* the program does not exist */
    ERROR_NO_INTERPRETER, /* it exists, its interpreter or dynamic loader does not */
    ERROR_NOT_EXECUTABLE, /* it exists, but may not be executed */
    ERROR_BAD_FORMAT,     /* it exists, but the kernel can't run it */
    ERROR_EXEC_OTHER,     /* any other failure of execve */
    ERROR_KIND_COUNT
};

struct error {
    enum error_kind kind;
    char subject[256]; /* what it is about: "-r", "main: exec nginx" */
    char reason[512];
    char hint[256]; /* the way out, or empty */
};

/* Fill in the reason, formatted as by strbuf_format (subject and hint stay). Returns -1. */
int error_reason(struct error *error, enum error_kind kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * The reason for a word that names nothing of its kind: "unknown signal 'TERN'; did you mean
 * TERM?". `closest` is NULL when no name is near. ERROR_USAGE. Returns -1.
 */
int error_unknown(struct error *error, const char *word, const char *kind, const char *closest);

/*
 * The reason for a value that can't be read: "invalid port '0': use 1 to 65535". `advice` says what
 * can be, and may be NULL. ERROR_USAGE. Returns -1.
 */
int error_invalid(struct error *error, const char *word, const char *kind, const char *advice);

/* An attempt failed with errno: it is the subject. ERROR_FAILED. Returns -1. */
int error_failed(struct error *error, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

void error_subject(struct error *error, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Put the name of whose error it is in front of the subject, unless it is there. */
void error_name(struct error *error, const char *name);
void error_hint(struct error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The reason for a word that is not as it should be: "'WORD' is WHAT". ERROR_USAGE. Returns -1. */
int error_wrong(struct error *error, const char *word, const char *what);

/*
 * Setters of a value may return what it is instead of a right one ("no number from 1"); NULL where
 * it is right, and the empty text where the reason has been filled in. Returns 0 or -1.
 */
int error_judged(struct error *error, const char *value, const char *wrong);

/* That of what returns 0, or -1 with the reason filled in. */
static inline const char *told(int result)
{
    return result < 0 ? "" : NULL;
}

#endif
