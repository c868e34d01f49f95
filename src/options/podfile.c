/*
 * podfile.c - a pod from a file: DESIGN's INI, its keys the long options
 */
#include "options/podfile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "options/setters.h"
#include "options/table.h"
#include "pod/order.h"
#include "util/expand.h"
#include "util/file.h"
#include "util/ini.h"
#include "util/names.h"
#include "util/parse.h"

enum { NAME_MOST = 64 };

/* What is known while the file is read. */
struct reading {
    struct request *request;
    const char *path;
    char **environment;
    struct error *error;
    unsigned int option_flag; /* OPTION_POD or OPTION_SERVICE: the section's kind; 0: none yet */
    bool has_pod;
    bool has_key[OPTIONS_MOST]; /* in this section */
    char section[256];          /* in brackets, for messages; empty: none */
};

/* What follows is about a section: "pod", or one of the kind "service". */
static void name_section(struct reading *reading, const char *kind, const char *name)
{

    text_set(reading->section, sizeof reading->section, ": [%s%s%s]", kind,
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

    return length > 0 && length <= NAME_MOST && name[length] == '\0' && name[0] != '-' &&
           name[0] != '.';
}

/* A new service is what the command line says of all, by itself. */
static struct service *add_service(struct reading *reading)
{
    struct request *request = reading->request;
    struct pod *pod = &request->pod;
    struct service *service =
        array_add(&pod->services, &pod->service_count, sizeof *service, reading->error);

    if (service == NULL)
        return NULL;
    *service = request->main_service;
    service->supervision.health.words = NULL;
    request->current = service;
    if (service->supervision.health.command != NULL &&
        set_health_cmd(&service->supervision.health, service->supervision.health.command,
                       reading->error) != NULL)
        return NULL;
    return service;
}

static int begin_service(struct reading *reading, const struct ini_item *item)
{
    struct request *request = reading->request;
    struct service *service;
    int same;

    if (!is_name(item->name))
        return error_reason(reading->error, ERROR_USAGE,
                            "'%s' is no name of at most %d letters, digits, '-', '_' and '.': "
                            "[service NAME]",
                            item->name, NAME_MOST);
    same = order_find(&request->pod, item->name, strlen(item->name));
    if (same >= 0)
        return error_reason(reading->error, ERROR_USAGE,
                            "there is a service %s already, in line %u", item->name,
                            request->pod.services[same].line);
    service = add_service(reading);
    if (service == NULL)
        return -1;
    service->name = item->name;
    service->line = item->line;
    reading->option_flag = OPTION_SERVICE;
    name_section(reading, item->section, item->name);
    return 0;
}

static int begin_section(struct reading *reading, const struct ini_item *item)
{
    static const char *const words[] = {"pod", "service"};
    static const struct names names = {NAMES_IN(words), .exact = true, .kind = "section"};
    int row;

    memset(reading->has_key, 0, sizeof reading->has_key);
    name_section(reading, item->section, "");
    name_key(reading, item->line, "");
    row = names_find(&names, item->section, reading->error);
    if (row < 0)
        return -1;
    if (row > 0)
        return begin_service(reading, item);
    if (item->name[0] != '\0')
        return error_reason(reading->error, ERROR_USAGE, "has no name: '%s' is one too many",
                            item->name);
    if (reading->has_pod)
        return error_reason(reading->error, ERROR_USAGE, "is there twice");
    reading->has_pod = true;
    reading->option_flag = OPTION_POD;
    reading->request->current = &reading->request->sandbox;
    reading->request->current->line = item->line;
    return 0;
}

/* Among those that belong here. It takes its time: for an error alone. */
static const char *closest_key(const struct reading *reading, const char *key)
{
    struct closest closest = closest_to(key);

    for (size_t i = 0; i < option_count; i++)
        if ((option_table[i].flags & reading->option_flag) != 0)
            closest_offer(&closest, option_table[i].name);
    return closest.best;
}

static const struct option *find_key(const struct reading *reading, const char *key)
{
    const struct option *option = option_of_name(key);

    if (option == NULL)
        error_unknown(reading->error, key, "key", closest_key(reading, key));
    else if ((option->flags & reading->option_flag) == 0)
        error_reason(reading->error, ERROR_USAGE, "%s",
                     (option->flags & OPTION_POD) != 0       ? "belongs into [pod]"
                     : (option->flags & OPTION_SERVICE) != 0 ? "belongs into a [service NAME]"
                                                             : "is for the command line alone");
    else
        return option;
    return NULL;
}

/* The value with its variables replaced, kept until the end; or as it is. NULL on an error. */
static const char *expand_value(struct reading *reading, const char *value)
{
    struct request *request = reading->request;
    char *expanded;

    if (strchr(value, '$') == NULL)
        return value;
    expanded = expand(value, reading->environment, reading->error);
    if (expanded == NULL)
        return NULL;
    request->expanded_length += strlen(expanded);
    return request_adopt(request, expanded, reading->error);
}

static int read_key(struct reading *reading, const struct ini_item *item)
{
    struct request *request = reading->request;
    const struct option *option;
    const char *value;
    size_t place;

    name_key(reading, item->line, item->key);
    if (reading->option_flag == 0)
        return error_reason(reading->error, ERROR_USAGE,
                            "stands before the first section, [pod] or [service NAME]");
    option = find_key(reading, item->key);
    if (option == NULL)
        return -1;
    place = (size_t)(option - option_table);
    if (reading->has_key[place] && (option->flags & OPTION_REPEATABLE) == 0)
        return error_reason(reading->error, ERROR_USAGE, "is there twice");
    reading->has_key[place] = true;
    value = expand_value(reading, item->value);
    if (value == NULL)
        return -1;
    /* Who runs an image has the last word. */
    if (request->said[place])
        return 0;
    return option_set(option, request, value, reading->error);
}

/* What a check of options has found is about keys here. */
static int failed_check(struct reading *reading, unsigned int line)
{
    char key[sizeof reading->error->subject];
    const char *subject = reading->error->subject;

    text_set(key, sizeof key, "%s", strncmp(subject, "--", 2) == 0 ? subject + 2 : subject);
    name_key(reading, line, key);
    return -1;
}

static int check_service(struct reading *reading, struct service *service)
{
    name_section(reading, "service", service->name);
    reading->error->subject[0] = '\0';
    if (isolation_check(&service->isolation, reading->error) < 0 ||
        supervision_check(&service->supervision, reading->error) < 0)
        return failed_check(reading, service->line);
    name_key(reading, service->line, "command");
    if (service->arguments == NULL)
        return error_reason(reading->error, ERROR_USAGE, "is missing");
    name_key(reading, service->line, "type");
    if (service->type == SERVICE_ONESHOT && service->supervision.restart.policy == RESTART_ALWAYS)
        return error_reason(reading->error, ERROR_USAGE,
                            "a oneshot ends by itself: restart = always does not go with that");
    if (service->type == SERVICE_ONESHOT && (supervision_awaits_readiness(&service->supervision) ||
                                             service->supervision.health.command != NULL))
        return error_reason(reading->error, ERROR_USAGE,
                            "a oneshot is ready when it has ended: no readiness or health besides");
    return 0;
}

static int check_all(struct reading *reading)
{
    struct request *request = reading->request;
    struct pod *pod = &request->pod;

    for (size_t i = 0; i < pod->service_count; i++)
        if (check_service(reading, &pod->services[i]) < 0)
            return -1;
    if (pod->service_count == 0) {
        error_subject(reading->error, "%s", reading->path);
        return error_reason(reading->error, ERROR_USAGE, "has no [service NAME]");
    }
    if (isolation_is_needed(&request->sandbox.isolation))
        pod->sandbox = &request->sandbox;
    name_section(reading, "pod", "");
    reading->error->subject[0] = '\0';
    /* The machine's own, where the pod has no other. */
    if (pod->boots && !namespaces_have(request->sandbox.isolation.unshared, NAMESPACE_UTS)) {
        pod->hostname = request->sandbox.isolation.hostname;
        request->sandbox.isolation.hostname = NULL;
    }
    if (isolation_check(&request->sandbox.isolation, reading->error) < 0)
        return failed_check(reading, request->sandbox.line);
    error_subject(reading->error, "%s", reading->path);
    return order_resolve(pod, reading->error);
}

static int read_items(struct reading *reading, size_t length)
{
    struct ini ini = ini_open(reading->request->file_text, length);
    struct ini_item item = {0};
    int result;

    for (;;) {
        reading->error->subject[0] = '\0';
        result = ini_next(&ini, &item, reading->error);
        if (result <= 0)
            break;
        if ((item.kind == INI_SECTION ? begin_section : read_key)(reading, &item) < 0)
            return -1;
    }
    reading->section[0] = '\0';
    if (result < 0)
        name_key(reading, item.line, "");
    return result;
}

int podfile_read(struct request *request, const char *path, char **environment, struct error *error)
{
    struct reading reading = {
        .request = request, .path = path, .environment = environment, .error = error};
    int result = file_read(path, &request->file_text, &request->file_length);

    request->pod.services = NULL;
    service_init(&request->sandbox, "pod");
    request->sandbox.environment = environment;
    if (!request->pod.control_was_asked_for)
        request->pod.control = DEFAULT_CONTROL;
    if (result < 0) {
        errno = -result;
        error_subject(error, "--pod %s", path);
        return error_reason(error, ERROR_USAGE, "%m");
    }
    if (read_items(&reading, request->file_length) < 0)
        return -1;
    return check_all(&reading);
}
