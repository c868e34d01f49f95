/*
 * diagram_graph.c - a diagram as nodes and edges, in the languages of mermaid and graphviz
 */
#include "nsctl/diagram_graph_private.h"

#include <string.h>

#include "nsctl/diagram_model_private.h"

const char *const diagram_format_names[DIAGRAM_FORMAT_COUNT] = {
    [DIAGRAM_TEXT] = "text", [DIAGRAM_MERMAID] = "mermaid", [DIAGRAM_DOT] = "dot"};

/* The text around a label; it begins with a format for the two numbers that name the node. */
struct node_syntax {
    const char *begin;
    const char *end;
};

struct language {
    const char *head;
    struct node_syntax box;
    const char *box_end;
    struct node_syntax node;
    struct node_syntax group;
    struct node_syntax notes;
    const char *same_process; /* the edge between two nodes of one process */
    const char *membership;   /* the edge from a node to a group */
    const char *tail;
    const char *line_end;
    bool ends_last_line;
    void (*add)(struct strbuf *text, const char *character);
};

/* Escape characters with a meaning in a flowchart, in Markdown or in HTML. */
static void add_for_mermaid(struct strbuf *text, const char *character)
{
    static const char plain[] =
        " -.,()?abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    bool is_plain = (unsigned char)*character >= 0x80 || strchr(plain, *character) != NULL ||
                    (*character == ':' && (character[1] == ' ' || character[1] == '\n'));

    strbuf_format(text, is_plain ? "%c" : "#%d;", *character);
}

/* Escape characters with a meaning in a string of graphviz, which decodes entities of HTML. */
static void add_for_dot(struct strbuf *text, const char *character)
{
    if (*character == '&')
        strbuf_add(text, "&amp;");
    else
        strbuf_format(text, *character == '"' || *character == '\\' ? "\\%c" : "%c", *character);
}

static const struct language languages[DIAGRAM_TEXT] = {
    [DIAGRAM_MERMAID] =
        {
            .head = "flowchart LR\n",
            .box = {"  subgraph b%zu_%zu[\"", "\"]\n"},
            .box_end = "  end\n",
            .node = {"    p%zu_%zu[\"", "\"]\n"},
            .group = {"  s%zu_%zu([\"", "\"])\n"},
            .notes = {"  notes%zu_%zu[\"", "\"]\n"},
            .same_process = "  p%zu_%zu -. same process .- p%zu_%zu\n",
            .membership = "  p%zu_%zu --- s%zu_%zu\n",
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
            .node = {"    p%zu_%zu [label=\"", "\"];\n"},
            .group = {"  s%zu_%zu [style=\"rounded,filled\", fillcolor=\"#fdf3d8\", label=\"",
                      "\"];\n"},
            .notes = {"  notes%zu_%zu [shape=note, label=\"", "\"];\n"},
            .same_process = "  p%zu_%zu -> p%zu_%zu [style=dotted, label=\"same process\"];\n",
            .membership = "  p%zu_%zu -> s%zu_%zu;\n",
            .tail = "}\n",
            .line_end = "\\l",
            .ends_last_line = true,
            .add = add_for_dot,
        },
};

/* The label is lines, each with its newline. */
static void add_label(struct strbuf *text, const struct language *language, const char *label)
{
    for (; *label != '\0'; label++)
        if (*label != '\n')
            language->add(text, label);
        else if (label[1] != '\0' || language->ends_last_line)
            strbuf_add(text, language->line_end);
}

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

static void write_node(const struct drawing *drawing, const struct node_syntax *syntax,
                       struct diagram_node number)
{
    strbuf_format(drawing->text, syntax->begin, number.process, number.level);
    add_label(drawing->text, drawing->language, drawing->buffer);
    strbuf_add(drawing->text, syntax->end);
}

static void add_edge(const struct drawing *drawing, const char *format, struct diagram_node from,
                     struct diagram_node to)
{
    strbuf_format(drawing->text, format, from.process, from.level, to.process, to.level);
}

static void add_node(struct drawing *drawing, struct diagram_node node)
{
    diagram_add_node(start_label(drawing), drawing->diagram, node);
    write_node(drawing, &drawing->language->node, node);
}

/* A PID namespace and all nodes in it. */
static void add_box(struct drawing *drawing, struct diagram_node box)
{
    diagram_add_title(start_label(drawing), drawing->diagram, box);
    /* A title has no end of line. */
    drawing->buffer[drawing->label.length - 1] = '\0';
    write_node(drawing, &drawing->language->box, box);
    for (struct diagram_node node = box; node.process < drawing->diagram->count; node.process++)
        if (diagram_is_in_box(drawing->diagram, node, box))
            add_node(drawing, node);
    strbuf_add(drawing->text, drawing->language->box_end);
}

static void add_process(struct drawing *drawing, size_t process)
{
    for (struct diagram_node node = {process, 0}; diagram_has_node(drawing->diagram, node);
         node.level++)
        if (diagram_box_of(drawing->diagram, node).process == process)
            add_box(drawing, node);
    for (struct diagram_node node = {process, 1}; diagram_has_node(drawing->diagram, node);
         node.level++)
        add_edge(drawing, drawing->language->same_process,
                 (struct diagram_node){process, node.level - 1}, node);
}

static void add_group(struct drawing *drawing, struct diagram_group group)
{
    const struct diagram *diagram = drawing->diagram;
    const struct diagram_node number = {group.process, group.type};

    diagram_add_group(start_label(drawing), diagram, group);
    write_node(drawing, &drawing->language->group, number);
    for (size_t i = 0; i < diagram->count; i++)
        if (diagram_is_in_group(diagram, group, i))
            add_edge(drawing, drawing->language->membership,
                     (struct diagram_node){i, diagram->processes[i].level_count - 1}, number);
}

static void add_notes(struct drawing *drawing, size_t process)
{
    diagram_add_notes(start_label(drawing), drawing->diagram, process);
    if (drawing->label.length > 0)
        write_node(drawing, &drawing->language->notes, (struct diagram_node){process, 0});
}

int diagram_add(struct strbuf *text, const struct diagram *diagram, enum diagram_format format)
{
    struct drawing drawing = {.text = text, .diagram = diagram, .language = &languages[format]};

    if (format == DIAGRAM_TEXT)
        return diagram_add_picture(text, diagram);
    strbuf_add(text, drawing.language->head);
    for (size_t i = 0; i < diagram->count; i++)
        add_process(&drawing, i);
    for (struct diagram_group group = {0}; diagram_find_group(diagram, &group); group.type++)
        add_group(&drawing, group);
    for (size_t i = 0; i < diagram->count; i++)
        add_notes(&drawing, i);
    strbuf_add(text, drawing.language->tail);
    return 0;
}
