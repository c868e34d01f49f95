/*
 * keywords.c - look up a word in a table of names
 */
#include "util/keywords.h"

#include <string.h>
#include <strings.h>

#include "util/strbuf.h"
#include "util/suggest.h"

/* More names than these are not listed in an error. */
enum { LISTED_MAX = 8 };

static const char *name_of(const void *rows, size_t size, size_t row)
{
    const char *bytes = rows;
    const char *const *name = (const void *)(bytes + row * size);

    return *name;
}

const char *keywords_closest(const char *wrong, const void *rows, size_t size, size_t count)
{
    struct suggestion closest = suggest_for(wrong);

    for (size_t row = 0; row < count; row++)
        suggest_offer(&closest, name_of(rows, size, row));
    return closest.best;
}

/* Append the names as "a, b or c". */
static void add_names(struct strbuf *text, const struct keywords *names)
{
    for (size_t row = 0; row < names->count; row++) {
        if (row > 0)
            strbuf_add(text, row + 1 < names->count ? ", " : " or ");
        strbuf_add(text, name_of(names->rows, names->row_size, row));
    }
}

static int refuse(const struct keywords *names, const char *word, struct error *error)
{
    const char *closest = keywords_closest(word, names->rows, names->row_size, names->count);
    char list[200];
    struct strbuf text = strbuf_in(list, sizeof list);

    if (closest != NULL || names->count > LISTED_MAX)
        return error_unknown(error, word, names->kind, closest);
    if (names->choices != NULL)
        strbuf_add(&text, names->choices);
    else
        add_names(&text, names);
    return error_reason(error, ERROR_USAGE, "unknown %s '%s': use %s", names->kind, word, list);
}

int keywords_find(const struct keywords *names, const char *word, struct error *error)
{
    for (size_t row = 0; row < names->count; row++) {
        const char *name = name_of(names->rows, names->row_size, row);

        if ((names->exact ? strcmp(word, name) : strcasecmp(word, name)) == 0)
            return (int)row;
    }
    return refuse(names, word, error);
}
