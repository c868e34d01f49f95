/*
 * text_table.c - cells in aligned columns
 */
#include "nsctl/text_table_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "util/strbuf.h"
#include "util/utf8.h"

enum { GAP = 2 };

static void append(struct text_table *table, const char *cell, size_t size)
{
    if (table->capacity - table->length < size) {
        size_t capacity = 2 * table->capacity + size + 512;
        char *larger = realloc(table->cells, capacity);

        if (larger == NULL) {
            table->has_failed = true;
            return;
        }
        table->cells = larger;
        table->capacity = capacity;
    }
    memcpy(table->cells + table->length, cell, size);
    table->length += size;
}

static bool is_visible(const char *cell)
{
    while (*cell != '\0' && utf8_visible(cell) > 0)
        cell += utf8_visible(cell);
    return *cell == '\0';
}

void text_table_add(struct text_table *table, const char *cell)
{
    /* A byte that is not visible takes four: \x1b. */
    size_t size = 4 * strlen(cell) + 1;
    char *buffer = is_visible(cell) ? NULL : malloc(size);
    struct strbuf text;

    if (buffer == NULL) {
        table->has_failed = table->has_failed || !is_visible(cell);
        append(table, cell, strlen(cell) + 1);
        return;
    }
    text = strbuf_in(buffer, size);
    strbuf_add_visible(&text, cell);
    append(table, buffer, text.length + 1);
    free(buffer);
}

void text_table_add_row(struct text_table *table, const char *const *cells)
{
    for (size_t column = 0; column < table->columns; column++)
        text_table_add(table, cells[column]);
}

void text_table_add_number(struct text_table *table, int64_t number, const char *otherwise)
{
    char buffer[24];

    strbuf_set(buffer, sizeof buffer, "%lld", (long long)number);
    text_table_add(table, number > 0 ? buffer : otherwise);
}

void text_table_free(struct text_table *table)
{
    free(table->cells);
}

/* ---- widths ---------------------------------------------------------------------------------- */

/* Whether a byte of UTF-8 begins a character. */
static bool begins_character(char byte)
{
    return ((unsigned char)byte & 0xC0) != 0x80;
}

static size_t count_characters(const char *cell)
{
    size_t count = 0;

    for (; *cell != '\0'; cell++)
        count += begins_character(*cell);
    return count;
}

static void measure(const struct text_table *table, size_t *widths)
{
    size_t column = 0;

    for (const char *cell = table->cells; cell < table->cells + table->length;
         cell += strlen(cell) + 1) {
        size_t width = count_characters(cell);

        if (width > widths[column])
            widths[column] = width;
        column = (column + 1) % table->columns;
    }
}

/* No shrinking column gets narrower than this. */
enum { LEAST_WIDTH = 10 };

static void shrink(const struct text_table *table, size_t *widths, const struct table_style *style)
{
    size_t whole = GAP * (table->columns - 1);

    for (size_t column = 0; column < table->columns; column++)
        whole += widths[column];
    for (size_t i = 0; i < TEXT_TABLE_SHRINKING_MAX && style->shrinking[i] > 0 && style->width > 0;
         i++) {
        size_t *width = &widths[style->shrinking[i] - 1];
        size_t excess = whole > style->width ? whole - style->width : 0;
        size_t spare = *width > LEAST_WIDTH ? *width - LEAST_WIDTH : 0;
        size_t taken = excess < spare ? excess : spare;

        *width -= taken;
        whole -= taken;
    }
}

/* ---- lines ----------------------------------------------------------------------------------- */

/*
 * Add as much of the cell as fits. A mark shows where it is cut: half an id looks like another id.
 * Returns how many characters it has added.
 */
static size_t add_cut(struct strbuf *line, const char *cell, size_t room)
{
    size_t width = count_characters(cell);
    size_t most = width <= room ? width : room - 1;
    size_t count = 0;

    if (room == 0)
        return 0;
    for (; *cell != '\0' && (count += begins_character(*cell)) <= most; cell++)
        strbuf_format(line, "%c", *cell);
    if (width <= room)
        return width;
    strbuf_add(line, utf8_in_locale() ? "\u2026" : "~");
    return room;
}

static size_t add_blanks(struct strbuf *line, size_t count, size_t room)
{
    if (count > room)
        count = room;
    for (size_t i = 0; i < count; i++)
        strbuf_add(line, " ");
    return count;
}

/* Returns the first cell of the next row. */
static const char *add_line(struct strbuf *line, const struct text_table *table, const char *cell,
                            const size_t *widths, const struct table_style *style)
{
    size_t room = style->width > 0 ? style->width : SIZE_MAX;

    for (size_t column = 0; column < table->columns; column++) {
        char colour = '\0';
        size_t used;

        if (style->colour != NULL)
            colour = style->colour(column, cell, style->colour_context);
        if (colour != '\0')
            strbuf_format(line, "\033[3%cm", colour);
        used = add_cut(line, cell, room < widths[column] ? room : widths[column]);
        room -= used;
        if (colour != '\0')
            strbuf_add(line, "\033[m");
        if (column + 1 < table->columns)
            room -= add_blanks(line, widths[column] - used + GAP, room);
        cell += strlen(cell) + 1;
    }
    return cell;
}

int text_table_write(struct text_table *table, int fd, const struct table_style *style)
{
    size_t widths[TEXT_TABLE_COLUMNS_MAX] = {0};
    const char *cell = table->cells;
    /* Enough for one line: each column is as wide as one of the cells, and has one colour. */
    size_t size = 2 * table->length + TEXT_TABLE_COLUMNS_MAX * (GAP + 16UL);
    char *buffer = malloc(size);
    int result = buffer == NULL || table->has_failed ? -ENOMEM : 0;

    measure(table, widths);
    shrink(table, widths, style);
    for (size_t line = 0; result == 0 && cell < table->cells + table->length &&
                          (style->height == 0 || line < style->height);
         line++) {
        struct strbuf text = strbuf_in(buffer, size);

        cell = add_line(&text, table, cell, widths, style);
        strbuf_add(&text, style->line_end);
        result = strbuf_write(&text, fd);
    }
    free(buffer);
    text_table_free(table);
    return result;
}
