/*
 * ini.c - the lines of an INI text, read strictly
 * Not libinih: that splits long lines, and cuts a value at " ;", both without a word.
 */
#include "util/ini.h"

#include <string.h>

/* CR too, for files from where lines end in CR LF. */
static const char blanks[] = " \t\r";

struct ini ini_open(char *text, size_t length)
{
    static const char byte_order_mark[] = "\xEF\xBB\xBF";
    struct ini ini = {.rest = text, .end = text + length};

    if (strncmp(text, byte_order_mark, sizeof byte_order_mark - 1) == 0)
        ini.rest += sizeof byte_order_mark - 1;
    return ini;
}

/* Cut off the next line, of `length` bytes without its end; NULL when there is none. */
static char *take_line(struct ini *ini, size_t *length)
{
    char *line = ini->rest;
    char *end = memchr(line, '\n', (size_t)(ini->end - line));

    if (line == ini->end)
        return NULL;
    ini->rest = end != NULL ? end + 1 : ini->end;
    if (end == NULL)
        end = ini->end;
    *end = '\0';
    *length = (size_t)(end - line);
    ini->line++;
    return line;
}

/* Cut off the blanks at both ends. */
static char *trim(char *text)
{
    size_t length;

    text += strspn(text, blanks);
    length = strlen(text);
    while (length > 0 && strchr(blanks, text[length - 1]) != NULL)
        length--;
    text[length] = '\0';
    return text;
}

/* What a message quotes: a long text is cut off, but never inside a character of UTF-8. */
static const char *excerpt(char *text)
{
    static const char mark[] = "...";
    size_t end = 60;

    if (strlen(text) < end + sizeof mark)
        return text;
    while (end > 0 && (text[end] & 0xC0) == 0x80)
        end--;
    memcpy(text + end, mark, sizeof mark);
    return text;
}

/* The message quotes the text. */
static int is_wrong(struct error *error, const char *format, char *text)
{
    return error_reason(error, ERROR_USAGE, format, excerpt(text));
}

static int read_section(char *line, struct ini_item *item, struct error *error)
{
    char *close = strchr(line, ']');

    if (close == NULL)
        return is_wrong(error, "'%s' has no closing ']'", line);
    if (close[1] != '\0')
        return is_wrong(error, "'%s' stands behind ']'; a comment needs a line of its own",
                        trim(close + 1));
    *close = '\0';
    item->section = trim(line + 1);
    item->name = item->section + strcspn(item->section, blanks);
    if (item->name == item->section)
        return error_reason(error, ERROR_USAGE, "there is no name between '[' and ']'");
    if (*item->name != '\0')
        *item->name++ = '\0';
    item->name += strspn(item->name, blanks);
    if (strpbrk(item->name, blanks) != NULL)
        return is_wrong(error, "'%s' is more than one name", item->name);
    return 1;
}

static int read_value(char *line, struct ini_item *item, struct error *error)
{
    char *equals = strchr(line, '=');

    if (equals == NULL)
        return is_wrong(error, "'%s' is neither [SECTION] nor KEY = VALUE", line);
    *equals = '\0';
    item->key = trim(line);
    item->value = trim(equals + 1);
    if (*item->key == '\0')
        return error_reason(error, ERROR_USAGE, "there is no key before '='");
    if (strpbrk(item->key, blanks) != NULL)
        return is_wrong(error, "'%s' is no key: it is more than one word", item->key);
    return 1;
}

int ini_next(struct ini *ini, struct ini_item *item, struct error *error)
{
    size_t length;
    char *line;

    while ((line = take_line(ini, &length)) != NULL) {
        *item = (struct ini_item){.line = ini->line};
        if (strlen(line) != length)
            return error_reason(error, ERROR_USAGE, "there is a NUL byte; is this text in UTF-8?");
        line = trim(line);
        if (*line == '\0' || *line == '#' || *line == ';')
            continue;
        item->kind = *line == '[' ? INI_SECTION : INI_VALUE;
        return *line == '[' ? read_section(line, item, error) : read_value(line, item, error);
    }
    *item = (struct ini_item){.line = ini->line};
    return 0;
}
