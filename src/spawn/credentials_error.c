/*
 * credentials_error.c - the settings' environment, and their failures in words
 */
#include "spawn/credentials_private.h"

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
    [CREDENTIALS_LIMIT] = {"--rlimit", "only CAP_SYS_RESOURCE raises a hard limit: docker run "
                                       "--ulimit sets it from outside"},
    [CREDENTIALS_NICE] = {"--nice", "less than now needs CAP_SYS_NICE"},
    [CREDENTIALS_OOM_SCORE_ADJ] = {"--oom-score-adj", "less than now needs CAP_SYS_RESOURCE"},
    [CREDENTIALS_CAPABILITIES] = {"capabilities",
                                  "nsinit can't give what it has not: docker run --cap-add"},
    [CREDENTIALS_GROUPS] = {"--groups", "that needs root, or CAP_SETGID"},
    [CREDENTIALS_USER] = {"--user", "that needs root, or CAP_SETUID and CAP_SETGID"},
    [CREDENTIALS_WORKDIR] = {"--workdir", "it is entered as the user that the program runs as"},
    [CREDENTIALS_OUTSIDE] = {"--workdir", ""},
    [CREDENTIALS_NO_NEW_PRIVS] = {"--no-new-privs", ""},
};

int credentials_error(const struct settings *settings, const struct credentials_failure *failure,
                      struct error *error)
{
    enum credentials_stage stage = failure->stage;
    const char *detail = "";

    if (stage == CREDENTIALS_LIMIT)
        detail = resource_name(failure->resource);
    else if (stage == CREDENTIALS_WORKDIR || stage == CREDENTIALS_OUTSIDE)
        detail = settings->workdir;
    else if (stage == CREDENTIALS_USER && settings->user != NULL)
        detail = settings->user;
    if (errno == EPERM || errno == EACCES)
        error_hint(error, "%s", stages[stage].hint);
    else if (errno == EINVAL && (stage == CREDENTIALS_USER || stage == CREDENTIALS_GROUPS))
        error_hint(error, "is it mapped in the user namespace? see --map-users, --map-groups");
    (void)error_failed(error, "%s%s%s", stages[stage].option, detail[0] != '\0' ? " " : "", detail);
    return stage == CREDENTIALS_OUTSIDE
               ? error_reason(error, ERROR_FAILED, "the directory lies outside of the root")
               : -1;
}

char **credentials_environment(const struct settings *settings, const struct account *account,
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
        strbuf_set(own->home, sizeof own->home, "HOME=%s", account->home);
        strbuf_set(own->user, sizeof own->user, "USER=%s", account->name);
        strbuf_set(own->logname, sizeof own->logname, "LOGNAME=%s", account->name);
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
