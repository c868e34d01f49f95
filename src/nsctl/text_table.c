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

void text_table_add_all(struct text_table *table, const char *cells, size_t size)
{
    if (table->room - table->length < size) {
        size_t room = 2 * table->room + size + 512;
        char *larger = realloc(table->cells, room);

        if (larger == NULL) {
            table->has_failed = true;
            return;
        }
        table->cells = larger;
        table->room = room;
    }
    memcpy(table->cells + table->length, cells, size);
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
    /* Each byte as four at most. */
    size_t size = 4 * strlen(cell) + 1;
    char *buffer = is_visible(cell) ? NULL : malloc(size);
    struct strbuf text;

    if (buffer == NULL) {
        table->has_failed = table->has_failed || !is_visible(cell);
        text_table_add_all(table, cell, strlen(cell) + 1);
        return;
    }
    text = strbuf_in(buffer, size);
    strbuf_add_visible(&text, cell);
    text_table_add_all(table, buffer, text.length + 1);
    free(buffer);
}

void text_table_add_number(struct text_table *table, int64_t number, const char *instead)
{
    static char buffer[24];

    strbuf_set(buffer, sizeof buffer, "%lld", (long long)number);
    text_table_add(table, number > 0 ? buffer : instead);
}

void text_table_free(struct text_table *table)
{
    free(table->cells);
}

/* Bytes that begin a character of UTF-8. */
static bool begins_character(char byte)
{
    return ((unsigned char)byte & 0xC0) != 0x80;
}

static size_t characters_of(const char *cell)
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
        size_t width = characters_of(cell);

        if (width > widths[column])
            widths[column] = width;
        column = (column + 1) % table->columns;
    }
}

/* As much of the cell as has room, with a mark where that is not all of it: of an id that was cut
 * nobody could tell. Returns how many characters that was. */
static size_t add_characters(struct strbuf *line, const char *cell, size_t room)
{
    size_t width = characters_of(cell);
    size_t most = width <= room ? width : room - 1;
    size_t count = 0;

    if (room == 0)
        return 0;
    for (; *cell != '\0' && (count += begins_character(*cell)) <= most; cell++)
        strbuf_format(line, "%c", *cell);
    if (width <= room)
        return width;
    strbuf_add(line, utf8_is_spoken() ? "\u2026" : "~");
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

/* Append one row to the line; returns the first cell of the next. */
static const char *add_row(struct strbuf *line, const struct text_table *table, const char *cell,
                           const size_t *widths, const struct table_style *style)
{
    size_t room = style->width > 0 ? style->width : SIZE_MAX;

    for (size_t column = 0; column < table->columns; column++) {
        char colour = '\0';
        size_t used;

        if (style->colour != NULL)
            colour = style->colour(column, cell);
        if (colour != '\0')
            strbuf_format(line, "\033[3%cm", colour);
        used = add_characters(line, cell, room < widths[column] ? room : widths[column]);
        room -= used;
        if (colour != '\0')
            strbuf_add(line, "\033[m");
        if (column + 1 < table->columns)
            room -= add_blanks(line, widths[column] - used + GAP, room);
        cell += strlen(cell) + 1;
    }
    return cell;
}

/* Columns that give way are as wide as the others leave them, but not less than this. */
enum { LEAST_WIDTH = 10 };

static void fit(const struct text_table *table, size_t *widths, const struct table_style *style)
{
    size_t whole = GAP * (table->columns - 1);

    for (size_t column = 0; column < table->columns; column++)
        whole += widths[column];
    for (size_t i = 0; i < TEXT_TABLE_GIVE_WAY && style->gives_way[i] > 0 && style->width > 0;
         i++) {
        size_t *width = &widths[style->gives_way[i] - 1];
        size_t excess = whole > style->width ? whole - style->width : 0;
        size_t spare = *width > LEAST_WIDTH ? *width - LEAST_WIDTH : 0;
        size_t taken = excess < spare ? excess : spare;

        *width -= taken;
        whole -= taken;
    }
}

int text_table_write(struct text_table *table, int fd, const struct table_style *style)
{
    size_t widths[TEXT_TABLE_COLUMNS_MAX] = {0};
    const char *cell = table->cells;
    /* Of a line: what is a column's widest cell is no other's, and a colour has not 16 bytes. */
    size_t size = 2 * table->length + TEXT_TABLE_COLUMNS_MAX * (GAP + 16UL);
    char *buffer = malloc(size);
    int result = buffer == NULL || table->has_failed ? -ENOMEM : 0;

    measure(table, widths);
    fit(table, widths, style);
    for (size_t line = 0; result == 0 && cell < table->cells + table->length &&
                          (style->height == 0 || line < style->height);
         line++) {
        struct strbuf text = strbuf_in(buffer, size);

        cell = add_row(&text, table, cell, widths, style);
        strbuf_add(&text, style->line_end);
        result = strbuf_write(&text, fd);
    }
    free(buffer);
    text_table_free(table);
    return result;
}
