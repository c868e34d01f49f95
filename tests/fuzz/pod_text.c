/*
 * pod_text.c - fuzzing of the text of pod files: lines, variables, words
 */
#include "fuzz/fuzz.h"

#include "util/expand.h"
#include "util/ini.h"
#include "util/shellwords.h"

static char *const environment[] = {"NAME=value", "EMPTY=", "QUOTES='a \\ \"$${NAME}", NULL};

/* A word by shellwords_quote, alone in a text of the most it can take. */
static char *quoted(const char *word)
{
    size_t size = 4 * strlen(word) + 3;
    char *buffer = malloc(size);
    struct strbuf text;

    fuzz_check(buffer != NULL);
    text = strbuf_in(buffer, size);
    shellwords_quote(&text, word);
    return buffer;
}

static void check_quoting(const char *word)
{
    struct error error = {0};
    char *command = quoted(word);
    char **words = shellwords_of_shell(command, &error);

    fuzz_check(words != NULL && words[0] != NULL && words[1] == NULL);
    fuzz_check(strcmp(words[0], word) == 0);
    free(words);
    free(command);
}

/* A command that is taken has the same words. */
static void check_command(const char *text, char **words)
{
    struct error error = {0};
    char **command = shellwords_of_command(text, &error);
    size_t i = 0;

    fuzz_check(command != NULL || error.reason[0] != '\0');
    fuzz_check(command == NULL || words != NULL);
    for (; command != NULL && command[i] != NULL; i++)
        fuzz_check(words[i] != NULL && strcmp(words[i], command[i]) == 0);
    fuzz_check(command == NULL || words[i] == NULL);
    free(command);
}

static void check_words(const char *text)
{
    struct error error = {0};
    char **words = shellwords_of_shell(text, &error);

    fuzz_check(words != NULL || error.reason[0] != '\0');
    for (size_t i = 0; words != NULL && words[i] != NULL; i++)
        check_quoting(words[i]);
    check_command(text, words);
    free(words);
}

static void check_value(const char *value)
{
    struct error error = {0};
    char *expanded = expand(value, environment, &error);

    fuzz_check(expanded != NULL || error.reason[0] != '\0');
    if (strchr(value, '$') == NULL)
        fuzz_check(expanded != NULL && strcmp(expanded, value) == 0);
    if (expanded != NULL)
        check_words(expanded);
    free(expanded);
}

static void check_item(const struct ini_item *item)
{
    if (item->kind == INI_SECTION) {
        fuzz_check(item->section[0] != '\0' && strpbrk(item->section, " \t\r\n]") == NULL);
        fuzz_check(strpbrk(item->name, " \t\r\n]") == NULL);
        return;
    }
    fuzz_check(item->key[0] != '\0' && strpbrk(item->key, " \t\r\n=") == NULL);
    fuzz_check(strchr(item->value, '\n') == NULL);
    check_value(item->value);
}

static void check_lines(char *text, size_t size)
{
    struct ini ini = ini_open(text, size);
    struct ini_item item;
    struct error error = {0};
    unsigned int line = 0;
    bool has_nul = memchr(text, '\0', size) != NULL;
    bool is_wrong = false;
    int result;

    while ((result = ini_next(&ini, &item, &error)) != 0) {
        fuzz_check(item.line > line);
        line = item.line;
        if (result == 1)
            check_item(&item);
        else
            fuzz_check(error.reason[0] != '\0');
        is_wrong |= result < 0;
    }
    fuzz_check(is_wrong || !has_nul);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_text(data, size);

    check_value(text);
    check_words(text);
    check_lines(text, size);
    free(text);
    return 0;
}
