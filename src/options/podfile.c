/*
 * podfile.c - a pod from a file: DESIGN's INI, its keys the long options
 */
#include "options/podfile_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "options/setters_private.h"
#include "options/table.h"
#include "plan/depends.h"
#include "util/expand.h"
#include "util/file.h"
#include "util/ini.h"
#include "util/keywords.h"
#include "util/suggest.h"

enum { NAME_MAX = 64 };

/* What is known while the file is read. */
struct reading {
    struct invocation *invocation;
    const char *path;
    char **environment;
    struct error *error;
    struct error first; /* mistake; those behind it are notices */
    bool failed;
    bool lost_section;        /* whose name was wrong: what is said of it can't be judged */
    unsigned int option_flag; /* OPTION_POD or OPTION_SERVICE: the section's kind; 0: none yet */
    bool lost_name;           /* of a service */
    unsigned int owner;       /* whose section it is, as of its sayings */
    unsigned int line;        /* of the key that is read */
    bool has_pod;
    bool has_key[OPTIONS_MAX]; /* in this section */
    char section[256];         /* in brackets, for messages; empty: none */
};

/* Reading goes on behind a mistake, for all that can be said of the file at once. */
static void keep_mistake(struct reading *reading)
{
    if (reading->failed)
        invocation_tell(reading->invocation, LOG_ERROR, reading->error);
    else
        reading->first = *reading->error;
    reading->failed = true;
    reading->error->hint[0] = '\0';
}

/* What follows is about a section: "pod", or one of the kind "service". */
static void name_section(struct reading *reading, const char *kind, const char *name)
{

    strbuf_set(reading->section, sizeof reading->section, ": [%s%s%s]", kind,
               name[0] != '\0' ? " " : "", name);
}

/* What follows is about a key of the section, or about a line of it. */
static void name_key(const struct reading *reading, unsigned int line, const char *key)
{
    const char *before_key = reading->section[0] != '\0' ? " " : ": ";

    error_subject(reading->error, "%s:%u%s%s%s", reading->path, line, reading->section,
                  key[0] != '\0' ? before_key : "", key);
}

static bool is_name(const char *name)
{
    size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                 "0123456789_.-");

    return length > 0 && length <= NAME_MAX && name[length] == '\0' && name[0] != '-' &&
           name[0] != '.';
}

/* A new service is what the command line says of all, by itself. */
static struct service *add_service(struct reading *reading)
{
    struct invocation *invocation = reading->invocation;
    struct pod *pod = &invocation->pod;
    struct service *service =
        array_add(&pod->services, &pod->service_count, sizeof *service, reading->error);

    if (service == NULL)
        return NULL;
    *service = invocation->main_service;
    service->supervision.health.words = NULL;
    invocation->current = service;
    if (service->supervision.health.command != NULL &&
        set_health_cmd(&service->supervision.health, service->supervision.health.command,
                       reading->error) != NULL)
        return NULL;
    return service;
}

static int begin_service(struct reading *reading, const struct ini_item *item)
{
    struct invocation *invocation = reading->invocation;
    struct service *service;
    int same;

    if (!is_name(item->name))
        return error_reason(reading->error, ERROR_USAGE,
                            "'%s' is no name of at most %d letters, digits, '-', '_' and '.': "
                            "[service NAME]",
                            item->name, NAME_MAX);
    same = depends_find(&invocation->pod, item->name, strlen(item->name));
    if (same >= 0)
        return error_reason(reading->error, ERROR_USAGE,
                            "there is a service %s already, in line %u", item->name,
                            invocation->pod.services[same].line);
    service = add_service(reading);
    if (service == NULL)
        return -1;
    service->name = item->name;
    service->line = item->line;
    reading->option_flag = OPTION_SERVICE;
    reading->owner = OWNER_SERVICES + (unsigned int)invocation->pod.service_count - 1;
    reading->lost_section = false;
    name_section(reading, item->section, item->name);
    return 0;
}

static int begin_section(struct reading *reading, const struct ini_item *item)
{
    static const char *const words[] = {"pod", "service"};
    static const struct keywords names = {KEYWORDS_IN(words), .exact = true, .kind = "section"};
    int row;

    memset(reading->has_key, 0, sizeof reading->has_key);
    reading->lost_section = true;
    name_section(reading, item->section, "");
    name_key(reading, item->line, "");
    row = keywords_find(&names, item->section, reading->error);
    if (row < 0 || (row > 0 && begin_service(reading, item) < 0)) {
        reading->lost_name = true;
        return -1;
    }
    if (row > 0)
        return 0;
    if (item->name[0] != '\0')
        return error_reason(reading->error, ERROR_USAGE, "has no name: '%s' is one too many",
                            item->name);
    if (reading->has_pod)
        return error_reason(reading->error, ERROR_USAGE, "is there twice");
    reading->has_pod = true;
    reading->option_flag = OPTION_POD;
    reading->owner = OWNER_POD;
    reading->lost_section = false;
    reading->invocation->current = &reading->invocation->namespace_holder;
    reading->invocation->current->line = item->line;
    return 0;
}

/* Among those that belong here. It takes its time: for an error alone. */
static const char *closest_key(const struct reading *reading, const char *key)
{
    struct suggestion closest = suggest_for(key);

    for (size_t i = 0; i < option_count; i++)
        if ((option_table[i].flags & reading->option_flag) != 0)
            suggest_offer(&closest, option_table[i].name);
    return closest.best;
}

static const struct option *find_key(const struct reading *reading, const char *key)
{
    const struct option *option = option_of_name(key);

    if (option == NULL)
        error_unknown(reading->error, key, "key", closest_key(reading, key));
    else if ((option->flags & reading->option_flag) == 0)
        error_reason(reading->error, ERROR_USAGE, "%s",
                     (option->flags & OPTION_POD) != 0       ? "belongs in [pod]"
                     : (option->flags & OPTION_SERVICE) != 0 ? "belongs in a [service NAME]"
                                                             : "is for the command line alone");
    else
        return option;
    return NULL;
}

/* The value with its variables replaced, kept until the end; or as it is. NULL on an error. */
static const char *expand_value(struct reading *reading, const char *value)
{
    struct invocation *invocation = reading->invocation;
    char *expanded;

    if (strchr(value, '$') == NULL)
        return value;
    expanded = expand(value, reading->environment, reading->error);
    if (expanded == NULL)
        return NULL;
    invocation->expanded_length += strlen(expanded);
    return invocation_adopt(invocation, expanded, reading->error);
}

/* The key's value becomes the service's, or the pod's. */
static int set_key(struct reading *reading, const struct option *option, const char *text)
{
    struct invocation *invocation = reading->invocation;
    size_t place = (size_t)(option - option_table);
    struct saying saying = {.option = option, .text = text, .owner = reading->owner};
    const char *value;

    if (reading->has_key[place] && (option->flags & OPTION_REPEATABLE) == 0)
        return error_reason(reading->error, ERROR_USAGE, "is there twice");
    reading->has_key[place] = true;
    value = expand_value(reading, text);
    if (value == NULL)
        return -1;
    /* Who runs an image has the last word. */
    if (invocation->said[place])
        return 0;
    if (option_set(option, invocation, value, reading->error) < 0)
        return -1;
    saying.value = option_value(option, invocation, value);
    saying.line = reading->line;
    return invocation_say(invocation, &saying, reading->error);
}

/* What depends on a wrong key of the section is not judged. Returns -1. */
static int lose_key(struct reading *reading, const struct option *option, unsigned int line)
{
    const struct saying wrong = {.option = option, .owner = reading->owner, .line = line};

    /* Before the first section nothing depends on it. */
    if (reading->owner != OWNER_OUTSIDE)
        (void)invocation_say(reading->invocation, &wrong, &(struct error){0});
    return -1;
}

static int read_key(struct reading *reading, const struct ini_item *item)
{
    const struct option *option;

    if (reading->lost_section)
        return 0;
    name_key(reading, item->line, item->key);
    if (reading->option_flag == 0)
        return error_reason(reading->error, ERROR_USAGE,
                            "stands before the first section, [pod] or [service NAME]");
    reading->line = item->line;
    option = find_key(reading, item->key);
    return option != NULL && set_key(reading, option, item->value) == 0
               ? 0
               : lose_key(reading, option, item->line);
}

/* A line that is none, with the reason filled in. */
static int lose_line(struct reading *reading, const struct ini_item *item)
{
    error_subject(reading->error, "%s:%u", reading->path, item->line);
    reading->lost_section = reading->lost_section || item->kind == INI_SECTION;
    reading->lost_name = reading->lost_name || item->kind == INI_SECTION;
    return lose_key(reading, NULL, item->line);
}

/* What a check of options has found is about keys here. */
static int failed_check(struct reading *reading, unsigned int owner)
{
    char key[sizeof reading->error->subject];
    const char *subject = reading->error->subject;

    strbuf_set(key, sizeof key, "%s", strncmp(subject, "--", 2) == 0 ? subject + 2 : subject);
    invocation_name_key(reading->invocation, owner, key, 0, reading->error);
    return -1;
}

/* A key of the service that does not go with its type. */
static int check_oneshot(struct reading *reading, const struct service *service, unsigned int owner)
{
    const struct supervision *supervision = &service->supervision;
    const char *key = supervision->restart.policy == RESTART_ALWAYS ? "restart"
                      : supervision->notify                         ? "notify"
                      : supervision->ready_fd != 0                  ? "ready-fd"
                      : supervision->health.command != NULL         ? "health-cmd"
                                                                    : NULL;

    if (service->type != SERVICE_ONESHOT || key == NULL)
        return 0;
    invocation_name_key(reading->invocation, owner, key, 0, reading->error);
    return error_reason(reading->error, ERROR_USAGE, "%s",
                        supervision->restart.policy == RESTART_ALWAYS
                            ? "a oneshot ends by itself: restart = always does not go with that"
                            : "a oneshot is ready when it has ended: it has no readiness or "
                              "health");
}

static int preflight_service(struct reading *reading, struct service *service, unsigned int owner)
{
    reading->error->subject[0] = '\0';
    if (namespaces_check(&service->namespaces, reading->error) < 0 ||
        supervision_check(&service->supervision, reading->error) < 0)
        return failed_check(reading, owner);
    if (service->arguments == NULL) {
        invocation_name_key(reading->invocation, owner, "command", 0, reading->error);
        return error_reason(reading->error, ERROR_USAGE, "is missing");
    }
    return check_oneshot(reading, service, owner);
}

/* What [pod] says for itself, together. */
static int check_namespace_holder(struct reading *reading)
{
    struct invocation *invocation = reading->invocation;
    struct pod *pod = &invocation->pod;

    if (namespaces_is_needed(&invocation->namespace_holder.namespaces))
        pod->namespace_holder = &invocation->namespace_holder;
    /* The machine's own, where the pod has no other. */
    if (pod->boots &&
        !ns_set_has(invocation->namespace_holder.namespaces.unshared, NAMESPACE_UTS)) {
        pod->hostname = invocation->namespace_holder.namespaces.hostname;
        invocation->namespace_holder.namespaces.hostname = NULL;
    }
    reading->error->subject[0] = '\0';
    return namespaces_check(&invocation->namespace_holder.namespaces, reading->error) < 0
               ? failed_check(reading, OWNER_POD)
               : 0;
}

/* The order of the services, if the names of all are known. */
static void check_order(struct reading *reading)
{
    struct pod *pod = &reading->invocation->pod;
    struct depends_fault fault;

    for (size_t i = 0; i < pod->service_count; i++)
        if (depends_resolve(pod, &pod->services[i], &fault, reading->error) < 0) {
            invocation_name_key(reading->invocation, OWNER_SERVICES + fault.place, fault.key,
                                fault.nth, reading->error);
            keep_mistake(reading);
        }
    if (!reading->failed && depends_find_circle(pod, &fault, reading->error) < 0) {
        invocation_name_key(reading->invocation, OWNER_SERVICES + fault.place, fault.key, fault.nth,
                            reading->error);
        keep_mistake(reading);
    }
}

/* Whether one of its keys is: what follows from that is not told. */
static bool is_wrong(const struct reading *reading, unsigned int owner)
{
    return reading->failed && invocation_said(reading->invocation, owner, NULL) != NULL;
}

/* What its keys say together, when the section has been read. */
static void check_section(struct reading *reading)
{
    struct service *services = reading->invocation->pod.services;
    unsigned int owner = reading->owner;

    if (owner == OWNER_OUTSIDE || is_wrong(reading, owner))
        return;
    if ((owner == OWNER_POD
             ? check_namespace_holder(reading)
             : preflight_service(reading, &services[owner - OWNER_SERVICES], owner)) < 0)
        keep_mistake(reading);
}

/* What comes is no part of it. There may be an error already, which is about that. */
static void end_section(struct reading *reading)
{
    struct error *error = reading->error;
    struct error own = {.kind = ERROR_USAGE};

    reading->error = &own;
    check_section(reading);
    reading->error = error;
    reading->owner = OWNER_OUTSIDE;
}

/* What the sections say together. */
static void check_all(struct reading *reading)
{
    if (!reading->lost_name)
        check_order(reading);
    if (reading->invocation->pod.service_count > 0 || reading->failed)
        return;
    error_subject(reading->error, "%s", reading->path);
    error_reason(reading->error, ERROR_USAGE, "has no [service NAME]");
    keep_mistake(reading);
}

static void read_items(struct reading *reading, size_t length)
{
    struct ini ini = ini_open(reading->invocation->file_text, length);
    struct ini_item item = {0};

    for (;;) {
        int result;

        reading->error->subject[0] = '\0';
        result = ini_next(&ini, &item, reading->error);
        if (result == 0)
            break;
        if (item.kind == INI_SECTION)
            end_section(reading);
        if ((result < 0                 ? lose_line
             : item.kind == INI_SECTION ? begin_section
                                        : read_key)(reading, &item) < 0)
            keep_mistake(reading);
    }
    end_section(reading);
}

int podfile_read(struct invocation *invocation, const char *path, char **environment,
                 struct error *error)
{
    struct reading reading = {
        .invocation = invocation, .path = path, .environment = environment, .error = error};
    int result = file_read(path, &invocation->file_text, &invocation->file_length);

    invocation->pod.services = NULL;
    service_init(&invocation->namespace_holder, "pod");
    invocation->namespace_holder.environment = environment;
    invocation->namespace_holder.supervision.setup_timeout_ms =
        invocation->main_service.supervision.setup_timeout_ms;
    invocation->namespace_holder.supervision.hook_timeout_ms =
        invocation->main_service.supervision.hook_timeout_ms;
    if (!invocation->pod.control_was_asked_for)
        invocation->pod.control = DEFAULT_CONTROL;
    if (result < 0) {
        errno = -result;
        error_subject(error, "--pod %s", path);
        return error_reason(error, ERROR_USAGE, "%m");
    }
    read_items(&reading, invocation->file_length);
    check_all(&reading);
    if (!reading.failed)
        return 0;
    *error = reading.first;
    return -1;
}
