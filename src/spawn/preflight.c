/*
 * preflight.c - for --check: find the service's requirements that this machine does not meet
 */
#include "spawn/preflight.h"

#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "linux/userdb.h"
#include "mount/sources.h"
#include "util/path_search.h"
#include "util/strbuf.h"

struct check {
    const struct service *service;
    const char *root;    /* a prefix of the service's paths */
    bool has_own_files;  /* the service's /etc/passwd is not nsinit's */
    bool has_other_root; /* its root and the sources of its mounts are in the pod's root */
    bool is_unknown;     /* the service's tree does not exist yet */
    preflight_finding *report;
    void *data;
};

/* Report a path that cannot be used, by errno. */
static void report_path(const struct check *check, const char *key, size_t nth, const char *path)
{
    struct error error = {.kind = ERROR_FAILED};

    error_reason(&error, ERROR_FAILED, "%s: %m", path);
    check->report(check->data, key, nth, &error);
}

static bool exists(const char *path, mode_t type)
{
    struct stat status;

    if (stat(path, &status) < 0)
        return false;
    errno = type == S_IFDIR ? ENOTDIR : EACCES;
    return type == 0 || (status.st_mode & S_IFMT) == type;
}

static void check_path(const struct check *check, const char *key, size_t nth, const char *path,
                       mode_t type)
{
    if (!exists(path, type))
        report_path(check, key, nth, path);
}

/* nsinit will create the file, but not its directory. */
static void check_directory_of(const struct check *check, const char *key, const char *path)
{
    const char *slash = strrchr(path, '/');
    char directory[PATH_MAX];

    if (slash == NULL || slash == path || (size_t)(slash - path) >= sizeof directory)
        return;
    memcpy(directory, path, (size_t)(slash - path));
    directory[slash - path] = '\0';
    check_path(check, key, 0, directory, S_IFDIR);
}

/* ---- the program ------------------------------------------------------------------------- */

/* The PATH=... that the program is searched in, or NULL. */
static const char *path_variable(const struct service *service)
{
    const struct settings *settings = service_settings(service);

    for (size_t i = settings->variable_count; i > 0; i--)
        if (strncmp(settings->variables[i - 1], "PATH=", 5) == 0)
            return settings->variables[i - 1];
    for (char **entry = service->environment; *entry != NULL && !settings->clear_environment;
         entry++)
        if (strncmp(*entry, "PATH=", 5) == 0)
            return *entry;
    return NULL;
}

static bool is_program(const char *path)
{
    return exists(path, S_IFREG) && access(path, X_OK) == 0;
}

static void check_program(const struct check *check, const char *key, const char *program)
{
    /* The cast is safe: the environment is only read. */
    char *const environment[] = {(char *)(uintptr_t)path_variable(check->service), NULL};
    struct path_search search = path_search(program, environment);
    struct error error = {.kind = ERROR_FAILED};
    char candidate[PATH_MAX];
    char path[PATH_MAX];

    /* A path relative to the working directory is not checked. */
    if (check->is_unknown || (program[0] != '/' && strchr(program, '/') != NULL))
        return;
    while (path_search_next(&search, candidate)) {
        strbuf_set(path, sizeof path, "%s%s", check->root, candidate);
        if (is_program(path))
            return;
    }
    if (program[0] == '/') {
        report_path(check, key, 0, path);
        return;
    }
    error_reason(&error, ERROR_FAILED, "'%s' is not found in PATH (%s)", program,
                 path_search_value(environment));
    check->report(check->data, key, 0, &error);
}

/* ---- accounts and file systems ----------------------------------------------------------- */

static void check_account(const struct check *check, const struct settings *settings)
{
    struct account account = {0};
    struct error error = {0};

    if (check->has_own_files || (settings->user == NULL && settings->groups == NULL))
        return;
    if (account_resolve(&account, settings->user, settings->groups, &error) < 0)
        check->report(check->data, strncmp(error.subject, "--groups", 8) == 0 ? "groups" : "user",
                      0, &error);
    account_free(&account);
}

/* Not the work directory of an overlay, which nsinit makes. */
static void check_root(const struct check *check, const struct filesystem *filesystem)
{
    struct source source = {0};

    while (source_next(&source, filesystem))
        if (source.is_image)
            check_path(check, "root-image", 0, source.path, S_IFREG);
        else if (source.part == SOURCE_ROOT)
            check_path(check, "root", 0, source.path, S_IFDIR);
        else if (source.part == SOURCE_UPPER)
            check_path(check, "overlay", 0, source.path, S_IFDIR);
}

static void check_file_system(const struct check *check, const struct namespaces *namespaces)
{
    const struct filesystem *filesystem = &namespaces->filesystem;

    if (filesystem->root != NULL && !check->has_other_root)
        check_root(check, filesystem);
    for (size_t i = 0; i < filesystem->mount_count; i++)
        if (filesystem->mounts[i].source != NULL && !filesystem->mounts[i].optional &&
            !check->has_other_root)
            check_path(check, "mount", i, filesystem->mounts[i].source, 0);
    for (int type = 0; type < NAMESPACE_COUNT; type++)
        if (namespaces_kept_at(namespaces, type) != NULL)
            check_directory_of(check, "unshare", namespaces_kept_at(namespaces, type));
}

static bool enters_mounts(const struct namespaces *namespaces)
{
    for (size_t i = 0; i < namespaces->join_count; i++)
        if (ns_set_has(namespaces->joins[i].types, NAMESPACE_MNT))
            return true;
    return false;
}

/* Find out where the service's files will be in nsinit's tree. */
static void find_tree(struct check *check, const struct service *namespace_holder)
{
    const struct namespaces *own = &check->service->namespaces;
    const struct namespaces *shared =
        namespace_holder != NULL ? &namespace_holder->namespaces : own;
    bool has_root = own->filesystem.root != NULL;
    bool is_made = own->filesystem.overlay != NULL || shared->filesystem.overlay != NULL ||
                   own->filesystem.root_kind != ROOT_DIRECTORY ||
                   shared->filesystem.root_kind != ROOT_DIRECTORY;

    check->root = has_root                          ? own->filesystem.root
                  : shared->filesystem.root != NULL ? shared->filesystem.root
                                                    : "";
    check->has_other_root = own != shared && shared->filesystem.root != NULL;
    check->is_unknown = enters_mounts(own) || enters_mounts(shared) || is_made ||
                        own->filesystem.mount_count > 0 || shared->filesystem.mount_count > 0 ||
                        (has_root && check->has_other_root);
    check->has_own_files = check->is_unknown || check->root[0] != '\0';
}

void preflight_service(const struct service *service, const struct service *namespace_holder,
                       preflight_finding *report, void *data)
{
    const struct settings *settings = service_settings(service);
    struct check check = {.service = service, .report = report, .data = data};

    find_tree(&check, namespace_holder);
    check_file_system(&check, &service->namespaces);
    check_account(&check, settings);
    if (service->tty != NULL)
        check_path(&check, "tty", 0, service->tty, 0);
    if (settings->workdir != NULL && settings->workdir[0] == '/' && !check.is_unknown) {
        char path[PATH_MAX];

        strbuf_set(path, sizeof path, "%s%s", check.root, settings->workdir);
        check_path(&check, "workdir", 0, path, S_IFDIR);
    }
    if (service->arguments != NULL)
        check_program(&check, "command", service->arguments[0]);
    if (service->supervision.health.words != NULL)
        check_program(&check, "health-cmd", service->supervision.health.words[0]);
}

void preflight_pod(const struct pod *pod, preflight_finding *report, void *data)
{
    struct check check = {.report = report, .data = data};

    if (pod->report != NULL)
        check_directory_of(&check, "report", pod->report);
    if (pod->control != NULL && pod->control_was_asked_for)
        check_directory_of(&check, "control", pod->control);
    if (pod->watchdog.path != NULL)
        check_path(&check, "watchdog-device", 0, pod->watchdog.path, 0);
    if (pod->namespace_holder != NULL) {
        check.service = pod->namespace_holder;
        check_file_system(&check, &pod->namespace_holder->namespaces);
    }
}
