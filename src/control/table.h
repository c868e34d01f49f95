/*
 * table.h - cells in aligned columns
 */
#ifndef NSINIT_CONTROL_TABLE_H
#define NSINIT_CONTROL_TABLE_H

#include <stddef.h>

enum { TABLE_COLUMNS_MAX = 16 };

/* All cells one behind the other, row by row, each with its NUL. Zeroed but for `columns`: empty.
 */
struct table {
    size_t columns;
    char *cells; /* owned */
    size_t length;
    size_t room;
};

struct table_style {
    size_t width;         /* no line is longer; 0: any length */
    size_t gives_way;     /* the column, counted from 1, that is cut first; 0: the last ones are */
    size_t height;        /* not more lines; 0: any number */
    const char *line_end; /* behind each line */
    /* The escape sequence of a cell's colour, or NULL for none. May be NULL itself. */
    const char *(*colour)(size_t column, const char *cell);
};

/* Append a cell. 0 or -ENOMEM. */
int table_add(struct table *table, const char *cell);

/* Write it all, a write per line. 0 or a negative errno. */
int table_write(const struct table *table, int fd, const struct table_style *style);

void table_free(struct table *table);

#endif
