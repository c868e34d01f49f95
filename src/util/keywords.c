/*
 * keywords.c - words that must be one of some names
 */
#include "util/keywords.h"

#include <string.h>
#include <strings.h>

#include "util/suggest.h"

/* What the row begins with. */
static const char *name_of(const void *rows, size_t size, size_t row)
{
    return *(const char *const *)(const void *)((const char *)rows + row * size);
}

const char *keywords_closest(const char *wrong, const void *rows, size_t size, size_t count)
{
    struct suggestion closest = suggest_for(wrong);

    for (size_t row = 0; row < count; row++)
        suggest_offer(&closest, name_of(rows, size, row));
    return closest.best;
}

int keywords_find(const struct keywords *names, const char *word, struct error *error)
{
    const char *closest;

    for (int row = 0; row < names->count; row++)
        if ((names->exact ? strcmp : strcasecmp)(
                word, name_of(names->rows, names->row_size, (size_t)row)) == 0)
            return row;
    closest = keywords_closest(word, names->rows, names->row_size, names->count);
    if (closest == NULL && names->choices != NULL)
        return error_reason(error, ERROR_USAGE, "unknown %s '%s': use %s", names->kind, word,
                            names->choices);
    return error_unknown(error, word, names->kind, closest);
}
