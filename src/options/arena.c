/*
 * arena.c - the memory of what the user asked for
 */
#include <stdlib.h>
#include <string.h>

#include "options/setters_private.h"
#include "options/table.h"
#include "util/strbuf.h"

/* A file that is none at all has a mistake in each line. */
enum { NOTICES_MAX = 100 };

void *invocation_adopt(struct invocation *invocation, void *memory, struct error *error)
{
    void **kept = array_add(&invocation->kept, &invocation->kept_count, sizeof *kept, error);

    if (kept == NULL) {
        free(memory);
        return NULL;
    }
    *kept = memory;
    return memory;
}

void *invocation_keep(struct invocation *invocation, size_t size, struct error *error)
{
    void *memory = calloc(1, size);

    if (memory == NULL) {
        error_reason(error, ERROR_FAILED, "%m");
        return NULL;
    }
    return invocation_adopt(invocation, memory, error);
}

struct translation *invocation_translation(struct invocation *invocation, struct error *error)
{
    struct service *service = invocation->current;
    struct translation *own;

    if (service == &invocation->main_service || service->translation != &invocation->translation)
        return service->translation;
    own = invocation_keep(invocation, sizeof *own, error);
    if (own == NULL)
        return NULL;
    *own = invocation->translation;
    service->translation = own;
    return own;
}

static bool is_about(const struct saying *saying, unsigned int owner, const struct option *option)
{
    return saying->owner == owner &&
           (option != NULL ? saying->option == option : saying->value == NULL);
}

const struct saying *invocation_said(const struct invocation *invocation, unsigned int owner,
                                     const struct option *option)
{
    for (size_t i = invocation->saying_count; i > 0; i--)
        if (is_about(&invocation->sayings[i - 1], owner, option))
            return &invocation->sayings[i - 1];
    return NULL;
}

/* The last one wins, also by its place: options that change the same take turns. */
static void forget(struct invocation *invocation, unsigned int owner, const struct option *option)
{
    const struct saying *before = invocation_said(invocation, owner, option);
    size_t place;

    if (before == NULL)
        return;
    place = (size_t)(before - invocation->sayings);
    invocation->saying_count--;
    memmove(invocation->sayings + place, invocation->sayings + place + 1,
            (invocation->saying_count - place) * sizeof *invocation->sayings);
}

int invocation_say(struct invocation *invocation, const struct saying *saying, struct error *error)
{
    struct saying *added;

    if (saying->owner == OWNER_OUTSIDE && (saying->option->flags & OPTION_REPEATABLE) == 0)
        forget(invocation, saying->owner, saying->option);
    added = array_add(&invocation->sayings, &invocation->saying_count, sizeof *added, error);
    if (added == NULL)
        return -1;
    *added = *saying;
    return 0;
}

void invocation_forget(struct invocation *invocation)
{
    free(invocation->sayings);
    invocation->sayings = NULL;
    invocation->saying_count = 0;
}

/* The section, for a message: empty outside of all. */
static void name_section(const struct invocation *invocation, unsigned int owner, char *name,
                         size_t size)
{
    strbuf_set(name, size, "%s%s%s",
               owner == OWNER_OUTSIDE ? ""
               : owner == OWNER_POD   ? ": [pod]"
                                      : ": [service ",
               owner >= OWNER_SERVICES ? invocation->pod.services[owner - OWNER_SERVICES].name : "",
               owner >= OWNER_SERVICES ? "]" : "");
}

/* The owner's Nth value of the option, or NULL. */
static const struct saying *find_saying(const struct invocation *invocation, unsigned int owner,
                                        const struct option *option, size_t nth)
{
    for (size_t i = 0; i < invocation->saying_count; i++)
        if (is_about(&invocation->sayings[i], owner, option) && nth-- == 0)
            return &invocation->sayings[i];
    return NULL;
}

void invocation_name_key(const struct invocation *invocation, unsigned int owner, const char *key,
                         size_t nth, struct error *error)
{
    const struct option *option = option_of_name(key);
    const struct saying *saying = find_saying(invocation, owner, option, nth);
    unsigned int line = owner == OWNER_OUTSIDE ? 0
                        : owner == OWNER_POD
                            ? invocation->namespace_holder.line
                            : invocation->pod.services[owner - OWNER_SERVICES].line;
    char section[100];

    name_section(invocation, owner, section, sizeof section);
    if (saying == NULL)
        saying = invocation_said(invocation, OWNER_OUTSIDE, option);
    if (saying == NULL || saying->line > 0)
        error_subject(error, "%s:%u%s %s", invocation->pod.file,
                      saying != NULL ? saying->line : line, section, key);
    else if (saying->text != NULL)
        error_subject(error, "environment variable %s%s", saying->text, section);
    else
        error_subject(error, "--%s%s", key, section);
}

void invocation_tell(struct invocation *invocation, enum log_level level, const struct error *error)
{
    struct error ignored = {0};
    struct warning *notice;

    if (invocation->notice_count >= NOTICES_MAX)
        return;
    notice = array_add(&invocation->notices, &invocation->notice_count, sizeof *notice, &ignored);
    if (notice != NULL)
        *notice = (struct warning){level, *error};
}

void options_warn(struct invocation *invocation, const struct service *service, const char *key,
                  size_t nth, const struct error *error)
{
    struct error warning = *error;

    invocation_name_key(invocation,
                        service != NULL
                            ? OWNER_SERVICES + (unsigned int)(service - invocation->pod.services)
                            : OWNER_POD,
                        key, nth, &warning);
    invocation_tell(invocation, LOG_WARNING, &warning);
}

void options_tell_notices(const struct invocation *invocation)
{
    for (size_t i = 0; i < invocation->notice_count; i++)
        log_error(invocation->notices[i].level, &invocation->notices[i].error);
}

void options_free(struct invocation *invocation)
{
    struct pod *pod = &invocation->pod;

    if (pod->services != &invocation->main_service) {
        for (size_t i = 0; i < pod->service_count; i++)
            service_free(&pod->services[i]);
        free(pod->services);
    }
    service_free(&invocation->namespace_holder);
    service_free(&invocation->main_service);
    for (size_t i = 0; i < invocation->kept_count; i++)
        free(invocation->kept[i]);
    free(invocation->kept);
    invocation_forget(invocation);
    free(invocation->notices);
    free(invocation->file_text);
}
