/*
 * pod.c - setters of the options that make a pod of several services, and of its control
 */
#include <stdlib.h>
#include <string.h>

#include "options/setters.h"
#include "util/parse.h"
#include "util/words.h"

int set_control(struct request *request, const char *value, struct error *error)
{
    bool is_path = value[0] == '/';

    if (!is_path && strcmp(value, "no") != 0)
        return error_reason(error, ERROR_USAGE, "'%s' is no absolute path, and not 'no'", value);
    request->pod.control = is_path ? value : NULL;
    request->pod.control_was_asked_for = true;
    return 0;
}

int set_report(struct request *request, const char *value, struct error *error)
{
    (void)error;
    request->pod.report = value[0] != '\0' && strcmp(value, "no") != 0 ? value : NULL;
    return 0;
}

int set_pod(struct request *request, const char *value, struct error *error)
{
    (void)error;
    request->pod.file = value;
    return 0;
}

int set_check(struct request *request, const char *value, struct error *error)
{
    return read_flag(value, &request->check, error);
}

int set_json(struct request *request, const char *value, struct error *error)
{
    return read_flag(value, &request->json, error);
}

int set_command(struct request *request, const char *value, struct error *error)
{
    struct service *service = request->current;

    free(service->words);
    service->words = words_of_shell(value, error);
    if (service->words == NULL)
        return -1;
    if (service->words[0] == NULL || service->words[0][0] == '\0')
        return error_reason(error, ERROR_USAGE, "names no program");
    service->arguments = service->words;
    return 0;
}

int set_after(struct request *request, const char *value, struct error *error)
{
    (void)error;
    request->current->after_names = value;
    return 0;
}

int set_type(struct request *request, const char *value, struct error *error)
{
    static const char *const names[] = {[SERVICE_SIMPLE] = "simple", [SERVICE_ONESHOT] = "oneshot"};
    struct closest closest = closest_to(value);

    for (unsigned int i = 0; i < sizeof names / sizeof names[0]; i++) {
        closest_offer(&closest, names[i]);
        if (strcmp(value, names[i]) == 0) {
            request->current->type = (enum service_type)i;
            return 0;
        }
    }
    return error_unknown(error, value, "type", closest.best);
}

int set_essential(struct request *request, const char *value, struct error *error)
{
    bool yes;

    if (read_flag(value, &yes, error) < 0)
        return -1;
    request->current->essential = yes ? ESSENTIAL_YES : ESSENTIAL_NO;
    return 0;
}
