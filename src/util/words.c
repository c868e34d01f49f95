/*
 * words.c - a command's words from text
 */
#include "util/words.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static const char *skip_blanks(const char *at)
{
    return at + strspn(at, " \t\r\n");
}

/* Four hexadecimal digits, or -1. */
static long read_hex(const char *at)
{
    long value = 0;

    for (int i = 0; i < 4; i++) {
        static const char digits[] = "0123456789abcdef0123456789ABCDEF";
        const char *digit = at[i] != '\0' ? strchr(digits, at[i]) : NULL;

        if (digit == NULL)
            return -1;
        value = value * 16 + (digit - digits) % 16;
    }
    return value;
}

/* What is behind \u, two of them for a pair of surrogates; moves past it. -1 when it is wrong. */
static long read_code_point(const char **at)
{
    long code = read_hex(*at);
    long low;

    if (code < 0xD800 || code > 0xDFFF) {
        *at += 4;
        return code;
    }
    if (code > 0xDBFF || (*at)[4] != '\\' || (*at)[5] != 'u')
        return -1;
    low = read_hex(*at + 6);
    if (low < 0xDC00 || low > 0xDFFF)
        return -1;
    *at += 10;
    return 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
}

static char *add_utf8(char *to, long code)
{
    int more = code < 0x80 ? 0 : code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;

    if (more == 0)
        *to++ = (char)code;
    else
        *to++ = (char)(0xFF00 >> (more + 1) | code >> 6 * more);
    while (more-- > 0)
        *to++ = (char)(0x80 | (code >> 6 * more & 0x3F));
    return to;
}

/* One character after a backslash; moves past it. False when there is no such escape. */
static bool read_escape(const char **at, char **to)
{
    static const char names[] = "\"\\/bfnrt";
    static const char values[] = "\"\\/\b\f\n\r\t";
    const char *name = **at != '\0' ? strchr(names, **at) : NULL;
    long code;

    if (name != NULL) {
        *(*to)++ = values[name - names];
        (*at)++;
        return true;
    }
    if (**at != 'u')
        return false;
    (*at)++;
    code = read_code_point(at);
    /* A NUL would end the word. */
    if (code <= 0)
        return false;
    *to = add_utf8(*to, code);
    return true;
}

/* A string in quotes, written to `to` with its end; moves past both. False when it is none. */
static bool read_string(const char **at, char **to)
{
    if (*(*at)++ != '"')
        return false;
    while (**at != '"') {
        if ((unsigned char)**at < ' ')
            return false;
        if (**at != '\\') {
            *(*to)++ = *(*at)++;
            continue;
        }
        (*at)++;
        if (!read_escape(at, to))
            return false;
    }
    (*at)++;
    *(*to)++ = '\0';
    return true;
}

static bool read_array(const char *at, char **words, char *to)
{
    at = skip_blanks(at);
    if (*at++ != '[')
        return false;
    do {
        at = skip_blanks(at);
        *words++ = to;
        if (!read_string(&at, &to))
            return false;
        at = skip_blanks(at);
    } while (*at++ == ',');
    return at[-1] == ']' && *skip_blanks(at) == '\0';
}

char **words_of_json(const char *text)
{
    size_t length = strlen(text);
    /* Not more words than half the quotes, and no word longer than its text. */
    size_t most = 1;
    char **words;

    for (const char *at = text; (at = strchr(at, '"')) != NULL; at++)
        most++;
    words = calloc(1, most * sizeof *words + length + 1);
    if (words != NULL && !read_array(text, words, (char *)(words + most))) {
        free(words);
        words = NULL;
        errno = EINVAL;
    }
    return words;
}

/* Past the blanks, and past line ends behind a backslash, which count as nothing. */
static const char *skip_shell_blanks(const char *at)
{
    at += strspn(at, " \t\n");
    while (at[0] == '\\' && at[1] == '\n')
        at += 2 + strspn(at + 2, " \t\n");
    return at;
}

/* The character behind a backslash, which in double quotes stays before most. */
static bool read_shell_escape(const char **at, char **to, bool quoted)
{
    char character = (*at)[1];

    if (character == '\0')
        return false;
    if (quoted && strchr("$`\"\\\n", character) == NULL)
        *(*to)++ = '\\';
    if (character != '\n')
        *(*to)++ = character;
    *at += 2;
    return true;
}

/* What is between two quotes; moves past both. False when it is not closed. */
static bool read_quoted(const char **at, char **to)
{
    char quote = *(*at)++;

    while (**at != quote) {
        if (**at == '\0')
            return false;
        if (quote == '\'' || **at != '\\')
            *(*to)++ = *(*at)++;
        else if (!read_shell_escape(at, to, true))
            return false;
    }
    (*at)++;
    return true;
}

/* One word, written to `to` with its end; moves past both. */
static int read_shell_word(const char **at, char **to, struct error *error)
{
    /* The text's end counts as one of them. */
    while (strchr(" \t\n", **at) == NULL) {
        char first = **at;

        if (first == '\\') {
            if (!read_shell_escape(at, to, false))
                return error_reason(error, ERROR_USAGE,
                                    "there is nothing behind the backslash at the end");
        } else if (first == '\'' || first == '"') {
            if (!read_quoted(at, to))
                return error_reason(error, ERROR_USAGE, "a quote is not closed: %c", first);
        } else {
            *(*to)++ = *(*at)++;
        }
    }
    *(*to)++ = '\0';
    return 0;
}

static int read_shell(const char *at, char **words, char *to, struct error *error)
{
    for (at = skip_shell_blanks(at); *at != '\0'; at = skip_shell_blanks(at)) {
        *words++ = to;
        if (read_shell_word(&at, &to, error) < 0)
            return -1;
    }
    return 0;
}

char **words_of_shell(const char *text, struct error *error)
{
    /* Each word but the first has a blank before it; the last place stays NULL. */
    size_t most = 2;
    char **words;

    for (const char *at = text; *at != '\0'; at++)
        most += strchr(" \t\n", *at) != NULL;
    words = calloc(1, most * sizeof *words + strlen(text) + 1);
    if (words == NULL) {
        error_reason(error, ERROR_FAILED, "%m");
        return NULL;
    }
    if (read_shell(text, words, (char *)(words + most), error) < 0) {
        free(words);
        return NULL;
    }
    return words;
}

void words_quote(struct text *text, const char *word)
{
    /* Words of these, and of what is not ASCII, mean themselves to every shell. */
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                                "%+,-./:=@_";
    const char *at = word;

    while (*at != '\0' && (strchr(plain, *at) != NULL || (unsigned char)*at >= 0x80))
        at++;
    if (*at == '\0' && at > word) {
        text_add(text, word);
        return;
    }
    text_add(text, "'");
    for (at = word; *at != '\0'; at++)
        if (*at == '\'')
            text_add(text, "'\\''");
        else
            text_format(text, "%c", *at);
    text_add(text, "'");
}
