/*
 * canvas.c - a sheet of characters to draw boxes and lines on
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
                                                   : &canvas->nowhere;
}

void canvas_draw(struct canvas *canvas, size_t x, size_t y, unsigned int strokes)
{
    struct cell *cell = cell_at(canvas, x, y);

    cell->bytes[0] = 1;
    cell->bytes[1] = (char)((unsigned char)cell->bytes[1] | strokes);
}

void canvas_draw_across(struct canvas *canvas, size_t from, size_t to, size_t y,
                        unsigned int dotted)
{
    for (size_t x = from; x <= to; x++)
        canvas_draw(canvas, x, y,
                    dotted | (x > from ? STROKE_LEFT : 0U) | (x < to ? STROKE_RIGHT : 0U));
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

size_t canvas_characters(const char *text, size_t bytes)
{
    size_t count = 0;

    for (size_t at = 0; at < bytes; at += utf8_sequence(text + at))
        count++;
    return count;
}

size_t canvas_line(const char *words, size_t width)
{
    size_t whole = strcspn(words, "\n");
    size_t room = 0;
    size_t end;

    if (canvas_characters(words, whole) <= width)
        return whole;
    for (size_t i = 0; i < width; i++)
        room += utf8_sequence(words + room);
    end = room;
    while (end > 0 && words[end] != ' ')
        end--;
    if (end > 0)
        return end;
    /* The last one gives its place to the mark. */
    for (room = 0; width > 2; width--)
        room += utf8_sequence(words + room);
    return room + utf8_sequence(words + room);
}

/* Whether what ends there is cut in a word, as in an id: nobody could tell. */
static bool is_cut(const char *words, size_t length)
{
    return words[length] != '\0' && words[length] != '\n' && words[length] != ' ';
}

static const char *mark_of(const struct canvas *canvas)
{
    return canvas->is_ascii ? "~" : "\u2026";
}

static void put(struct canvas *canvas, size_t x, size_t y, const char *character, size_t bytes)
{
    struct cell *cell = cell_at(canvas, x, y);

    *cell = (struct cell){0};
    memcpy(cell->bytes, character, bytes);
}

size_t canvas_write(struct canvas *canvas, size_t x, size_t y, size_t width, const char *words)
{
    size_t row = y;

    for (; *words != '\0'; row++) {
        size_t length = canvas_line(words, width);
        size_t column = x;

        for (size_t at = 0; at < length; column++) {
            size_t bytes = utf8_sequence(words + at);

            put(canvas, column, row, words + at, bytes);
            at += bytes;
        }
        if (is_cut(words, length))
            put(canvas, column, row, mark_of(canvas), strlen(mark_of(canvas)));
        words += length + (words[length] == ' ' || words[length] == '\n');
    }
    return row - y;
}

void canvas_write_end(struct canvas *canvas, size_t x, size_t y, size_t width, const char *words)
{
    size_t length = strlen(words);

    if (length > width) {
        put(canvas, x++, y, mark_of(canvas), strlen(mark_of(canvas)));
        words += length - width + 1;
    }
    for (; *words != '\0'; words++)
        put(canvas, x++, y, words, 1);
}

/* The character for strokes that meet. */
static const char *character_of(const struct canvas *canvas, unsigned int strokes)
{
    /* By the directions; then the one for a joint, and the dotted one. */
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

void canvas_add_row(struct strbuf *text, struct canvas *canvas, size_t y)
{
    size_t width = canvas->width;

    while (width > 0 && cell_at(canvas, width - 1, y)->bytes[0] == '\0')
        width--;
    for (size_t x = 0; x < width; x++) {
        const struct cell *cell = cell_at(canvas, x, y);
        char character[5] = "";

        memcpy(character, cell->bytes, sizeof cell->bytes);
        if (character[0] == '\0')
            strbuf_add(text, " ");
        else if (character[0] == 1)
            strbuf_add(text, character_of(canvas, (unsigned char)character[1]));
        else
            strbuf_add(text, character);
    }
    strbuf_add(text, "\n");
}
