/*
 * json.c - JSON text, RFC 8259: write strings, read an array of them
 */
#include "util/json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "util/parse.h"
#include "util/utf8.h"

/* ---- strings out --------------------------------------------------------------------------- */

/* U+FFFD. */
static const char replacement_character[] = "\xEF\xBF\xBD";

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

/* The length of the UTF-8 sequence that begins `rest` bytes, or 0. */
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
            /* U+0080 to U+009F, which a terminal obeys, too. */
            add_escaped(text, (unsigned char)bytes[1]);
        } else if (size == 0) {
            strbuf_add(text, replacement_character);
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

/* ---- words in ------------------------------------------------------------------------------ */

struct json_reader {
    const char *at; /* the next byte of the text */
    char *to;       /* where the next byte of a word goes */
};

static void skip_blanks(struct json_reader *reader)
{
    reader->at += strspn(reader->at, " \t\r\n");
}

/* Take the next byte if it is the wanted one. */
static bool take(struct json_reader *reader, char wanted)
{
    if (*reader->at != wanted)
        return false;
    reader->at++;
    return true;
}

/* Read four hexadecimal digits; -1 without them. */
static long read_hex(struct json_reader *reader)
{
    long value = 0;

    for (int i = 0; i < 4; i++, reader->at++) {
        int digit = parse_hex_digit(*reader->at);

        if (digit < 0)
            return -1;
        value = value * 16 + digit;
    }
    return value;
}

/* Read what stands behind \u, and a second escape where the first is half of a pair; -1: wrong. */
static long read_code_point(struct json_reader *reader)
{
    long code = read_hex(reader);
    long low;

    if (code < 0xD800 || code > 0xDFFF)
        return code;
    if (code > 0xDBFF || !take(reader, '\\') || !take(reader, 'u'))
        return -1;
    low = read_hex(reader);
    if (low < 0xDC00 || low > 0xDFFF)
        return -1;
    return 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
}

static void add_utf8(struct json_reader *reader, long code)
{
    int more = code < 0x80 ? 0 : code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;

    *reader->to++ = (char)(more == 0 ? code : 0xFF00 >> (more + 1) | code >> 6 * more);
    while (more-- > 0)
        *reader->to++ = (char)(0x80 | (code >> 6 * more & 0x3F));
}

/* Read the escape behind a backslash. False if it is invalid. */
static bool read_escape(struct json_reader *reader)
{
    static const char names[] = "\"\\/bfnrt";
    static const char values[] = "\"\\/\b\f\n\r\t";
    char character = *reader->at;
    const char *name = character != '\0' ? strchr(names, character) : NULL;
    long code;

    if (name != NULL) {
        reader->at++;
        *reader->to++ = values[name - names];
        return true;
    }
    if (!take(reader, 'u'))
        return false;
    code = read_code_point(reader);
    /* A NUL would end the word. */
    if (code <= 0)
        return false;
    add_utf8(reader, code);
    return true;
}

/* Read a string in quotes and terminate it. */
static bool read_string(struct json_reader *reader)
{
    if (!take(reader, '"'))
        return false;
    while (!take(reader, '"')) {
        /* This refuses the end of the text, too. */
        if ((unsigned char)*reader->at < ' ')
            return false;
        if (!take(reader, '\\'))
            *reader->to++ = *reader->at++;
        else if (!read_escape(reader))
            return false;
    }
    *reader->to++ = '\0';
    return true;
}

static bool read_array(struct json_reader *reader, char **words)
{
    skip_blanks(reader);
    if (!take(reader, '['))
        return false;
    do {
        skip_blanks(reader);
        *words++ = reader->to;
        if (!read_string(reader))
            return false;
        skip_blanks(reader);
    } while (take(reader, ','));
    if (!take(reader, ']'))
        return false;
    skip_blanks(reader);
    return *reader->at == '\0';
}

char **json_read_words(const char *text)
{
    /* Each word has two quotes, and is no longer than its text. */
    size_t most = 1;
    struct json_reader reader = {.at = text};
    char **words;

    for (const char *at = text; (at = strchr(at, '"')) != NULL; at++)
        most++;
    words = calloc(1, most * sizeof *words + strlen(text) + 1);
    if (words == NULL)
        return NULL;
    reader.to = (char *)(words + most);
    if (read_array(&reader, words))
        return words;
    free(words);
    errno = EINVAL;
    return NULL;
}
