/*
 * diagram.c - who lives in which namespace, as nodes and edges: for mermaid and for graphviz
 */
#include "report/diagram.h"

#include <string.h>

#include "report/diagram_parts.h"

const char *const diagram_format_names[DIAGRAM_FORMAT_COUNT] = {
    [DIAGRAM_TEXT] = "text", [DIAGRAM_MERMAID] = "mermaid", [DIAGRAM_DOT] = "dot"};

/* What stands around a name or a label, and behind it. */
struct around {
    const char *before;
    const char *between; /* the name and the label, or two names */
    const char *after;
};

struct language {
    const char *head;
    struct around box;
    const char *box_end;
    struct around place;
    struct around share;
    struct around notes;
    struct around same_process;
    struct around member;
    const char *tail;
    const char *line_end;
    bool ends_last_line;
    void (*add)(struct text *text, const char *character);
};

/* Entities of its own, for whatever may mean something in a flowchart, in Markdown or in HTML. */
static void add_for_mermaid(struct text *text, const char *character)
{
    static const char plain[] =
        " -.,()?abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    bool is_plain = (unsigned char)*character >= 0x80 || strchr(plain, *character) != NULL ||
                    (*character == ':' && (character[1] == ' ' || character[1] == '\n'));

    text_format(text, is_plain ? "%c" : "#%d;", *character);
}

/* Strings know entities of HTML. */
static void add_for_dot(struct text *text, const char *character)
{
    if (*character == '&')
        text_add(text, "&amp;");
    else
        text_format(text, *character == '"' || *character == '\\' ? "\\%c" : "%c", *character);
}

/* One row holds a language whole. */
static const struct language languages[DIAGRAM_FORMAT_COUNT] = {
    [DIAGRAM_MERMAID] =
        {
            .head = "flowchart LR\n",
            .box = {"  subgraph b", "[\"", "\"]\n"},
            .box_end = "  end\n",
            .place = {"    p", "[\"", "\"]\n"},
            .share = {"  s", "([\"", "\"])\n"},
            .notes = {"  notes", "[\"", "\"]\n"},
            .same_process = {"  p", " -. same process .- p", "\n"},
            .member = {"  p", " --- s", "\n"},
            .tail = "",
            .line_end = "<br/>",
            .add = add_for_mermaid,
        },
    [DIAGRAM_DOT] =
        {
            .head = "digraph namespaces {\n"
                    "  graph [rankdir=LR, ranksep=0.9, style=filled, fillcolor=\"#eef2f7\", "
                    "fontname=\"sans-serif\", fontsize=11];\n"
                    "  node [shape=box, style=filled, fillcolor=white, fontname=\"sans-serif\", "
                    "fontsize=11];\n"
                    "  edge [dir=none, fontname=\"sans-serif\", fontsize=9];\n",
            .box = {"  subgraph cluster_b", " {\n    label=\"", "\";\n"},
            .box_end = "  }\n",
            .place = {"    p", " [label=\"", "\"];\n"},
            .share = {"  s", " [style=\"rounded,filled\", fillcolor=\"#fdf3d8\", label=\"",
                      "\"];\n"},
            .notes = {"  notes", " [shape=note, label=\"", "\"];\n"},
            .same_process = {"  p", " -> p", " [style=dotted, label=\"same process\"];\n"},
            .member = {"  p", " -> s", ";\n"},
            .tail = "}\n",
            .line_end = "\\l",
            .ends_last_line = true,
            .add = add_for_dot,
        },
};

/* Lines, each with its newline. */
static void add_label(struct text *text, const struct language *language, const char *label)
{
    for (; *label != '\0'; label++)
        if (*label != '\n')
            language->add(text, label);
        else if (label[1] != '\0' || language->ends_last_line)
            text_add(text, language->line_end);
}

static void add_number(struct text *text, struct place place)
{
    text_format(text, "%zu_%zu", place.subject, place.level);
}

static void add_node(struct text *text, const struct language *language,
                     const struct around *around, struct place number, const char *label)
{
    text_add(text, around->before);
    add_number(text, number);
    text_add(text, around->between);
    add_label(text, language, label);
    text_add(text, around->after);
}

static void add_edge(struct text *text, const struct around *around, struct place from,
                     struct place to)
{
    text_add(text, around->before);
    add_number(text, from);
    text_add(text, around->between);
    add_number(text, to);
    text_add(text, around->after);
}

static void add_place(struct text *text, const struct diagram *diagram,
                      const struct language *language, struct place place)
{
    char buffer[LABEL_SIZE];
    struct text label = text_in(buffer, sizeof buffer);

    diagram_add_place(&label, diagram, place);
    add_node(text, language, &language->place, place, buffer);
}

/* A PID namespace and all who are seen in it. */
static void add_box(struct text *text, const struct diagram *diagram,
                    const struct language *language, struct place box)
{
    char buffer[64];
    struct text title = text_in(buffer, sizeof buffer);

    diagram_add_title(&title, diagram, box);
    /* A title is no place for a line's end. */
    buffer[strcspn(buffer, "\n")] = '\0';
    add_node(text, language, &language->box, box, buffer);
    for (struct place place = box; place.subject < diagram->count; place.subject++)
        if (diagram_is_in_box(diagram, place, box))
            add_place(text, diagram, language, place);
    text_add(text, language->box_end);
}

static void add_subject(struct text *text, const struct diagram *diagram,
                        const struct language *language, size_t subject)
{
    for (struct place place = {subject, 0}; diagram_has_place(diagram, place); place.level++)
        if (diagram_box(diagram, place).subject == subject)
            add_box(text, diagram, language, place);
    for (struct place place = {subject, 1}; diagram_has_place(diagram, place); place.level++)
        add_edge(text, &language->same_process, (struct place){subject, place.level - 1}, place);
}

static void add_share(struct text *text, const struct diagram *diagram,
                      const struct language *language, struct share share)
{
    const struct place number = {share.subject, share.type};
    char buffer[LABEL_SIZE];
    struct text label = text_in(buffer, sizeof buffer);

    diagram_add_share(&label, diagram, share);
    add_node(text, language, &language->share, number, buffer);
    for (size_t i = 0; i < diagram->count; i++)
        if (diagram_is_member(diagram, share, i))
            add_edge(text, &language->member,
                     (struct place){i, diagram->subjects[i].level_count - 1}, number);
}

static void add_notes(struct text *text, const struct diagram *diagram,
                      const struct language *language, size_t subject)
{
    char buffer[LABEL_SIZE];
    struct text label = text_in(buffer, sizeof buffer);

    diagram_add_notes(&label, diagram, subject);
    if (label.length > 0)
        add_node(text, language, &language->notes, (struct place){subject, 0}, buffer);
}

int diagram_add(struct text *text, const struct diagram *diagram, enum diagram_format format)
{
    const struct language *language = &languages[format];

    if (format == DIAGRAM_TEXT)
        return diagram_add_picture(text, diagram);
    text_add(text, language->head);
    for (size_t i = 0; i < diagram->count; i++)
        add_subject(text, diagram, language, i);
    for (struct share share = {0}; diagram_find_share(diagram, &share); share.type++)
        add_share(text, diagram, language, share);
    for (size_t i = 0; i < diagram->count; i++)
        add_notes(text, diagram, language, i);
    text_add(text, language->tail);
    return 0;
}
