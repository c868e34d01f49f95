/*
 * table.c - the list of all option groups, the texts made from it, and the setting of options
 */
#include "options/table.h"

#include <ctype.h>
#include <string.h>

#include "options/arena_private.h"
#include "options/setter_private.h"
#include "options/values_private.h"
#include "util/parse.h"

#include "license.h"

/* The second column of --help starts here. */
enum { HELP_COLUMN = 34 };

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
    &init_options,        &namespaces_options,
    &mounts_options,      &network_options,
    &user_options,        &process_options,
    &supervision_options, &report_options,
    &control_options,     &pod_options,
    &machine_options,     &key_options,
    &general_options,     NULL,
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

/* Find the Nth name that was left out, and the group that it is in. */
static const char *find_left_out(size_t index, const struct option_group **found)
{
    for (const struct option_group *const *group = option_groups; *group != NULL; group++)
        for (const char *const *name = (*group)->left_out; name != NULL && *name != NULL; name++)
            if (index-- == 0) {
                *found = *group;
                return *name;
            }
    return NULL;
}

const char *option_left_out(size_t index)
{
    const struct option_group *group;

    return find_left_out(index, &group);
}

int option_check_built(const char *name, struct error *error)
{
    const struct option_group *group;
    const char *left_out;

    for (size_t i = 0; (left_out = find_left_out(i, &group)) != NULL; i++)
        if (strcmp(left_out, name) == 0)
            return error_reason(error, ERROR_USAGE, "this nsinit was built without it (%s)",
                                group->build_option);
    return 0;
}

/* ---- an option in words ------------------------------------------------------------------ */

void option_add_help(struct strbuf *text, const struct option *option)
{
    strbuf_add(text, option->help);
    if (option->repeatable || option->counted)
        strbuf_add(text, " (repeatable)");
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

/* ---- --help and --license ---------------------------------------------------------------- */

static void add_option(struct strbuf *text, const struct option *option)
{
    size_t start = text->length;

    if (option_is_key_only(option))
        strbuf_format(text, "      %s", option->name);
    else if (option->letter != 0)
        strbuf_format(text, "  -%c, --%s", option->letter, option->name);
    else
        strbuf_format(text, "      --%s", option->name);
    if (option->argument != NULL)
        strbuf_format(text, option->argument_is_optional ? "[=%s]" : " %s", option->argument);
    do
        strbuf_add(text, " ");
    while (text->length - start < HELP_COLUMN);
    option_add_help(text, option);
    strbuf_add(text, "\n");
}

static void add_group(struct strbuf *text, const struct option_group *group)
{
    if (group->heading == NULL)
        return;
    strbuf_format(text, "\n%s:\n", group->heading);
    for (size_t i = 0; i < group->count; i++)
        add_option(text, &group->options[i]);
}

void options_help(struct strbuf *text, const struct dropin *dropin, const char *program)
{
    strbuf_format(text, "Usage: %s [OPTION...] [--] PROGRAM [ARG...]\n", program);
    if (option_by_name("pod") != NULL)
        strbuf_format(text, "       %s [OPTION...] --pod FILE\n", program);
    strbuf_format(
        text,
        "%s\n\n"
        "Run PROGRAM under a small init: forward signals to it, reap orphans, exit with its\n"
        "code. Options end at the first word that is not an option.\n",
        dropin->version);
    for (const struct option_group *const *group = option_groups; *group != NULL; group++)
        add_group(text, *group);
    strbuf_add(text,
               "\nEnvironment variables set options too, e.g. NSINIT_GROUP=1 and\n"
               "NSINIT_REWRITE='TERM:QUIT HUP:0' (see nsinit(1)). Variables of other inits:\n ");
    for (size_t i = 0; i < dropin_variable_count; i++)
        strbuf_format(text, "%s%s", i == 3 ? "\n  " : " ", dropin_variables[i].name);
    strbuf_format(
        text,
        "\n\nExit codes: the program's own; 128 + N after signal N; %d if it is not found;\n"
        "%d if it is not executable; %d if nsinit fails or is misused.\n",
        dropin->exit_codes[ERROR_NOT_FOUND], dropin->exit_codes[ERROR_NOT_EXECUTABLE],
        dropin->exit_codes[ERROR_FAILED]);
}

const char *options_license(void)
{
    return license_text;
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
