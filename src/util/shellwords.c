/*
 * shellwords.c - POSIX shell word splitting and quoting
 */
#include "util/shellwords.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "util/parse.h"

/* A text that is being split. */
struct splitting {
    const char *at;
    char *to;
    bool refuses_operators; /* no shell will see them */
};

/* Skip blanks, and line ends behind a backslash. */
static const char *skip_shell_blanks(const char *at)
{
    at += strspn(at, " \t\n");
    while (at[0] == '\\' && at[1] == '\n')
        at += 2 + strspn(at + 2, " \t\n");
    return at;
}

/* Read the character behind a backslash, which in double quotes is kept before most of them. */
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

/* Read up to the closing quote. False if it is missing. */
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

/* Whether an operator of the shell, a redirection or a comment begins here. */
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

static int refuse_operator(const char *at, struct error *error)
{
    char word[40];

    parse_word(at, " \t\n", word, sizeof word);
    error_hint(error, *at == '#'
                          ? "write the comment on a line of its own, or quote '#' to pass it on"
                          : "run a shell: sh -c '...', or quote the word to pass it on");
    return error_reason(error, ERROR_USAGE, "'%s' is for a shell, and none is run", word);
}

/* Whether this unquoted character ends a command of the shell. */
static bool ends_command(const struct splitting *split, char character)
{
    return split->refuses_operators && character == ';' && strchr(" \t\n", *split->at) != NULL;
}

/* Read one word, and terminate it. */
static int read_shell_word(struct splitting *split, struct error *error)
{
    /* strchr(3) finds the end of the text, too. */
    while (strchr(" \t\n", *split->at) == NULL) {
        char first = *split->at++;

        if (first == '\\') {
            if (!read_shell_escape(split, false))
                return error_reason(error, ERROR_USAGE, "the command ends with a backslash");
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
    /* A blank stands before each word but the first; the last place stays NULL. */
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
    /* No shell changes a word of these characters and of non-ASCII ones. */
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
