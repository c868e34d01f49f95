/*
 * given.c - the values as they were given: for messages, for --check, and for warnings
 */
#include "options/given_private.h"

#include <stdlib.h>
#include <string.h>

#include "options/arena_private.h"
#include "options/table.h"
#include "util/strbuf.h"

/* In a file that is not a pod file at all, each line is a mistake. */
enum { DIAGNOSTICS_MAX = 100 };

/* ---- notes ------------------------------------------------------------------------------- */

static bool is_of(const struct given_value *given, unsigned int section,
                  const struct option *option)
{
    return given->section == section && given->option == option;
}

const struct given_value *given_find(const struct invocation *invocation, unsigned int section,
                                     const struct option *option)
{
    for (size_t i = invocation->value_count; i > 0; i--)
        if (is_of(&invocation->values[i - 1], section, option))
            return &invocation->values[i - 1];
    return NULL;
}

bool given_has_mistake(const struct invocation *invocation, unsigned int section)
{
    for (size_t i = 0; i < invocation->value_count; i++)
        if (invocation->values[i].section == section && invocation->values[i].value == NULL)
            return true;
    return false;
}

/* The later value goes to the end, as options that change one member take effect in order. */
static void forget(struct invocation *invocation, unsigned int section, const struct option *option)
{
    const struct given_value *earlier = given_find(invocation, section, option);
    size_t place;

    if (earlier == NULL)
        return;
    place = (size_t)(earlier - invocation->values);
    invocation->value_count--;
    memmove(invocation->values + place, invocation->values + place + 1,
            (invocation->value_count - place) * sizeof *invocation->values);
}

int given_add(struct invocation *invocation, const struct given_value *value, struct error *error)
{
    if (value->section == SECTION_NONE && !value->option->repeatable)
        forget(invocation, value->section, value->option);
    return ARRAY_APPEND(invocation->values, invocation->value_count, value, error);
}

void given_free(struct invocation *invocation)
{
    free(invocation->values);
    invocation->values = NULL;
    invocation->value_count = 0;
}

/* ---- places ------------------------------------------------------------------------------ */

/* The section as it follows the file and line in a message: ": [service web]". */
static void print_section(const struct invocation *invocation, unsigned int section, char *buffer,
                          size_t size)
{
    const struct service *services = invocation->pod.services;

    if (section == SECTION_NONE)
        buffer[0] = '\0';
    else if (section == SECTION_POD)
        strbuf_set(buffer, size, ": [pod]");
    else
        strbuf_set(buffer, size, ": [service %s]", services[section - SECTION_SERVICES].name);
}

static unsigned int line_of_section(const struct invocation *invocation, unsigned int section)
{
    if (section == SECTION_NONE)
        return 0;
    if (section == SECTION_POD)
        return invocation->namespace_holder.line;
    return invocation->pod.services[section - SECTION_SERVICES].line;
}

static const struct given_value *find_nth(const struct invocation *invocation, unsigned int section,
                                          const struct option *option, size_t nth)
{
    for (size_t i = 0; i < invocation->value_count; i++)
        if (is_of(&invocation->values[i], section, option) && nth-- == 0)
            return &invocation->values[i];
    return NULL;
}

void given_name_key(const struct invocation *invocation, unsigned int section, const char *key,
                    size_t nth, struct error *error)
{
    const struct option *option = option_by_name(key);
    const struct given_value *given = find_nth(invocation, section, option, nth);
    char section_name[100];

    print_section(invocation, section, section_name, sizeof section_name);
    if (given == NULL)
        given = given_find(invocation, SECTION_NONE, option);
    if (given == NULL || given->line > 0)
        error_subject(error, "%s:%u%s %s", invocation->pod.file,
                      given != NULL ? given->line : line_of_section(invocation, section),
                      section_name, key);
    else if (given->source != NULL)
        error_subject(error, "environment variable %s%s", given->source, section_name);
    else
        error_subject(error, "--%s%s", key, section_name);
}

/* ---- diagnostics ------------------------------------------------------------------------- */

void diagnostic_add(struct invocation *invocation, enum log_level level, const struct error *error)
{
    const struct diagnostic diagnostic = {level, *error};
    struct error ignored = {0};

    if (invocation->diagnostic_count < DIAGNOSTICS_MAX)
        (void)ARRAY_APPEND(invocation->diagnostics, invocation->diagnostic_count, &diagnostic,
                           &ignored);
}

void options_warn(struct invocation *invocation, const struct service *service, const char *key,
                  size_t nth, const struct error *error)
{
    struct error warning = *error;
    unsigned int section = SECTION_POD;

    if (service != NULL)
        section = SECTION_SERVICES + (unsigned int)(service - invocation->pod.services);
    given_name_key(invocation, section, key, nth, &warning);
    diagnostic_add(invocation, LOG_WARNING, &warning);
}

void options_log_diagnostics(const struct invocation *invocation)
{
    for (size_t i = 0; i < invocation->diagnostic_count; i++)
        log_error(invocation->diagnostics[i].level, &invocation->diagnostics[i].error);
}

/* ---- values without effect --------------------------------------------------------------- */

/* Options that have no effect without another one. */
static const struct {
    const char *name;
    const char *needed;
} dependents[] = {
    {"restart-delay", "restart"},
    {"hook-timeout", "hook-created"},
    {"keep-fd", "close-fds"},
    {"chroot", "root"},
    {"health-interval", "health-cmd"},
    {"health-timeout", "health-cmd"},
    {"health-retries", "health-cmd"},
    {"health-start-period", "health-cmd"},
    {"watchdog-timeout", "watchdog-device"},
    {"watchdog-requires-healthy", "watchdog-device"},
};

static const char *needed_by(const struct option *option)
{
    for (size_t i = 0; i < sizeof dependents / sizeof dependents[0]; i++)
        if (strcmp(dependents[i].name, option->name) == 0)
            return dependents[i].needed;
    return NULL;
}

/*
 * A value from outside the file applies to all services, so it is enough if one service has the
 * other option.
 */
static bool is_given_for(const struct invocation *invocation, unsigned int section,
                         const struct option *option)
{
    if (invocation->given[option_index(option)] || given_find(invocation, section, option) != NULL)
        return true;
    for (size_t i = 0; section == SECTION_NONE && i < invocation->value_count; i++)
        if (invocation->values[i].option == option)
            return true;
    return false;
}

void given_warn_ineffective(struct invocation *invocation)
{
    for (size_t i = 0; i < invocation->value_count; i++) {
        const struct given_value *given = &invocation->values[i];
        const char *needed = needed_by(given->option);
        struct error warning = {.kind = ERROR_USAGE};

        if (needed == NULL || is_given_for(invocation, given->section, option_by_name(needed)))
            continue;
        given_name_key(invocation, given->section, given->option->name, 0, &warning);
        error_reason(&warning, ERROR_USAGE, "has no effect without %s%s",
                     given->line == 0 ? "--" : "", needed);
        diagnostic_add(invocation, LOG_WARNING, &warning);
    }
}
