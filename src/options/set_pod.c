/*
 * set_pod.c - setters of the options that make a pod of several services, and of its control
 */
#include <stdlib.h>
#include <string.h>

#include "options/setters_private.h"
#include "util/keywords.h"
#include "util/shellwords.h"

const char *set_control(void *field, const char *value, struct error *error)
{
    struct pod *pod = field;
    bool is_path = value[0] == '/';

    (void)error;
    if (!is_path && strcmp(value, "no") != 0)
        return "no absolute path, and not 'no'";
    pod->control = is_path ? value : NULL;
    pod->control_was_asked_for = true;
    return NULL;
}

const char *set_control_access(void *field, const char *value, struct error *error)
{
    static const struct keywords names = {KEYWORDS_IN(control_access_names), .kind = "access level",
                                          .choices = "auto, none, status or full"};
    struct service *service = field;
    int row = keywords_find(&names, value, error);

    if (row < 0)
        return "";
    service->control_access = (enum control_access)row;
    return NULL;
}

const char *set_report(void *field, const char *value, struct error *error)
{
    return set_text(field, value[0] != '\0' && strcmp(value, "no") != 0 ? value : NULL, error);
}

const char *set_command(void *field, const char *value, struct error *error)
{
    struct service *service = field;

    free(service->words);
    service->words = shellwords_of_command(value, error);
    if (service->words == NULL)
        return "";
    if (service->words[0] == NULL || service->words[0][0] == '\0')
        return told(error_reason(error, ERROR_USAGE, "names no program"));
    service->arguments = service->words;
    return NULL;
}

const char *set_type(void *field, const char *value, struct error *error)
{
    static const char *const words[] = {[SERVICE_SIMPLE] = "simple", [SERVICE_ONESHOT] = "oneshot"};
    static const struct keywords names = {KEYWORDS_IN(words), .exact = true, .kind = "type"};
    struct service *service = field;
    int row = keywords_find(&names, value, error);

    if (row < 0)
        return "";
    service->type = (enum service_type)row;
    return NULL;
}

const char *set_essential(void *field, const char *value, struct error *error)
{
    struct service *service = field;
    bool yes;
    const char *wrong = set_flag(&yes, value, error);

    if (wrong == NULL)
        service->essential = yes ? ESSENTIAL_YES : ESSENTIAL_NO;
    return wrong;
}
