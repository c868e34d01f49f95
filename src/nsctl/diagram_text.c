/*
 * diagram_text.c - a diagram drawn by characters
 * Each level of PID namespaces has a column of boxes. The nodes of a process are in the same rows,
 * joined by dots. Shared namespaces are a box below, with a rail at the right to their processes.
 */
#include "nsctl/diagram_model_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "nsctl/canvas_private.h"

enum {
    GAP = 2,           /* between two columns */
    FRAME = 2,         /* a border and a blank, in front of a box's text */
    FRAMES = 4,        /* both sides */
    MIN_WIDTH = 4,     /* of a column; the id of a namespace takes 10 */
    RAIL_DISTANCE = 2, /* between two rails */
};

struct column {
    size_t x;
    size_t width; /* of the text */
};

struct layout {
    const struct diagram *diagram;
    struct canvas canvas;
    size_t levels;
    size_t rails;   /* x of the first one */
    size_t y;       /* the next row */
    bool wants_gap; /* the last process of the box has several rows: leave one blank behind it */
    struct strbuf text; /* the text being painted, in the buffer */
    struct column columns[PID_LEVELS];
    char buffer[LABEL_SIZE];
    size_t rows[]; /* the first row of each process; 0: not painted yet */
};

static struct strbuf *start_text(struct layout *layout)
{
    layout->text = strbuf_in(layout->buffer, sizeof layout->buffer);
    return &layout->text;
}

/* Make the column as wide as these lines need. */
static void widen(struct column *column, const char *text)
{
    while (*text != '\0') {
        size_t length = strcspn(text, "\n");
        size_t width = canvas_count_characters(text, length);

        if (width > column->width)
            column->width = width;
        text += length + 1;
    }
}

static void measure_node(struct layout *layout, struct diagram_node node)
{
    struct strbuf *text = start_text(layout);

    diagram_add_title(text, layout->diagram, node);
    diagram_add_node(text, layout->diagram, node);
    widen(&layout->columns[node.level], text->data);
    if (node.level >= layout->levels)
        layout->levels = node.level + 1;
}

static size_t total_of(const struct layout *layout)
{
    size_t total = 0;

    for (size_t i = 0; i < layout->levels; i++)
        total += layout->columns[i].width + FRAMES + GAP;
    return total;
}

/* Narrow the widest column by one until all fit or it can't get narrower. */
static void narrow(struct layout *layout, size_t rails)
{
    size_t beside = rails > 0 ? GAP + rails * RAIL_DISTANCE - 1 : 0;

    for (;;) {
        struct column *widest = &layout->columns[0];

        for (size_t i = 1; i < layout->levels; i++)
            if (layout->columns[i].width > widest->width)
                widest = &layout->columns[i];
        if (total_of(layout) - GAP + beside <= layout->diagram->width || widest->width <= MIN_WIDTH)
            return;
        widest->width--;
    }
}

/* Place the columns and rails. */
static void measure(struct layout *layout)
{
    const struct diagram *diagram = layout->diagram;
    size_t rails = 0;
    size_t x = 0;

    for (struct diagram_node node = {0}; node.process < diagram->count; node.process++)
        for (node.level = 0; diagram_has_node(diagram, node); node.level++)
            measure_node(layout, node);
    for (struct diagram_group group = {0}; diagram_find_group(diagram, &group); group.type++)
        rails++;
    narrow(layout, rails);
    for (size_t i = 0; i < layout->levels; i++) {
        layout->columns[i].x = x;
        x += layout->columns[i].width + FRAMES + GAP;
    }
    layout->rails = x;
    x += rails * RAIL_DISTANCE;
    layout->canvas.width = x > diagram->width ? x : diagram->width;
}

static size_t right_of(const struct layout *layout, size_t level)
{
    return layout->columns[level].x + layout->columns[level].width + FRAMES - 1;
}

/* Paint a node, and the dots to the next level. Returns the number of rows. */
static size_t paint_node(struct layout *layout, struct diagram_node node)
{
    const struct column *column = &layout->columns[node.level];
    struct strbuf *text = start_text(layout);
    size_t first;

    diagram_add_node(text, layout->diagram, node);
    first = column->x + FRAME +
            canvas_count_characters(text->data, canvas_line_length(text->data, column->width));
    if (!diagram_is_innermost(layout->diagram, node))
        canvas_draw_across(&layout->canvas, first + 1, column[1].x, layout->y, STROKE_DOTTED);
    return canvas_write(&layout->canvas, column->x + FRAME, layout->y, column->width, text->data);
}

/* Paint all nodes of a process. */
static void paint_process(struct layout *layout, size_t process)
{
    size_t most = 0;

    layout->y += layout->wants_gap;
    for (struct diagram_node node = {process, 0}; diagram_has_node(layout->diagram, node);
         node.level++) {
        size_t rows = paint_node(layout, node);

        if (rows > most)
            most = rows;
    }
    layout->rows[process] = layout->y;
    layout->y += most;
    layout->wants_gap = most > 1;
}

/* The title, or as many words from its end as fit. */
static const char *shorten_title(const char *title, size_t width)
{
    const char *shorter;

    while (strlen(title) > width && (shorter = strchr(title + 1, ' '))[1] != '\0')
        title = shorter;
    return title;
}

static void paint_frame(struct layout *layout, struct diagram_node box, size_t top)
{
    const struct column *column = &layout->columns[box.level];
    struct strbuf *text = start_text(layout);

    canvas_draw_box(&layout->canvas, column->x, top, column->width + FRAMES, layout->y);
    strbuf_add(text, " ");
    diagram_add_title(text, layout->diagram, box);
    text->data[text->length - 1] = ' ';
    canvas_write_end(&layout->canvas, column->x + 1, top, column->width + FRAME,
                     shorten_title(text->data, column->width + FRAME));
}

/* Paint a PID namespace, and those nested in it. */
static void paint_box(struct layout *layout, struct diagram_node box)
{
    const struct diagram *diagram = layout->diagram;
    size_t top = layout->y++;

    layout->wants_gap = false;
    for (struct diagram_node node = box; node.process < diagram->count; node.process++) {
        if (layout->rows[node.process] != 0 || !diagram_is_in_box(diagram, node, box))
            continue;
        if (diagram_is_innermost(diagram, node))
            paint_process(layout, node.process);
        else
            paint_box(layout,
                      diagram_box_of(diagram, (struct diagram_node){node.process, node.level + 1}));
    }
    layout->wants_gap = false;
    paint_frame(layout, box, top);
    layout->y++;
}

/* Paint the lines from the box of each process to the rail, and down the rail to the group. */
static void paint_rail(struct layout *layout, struct diagram_group group, size_t rail, size_t from)
{
    const struct diagram *diagram = layout->diagram;
    size_t top = layout->y + 1;

    for (size_t i = group.process; i < diagram->count; i++) {
        if (!diagram_is_in_group(diagram, group, i))
            continue;
        canvas_draw_across(&layout->canvas, right_of(layout, diagram->processes[i].level_count - 1),
                           rail, layout->rows[i], 0);
        canvas_draw(&layout->canvas, rail, layout->rows[i], STROKE_JOINT);
        if (layout->rows[i] < top)
            top = layout->rows[i];
    }
    canvas_draw_down(&layout->canvas, rail, top, layout->y + 1);
    canvas_draw_across(&layout->canvas, from, rail, layout->y + 1, 0);
}

static void paint_group(struct layout *layout, struct diagram_group group, size_t rail)
{
    struct strbuf *text = start_text(layout);
    struct column column = {.width = 0};
    size_t room = layout->rails - GAP - FRAMES;
    size_t rows;

    strbuf_add(text, "shared:\n");
    diagram_add_group(text, layout->diagram, group);
    widen(&column, text->data);
    if (column.width > room)
        column.width = room;
    column.x = room - column.width;
    paint_rail(layout, group, rail, layout->rails - GAP - 1);
    rows = canvas_write(&layout->canvas, column.x + FRAME, layout->y + 1, column.width, text->data);
    canvas_draw_box(&layout->canvas, column.x, layout->y, column.width + FRAMES,
                    layout->y + rows + 1);
    layout->y += rows + 2;
}

static void paint_notes(struct layout *layout, size_t process)
{
    struct strbuf *text = start_text(layout);

    diagram_add_notes(text, layout->diagram, process);
    layout->y += canvas_write(&layout->canvas, 0, layout->y, layout->canvas.width, text->data);
}

static void paint(struct layout *layout)
{
    const struct diagram *diagram = layout->diagram;
    size_t rail = layout->rails;

    for (struct diagram_node node = {0}; node.process < diagram->count; node.process++)
        if (layout->rows[node.process] == 0 && diagram_has_node(diagram, node))
            paint_box(layout, diagram_box_of(diagram, node));
    for (struct diagram_group group = {0}; diagram_find_group(diagram, &group); group.type++) {
        paint_group(layout, group, rail);
        rail += RAIL_DISTANCE;
    }
    for (size_t i = 0; i < diagram->count; i++)
        paint_notes(layout, i);
}

int diagram_add_picture(struct strbuf *text, const struct diagram *diagram)
{
    struct layout *layout = calloc(1, sizeof *layout + diagram->count * sizeof layout->rows[0]);
    int result;

    if (layout == NULL)
        return -ENOMEM;
    layout->diagram = diagram;
    layout->canvas.is_ascii = diagram->is_ascii;
    measure(layout);
    paint(layout);
    result = layout->canvas.has_failed ? -ENOMEM : 0;
    for (size_t y = 0; y < layout->y && result == 0; y++)
        canvas_add_row(text, &layout->canvas, y);
    free(layout->canvas.cells);
    free(layout);
    return result;
}
