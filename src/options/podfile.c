/*
 * podfile.c - read a pod from an INI file: its keys are the long options
 */
#include "options/podfile_private.h"

#include <errno.h>
#include <string.h>

#include "options/arena_private.h"
#include "options/given_private.h"
#include "options/podfile_check_private.h"
#include "options/set_supervision_private.h"
#include "options/table.h"
#include "plan/depends.h"
#include "util/expand.h"
#include "util/file.h"
#include "util/ini.h"
#include "util/keywords.h"
#include "util/suggest.h"

enum { SERVICE_NAME_MAX = 64 };

/* The file while it is read. Reading goes on behind a mistake, to report all of them at once. */
struct reading {
    struct invocation *invocation;
    const char *path;
    char **environment;
    struct mistakes mistakes;
    enum option_place kind;   /* of the section: IN_POD or IN_SERVICE; 0 before the first one */
    unsigned int section;     /* SECTION_... */
    char section_name[256];   /* for messages: ": [service web]"; empty: none */
    bool is_unknown_section;  /* keys can't be judged: the section's line has a mistake */
    bool has_unnamed_service; /* names in `after` can't be judged */
    bool has_pod;
    bool has_key[OPTIONS_MAX]; /* in this section */
};

/* ---- places ------------------------------------------------------------------------------ */

static void name_section(struct reading *reading, const char *kind, const char *name)
{
    strbuf_set(reading->section_name, sizeof reading->section_name, ": [%s%s%s]", kind,
               name[0] != '\0' ? " " : "", name);
}

static void name_line(const struct reading *reading, unsigned int line, struct error *error)
{
    error_subject(error, "%s:%u%s", reading->path, line, reading->section_name);
}

static void name_key(const struct reading *reading, const struct ini_item *item,
                     struct error *error)
{
    const char *before_key = reading->section_name[0] != '\0' ? " " : ": ";

    error_subject(error, "%s:%u%s%s%s", reading->path, item->line, reading->section_name,
                  before_key, item->key);
}

/* ---- sections ---------------------------------------------------------------------------- */

static bool is_service_name(const char *name)
{
    size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                 "0123456789_.-");

    return length > 0 && length <= SERVICE_NAME_MAX && name[length] == '\0' && name[0] != '-' &&
           name[0] != '.';
}

/* A service begins as a copy of the main service, which has the command line's options. */
static struct service *add_service(struct invocation *invocation, struct error *error)
{
    struct pod *pod = &invocation->pod;
    struct service *services =
        array_grow(pod->services, pod->service_count, sizeof *services, error);
    struct service *service;
    const char *health_command = invocation->main_service.supervision.health.command;

    if (services == NULL)
        return NULL;
    pod->services = services;
    service = &services[pod->service_count++];
    *service = invocation->main_service;
    service->supervision.health.words = NULL;
    invocation->current = service;
    if (health_command != NULL && set_health_command(service, health_command, error) < 0)
        return NULL;
    return service;
}

static int begin_service(struct reading *reading, const struct ini_item *item, struct error *error)
{
    struct invocation *invocation = reading->invocation;
    struct service *service;
    int same;

    if (!is_service_name(item->name))
        return error_invalid(error, item->name, "service name",
                             "use 1 to 64 letters, digits, '-', '_' and '.'");
    same = depends_find(&invocation->pod, item->name, strlen(item->name));
    if (same >= 0)
        return error_reason(error, ERROR_USAGE, "service %s is given twice, first in line %u",
                            item->name, invocation->pod.services[same].line);
    service = add_service(invocation, error);
    if (service == NULL)
        return -1;
    service->name = item->name;
    service->line = item->line;
    reading->kind = IN_SERVICE;
    reading->section = SECTION_SERVICES + (unsigned int)invocation->pod.service_count - 1;
    name_section(reading, item->section, item->name);
    return 0;
}

static int begin_pod(struct reading *reading, const struct ini_item *item, struct error *error)
{
    if (item->name[0] != '\0')
        return error_reason(error, ERROR_USAGE, "takes no name, but '%s' is given", item->name);
    if (reading->has_pod)
        return error_reason(error, ERROR_USAGE, "is given twice");
    reading->has_pod = true;
    reading->kind = IN_POD;
    reading->section = SECTION_POD;
    reading->invocation->current = &reading->invocation->namespace_holder;
    reading->invocation->current->line = item->line;
    return 0;
}

static int begin_section(struct reading *reading, const struct ini_item *item, struct error *error)
{
    static const char *const words[] = {"pod", "service"};
    static const struct keywords names = {KEYWORDS_IN(words), .exact = true, .kind = "section",
                                          .choices = "[pod] or [service NAME]"};
    int row;

    memset(reading->has_key, 0, sizeof reading->has_key);
    reading->is_unknown_section = true;
    name_section(reading, item->section, "");
    name_line(reading, item->line, error);
    row = keywords_find(&names, item->section, error);
    if (row == 0) {
        if (begin_pod(reading, item, error) < 0)
            return -1;
    } else if (row < 0 || begin_service(reading, item, error) < 0) {
        reading->has_unnamed_service = true;
        return -1;
    }
    reading->is_unknown_section = false;
    return 0;
}

/* Check the section that ends, before another one begins. */
static void end_section(struct reading *reading)
{
    podfile_check_section(&reading->mistakes, reading->section);
    reading->section = SECTION_NONE;
}

/* ---- keys -------------------------------------------------------------------------------- */

static const char *closest_key(const struct reading *reading, const char *key)
{
    struct suggestion closest = suggest_for(key);
    const struct option *option;

    for (size_t i = 0; (option = option_at(i)) != NULL; i++)
        if ((option->valid & reading->kind) != 0)
            suggest_offer(&closest, option->name);
    return closest.best;
}

static const struct option *find_key(const struct reading *reading, const char *key,
                                     struct error *error)
{
    const struct option *option = option_by_name(key);

    if (option_check_built(key, error) < 0)
        return NULL;
    if (option == NULL)
        error_unknown(error, key, "key", closest_key(reading, key));
    else if ((option->valid & reading->kind) != 0)
        return option;
    else if ((option->valid & IN_POD) != 0)
        error_reason(error, ERROR_USAGE, "belongs in [pod]");
    else if ((option->valid & IN_SERVICE) != 0)
        error_reason(error, ERROR_USAGE, "belongs in a [service NAME]");
    else
        error_reason(error, ERROR_USAGE, "belongs on the command line");
    return NULL;
}

/* The value with its variables replaced, or itself where it has none. NULL on an error. */
static const char *expand_value(struct reading *reading, const char *value, struct error *error)
{
    struct invocation *invocation = reading->invocation;
    char *expanded;

    if (strchr(value, '$') == NULL)
        return value;
    expanded = expand(value, reading->environment, error);
    if (expanded == NULL)
        return NULL;
    invocation->expanded_length += strlen(expanded);
    return arena_adopt(invocation, expanded, error);
}

static int set_key(struct reading *reading, const struct option *option,
                   const struct ini_item *item, struct error *error)
{
    struct invocation *invocation = reading->invocation;
    size_t index = option_index(option);
    struct given_value given = {
        .option = option, .source = item->value, .section = reading->section, .line = item->line};
    const char *value;

    if (reading->has_key[index] && !option->repeatable)
        return error_reason(error, ERROR_USAGE, "is given twice");
    reading->has_key[index] = true;
    value = expand_value(reading, item->value, error);
    if (value == NULL)
        return -1;
    /* Options override the file: an image's pod is changed by docker run's arguments. */
    if (invocation->given[index])
        return 0;
    if (option_set(option, invocation, value, error) < 0)
        return -1;
    given.value = option_value(option, invocation, value);
    return given_add(invocation, &given, error);
}

/* Note a mistake in the section, which is then not checked as a whole. Returns -1. */
static int note_mistake(struct reading *reading, const struct option *option, unsigned int line)
{
    const struct given_value mistake = {
        .option = option, .section = reading->section, .line = line};

    if (reading->section != SECTION_NONE)
        (void)given_add(reading->invocation, &mistake, &(struct error){0});
    return -1;
}

static int read_key(struct reading *reading, const struct ini_item *item, struct error *error)
{
    const struct option *option;

    if (reading->is_unknown_section)
        return 0;
    name_key(reading, item, error);
    if (reading->kind == 0)
        return error_reason(error, ERROR_USAGE, "belongs in a section, [pod] or [service NAME]");
    option = find_key(reading, item->key, error);
    if (option == NULL || set_key(reading, option, item, error) < 0)
        return note_mistake(reading, option, item->line);
    return 0;
}

/* ---- the file ---------------------------------------------------------------------------- */

/* A line that is neither a section nor a key, with the reason filled in. Returns -1. */
static int skip_line(struct reading *reading, const struct ini_item *item, struct error *error)
{
    bool is_section = item->kind == INI_SECTION;

    error_subject(error, "%s:%u", reading->path, item->line);
    reading->is_unknown_section = reading->is_unknown_section || is_section;
    reading->has_unnamed_service = reading->has_unnamed_service || is_section;
    return note_mistake(reading, NULL, item->line);
}

static void read_items(struct reading *reading)
{
    struct invocation *invocation = reading->invocation;
    struct ini ini = ini_open(invocation->file_text, invocation->file_length);
    struct ini_item item = {0};

    for (;;) {
        struct error error = {.kind = ERROR_USAGE};
        int result = ini_next(&ini, &item, &error);

        if (result == 0)
            break;
        if (item.kind == INI_SECTION)
            end_section(reading);
        if (result < 0)
            result = skip_line(reading, &item, &error);
        else if (item.kind == INI_SECTION)
            result = begin_section(reading, &item, &error);
        else
            result = read_key(reading, &item, &error);
        if (result < 0)
            mistakes_add(&reading->mistakes, &error);
    }
    end_section(reading);
}

/* Check the sections against each other. */
static void check_file(struct reading *reading)
{
    struct error error = {.kind = ERROR_USAGE};

    if (!reading->has_unnamed_service)
        podfile_check_order(&reading->mistakes);
    if (reading->invocation->pod.service_count > 0 || reading->mistakes.any)
        return;
    error_subject(&error, "%s", reading->path);
    error_reason(&error, ERROR_USAGE, "has no [service NAME]");
    mistakes_add(&reading->mistakes, &error);
}

static void set_pod_defaults(struct invocation *invocation, char **environment)
{
    const struct supervision *given = &invocation->main_service.supervision;
    struct service *namespace_holder = &invocation->namespace_holder;

    invocation->pod.services = NULL;
    service_init(namespace_holder, "pod");
    namespace_holder->environment = environment;
    namespace_holder->supervision.setup_timeout_ms = given->setup_timeout_ms;
    namespace_holder->supervision.hook_timeout_ms = given->hook_timeout_ms;
    if (!invocation->pod.control_was_asked_for)
        invocation->pod.control = DEFAULT_CONTROL;
}

/* A service in the pod's network namespace has its files, too. */
static void share_netns(struct pod *pod, const char *netns)
{
    for (size_t i = 0; i < pod->service_count; i++) {
        struct namespaces *namespaces = &pod->services[i].namespaces;

        if (!ns_set_has(namespaces->unshared | namespaces_entered(namespaces), NAMESPACE_NET))
            namespaces->filesystem.netns = netns;
    }
}

int podfile_read(struct invocation *invocation, const char *path, char **environment,
                 struct error *error)
{
    struct reading reading = {.invocation = invocation,
                              .path = path,
                              .environment = environment,
                              .mistakes = {.invocation = invocation}};
    int result = file_read(path, &invocation->file_text, &invocation->file_length);

    set_pod_defaults(invocation, environment);
    if (result < 0) {
        errno = -result;
        error_subject(error, "--pod %s", path);
        return error_reason(error, ERROR_USAGE, "%m");
    }
    read_items(&reading);
    check_file(&reading);
    share_netns(&invocation->pod, invocation->namespace_holder.namespaces.filesystem.netns);
    if (!reading.mistakes.any)
        return 0;
    *error = reading.mistakes.first;
    return -1;
}
