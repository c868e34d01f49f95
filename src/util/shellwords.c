/*
 * shellwords.c - a command's words from text
 */
#include "util/shellwords.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "util/parse.h"

static const char *skip_blanks(const char *at)
{
    return at + strspn(at, " \t\r\n");
}

/* Four hexadecimal digits, or -1. */
static long read_hex(const char *at)
{
    long value = 0;

    for (int i = 0; i < 4; i++) {
        int digit = parse_hex_digit(at[i]);

        if (digit < 0)
            return -1;
        value = value * 16 + digit;
    }
    return value;
}

/* Text on its way into words. */
struct splitting {
    const char *at;
    char *to;
    bool refuses_operators; /* those of a shell, which no shell will see */
};

/* What is behind \u, two of them for a pair of surrogates; moves past it. -1 when it is wrong. */
static long read_code_point(struct splitting *split)
{
    const char *at = split->at;
    long code = read_hex(at);
    long low;

    split->at += 4;
    if (code < 0xD800 || code > 0xDFFF)
        return code;
    if (code > 0xDBFF || at[4] != '\\' || at[5] != 'u')
        return -1;
    low = read_hex(at + 6);
    if (low < 0xDC00 || low > 0xDFFF)
        return -1;
    split->at += 6;
    return 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
}

static void add_utf8(struct splitting *split, long code)
{
    int more = code < 0x80 ? 0 : code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;

    *split->to++ = (char)(more == 0 ? code : 0xFF00 >> (more + 1) | code >> 6 * more);
    while (more-- > 0)
        *split->to++ = (char)(0x80 | (code >> 6 * more & 0x3F));
}

/* One character after a backslash; moves past it. False when there is no such escape. */
static bool read_escape(struct splitting *split)
{
    static const char names[] = "\"\\/bfnrt";
    static const char values[] = "\"\\/\b\f\n\r\t";
    char character = *split->at++;
    const char *name = strchr(names, character);
    long code;

    if (character == '\0' || (name == NULL && character != 'u'))
        return false;
    if (name != NULL) {
        *split->to++ = values[name - names];
        return true;
    }
    code = read_code_point(split);
    /* A NUL would end the word. */
    if (code <= 0)
        return false;
    add_utf8(split, code);
    return true;
}

/* A string in quotes, written with its end; moves past both. False when it is none. */
static bool read_string(struct splitting *split)
{
    char character = *split->at++;

    if (character != '"')
        return false;
    while ((character = *split->at++) != '"') {
        if ((unsigned char)character < ' ')
            return false;
        if (character != '\\')
            *split->to++ = character;
        else if (!read_escape(split))
            return false;
    }
    *split->to++ = '\0';
    return true;
}

static bool read_array(struct splitting *split, char **words)
{
    split->at = skip_blanks(split->at);
    if (*split->at++ != '[')
        return false;
    do {
        split->at = skip_blanks(split->at);
        *words++ = split->to;
        if (!read_string(split))
            return false;
        split->at = skip_blanks(split->at);
    } while (*split->at++ == ',');
    return split->at[-1] == ']' && *skip_blanks(split->at) == '\0';
}

char **shellwords_of_json(const char *text)
{
    size_t length = strlen(text);
    /* Not more words than half the quotes, and no word longer than its text. */
    size_t most = 1;
    struct splitting split = {.at = text};
    char **words;

    for (const char *at = text; (at = strchr(at, '"')) != NULL; at++)
        most++;
    words = calloc(1, most * sizeof *words + length + 1);
    if (words == NULL)
        return NULL;
    split.to = (char *)(words + most);
    if (read_array(&split, words))
        return words;
    free(words);
    errno = EINVAL;
    return NULL;
}

/* Past the blanks, and past line ends behind a backslash, which count as nothing. */
static const char *skip_shell_blanks(const char *at)
{
    at += strspn(at, " \t\n");
    while (at[0] == '\\' && at[1] == '\n')
        at += 2 + strspn(at + 2, " \t\n");
    return at;
}

/* The character behind a backslash, which in double quotes stays before most; moves past it. */
static bool read_shell_escape(struct splitting *split, bool quoted)
{
    char character = *split->at++;

    if (character == '\0')
        return false;
    if (quoted && strchr("$`\"\\\n", character) == NULL)
        *split->to++ = '\\';
    if (character != '\n')
        *split->to++ = character;
    return true;
}

/* What is between two quotes, behind the first; moves past the other. False when there is none. */
static bool read_quoted(struct splitting *split, char quote)
{
    char character;

    while ((character = *split->at++) != quote) {
        if (character == '\0')
            return false;
        if (quote == '\'' || character != '\\')
            *split->to++ = character;
        else if (!read_shell_escape(split, true))
            return false;
    }
    return true;
}

/* Whether an operator of the shell's, a redirection or a comment begins here, and is no word. */
static bool is_operator(const char *at)
{
    static const char *const operators[] = {"&&", "||", "|", "|&", ";", ";;", "&"};
    size_t length = strcspn(at, " \t\n");
    size_t digits = strspn(at, "0123456789");

    if (*at == '#' || at[digits] == '<' || at[digits] == '>' || strncmp(at, "&>", 2) == 0)
        return true;
    for (size_t i = 0; i < sizeof operators / sizeof operators[0]; i++)
        if (strlen(operators[i]) == length && strncmp(at, operators[i], length) == 0)
            return true;
    return false;
}

/* `at` is where it begins, in the text whose words are wanted. */
static int refuse_operator(const char *at, struct error *error)
{
    char word[40];

    parse_word(at, " \t\n", word, sizeof word);
    error_hint(error, *at == '#' ? "a comment needs a line of its own; quote '#' to pass it on"
                                 : "run a shell: sh -c '...'; quote the word to pass it on");
    return error_reason(error, ERROR_USAGE, "'%s' is for a shell, and none is run", word);
}

/* Whether a command of the shell's ends behind this character, which is not quoted. */
static bool ends_command(const struct splitting *split, char character)
{
    return split->refuses_operators && character == ';' && strchr(" \t\n", *split->at) != NULL;
}

/* One word, written with its end; moves past it. */
static int read_shell_word(struct splitting *split, struct error *error)
{
    /* The text's end counts as one of them. */
    while (strchr(" \t\n", *split->at) == NULL) {
        char first = *split->at++;

        if (first == '\\') {
            if (!read_shell_escape(split, false))
                return error_reason(error, ERROR_USAGE,
                                    "there is nothing behind the backslash at the end");
        } else if (first == '\'' || first == '"') {
            if (!read_quoted(split, first))
                return error_reason(error, ERROR_USAGE, "a quote is not closed: %c", first);
        } else if (ends_command(split, first)) {
            return refuse_operator(split->at - 1, error);
        } else {
            *split->to++ = first;
        }
    }
    *split->to++ = '\0';
    return 0;
}

static int read_shell(struct splitting *split, char **words, struct error *error)
{
    while (*(split->at = skip_shell_blanks(split->at)) != '\0') {
        *words++ = split->to;
        if (split->refuses_operators && is_operator(split->at))
            return refuse_operator(split->at, error);
        if (read_shell_word(split, error) < 0)
            return -1;
    }
    return 0;
}

static char **split_words(const char *text, bool refuses_operators, struct error *error)
{
    /* Each word but the first has a blank before it; the last place stays NULL. */
    size_t most = 2;
    struct splitting split = {.at = text, .refuses_operators = refuses_operators};
    char **words;

    for (const char *at = text; *at != '\0'; at++)
        most += strchr(" \t\n", *at) != NULL;
    words = calloc(1, most * sizeof *words + strlen(text) + 1);
    if (words == NULL) {
        error_reason(error, ERROR_FAILED, "%m");
        return NULL;
    }
    split.to = (char *)(words + most);
    if (read_shell(&split, words, error) < 0) {
        free(words);
        return NULL;
    }
    return words;
}

char **shellwords_of_shell(const char *text, struct error *error)
{
    return split_words(text, false, error);
}

char **shellwords_of_command(const char *text, struct error *error)
{
    return split_words(text, true, error);
}

void shellwords_quote(struct strbuf *text, const char *word)
{
    /* Words of these, and of what is not ASCII, mean themselves to every shell. */
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                                "%+,-./:=@_";
    const char *at = word;

    while (*at != '\0' && (strchr(plain, *at) != NULL || (unsigned char)*at >= 0x80))
        at++;
    if (*at == '\0' && at > word) {
        strbuf_add(text, word);
        return;
    }
    strbuf_add(text, "'");
    for (at = word; *at != '\0'; at++)
        if (*at == '\'')
            strbuf_add(text, "'\\''");
        else
            strbuf_format(text, "%c", *at);
    strbuf_add(text, "'");
}
