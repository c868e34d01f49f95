/*
 * fs_options.c - options of a file system, as fsconfig(2) and mount(2) take them
 */
#include "plan/fs_options_private.h"

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "plan/mount_spec.h"
#include "util/parse.h"

/* Rounded up to pages this still fits; a size that overflows would not limit the tmpfs. */
#define MOST_BYTES ((uint64_t)INT64_MAX)

/* Read a number of bytes with Docker's suffixes: k, m, g or t, and an optional b. */
static bool read_size(const char *text, uint64_t *bytes)
{
    static const char units[] = "bkmgtBKMGT";
    char digits[24];
    size_t length = parse_word(text, units, digits, sizeof digits);
    unsigned int shift = 0;

    text += length;
    if (*text != '\0')
        shift = (unsigned int)(strchr(units, *text++) - units) % 5 * 10;
    if (length >= sizeof digits || (*text != '\0' && (shift == 0 || strcasecmp(text, "b") != 0)) ||
        parse_large_number(digits, MOST_BYTES >> shift, bytes) < 0)
        return false;
    *bytes <<= shift;
    return true;
}

/*
 * Add a list of paths separated by colons, in which a backslash escapes the next character; or a
 * single path, and escape its colons.
 */
static int add_paths(struct strbuf *options, const char *key, const char *paths, bool is_list,
                     struct error *error)
{
    bool at_start = true;

    for (const char *at = paths; *at != '\0'; at++) {
        if (at_start && *at != '/' && (*at != ':' || !is_list))
            return error_invalid(error, paths, key, "use an absolute path");
        at_start = is_list && *at == ':';
        if (*at == '\\' && at[1] != '\0')
            strbuf_format(options, "%c", *at++);
        else if (*at == ',' || (*at == ':' && !is_list))
            strbuf_add(options, "\\");
        strbuf_format(options, "%c", *at);
    }
    return 0;
}

/* By enum fs_option. */
static const struct {
    const char *name; /* in the kernel */
    enum { BYTES, MODE, ID, WORD, PATH, PATHS } kind;
} fs_options[FS_COUNT] = {{"size", BYTES},  {"mode", MODE},       {"uid", ID},
                          {"gid", ID},      {"nr_inodes", BYTES}, {"hidepid", WORD},
                          {"subset", WORD}, {"lowerdir", PATHS},  {"upperdir", PATH},
                          {"workdir", PATH}};

int fs_option_add(struct strbuf *options, enum fs_option option, const char *key, const char *value,
                  struct error *error)
{
    const char *advice = NULL;
    uint64_t number;

    strbuf_format(options, "%s%s=", options->length > 0 ? "," : "", fs_options[option].name);
    switch (fs_options[option].kind) {
    case BYTES:
        if (!read_size(value, &number))
            return error_invalid(error, value, key, "use e.g. 65536, 64k or 1g");
        strbuf_format(options, "%llu", (unsigned long long)number);
        return 0;
    case MODE:
        if (strlen(value) > 5 || value[strspn(value, "01234567")] != '\0')
            advice = "use an octal mode, e.g. 1777";
        break;
    case ID:
        if (parse_large_number(value, UINT_MAX - 1, &number) < 0)
            advice = "use a number";
        break;
    case WORD:
        /* The kernel judges the word, as a newer one may know more of them. */
        if (strchr(value, ',') != NULL)
            advice = "use a single word";
        break;
    case PATH:
    case PATHS:
        return add_paths(options, key, value, fs_options[option].kind == PATHS, error);
    }
    strbuf_add(options, value);
    return advice != NULL ? error_invalid(error, value, key, advice) : 0;
}

size_t overlay_next_path(const char **options, char *path, size_t size)
{
    const char *at = *options;
    /* All paths are absolute. */
    size_t before = strcspn(at, "/");
    size_t length = 0;

    for (at += before; *at != '\0' && *at != ',' && *at != ':'; at++) {
        if (*at == '\\' && at[1] != '\0')
            at++;
        if (length < size - 1)
            path[length++] = *at;
    }
    path[length] = '\0';
    *options = at;
    return length > 0 ? before : 0;
}
