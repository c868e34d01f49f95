/*
 * canvas_private.h - a grid of characters to draw boxes, lines and text on
 */
#ifndef NSINIT_NSCTL_CANVAS_PRIVATE_H
#define NSINIT_NSCTL_CANVAS_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>

#include "util/strbuf.h"

/* The directions of the lines in a cell: lines that meet are drawn as one character. */
enum stroke {
    STROKE_UP = 1,
    STROKE_DOWN = 2,
    STROKE_LEFT = 4,
    STROKE_RIGHT = 8,
    STROKE_DOTTED = 16,
    STROKE_JOINT = 32
};

/* A character, or strokes. All zero: blank. */
struct cell {
    char character[5]; /* UTF-8, terminated */
    unsigned char strokes;
};

/* An empty canvas is zero except for `width` and `is_ascii`. It grows downwards. */
struct canvas {
    struct cell *cells; /* row by row; the caller frees them */
    size_t width;
    size_t height;
    bool is_ascii;
    bool has_failed;       /* out of memory: the picture is incomplete */
    struct cell discarded; /* a cell for everything drawn outside */
};

void canvas_draw(struct canvas *canvas, size_t x, size_t y, unsigned int strokes);

/* Draw a line from one cell to another, both included. `style` is 0 or STROKE_DOTTED. */
void canvas_draw_across(struct canvas *canvas, size_t from, size_t to, size_t y,
                        unsigned int style);
void canvas_draw_down(struct canvas *canvas, size_t x, size_t from, size_t to);
void canvas_draw_box(struct canvas *canvas, size_t x, size_t y, size_t width, size_t bottom);

/*
 * How many bytes of the text go on one line: up to a newline, else to the last blank that fits,
 * else as many characters as fit in front of a mark.
 */
size_t canvas_line_length(const char *text, size_t width);

/* How many characters these bytes are. */
size_t canvas_count_characters(const char *text, size_t bytes);

/*
 * Write lines of valid UTF-8, each with its newline. A word that is wider than `width` continues in
 * the next row, behind a mark. Returns the number of rows.
 */
size_t canvas_write(struct canvas *canvas, size_t x, size_t y, size_t width, const char *text);

/* Write ASCII in one row. If it is wider than `width`, a mark replaces its beginning. */
void canvas_write_end(struct canvas *canvas, size_t x, size_t y, size_t width, const char *text);

/* Append a row as text, without the blanks at its end. */
void canvas_add_row(struct strbuf *text, struct canvas *canvas, size_t y);

#endif
