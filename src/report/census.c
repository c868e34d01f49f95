/*
 * census.c - which namespaces there are, and who lives in them, as /proc shows it
 */
#include "report/census.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/parse.h"
#include "util/text.h"

/* Found by a hash of type and id; a free place has a count of 0. */
struct lookup {
    struct residence *places;
    size_t room; /* a power of two */
    size_t count;
};

static size_t place_of(const struct lookup *lookup, enum namespace_type type, uint64_t id)
{
    size_t place = (size_t)(id * 8 + (uint64_t)type) & (lookup->room - 1);

    while (lookup->places[place].count > 0 &&
           (lookup->places[place].id != id || lookup->places[place].type != type))
        place = (place + 1) & (lookup->room - 1);
    return place;
}

static int grow(struct lookup *lookup)
{
    struct lookup larger = {.room = lookup->room == 0 ? 64 : 2 * lookup->room,
                            .count = lookup->count};

    larger.places = calloc(larger.room, sizeof *larger.places);
    if (larger.places == NULL)
        return -ENOMEM;
    for (size_t i = 0; i < lookup->room; i++)
        if (lookup->places[i].count > 0)
            larger.places[place_of(&larger, lookup->places[i].type, lookup->places[i].id)] =
                lookup->places[i];
    free(lookup->places);
    *lookup = larger;
    return 0;
}

static int add(struct lookup *lookup, enum namespace_type type, uint64_t id, pid_t pid,
               bool is_wanted)
{
    struct residence *found;

    if (lookup->count * 2 >= lookup->room && grow(lookup) < 0)
        return -ENOMEM;
    found = &lookup->places[place_of(lookup, type, id)];
    if (found->count == 0) {
        *found = (struct residence){.type = type, .id = id, .pid = pid};
        lookup->count++;
    }
    found->count++;
    found->pid = pid < found->pid ? pid : found->pid;
    found->is_wanted = found->is_wanted || is_wanted;
    return 0;
}

/* The number in "net:[4026531840]"; 0 with errno if there is none. */
static uint64_t read_id(int directory, const char *path)
{
    char link[64];
    ssize_t length = readlinkat(directory, path, link, sizeof link - 1);
    const char *number;
    uint64_t id;

    if (length < 0)
        return 0;
    link[length] = '\0';
    number = strchr(link, '[');
    if (number == NULL)
        return 0;
    link[strcspn(link, "]")] = '\0';
    return parse_large_number(number + 1, UINT64_MAX, &id) == 0 ? id : 0;
}

static uint64_t id_in(int proc, const char *pid_name, enum namespace_type type)
{
    char path[64];
    struct text text = text_in(path, sizeof path);

    text_format(&text, "%s/ns/%s", pid_name, namespace_kinds[type].name);
    return read_id(proc, path);
}

uint64_t census_id_of(pid_t pid, enum namespace_type type)
{
    char path[64];
    struct text text = text_in(path, sizeof path);

    text_format(&text, "/proc/%d/ns/%s", pid, namespace_kinds[type].name);
    return read_id(AT_FDCWD, path);
}

/* A process that has ended meanwhile is not there; 1: it may not be looked at. */
static int add_process(struct lookup *lookup, int proc, const char *pid_name, pid_t pid,
                       bool is_wanted)
{
    for (unsigned int type = 0; type < NAMESPACE_COUNT; type++) {
        uint64_t id = id_in(proc, pid_name, (enum namespace_type)type);

        if (id == 0 && (errno == EACCES || errno == EPERM))
            return 1;
        if (id != 0 && add(lookup, (enum namespace_type)type, id, pid, is_wanted) < 0)
            return -ENOMEM;
    }
    return 0;
}

static bool is_among(pid_t pid, const pid_t *wanted, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (wanted[i] == pid)
            return true;
    return count == 0;
}

static int by_type_and_id(const void *a, const void *b)
{
    const struct residence *one = a;
    const struct residence *other = b;

    if (one->type != other->type)
        return one->type < other->type ? -1 : 1;
    return (one->id > other->id) - (one->id < other->id);
}

/* The places without the gaps between them. */
static void finish(struct census *census, struct lookup *lookup)
{
    for (size_t i = 0; i < lookup->room; i++)
        if (lookup->places[i].count > 0)
            lookup->places[census->count++] = lookup->places[i];
    census->residences = lookup->places;
    if (census->residences != NULL)
        qsort(census->residences, census->count, sizeof census->residences[0], by_type_and_id);
}

int census_take(struct census *census, const pid_t *wanted, size_t wanted_count)
{
    DIR *proc = opendir("/proc");
    struct lookup lookup = {0};
    const struct dirent *entry;
    int result = 0;

    *census = (struct census){0};
    if (proc == NULL)
        return -errno;
    while (result >= 0 && (entry = readdir(proc)) != NULL) {
        unsigned long pid;

        if (parse_number(entry->d_name, INT_MAX, &pid) < 0)
            continue;
        result = add_process(&lookup, dirfd(proc), entry->d_name, (pid_t)pid,
                             is_among((pid_t)pid, wanted, wanted_count));
        census->unreadable += result == 1;
    }
    closedir(proc);
    if (result < 0) {
        free(lookup.places);
        return result;
    }
    finish(census, &lookup);
    return census->count > 0 || census->unreadable > 0 ? 0 : -ENOENT;
}

void census_free(struct census *census)
{
    free(census->residences);
    *census = (struct census){0};
}
