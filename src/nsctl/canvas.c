/*
 * canvas.c - a sheet of characters to draw boxes and lines on
 */
#include "nsctl/canvas.h"

#include <stdlib.h>
#include <string.h>

#include "util/utf8.h"

static struct cell *cell_at(struct canvas *sheet, size_t x, size_t y)
{
    if (y >= sheet->height && !sheet->has_failed) {
        size_t height = 2 * y + 16;
        struct cell *cells = realloc(sheet->cells, height * sheet->width * sizeof *cells);

        sheet->has_failed = cells == NULL;
        if (cells != NULL) {
            memset(cells + sheet->height * sheet->width, 0,
                   (height - sheet->height) * sheet->width * sizeof *cells);
            sheet->cells = cells;
            sheet->height = height;
        }
    }
    return x < sheet->width && y < sheet->height ? &sheet->cells[y * sheet->width + x]
                                                 : &sheet->nowhere;
}

void canvas_draw(struct canvas *sheet, size_t x, size_t y, unsigned int strokes)
{
    struct cell *cell = cell_at(sheet, x, y);

    cell->bytes[0] = 1;
    cell->bytes[1] = (char)((unsigned char)cell->bytes[1] | strokes);
}

void canvas_draw_across(struct canvas *sheet, size_t from, size_t to, size_t y, unsigned int dotted)
{
    for (size_t x = from; x <= to; x++)
        canvas_draw(sheet, x, y,
                   dotted | (x > from ? STROKE_LEFT : 0U) | (x < to ? STROKE_RIGHT : 0U));
}

void canvas_draw_down(struct canvas *sheet, size_t x, size_t from, size_t to)
{
    for (size_t y = from; y <= to; y++)
        canvas_draw(sheet, x, y, (y > from ? STROKE_UP : 0U) | (y < to ? STROKE_DOWN : 0U));
}

void canvas_draw_box(struct canvas *sheet, size_t x, size_t y, size_t width, size_t bottom)
{
    size_t right = x + width - 1;

    canvas_draw_across(sheet, x, right, y, 0);
    canvas_draw_across(sheet, x, right, bottom, 0);
    canvas_draw_down(sheet, x, y, bottom);
    canvas_draw_down(sheet, right, y, bottom);
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

static const char *mark_of(const struct canvas *sheet)
{
    return sheet->is_ascii ? "~" : "\u2026";
}

static void put(struct canvas *sheet, size_t x, size_t y, const char *character, size_t bytes)
{
    struct cell *cell = cell_at(sheet, x, y);

    *cell = (struct cell){0};
    memcpy(cell->bytes, character, bytes);
}

size_t canvas_write(struct canvas *sheet, size_t x, size_t y, size_t width, const char *words)
{
    size_t row = y;

    for (; *words != '\0'; row++) {
        size_t length = canvas_line(words, width);
        size_t column = x;

        for (size_t at = 0; at < length; column++) {
            size_t bytes = utf8_sequence(words + at);

            put(sheet, column, row, words + at, bytes);
            at += bytes;
        }
        if (is_cut(words, length))
            put(sheet, column, row, mark_of(sheet), strlen(mark_of(sheet)));
        words += length + (words[length] == ' ' || words[length] == '\n');
    }
    return row - y;
}

void canvas_write_end(struct canvas *sheet, size_t x, size_t y, size_t width, const char *words)
{
    size_t length = strlen(words);

    if (length > width) {
        put(sheet, x++, y, mark_of(sheet), strlen(mark_of(sheet)));
        words += length - width + 1;
    }
    for (; *words != '\0'; words++)
        put(sheet, x++, y, words, 1);
}

/* The character for strokes that meet. */
static const char *character_of(const struct canvas *sheet, unsigned int strokes)
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
    return characters[sheet->is_ascii][which];
}

void canvas_add_row(struct strbuf *text, struct canvas *sheet, size_t y)
{
    size_t width = sheet->width;

    while (width > 0 && cell_at(sheet, width - 1, y)->bytes[0] == '\0')
        width--;
    for (size_t x = 0; x < width; x++) {
        const struct cell *cell = cell_at(sheet, x, y);
        char character[5] = "";

        memcpy(character, cell->bytes, sizeof cell->bytes);
        if (character[0] == '\0')
            strbuf_add(text, " ");
        else if (character[0] == 1)
            strbuf_add(text, character_of(sheet, (unsigned char)character[1]));
        else
            strbuf_add(text, character);
    }
    strbuf_add(text, "\n");
}
