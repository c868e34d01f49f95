/*
 * cmdline.c - options from outside the pod file: the environment and the command line
 */
#include "options/cmdline_private.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "options/arena_private.h"
#include "options/given_private.h"
#include "options/table.h"
#include "util/optparse.h"
#include "util/parse.h"
#include "util/strbuf.h"
#include "util/suggest.h"

static const char own_prefix[] = "NSINIT_";

/* Set an option. `entry` is the entry of the environment that it comes from, or NULL. */
static int set_option(struct invocation *invocation, const struct option *option, const char *value,
                      const char *entry, struct error *error)
{
    struct given_value given = {.option = option, .source = entry, .section = SECTION_NONE};

    if (option_is_key_only(option))
        return error_reason(error, ERROR_USAGE, "belongs in a pod file, as the key '%s'",
                            option->name);
    if ((option->valid & IN_SERVICE) != 0 && (option->valid & IN_ENVIRONMENT) == 0)
        invocation->service_option = option->name;
    if (option_set(option, invocation, value, error) < 0)
        return -1;
    invocation->given[option_index(option)] = true;
    given.value = option_value(option, invocation, value);
    return given_add(invocation, &given, error);
}

/* ---- the command line -------------------------------------------------------------------- */

/* The options that were left out follow the others, so that they are recognized. */
static bool describe_left_out(size_t index, struct optparse_option *described)
{
    const char *name = option_left_out(index - option_index(NULL));

    *described = (struct optparse_option){.name = name, .takes = OPTPARSE_SWITCH};
    return name != NULL;
}

static bool describe(size_t index, struct optparse_option *described)
{
    const struct option *option = option_at(index);

    if (option == NULL)
        return describe_left_out(index, described);
    *described = (struct optparse_option){
        .name = option->name,
        .letter = option->letter,
        .second_letter = option->second_letter,
        .takes = option->argument == NULL       ? OPTPARSE_SWITCH
                 : option->argument_is_optional ? OPTPARSE_OPTIONAL
                                                : OPTPARSE_REQUIRED,
        .argument = option->argument,
    };
    return true;
}

char **cmdline_read(struct invocation *invocation, char **words, struct error *error)
{
    struct optparse parser = {.table = describe, .next = words};
    enum optparse_item item;

    while ((item = optparse_next(&parser, error)) == OPTPARSE_OPTION) {
        const struct option *option = option_at(parser.index);

        if (option == NULL) {
            option_check_built(option_left_out(parser.index - option_index(NULL)), error);
            return NULL;
        }
        if (set_option(invocation, option, parser.value, NULL, error) < 0)
            return NULL;
        if (invocation->action != ACTION_RUN)
            return parser.next;
    }
    if (item == OPTPARSE_ERROR)
        return NULL;
    return item == OPTPARSE_WORD ? parser.next - 1 : parser.next;
}

/* ---- nsinit's own variables -------------------------------------------------------------- */

/* Set a repeatable option once for each word of a variable's value. */
static int set_each(struct invocation *invocation, const struct option *option, const char *value,
                    const char *entry, struct error *error)
{
    static const char separators[] = " ,\t\n";

    for (;;) {
        size_t length;
        char *word;

        value += strspn(value, separators);
        length = strcspn(value, separators);
        if (length == 0)
            return 0;
        word = strndup(value, length);
        if (word == NULL)
            return error_reason(error, ERROR_FAILED, "%m");
        if (arena_adopt(invocation, word, error) == NULL ||
            set_option(invocation, option, word, entry, error) < 0)
            return -1;
        value += length;
    }
}

/* Whether the entry of the environment is the option's variable: NSINIT_READY_FD=... */
static bool is_variable_of(const struct option *option, const char *entry)
{
    char buffer[sizeof own_prefix + 40];
    struct strbuf name = strbuf_in(buffer, sizeof buffer);

    option_add_variable(&name, option);
    return strncmp(entry, buffer, name.length) == 0 && entry[name.length] == '=';
}

static const struct option *option_by_variable(const char *entry)
{
    const struct option *option;

    if (strncmp(entry, own_prefix, sizeof own_prefix - 1) != 0)
        return NULL;
    for (size_t i = 0; (option = option_at(i)) != NULL; i++)
        if ((option->valid & IN_ENVIRONMENT) != 0 && is_variable_of(option, entry))
            return option;
    return NULL;
}

/* The variable's name as an option's: NSINIT_READY_FD=5 is ready-fd. False when it is too long. */
static bool name_of_variable(const char *entry, char *name, size_t size)
{
    bool fits = parse_word(entry + sizeof own_prefix - 1, "=", name, size) < size;

    for (; *name != '\0'; name++)
        *name = (char)(*name == '_' ? '-' : tolower((unsigned char)*name));
    return fits;
}

static const struct option *closest_variable(const char *name)
{
    struct suggestion closest = suggest_for(name);
    const struct option *option;

    for (size_t i = 0; (option = option_at(i)) != NULL; i++)
        if ((option->valid & IN_ENVIRONMENT) != 0)
            suggest_offer(&closest, option->name);
    return closest.best != NULL ? option_by_name(closest.best) : NULL;
}

/*
 * Whether a variable with nsinit's prefix is meant for other programs: an image's NSINIT_VERSION,
 * or a path of a namespace, as hooks get it.
 */
static bool is_foreign(const char *entry, const struct option *option)
{
    return strncmp(strchr(entry, '='), "=/proc/", 7) == 0 ||
           (option != NULL && option->valid == ON_COMMAND_LINE && option->argument == NULL);
}

/* Warn of a variable that looks like one of nsinit's and is not. */
static void warn_of_variable(struct invocation *invocation, const char *entry)
{
    struct error warning = {.kind = ERROR_USAGE};
    const struct option *option;
    const struct option *closest;
    char name[40];
    char variable[sizeof own_prefix + sizeof name];
    struct strbuf text = strbuf_in(variable, sizeof variable);

    if (strncmp(entry, own_prefix, sizeof own_prefix - 1) != 0 ||
        !name_of_variable(entry, name, sizeof name) || strchr(entry, '=')[1] == '\0')
        return;
    option = option_by_name(name);
    closest = closest_variable(name);
    if (is_foreign(entry, option))
        return;
    error_subject(&warning, "environment variable %s", entry);
    if (option_check_built(name, &warning) < 0) {
        diagnostic_add(invocation, LOG_WARNING, &warning);
        return;
    }
    if (option == NULL && closest == NULL)
        return;
    if (option != NULL && (option->valid & IN_ENVIRONMENT) == 0) {
        error_reason(&warning, ERROR_USAGE, "is ignored: %s%s can't be set by a variable",
                     option_is_key_only(option) ? "" : "--", option->name);
    } else {
        option_add_variable(&text, closest);
        error_reason(&warning, ERROR_USAGE, "unknown variable; did you mean %s?", variable);
    }
    diagnostic_add(invocation, LOG_WARNING, &warning);
}

/*
 * An nsinit inside this one must not read the variables again. An empty one counts as unset:
 * compose makes one of ${STOP:-}.
 */
static int read_own_variables(struct invocation *invocation, char **environment,
                              struct error *error)
{
    char **kept = environment;

    for (char **entry = environment; *entry != NULL; entry++) {
        const struct option *option = option_by_variable(*entry);
        const char *value;

        if (option == NULL) {
            warn_of_variable(invocation, *entry);
            *kept++ = *entry;
            continue;
        }
        value = strchr(*entry, '=') + 1;
        error_subject(error, "environment variable %s", *entry);
        if (value[0] != '\0' &&
            (option->repeatable ? set_each(invocation, option, value, *entry, error)
                                : set_option(invocation, option, value, *entry, error)) < 0)
            return -1;
    }
    *kept = NULL;
    return 0;
}

/* ---- variables of other inits ------------------------------------------------------------ */

static const char *find_variable(char *const *environment, const char *name)
{
    size_t length = strlen(name);

    for (; *environment != NULL; environment++)
        if (strncmp(*environment, name, length) == 0 && (*environment)[length] == '=')
            return *environment;
    return NULL;
}

/* The variable stays in the environment, as the other inits leave it there too. */
static void read_dropin_variable(struct invocation *invocation,
                                 const struct dropin_variable *variable, char *const *environment)
{
    const char *entry = find_variable(environment, variable->name);
    struct error warning = {.kind = ERROR_USAGE};
    const char *value;

    if (entry == NULL)
        return;
    value = entry + strlen(variable->name) + 1;
    if (variable->only_value != NULL && strcmp(value, variable->only_value) != 0)
        return;
    error_subject(&warning, "environment variable %s", entry);
    if (set_option(invocation, option_by_name(variable->option),
                   variable->value != NULL ? variable->value : value, entry, &warning) == 0)
        return;
    /* It may be meant for a real tini: a warning will do. An empty one counts as unset. */
    if (value[0] != '\0')
        diagnostic_add(invocation, LOG_WARNING, &warning);
}

int environment_read(struct invocation *invocation, char **environment, struct error *error)
{
    for (size_t i = 0; i < dropin_variable_count; i++)
        read_dropin_variable(invocation, &dropin_variables[i], environment);
    return read_own_variables(invocation, environment, error);
}
