/*
 * table.c - the list of all option groups, and the setting of options
 */
#include "options/table.h"

#include <ctype.h>
#include <string.h>

#include "options/arena_private.h"
#include "options/setter_private.h"
#include "options/values_private.h"
#include "util/parse.h"

/* ---- options of every build -------------------------------------------------------------- */

/* Of --help, --version and --license, the first is printed. */
static int set_action(struct invocation *invocation, enum action action)
{
    if (invocation->action == ACTION_RUN)
        invocation->action = action;
    return 0;
}

static int set_help(struct invocation *invocation, const char *value, struct error *error)
{
    (void)value;
    (void)error;
    return set_action(invocation, ACTION_HELP);
}

static int set_version(struct invocation *invocation, const char *value, struct error *error)
{
    (void)value;
    (void)error;
    return set_action(invocation, ACTION_VERSION);
}

static int set_license(struct invocation *invocation, const char *value, struct error *error)
{
    (void)value;
    (void)error;
    return set_action(invocation, ACTION_LICENSE);
}

static const struct option general_rows[] = {
    {
        .name = "help",
        .letter = 'h',
        .valid = ON_COMMAND_LINE,
        .help = "Print this help",
        .set = SET_INVOCATION(set_help),
    },
    {
        .name = "version",
        .letter = 'V',
        .valid = ON_COMMAND_LINE,
        .help = "Print the version",
        .set = SET_INVOCATION(set_version),
    },
    {
        .name = "license",
        .letter = 'l',
        .second_letter = 'L',
        .valid = ON_COMMAND_LINE,
        .help = "Print the licence",
        .set = SET_INVOCATION(set_license),
    },
};

static const struct option_group general_options = OPTION_GROUP("General", general_rows);

/* ---- the list ---------------------------------------------------------------------------- */

const struct option_group *const option_groups[] = {
    &init_options,        &namespaces_options, &mounts_options,  &process_options,
    &supervision_options, &report_options,     &control_options, &pod_options,
    &machine_options,     &key_options,        &general_options, NULL,
};

const struct option *option_at(size_t index)
{
    for (const struct option_group *const *group = option_groups; *group != NULL; group++) {
        if (index < (*group)->count)
            return &(*group)->options[index];
        index -= (*group)->count;
    }
    return NULL;
}

size_t option_index(const struct option *option)
{
    size_t index = 0;

    while (option_at(index) != option)
        index++;
    return index;
}

const struct option *option_by_name(const char *name)
{
    const struct option *option;

    for (size_t i = 0; (option = option_at(i)) != NULL; i++)
        if (strcmp(option->name, name) == 0)
            return option;
    return NULL;
}

int option_check_built(const struct option *option, struct error *error)
{
    if (option->left_out == NULL)
        return 0;
    return error_reason(error, ERROR_USAGE, "this nsinit was built without it (%s)",
                        option->left_out);
}

/* ---- an option in words ------------------------------------------------------------------ */

void option_add_help(struct strbuf *text, const struct option *option)
{
    strbuf_add(text, option->help);
    if (option->unit != NULL)
        strbuf_format(text, " [%s]", option->unit);
    if (option->default_value != NULL)
        strbuf_format(text, " [default: %s]", option->default_value);
}

void option_add_variable(struct strbuf *text, const struct option *option)
{
    strbuf_add(text, "NSINIT_");
    for (const char *at = option->name; *at != '\0'; at++)
        strbuf_format(text, "%c", *at == '-' ? '_' : toupper((unsigned char)*at));
}

const char *option_value(const struct option *option, const struct invocation *invocation,
                         const char *value)
{
    static const char *const levels[] = {"0", "1", "2", "3", "4"};
    bool yes = true;

    if (option->counted)
        return levels[invocation->pod.verbosity];
    if (value == NULL || ((option->argument == NULL || strcmp(option->argument, "yes|no") == 0) &&
                          parse_flag(value, &yes) == 0))
        return yes ? "yes" : "no";
    return value;
}

/* ---- setting ----------------------------------------------------------------------------- */

/* The settings of the current service, which are made when there are none. */
static struct settings *settings_of(struct invocation *invocation, struct error *error)
{
    struct service *service = invocation->current;

    if (service->settings == NULL)
        service->settings = arena_allocate(invocation, sizeof *service->settings, error);
    return service->settings;
}

static void *part_of(const struct option_setter *setter, struct invocation *invocation,
                     struct error *error)
{
    switch (setter->part) {
    case PART_INVOCATION:
        return invocation;
    case PART_SERVICE:
        return invocation->current;
    default:
        return settings_of(invocation, error);
    }
}

int option_set(const struct option *option, struct invocation *invocation, const char *value,
               struct error *error)
{
    const struct option_setter *setter = &option->set;
    void *part = part_of(setter, invocation, error);
    void *member;

    if (part == NULL)
        return -1;
    /* setter_private.h has checked the member's type. */
    member = (char *)part + setter->offset;
    switch (setter->kind) {
    case SETS_FLAG:
        return set_flag(member, value, error);
    case SETS_TEXT:
        return setter->text(member, value, error);
    case SETS_DURATION:
        return setter->duration(member, value, error);
    case SETS_INVOCATION:
        return setter->invocation(part, value, error);
    case SETS_SERVICE:
        return setter->service(part, value, error);
    default:
        return setter->settings(part, value, error);
    }
}
