/*
 * check.c - what --check prints: the pod as nsinit understands it, as a pod file or as JSON
 * A key is printed with the value that it was given, so that the plan says the same when it is read
 * again, whatever options there will be.
 */
#include "options/cmdline.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "options/setters_private.h"
#include "options/table.h"
#include "util/json.h"
#include "util/shellwords.h"

/* Where the plan goes: a buffer that is written whenever a service is complete. */
struct plan {
    const struct invocation *invocation;
    struct strbuf text;
    bool json;
    unsigned int owner;         /* whose section it is, as of its sayings */
    const struct saying **rows; /* of the section; room for all sayings */
    size_t row_count;
    size_t next;     /* saying, at or before the first one of the services to come */
    bool has_member; /* the object of JSON is not empty any more */
};

/* What frames the rows, as text or as JSON. */
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

/* A literal ${ is doubled, as it would be taken for a variable. */
static void add_literally(struct strbuf *text, const char *value)
{
    for (const char *at = value; *at != '\0'; at++)
        strbuf_format(text, "%s%c", strncmp(at, "${", 2) == 0 ? "$" : "", *at);
}

/* Whether a line of a file can have the value: what comes from elsewhere may have line ends. */
static bool fits_in_line(const char *value)
{
    static const char blanks[] = " \t\r";
    size_t length = strlen(value);

    return length == 0 || (strchr(value, '\n') == NULL && strchr(blanks, value[0]) == NULL &&
                           strchr(blanks, value[length - 1]) == NULL);
}

static void add_line(struct plan *plan, const struct saying *saying)
{
    struct strbuf *text = &plan->text;
    const char *key = saying->option->name;

    if (fits_in_line(saying->value)) {
        strbuf_format(text, "  %s = ", key);
        add_literally(text, saying->value);
    } else if (saying->line > 0) {
        /* It has come from a variable, and will again. */
        strbuf_format(text, "  %s = %s", key, saying->text);
    } else {
        strbuf_format(text, "  # %s does not fit into a line: ", key);
        strbuf_add_visible(text, saying->value);
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

/* All values of a repeatable key together, where the first one stands. */
static void add_values(struct plan *plan, const struct saying *first)
{
    for (size_t i = 0; i < plan->row_count; i++)
        if (plan->rows[i]->option == first->option) {
            strbuf_add(&plan->text, plan->rows[i] != first ? "," : "[");
            json_add_string(&plan->text, plan->rows[i]->value);
        }
    strbuf_add(&plan->text, "]");
}

static bool is_first(const struct plan *plan, const struct saying *saying)
{
    size_t i = 0;

    while (plan->rows[i]->option != saying->option)
        i++;
    return plan->rows[i] == saying;
}

static void add_member(struct plan *plan, const struct saying *saying)
{
    const struct option *option = saying->option;
    bool is_repeatable = (option->flags & OPTION_REPEATABLE) != 0;

    if (is_repeatable && !is_first(plan, saying))
        return;
    begin_member(plan, option->name);
    if (option->set == set_command)
        add_words(plan, plan->invocation->pod.services[plan->owner - OWNER_SERVICES].arguments);
    else if (is_repeatable)
        add_values(plan, saying);
    else
        json_add_string(&plan->text, saying->value);
}

/* ---- a section --------------------------------------------------------------------------- */

static void add_row(struct plan *plan, const struct saying *saying)
{
    plan->rows[plan->row_count++] = saying;
}

/*
 * The section's values: those from outside that are for all of its kind, which come first of all
 * sayings, and its own. The services' are in their order; [pod] may stand anywhere.
 */
static void collect_rows(struct plan *plan)
{
    const struct invocation *invocation = plan->invocation;
    const struct saying *sayings = invocation->sayings;
    bool is_pod = plan->owner == OWNER_POD;
    size_t i = 0;

    plan->row_count = 0;
    for (; i < invocation->saying_count && sayings[i].owner == OWNER_OUTSIDE; i++)
        if ((sayings[i].option->flags & (is_pod ? OPTION_POD : OPTION_SERVICE)) != 0)
            add_row(plan, &sayings[i]);
    for (i = is_pod || plan->next < i ? i : plan->next; i < invocation->saying_count; i++) {
        if (sayings[i].owner == plan->owner)
            add_row(plan, &sayings[i]);
        else if (!is_pod && sayings[i].owner > plan->owner)
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

/* What holds because nothing else was said. A reader of the file need not be told again. */
static void add_default(struct plan *plan, const char *key, const char *value)
{
    const struct option *option = option_of_name(key);

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

    plan->owner = OWNER_POD;
    add_frame(plan, "[pod]\n", "{\"pod\":{");
    add_rows(plan);
    add_default(plan, "control", pod->control != NULL ? pod->control : "no");
    add_default_schedule(plan, "drain", &pod->drain);
    add_frame(plan, "", "},\"services\":[");
}

static void add_service(struct plan *plan, const struct service *service)
{
    const struct pod *pod = &plan->invocation->pod;

    plan->owner = OWNER_SERVICES + (unsigned int)(service - pod->services);
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

/* ---- the document ------------------------------------------------------------------------ */

static int write_out(struct plan *plan)
{
    int result = strbuf_write(&plan->text, STDOUT_FILENO);

    plan->text = strbuf_in(plan->text.data, plan->text.size);
    return result;
}

/*
 * No section is longer than the file with its variables replaced, and what was given outside. Each
 * byte becomes six in JSON at most.
 */
static size_t section_size(const struct invocation *invocation)
{
    size_t size = invocation->file_length + invocation->expanded_length + 64UL * 1024;

    for (size_t i = 0; i < invocation->saying_count; i++)
        if (invocation->sayings[i].owner == OWNER_OUTSIDE)
            size += 64 + strlen(invocation->sayings[i].value);
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
    plan.rows = calloc(invocation->saying_count + 1, sizeof(const struct saying *));
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
