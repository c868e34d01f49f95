/*
 * check.c - --check prints the pod as nsinit understands it, as a pod file or as JSON
 * A key is printed with the value that it was given: the plan can be read again as a pod file, and
 * a new option is printed without a line here.
 */
#include "options/invocation.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "options/table.h"
#include "util/json.h"
#include "util/shellwords.h"

/* The plan while it is printed. The buffer is written whenever a section is complete. */
struct plan {
    const struct invocation *invocation;
    struct strbuf text;
    bool json;
    unsigned int section;            /* SECTION_... */
    const struct given_value **rows; /* of the section; there is room for all values */
    size_t row_count;
    size_t next;     /* value, at or before the first one of the following services */
    bool has_member; /* the JSON object is not empty any more */
};

/* Add text that stands around the rows of a section. */
static void add_frame(struct plan *plan, const char *text, const char *json)
{
    strbuf_add(&plan->text, plan->json ? json : text);
}

static void begin_member(struct plan *plan, const char *key)
{
    strbuf_format(&plan->text, "%s\"%s\":", plan->has_member ? "," : "", key);
    plan->has_member = true;
}

/* ---- as a pod file ----------------------------------------------------------------------- */

/* A literal ${ would be taken for a variable: its $ is doubled. */
static void add_literally(struct strbuf *text, const char *value)
{
    for (const char *at = value; *at != '\0'; at++)
        strbuf_format(text, "%s%c", strncmp(at, "${", 2) == 0 ? "$" : "", *at);
}

/* Whether a line of a file can have the value: one from outside the file may have newlines. */
static bool fits_in_line(const char *value)
{
    static const char blanks[] = " \t\r";
    size_t length = strlen(value);

    return length == 0 || (strchr(value, '\n') == NULL && strchr(blanks, value[0]) == NULL &&
                           strchr(blanks, value[length - 1]) == NULL);
}

static void add_line(struct plan *plan, const struct given_value *given)
{
    struct strbuf *text = &plan->text;
    const char *key = given->option->name;

    if (fits_in_line(given->value)) {
        strbuf_format(text, "  %s = ", key);
        add_literally(text, given->value);
    } else if (given->line > 0) {
        /* The value came from a variable, and will come from it again. */
        strbuf_format(text, "  %s = %s", key, given->source);
    } else {
        strbuf_format(text, "  # %s does not fit into a line: ", key);
        strbuf_add_visible(text, given->value);
    }
    strbuf_add(text, "\n");
}

/* ---- as JSON ----------------------------------------------------------------------------- */

static void add_words(struct plan *plan, char *const *words)
{
    for (char *const *word = words; *word != NULL; word++) {
        strbuf_add(&plan->text, word > words ? "," : "[");
        json_add_string(&plan->text, *word);
    }
    strbuf_add(&plan->text, "]");
}

/* Add all values of a repeatable key, in the place of the first one. */
static void add_values(struct plan *plan, const struct given_value *first)
{
    for (size_t i = 0; i < plan->row_count; i++)
        if (plan->rows[i]->option == first->option) {
            strbuf_add(&plan->text, plan->rows[i] != first ? "," : "[");
            json_add_string(&plan->text, plan->rows[i]->value);
        }
    strbuf_add(&plan->text, "]");
}

static bool is_first(const struct plan *plan, const struct given_value *given)
{
    size_t i = 0;

    while (plan->rows[i]->option != given->option)
        i++;
    return plan->rows[i] == given;
}

static void add_member(struct plan *plan, const struct given_value *given)
{
    const struct option *option = given->option;

    if (option->repeatable && !is_first(plan, given))
        return;
    begin_member(plan, option->name);
    if (option == option_by_name("command"))
        add_words(plan, plan->invocation->pod.services[plan->section - SECTION_SERVICES].arguments);
    else if (option->repeatable)
        add_values(plan, given);
    else
        json_add_string(&plan->text, given->value);
}

/* ---- a section --------------------------------------------------------------------------- */

static void add_row(struct plan *plan, const struct given_value *given)
{
    plan->rows[plan->row_count++] = given;
}

/*
 * Collect the section's values: first the values from outside the file that are valid in it, then
 * its own. The values of services are in the services' order; the values of [pod] may be anywhere.
 */
static void collect_rows(struct plan *plan)
{
    const struct invocation *invocation = plan->invocation;
    const struct given_value *values = invocation->values;
    bool is_pod = plan->section == SECTION_POD;
    size_t i = 0;

    plan->row_count = 0;
    for (; i < invocation->value_count && values[i].section == SECTION_NONE; i++)
        if ((values[i].option->valid & (is_pod ? IN_POD : IN_SERVICE)) != 0)
            add_row(plan, &values[i]);
    for (i = is_pod || plan->next < i ? i : plan->next; i < invocation->value_count; i++) {
        if (values[i].section == plan->section)
            add_row(plan, &values[i]);
        else if (!is_pod && values[i].section > plan->section)
            break;
    }
    plan->next = is_pod ? 0 : i;
}

static void add_rows(struct plan *plan)
{
    collect_rows(plan);
    for (size_t i = 0; i < plan->row_count; i++)
        (plan->json ? add_member : add_line)(plan, plan->rows[i]);
}

/* Add a default where the section has no value; as text in a comment, as the file needs no line. */
static void add_default(struct plan *plan, const char *key, const char *value)
{
    const struct option *option = option_by_name(key);

    for (size_t i = 0; i < plan->row_count; i++)
        if (plan->rows[i]->option == option)
            return;
    if (!plan->json) {
        strbuf_format(&plan->text, "  # %s = %s\n", key, value);
        return;
    }
    begin_member(plan, key);
    json_add_string(&plan->text, value);
}

static void add_default_schedule(struct plan *plan, const char *key,
                                 const struct stop_schedule *schedule)
{
    char buffer[200];
    struct strbuf text = strbuf_in(buffer, sizeof buffer);

    stop_schedule_add(&text, schedule);
    add_default(plan, key, buffer);
}

static void add_pod(struct plan *plan)
{
    const struct pod *pod = &plan->invocation->pod;

    plan->section = SECTION_POD;
    add_frame(plan, "[pod]\n", "{\"pod\":{");
    add_rows(plan);
    add_default(plan, "control", pod->control != NULL ? pod->control : "no");
    add_default_schedule(plan, "drain", &pod->drain);
    add_frame(plan, "", "},\"services\":[");
}

static void add_service(struct plan *plan, const struct service *service)
{
    const struct pod *pod = &plan->invocation->pod;

    plan->section = SECTION_SERVICES + (unsigned int)(service - pod->services);
    plan->has_member = false;
    add_frame(plan, "\n[service ", service > pod->services ? ",{" : "{");
    if (plan->json) {
        begin_member(plan, "service");
        json_add_string(&plan->text, service->name);
    } else {
        strbuf_format(&plan->text, "%s]\n", service->name);
    }
    add_rows(plan);
    add_default(plan, "type", "simple");
    add_default(plan, "restart", restart_policy_names[service->supervision.restart.policy]);
    add_default_schedule(plan, "stop", supervision_stop(&service->supervision));
    add_frame(plan, "", "}");
}

/* ---- the plan ------------------------------------------------------------------------ */

static int write_out(struct plan *plan)
{
    int result = strbuf_write(&plan->text, STDOUT_FILENO);

    plan->text = strbuf_in(plan->text.data, plan->text.size);
    return result;
}

/*
 * No section is longer than the file with its variables replaced, and the values from outside. JSON
 * makes at most six bytes of one.
 */
static size_t section_size(const struct invocation *invocation)
{
    size_t size = invocation->file_length + invocation->expanded_length + 64UL * 1024;

    for (size_t i = 0; i < invocation->value_count; i++)
        if (invocation->values[i].section == SECTION_NONE)
            size += 64 + strlen(invocation->values[i].value);
    return 6 * size;
}

int options_print_plan(const struct invocation *invocation)
{
    const struct pod *pod = &invocation->pod;
    size_t size = section_size(invocation);
    char *buffer = malloc(size);
    struct plan plan = {.invocation = invocation, .json = invocation->json};
    int result = 0;

    if (buffer == NULL)
        return -ENOMEM;
    plan.text = strbuf_in(buffer, size);
    plan.rows = calloc(invocation->value_count + 1, sizeof(const struct given_value *));
    if (plan.rows == NULL) {
        free(buffer);
        return -ENOMEM;
    }
    add_pod(&plan);
    for (size_t i = 0; i < pod->service_count; i++) {
        result = write_out(&plan);
        if (result < 0)
            break;
        add_service(&plan, &pod->services[i]);
    }
    add_frame(&plan, "", "]}\n");
    if (result == 0)
        result = write_out(&plan);
    free(plan.rows);
    free(buffer);
    return result;
}
