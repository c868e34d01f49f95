/*
 * completion_values.c - the values that the shells offer for options
 * Values come from the tables of names that nsinit itself reads them with.
 */
#include "tools/completion_values_private.h"

#include <stdio.h>
#include <string.h>

#include "linux/capabilities.h"
#include "util/signal_names.h"

static void each_signal(word_printer *print)
{
    struct signal_name name;

    for (int i = 1; i < 32; i++)
        print(signal_name(i, &name));
}

/* For rewrite: FROM with the colon behind it. */
static void each_signal_from(word_printer *print)
{
    struct signal_name name;
    char word[sizeof name.text + 1];

    for (int i = 1; i < 32; i++) {
        snprintf(word, sizeof word, "%s:", signal_name(i, &name));
        print(word);
    }
}

static void each_schedule(word_printer *print)
{
    static const char *const schedules[] = {"TERM/10/KILL", "INT/10/KILL", "QUIT/30/TERM/5/KILL"};

    for (size_t i = 0; i < sizeof schedules / sizeof schedules[0]; i++)
        print(schedules[i]);
}

static void each_drain(word_printer *print)
{
    each_schedule(print);
    print("forever");
    print("no");
}

static void each_namespace(word_printer *print)
{
    for (int i = 0; i < NAMESPACE_COUNT; i++)
        print(ns_types[i].name);
    print("all");
}

static void each_capability(word_printer *print)
{
    for (unsigned int i = 0; capability_name(i) != NULL; i++)
        print(capability_name(i));
    print("all");
}

static void each_limit(word_printer *print)
{
    char word[32];

    for (int i = 0; i < RLIM_NLIMITS; i++)
        if (resource_name(i) != NULL) {
            snprintf(word, sizeof word, "%s=", resource_name(i));
            print(word);
        }
}

static void each_restart_policy(word_printer *print)
{
    for (int i = 0; i <= RESTART_ALWAYS; i++)
        print(restart_policy_names[i]);
}

static void each_propagation(word_printer *print)
{
    for (int i = 0; i <= PROPAGATION_UNCHANGED; i++)
        print(propagation_names[i]);
}

static void each_control_access(word_printer *print)
{
    for (int i = 0; i <= CONTROL_FULL; i++)
        print(control_access_names[i]);
}

static void each_power(word_printer *print)
{
    for (int i = POWER_NONE + 1; i < POWER_COUNT; i++)
        print(power_name((enum power)i));
}

static const struct completion {
    const char *option;
    enum values values;
    void (*each)(word_printer *print);
} completions[] = {
    {"parent-death-signal", VALUES_WORDS, each_signal},
    {"rewrite", VALUES_WORDS, each_signal_from},
    {"stop", VALUES_WORDS, each_schedule},
    {"drain", VALUES_WORDS, each_drain},
    {"unshare", VALUES_LIST, each_namespace},
    {"enter", VALUES_LIST, each_namespace},
    {"cap-add", VALUES_LIST, each_capability},
    {"cap-drop", VALUES_LIST, each_capability},
    {"rlimit", VALUES_WORDS, each_limit},
    {"restart", VALUES_WORDS, each_restart_policy},
    {"propagation", VALUES_WORDS, each_propagation},
    {"control-access", VALUES_WORDS, each_control_access},
    {"on-end", VALUES_WORDS, each_power},
    {"user", VALUES_USERS, NULL},
    {"groups", VALUES_GROUPS, NULL},
};

static const struct completion *completion_of(const struct option *option)
{
    for (size_t i = 0; i < sizeof completions / sizeof completions[0]; i++)
        if (strcmp(completions[i].option, option->name) == 0)
            return &completions[i];
    return NULL;
}

bool completions_check(void)
{
    struct error ignored = {0};

    for (size_t i = 0; i < sizeof completions / sizeof completions[0]; i++)
        if (option_by_name(completions[i].option) == NULL &&
            option_check_built(completions[i].option, &ignored) == 0) {
            fprintf(stderr, "gen_docs: values for the unknown option '%s'\n",
                    completions[i].option);
            return false;
        }
    return true;
}

static bool argument_has(const struct option *option, const char *part)
{
    return option->argument != NULL && strstr(option->argument, part) != NULL;
}

/* Whether the argument lists words, as allow|deny does: they need no row above. */
static bool has_alternatives(const struct option *option)
{
    return argument_has(option, "|") &&
           option->argument[strspn(option->argument, "abcdefghijklmnopqrstuvwxyz-|")] == '\0';
}

enum values values_of(const struct option *option)
{
    if (completion_of(option) != NULL)
        return completion_of(option)->values;
    if (argument_has(option, "DIR"))
        return VALUES_DIRECTORIES;
    if (argument_has(option, "FILE") || argument_has(option, "PATH"))
        return VALUES_FILES;
    return has_alternatives(option) ? VALUES_WORDS : VALUES_NONE;
}

void each_word(const struct option *option, word_printer *print)
{
    const struct completion *completion = completion_of(option);
    char word[64];

    if (completion != NULL) {
        completion->each(print);
        return;
    }
    for (const char *at = option->argument; *at != '\0'; at += at[0] == '|') {
        size_t length = strcspn(at, "|");

        snprintf(word, sizeof word, "%.*s", (int)length, at);
        print(word);
        at += length;
    }
}

/* ---- options ----------------------------------------------------------------------------- */

bool is_on_command_line(const struct option *option)
{
    return !option_is_key_only(option);
}

bool takes_word(const struct option *option)
{
    return option->argument != NULL && !option->argument_is_optional;
}

struct option_help option_help_of(const struct option *option)
{
    struct option_help help = {""};
    struct strbuf text = strbuf_in(help.text, sizeof help.text);

    option_add_help(&text, option);
    return help;
}

void print_after_blank(const char *word)
{
    printf(" %s", word);
}
