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
    struct text value; /* of the row that comes next */
    bool json;
    unsigned int count; /* of rows in this section */
};

/* What frames the rows, as text or as JSON. */
static void add_frame(struct plan *plan, const char *text, const char *json)
{
    text_add(&plan->text, plan->json ? json : text);
}

/* A row, unless there is nothing to say. */
static void add_row(struct plan *plan, const char *key, const char *value)
{
    struct text *text = &plan->text;

    if (value == NULL)
        return;
    if (plan->json) {
        text_format(text, "%s\"%s\":", plan->count++ > 0 ? "," : "", key);
        json_add_string(text, value);
    } else {
        text_format(text, "  %s = %s\n", key, value);
    }
}

/* A row of the value that has been put together, unless it is empty. The next one begins. */
static void end_row(struct plan *plan, const char *key)
{
    if (plan->value.length > 0)
        add_row(plan, key, plan->value.data);
    plan->value = text_in(plan->value.data, plan->value.size);
}

/* ---- values: what the user could have written -------------------------------------------- */

static void add_types(struct text *text, namespace_set set)
{
    const char *comma = "";

    for (unsigned int type = 0; type < NAMESPACE_COUNT; type++)
        if (namespaces_have(set, (enum namespace_type)type)) {
            text_format(text, "%s%s", comma, namespace_kinds[type].name);
            comma = ",";
        }
}

static void add_isolation(struct plan *plan, const struct isolation *isolation)
{
    add_types(&plan->value, isolation->unshared);
    end_row(plan, "unshare");
    for (size_t i = 0; i < isolation->entrance_count; i++) {
        text_add(&plan->value, i > 0 ? " " : "");
        add_types(&plan->value, isolation->entrances[i].types);
        text_format(&plan->value, "=%s", isolation->entrances[i].source);
    }
    end_row(plan, "enter");
    add_row(plan, "hostname", isolation->hostname);
}

static void add_restart(struct plan *plan, const struct restart *restart)
{
    text_add(&plan->value, restart_policy_names[restart->policy]);
    if (restart->most > 0)
        text_format(&plan->value, ":%u", restart->most);
    end_row(plan, "restart");
    if (restart->policy == RESTART_NO)
        return;
    text_add_duration(&plan->value, restart->first_ms);
    text_add(&plan->value, "..");
    text_add_duration(&plan->value, restart->cap_ms);
    end_row(plan, "restart-delay");
}

static void add_readiness(struct plan *plan, const struct supervision *supervision)
{
    if (supervision->notify)
        text_add(&plan->value, "notify");
    else if (supervision->ready_fd != 0)
        text_format(&plan->value, "fd %d", supervision->ready_fd);
    if (supervision->ready_timeout_ms != 0) {
        text_add(&plan->value, " within ");
        text_add_duration(&plan->value, supervision->ready_timeout_ms);
    }
    end_row(plan, "readiness");
}

static void add_command(struct plan *plan, const struct service *service)
{
    add_frame(plan, "  command =", ",\"command\":[");
    for (char *const *word = service->arguments; *word != NULL; word++) {
        add_frame(plan, " ", word > service->arguments ? "," : "");
        if (plan->json)
            json_add_string(&plan->text, *word);
        else
            words_quote(&plan->text, *word);
    }
    add_frame(plan, "\n", "]");
}

/* In the order of their keys in a pod file. */
static void add_rows(struct plan *plan, const struct service *service)
{
    static const char *const essential[] = {[ESSENTIAL_NO] = "no", [ESSENTIAL_YES] = "yes"};
    static const char *const new_session[] = {[NEW_SESSION_NO] = "no", [NEW_SESSION_YES] = "yes"};
    const struct settings *settings = service_settings(service);
    const struct supervision *supervision = &service->supervision;

    add_row(plan, "type", service->type == SERVICE_ONESHOT ? "oneshot" : "simple");
    for (size_t i = 0; i < service->after.count; i++)
        text_format(&plan->value, "%s%s", i > 0 ? "," : "",
                    plan->pod->services[service->after.places[i]].name);
    end_row(plan, "after");
    add_row(plan, "essential", essential[service->essential]);
    add_isolation(plan, &service->isolation);
    add_row(plan, "root", service->isolation.filesystem.root);
    add_row(plan, "user", settings->user);
    add_row(plan, "workdir", settings->workdir);
    add_row(plan, "new-session", new_session[service->new_session]);
    add_row(plan, "keep-keyring", settings->keep_keyring ? "yes" : NULL);
    add_restart(plan, &supervision->restart);
    schedule_add(&plan->value, supervision_stop(supervision));
    end_row(plan, "stop");
    add_readiness(plan, supervision);
    if (supervision->watchdog_ms != 0)
        text_add_duration(&plan->value, supervision->watchdog_ms);
    end_row(plan, "watchdog");
    add_row(plan, "health-cmd", supervision->health.command);
    if (service->control_access != CONTROL_AUTO)
        add_row(plan, "control-access", control_access_names[service->control_access]);
}

/* ---- the document ------------------------------------------------------------------------ */

static void add_pod(struct plan *plan, const struct pod *pod)
{
    add_frame(plan, "[pod]\n", "{\"pod\":{");
    add_row(plan, "control", pod->control != NULL ? pod->control : "no");
    if (pod->sandbox != NULL)
        add_isolation(plan, &pod->sandbox->isolation);
    schedule_add(&plan->value, &pod->drain);
    end_row(plan, "drain");
    add_frame(plan, "", "},\"services\":[");
}

static void add_service(struct plan *plan, const struct service *service)
{
    add_frame(plan, "\n[service ", service > plan->pod->services ? ",{" : "{");
    plan->count = 0;
    if (plan->json)
        add_row(plan, "service", service->name);
    else
        text_format(&plan->text, "%s]\n", service->name);
    add_command(plan, service);
    add_rows(plan, service);
    add_frame(plan, "", "}");
}

static int write_out(struct plan *plan)
{
    int result = text_write(&plan->text, STDOUT_FILENO);

    plan->text = text_in(plan->text.data, plan->text.size);
    return result;
}

int options_print_plan(const struct request *request)
{
    const struct pod *pod = &request->pod;
    /* No value is longer than all of them. Each comes once, and each of its bytes as six in JSON.
     */
    size_t value_size = request->file_length + request->expanded_length + 64UL * 1024;
    size_t size = 6 * value_size;
    char *buffer = malloc(size + value_size);
    struct plan plan = {.pod = pod, .json = request->json};
    int result = 0;

    if (buffer == NULL)
        return -ENOMEM;
    plan.text = text_in(buffer, size);
    plan.value = text_in(buffer + size, value_size);
    add_pod(&plan, pod);
    for (size_t i = 0; i < pod->service_count; i++) {
        result = write_out(&plan);
        if (result < 0)
            break;
        add_service(&plan, &pod->services[i]);
    }
    add_frame(&plan, "", "]}\n");
    if (result == 0)
        result = write_out(&plan);
    free(buffer);
    return result;
}
