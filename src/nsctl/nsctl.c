/*
 * nsctl.c - reports of a running nsinit, and control over its services: verbs and options
 */
#include "nsctl/nsctl.h"

#include <limits.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "nsctl/cmd_diagram_private.h"
#include "protocol/socket_places.h"
#include "nsctl/cmd_simple_private.h"
#include "util/log.h"
#include "util/keywords.h"

enum { ANY_NUMBER = INT_MAX };

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

static const char verbs_hint[] = "nsctl -h lists the verbs";

static const struct keywords verb_names = {KEYWORDS_IN(verbs), .exact = true, .kind = "verb"};

static const struct verb *verb_by_name(const char *name, struct error *error)
{
    int place = keywords_find(&verb_names, name, error);

    if (place >= 0)
        return &verbs[place];
    error->subject[0] = '\0';
    error_hint(error, "%s", verbs_hint);
    return NULL;
}

/* The command line while it is read. */
struct reading {
    struct call call;
    const struct verb *verb;
    int count; /* arguments of the verb */
    bool help; /* these two are asked for instead of a verb */
    bool version;
    bool options_have_ended;
};

/* They may stand in front of the verb and behind it. */
static const struct option {
    const char *name;
    char letter;
    unsigned short place; /* of its value in struct reading: of a flag, where it has no argument */
    const char *argument;
    const char *help;
    const char *verb; /* the only one it is for, or NULL */
} options[] = {
    {"control", 'c', offsetof(struct reading, call.path), "PATH",
     "nsinit's socket [default: $NSINIT_CONTROL, else " FIRST_PLACE " and others]", NULL},
    {"json", 'j', offsetof(struct reading, call.json), NULL, "print objects of JSON, one a line",
     NULL},
    {"watch", 'w', offsetof(struct reading, call.watch), NULL,
     "status: show it anew whenever it changes", "status"},
    {"diagram", 'g', offsetof(struct reading, call.diagram), "FORMAT",
     "status, ns: who lives where, as text, mermaid or dot", NULL},
    {"type", 't', offsetof(struct reading, call.types), "LIST",
     "ns: only of these types (pid,net,...)", "ns"},
    {"tree", 'T', offsetof(struct reading, call.tree), NULL,
     "ns: how pid and user namespaces are nested", "ns"},
    {"diff", 'd', offsetof(struct reading, call.diff), NULL,
     "ns: whether two processes are isolated", "ns"},
    {"help", 'h', offsetof(struct reading, help), NULL, "print this help", NULL},
    {"version", 'V', offsetof(struct reading, version), NULL, "print the version", NULL},
};

enum { OPTION_COUNT = sizeof options / sizeof options[0] };

/* The help's second column starts here. */
enum { HELP_COLUMN = 42 };

static void add_help(struct strbuf *text, size_t start, const char *help)
{
    do
        strbuf_add(text, " ");
    while (text->length - start < HELP_COLUMN);
    strbuf_format(text, "%s\n", help);
}

static void add_usage(struct strbuf *text)
{
    strbuf_add(text, "Usage: nsctl [OPTION...] VERB [ARGUMENT...]\n"
                     "See what a running nsinit does, and tell it what to do.\n\nVerbs:\n");
    for (size_t i = 0; i < VERB_COUNT; i++) {
        size_t start = text->length;

        strbuf_format(text, "  %s %s", verbs[i].name, verbs[i].arguments);
        add_help(text, start, verbs[i].help);
    }
    strbuf_add(text, "\nOptions:\n");
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        size_t start = text->length;

        strbuf_format(text, "  -%c, --%s %s", options[i].letter, options[i].name,
                      options[i].argument ? options[i].argument : "");
        add_help(text, start, options[i].help);
    }
    strbuf_add(text, "\nExit codes: 1 when nsinit could not do it; 2 when it knows no such verb or "
                     "service;\n125 when it can't be reached or nsctl was misused; exec: the "
                     "command's own.\n");
}

static int print_instead(bool version)
{
    static char buffer[4096];
    struct strbuf text = strbuf_in(buffer, sizeof buffer);

    if (version)
        strbuf_add(&text, "nsctl version " NSINIT_VERSION "\n");
    else
        add_usage(&text);
    return strbuf_write(&text, STDOUT_FILENO) < 0 ? EXIT_UNREACHABLE : 0;
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
    const char *closest =
        keywords_closest(word + strspn(word, "-"), options, sizeof options[0], OPTION_COUNT);

    return error_reason(error, ERROR_USAGE, "unknown option%s%s%s",
                        closest ? "; did you mean --" : "", closest ? closest : "",
                        closest ? "?" : "");
}

static void set(struct reading *reading, const struct option *option, const char *value)
{
    void *place = (char *)reading + option->place;

    if (option->argument != NULL)
        *(const char **)place = value;
    else
        *(bool *)place = true;
}

static bool is_given(const struct reading *reading, const struct option *option)
{
    const void *place = (const char *)reading + option->place;

    return option->argument != NULL ? *(const char *const *)place != NULL : *(const bool *)place;
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
    set(reading, option, value);
    return used;
}

/* The verb, or an argument of it. Returns how many words were used up, or -1. */
static int read_argument(struct reading *reading, char **words, struct error *error)
{
    if (reading->verb == NULL) {
        reading->call.verb = words[0];
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
    while (*words != NULL && !reading->help && !reading->version) {
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

/* Whether the verb may be carried out as it was given: 0, or -1 with `failure` filled in. */
static int check(const struct reading *reading, struct failure *failure)
{
    const struct verb *verb = reading->verb;
    struct error *error = &failure->error;

    error_subject(error, "%s", verb->name);
    if (reading->count < verb->least || reading->count > verb->most) {
        error_hint(error, "nsctl %s%s%s", verb->name, verb->arguments[0] != '\0' ? " " : "",
                   verb->arguments);
        return error_reason(error, ERROR_USAGE, "too %s arguments",
                            reading->count < verb->least ? "few" : "many");
    }
    for (const struct option *option = options; option < options + OPTION_COUNT; option++)
        if (option->verb != NULL && strcmp(option->verb, verb->name) != 0 &&
            is_given(reading, option))
            return error_reason(error, ERROR_USAGE, "--%s is for %s", option->name, option->verb);
    return reading->call.diagram != NULL ? diagram_check(&reading->call, failure) : 0;
}

static int report(const struct failure *failure)
{
    const struct error *error = &failure->error;

    log_error(LOG_ERROR, error);
    return failure->exit_code;
}

/* NULL: the places where it is without being asked for. */
static const char *default_path(void)
{
    const char *path = getenv("NSINIT_CONTROL");

    return path != NULL && path[0] != '\0' ? path : NULL;
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

/* The exit code, or -1 with `failure` filled in. */
static int carry_out(char **words, struct failure *failure)
{
    struct reading reading = {.call.path = default_path()};

    if (read_words(&reading, words, &failure->error) < 0)
        return -1;
    if (reading.help || reading.version)
        return print_instead(reading.version);
    if (reading.verb == NULL) {
        error_hint(&failure->error, "%s", verbs_hint);
        return failure_say(failure, "", "no verb was given");
    }
    if (check(&reading, failure) < 0)
        return -1;
    return (reading.call.diagram != NULL ? diagram_run : reading.verb->run)(&reading.call, failure);
}

int nsctl_main(char **words)
{
    static struct failure failure;
    int exit_code;

    failure.exit_code = EXIT_UNREACHABLE;
    log_open("nsctl");
    exit_code = carry_out(words + 1, &failure);
    return exit_code >= 0 ? exit_code : report(&failure);
}
