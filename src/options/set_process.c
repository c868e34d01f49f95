/*
 * set_process.c - options for a program's process: limits, capabilities, descriptors, session
 */
#include <string.h>

#include "options/arena_private.h"
#include "options/setter_private.h"
#include "options/values_private.h"
#include "util/parse.h"

static int set_umask(struct settings *settings, const char *value, struct error *error)
{
    const char *end = value;
    uint64_t mode;

    if (parse_digits_of(&end, 8, 0777, &mode) < 0 || *end != '\0' || end - value > 4)
        return error_invalid(error, value, "mode", "use an octal mode up to 0777");
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

/* A later limit of a resource replaces an earlier one. */
static int add_limit(struct settings *settings, int resource, const struct rlimit *value,
                     struct error *error)
{
    const struct limit limit = {resource, *value};

    for (size_t i = 0; i < settings->limit_count; i++)
        if (settings->limits[i].resource == resource) {
            settings->limits[i].value = *value;
            return 0;
        }
    return ARRAY_APPEND(settings->limits, settings->limit_count, &limit, error);
}

static int set_rlimit(struct settings *settings, const char *value, struct error *error)
{
    char word[64];
    size_t length = parse_word(value, "=", word, sizeof word);
    const char *soft = value + length + 1;
    struct rlimit limit;
    int resource;

    if (value[length] == '\0' || length >= sizeof word)
        return error_invalid(error, value, "limit", "use NAME=SOFT[:HARD]");
    resource = resource_by_name(word, error);
    if (resource < 0)
        return -1;
    length = parse_word(soft, ":", word, sizeof word);
    if (!read_limit(word, &limit.rlim_cur) ||
        !read_limit(soft[length] == ':' ? soft + length + 1 : word, &limit.rlim_max) ||
        limit.rlim_cur > limit.rlim_max)
        return error_invalid(error, value, "limit",
                             "use NAME=SOFT[:HARD], with SOFT not above HARD");
    return add_limit(settings, resource, &limit, error);
}

static int set_nice(struct settings *settings, const char *value, struct error *error)
{
    settings->has_nice = true;
    return set_number(&settings->nice, value, -20, 20, "number", "use -20 to 20", error);
}

static int set_oom_score_adj(struct settings *settings, const char *value, struct error *error)
{
    settings->has_oom_score_adj = true;
    return set_number(&settings->oom_score_adj, value, -1000, 1000, "score", "use -1000 to 1000",
                      error);
}

static int read_capabilities(struct settings *settings, const char *value, capability_set *set,
                             struct error *error)
{
    char unknown[40];

    settings->has_capabilities = true;
    if (capabilities_parse(value, set, unknown, sizeof unknown) == 0)
        return 0;
    return error_unknown(error, unknown, "capability", capability_closest_name(unknown));
}

static int set_cap_add(struct settings *settings, const char *value, struct error *error)
{
    return read_capabilities(settings, value, &settings->added, error);
}

static int set_cap_drop(struct settings *settings, const char *value, struct error *error)
{
    return read_capabilities(settings, value, &settings->dropped, error);
}

/* With CAP_SYS_RESOURCE the program could raise the limit of user namespaces again. */
static int set_disable_userns(struct settings *settings, const char *value, struct error *error)
{
    if (set_flag(&settings->disable_userns, value, error) < 0)
        return -1;
    if (settings->disable_userns) {
        settings->has_capabilities = true;
        settings->dropped |= (capability_set)1 << CAP_SYS_RESOURCE;
    }
    return 0;
}

static int set_keep_fd(struct settings *settings, const char *value, struct error *error)
{
    int fd;

    if (set_descriptor(&fd, value, error) < 0)
        return -1;
    return ARRAY_APPEND(settings->kept_fds, settings->kept_fd_count, &fd, error);
}

static int set_new_session(struct service *service, const char *value, struct error *error)
{
    bool yes;

    if (set_flag(&yes, value, error) < 0)
        return -1;
    service->new_session = yes ? NEW_SESSION_YES : NEW_SESSION_NO;
    if (yes)
        service->placement = PLACEMENT_SESSION;
    return 0;
}

static const struct option rows[] = {
    {
        .name = "umask",
        .argument = "MODE",
        .valid = ON_COMMAND_LINE | IN_SERVICE,
        .help = "Set the file mode creation mask [octal]",
        .set = SET_SETTINGS(set_umask),
    },
    {
        .name = "rlimit",
        .argument = "NAME=SOFT[:HARD]",
        .repeatable = true,
        .valid = ON_COMMAND_LINE | IN_SERVICE,
        .help = "Set a resource limit: nofile=1024:4096, core=unlimited",
        .set = SET_SETTINGS(set_rlimit),
    },
    {
        .name = "nice",
        .argument = "N",
        .valid = ON_COMMAND_LINE | IN_SERVICE,
        .help = "Set the scheduling priority, -20 to 19",
        .set = SET_SETTINGS(set_nice),
    },
    {
        .name = "oom-score-adj",
        .argument = "N",
        .valid = ON_COMMAND_LINE | IN_SERVICE,
        .help =
            "Set the OOM score adjustment, -1000 to 1000; the kernel kills higher scores earlier",
        .set = SET_SETTINGS(set_oom_score_adj),
    },
    {
        .name = "cap-add",
        .argument = "LIST|all",
        .repeatable = true,
        .valid = ON_COMMAND_LINE | IN_SERVICE,
        .help = "Keep these capabilities, even for a user other than root",
        .set = SET_SETTINGS(set_cap_add),
    },
    {
        .name = "cap-drop",
        .argument = "LIST|all",
        .repeatable = true,
        .valid = ON_COMMAND_LINE | IN_SERVICE,
        .help = "Drop these capabilities before --cap-add adds any",
        .set = SET_SETTINGS(set_cap_drop),
    },
    {
        .name = "no-new-privs",
        .valid = ON_COMMAND_LINE | IN_SERVICE,
        .help = "Prevent programs from gaining privileges by execve(2)",
        .set = SET_FLAG(settings, no_new_privs),
    },
    {
        .name = "disable-userns",
        .valid = ON_COMMAND_LINE | IN_SERVICE,
        .help = "Prevent the program from making further user namespaces",
        .set = SET_SETTINGS(set_disable_userns),
    },
    {
        .name = "argv0",
        .argument = "NAME",
        .valid = ON_COMMAND_LINE | IN_SERVICE,
        .default_value = "the program's name as given",
        .help = "Pass NAME to the program as its name, argv[0]",
        .set = SET_TEXT(settings, argv0, set_text),
    },
    {
        .name = "close-fds",
        .valid = ON_COMMAND_LINE | IN_SERVICE,
        .help = "Close the descriptors above 2 that nsinit was started with",
        .set = SET_FLAG(settings, close_fds),
    },
    {
        .name = "keep-fd",
        .argument = "N",
        .repeatable = true,
        .valid = ON_COMMAND_LINE | IN_SERVICE,
        .help = "Keep descriptor N open despite --close-fds",
        .set = SET_SETTINGS(set_keep_fd),
    },
    {
        .name = "new-session",
        .argument = "yes|no",
        .valid = ON_COMMAND_LINE | IN_SERVICE,
        .default_value = "yes in a new user or PID namespace",
        .help = "Run in a new session, on a pseudo-terminal instead of nsinit's terminal",
        .set = SET_SERVICE(set_new_session),
    },
    {
        .name = "keep-keyring",
        .valid = ON_COMMAND_LINE | IN_SERVICE,
        .help = "Keep the caller's session keyring in new user, mnt and PID namespaces",
        .set = SET_FLAG(settings, keep_keyring),
    },
};

const struct option_group process_options = OPTION_GROUP("Process", rows);
