/*
 * mount_spec.c - read a --mount in Docker's syntax
 */
#include "plan/mount_spec.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "util/keywords.h"
#include "util/parse.h"
#include "util/strbuf.h"

/* In the order of enum mount_type. */
static const char *const type_names[] = {"bind",   "tmpfs",  "proc", "sysfs",
                                         "mqueue", "devpts", "dev",  "overlay"};

const char *const propagation_names[PROPAGATION_UNCHANGED + 1] = {
    [PROPAGATION_PRIVATE] = "private",
    [PROPAGATION_SLAVE] = "slave",
    [PROPAGATION_SHARED] = "shared",
    [PROPAGATION_UNCHANGED] = "unchanged",
};

enum field {
    FIELD_TYPE,
    FIELD_SOURCE,
    FIELD_TARGET,
    FIELD_READ_ONLY,
    FIELD_PROPAGATION,
    FIELD_SIZE,
    FIELD_MODE,
    FIELD_EXEC,
    FIELD_SUID,
    FIELD_DEV,
    FIELD_LOWER,
    FIELD_UPPER,
    FIELD_WORK,
    FIELD_COUNT
};

#define ANY_TYPE 0xFF
#define TYPE(type) (1U << (type))

static const struct key {
    const char *name;
    unsigned char field; /* of enum field */
    unsigned char types; /* bit N: mount type N has the key */
    bool needed;         /* by these types */
} keys[] = {
    {"type", FIELD_TYPE, ANY_TYPE, false},
    {"source", FIELD_SOURCE, TYPE(MOUNT_BIND), true},
    {"src", FIELD_SOURCE, TYPE(MOUNT_BIND), false},
    {"target", FIELD_TARGET, ANY_TYPE, false},
    {"dst", FIELD_TARGET, ANY_TYPE, false},
    {"destination", FIELD_TARGET, ANY_TYPE, false},
    {"readonly", FIELD_READ_ONLY, ANY_TYPE, false},
    {"ro", FIELD_READ_ONLY, ANY_TYPE, false},
    {"bind-propagation", FIELD_PROPAGATION, TYPE(MOUNT_BIND), false},
    {"tmpfs-size", FIELD_SIZE, TYPE(MOUNT_TMPFS), false},
    {"tmpfs-mode", FIELD_MODE, TYPE(MOUNT_TMPFS), false},
    {"exec", FIELD_EXEC, TYPE(MOUNT_TMPFS), false},
    {"suid", FIELD_SUID, TYPE(MOUNT_TMPFS), false},
    {"dev", FIELD_DEV, TYPE(MOUNT_TMPFS), false},
    {"lowerdir", FIELD_LOWER, TYPE(MOUNT_OVERLAY), true},
    {"upperdir", FIELD_UPPER, TYPE(MOUNT_OVERLAY), true},
    {"workdir", FIELD_WORK, TYPE(MOUNT_OVERLAY), true},
};

/* What was given: for each field its key, one of several spellings, and the value. */
struct fields {
    const struct key *key[FIELD_COUNT];
    const char *value[FIELD_COUNT]; /* NULL for a key without '=' */
};

/*
 * Cut off the next field, up to a comma. As in Docker's CSV a field in double quotes may contain
 * commas, and "" stands for a quote in it. NULL at the end.
 */
static char *next_field(char **rest)
{
    char *field = *rest;
    const char *from = field;
    char *to = field;
    bool quoted;

    if (field == NULL)
        return NULL;
    quoted = *from == '"';
    from += quoted;
    while (*from != '\0' && (quoted || *from != ',')) {
        if (quoted && *from == '"' && *++from != '"') {
            quoted = false;
            continue;
        }
        *to++ = *from++;
    }
    *rest = *from == ',' ? field + (from + 1 - field) : NULL;
    *to = '\0';
    return field;
}

/* A flag without a value means yes. */
static bool is_flag(const struct key *key)
{
    return key->field == FIELD_READ_ONLY || (key->field >= FIELD_EXEC && key->field <= FIELD_DEV);
}

static int read_field(struct fields *fields, char *word, struct error *error)
{
    static const struct keywords names = {KEYWORDS_IN(keys), .kind = "mount key"};
    char *equals = strchr(word, '=');
    const struct key *key;
    int row;

    if (equals != NULL)
        *equals++ = '\0';
    row = keywords_find(&names, word, error);
    if (row < 0)
        return -1;
    key = &keys[row];
    if (fields->key[key->field] != NULL)
        return error_reason(error, ERROR_USAGE, "%s is given twice", key->name);
    if (!is_flag(key) && (equals == NULL || equals[0] == '\0'))
        return error_reason(error, ERROR_USAGE, "%s needs a value: %s=...", key->name, key->name);
    fields->key[key->field] = key;
    fields->value[key->field] = equals;
    return 0;
}

static int read_type(const char *name, enum mount_type *type, struct error *error)
{
    static const struct keywords names = {KEYWORDS_IN(type_names), .kind = "mount type"};
    int row;

    if (name == NULL)
        return error_reason(error, ERROR_USAGE,
                            "type is missing: type=bind, tmpfs, proc, sysfs, mqueue, devpts, dev "
                            "or overlay");
    row = keywords_find(&names, name, error);
    if (row < 0)
        return -1;
    *type = (enum mount_type)row;
    return 0;
}

/* Each key must belong to the type, and each key that the type needs must be there. */
static int check_keys(const struct fields *fields, enum mount_type type, struct error *error)
{
    for (size_t i = 0; i < FIELD_COUNT; i++)
        if (fields->key[i] != NULL && (fields->key[i]->types & TYPE(type)) == 0)
            return error_reason(error, ERROR_USAGE, "%s does not belong to type=%s",
                                fields->key[i]->name, type_names[type]);
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (keys[i].needed && (keys[i].types & TYPE(type)) != 0 &&
            fields->key[keys[i].field] == NULL)
            return error_reason(error, ERROR_USAGE, "type=%s needs %s", type_names[type],
                                keys[i].name);
    return 0;
}

static int check_target(const char *target, struct error *error)
{
    if (target == NULL)
        return error_reason(error, ERROR_USAGE, "target is missing: target=/...");
    if (target[0] != '/')
        return error_invalid(error, target, "target", "use an absolute path");
    if (target[strspn(target, "/.")] == '\0') {
        error_hint(error, "--root DIR gives another root");
        return error_invalid(error, target, "target", "it is the root itself");
    }
    return 0;
}

static int read_propagation(struct mount *mount, const char *name, struct error *error)
{
    /* In the order of the enum, each with r for recursive and without. */
    static const char *const words[] = {"rprivate", "private", "rslave",
                                        "slave",    "rshared", "shared"};
    static const struct keywords names = {KEYWORDS_IN(words), .kind = "propagation"};
    int row = keywords_find(&names, name, error);

    if (row < 0)
        return -1;
    mount->has_propagation = true;
    mount->propagation = (enum propagation)(row / 2);
    mount->propagation_recursive = row % 2 == 0;
    return 0;
}

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

static int add_tmpfs_options(struct strbuf *options, const struct fields *fields,
                             struct error *error)
{
    const char *size = fields->value[FIELD_SIZE];
    const char *mode = fields->value[FIELD_MODE];
    uint64_t bytes;

    if (size != NULL) {
        if (!read_size(size, &bytes))
            return error_invalid(error, size, "tmpfs-size", "use e.g. 65536, 64k or 1g");
        strbuf_format(options, "size=%llu", (unsigned long long)bytes);
    }
    if (mode != NULL) {
        if (strlen(mode) > 5 || mode[strspn(mode, "01234567")] != '\0')
            return error_invalid(error, mode, "tmpfs-mode", "use an octal mode, e.g. 1777");
        strbuf_format(options, "%smode=%s", size != NULL ? "," : "", mode);
    }
    return 0;
}

/*
 * Add a list of paths separated by colons, in which a backslash escapes the next character; or a
 * single path, and escape its colons.
 */
static int add_overlay_paths(struct strbuf *options, const char *key, const char *paths,
                             bool is_list, struct error *error)
{
    bool at_start = true;

    strbuf_format(options, "%s%s=", options->length > 0 ? "," : "", key);
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

static int add_options(struct strbuf *options, enum mount_type type, const struct fields *fields,
                       struct error *error)
{
    if (type == MOUNT_TMPFS)
        return add_tmpfs_options(options, fields, error);
    for (enum field field = FIELD_LOWER; field <= FIELD_WORK; field++)
        if (fields->value[field] != NULL &&
            add_overlay_paths(options, fields->key[field]->name, fields->value[field],
                              field == FIELD_LOWER, error) < 0)
            return -1;
    return 0;
}

static int read_flag(const struct fields *fields, enum field field, bool *flag, struct error *error)
{
    const char *value = fields->value[field];

    *flag = fields->key[field] != NULL;
    if (value == NULL || parse_flag(value, flag) == 0)
        return 0;
    return error_invalid(error, value, fields->key[field]->name, "use yes or no");
}

/* Fill in the mount from the fields; `options` has room for all options. */
static int fill(struct mount *mount, const struct fields *fields, struct strbuf *options,
                struct error *error)
{
    const char *const *value = fields->value;

    if (read_type(value[FIELD_TYPE], &mount->type, error) < 0 ||
        check_keys(fields, mount->type, error) < 0 || check_target(value[FIELD_TARGET], error) < 0)
        return -1;
    mount->source = value[FIELD_SOURCE];
    mount->target = value[FIELD_TARGET];
    if (read_flag(fields, FIELD_READ_ONLY, &mount->read_only, error) < 0 ||
        read_flag(fields, FIELD_EXEC, &mount->exec, error) < 0 ||
        read_flag(fields, FIELD_SUID, &mount->suid, error) < 0 ||
        read_flag(fields, FIELD_DEV, &mount->dev, error) < 0)
        return -1;
    if ((value[FIELD_PROPAGATION] != NULL &&
         read_propagation(mount, value[FIELD_PROPAGATION], error) < 0) ||
        add_options(options, mount->type, fields, error) < 0)
        return -1;
    mount->options = options->length > 0 ? options->data : NULL;
    return 0;
}

int mount_parse(struct mount *mount, const char *spec, struct error *error)
{
    /* In front of the copy is room for the options: backslashes may double it, a size has 20
     * digits. */
    size_t size = strlen(spec) + 1;
    size_t room = 2 * size + 32;
    char *memory = malloc(room + size);
    struct fields fields = {0};
    struct strbuf options;
    char *rest;
    char *word;
    int result = 0;

    *mount = (struct mount){.memory = memory};
    if (memory == NULL)
        return error_reason(error, ERROR_FAILED, "%m");
    options = strbuf_in(memory, room);
    rest = memcpy(memory + room, spec, size);
    while (result == 0 && (word = next_field(&rest)) != NULL)
        result = read_field(&fields, word, error);
    if (result == 0)
        result = fill(mount, &fields, &options, error);
    if (result < 0)
        mount_free(mount);
    return result;
}

void mount_free(struct mount *mount)
{
    free(mount->memory);
    *mount = (struct mount){0};
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

/* Move to the next part of the path. Returns its length; 0 at the end. */
static size_t next_part(const char **path)
{
    size_t length = 0;

    do {
        *path += length;
        *path += strspn(*path, "/");
        length = strcspn(*path, "/");
    } while (length == 1 && **path == '.');
    return length;
}

enum mount_place mount_place_of(const struct mount *mount, const char *path)
{
    const char *target = mount->target;

    for (;;) {
        size_t length = next_part(&target);

        if (length == 0)
            return next_part(&path) == 0 ? MOUNT_AT : MOUNT_ABOVE;
        if (next_part(&path) != length || memcmp(target, path, length) != 0)
            return MOUNT_ELSEWHERE;
        target += length;
        path += length;
    }
}
