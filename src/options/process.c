/*
 * process.c - setters of the options that tell who the program is and what it may
 */
#include <stdlib.h>
#include <string.h>

#include "options/setters.h"
#include "util/parse.h"

void *array_grow(void *array, size_t count, size_t size, struct error *error)
{
    void *larger = realloc(array, (count + 1) * size);

    if (larger == NULL)
        error_reason(error, ERROR_FAILED, "%m");
    return larger;
}

/* NULL with the reason filled in. */
static struct settings *settings_of(struct request *request, struct error *error)
{
    struct service *service = request->current;

    if (service->settings == NULL)
        service->settings = request_keep(request, sizeof *service->settings, error);
    return service->settings;
}

int set_user(struct request *request, const char *value, struct error *error)
{
    struct settings *settings = settings_of(request, error);

    if (settings == NULL)
        return -1;
    if (value[0] == '\0' || value[0] == ':')
        return error_reason(error, ERROR_USAGE, "'%s' is not NAME|UID[:GROUP|GID]", value);
    settings->user = value;
    return 0;
}

int set_groups(struct request *request, const char *value, struct error *error)
{
    struct settings *settings = settings_of(request, error);

    if (settings == NULL)
        return -1;
    settings->groups = value;
    return 0;
}

int set_workdir(struct request *request, const char *value, struct error *error)
{
    struct settings *settings = settings_of(request, error);

    if (settings == NULL)
        return -1;
    settings->workdir = value;
    return 0;
}

int set_umask(struct request *request, const char *value, struct error *error)
{
    struct settings *settings = settings_of(request, error);
    unsigned int mode = 0;
    size_t length = strlen(value);

    if (settings == NULL)
        return -1;
    if (length == 0 || length > 4 || strspn(value, "01234567") != length)
        return error_reason(error, ERROR_USAGE, "'%s' is no octal mode up to 0777", value);
    for (; *value != '\0'; value++)
        mode = mode * 8 + (unsigned int)(*value - '0');
    if (mode > 0777)
        return error_reason(error, ERROR_USAGE, "'%s' is no octal mode up to 0777", value);
    settings->has_umask = true;
    settings->umask = (mode_t)mode;
    return 0;
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
    struct limit *limits;

    for (size_t i = 0; i < settings->limit_count; i++)
        if (settings->limits[i].resource == resource) {
            settings->limits[i].value = *value;
            return 0;
        }
    limits = array_grow(settings->limits, settings->limit_count, sizeof *limits, error);
    if (limits == NULL)
        return -1;
    settings->limits = limits;
    limits[settings->limit_count++] = (struct limit){resource, *value};
    return 0;
}

int set_rlimit(struct request *request, const char *value, struct error *error)
{
    struct settings *settings = settings_of(request, error);
    size_t name_length = strcspn(value, "=");
    char word[64] = "";
    struct rlimit limit;
    char *colon;
    int resource;

    if (settings == NULL)
        return -1;
    if (value[name_length] != '=' || name_length >= sizeof word)
        return error_reason(error, ERROR_USAGE, "'%s' is not NAME=SOFT[:HARD]", value);
    memcpy(word, value, name_length);
    resource = resource_by_name(word);
    if (resource < 0)
        return error_unknown(error, word, "limit", resource_closest_name(word));
    memset(word, 0, sizeof word);
    strncpy(word, value + name_length + 1, sizeof word - 1);
    colon = strchr(word, ':');
    if (colon != NULL)
        *colon = '\0';
    if (!read_limit(word, &limit.rlim_cur) ||
        !read_limit(colon != NULL ? colon + 1 : word, &limit.rlim_max) ||
        limit.rlim_cur > limit.rlim_max)
        return error_reason(error, ERROR_USAGE, "'%s' is not NAME=SOFT[:HARD], SOFT at most HARD",
                            value);
    return add_limit(settings, resource, &limit, error);
}

/* A number from -most to most. */
static int read_signed(const char *text, unsigned long most, int *value, struct error *error)
{
    bool negative = text[0] == '-';
    unsigned long number;

    if (parse_number(text + negative, most, &number) < 0)
        return error_reason(error, ERROR_USAGE, "'%s' is no number from -%lu to %lu", text, most,
                            most);
    *value = negative ? -(int)number : (int)number;
    return 0;
}

int set_nice(struct request *request, const char *value, struct error *error)
{
    struct settings *settings = settings_of(request, error);

    if (settings == NULL)
        return -1;
    settings->has_nice = true;
    return read_signed(value, 20, &settings->nice, error);
}

int set_oom_score_adj(struct request *request, const char *value, struct error *error)
{
    struct settings *settings = settings_of(request, error);

    if (settings == NULL)
        return -1;
    settings->has_oom_score_adj = true;
    return read_signed(value, 1000, &settings->oom_score_adj, error);
}

static int read_capabilities(const char *value, capability_set *set, struct error *error)
{
    char wrong[40];

    if (capabilities_parse(value, set, wrong, sizeof wrong) == 0)
        return 0;
    return error_unknown(error, wrong, "capability", capability_closest_name(wrong));
}

int set_cap_add(struct request *request, const char *value, struct error *error)
{
    struct settings *settings = settings_of(request, error);

    if (settings == NULL)
        return -1;
    settings->has_capabilities = true;
    return read_capabilities(value, &settings->added, error);
}

int set_cap_drop(struct request *request, const char *value, struct error *error)
{
    struct settings *settings = settings_of(request, error);

    if (settings == NULL)
        return -1;
    settings->has_capabilities = true;
    return read_capabilities(value, &settings->dropped, error);
}

int set_no_new_privs(struct request *request, const char *value, struct error *error)
{
    struct settings *settings = settings_of(request, error);

    return settings != NULL ? read_flag(value, &settings->no_new_privs, error) : -1;
}

int set_env(struct request *request, const char *value, struct error *error)
{
    struct settings *settings = settings_of(request, error);
    const char **larger;

    if (settings == NULL)
        return -1;
    if (value[0] == '\0' || value[0] == '=')
        return error_reason(error, ERROR_USAGE, "'%s' is not NAME=VALUE", value);
    larger = array_grow(settings->variables, settings->variable_count, sizeof *larger, error);
    if (larger == NULL)
        return -1;
    settings->variables = larger;
    settings->variables[settings->variable_count++] = value;
    return 0;
}

int set_clear_env(struct request *request, const char *value, struct error *error)
{
    struct settings *settings = settings_of(request, error);

    return settings != NULL ? read_flag(value, &settings->clear_environment, error) : -1;
}
