/*
 * cmdline.c - the command line and the environment become a struct pod
 * The program's options are the program's: reading ends at the first word that is no option.
 */
#include "options/cmdline.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "options/advice.h"
#include "options/podfile.h"
#include "options/table.h"
#include "util/keywords.h"
#include "util/parse.h"

/* Stands in a rewrite table for "not said by the user"; see resolve_rewrites. */
enum { REWRITE_UNSET = 255 };

/* The pod of a machine that has been told of no other. */
#define DEFAULT_POD "/etc/nsinit.ini"

enum { DEFAULT_WATCHDOG_MS = 60 * 1000 };

static const char own_prefix[] = "NSINIT_";

static const int terminal_stops[] = {SIGTSTP, SIGTTIN, SIGTTOU};

static const struct option *option_by_letter(char letter)
{
    for (size_t i = 0; i < option_count; i++)
        if (letter == option_table[i].letter || letter == option_table[i].second_letter)
            return &option_table[i];
    return NULL;
}

/* An exact name, or its only continuation, as getopt_long(3) has it. */
static const struct option *option_by_prefix(const char *name, size_t length, struct error *error)
{
    const struct option *found = NULL;
    const struct option *other = NULL;
    const char *closest;
    char word[64];

    for (size_t i = 0; i < option_count && length > 0; i++) {
        const struct option *option = &option_table[i];

        if (strncmp(option->name, name, length) != 0)
            continue;
        if (option->name[length] == '\0')
            return option;
        if (found == NULL)
            found = option;
        else if (other == NULL)
            other = option;
    }
    if (other != NULL) {
        error_reason(error, ERROR_USAGE, "could be --%s or --%s", found->name, other->name);
        return NULL;
    }
    if (found != NULL)
        return found;
    parse_word(name, "=", word, sizeof word);
    closest = keywords_closest(word, option_table, sizeof option_table[0], option_count);
    error_reason(error, ERROR_USAGE, "unknown option%s%s%s",
                 closest != NULL ? "; did you mean --" : "", closest != NULL ? closest : "",
                 closest != NULL ? "?" : "");
    return NULL;
}

/* Set an option from outside of a pod file, by the entry of the environment if it is not NULL. */
static int set_option(struct invocation *request, const struct option *option, const char *value,
                      const char *entry, struct error *error)
{
    struct saying saying = {.option = option, .text = entry};

    if ((option->flags & OPTION_FILE_ONLY) != 0)
        return error_reason(error, ERROR_USAGE, "is a key of a pod file's services");
    if ((option->flags & OPTION_SERVICE) != 0 && (option->flags & OPTION_ENVIRONMENT) == 0)
        request->not_for_pods = option->name;
    if (option_set(option, request, value, error) < 0)
        return -1;
    request->said[option - option_table] = true;
    saying.value = option_value(option, request, value);
    return invocation_say(request, &saying, error);
}

/*
 * Set an option to the value that is attached to it, or to the next word where it needs one.
 * Returns how many words were used up, or -1.
 */
static int read_option(struct invocation *request, const struct option *option, const char *value,
                       char **words, struct error *error)
{
    int used = 1;

    if (option->argument != NULL && value == NULL && (option->flags & OPTION_OPTIONAL) == 0) {
        value = words[1];
        used = 2;
        if (value == NULL)
            return error_reason(error, ERROR_USAGE, "needs an argument: %s", option->argument);
    }
    return set_option(request, option, value, NULL, error) < 0 ? -1 : used;
}

/* --name, --name=value, --name value. */
static int read_long(struct invocation *request, char **words, struct error *error)
{
    const char *name = words[0] + 2;
    size_t length = strcspn(name, "=");
    const struct option *option = option_by_prefix(name, length, error);

    error_subject(error, "%s", words[0]);
    if (option == NULL)
        return -1;
    error_subject(error, "--%s", option->name);
    return read_option(request, option, name[length] == '=' ? name + length + 1 : NULL, words,
                       error);
}

/* -abc, -eCODE, -e CODE. */
static int read_letters(struct invocation *request, char **words, struct error *error)
{
    for (const char *letter = words[0] + 1; *letter != '\0'; letter++) {
        const struct option *option = option_by_letter(*letter);
        bool is_last;
        int used;

        error_subject(error, "-%c", *letter);
        if (option == NULL)
            return error_reason(error, ERROR_USAGE, "unknown option; --help lists all");
        is_last = option->argument != NULL || letter[1] == '\0';
        used = read_option(request, option, is_last && letter[1] != '\0' ? letter + 1 : NULL, words,
                           error);
        if (used < 0 || is_last)
            return used;
    }
    return 1;
}

/* Returns the first word that is no option, in place, or NULL with `error` filled in. */
static char **read_command_line(struct invocation *request, char **words, struct error *error)
{
    while (words[0] != NULL && words[0][0] == '-' && words[0][1] != '\0') {
        bool is_long = words[0][1] == '-';
        int used;

        if (strcmp(words[0], "--") == 0)
            return words + 1;
        used = (is_long ? read_long : read_letters)(request, words, error);
        if (used < 0)
            return NULL;
        words += used;
        if (request->action != ACTION_RUN)
            break;
    }
    return words;
}

/* Set a repeatable option once for each word of an environment value. */
static int set_each(struct invocation *request, const struct option *option, const char *value,
                    const char *entry, struct error *error)
{
    static const char blanks[] = " ,\t\n";
    char word[64];

    for (;;) {
        char *kept;
        size_t length;

        value += strspn(value, blanks);
        length = parse_word(value, blanks, word, sizeof word);
        if (length == 0)
            return 0;
        if (length >= sizeof word)
            return error_wrong(error, value, "too long");
        kept = invocation_keep(request, length + 1, error);
        if (kept == NULL ||
            set_option(request, option, memcpy(kept, word, length), entry, error) < 0)
            return -1;
        value += length;
    }
}

/* Whether `name` (up to its '=') is the option's name in upper case with '-' as '_'. */
static bool is_variable_of(const struct option *option, const char *name)
{
    for (const char *at = option->name; *at != '\0'; at++, name++) {
        bool is_letter = *at >= 'a' && *at <= 'z';

        if (*name != (*at == '-' ? '_' : is_letter ? *at - 'a' + 'A' : *at))
            return false;
    }
    return *name == '=';
}

static const struct option *option_of_variable(const char *entry)
{
    if (strncmp(entry, own_prefix, sizeof own_prefix - 1) != 0)
        return NULL;
    for (size_t i = 0; i < option_count; i++)
        if ((option_table[i].flags & OPTION_ENVIRONMENT) != 0 &&
            is_variable_of(&option_table[i], entry + sizeof own_prefix - 1))
            return &option_table[i];
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

static const char *closest_variable(const char *name)
{
    struct closest closest = closest_to(name);

    for (size_t i = 0; i < option_count; i++)
        if ((option_table[i].flags & OPTION_ENVIRONMENT) != 0)
            closest_offer(&closest, option_table[i].name);
    return closest.best;
}

/*
 * A variable that was meant for nsinit and says nothing to it. Others may have its prefix: an
 * image's NSINIT_VERSION, and the paths of namespaces that a hook gets.
 */
static void warn_of_variable(struct invocation *request, const char *entry)
{
    struct error warning = {.kind = ERROR_USAGE};
    const struct option *option;
    const char *closest;
    char name[40];
    char upper[40];

    if (strncmp(entry, own_prefix, sizeof own_prefix - 1) != 0 ||
        !name_of_variable(entry, name, sizeof name) || strstr(entry, "=/proc/") != NULL ||
        strchr(entry, '=')[1] == '\0')
        return;
    option = option_of_name(name);
    if (option != NULL && option->flags == 0 && option->argument == NULL)
        return;
    error_subject(&warning, "environment variable %s", entry);
    closest = closest_variable(name);
    if (option != NULL && (option->flags & OPTION_ENVIRONMENT) == 0) {
        error_reason(&warning, ERROR_USAGE, "is not read: %s%s can't be given by a variable",
                     (option->flags & OPTION_FILE_ONLY) != 0 ? "" : "--", option->name);
    } else if (closest != NULL) {
        for (size_t i = 0; i <= strlen(closest); i++)
            upper[i] = (char)(closest[i] == '-' ? '_' : toupper((unsigned char)closest[i]));
        error_reason(&warning, ERROR_USAGE, "unknown variable; did you mean %s%s?", own_prefix,
                     upper);
    } else {
        return;
    }
    invocation_tell(request, LOG_WARNING, &warning);
}

/*
 * Our own variables are read and removed, so that a nested nsinit does not obey them too. An empty
 * one says nothing: that is what compose makes of ${STOP:-}.
 */
static int read_own_variables(struct invocation *request, char **environment, struct error *error)
{
    char **kept = environment;

    for (char **entry = environment; *entry != NULL; entry++) {
        const struct option *option = option_of_variable(*entry);
        const char *value;

        if (option == NULL) {
            warn_of_variable(request, *entry);
            *kept++ = *entry;
            continue;
        }
        value = strchr(*entry, '=') + 1;
        error_subject(error, "environment variable %s", *entry);
        if (value[0] != '\0' && ((option->flags & OPTION_REPEATABLE) != 0
                                     ? set_each(request, option, value, *entry, error)
                                     : set_option(request, option, value, *entry, error)) < 0)
            return -1;
    }
    *kept = NULL;
    return 0;
}

/* The peers' variables stay, as they leave them. */
static void read_peer_variable(struct invocation *request, const struct peer_variable *variable,
                               char *const *environment)
{
    size_t length = strlen(variable->name);
    struct error error = {.kind = ERROR_USAGE};

    for (; *environment != NULL; environment++) {
        const char *entry = *environment;
        const char *value = entry + length + 1;

        if (strncmp(entry, variable->name, length) != 0 || entry[length] != '=')
            continue;
        if (variable->when != NULL && strcmp(value, variable->when) != 0)
            return;
        error_subject(&error, "environment variable %s", entry);
        if (set_option(request, option_of_name(variable->option),
                       variable->value ? variable->value : value, entry, &error) == 0)
            return;
        /* It may be about something else, or for a real tini; an empty one says nothing. */
        if (value[0] != '\0')
            invocation_tell(request, LOG_WARNING, &error);
        return;
    }
}

static int read_environment(struct invocation *request, char **environment, struct error *error)
{
    for (size_t i = 0; i < peer_variable_count; i++)
        read_peer_variable(request, &peer_variable_table[i], environment);
    return read_own_variables(request, environment, error);
}

static int set_defaults(struct invocation *request, const struct dropin *persona, struct error *error)
{
    struct service *service = &request->main_service;

    *request =
        (struct invocation){.action = ACTION_RUN, .is_first_of_machine = request->is_first_of_machine};
    service_init(service, "main");
    request->current = service;
    service->placement = persona->placement;
    service->forward_to_group = persona->forward_to_group;
    translation_init(&request->translation);
    service->translation = &request->translation;
    if (persona->ignores_child_signal)
        request->translation.signals[SIGCHLD] = 0;
    for (size_t i = 0; i < sizeof terminal_stops / sizeof terminal_stops[0]; i++)
        request->translation.signals[terminal_stops[i]] =
            persona->ignores_terminal_stops ? 0 : REWRITE_UNSET;
    request->pod.services = service;
    request->pod.error_codes = persona->exit_codes;
    request->pod.verbosity = LOG_WARNING;
    request->pod.boots = request->is_first_of_machine;
    request->pod.watchdog.timeout_ms = DEFAULT_WATCHDOG_MS;
    request->pod.subreaper = persona->subreaper;
    request->pod.quiet_about_orphans = persona->quiet_about_orphans;
    return stop_schedule_parse(&request->pod.drain, persona->drain, error);
}

/*
 * A session of its own makes the program's process group an orphaned one, in which the terminal's
 * stop signals do nothing (setpgid(2)); STOP does.
 */
static bool stops_by_stop(const struct service *service, const struct dropin *persona)
{
    return persona->rewrites_terminal_stops && service->placement == PLACEMENT_SESSION;
}

static int resolve_rewrites(struct invocation *request, struct service *service,
                            const struct dropin *persona, struct error *error)
{
    bool as_stop = stops_by_stop(service, persona);
    const struct service *main = &request->main_service;

    service->suspend_together = persona->rewrites_terminal_stops;
    request->current = service;
    if (service != main && service->translation == main->translation) {
        if (as_stop == stops_by_stop(main, persona))
            return 0;
        if (invocation_translation(request, error) == NULL)
            return -1;
    }
    for (size_t i = 0; i < sizeof terminal_stops / sizeof terminal_stops[0]; i++) {
        unsigned char *to = &service->translation->signals[terminal_stops[i]];

        if (*to == REWRITE_UNSET)
            *to = (unsigned char)(as_stop ? SIGSTOP : terminal_stops[i]);
    }
    return 0;
}

/* What is wrong with an option that a variable has given is wrong with that. */
static void name_source(const struct invocation *request, struct error *error)
{
    const struct option *option =
        strncmp(error->subject, "--", 2) == 0 ? option_of_name(error->subject + 2) : NULL;
    const struct saying *saying =
        option != NULL ? invocation_said(request, OWNER_OUTSIDE, option) : NULL;

    if (saying != NULL && saying->text != NULL)
        error_subject(error, "environment variable %s", saying->text);
}

/* `nsinit -- app args`: a pod of one service. */
static int plan_single(struct invocation *request, char **command, struct error *error)
{
    struct service *service = &request->main_service;

    if (namespaces_check(&service->isolation, error) < 0 ||
        supervision_check(&service->supervision, error) < 0)
        return -1;
    error_subject(error, "%s", request->pause ? "--pause" : "usage");
    if (request->pause && namespaces_is_needed(&service->isolation))
        return error_reason(error, ERROR_USAGE,
                            "holds the namespaces nsinit is in: to hold new "
                            "ones, --unshare TYPE=PATH keeps them");
    if (request->pause && command[0] != NULL)
        return error_reason(error, ERROR_USAGE, "runs no program: '%s' is one too many",
                            command[0]);
    if (request->check || request->json)
        return error_reason(error, ERROR_USAGE, "--check and --json are about a --pod FILE");
    if (!request->pause && command[0] == NULL)
        return error_reason(error, ERROR_USAGE,
                            "no program to run: [OPTION...] [--] PROGRAM [ARG...]");
    service->arguments = command;
    request->pod.service_count = request->pause ? 0 : 1;
    return 0;
}

static int plan_pod(struct invocation *request, char **command, char **environment,
                    struct error *error)
{
    error_subject(error, "--pause");
    if (request->pause)
        return error_reason(error, ERROR_USAGE, "excludes --pod");
    error_subject(error, "--json");
    if (request->json && !request->check)
        return error_reason(error, ERROR_USAGE, "needs --check");
    error_subject(error, "--pod");
    if (command[0] != NULL) {
        /* docker run IMAGE bash: the image's ENTRYPOINT has --pod. */
        error_hint(error, "docker run --entrypoint %s IMAGE runs it instead of the pod",
                   command[0]);
        return error_reason(error, ERROR_USAGE,
                            "has its services in the file: '%s' is one too many", command[0]);
    }
    if (request->not_for_pods != NULL) {
        error_subject(error, "--%s", request->not_for_pods);
        return error_reason(error, ERROR_USAGE, "belongs in the pod file");
    }
    return podfile_read(request, request->pod.file, environment, error);
}

/* The format that every line is to have leaves no output to the services alone. */
static void resolve_output(struct invocation *request)
{
    const struct pod *pod = &request->pod;

    for (size_t i = 0; i < pod->service_count; i++)
        if (pod->services[i].supervision.log_prefix == LOG_PREFIX_UNSAID)
            pod->services[i].supervision.log_prefix =
                pod->log_format == LOG_PLAIN ? LOG_PREFIX_NONE : LOG_PREFIX_NAME;
}

static int plan(struct invocation *request, const struct dropin *persona, char **rest,
                char **environment, struct error *error)
{
    request->main_service.environment = environment;
    if (request->pod.boots && rest[0] == NULL && request->pod.file == NULL)
        request->pod.file = DEFAULT_POD;
    error_subject(error, "--boot");
    if (request->pod.boots && getpid() != 1)
        return error_reason(error, ERROR_USAGE, "is for the first process of a machine, PID 1");
    if ((request->pod.file != NULL ? plan_pod(request, rest, environment, error)
                                   : plan_single(request, rest, error)) < 0)
        return -1;
    error->subject[0] = '\0';
    resolve_output(request);
    /* The main service last: others share what it has, as it is before that. */
    for (size_t i = 0; request->pod.file != NULL && i < request->pod.service_count; i++)
        if (resolve_rewrites(request, &request->pod.services[i], persona, error) < 0)
            return -1;
    return resolve_rewrites(request, &request->main_service, persona, error);
}

int options_read(struct invocation *request, const struct dropin *persona, char **arguments,
                 char **environment, struct error *error)
{
    char **rest;
    int result;

    if (set_defaults(request, persona, error) < 0 ||
        read_environment(request, environment, error) < 0)
        return -1;
    rest = read_command_line(request, arguments + (arguments[0] != NULL), error);
    if (rest == NULL)
        return -1;
    if (request->action != ACTION_RUN)
        return 0;
    result = plan(request, persona, rest, environment, error);
    if (result < 0)
        name_source(request, error);
    else
        options_advise(request);
    if (!request->check)
        invocation_forget(request);
    return result;
}
