/*
 * utf8.c - characters of UTF-8: RFC 3629
 */
#include "util/utf8.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static size_t sequence_at(const unsigned char *text)
{
    unsigned char least = 0x80;
    unsigned char most = 0xBF;
    size_t length;

    if (text[0] < 0x80)
        return 1;
    if (text[0] < 0xC2 || text[0] > 0xF4)
        return 0;
    length = text[0] < 0xE0 ? 2 : text[0] < 0xF0 ? 3 : 4;
    /* Overlong forms, surrogates, and code points beyond U+10FFFF are not UTF-8. */
    if (text[0] == 0xE0)
        least = 0xA0;
    else if (text[0] == 0xED)
        most = 0x9F;
    else if (text[0] == 0xF0)
        least = 0x90;
    else if (text[0] == 0xF4)
        most = 0x8F;
    if (text[1] < least || text[1] > most)
        return 0;
    for (size_t i = 2; i < length; i++)
        if (text[i] < 0x80 || text[i] > 0xBF)
            return 0;
    return length;
}

size_t utf8_sequence(const char *text)
{
    return sequence_at((const unsigned char *)text);
}

size_t utf8_visible(const char *text)
{
    const unsigned char *bytes = (const unsigned char *)text;
    bool is_control = bytes[0] < ' ' || bytes[0] == 0x7F || (bytes[0] == 0xC2 && bytes[1] < 0xA0);

    return is_control ? 0 : sequence_at(bytes);
}

bool utf8_is_valid(const char *text)
{
    while (*text != '\0') {
        size_t length = utf8_sequence(text);

        if (length == 0)
            return false;
        text += length;
    }
    return true;
}

size_t utf8_cut(const char *bytes, size_t length)
{
    for (size_t back = 1; back <= 3; back++) {
        unsigned char byte = (unsigned char)bytes[length - back];
        size_t whole = byte < 0xC2 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;

        if (whole > back)
            return length - back;
        /* The byte begins a character, or is one. */
        if (byte < 0x80 || byte > 0xBF)
            break;
    }
    return length;
}

bool utf8_in_locale(void)
{
    static const char names[][9] = {"LC_ALL", "LC_CTYPE", "LANG"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *value = getenv(names[i]);
        const char *point = value != NULL ? strchr(value, '.') : NULL;

        /* The first non-empty variable decides. */
        if (value != NULL && value[0] != '\0')
            return point != NULL &&
                   (strncasecmp(point, ".UTF-8", 6) == 0 || strncasecmp(point, ".UTF8", 5) == 0);
    }
    return false;
}
