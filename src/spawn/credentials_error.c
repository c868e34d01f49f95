/*
 * credentials_error.c - why a setting of the process could not be applied, and its environment
 */
#include "spawn/credentials_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "util/environ.h"
#include "util/strbuf.h"

/* The hints are for EPERM and EACCES. */
static const struct {
    const char *option;
    const char *hint;
} stages[] = {
    [CREDENTIALS_LIMIT] = {"--rlimit", "raising a hard limit takes CAP_SYS_RESOURCE: docker run "
                                       "--ulimit"},
    [CREDENTIALS_NICE] = {"--nice",
                          "lowering it takes CAP_SYS_NICE: docker run --cap-add SYS_NICE"},
    [CREDENTIALS_OOM_SCORE_ADJ] =
        {"--oom-score-adj",
         "lowering it takes CAP_SYS_RESOURCE: docker run --cap-add SYS_RESOURCE"},
    [CREDENTIALS_CAPABILITIES] = {"capabilities", "nsinit lacks one of them: docker run --cap-add"},
    [CREDENTIALS_GROUPS] = {"--groups", "run nsinit as root or with CAP_SETGID"},
    [CREDENTIALS_USER] = {"--user", "run nsinit as root or with CAP_SETUID and CAP_SETGID"},
    [CREDENTIALS_WORKDIR] = {"--workdir", ""},
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
    if (stage == CREDENTIALS_WORKDIR && errno == EACCES)
        error_hint(error, "let the program's user enter it: chmod o+x %s", settings->workdir);
    else if (errno == EPERM || errno == EACCES)
        error_hint(error, "%s", stages[stage].hint);
    else if (errno == EINVAL && (stage == CREDENTIALS_USER || stage == CREDENTIALS_GROUPS))
        error_hint(error, "map the ID into the user namespace: --map-users, --map-groups");
    (void)error_failed(error, "%s%s%s", stages[stage].option, detail[0] != '\0' ? " " : "", detail);
    return stage == CREDENTIALS_OUTSIDE
               ? error_reason(error, ERROR_FAILED, "the directory is outside of the root directory")
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
        /* The type of execve(2)'s argument lacks a const; it changes nothing. */
        char *entry = (char *)(uintptr_t)settings->variables[i];
        char **found = strchr(entry, '=') == NULL ? environment_find(environment, entry) : &entry;

        if (found != NULL)
            environment_set(result, *found);
    }
    return result;
}
