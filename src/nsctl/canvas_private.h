/*
 * canvas_private.h - a sheet of characters to draw boxes and lines on
 */
#ifndef NSINIT_NSCTL_CANVAS_PRIVATE_H
#define NSINIT_NSCTL_CANVAS_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>

#include "util/strbuf.h"

/* Lines in a cell, by where they lead; what meets there makes one character. */
enum stroke {
    STROKE_UP = 1,
    STROKE_DOWN = 2,
    STROKE_LEFT = 4,
    STROKE_RIGHT = 8,
    STROKE_DOTTED = 16,
    STROKE_JOINT = 32
};

/* A character of UTF-8, or 1 and the strokes; zeroed: blank. */
struct cell {
    char bytes[4];
};

/* Zeroed but for `width` and `is_ascii`: empty. It grows downwards. */
struct canvas {
    struct cell *cells; /* to be freed by the caller; row by row */
    size_t width;
    size_t height;
    bool is_ascii;
    bool has_failed;     /* out of memory: what is drawn gets lost */
    struct cell nowhere; /* there */
};

void canvas_draw(struct canvas *canvas, size_t x, size_t y, unsigned int strokes);

/* From the one to the other, both included; `style` is 0 or STROKE_DOTTED. */
void canvas_draw_across(struct canvas *canvas, size_t from, size_t to, size_t y,
                        unsigned int style);
void canvas_draw_down(struct canvas *canvas, size_t x, size_t from, size_t to);
void canvas_draw_box(struct canvas *canvas, size_t x, size_t y, size_t width, size_t bottom);

/*
 * How many bytes of the words go on a line: to a newline, else to the last blank there is room for,
 * else as many as there is room for besides a mark.
 */
size_t canvas_line(const char *words, size_t width);

/* How many characters these bytes are. */
size_t canvas_characters(const char *words, size_t bytes);

/*
 * Lines of valid UTF-8, each with its newline. A word that is longer than the width goes on in the
 * next row, and a mark says so. Returns how many rows they take.
 */
size_t canvas_write(struct canvas *canvas, size_t x, size_t y, size_t width, const char *words);

/* One row of ASCII: as much of its end as has room, behind a mark where that is not all. */
void canvas_write_end(struct canvas *canvas, size_t x, size_t y, size_t width, const char *words);

/* Append a row, without the blanks at its end. */
void canvas_add_row(struct strbuf *text, struct canvas *canvas, size_t y);

#endif
