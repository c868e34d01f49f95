/*
 * event_json.c - tests of report/event_json.c: the table of events is what the JSON has, and what
 * the schema and the manual document
 */
#include "report/event_json.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "pod/supervisor.h"
#include "unit/unit.h"

/* ---- the members of a kind, as text -------------------------------------------------------- */

struct lists {
    char all[512]; /* "event time service " */
    char required[512];
};

static void add_word(char *list, const char *word, size_t length)
{
    size_t end = strlen(list);

    ck_assert_uint_lt(end + length + 1, sizeof((struct lists *)NULL)->all);
    memcpy(list + end, word, length);
    strcpy(list + end + length, " ");
}

static void add_member(void *data, const char *name, bool is_optional)
{
    struct lists *lists = data;

    add_word(lists->all, name, strlen(name));
    if (!is_optional)
        add_word(lists->required, name, strlen(name));
}

static struct lists lists_of(enum event_kind kind)
{
    struct lists lists = {.all = ""};

    event_json_each_member(kind, add_member, &lists);
    return lists;
}

static bool has_word(const char *list, const char *word)
{
    size_t length = strlen(word);

    for (const char *at = strstr(list, word); at != NULL; at = strstr(at + 1, word))
        if ((at == list || at[-1] == ' ') && at[length] == ' ')
            return true;
    return false;
}

/* Each word of one list is in the other one. */
static void check_covers(const char *list, const char *words, const char *what)
{
    char copy[512];

    strcpy(copy, words);
    for (char *word = strtok(copy, " "); word != NULL; word = strtok(NULL, " "))
        ck_assert_msg(has_word(list, word), "%s: '%s' is not in: %s", what, word, list);
}

static void read_document(const char *name, char *text, size_t size)
{
    char path[512];
    size_t length;
    FILE *file;

    snprintf(path, sizeof path, DOC_DIRECTORY "/%s", name);
    file = fopen(path, "r");
    ck_assert_ptr_nonnull(file);
    length = fread(text, 1, size - 1, file);
    text[length] = '\0';
    fclose(file);
    ck_assert_uint_lt(length, size - 1);
}

/* ---- the schema ---------------------------------------------------------------------------- */

static char document[256 * 1024];

/* Collect the strings in quotes from `at` to `end`, which begin at that indentation or anywhere. */
static void collect(const char *at, const char *end, const char *before, char *list)
{
    while ((at = strstr(at, before)) != NULL && at < end) {
        const char *word = at + strlen(before);
        const char *quote = strchr(word, '"');

        add_word(list, word, (size_t)(quote - word));
        at = quote;
    }
}

/* The schema is indented by two spaces a level; a kind's object is at the second one. */
static struct lists schema_of(const char *kind)
{
    struct lists lists = {.all = ""};
    char mark[64];
    char *found;
    char *begin = document;
    char *end;

    snprintf(mark, sizeof mark, "\"const\": \"%s\"", kind);
    found = strstr(document, mark);
    ck_assert_msg(found != NULL, "the schema lacks the event %s", kind);
    for (char *at = document; (at = strstr(at, "\n    {\n")) != NULL && at < found; at++)
        begin = at;
    begin = strstr(begin, "\n      \"required\": [");
    end = strstr(begin, "\n      ]");
    collect(begin + strlen("\n      \"required\": ["), end, "\n        \"", lists.required);
    begin = strstr(end, "\n      \"properties\": {");
    end = strstr(begin, "\n      }");
    collect(begin, end, "\n        \"", lists.all);
    return lists;
}

START_TEST(the_schema_has_the_members_of_the_table)
{
    const char *kind = event_kind_name((enum event_kind)_i);
    struct lists table = lists_of((enum event_kind)_i);
    struct lists schema;

    read_document("event.schema.json", document, sizeof document);
    schema = schema_of(kind);
    ck_assert_str_eq(schema.required, table.required);
    check_covers(schema.all, table.all, kind);
    check_covers(table.all, schema.all, kind);
}
END_TEST

/* ---- the manual ---------------------------------------------------------------------------- */

/* The text from `begin` on up to `end`, words separated by single spaces, without roff's marks. */
static void plain(char *to, size_t size, const char *begin, const char *end)
{
    size_t length = 0;

    to[length++] = ' ';
    for (const char *at = begin; at < end && length < size - 2; at++) {
        bool is_word = (*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z') || *at == '_';

        if (is_word)
            to[length++] = *at;
        else if (to[length - 1] != ' ')
            to[length++] = ' ';
    }
    strcpy(to + length, " ");
}

static char *find(char *at, const char *text)
{
    char *found = strstr(at, text);

    ck_assert_msg(found != NULL, "the manual lacks: %s", text);
    return found;
}

START_TEST(the_manual_has_the_members_of_the_table)
{
    static char common[8192];
    static char identity[8192];
    static char paragraph[8192];
    const char *kind = event_kind_name((enum event_kind)_i);
    struct lists table = lists_of((enum event_kind)_i);
    char mark[64];
    char *begin;
    char *kinds;

    read_document("man/nsinit.1.in", document, sizeof document);
    begin = find(document, "\n.SH EVENTS\n");
    kinds = find(begin, "\n.B start\n");
    plain(common, sizeof common, begin, kinds);
    begin = find(kinds, "\nAn identity has these members");
    plain(identity, sizeof identity, begin, find(begin, "\n.SH "));
    snprintf(mark, sizeof mark, "\n.B %s\n", kind);
    begin = find(kinds, mark) + strlen(mark);
    plain(paragraph, sizeof paragraph, begin,
          find(begin, "\n.TP\n") < find(begin, "\n.PP\n") ? find(begin, "\n.TP\n")
                                                          : find(begin, "\n.PP\n"));
    for (char *word = strtok(table.all, " "); word != NULL; word = strtok(NULL, " "))
        ck_assert_msg(has_word(paragraph, word) || has_word(common, word) ||
                          (_i == EVENT_KIND_START && has_word(identity, word)),
                      "%s: the manual lacks the member '%s'", kind, word);
}
END_TEST

/* ---- the JSON ------------------------------------------------------------------------------ */

/* The names of the members of an object's first level. */
static void names_of(const char *json, char *list)
{
    int depth = 0;

    for (const char *at = json; *at != '\0'; at++) {
        depth += (*at == '{' || *at == '[') - (*at == '}' || *at == ']');
        if (*at == '"') {
            const char *end = strchr(at + 1, '"');

            if (depth == 1 && end[1] == ':')
                add_word(list, at + 1, (size_t)(end - at - 1));
            at = end;
        }
    }
}

START_TEST(an_event_has_the_members_of_the_table)
{
    static char buffer[EVENT_SIZE];
    struct pod pod = {.service_count = 1};
    struct service service = {.name = "web"};
    struct supervised supervised = {.service = &service, .pid = getpid(), .program = getpid()};
    struct supervisor supervisor = {.shared = nsfds_none()};
    struct strbuf text = strbuf_in(buffer, sizeof buffer);
    struct lists table = lists_of((enum event_kind)_i);
    struct own_namespaces own = {.ids = {0}};
    struct event event = {.kind = (enum event_kind)_i, .supervised = &supervised, .text = "text"};
    char names[512] = "";

    /* The state of health checks cannot be made here; a system test looks at these events. */
    if (event.kind == EVENT_KIND_HEALTH)
        return;
    supervisor.common.supervisor = &supervisor;
    supervisor.common.pod = &pod;
    supervised.common = &supervisor.common;
    event_json_add(&text, &event, &own);
    if (has_word(table.all, "lost"))
        event_json_add_lost(&text, 5);
    names_of(buffer, names);
    check_covers(table.all, names, event_kind_name(event.kind));
    check_covers(names, table.required, event_kind_name(event.kind));
    ck_assert_uint_eq(text.length, strlen(buffer));
    ck_assert_str_eq(buffer + text.length - 2, "}\n");
}
END_TEST

START_TEST(the_lost_ones_are_the_last_member)
{
    char buffer[256];
    struct strbuf text = strbuf_in(buffer, sizeof buffer);

    event_json_add(&text, &(struct event){.kind = EVENT_KIND_END, .number = 3}, NULL);
    event_json_add_lost(&text, 12);
    ck_assert_ptr_nonnull(strstr(buffer, ",\"exit_code\":3,\"lost\":12}\n"));
}
END_TEST

TCase *event_json_case(void)
{
    const TTest *const tests[] = {the_lost_ones_are_the_last_member, NULL};
    TCase *tcase = case_of("event_json", tests);

    tcase_add_loop_test(tcase, the_schema_has_the_members_of_the_table, 0, EVENT_KIND_COUNT);
    tcase_add_loop_test(tcase, the_manual_has_the_members_of_the_table, 0, EVENT_KIND_COUNT);
    tcase_add_loop_test(tcase, an_event_has_the_members_of_the_table, 0, EVENT_KIND_COUNT);
    return tcase;
}
