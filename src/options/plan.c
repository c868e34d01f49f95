/*
 * plan.c - what --check prints: the pod as nsinit understands it
 */
#include "options/options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/json.h"
#include "util/words.h"

/* Where the plan goes: a buffer that is written whenever a service is complete. */
struct plan {
    const struct pod *pod;
    struct text text;
    bool json;
    unsigned int count; /* of rows in this section */
};

/* ---- values: each appends what the user could have written ------------------------------- */

typedef bool add_value(struct text *text, const struct pod *pod, const struct service *service);

static bool add_string(struct text *text, const char *value)
{
    if (value != NULL)
        text_add(text, value);
    return value != NULL;
}

static bool add_type(struct text *text, const struct pod *pod, const struct service *service)
{
    (void)pod;
    text_add(text, service->type == SERVICE_ONESHOT ? "oneshot" : "simple");
    return true;
}

static bool add_essential(struct text *text, const struct pod *pod, const struct service *service)
{
    (void)pod;
    if (service->essential == ESSENTIAL_BY_TYPE)
        return false;
    text_add(text, service->essential == ESSENTIAL_YES ? "yes" : "no");
    return true;
}

static bool add_after(struct text *text, const struct pod *pod, const struct service *service)
{
    for (size_t i = 0; i < service->after.count; i++)
        text_format(text, "%s%s", i > 0 ? "," : "", pod->services[service->after.places[i]].name);
    return service->after.count > 0;
}

static void add_types(struct text *text, namespace_set set)
{
    const char *comma = "";

    for (unsigned int type = 0; type < NAMESPACE_COUNT; type++)
        if (namespaces_have(set, (enum namespace_type)type)) {
            text_format(text, "%s%s", comma, namespace_kinds[type].name);
            comma = ",";
        }
}

static bool add_unshare(struct text *text, const struct pod *pod, const struct service *service)
{
    (void)pod;
    add_types(text, service->isolation.unshared);
    return service->isolation.unshared != 0;
}

static bool add_enter(struct text *text, const struct pod *pod, const struct service *service)
{
    const struct isolation *isolation = &service->isolation;

    (void)pod;
    for (size_t i = 0; i < isolation->entrance_count; i++) {
        text_add(text, i > 0 ? " " : "");
        add_types(text, isolation->entrances[i].types);
        text_format(text, "=%s", isolation->entrances[i].source);
    }
    return isolation->entrance_count > 0;
}

static bool add_hostname(struct text *text, const struct pod *pod, const struct service *service)
{
    (void)pod;
    return add_string(text, service->isolation.hostname);
}

static bool add_root(struct text *text, const struct pod *pod, const struct service *service)
{
    (void)pod;
    return add_string(text, service->isolation.filesystem.root);
}

static bool add_user(struct text *text, const struct pod *pod, const struct service *service)
{
    (void)pod;
    return add_string(text, service_settings(service)->user);
}

static bool add_workdir(struct text *text, const struct pod *pod, const struct service *service)
{
    (void)pod;
    return add_string(text, service_settings(service)->workdir);
}

static bool add_restart(struct text *text, const struct pod *pod, const struct service *service)
{
    static const char *const names[] = {
        [RESTART_NO] = "no", [RESTART_ON_FAILURE] = "on-failure", [RESTART_ALWAYS] = "always"};
    const struct restart *restart = &service->supervision.restart;

    (void)pod;
    text_add(text, names[restart->policy]);
    if (restart->most > 0)
        text_format(text, ":%u", restart->most);
    return true;
}

static bool add_delay(struct text *text, const struct pod *pod, const struct service *service)
{
    const struct restart *restart = &service->supervision.restart;

    (void)pod;
    text_add_duration(text, restart->first_ms);
    text_add(text, "..");
    text_add_duration(text, restart->cap_ms);
    return restart->policy != RESTART_NO;
}

static bool add_stop(struct text *text, const struct pod *pod, const struct service *service)
{
    (void)pod;
    schedule_add(text, supervision_stop(&service->supervision));
    return true;
}

static bool add_readiness(struct text *text, const struct pod *pod, const struct service *service)
{
    const struct supervision *plan = &service->supervision;

    (void)pod;
    if (plan->notify)
        text_add(text, "notify");
    else if (plan->ready_fd != 0)
        text_format(text, "fd %d", plan->ready_fd);
    if (plan->ready_timeout_ms != 0) {
        text_add(text, " within ");
        text_add_duration(text, plan->ready_timeout_ms);
    }
    return supervision_awaits_readiness(plan);
}

static bool add_watchdog(struct text *text, const struct pod *pod, const struct service *service)
{
    (void)pod;
    text_add_duration(text, service->supervision.watchdog_ms);
    return service->supervision.watchdog_ms != 0;
}

static bool add_health(struct text *text, const struct pod *pod, const struct service *service)
{
    (void)pod;
    return add_string(text, service->supervision.health.command);
}

/* In the order of their keys in a pod file. */
static const struct {
    const char *key;
    add_value *add;
} rows[] = {
    {"type", add_type},           {"after", add_after},         {"essential", add_essential},
    {"unshare", add_unshare},     {"enter", add_enter},         {"hostname", add_hostname},
    {"root", add_root},           {"user", add_user},           {"workdir", add_workdir},
    {"restart", add_restart},     {"restart-delay", add_delay}, {"stop", add_stop},
    {"readiness", add_readiness}, {"watchdog", add_watchdog},   {"health-cmd", add_health},
};

/* ---- the document ------------------------------------------------------------------------ */

static void add_row(struct plan *plan, const char *key, const char *value)
{
    struct text *text = &plan->text;

    if (plan->json) {
        text_format(text, "%s\"%s\":", plan->count++ > 0 ? "," : "", key);
        json_add_string(text, value);
    } else {
        text_format(text, "  %s = %s\n", key, value);
    }
}

static void add_command(struct plan *plan, const struct service *service)
{
    struct text *text = &plan->text;

    text_add(text, plan->json ? ",\"command\":[" : "  command =");
    for (char *const *word = service->arguments; *word != NULL; word++) {
        text_add(text, !plan->json ? " " : word > service->arguments ? "," : "");
        if (plan->json)
            json_add_string(text, *word);
        else
            words_quote(text, *word);
    }
    text_add(text, plan->json ? "]" : "\n");
}

static void add_rows(struct plan *plan, const struct service *service, char *value, size_t size)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct text text = text_in(value, size);

        if (rows[i].add(&text, plan->pod, service))
            add_row(plan, rows[i].key, value);
    }
}

static void begin_section(struct plan *plan, const char *text, const char *json)
{
    text_add(&plan->text, plan->json ? json : text);
    plan->count = 0;
}

static void add_pod(struct plan *plan, const struct pod *pod, char *value, size_t size)
{
    struct text text = text_in(value, size);

    begin_section(plan, "[pod]\n", "{\"pod\":{");
    add_row(plan, "control", pod->control != NULL ? pod->control : "no");
    if (pod->sandbox != NULL && add_unshare(&text, pod, pod->sandbox))
        add_row(plan, "unshare", value);
    text = text_in(value, size);
    if (pod->sandbox != NULL && add_enter(&text, pod, pod->sandbox))
        add_row(plan, "enter", value);
    if (pod->sandbox != NULL && pod->sandbox->isolation.hostname != NULL)
        add_row(plan, "hostname", pod->sandbox->isolation.hostname);
    text = text_in(value, size);
    schedule_add(&text, &pod->drain);
    add_row(plan, "drain", value);
    text_add(&plan->text, plan->json ? "},\"services\":[" : "");
}

static void add_service(struct plan *plan, const struct service *service, char *value, size_t size)
{
    begin_section(plan, "\n[service ", service > plan->pod->services ? ",{" : "{");
    if (plan->json)
        add_row(plan, "service", service->name);
    else
        text_format(&plan->text, "%s]\n", service->name);
    add_command(plan, service);
    add_rows(plan, service, value, size);
    text_add(&plan->text, plan->json ? "}" : "");
}

static int write_out(struct plan *plan)
{
    int result = text_write(&plan->text, STDOUT_FILENO);

    plan->text = text_in(plan->text.data, plan->text.size);
    return result;
}

/* No value is longer than all of them. */
static size_t longest_value(const struct request *request)
{
    size_t length = request->file_length + 64UL * 1024;

    for (size_t i = 0; i < request->expanded_count; i++)
        length += strlen(request->expanded[i]);
    return length;
}

int options_print_plan(const struct request *request)
{
    const struct pod *pod = &request->pod;
    /* Each value once, and each of its bytes as six in JSON. */
    size_t value_size = longest_value(request);
    size_t size = 6 * value_size;
    char *buffer = malloc(size + value_size);
    struct plan plan = {.pod = pod, .json = request->json};
    int result;

    if (buffer == NULL)
        return -ENOMEM;
    plan.text = text_in(buffer, size);
    add_pod(&plan, pod, buffer + size, value_size);
    result = write_out(&plan);
    for (size_t i = 0; i < pod->service_count && result == 0; i++) {
        add_service(&plan, &pod->services[i], buffer + size, value_size);
        result = write_out(&plan);
    }
    text_add(&plan.text, plan.json ? "]}\n" : "");
    if (result == 0)
        result = write_out(&plan);
    free(buffer);
    return result;
}
