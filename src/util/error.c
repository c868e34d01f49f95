/*
 * error.c - an error as a value: what was attempted, on what, why it failed and the way out
 */
#include "util/error.h"

#include <stdarg.h>
#include <string.h>

#include "util/strbuf.h"

static void fill(char *field, size_t size, const char *format, va_list arguments)
{
    struct strbuf text = strbuf_in(field, size);

    strbuf_vformat(&text, format, arguments);
}

int error_reason(struct error *error, enum error_kind kind, const char *format, ...)
{
    va_list arguments;

    error->kind = kind;
    va_start(arguments, format);
    fill(error->reason, sizeof error->reason, format, arguments);
    va_end(arguments);
    return -1;
}

int error_unknown(struct error *error, const char *word, const char *kind, const char *closest)
{
    return error_reason(error, ERROR_USAGE, "unknown %s '%s'%s%s%s", kind, word,
                        closest ? "; did you mean " : "", closest ? closest : "",
                        closest ? "?" : "");
}

int error_invalid(struct error *error, const char *word, const char *kind, const char *advice)
{
    return error_reason(error, ERROR_USAGE, "invalid %s '%s'%s%s", kind, word,
                        advice != NULL ? ": " : "", advice != NULL ? advice : "");
}

int error_failed(struct error *error, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    fill(error->subject, sizeof error->subject, format, arguments);
    va_end(arguments);
    return error_reason(error, ERROR_FAILED, "%m");
}

void error_subject(struct error *error, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    fill(error->subject, sizeof error->subject, format, arguments);
    va_end(arguments);
}

void error_name(struct error *error, const char *name)
{
    char subject[sizeof error->subject];
    size_t length = strlen(name);

    if (strncmp(error->subject, name, length) == 0 && error->subject[length] == ':')
        return;
    memcpy(subject, error->subject, sizeof subject);
    error_subject(error, "%s: %s", name, subject);
}

void error_hint(struct error *error, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    fill(error->hint, sizeof error->hint, format, arguments);
    va_end(arguments);
}
