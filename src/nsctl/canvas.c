/*
 * canvas.c - a grid of characters to draw boxes, lines and text on
 */
#include "nsctl/canvas_private.h"

#include <stdlib.h>
#include <string.h>

#include "util/utf8.h"

static struct cell *cell_at(struct canvas *canvas, size_t x, size_t y)
{
    if (y >= canvas->height && !canvas->has_failed) {
        size_t height = 2 * y + 16;
        struct cell *cells = realloc(canvas->cells, height * canvas->width * sizeof *cells);

        canvas->has_failed = cells == NULL;
        if (cells != NULL) {
            memset(cells + canvas->height * canvas->width, 0,
                   (height - canvas->height) * canvas->width * sizeof *cells);
            canvas->cells = cells;
            canvas->height = height;
        }
    }
    return x < canvas->width && y < canvas->height ? &canvas->cells[y * canvas->width + x]
                                                   : &canvas->discarded;
}

/* ---- lines and boxes ------------------------------------------------------------------------- */

void canvas_draw(struct canvas *canvas, size_t x, size_t y, unsigned int strokes)
{
    struct cell *cell = cell_at(canvas, x, y);

    cell->character[0] = '\0';
    cell->strokes = (unsigned char)(cell->strokes | strokes);
}

void canvas_draw_across(struct canvas *canvas, size_t from, size_t to, size_t y, unsigned int style)
{
    for (size_t x = from; x <= to; x++)
        canvas_draw(canvas, x, y,
                    style | (x > from ? STROKE_LEFT : 0U) | (x < to ? STROKE_RIGHT : 0U));
}

void canvas_draw_down(struct canvas *canvas, size_t x, size_t from, size_t to)
{
    for (size_t y = from; y <= to; y++)
        canvas_draw(canvas, x, y, (y > from ? STROKE_UP : 0U) | (y < to ? STROKE_DOWN : 0U));
}

void canvas_draw_box(struct canvas *canvas, size_t x, size_t y, size_t width, size_t bottom)
{
    size_t right = x + width - 1;

    canvas_draw_across(canvas, x, right, y, 0);
    canvas_draw_across(canvas, x, right, bottom, 0);
    canvas_draw_down(canvas, x, y, bottom);
    canvas_draw_down(canvas, right, y, bottom);
}

/* ---- text ------------------------------------------------------------------------------------ */

size_t canvas_count_characters(const char *text, size_t bytes)
{
    size_t count = 0;

    for (size_t at = 0; at < bytes; at += utf8_sequence(text + at))
        count++;
    return count;
}

/* The number of bytes in this many characters. */
static size_t count_bytes(const char *text, size_t characters)
{
    size_t bytes = 0;

    while (characters-- > 0)
        bytes += utf8_sequence(text + bytes);
    return bytes;
}

size_t canvas_line_length(const char *text, size_t width)
{
    size_t whole = strcspn(text, "\n");
    size_t end;

    if (canvas_count_characters(text, whole) <= width)
        return whole;
    end = count_bytes(text, width);
    while (end > 0 && text[end] != ' ')
        end--;
    /* A word without a blank leaves room for the mark, unless a row has a single character. */
    return end > 0 ? end : count_bytes(text, width > 1 ? width - 1 : 1);
}

/* Whether a line that ends here is cut inside a word: half an id looks like another id. */
static bool is_cut(const char *text, size_t length)
{
    return text[length] != '\0' && text[length] != '\n' && text[length] != ' ';
}

static void put(struct canvas *canvas, size_t x, size_t y, const char *character, size_t bytes)
{
    struct cell *cell = cell_at(canvas, x, y);

    *cell = (struct cell){0};
    memcpy(cell->character, character, bytes);
}

static void put_mark(struct canvas *canvas, size_t x, size_t y)
{
    const char *mark = canvas->is_ascii ? "~" : "\u2026";

    put(canvas, x, y, mark, strlen(mark));
}

size_t canvas_write(struct canvas *canvas, size_t x, size_t y, size_t width, const char *text)
{
    size_t row = y;

    for (; *text != '\0'; row++) {
        size_t length = canvas_line_length(text, width);
        size_t column = x;

        for (size_t at = 0; at < length; column++) {
            size_t bytes = utf8_sequence(text + at);

            put(canvas, column, row, text + at, bytes);
            at += bytes;
        }
        if (is_cut(text, length))
            put_mark(canvas, column, row);
        text += length + (text[length] == ' ' || text[length] == '\n');
    }
    return row - y;
}

void canvas_write_end(struct canvas *canvas, size_t x, size_t y, size_t width, const char *text)
{
    size_t length = strlen(text);

    if (length > width) {
        put_mark(canvas, x++, y);
        text += length - width + 1;
    }
    for (; *text != '\0'; text++)
        put(canvas, x++, y, text, 1);
}

/* ---- output ---------------------------------------------------------------------------------- */

static const char *stroke_character(const struct canvas *canvas, unsigned int strokes)
{
    /* By the four directions; then a joint and a dotted line. */
    enum { JOINT = 16, DOTTED };
    static const char characters[][DOTTED + 1][4] = {
        {" ", "│", "│", "│", "─", "┘", "┐", "┤", "─", "└", "┌", "├", "─", "┴", "┬", "┼", "●", "┄"},
        {"-", "+", "+", "|", "-", "+", "+", "+", "-", "+", "+", "+", "-", "+", "+", "+", "*", "."}};
    unsigned int which = strokes & (STROKE_UP | STROKE_DOWN | STROKE_LEFT | STROKE_RIGHT);

    if ((strokes & STROKE_JOINT) != 0)
        which = JOINT;
    else if ((strokes & STROKE_DOTTED) != 0 && (strokes & (STROKE_UP | STROKE_DOWN)) == 0)
        which = DOTTED;
    return characters[canvas->is_ascii][which];
}

static bool is_blank(const struct cell *cell)
{
    return cell->strokes == 0 && cell->character[0] == '\0';
}

void canvas_add_row(struct strbuf *text, struct canvas *canvas, size_t y)
{
    size_t width = canvas->width;

    while (width > 0 && is_blank(cell_at(canvas, width - 1, y)))
        width--;
    for (size_t x = 0; x < width; x++) {
        const struct cell *cell = cell_at(canvas, x, y);

        if (is_blank(cell))
            strbuf_add(text, " ");
        else if (cell->strokes != 0)
            strbuf_add(text, stroke_character(canvas, cell->strokes));
        else
            strbuf_add(text, cell->character);
    }
    strbuf_add(text, "\n");
}
