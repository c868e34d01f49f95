/*
 * advice.c - what was given and has no effect: no error, and worth a word
 */
#include "options/advice_private.h"

#include <string.h>

#include "options/setters_private.h"
#include "options/table.h"

/* Options that say nothing without another one. */
static const struct {
    const char *name;
    const char *partner;
} partners[] = {
    {"restart-delay", "restart"},
    {"hook-timeout", "hook-created"},
    {"health-interval", "health-cmd"},
    {"health-timeout", "health-cmd"},
    {"health-retries", "health-cmd"},
    {"health-start-period", "health-cmd"},
    {"watchdog-timeout", "watchdog-device"},
    {"watchdog-requires-healthy", "watchdog-device"},
};

static const char *partner_of(const struct option *option)
{
    for (size_t i = 0; i < sizeof partners / sizeof partners[0]; i++)
        if (strcmp(partners[i].name, option->name) == 0)
            return partners[i].partner;
    return NULL;
}

/* Whether it was given in the same section; what was given there is together. */
static bool is_said_near(const struct invocation *invocation, size_t place,
                         const struct option *option)
{
    const struct saying *sayings = invocation->sayings;
    unsigned int owner = sayings[place].owner;

    while (place > 0 && sayings[place - 1].owner == owner)
        place--;
    for (; place < invocation->saying_count && sayings[place].owner == owner; place++)
        if (sayings[place].option == option)
            return true;
    return false;
}

/* Whether the partner was given for the same service, or for any where the option is for all. */
static bool has_partner(const struct invocation *invocation, size_t place, const char *name)
{
    const struct option *partner = option_of_name(name);

    if (is_said_near(invocation, place, partner) || invocation->said[partner - option_table])
        return true;
    for (size_t i = 0;
         invocation->sayings[place].owner == OWNER_OUTSIDE && i < invocation->saying_count; i++)
        if (invocation->sayings[i].option == partner)
            return true;
    return false;
}

void options_advise(struct invocation *invocation)
{
    for (size_t i = 0; i < invocation->saying_count; i++) {
        const struct saying *saying = &invocation->sayings[i];
        const char *partner = partner_of(saying->option);
        struct error warning = {.kind = ERROR_USAGE};

        if (partner == NULL || has_partner(invocation, i, partner))
            continue;
        invocation_name_key(invocation, saying->owner, saying->option->name, 0, &warning);
        error_reason(&warning, ERROR_USAGE, "has no effect without %s%s",
                     saying->line == 0 ? "--" : "", partner);
        invocation_tell(invocation, LOG_WARNING, &warning);
    }
}
