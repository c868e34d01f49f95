/*
 * json.c - JSON text
 */
#include "util/json.h"

#include <string.h>

#include "util/utf8.h"

/* U+FFFD, the replacement character. */
static const char replacement[] = "\xEF\xBF\xBD";

static void add_escaped(struct text *text, unsigned char character)
{
    if (character == '"' || character == '\\')
        text_format(text, "\\%c", character);
    else if (character == '\n')
        text_add(text, "\\n");
    else if (character == '\t')
        text_add(text, "\\t");
    else
        text_format(text, "\\u%04x", character);
}

static bool needs_escape(unsigned char character)
{
    return character < 0x20 || character == '"' || character == '\\' || character == 0x7F;
}

/* The length of the UTF-8 sequence at the beginning of `rest` bytes; 0: it is none. */
static size_t sequence_in(const char *bytes, size_t rest)
{
    size_t length = utf8_sequence(bytes);

    return length <= rest ? length : 0;
}

void json_add_bytes(struct text *text, const char *bytes, size_t length)
{
    const char *end = bytes + length;

    text_add(text, "\"");
    while (bytes < end) {
        size_t size = sequence_in(bytes, (size_t)(end - bytes));
        char part[5] = "";

        if (needs_escape((unsigned char)*bytes)) {
            add_escaped(text, (unsigned char)*bytes);
        } else if (size > 0 && utf8_visible(bytes) == 0) {
            /* From U+0080 to U+009F: a terminal obeys them, too. */
            add_escaped(text, (unsigned char)bytes[1]);
        } else if (size == 0) {
            text_add(text, replacement);
        } else {
            memcpy(part, bytes, size);
            text_add(text, part);
        }
        bytes += size > 0 ? size : 1;
    }
    text_add(text, "\"");
}

void json_add_string(struct text *text, const char *string)
{
    json_add_bytes(text, string, strlen(string));
}
