/*
 * nsctl.c - nsctl's verbs and options
 */
#include "nsctl/nsctl.h"

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "nsctl/cmd_private.h"
#include "protocol/socket_path.h"
#include "util/field.h"
#include "util/keywords.h"
#include "util/log.h"
#include "util/optparse.h"

enum { ANY_NUMBER = INT_MAX };

static const struct verb {
    const char *name;
    const char *arguments; /* for the help */
    const char *help;
    int least; /* number of arguments */
    int most;
    int (*run)(const struct call *call, struct failure *failure);
} verbs[] = {
    {"status", "[--watch] [SERVICE...]", "Show the state of services", 0, ANY_NUMBER, status_run},
    {"start", "SERVICE...", "Start services, and wait until they run", 1, ANY_NUMBER, plain_run},
    {"stop", "SERVICE...", "Stop services, and wait until they are down", 1, ANY_NUMBER, plain_run},
    {"restart", "SERVICE...", "Stop services, and start them again", 1, ANY_NUMBER, plain_run},
    {"kill", "SIGNAL SERVICE", "Send a signal to a service", 2, 2, plain_run},
    {"wait", "SERVICE", "Wait for the end of a service, and print its exit code", 1, 1, wait_run},
    {"events", "", "Print events as they happen, one JSON object per line", 0, 0, events_run},
    {"exec", "SERVICE [--] COMMAND [ARGUMENT...]", "Run a command in a service's namespaces", 2,
     ANY_NUMBER, exec_run},
    {"id", "PID|SERVICE...", "Show the identity of processes (works without nsinit)", 1, ANY_NUMBER,
     id_run},
    {"poweroff", "", "Stop all services, and power off the machine", 0, 0, plain_run},
    {"reboot", "", "Stop all services, and reboot the machine", 0, 0, plain_run},
    {"halt", "", "Stop all services, and halt the machine", 0, 0, plain_run},
    {"ns", "[--tree|--diff|--drop] [PID|SERVICE|PATH...]", "List namespaces (works without nsinit)",
     0, ANY_NUMBER, ns_run},
};

enum { VERB_COUNT = sizeof verbs / sizeof verbs[0] };

static const char verbs_hint[] = "run nsctl --help for a list of verbs";

static const struct keywords verb_names = {KEYWORDS_IN(verbs), .exact = true, .kind = "verb"};

static const struct verb *verb_by_name(const char *name, struct error *error)
{
    int index = keywords_find(&verb_names, name, error);

    if (index >= 0)
        return &verbs[index];
    error->subject[0] = '\0';
    error_hint(error, "%s", verbs_hint);
    return NULL;
}

/* The command line while it is read. */
struct reading {
    struct call call;
    const struct verb *verb;
    int count; /* arguments of the verb */
    bool help; /* --help and --version are given instead of a verb */
    bool version;
};

/* Where an option's value goes: a bool for a flag, else the text. */
#define FLAG(member) .argument = NULL, .offset = FIELD_OFFSET(struct reading, member, bool)
#define TEXT(name, member) \
    .argument = (name), .offset = FIELD_OFFSET(struct reading, member, const char *)

/* Options may stand in front of the verb and behind it. */
static const struct option {
    const char *name;
    char letter;
    const char *argument;
    size_t offset;    /* in struct reading */
    const char *verb; /* the only one that takes it, or NULL */
    const char *help;
} options[] = {
    {.name = "control",
     .letter = 'c',
     TEXT("PATH", call.path),
     .help = "Connect to nsinit at PATH [default: $NSINIT_CONTROL, else " SOCKET_PATH_FIRST
             " and others]"},
    {.name = "json", .letter = 'j', FLAG(call.json), .help = "Print JSON objects, one per line"},
    {.name = "watch",
     .letter = 'w',
     FLAG(call.watch),
     .verb = "status",
     .help = "Print the status again whenever it changes (status)"},
    {.name = "diagram",
     .letter = 'g',
     TEXT("FORMAT", call.diagram),
     .help = "Draw services and namespaces as text, mermaid or dot (status, ns)"},
    {.name = "type",
     .letter = 't',
     TEXT("LIST", call.types),
     .verb = "ns",
     .help = "List only namespaces of these types, e.g. pid,net (ns)"},
    {.name = "tree",
     .letter = 'T',
     FLAG(call.tree),
     .verb = "ns",
     .help = "Show how PID and user namespaces are nested (ns)"},
    {.name = "diff",
     .letter = 'd',
     FLAG(call.diff),
     .verb = "ns",
     .help = "Compare the namespaces of two processes (ns)"},
    {.name = "drop",
     .letter = 'D',
     FLAG(call.drop),
     .verb = "ns",
     .help = "Unmount the namespaces kept at PATH or netns:NAME (ns)"},
    {.name = "help", .letter = 'h', FLAG(help), .help = "Print this help"},
    {.name = "version", .letter = 'V', FLAG(version), .help = "Print the version"},
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
                     "Show and control the services of a running nsinit.\n\nVerbs:\n");
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
    strbuf_add(text, "\nExit codes: 1 if nsinit could not carry out the request, 2 if it does not "
                     "know the verb\nor the service, 125 if it can't be reached or nsctl was "
                     "misused; exec: the command's.\n");
}

static int print_help_or_version(bool version)
{
    char buffer[4096];
    struct strbuf text = strbuf_in(buffer, sizeof buffer);

    if (version)
        strbuf_add(&text, "nsctl version " NSINIT_VERSION "\n");
    else
        add_usage(&text);
    return strbuf_write(&text, STDOUT_FILENO) < 0 ? EXIT_UNREACHABLE : 0;
}

static bool describe_option(size_t index, struct optparse_option *option)
{
    if (index >= OPTION_COUNT)
        return false;
    *option = (struct optparse_option){
        .name = options[index].name,
        .letter = options[index].letter,
        .takes = options[index].argument != NULL ? OPTPARSE_REQUIRED : OPTPARSE_NONE,
        .argument = options[index].argument,
    };
    return true;
}

/* FLAG and TEXT have checked that the member has this type. */
static bool *flag_of(struct reading *reading, const struct option *option)
{
    return (bool *)(void *)((char *)reading + option->offset);
}

static const char **text_of(struct reading *reading, const struct option *option)
{
    return (const char **)(void *)((char *)reading + option->offset);
}

static void set(struct reading *reading, const struct option *option, const char *value)
{
    if (option->argument != NULL)
        *text_of(reading, option) = value;
    else
        *flag_of(reading, option) = true;
}

static bool is_given(struct reading *reading, const struct option *option)
{
    return option->argument != NULL ? *text_of(reading, option) != NULL : *flag_of(reading, option);
}

/* The verb, or an argument of it. 0, or -1 with `error` filled in. */
static int read_argument(struct reading *reading, struct optparse *parser, struct error *error)
{
    if (reading->verb == NULL) {
        reading->call.verb = parser->word;
        reading->verb = verb_by_name(parser->word, error);
        return reading->verb != NULL ? 0 : -1;
    }
    reading->call.words[reading->count++] = parser->word;
    /* Everything behind the service of exec belongs to the command. */
    if (reading->verb->run == exec_run && reading->count == 1) {
        parser->has_ended = true;
        if (*parser->next != NULL && strcmp(*parser->next, "--") == 0)
            parser->next++;
    }
    return 0;
}

/* The verb's arguments are moved to the front of `words`. 0, or -1 with `error` filled in. */
static int read_words(struct reading *reading, char **words, struct error *error)
{
    struct optparse parser = {.table = describe_option, .next = words};

    reading->call.words = words;
    while (!reading->help && !reading->version) {
        enum optparse_item item = optparse_next(&parser, error);

        if (item == OPTPARSE_END)
            break;
        if (item == OPTPARSE_OPTION)
            set(reading, &options[parser.index], parser.value);
        else if (item == OPTPARSE_ERROR || read_argument(reading, &parser, error) < 0)
            return -1;
    }
    reading->call.words[reading->count] = NULL;
    return 0;
}

/* Check the verb's arguments and options. 0, or -1 with `failure` filled in. */
static int check(struct reading *reading, struct failure *failure)
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

/* NULL: the default paths. */
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

/* Returns the exit code, or -1 with `failure` filled in. */
static int run_command(char **words, struct failure *failure)
{
    struct reading reading = {.call.path = default_path()};

    if (read_words(&reading, words, &failure->error) < 0)
        return -1;
    if (reading.help || reading.version)
        return print_help_or_version(reading.version);
    if (reading.verb == NULL) {
        error_hint(&failure->error, "%s", verbs_hint);
        return failure_set(failure, "", "a verb is missing");
    }
    if (check(&reading, failure) < 0)
        return -1;
    return (reading.call.diagram != NULL ? diagram_run : reading.verb->run)(&reading.call, failure);
}

int nsctl_main(char **words)
{
    struct failure failure = {.exit_code = EXIT_UNREACHABLE};
    int exit_code;

    log_open("nsctl");
    exit_code = run_command(words + 1, &failure);
    if (exit_code >= 0)
        return exit_code;
    log_error(LOG_ERROR, &failure.error);
    return failure.exit_code;
}
