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

void json_add_string(struct text *text, const char *string)
{
    text_add(text, "\"");
    while (*string != '\0') {
        size_t length = utf8_sequence(string);
        char part[5] = "";

        if (needs_escape((unsigned char)*string)) {
            add_escaped(text, (unsigned char)*string);
        } else if (length > 0 && utf8_visible(string) == 0) {
            /* From U+0080 to U+009F: a terminal obeys them, too. */
            add_escaped(text, (unsigned char)string[1]);
        } else if (length == 0) {
            text_add(text, replacement);
        } else {
            memcpy(part, string, length);
            text_add(text, part);
        }
        string += length > 0 ? length : 1;
    }
    text_add(text, "\"");
}
