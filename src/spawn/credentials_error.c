/*
 * credentials_error.c - the settings' environment, and their failures in words
 */
#include "spawn/credentials.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "util/environ.h"
#include "util/strbuf.h"

/* What may be missing for each, when the kernel says EPERM or EACCES. */
static const struct {
    const char *option;
    const char *hint;
} stages[] = {
    [SETTINGS_LIMIT] = {"--rlimit", "only CAP_SYS_RESOURCE raises a hard limit: docker run "
                                    "--ulimit sets it from outside"},
    [SETTINGS_NICE] = {"--nice", "less than now needs CAP_SYS_NICE"},
    [SETTINGS_OOM_SCORE_ADJ] = {"--oom-score-adj", "less than now needs CAP_SYS_RESOURCE"},
    [SETTINGS_CAPABILITIES] = {"capabilities",
                               "nsinit can't give what it has not: docker run --cap-add"},
    [SETTINGS_GROUPS] = {"--groups", "that needs root, or CAP_SETGID"},
    [SETTINGS_USER] = {"--user", "that needs root, or CAP_SETUID and CAP_SETGID"},
    [SETTINGS_WORKDIR] = {"--workdir", "it is entered as the user that the program runs as"},
    [SETTINGS_OUTSIDE] = {"--workdir", ""},
    [SETTINGS_NO_NEW_PRIVS] = {"--no-new-privs", ""},
};

int settings_explain(const struct settings *settings, const struct settings_failure *failure,
                     struct error *error)
{
    enum settings_stage stage = failure->stage;
    const char *detail = "";

    if (stage == SETTINGS_LIMIT)
        detail = resource_name(failure->resource);
    else if (stage == SETTINGS_WORKDIR || stage == SETTINGS_OUTSIDE)
        detail = settings->workdir;
    else if (stage == SETTINGS_USER && settings->user != NULL)
        detail = settings->user;
    if (errno == EPERM || errno == EACCES)
        error_hint(error, "%s", stages[stage].hint);
    else if (errno == EINVAL && (stage == SETTINGS_USER || stage == SETTINGS_GROUPS))
        error_hint(error, "is it mapped in the user namespace? see --map-users, --map-groups");
    (void)error_failed(error, "%s%s%s", stages[stage].option, detail[0] != '\0' ? " " : "", detail);
    return stage == SETTINGS_OUTSIDE
               ? error_reason(error, ERROR_FAILED, "the directory lies outside of the root")
               : -1;
}

char **settings_environment(const struct settings *settings, const struct account *account,
                            char **environment, struct account_variables *own, size_t room)
{
    enum { OF_ACCOUNT = 3 };
    size_t most = settings->variable_count + room + OF_ACCOUNT + 1;
    char **result;

    for (char **entry = environment; *entry != NULL; entry++)
        most++;
    result = calloc(most, sizeof *result);
    if (result == NULL)
        return NULL;
    if (!settings->clear_environment)
        for (size_t i = 0; environment[i] != NULL; i++)
            result[i] = environment[i];
    if (account->has_user) {
        text_set(own->home, sizeof own->home, "HOME=%s", account->home);
        text_set(own->user, sizeof own->user, "USER=%s", account->name);
        text_set(own->logname, sizeof own->logname, "LOGNAME=%s", account->name);
        environment_set(result, own->home);
        environment_set(result, own->user);
        environment_set(result, own->logname);
    }
    for (size_t i = 0; i < settings->variable_count; i++) {
        /* execve(2) takes what it does not change as if it could. */
        char *entry = (char *)(uintptr_t)settings->variables[i];
        char **found = strchr(entry, '=') == NULL ? environment_find(environment, entry) : &entry;

        if (found != NULL)
            environment_set(result, *found);
    }
    return result;
}
