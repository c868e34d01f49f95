/*
 * id_ranges.c - the ranges of IDs that nsinit may map: of its user, and of its user namespace
 */
#include "spawn/id_ranges_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "linux/proc.h"
#include "linux/userdb.h"
#include "spawn/helper_private.h"
#include "util/file.h"
#include "util/strbuf.h"

/* ---- of nsinit's user ---------------------------------------------------------------------- */

/* The caller as files of ranges name it. */
struct owner {
    char name[256]; /* the number, without an entry in /etc/passwd */
    char number[12];
};

static struct owner find_owner(void)
{
    unsigned int uid = geteuid();
    struct owner owner;

    strbuf_set(owner.number, sizeof owner.number, "%u", uid);
    if (!account_name(uid, owner.name, sizeof owner.name))
        strbuf_set(owner.name, sizeof owner.name, "%s", owner.number);
    /* cppcheck-suppress uninitvar ; strbuf_set has filled it in. */
    return owner;
}

/* Map the next IDs to the range; all but `inside`, which is mapped already. */
static int append_range(struct id_map *map, struct id_range range, unsigned int inside,
                        unsigned int *next, struct error *error)
{
    while (range.count > 0) {
        struct id_range part = range;

        if (*next == inside)
            ++*next;
        part.inside = *next;
        if (*next < inside && range.count > inside - *next)
            part.count = inside - *next;
        if (id_map_append(map, part, error) < 0)
            return -1;
        *next += part.count;
        range.outside += part.count;
        range.count -= part.count;
    }
    return 0;
}

/* Append the owner's ranges in a text whose lines have OWNER:START:COUNT from field `first` on. */
static int append_ranges(struct id_map *map, char *text, size_t first, const struct owner *owner,
                         struct error *error)
{
    unsigned int inside = map->ranges[0].inside;
    unsigned int next = 0;
    struct entry entry;

    while (entry_next(&text, first + 3, &entry)) {
        char *const *fields = entry.fields + first;
        struct id_range range;
        struct error ignored;
        char spec[40];

        strbuf_set(spec, sizeof spec, "0:%s:%s", fields[1], fields[2]);
        if ((strcmp(fields[0], owner->name) == 0 || strcmp(fields[0], owner->number) == 0) &&
            id_range_parse(&range, spec, &ignored) == 0 &&
            append_range(map, range, inside, &next, error) < 0)
            return -1;
    }
    return 0;
}

/* getsubids(1) prints "0: OWNER START COUNT", and asks the name service of nsswitch.conf(5). */
static int append_of_name_service(struct id_map *map, bool of_groups, const struct owner *owner,
                                  struct error *error)
{
    const char *const arguments[] = {"getsubids", of_groups ? "-g" : owner->name,
                                     of_groups ? owner->name : NULL, NULL};
    char text[4096];

    if (helper_read(arguments, environ, text, sizeof text) < 0)
        return 0;
    for (char *at = text; (at = strchr(at, ' ')) != NULL;)
        *at = ':';
    return append_ranges(map, text, 2, owner, error);
}

int id_ranges_of_user(struct id_map *map, unsigned int own, unsigned int inside, bool of_groups,
                      struct error *error)
{
    const char *path = of_groups ? "/etc/subgid" : "/etc/subuid";
    struct owner owner = find_owner();
    char *content = NULL;
    int result = 0;

    *map = (struct id_map){.ranges = {{inside, own, 1}}, .count = 1};
    error_subject(error, "--map-auto");
    if (file_read_regular(path, &content, NULL) == 0)
        result = append_ranges(map, content, 0, &owner, error);
    free(content);
    if (result == 0 && map->count == 1)
        result = append_of_name_service(map, of_groups, &owner, error);
    if (result < 0 || map->count > 1)
        return result;
    error_hint(error, "echo %s:100000:65536 >> %s", owner.name, path);
    return error_reason(error, ERROR_FAILED, "%s has no range for %s", path, owner.name);
}

/* ---- of its user namespace ----------------------------------------------------------------- */

/* The number of IDs from `id` to the end of its extent in the text of a map file; 0: none has it.
 */
static unsigned int count_in_extent(const char *text, unsigned int id)
{
    unsigned long numbers[3]; /* inside, outside, count */
    size_t field = 0;

    while (proc_next_number(&text, &numbers[field])) {
        if (++field < 3)
            continue;
        field = 0;
        text += *text == '\n';
        if (id >= numbers[0] && id - numbers[0] < numbers[2])
            return (unsigned int)(numbers[0] + numbers[2] - id);
    }
    return 0;
}

static int split_range(struct id_range range, const char *file, const char *extents,
                       struct id_map *parts, struct error *error)
{
    while (range.count > 0) {
        struct id_range part = range;
        unsigned int most = count_in_extent(extents, range.outside);

        if (most == 0) {
            error_hint(error, "map IDs that are in its first column: cat /proc/self/%s", file);
            return error_reason(error, ERROR_FAILED,
                                "the ID %u is not in nsinit's own user namespace", range.outside);
        }
        if (part.count > most)
            part.count = most;
        if (id_map_append(parts, part, error) < 0)
            return -1;
        range.inside += part.count;
        range.outside += part.count;
        range.count -= part.count;
    }
    return 0;
}

int id_ranges_read(const char *file, char **text)
{
    char path[32];

    strbuf_set(path, sizeof path, "/proc/self/%s", file);
    return file_read(path, text, NULL);
}

int id_ranges_split(struct id_map *ids, const char *file, struct error *error)
{
    struct id_map parts = {.count = 0};
    char *extents = NULL;
    int result = id_ranges_read(file, &extents);

    errno = -result;
    if (result < 0)
        return error_reason(error, ERROR_FAILED, "/proc/self/%s: %m", file);
    for (size_t i = 0; i < ids->count && result == 0; i++)
        result = split_range(ids->ranges[i], file, extents, &parts, error);
    free(extents);
    *ids = parts;
    return result;
}
