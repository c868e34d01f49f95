/*
 * root_files.c - what nsinit makes in the host's files for a service's root, and deletes again
 */
#include "mount/root_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "linux/fd.h"
#include "linux/proc.h"
#include "mount/sources.h"
#include "mount/trusted_open_private.h"
#include "util/log.h"
#include "util/strbuf.h"

/* Cut the last component off the path, and open the directory that it is in. -1 with errno. */
static int open_parent(char *path, const char **name)
{
    char *slash = strrchr(path, '/');

    *name = slash != NULL ? slash + 1 : path;
    if (slash == NULL)
        return trusted_open(".");
    *slash = '\0';
    return trusted_open(path[0] != '\0' ? path : "/");
}

/* Make the path absolute, as nsinit may change its working directory. False if it is too long. */
static bool make_absolute(const char *path, char *absolute, size_t size)
{
    struct strbuf text = strbuf_in(absolute, size);

    if (path[0] != '/') {
        if (getcwd(absolute, size) == NULL)
            return false;
        text.length = strlen(absolute);
        strbuf_add(&text, "/");
    }
    strbuf_add(&text, path);
    return text.length < size - 1;
}

/* No link is followed: the owner of the upper directory may change what is in the work directory.
 */
static int open_directory(int parent, const char *name)
{
    return openat(parent, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static bool make_owned(int parent, const char *name, const struct stat *owner)
{
    int work;

    if (mkdirat(parent, name, 0700) < 0)
        return false;
    work = open_directory(parent, name);
    if (work < 0 || fchownat(work, "", owner->st_uid, owner->st_gid, AT_EMPTY_PATH) < 0)
        log_line(LOG_DEBUG, "%s: cannot change the owner: %m", name);
    if (work >= 0)
        close(work);
    return true;
}

/* The work directory gets the owner of the upper one: root of the service's user namespace. */
static void make_work(struct root_files *files, const struct filesystem *plan)
{
    char relative[PATH_MAX];
    char path[PATH_MAX];
    const char *name;
    struct stat upper;
    int parent;

    sources_work_path(plan, relative, sizeof relative);
    if (stat(plan->overlay, &upper) < 0 || !make_absolute(relative, path, sizeof path))
        return;
    files->work = strdup(path);
    parent = open_parent(path, &name);
    if (files->work == NULL || parent < 0 || !make_owned(parent, name, &upper)) {
        free(files->work);
        files->work = NULL;
    }
    fd_close(parent);
}

/* More than the kernel makes there. A service that adds files would keep nsinit busy for ever. */
enum { ENTRIES_MAX = 1000 };

/*
 * Delete the directory, which the kernel has made in the work directory with no rights to it, and
 * the device files in it, which stand for deleted files.
 */
static void delete_kernels(int work, const char *name)
{
    struct proc_path link;
    int directory;
    DIR *entries = NULL;
    const struct dirent *entry;

    if (unlinkat(work, name, AT_REMOVEDIR) == 0 || errno != ENOTEMPTY)
        return;
    directory = open_directory(work, name);
    if (directory >= 0 && chmod(proc_path_of_fd(&link, directory), 0700) == 0)
        entries = opendir(link.text);
    for (int i = 0; i < ENTRIES_MAX && entries != NULL && (entry = readdir(entries)) != NULL; i++)
        (void)unlinkat(directory, entry->d_name, 0);
    if (entries != NULL)
        closedir(entries);
    if (directory >= 0)
        close(directory);
    (void)unlinkat(work, name, AT_REMOVEDIR);
}

static void delete_work(char *path)
{
    const char *name;
    int parent = open_parent(path, &name);
    int work;

    if (parent < 0)
        return;
    work = open_directory(parent, name);
    if (work >= 0) {
        delete_kernels(work, "work");
        delete_kernels(work, "index");
        close(work);
        (void)unlinkat(parent, name, AT_REMOVEDIR);
    }
    close(parent);
}

void root_files_make(struct root_files *files, const struct filesystem *plan)
{
    if (plan->overlay != NULL && plan->overlay[0] != '\0' && files->work == NULL)
        make_work(files, plan);
}

void root_files_delete(struct root_files *files)
{
    if (files->work == NULL)
        return;
    delete_work(files->work);
    free(files->work);
    files->work = NULL;
}
