/*
 * text_table_private.h - cells in aligned columns
 */
#ifndef NSINIT_NSCTL_TEXT_TABLE_PRIVATE_H
#define NSINIT_NSCTL_TEXT_TABLE_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TEXT_TABLE_COLUMNS_MAX = 16, TEXT_TABLE_GIVE_WAY = 3 };

/*
 * All cells one behind the other, row by row, each with its NUL. Zeroed but for `columns`: empty.
 * To be freed by text_table_write or text_table_free.
 */
struct text_table {
    size_t columns;
    char *cells; /* owned */
    size_t length;
    size_t room;
    bool has_failed; /* there is no memory for more: text_table_write says so */
};

struct table_style {
    size_t width; /* no line is longer; 0: any length */
    /* The columns, counted from 1, that are cut before the last ones are; 0: no other one. */
    size_t gives_way[TEXT_TABLE_GIVE_WAY];
    size_t height;        /* not more lines; 0: any number */
    const char *line_end; /* behind each line */
    /* A cell's colour: the digit of its escape sequence, or NUL. May be NULL itself. */
    char (*colour)(size_t column, const char *cell);
};

/* Append a cell, made visible (strbuf_add_visible): it may be a service's own text. */
void text_table_add(struct text_table *table, const char *cell);

/* The same of cells one behind the other, each with its NUL: as the titles are. */
void text_table_add_all(struct text_table *table, const char *cells, size_t size);

/* One cell with a number from 1 on; or what is there instead of it. */
void text_table_add_number(struct text_table *table, int64_t number, const char *instead);

/* Write it all, a write per line, and free it. 0 or a negative errno. */
int text_table_write(struct text_table *table, int fd, const struct table_style *style);

void text_table_free(struct text_table *table);

#endif
