/*
 * diagram_graph.c - who lives in which namespace, as nodes and edges: for mermaid and for graphviz
 */
#include "nsctl/diagram_graph_private.h"

#include <string.h>

#include "nsctl/diagram_model_private.h"

const char *const diagram_format_names[DIAGRAM_FORMAT_COUNT] = {
    [DIAGRAM_TEXT] = "text", [DIAGRAM_MERMAID] = "mermaid", [DIAGRAM_DOT] = "dot"};

/* What stands around a label, with the two numbers of its node in front. */
struct node {
    const char *begin;
    const char *end;
};

struct language {
    const char *head;
    struct node box;
    const char *box_end;
    struct node place;
    struct node share;
    struct node notes;
    const char *same_process; /* of two nodes */
    const char *row;
    const char *tail;
    const char *line_end;
    bool ends_last_line;
    void (*add)(struct strbuf *text, const char *character);
};

/* Entities of its own, for whatever may mean something in a flowchart, in Markdown or in HTML. */
static void add_for_mermaid(struct strbuf *text, const char *character)
{
    static const char plain[] =
        " -.,()?abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    bool is_plain = (unsigned char)*character >= 0x80 || strchr(plain, *character) != NULL ||
                    (*character == ':' && (character[1] == ' ' || character[1] == '\n'));

    strbuf_format(text, is_plain ? "%c" : "#%d;", *character);
}

/* Strings know entities of HTML. */
static void add_for_dot(struct strbuf *text, const char *character)
{
    if (*character == '&')
        strbuf_add(text, "&amp;");
    else
        strbuf_format(text, *character == '"' || *character == '\\' ? "\\%c" : "%c", *character);
}

/* One row holds a language whole. */
static const struct language languages[DIAGRAM_TEXT] = {
    [DIAGRAM_MERMAID] =
        {
            .head = "flowchart LR\n",
            .box = {"  subgraph b%zu_%zu[\"", "\"]\n"},
            .box_end = "  end\n",
            .place = {"    p%zu_%zu[\"", "\"]\n"},
            .share = {"  s%zu_%zu([\"", "\"])\n"},
            .notes = {"  notes%zu_%zu[\"", "\"]\n"},
            .same_process = "  p%zu_%zu -. same process .- p%zu_%zu\n",
            .row = "  p%zu_%zu --- s%zu_%zu\n",
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
            .box = {"  subgraph cluster_b%zu_%zu {\n    label=\"", "\";\n"},
            .box_end = "  }\n",
            .place = {"    p%zu_%zu [label=\"", "\"];\n"},
            .share = {"  s%zu_%zu [style=\"rounded,filled\", fillcolor=\"#fdf3d8\", label=\"",
                      "\"];\n"},
            .notes = {"  notes%zu_%zu [shape=note, label=\"", "\"];\n"},
            .same_process = "  p%zu_%zu -> p%zu_%zu [style=dotted, label=\"same process\"];\n",
            .row = "  p%zu_%zu -> s%zu_%zu;\n",
            .tail = "}\n",
            .line_end = "\\l",
            .ends_last_line = true,
            .add = add_for_dot,
        },
};

/* Lines, each with its newline. */
static void add_label(struct strbuf *text, const struct language *language, const char *label)
{
    for (; *label != '\0'; label++)
        if (*label != '\n')
            language->add(text, label);
        else if (label[1] != '\0' || language->ends_last_line)
            strbuf_add(text, language->line_end);
}

/* What is drawn, in which language, and to where. */
struct drawing {
    struct strbuf *text;
    const struct diagram *diagram;
    const struct language *language;
    struct strbuf label; /* of the next node, in the buffer */
    char buffer[LABEL_SIZE];
};

static struct strbuf *start_label(struct drawing *drawing)
{
    drawing->label = strbuf_in(drawing->buffer, sizeof drawing->buffer);
    return &drawing->label;
}

static void add_node(const struct drawing *drawing, const struct node *node, struct place number)
{
    strbuf_format(drawing->text, node->begin, number.subject, number.level);
    add_label(drawing->text, drawing->language, drawing->buffer);
    strbuf_add(drawing->text, node->end);
}

static void add_edge(const struct drawing *drawing, const char *format, struct place from,
                     struct place to)
{
    strbuf_format(drawing->text, format, from.subject, from.level, to.subject, to.level);
}

static void add_place(struct drawing *drawing, struct place place)
{
    diagram_add_place(start_label(drawing), drawing->diagram, place);
    add_node(drawing, &drawing->language->place, place);
}

/* A PID namespace and all who are seen in it. */
static void add_box(struct drawing *drawing, struct place box)
{
    diagram_add_title(start_label(drawing), drawing->diagram, box);
    /* A title is no place for a line's end. */
    drawing->buffer[drawing->label.length - 1] = '\0';
    add_node(drawing, &drawing->language->box, box);
    for (struct place place = box; place.subject < drawing->diagram->count; place.subject++)
        if (diagram_is_in_box(drawing->diagram, place, box))
            add_place(drawing, place);
    strbuf_add(drawing->text, drawing->language->box_end);
}

static void add_subject(struct drawing *drawing, size_t subject)
{
    for (struct place place = {subject, 0}; diagram_has_place(drawing->diagram, place);
         place.level++)
        if (diagram_box(drawing->diagram, place).subject == subject)
            add_box(drawing, place);
    for (struct place place = {subject, 1}; diagram_has_place(drawing->diagram, place);
         place.level++)
        add_edge(drawing, drawing->language->same_process, (struct place){subject, place.level - 1},
                 place);
}

static void add_share(struct drawing *drawing, struct share share)
{
    const struct diagram *diagram = drawing->diagram;
    const struct place number = {share.subject, share.type};

    diagram_add_share(start_label(drawing), diagram, share);
    add_node(drawing, &drawing->language->share, number);
    for (size_t i = 0; i < diagram->count; i++)
        if (diagram_is_member(diagram, share, i))
            add_edge(drawing, drawing->language->row,
                     (struct place){i, diagram->subjects[i].level_count - 1}, number);
}

static void add_notes(struct drawing *drawing, size_t subject)
{
    diagram_add_notes(start_label(drawing), drawing->diagram, subject);
    if (drawing->label.length > 0)
        add_node(drawing, &drawing->language->notes, (struct place){subject, 0});
}

int diagram_add(struct strbuf *text, const struct diagram *diagram, enum diagram_format format)
{
    struct drawing drawing = {.text = text, .diagram = diagram, .language = &languages[format]};

    if (format == DIAGRAM_TEXT)
        return diagram_add_picture(text, diagram);
    strbuf_add(text, drawing.language->head);
    for (size_t i = 0; i < diagram->count; i++)
        add_subject(&drawing, i);
    for (struct share share = {0}; diagram_find_share(diagram, &share); share.type++)
        add_share(&drawing, share);
    for (size_t i = 0; i < diagram->count; i++)
        add_notes(&drawing, i);
    strbuf_add(text, drawing.language->tail);
    return 0;
}
