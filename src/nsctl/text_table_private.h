/*
 * text_table_private.h - cells in aligned columns
 */
#ifndef NSINIT_NSCTL_TEXT_TABLE_PRIVATE_H
#define NSINIT_NSCTL_TEXT_TABLE_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TEXT_TABLE_COLUMNS_MAX = 16, TEXT_TABLE_SHRINKING_MAX = 3 };

/*
 * The cells row by row, each with its NUL. A table is empty when all but `columns` is zero. It is
 * freed by text_table_write or text_table_free.
 */
struct text_table {
    size_t columns;
    char *cells; /* owned */
    size_t length;
    size_t capacity;
    bool has_failed; /* out of memory: text_table_write reports it */
};

struct table_style {
    size_t width; /* of a line, in characters; 0: unlimited */
    /* Columns that are narrowed in this order to fit the width, counted from 1; 0: no more. */
    size_t shrinking[TEXT_TABLE_SHRINKING_MAX];
    size_t height; /* in lines; 0: unlimited */
    const char *line_end;
    /* The digit of a cell's colour in its escape sequence, or NUL. NULL: no colours. */
    char (*colour)(size_t column, const char *cell, const void *context);
    const void *colour_context;
};

/* Append a cell. It may be a service's own text: see strbuf_add_visible. */
void text_table_add(struct text_table *table, const char *cell);

/* Append a whole row. */
void text_table_add_row(struct text_table *table, const char *const *cells);

/* Append a number of 1 or more, or else the word. */
void text_table_add_number(struct text_table *table, int64_t number, const char *otherwise);

/* Write all lines, each with one write(2), and free the table. 0 or a negative errno. */
int text_table_write(struct text_table *table, int fd, const struct table_style *style);

void text_table_free(struct text_table *table);

#endif
