/*
 * nsctl.c - reports of a running nsinit, and control over its services: verbs and options
 */
#include "control/nsctl.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "control/diagram.h"
#include "control/verbs.h"
#include "util/log.h"
#include "util/parse.h"

#define DEFAULT_PATH "/run/nsinit.sock"

enum { ANY_NUMBER = -1 };

/* One row holds a verb whole. */
static const struct verb {
    const char *name;
    const char *arguments; /* for the help */
    const char *help;
    int least; /* arguments */
    int most;
    int (*run)(const struct call *call, struct failure *failure);
} verbs[] = {
    {"status", "[--watch] [SERVICE...]", "the services: state, process, namespaces", 0, ANY_NUMBER,
     status_run},
    {"start", "SERVICE...", "start services, and return when they are executed", 1, ANY_NUMBER,
     plain_run},
    {"stop", "SERVICE...", "stop services, and return when they are down", 1, ANY_NUMBER,
     plain_run},
    {"restart", "SERVICE...", "stop services, and start them again", 1, ANY_NUMBER, plain_run},
    {"kill", "SIGNAL SERVICE", "send a signal to a service", 2, 2, plain_run},
    {"wait", "SERVICE", "wait until it has ended for good; print its exit code", 1, 1, wait_run},
    {"events", "", "follow the events, an object of JSON a line", 0, 0, events_run},
    {"exec", "SERVICE [--] COMMAND [ARGUMENT...]", "run a command in a service's namespaces", 2,
     ANY_NUMBER, exec_run},
    {"id", "PID|SERVICE...", "who they are, in all their namespaces; needs no nsinit", 1,
     ANY_NUMBER, id_run},
    {"poweroff", "", "stop all, and power the machine off", 0, 0, plain_run},
    {"reboot", "", "stop all, and reboot the machine", 0, 0, plain_run},
    {"halt", "", "stop all, and halt the machine", 0, 0, plain_run},
    /* A verb connects itself, or does not. */
    {"ns", "[--tree|--diff] [PID|SERVICE...]",
     "the namespaces there are, or theirs; needs no nsinit", 0, ANY_NUMBER, ns_run},
};

enum { VERB_COUNT = sizeof verbs / sizeof verbs[0] };

static const struct verb *verb_by_name(const char *name, struct error *error)
{
    struct closest closest = closest_to(name);

    for (size_t i = 0; i < VERB_COUNT; i++) {
        if (strcmp(verbs[i].name, name) == 0)
            return &verbs[i];
        closest_offer(&closest, verbs[i].name);
    }
    error_unknown(error, name, "verb", closest.best);
    error_hint(error, "nsctl -h lists the verbs");
    return NULL;
}

/* The command line while it is read. */
struct reading {
    struct call call;
    const struct verb *verb;
    int count;            /* arguments of the verb */
    unsigned int given;   /* options: bit N is that of row N */
    int (*instead)(void); /* asked for instead of a verb: prints, and returns the exit code */
    bool options_have_ended;
};

static int print_help(void);

static int print_version(void)
{
    static char line[] = "nsctl version " NSINIT_VERSION "\n";
    const struct text text = {.data = line, .length = sizeof line - 1};

    return text_write(&text, STDOUT_FILENO) < 0 ? EXIT_UNREACHABLE : 0;
}

static void set_path(struct reading *reading, const char *value)
{
    reading->call.path = value;
}

static void set_json(struct reading *reading, const char *value)
{
    (void)value;
    reading->call.json = true;
}

static void set_watch(struct reading *reading, const char *value)
{
    (void)value;
    reading->call.watch = true;
}

static void set_diagram(struct reading *reading, const char *value)
{
    reading->call.diagram = value;
}

static void set_tree(struct reading *reading, const char *value)
{
    (void)value;
    reading->call.tree = true;
}

static void set_diff(struct reading *reading, const char *value)
{
    (void)value;
    reading->call.diff = true;
}

static void set_types(struct reading *reading, const char *value)
{
    reading->call.types = value;
}

static void set_help(struct reading *reading, const char *value)
{
    (void)value;
    reading->instead = print_help;
}

static void set_version(struct reading *reading, const char *value)
{
    (void)value;
    reading->instead = print_version;
}

/* They may stand in front of the verb and behind it. */
static const struct option {
    const char *name;
    char letter;
    const char *argument;
    const char *help;
    void (*set)(struct reading *reading, const char *value);
    const char *verb; /* the only one it is for, or NULL */
} options[] = {
    {"control", 'c', "PATH", "nsinit's socket; else NSINIT_CONTROL, else " DEFAULT_PATH, set_path,
     NULL},
    {"json", 'j', NULL, "print objects of JSON, one a line", set_json, NULL},
    {"watch", 'w', NULL, "status: show it anew whenever it changes", set_watch, "status"},
    {"diagram", 'g', "FORMAT", "status, ns: who lives where, as text, mermaid or dot", set_diagram,
     NULL},
    {"type", 't', "LIST", "ns: only of these types (pid,net,...)", set_types, "ns"},
    {"tree", 'T', NULL, "ns: how pid and user namespaces are nested", set_tree, "ns"},
    {"diff", 'd', NULL, "ns: whether two processes are isolated", set_diff, "ns"},
    {"help", 'h', NULL, "print this help", set_help, NULL},
    {"version", 'V', NULL, "print the version", set_version, NULL},
};

enum { OPTION_COUNT = sizeof options / sizeof options[0] };

/* The help's second column starts here. */
enum { HELP_COLUMN = 42 };

static void add_help(struct text *text, size_t start, const char *help)
{
    do
        text_add(text, " ");
    while (text->length - start < HELP_COLUMN);
    text_format(text, "%s\n", help);
}

/* Not inlined: its buffer would be part of every run's stack. */
__attribute__((noinline)) static int print_help(void)
{
    char buffer[4096];
    struct text text = text_in(buffer, sizeof buffer);

    text_add(&text, "Usage: nsctl [OPTION...] VERB [ARGUMENT...]\n"
                    "See what a running nsinit does, and tell it what to do.\n\nVerbs:\n");
    for (size_t i = 0; i < VERB_COUNT; i++) {
        size_t start = text.length;

        text_format(&text, "  %s %s", verbs[i].name, verbs[i].arguments);
        add_help(&text, start, verbs[i].help);
    }
    text_add(&text, "\nOptions:\n");
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        size_t start = text.length;

        text_format(&text, "  -%c, --%s %s", options[i].letter, options[i].name,
                    options[i].argument ? options[i].argument : "");
        add_help(&text, start, options[i].help);
    }
    text_add(&text, "\nExit codes: 1 when nsinit could not do it; 2 when it knows no such verb or "
                    "service;\n125 when it can't be reached or nsctl was misused; exec: the "
                    "command's own.\n");
    return text_write(&text, STDOUT_FILENO) < 0 ? EXIT_UNREACHABLE : 0;
}

/*
 * --name, --name=value, -n, -nvalue; a name may be cut where no other begins so: else that is
 * `rival`. `value` is NULL where there is none.
 */
static const struct option *option_of(const char *word, const char **value,
                                      const struct option **rival)
{
    bool is_long = word[1] == '-';
    const char *name = word + (is_long ? 2 : 1);
    size_t length = is_long ? strcspn(name, "=") : 1;
    const struct option *found = NULL;

    *rival = NULL;
    *value = name[length] != '\0' ? name + length + is_long : NULL;
    for (const struct option *option = options; option < options + OPTION_COUNT; option++) {
        if (is_long ? length == 0 || strncmp(option->name, name, length) != 0
                    : option->letter != *name)
            continue;
        if (strlen(option->name) == length)
            return option;
        *rival = found;
        found = option;
    }
    return found;
}

static int explain_option(const char *word, struct error *error)
{
    struct closest closest = closest_to(word + strspn(word, "-"));

    for (size_t i = 0; i < OPTION_COUNT; i++)
        closest_offer(&closest, options[i].name);
    return error_reason(error, ERROR_USAGE, "unknown option%s%s%s",
                        closest.best ? "; did you mean --" : "", closest.best ? closest.best : "",
                        closest.best ? "?" : "");
}

/* Read the option in words[0]. Returns how many words were used up, or -1. */
static int read_option(struct reading *reading, char **words, struct error *error)
{
    const char *value;
    const struct option *rival;
    const struct option *option = option_of(words[0], &value, &rival);
    int used = 1;

    error_subject(error, "%s", words[0]);
    if (option == NULL)
        return explain_option(words[0], error);
    if (rival != NULL)
        return error_reason(error, ERROR_USAGE, "is it --%s or --%s?", rival->name, option->name);
    if (option->argument == NULL && value != NULL)
        return error_reason(error, ERROR_USAGE, "takes no argument");
    if (option->argument != NULL && value == NULL) {
        value = words[1];
        used = 2;
    }
    if (option->argument != NULL && value == NULL)
        return error_reason(error, ERROR_USAGE, "needs an argument: %s", option->argument);
    option->set(reading, value);
    reading->given |= 1U << (option - options);
    error_subject(error, "%s", "");
    return used;
}

/* The verb, or an argument of it. Returns how many words were used up, or -1. */
static int read_argument(struct reading *reading, char **words, struct error *error)
{
    if (reading->verb == NULL) {
        reading->verb = verb_by_name(words[0], error);
        return reading->verb != NULL ? 1 : -1;
    }
    reading->call.words[reading->count++] = words[0];
    /* Behind its service all is the command's. */
    if (reading->verb->run != exec_run || reading->count != 1)
        return 1;
    reading->options_have_ended = true;
    return words[1] != NULL && strcmp(words[1], "--") == 0 ? 2 : 1;
}

/* The verb's arguments are moved to the front of `words`. 0, or -1 with `error` filled in. */
static int read_words(struct reading *reading, char **words, struct error *error)
{
    reading->call.words = words;
    while (*words != NULL && reading->instead == NULL) {
        int used;

        if (reading->options_have_ended || (*words)[0] != '-' || (*words)[1] == '\0')
            used = read_argument(reading, words, error);
        else if (strcmp(*words, "--") == 0)
            used = reading->options_have_ended = true;
        else
            used = read_option(reading, words, error);
        if (used < 0)
            return -1;
        words += used;
    }
    reading->call.words[reading->count] = NULL;
    return 0;
}

/* The verb, if it may be carried out as it was given; else NULL with `error` filled in. */
static const struct verb *check(const struct reading *reading, struct error *error)
{
    const struct verb *verb = reading->verb;

    if (verb == NULL) {
        error_hint(error, "nsctl -h lists the verbs");
        (void)error_reason(error, ERROR_USAGE, "no verb was given");
        return NULL;
    }
    error_subject(error, "%s", verb->name);
    if (reading->count < verb->least || (verb->most >= 0 && reading->count > verb->most)) {
        error_hint(error, "nsctl %s%s%s", verb->name, verb->arguments[0] != '\0' ? " " : "",
                   verb->arguments);
        (void)error_reason(error, ERROR_USAGE, "too %s arguments",
                           reading->count < verb->least ? "few" : "many");
        return NULL;
    }
    for (size_t i = 0; i < OPTION_COUNT; i++)
        if ((reading->given >> i & 1U) != 0 && options[i].verb != NULL &&
            strcmp(options[i].verb, verb->name) != 0) {
            (void)error_reason(error, ERROR_USAGE, "--%s is for %s", options[i].name,
                               options[i].verb);
            return NULL;
        }
    error_subject(error, "%s", "");
    if (reading->call.diagram != NULL && diagram_check(&reading->call, error) < 0)
        return NULL;
    return verb;
}

static int report(const struct failure *failure)
{
    const struct error *error = &failure->error;

    log_error(LOG_ERROR, error);
    return failure->exit_code;
}

static const char *default_path(void)
{
    const char *path = getenv("NSINIT_CONTROL");

    return path != NULL && path[0] != '\0' ? path : DEFAULT_PATH;
}

char **nsctl_words(char **arguments)
{
    const char *slash;

    if (arguments[0] == NULL)
        return NULL;
    slash = strrchr(arguments[0], '/');
    if (strcmp(slash ? slash + 1 : arguments[0], "nsctl") == 0)
        return arguments;
    return arguments[1] != NULL && strcmp(arguments[1], "--ctl") == 0 ? arguments + 1 : NULL;
}

int nsctl_main(char **words)
{
    struct reading reading = {.call.path = default_path()};
    struct failure failure = {.exit_code = EXIT_UNREACHABLE};
    const struct verb *verb;
    int exit_code;

    log_open("nsctl");
    if (read_words(&reading, words + 1, &failure.error) < 0)
        return report(&failure);
    if (reading.instead != NULL)
        return reading.instead();
    reading.call.verb = reading.verb != NULL ? reading.verb->name : NULL;
    verb = check(&reading, &failure.error);
    if (verb == NULL)
        return report(&failure);
    exit_code = (reading.call.diagram != NULL ? diagram_run : verb->run)(&reading.call, &failure);
    return exit_code >= 0 ? exit_code : report(&failure);
}
