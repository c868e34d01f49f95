/*
 * text_table.h - cells in aligned columns
 */
#ifndef NSINIT_NSCTL_TEXT_TABLE_H
#define NSINIT_NSCTL_TEXT_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TABLE_COLUMNS_MAX = 16, TABLE_GIVE_WAY = 3 };

/*
 * All cells one behind the other, row by row, each with its NUL. Zeroed but for `columns`: empty.
 * To be freed by table_write or table_free.
 */
struct table {
    size_t columns;
    char *cells; /* owned */
    size_t length;
    size_t room;
    bool has_failed; /* there is no memory for more: table_write says so */
};

struct table_style {
    size_t width; /* no line is longer; 0: any length */
    /* The columns, counted from 1, that are cut before the last ones are; 0: no other one. */
    size_t gives_way[TABLE_GIVE_WAY];
    size_t height;        /* not more lines; 0: any number */
    const char *line_end; /* behind each line */
    /* A cell's colour: the digit of its escape sequence, or NUL. May be NULL itself. */
    char (*colour)(size_t column, const char *cell);
};

/* Append a cell, made visible (text_add_visible): it may be a service's own text. */
void table_add(struct table *table, const char *cell);

/* The same of cells one behind the other, each with its NUL: as the titles are. */
void table_add_all(struct table *table, const char *cells, size_t size);

/* One cell with a number from 1 on; or what is there instead of it. */
void table_add_number(struct table *table, int64_t number, const char *instead);

/* Write it all, a write per line, and free it. 0 or a negative errno. */
int table_write(struct table *table, int fd, const struct table_style *style);

void table_free(struct table *table);

#endif
