/*
 * mount_spec.c - read a --mount in Docker's syntax
 */
#include "plan/mount_spec.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mount.h>

#include "plan/fs_options_private.h"
#include "plan/namespaces.h"
#include "util/keywords.h"
#include "util/parse.h"
#include "util/strbuf.h"

/* In the order of enum mount_type. */
static const char *const type_names[] = {"bind",   "tmpfs", "proc",    "sysfs",   "mqueue",
                                         "devpts", "dev",   "overlay", "cgroup2", "file"};

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
    /* flags */
    FIELD_READ_ONLY,
    FIELD_OPTIONAL,
    FIELD_NONRECURSIVE,
    FIELD_EXEC,
    FIELD_SUID,
    FIELD_DEV,
    FIELD_IDMAP,
    FIELD_CONTENT,
    /* of bind mounts */
    FIELD_RECURSIVE,
    FIELD_PROPAGATION,
    /* of the file system: enum fs_option */
    FIELD_OPTIONS,
    FIELD_COUNT = FIELD_OPTIONS + FS_COUNT
};

#define ANY_TYPE 0xFFFF
#define TYPE(type) (1U << (type))

static const struct key {
    const char *name;
    unsigned short types; /* bit N: mount type N has the key */
    unsigned char field;  /* of enum field */
    bool needed;          /* by these types */
} keys[] = {
    {"type", ANY_TYPE, FIELD_TYPE, false},
    {"source", TYPE(MOUNT_BIND), FIELD_SOURCE, true},
    {"src", TYPE(MOUNT_BIND), FIELD_SOURCE, false},
    {"target", ANY_TYPE, FIELD_TARGET, false},
    {"dst", ANY_TYPE, FIELD_TARGET, false},
    {"destination", ANY_TYPE, FIELD_TARGET, false},
    {"readonly", ANY_TYPE, FIELD_READ_ONLY, false},
    {"ro", ANY_TYPE, FIELD_READ_ONLY, false},
    {"optional", TYPE(MOUNT_BIND), FIELD_OPTIONAL, false},
    {"idmap", TYPE(MOUNT_BIND), FIELD_IDMAP, false},
    {"bind-nonrecursive", TYPE(MOUNT_BIND), FIELD_NONRECURSIVE, false},
    {"bind-recursive", TYPE(MOUNT_BIND), FIELD_RECURSIVE, false},
    {"bind-propagation", TYPE(MOUNT_BIND), FIELD_PROPAGATION, false},
    {"exec", ANY_TYPE, FIELD_EXEC, false},
    {"noexec", ANY_TYPE, FIELD_EXEC, false},
    {"suid", ANY_TYPE, FIELD_SUID, false},
    {"nosuid", ANY_TYPE, FIELD_SUID, false},
    {"dev", ANY_TYPE, FIELD_DEV, false},
    {"nodev", ANY_TYPE, FIELD_DEV, false},
    {"tmpfs-size", TYPE(MOUNT_TMPFS), FIELD_OPTIONS + FS_SIZE, false},
    {"tmpfs-mode", TYPE(MOUNT_TMPFS), FIELD_OPTIONS + FS_MODE, false},
    {"mode", TYPE(MOUNT_FILE), FIELD_OPTIONS + FS_MODE, false},
    {"uid", TYPE(MOUNT_TMPFS) | TYPE(MOUNT_FILE), FIELD_OPTIONS + FS_UID, false},
    {"gid", TYPE(MOUNT_TMPFS) | TYPE(MOUNT_FILE) | TYPE(MOUNT_PROC), FIELD_OPTIONS + FS_GID, false},
    {"nr_inodes", TYPE(MOUNT_TMPFS), FIELD_OPTIONS + FS_INODES, false},
    {"hidepid", TYPE(MOUNT_PROC), FIELD_OPTIONS + FS_HIDEPID, false},
    {"subset", TYPE(MOUNT_PROC), FIELD_OPTIONS + FS_SUBSET, false},
    {"content", TYPE(MOUNT_FILE), FIELD_CONTENT, true},
    {"lowerdir", TYPE(MOUNT_OVERLAY), FIELD_OPTIONS + FS_LOWER, true},
    {"upperdir", TYPE(MOUNT_OVERLAY), FIELD_OPTIONS + FS_UPPER, false},
    {"workdir", TYPE(MOUNT_OVERLAY), FIELD_OPTIONS + FS_WORK, false},
};

/* What was given: for each field its key, one of several spellings, and the value. */
struct fields {
    const struct key *key[FIELD_COUNT];
    const char *value[FIELD_COUNT]; /* NULL for a key without '=' */
};

/* Replace \n, \t and \\ in place. */
static void unescape(char *text)
{
    char *to = text;

    while (*text != '\0') {
        char byte = *text++;

        if (byte == '\\' && *text != '\0') {
            byte = *text++;
            if (byte == 'n' || byte == 't')
                byte = byte == 'n' ? '\n' : '\t';
        }
        *to++ = byte;
    }
    *to = '\0';
}

static bool is_content(const char *field)
{
    return strncasecmp(field, "content=", sizeof "content=" - 1) == 0;
}

/*
 * Cut off the next field, up to a comma; content is the last one, and has commas. As in Docker's
 * CSV a field in double quotes may contain commas, and "" stands for a quote in it. NULL at the
 * end.
 */
static char *next_field(char **rest)
{
    char *field = *rest;
    const char *from = field;
    char *to = field;
    bool quoted;

    if (field == NULL || is_content(field)) {
        *rest = NULL;
        return field;
    }
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

/* These may have no value; a flag then means yes. */
static bool is_flag(const struct key *key)
{
    return key->field >= FIELD_READ_ONLY && key->field <= FIELD_CONTENT;
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
    if (fields->key[key->field] == key)
        return error_reason(error, ERROR_USAGE, "%s is given twice", key->name);
    if (fields->key[key->field] != NULL)
        return error_reason(error, ERROR_USAGE, "%s excludes %s", key->name,
                            fields->key[key->field]->name);
    if (key->field == FIELD_CONTENT && equals != NULL)
        unescape(equals);
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
                            "type is missing: type=bind, tmpfs, proc, sysfs, mqueue, devpts, dev, "
                            "overlay, cgroup2 or file");
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

static int add_options(struct strbuf *options, const struct fields *fields, struct error *error)
{
    if ((fields->key[FIELD_OPTIONS + FS_UPPER] == NULL) !=
        (fields->key[FIELD_OPTIONS + FS_WORK] == NULL))
        return error_reason(error, ERROR_USAGE, "upperdir and workdir need each other");
    for (enum fs_option option = 0; option < FS_COUNT; option++) {
        const struct key *key = fields->key[FIELD_OPTIONS + option];

        if (key != NULL && fs_option_add(options, option, key->name,
                                         fields->value[FIELD_OPTIONS + option], error) < 0)
            return -1;
    }
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

static int read_flags(struct mount *mount, const struct fields *fields, struct error *error)
{
    /* From FIELD_EXEC on; a key that begins with "no" sets the flag, the other one clears it. */
    static const unsigned char flags[] = {MS_NOEXEC, MS_NOSUID, MS_NODEV};

    if (read_flag(fields, FIELD_READ_ONLY, &mount->read_only, error) < 0 ||
        read_flag(fields, FIELD_OPTIONAL, &mount->optional, error) < 0 ||
        read_flag(fields, FIELD_NONRECURSIVE, &mount->leaves_submounts, error) < 0)
        return -1;
    for (enum field field = FIELD_EXEC; field <= FIELD_DEV; field++) {
        bool flag;

        if (read_flag(fields, field, &flag, error) < 0)
            return -1;
        if (flag && fields->key[field]->name[0] == 'n')
            mount->set_flags |= flags[field - FIELD_EXEC];
        else if (flag)
            mount->cleared_flags |= flags[field - FIELD_EXEC];
    }
    return 0;
}

/* Docker's words; "enabled", the default, makes the mounts below read-only as "readonly" does. */
static int read_recursive(struct mount *mount, const char *name, struct error *error)
{
    static const char *const words[] = {"disabled", "enabled", "writable", "readonly"};
    static const struct keywords names = {KEYWORDS_IN(words), .kind = "bind-recursive"};
    int row = keywords_find(&names, name, error);

    if (row < 0)
        return -1;
    if (row >= 2 && !mount->read_only)
        return error_reason(error, ERROR_USAGE, "bind-recursive=%s needs readonly", words[row]);
    mount->leaves_submounts |= row == 0;
    mount->submounts_writable = row == 2;
    return 0;
}

static int read_idmap(struct mount *mount, const struct fields *fields, struct error *error)
{
    if (fields->key[FIELD_IDMAP] == NULL)
        return 0;
    mount->idmap = fields->value[FIELD_IDMAP] != NULL ? fields->value[FIELD_IDMAP] : "";
    return idmap_check(mount->idmap, error);
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
    mount->content = value[FIELD_CONTENT] != NULL ? value[FIELD_CONTENT] : "";
    if (read_flags(mount, fields, error) < 0 ||
        (value[FIELD_RECURSIVE] != NULL &&
         read_recursive(mount, value[FIELD_RECURSIVE], error) < 0) ||
        (value[FIELD_PROPAGATION] != NULL &&
         read_propagation(mount, value[FIELD_PROPAGATION], error) < 0) ||
        read_idmap(mount, fields, error) < 0 || add_options(options, fields, error) < 0)
        return -1;
    if (mount->type == MOUNT_FILE && value[FIELD_OPTIONS + FS_MODE] == NULL)
        strbuf_format(options, "%smode=444", options->length > 0 ? "," : "");
    mount->has_upper = value[FIELD_OPTIONS + FS_UPPER] != NULL;
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

const char *const root_options[ROOT_IMAGE + 1] = {"--root", "--root-tmpfs", "--root-image"};

void filesystem_root_subject(const struct filesystem *filesystem, struct error *error)
{
    error_subject(error, "%s%s%s", root_options[filesystem->root_kind],
                  filesystem->root[0] != '\0' ? " " : "", filesystem->root);
}
