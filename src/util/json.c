/*
 * json.c - JSON text
 */
#include "util/json.h"

#include <string.h>

#include "util/utf8.h"

/* U+FFFD, the replacement character. */
static const char replacement[] = "\xEF\xBF\xBD";

static void add_escaped(struct strbuf *text, unsigned char character)
{
    if (character == '"' || character == '\\')
        strbuf_format(text, "\\%c", character);
    else if (character == '\n')
        strbuf_add(text, "\\n");
    else if (character == '\t')
        strbuf_add(text, "\\t");
    else
        strbuf_format(text, "\\u%04x", character);
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

void json_add_bytes(struct strbuf *text, const char *bytes, size_t length)
{
    const char *end = bytes + length;

    strbuf_add(text, "\"");
    while (bytes < end) {
        size_t size = sequence_in(bytes, (size_t)(end - bytes));
        char part[5] = "";

        if (needs_escape((unsigned char)*bytes)) {
            add_escaped(text, (unsigned char)*bytes);
        } else if (size > 0 && utf8_visible(bytes) == 0) {
            /* From U+0080 to U+009F: a terminal obeys them, too. */
            add_escaped(text, (unsigned char)bytes[1]);
        } else if (size == 0) {
            strbuf_add(text, replacement);
        } else {
            memcpy(part, bytes, size);
            strbuf_add(text, part);
        }
        bytes += size > 0 ? size : 1;
    }
    strbuf_add(text, "\"");
}

void json_add_string(struct strbuf *text, const char *string)
{
    json_add_bytes(text, string, strlen(string));
}
