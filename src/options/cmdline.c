/*
 * cmdline.c - the command line and the environment become a struct pod
 * The program's options are the program's: reading ends at the first word that is no option.
 */
#include "options/cmdline.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "options/advice_private.h"
#include "options/podfile_private.h"
#include "options/table.h"
#include "util/keywords.h"
#include "util/parse.h"
#include "util/suggest.h"

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
static int set_option(struct invocation *invocation, const struct option *option, const char *value,
                      const char *entry, struct error *error)
{
    struct saying saying = {.option = option, .text = entry};

    if ((option->flags & OPTION_FILE_ONLY) != 0)
        return error_reason(error, ERROR_USAGE, "is a key of a pod file's services");
    if ((option->flags & OPTION_SERVICE) != 0 && (option->flags & OPTION_ENVIRONMENT) == 0)
        invocation->not_for_pods = option->name;
    if (option_set(option, invocation, value, error) < 0)
        return -1;
    invocation->said[option - option_table] = true;
    saying.value = option_value(option, invocation, value);
    return invocation_say(invocation, &saying, error);
}

/*
 * Set an option to the value that is attached to it, or to the next word where it needs one.
 * Returns how many words were used up, or -1.
 */
static int read_option(struct invocation *invocation, const struct option *option,
                       const char *value, char **words, struct error *error)
{
    int used = 1;

    if (option->argument != NULL && value == NULL && (option->flags & OPTION_OPTIONAL) == 0) {
        value = words[1];
        used = 2;
        if (value == NULL)
            return error_reason(error, ERROR_USAGE, "needs an argument: %s", option->argument);
    }
    return set_option(invocation, option, value, NULL, error) < 0 ? -1 : used;
}

/* --name, --name=value, --name value. */
static int read_long(struct invocation *invocation, char **words, struct error *error)
{
    const char *name = words[0] + 2;
    size_t length = strcspn(name, "=");
    const struct option *option = option_by_prefix(name, length, error);

    error_subject(error, "%s", words[0]);
    if (option == NULL)
        return -1;
    error_subject(error, "--%s", option->name);
    return read_option(invocation, option, name[length] == '=' ? name + length + 1 : NULL, words,
                       error);
}

/* -abc, -eCODE, -e CODE. */
static int read_letters(struct invocation *invocation, char **words, struct error *error)
{
    for (const char *letter = words[0] + 1; *letter != '\0'; letter++) {
        const struct option *option = option_by_letter(*letter);
        bool is_last;
        int used;

        error_subject(error, "-%c", *letter);
        if (option == NULL)
            return error_reason(error, ERROR_USAGE, "unknown option; --help lists all");
        is_last = option->argument != NULL || letter[1] == '\0';
        used = read_option(invocation, option, is_last && letter[1] != '\0' ? letter + 1 : NULL,
                           words, error);
        if (used < 0 || is_last)
            return used;
    }
    return 1;
}

/* Returns the first word that is no option, in place, or NULL with `error` filled in. */
static char **read_command_line(struct invocation *invocation, char **words, struct error *error)
{
    while (words[0] != NULL && words[0][0] == '-' && words[0][1] != '\0') {
        bool is_long = words[0][1] == '-';
        int used;

        if (strcmp(words[0], "--") == 0)
            return words + 1;
        used = (is_long ? read_long : read_letters)(invocation, words, error);
        if (used < 0)
            return NULL;
        words += used;
        if (invocation->action != ACTION_RUN)
            break;
    }
    return words;
}

/* Set a repeatable option once for each word of an environment value. */
static int set_each(struct invocation *invocation, const struct option *option, const char *value,
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
        kept = invocation_keep(invocation, length + 1, error);
        if (kept == NULL ||
            set_option(invocation, option, memcpy(kept, word, length), entry, error) < 0)
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
    struct suggestion closest = suggest_for(name);

    for (size_t i = 0; i < option_count; i++)
        if ((option_table[i].flags & OPTION_ENVIRONMENT) != 0)
            suggest_offer(&closest, option_table[i].name);
    return closest.best;
}

/*
 * A variable that was meant for nsinit and says nothing to it. Others may have its prefix: an
 * image's NSINIT_VERSION, and the paths of namespaces that a hook gets.
 */
static void warn_of_variable(struct invocation *invocation, const char *entry)
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
    invocation_tell(invocation, LOG_WARNING, &warning);
}

/*
 * Our own variables are read and removed, so that a nested nsinit does not obey them too. An empty
 * one says nothing: that is what compose makes of ${STOP:-}.
 */
static int read_own_variables(struct invocation *invocation, char **environment,
                              struct error *error)
{
    char **kept = environment;

    for (char **entry = environment; *entry != NULL; entry++) {
        const struct option *option = option_of_variable(*entry);
        const char *value;

        if (option == NULL) {
            warn_of_variable(invocation, *entry);
            *kept++ = *entry;
            continue;
        }
        value = strchr(*entry, '=') + 1;
        error_subject(error, "environment variable %s", *entry);
        if (value[0] != '\0' && ((option->flags & OPTION_REPEATABLE) != 0
                                     ? set_each(invocation, option, value, *entry, error)
                                     : set_option(invocation, option, value, *entry, error)) < 0)
            return -1;
    }
    *kept = NULL;
    return 0;
}

/* The peers' variables stay, as they leave them. */
static void read_peer_variable(struct invocation *invocation, const struct peer_variable *variable,
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
        if (set_option(invocation, option_of_name(variable->option),
                       variable->value ? variable->value : value, entry, &error) == 0)
            return;
        /* It may be about something else, or for a real tini; an empty one says nothing. */
        if (value[0] != '\0')
            invocation_tell(invocation, LOG_WARNING, &error);
        return;
    }
}

static int read_environment(struct invocation *invocation, char **environment, struct error *error)
{
    for (size_t i = 0; i < peer_variable_count; i++)
        read_peer_variable(invocation, &peer_variable_table[i], environment);
    return read_own_variables(invocation, environment, error);
}

static int set_defaults(struct invocation *invocation, const struct dropin *dropin,
                        struct error *error)
{
    struct service *service = &invocation->main_service;

    *invocation = (struct invocation){.action = ACTION_RUN,
                                      .is_first_of_machine = invocation->is_first_of_machine};
    service_init(service, "main");
    invocation->current = service;
    service->placement = dropin->placement;
    service->forward_to_group = dropin->forward_to_group;
    translation_init(&invocation->translation);
    service->translation = &invocation->translation;
    if (dropin->ignores_child_signal)
        invocation->translation.signals[SIGCHLD] = 0;
    for (size_t i = 0; i < sizeof terminal_stops / sizeof terminal_stops[0]; i++)
        invocation->translation.signals[terminal_stops[i]] =
            dropin->ignores_terminal_stops ? 0 : REWRITE_UNSET;
    invocation->pod.services = service;
    invocation->pod.error_codes = dropin->exit_codes;
    invocation->pod.verbosity = LOG_WARNING;
    invocation->pod.boots = invocation->is_first_of_machine;
    invocation->pod.watchdog.timeout_ms = DEFAULT_WATCHDOG_MS;
    invocation->pod.subreaper = dropin->subreaper;
    invocation->pod.quiet_about_orphans = dropin->quiet_about_orphans;
    return stop_schedule_parse(&invocation->pod.drain, dropin->drain, error);
}

/*
 * A session of its own makes the program's process group an orphaned one, in which the terminal's
 * stop signals do nothing (setpgid(2)); STOP does.
 */
static bool stops_by_stop(const struct service *service, const struct dropin *dropin)
{
    return dropin->rewrites_terminal_stops && service->placement == PLACEMENT_SESSION;
}

static int resolve_rewrites(struct invocation *invocation, struct service *service,
                            const struct dropin *dropin, struct error *error)
{
    bool as_stop = stops_by_stop(service, dropin);
    const struct service *main = &invocation->main_service;

    service->suspend_together = dropin->rewrites_terminal_stops;
    invocation->current = service;
    if (service != main && service->translation == main->translation) {
        if (as_stop == stops_by_stop(main, dropin))
            return 0;
        if (invocation_translation(invocation, error) == NULL)
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
static void name_source(const struct invocation *invocation, struct error *error)
{
    const struct option *option =
        strncmp(error->subject, "--", 2) == 0 ? option_of_name(error->subject + 2) : NULL;
    const struct saying *saying =
        option != NULL ? invocation_said(invocation, OWNER_OUTSIDE, option) : NULL;

    if (saying != NULL && saying->text != NULL)
        error_subject(error, "environment variable %s", saying->text);
}

/* `nsinit -- app args`: a pod of one service. */
static int plan_single(struct invocation *invocation, char **command, struct error *error)
{
    struct service *service = &invocation->main_service;

    if (namespaces_check(&service->namespaces, error) < 0 ||
        supervision_check(&service->supervision, error) < 0)
        return -1;
    error_subject(error, "%s", invocation->pause ? "--pause" : "usage");
    if (invocation->pause && namespaces_is_needed(&service->namespaces))
        return error_reason(error, ERROR_USAGE,
                            "holds the namespaces nsinit is in: to hold new "
                            "ones, --unshare TYPE=PATH keeps them");
    if (invocation->pause && command[0] != NULL)
        return error_reason(error, ERROR_USAGE, "runs no program: '%s' is one too many",
                            command[0]);
    if (invocation->check || invocation->json)
        return error_reason(error, ERROR_USAGE, "--check and --json are about a --pod FILE");
    if (!invocation->pause && command[0] == NULL)
        return error_reason(error, ERROR_USAGE,
                            "no program to run: [OPTION...] [--] PROGRAM [ARG...]");
    service->arguments = command;
    invocation->pod.service_count = invocation->pause ? 0 : 1;
    return 0;
}

static int plan_pod(struct invocation *invocation, char **command, char **environment,
                    struct error *error)
{
    error_subject(error, "--pause");
    if (invocation->pause)
        return error_reason(error, ERROR_USAGE, "excludes --pod");
    error_subject(error, "--json");
    if (invocation->json && !invocation->check)
        return error_reason(error, ERROR_USAGE, "needs --check");
    error_subject(error, "--pod");
    if (command[0] != NULL) {
        /* docker run IMAGE bash: the image's ENTRYPOINT has --pod. */
        error_hint(error, "docker run --entrypoint %s IMAGE runs it instead of the pod",
                   command[0]);
        return error_reason(error, ERROR_USAGE,
                            "has its services in the file: '%s' is one too many", command[0]);
    }
    if (invocation->not_for_pods != NULL) {
        error_subject(error, "--%s", invocation->not_for_pods);
        return error_reason(error, ERROR_USAGE, "belongs in the pod file");
    }
    return podfile_read(invocation, invocation->pod.file, environment, error);
}

/* The format that every line is to have leaves no output to the services alone. */
static void resolve_output(struct invocation *invocation)
{
    const struct pod *pod = &invocation->pod;

    for (size_t i = 0; i < pod->service_count; i++)
        if (pod->services[i].supervision.log_prefix == LOG_PREFIX_UNSAID)
            pod->services[i].supervision.log_prefix =
                pod->log_format == LOG_PLAIN ? LOG_PREFIX_NONE : LOG_PREFIX_NAME;
}

static int plan(struct invocation *invocation, const struct dropin *dropin, char **rest,
                char **environment, struct error *error)
{
    invocation->main_service.environment = environment;
    if (invocation->pod.boots && rest[0] == NULL && invocation->pod.file == NULL)
        invocation->pod.file = DEFAULT_POD;
    error_subject(error, "--boot");
    if (invocation->pod.boots && getpid() != 1)
        return error_reason(error, ERROR_USAGE, "is for the first process of a machine, PID 1");
    if ((invocation->pod.file != NULL ? plan_pod(invocation, rest, environment, error)
                                      : plan_single(invocation, rest, error)) < 0)
        return -1;
    error->subject[0] = '\0';
    resolve_output(invocation);
    /* The main service last: others share what it has, as it is before that. */
    for (size_t i = 0; invocation->pod.file != NULL && i < invocation->pod.service_count; i++)
        if (resolve_rewrites(invocation, &invocation->pod.services[i], dropin, error) < 0)
            return -1;
    return resolve_rewrites(invocation, &invocation->main_service, dropin, error);
}

int options_read(struct invocation *invocation, const struct dropin *dropin, char **arguments,
                 char **environment, struct error *error)
{
    char **rest;
    int result;

    if (set_defaults(invocation, dropin, error) < 0 ||
        read_environment(invocation, environment, error) < 0)
        return -1;
    rest = read_command_line(invocation, arguments + (arguments[0] != NULL), error);
    if (rest == NULL)
        return -1;
    if (invocation->action != ACTION_RUN)
        return 0;
    result = plan(invocation, dropin, rest, environment, error);
    if (result < 0)
        name_source(invocation, error);
    else
        options_advise(invocation);
    if (!invocation->check)
        invocation_forget(invocation);
    return result;
}
