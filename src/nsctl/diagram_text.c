/*
 * diagram_text.c - who lives in which namespace, drawn by characters
 * A column of boxes for each level of PID namespaces. A process has the same rows in each of them,
 * joined by dots; what several share is a box below, with a rail to each of them at the right.
 */
#include "nsctl/diagram_model_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "nsctl/canvas_private.h"

enum {
    GAP = 2,           /* between two columns */
    FRAME = 2,         /* a border and a blank: where a box's words begin */
    FRAMES = 4,        /* at both sides */
    NARROWEST = 4,     /* something can be read; with 10 the id of a namespace has room */
    RAIL_DISTANCE = 2, /* from one to the next */
};

struct column {
    size_t x;
    size_t width; /* of the words */
};

struct layout {
    const struct diagram *diagram;
    struct canvas canvas;
    size_t levels;
    size_t rails; /* x of the first */
    size_t y;     /* the next row */
    bool is_open; /* the last rows of the box have more than one line, and want some distance */
    struct strbuf words; /* of what is painted at the moment, in the buffer */
    struct column columns[PID_LEVELS];
    char buffer[LABEL_SIZE];
    size_t rows[]; /* of each subject; 0: it is not drawn yet */
};

static struct strbuf *start_words(struct layout *layout)
{
    layout->words = strbuf_in(layout->buffer, sizeof layout->buffer);
    return &layout->words;
}

/* Widen the column, as far as it has to be for these lines. */
static void reserve(struct column *column, const char *words)
{
    while (*words != '\0') {
        size_t length = strcspn(words, "\n");
        size_t width = canvas_characters(words, length);

        if (width > column->width)
            column->width = width;
        words += length + 1;
    }
}

static void measure_place(struct layout *layout, struct place place)
{
    struct strbuf *words = start_words(layout);

    diagram_add_title(words, layout->diagram, place);
    diagram_add_place(words, layout->diagram, place);
    reserve(&layout->columns[place.level], words->data);
    if (place.level >= layout->levels)
        layout->levels = place.level + 1;
}

static size_t total_of(const struct layout *layout)
{
    size_t total = 0;

    for (size_t i = 0; i < layout->levels; i++)
        total += layout->columns[i].width + FRAMES + GAP;
    return total;
}

/* Take from the widest, as long as there is too little room and something to take. */
static void narrow(struct layout *layout, size_t rails)
{
    size_t beside = rails > 0 ? GAP + rails * RAIL_DISTANCE - 1 : 0;

    for (;;) {
        struct column *widest = &layout->columns[0];

        for (size_t i = 1; i < layout->levels; i++)
            if (layout->columns[i].width > widest->width)
                widest = &layout->columns[i];
        if (total_of(layout) - GAP + beside <= layout->diagram->width || widest->width <= NARROWEST)
            return;
        widest->width--;
    }
}

/* Where the columns and rails are. */
static void measure(struct layout *layout)
{
    const struct diagram *diagram = layout->diagram;
    size_t rails = 0;
    size_t x = 0;

    for (struct place place = {0}; place.subject < diagram->count; place.subject++)
        for (place.level = 0; diagram_has_place(diagram, place); place.level++)
            measure_place(layout, place);
    for (struct share share = {0}; diagram_find_share(diagram, &share); share.type++)
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

/* Write a place, and the dots from it to its next one. Returns how many rows it takes. */
static size_t paint_place(struct layout *layout, struct place place)
{
    const struct column *column = &layout->columns[place.level];
    struct strbuf *words = start_words(layout);
    size_t first;

    diagram_add_place(words, layout->diagram, place);
    first =
        column->x + FRAME + canvas_characters(words->data, canvas_line(words->data, column->width));
    if (!diagram_is_home(layout->diagram, place))
        canvas_draw_across(&layout->canvas, first + 1, column[1].x, layout->y, STROKE_DOTTED);
    return canvas_write(&layout->canvas, column->x + FRAME, layout->y, column->width, words->data);
}

/* A process on all its levels. */
static void paint_subject(struct layout *layout, size_t subject)
{
    size_t most = 0;

    layout->y += layout->is_open;
    for (struct place place = {subject, 0}; diagram_has_place(layout->diagram, place);
         place.level++) {
        size_t rows = paint_place(layout, place);

        if (rows > most)
            most = rows;
    }
    layout->rows[subject] = layout->y;
    layout->y += most;
    layout->is_open = most > 1;
}

/* " host: pid 4026531836 ", or as much of its end as has room. */
static const char *shorten_title(const char *title, size_t width)
{
    const char *shorter;

    while (strlen(title) > width && (shorter = strchr(title + 1, ' '))[1] != '\0')
        title = shorter;
    return title;
}

static void paint_frame(struct layout *layout, struct place box, size_t top)
{
    const struct column *column = &layout->columns[box.level];
    struct strbuf *words = start_words(layout);

    canvas_draw_box(&layout->canvas, column->x, top, column->width + FRAMES, layout->y);
    strbuf_add(words, " ");
    diagram_add_title(words, layout->diagram, box);
    words->data[words->length - 1] = ' ';
    canvas_write_end(&layout->canvas, column->x + 1, top, column->width + FRAME,
                     shorten_title(words->data, column->width + FRAME));
}

/* A PID namespace, with all that are nested in it. */
static void paint_box(struct layout *layout, struct place box)
{
    const struct diagram *diagram = layout->diagram;
    size_t top = layout->y++;

    layout->is_open = false;
    for (struct place place = box; place.subject < diagram->count; place.subject++) {
        if (layout->rows[place.subject] != 0 || !diagram_is_in_box(diagram, place, box))
            continue;
        if (diagram_is_home(diagram, place))
            paint_subject(layout, place.subject);
        else
            paint_box(layout, diagram_box(diagram, (struct place){place.subject, place.level + 1}));
    }
    layout->is_open = false;
    paint_frame(layout, box, top);
    layout->y++;
}

/* From the box each member lives in to the rail, and down it to the box of what they share. */
static void paint_rail(struct layout *layout, struct share share, size_t rail, size_t from)
{
    const struct diagram *diagram = layout->diagram;
    size_t top = layout->y + 1;

    for (size_t i = share.subject; i < diagram->count; i++) {
        if (!diagram_is_member(diagram, share, i))
            continue;
        canvas_draw_across(&layout->canvas, right_of(layout, diagram->subjects[i].level_count - 1),
                           rail, layout->rows[i], 0);
        canvas_draw(&layout->canvas, rail, layout->rows[i], STROKE_JOINT);
        if (layout->rows[i] < top)
            top = layout->rows[i];
    }
    canvas_draw_down(&layout->canvas, rail, top, layout->y + 1);
    canvas_draw_across(&layout->canvas, from, rail, layout->y + 1, 0);
}

static void paint_share(struct layout *layout, struct share share, size_t rail)
{
    struct strbuf *words = start_words(layout);
    struct column column = {.width = 0};
    size_t room = layout->rails - GAP - FRAMES;
    size_t rows;

    strbuf_add(words, "shared:\n");
    diagram_add_share(words, layout->diagram, share);
    reserve(&column, words->data);
    if (column.width > room)
        column.width = room;
    column.x = room - column.width;
    paint_rail(layout, share, rail, layout->rails - GAP - 1);
    rows =
        canvas_write(&layout->canvas, column.x + FRAME, layout->y + 1, column.width, words->data);
    canvas_draw_box(&layout->canvas, column.x, layout->y, column.width + FRAMES,
                    layout->y + rows + 1);
    layout->y += rows + 2;
}

static void paint_notes(struct layout *layout, size_t subject)
{
    struct strbuf *words = start_words(layout);

    diagram_add_notes(words, layout->diagram, subject);
    layout->y += canvas_write(&layout->canvas, 0, layout->y, layout->canvas.width, words->data);
}

static void paint(struct layout *layout)
{
    const struct diagram *diagram = layout->diagram;
    size_t rail = layout->rails;

    for (struct place place = {0}; place.subject < diagram->count; place.subject++)
        if (layout->rows[place.subject] == 0 && diagram_has_place(diagram, place))
            paint_box(layout, diagram_box(diagram, place));
    for (struct share share = {0}; diagram_find_share(diagram, &share); share.type++) {
        paint_share(layout, share, rail);
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
