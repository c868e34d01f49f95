/*
 * set_process.c - setters of the options that tell who the program is and what it may
 */
#include <stdlib.h>
#include <string.h>

#include "options/setters_private.h"
#include "util/parse.h"

void *array_add(void *array, size_t *count, size_t size, struct error *error)
{
    void *elements;
    void *larger;

    /* Whatever its elements are: a pointer to them may not be read as one to void. */
    memcpy(&elements, array, sizeof elements);
    larger = realloc(elements, (*count + 1) * size);
    if (larger == NULL) {
        error_reason(error, ERROR_FAILED, "%m");
        return NULL;
    }
    memcpy(array, &larger, sizeof larger);
    return (char *)larger + (*count)++ * size;
}

const char *set_user(void *field, const char *value, struct error *error)
{
    return value[0] != '\0' && value[0] != ':' ? set_text(field, value, error)
                                               : "not NAME|UID[:GROUP|GID]";
}

const char *set_umask(void *field, const char *value, struct error *error)
{
    struct settings *settings = field;
    unsigned int mode = 0;
    const char *at = value;

    (void)error;
    for (; *at >= '0' && *at <= '7' && mode <= 0777; at++)
        mode = mode * 8 + (unsigned int)(*at - '0');
    if (at == value || at > value + 4 || *at != '\0' || mode > 0777)
        return "no octal mode up to 0777";
    settings->has_umask = true;
    settings->umask = (mode_t)mode;
    return NULL;
}

static bool read_limit(const char *text, rlim_t *limit)
{
    uint64_t number;

    if (strcmp(text, "unlimited") == 0 || strcmp(text, "-1") == 0) {
        *limit = RLIM_INFINITY;
        return true;
    }
    if (parse_large_number(text, UINT64_MAX, &number) < 0)
        return false;
    *limit = (rlim_t)number;
    return true;
}

/* A later one of the same resource replaces it. */
static int add_limit(struct settings *settings, int resource, const struct rlimit *value,
                     struct error *error)
{
    struct limit *limit;

    for (size_t i = 0; i < settings->limit_count; i++)
        if (settings->limits[i].resource == resource) {
            settings->limits[i].value = *value;
            return 0;
        }
    limit = array_add(&settings->limits, &settings->limit_count, sizeof *limit, error);
    if (limit == NULL)
        return -1;
    *limit = (struct limit){resource, *value};
    return 0;
}

const char *set_rlimit(void *field, const char *value, struct error *error)
{
    char word[64];
    size_t length = parse_word(value, "=", word, sizeof word);
    const char *soft = value + length + 1;
    struct rlimit limit;
    int resource;

    if (value[length] == '\0' || length >= sizeof word)
        return "not NAME=SOFT[:HARD]";
    resource = resource_by_name(word, error);
    if (resource < 0)
        return "";
    length = parse_word(soft, ":", word, sizeof word);
    if (!read_limit(word, &limit.rlim_cur) ||
        !read_limit(soft[length] == ':' ? soft + length + 1 : word, &limit.rlim_max) ||
        limit.rlim_cur > limit.rlim_max)
        return "not NAME=SOFT[:HARD], SOFT at most HARD";
    return told(add_limit(field, resource, &limit, error));
}

const char *set_nice(void *field, const char *value, struct error *error)
{
    struct settings *settings = field;

    (void)error;
    settings->has_nice = true;
    return parse_between(value, -20, 20, &settings->nice) == 0 ? NULL : "no number from -20 to 20";
}

const char *set_oom_score_adj(void *field, const char *value, struct error *error)
{
    struct settings *settings = field;

    (void)error;
    settings->has_oom_score_adj = true;
    return parse_between(value, -1000, 1000, &settings->oom_score_adj) == 0
               ? NULL
               : "no number from -1000 to 1000";
}

static const char *read_capabilities(struct settings *settings, const char *value,
                                     capability_set *set, struct error *error)
{
    char wrong[40];

    settings->has_capabilities = true;
    if (capabilities_parse(value, set, wrong, sizeof wrong) == 0)
        return NULL;
    return told(error_unknown(error, wrong, "capability", capability_closest_name(wrong)));
}

const char *set_cap_add(void *field, const char *value, struct error *error)
{
    struct settings *settings = field;

    return read_capabilities(settings, value, &settings->added, error);
}

const char *set_cap_drop(void *field, const char *value, struct error *error)
{
    struct settings *settings = field;

    return read_capabilities(settings, value, &settings->dropped, error);
}

const char *set_env(void *field, const char *value, struct error *error)
{
    struct settings *settings = field;
    const char **variable;

    if (value[0] == '\0' || value[0] == '=')
        return "not NAME=VALUE";
    variable = array_add(&settings->variables, &settings->variable_count, sizeof *variable, error);
    if (variable == NULL)
        return "";
    *variable = value;
    return NULL;
}

/* Below nsinit's own session there is none but the program's. */
const char *set_new_session(void *field, const char *value, struct error *error)
{
    struct service *service = field;
    bool yes;
    const char *wrong = set_flag(&yes, value, error);

    if (wrong != NULL)
        return wrong;
    service->new_session = yes ? NEW_SESSION_YES : NEW_SESSION_NO;
    if (yes)
        service->placement = PLACEMENT_SESSION;
    return NULL;
}
