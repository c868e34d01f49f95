/*
 * ini.c - read an INI text strictly
 * libinih splits long lines, and cuts a value at " ;", both silently.
 */
#include "util/ini.h"

#include <string.h>

/* CR, as lines may end in CR LF. */
static const char blanks[] = " \t\r";

struct ini ini_open(char *text, size_t length)
{
    static const char byte_order_mark[] = "\xEF\xBB\xBF";
    struct ini ini = {.rest = text, .end = text + length};

    if (strncmp(text, byte_order_mark, sizeof byte_order_mark - 1) == 0)
        ini.rest += sizeof byte_order_mark - 1;
    return ini;
}

/* Cut off the next line, `length` bytes without its end; NULL behind the last line. */
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

/* Cut off a long text for a message, but not inside a character of UTF-8. */
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

static int refuse(struct error *error, const char *format, char *text)
{
    return error_reason(error, ERROR_USAGE, format, excerpt(text));
}

static int read_section(char *line, struct ini_item *item, struct error *error)
{
    char *close = strchr(line, ']');

    if (close == NULL)
        return refuse(error, "'%s' has no closing ']'", line);
    if (close[1] != '\0')
        return refuse(error, "'%s' stands behind ']'; a comment needs a line of its own",
                      trim(close + 1));
    *close = '\0';
    item->section = trim(line + 1);
    item->name = item->section + strcspn(item->section, blanks);
    if (item->name == item->section)
        return error_reason(error, ERROR_USAGE, "the name is missing between '[' and ']'");
    if (*item->name != '\0')
        *item->name++ = '\0';
    item->name += strspn(item->name, blanks);
    if (strpbrk(item->name, blanks) != NULL)
        return refuse(error, "expected one name, not '%s'", item->name);
    return 1;
}

static int read_value(char *line, struct ini_item *item, struct error *error)
{
    char *equals = strchr(line, '=');

    if (equals == NULL)
        return refuse(error, "expected [SECTION] or KEY = VALUE, not '%s'", line);
    *equals = '\0';
    item->key = trim(line);
    item->value = trim(equals + 1);
    if (*item->key == '\0')
        return error_reason(error, ERROR_USAGE, "the key is missing before '='");
    if (strpbrk(item->key, blanks) != NULL)
        return refuse(error, "the key '%s' is more than one word", item->key);
    return 1;
}

int ini_next(struct ini *ini, struct ini_item *item, struct error *error)
{
    size_t length;
    char *line;

    while ((line = take_line(ini, &length)) != NULL) {
        *item = (struct ini_item){.line = ini->line};
        if (strlen(line) != length)
            return error_reason(error, ERROR_USAGE,
                                "the line has a NUL byte; is the file in UTF-8?");
        line = trim(line);
        if (*line == '\0' || *line == '#' || *line == ';')
            continue;
        item->kind = *line == '[' ? INI_SECTION : INI_VALUE;
        return *line == '[' ? read_section(line, item, error) : read_value(line, item, error);
    }
    *item = (struct ini_item){.line = ini->line};
    return 0;
}
