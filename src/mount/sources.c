/*
 * sources.c - the sources of a service's mounts
 */
#include "mount/sources.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "mount/target_private.h"
#include "linux/fd.h"
#include "linux/mount_fd.h"
#include "linux/proc.h"
#include "mount/image_private.h"
#include "mount/trusted_open_private.h"
#include "util/parse.h"
#include "util/strbuf.h"

/* ---- in order ------------------------------------------------------------------------------ */

static bool next_of_mount(struct source *source)
{
    const struct mount *mount = source->mount;

    if (mount->type == MOUNT_OVERLAY)
        return overlay_next_path(&source->rest, source->path, sizeof source->path) > 0;
    if (mount->type != MOUNT_BIND || source->rest == NULL)
        return false;
    source->rest = NULL;
    strbuf_set(source->path, sizeof source->path, "%s", mount->source);
    return true;
}

void sources_work_path(const struct filesystem *plan, char *path, size_t size)
{
    struct strbuf text = strbuf_in(path, size);

    strbuf_add(&text, plan->overlay);
    while (text.length > 1 && path[text.length - 1] == '/')
        path[--text.length] = '\0';
    strbuf_add(&text, ".work");
}

/* The next directory of --root, which has several for an overlay. */
static bool next_lower(struct source *source, const struct filesystem *plan)
{
    size_t length;

    if (source->rest == NULL || *source->rest == '\0')
        return false;
    source->is_image = plan->root_kind == ROOT_IMAGE;
    length = parse_word(source->rest, plan->overlay != NULL && !source->is_image ? ":" : "",
                        source->path, sizeof source->path);
    source->rest += length + (source->rest[length] == ':');
    return true;
}

static bool next_of_root(struct source *source, const struct filesystem *plan)
{
    source->mount = NULL;
    source->is_image = false;
    if (source->part == SOURCE_OF_MOUNT) {
        source->part = SOURCE_ROOT;
        source->rest = plan->root_kind != ROOT_TMPFS ? plan->root : NULL;
    }
    if (source->part == SOURCE_ROOT && next_lower(source, plan))
        return true;
    if (source->part == SOURCE_ROOT && plan->overlay != NULL && plan->overlay[0] != '\0') {
        source->part = SOURCE_UPPER;
        strbuf_set(source->path, sizeof source->path, "%s", plan->overlay);
    } else if (source->part == SOURCE_UPPER) {
        source->part = SOURCE_WORK;
        sources_work_path(plan, source->path, sizeof source->path);
    } else {
        source->part = SOURCE_END;
    }
    return source->part != SOURCE_END;
}

bool source_next(struct source *source, const struct filesystem *plan)
{
    while (source->mount == NULL || !next_of_mount(source)) {
        if (source->next_mount == plan->mount_count)
            return next_of_root(source, plan);
        source->mount = &plan->mounts[source->next_mount++];
        source->rest =
            source->mount->type == MOUNT_OVERLAY ? source->mount->options : source->mount->source;
    }
    return true;
}

size_t sources_count(const struct filesystem *plan)
{
    struct source source = {0};
    size_t count = 0;

    if (plan->mount_count == 0 && plan->root == NULL)
        return 0;
    while (source_next(&source, plan))
        count++;
    return count;
}

/* ---- opening ------------------------------------------------------------------------------- */

bool source_may_miss(const struct source *source)
{
    return errno == ENOENT && source->mount != NULL && source->mount->optional;
}

static bool leaves_submounts(const struct source *source)
{
    return source->mount != NULL && source->mount->leaves_submounts;
}

int source_clone(const struct source *source, int file)
{
    return leaves_submounts(source) ? mount_fd_clone_alone(file) : mount_fd_clone(file, "");
}

void source_subject(const struct source *source, struct error *error)
{
    if (source->mount == NULL)
        error_subject(error, "%s %s",
                      source->part != SOURCE_ROOT ? "--overlay"
                      : source->is_image          ? "--root-image"
                                                  : "--root",
                      source->path);
    else
        error_subject(error, "--mount %s", source->mount->target);
}

int source_error(const struct source *source, struct error *error)
{
    const struct mount *mount = source->mount;

    if (errno == ELOOP)
        error_hint(error,
                   "name the target of the symlink instead: links of other users are not followed");
    if (errno == ENOSYS)
        mount_fd_missing(error, "5.10", "open_tree");
    if (errno == EINVAL && leaves_submounts(source))
        error_hint(error, "remove bind-nonrecursive: a user namespace can't leave out a mount");
    if (errno == ENOENT && source->part == SOURCE_UPPER)
        error_hint(error, "create the upper directory: mkdir -p %s", source->path);
    source_subject(source, error);
    if (mount == NULL)
        return error_reason(error, ERROR_FAILED, "%m");
    if (errno == ENOENT && mount->type == MOUNT_BIND)
        error_hint(error, "create the source: mkdir -p %s", source->path);
    return error_reason(error, ERROR_FAILED, "%s%s: %m",
                        mount->type == MOUNT_OVERLAY ? "overlay: " : "", source->path);
}

/*
 * Open a file of another mount namespace (nsinit's, or that of an inherited /proc/self/fd/N) by its
 * path in the service's mount namespace. The path may lead to another file there, so compare the
 * files.
 */
static int open_same(int file, int root)
{
    struct proc_path link;
    char path[PATH_MAX];
    ssize_t length;
    int result;

    length = readlink(proc_path_of_fd(&link, file), path, sizeof path - 1);
    if (length < 0)
        return -1;
    path[length] = '\0';
    result = path[0] == '/' ? target_find_below(root, path) : -1;
    if (result >= 0 && fd_is_file_at(file, result, ""))
        return result;
    fd_close(result);
    errno = EXDEV;
    return -1;
}

static int name_error(const struct source *source, struct error *error)
{
    int error_number = errno;

    source_error(source, error);
    error->hint[0] = '\0';
    if (error_number == ENOENT)
        error_hint(error, "mount -t proc proc /proc");
    return error_reason(error, ERROR_FAILED, "%s: %s", source->path,
                        error_number == ENOENT ? "no path without /proc"
                                               : "no path in the new mount namespace");
}

static int open_own(const struct source *source, int file, int root, struct error *error)
{
    int own;

    if (file < 0)
        return source_error(source, error);
    own = open_same(file, root);
    if (own < 0)
        name_error(source, error);
    close(file);
    return own;
}

int source_open(const struct source *source, int root, struct error *error)
{
    return open_own(source, mount_fd_open(source->path), root, error);
}

int source_mount_image(const struct source *source, int file, struct error *error)
{
    source_subject(source, error);
    return image_mount(file, error);
}

int source_open_for_another(const struct source *source, int root, struct error *error)
{
    int file = trusted_open(source->path);

    if (file >= 0 && source->is_image)
        return source_mount_image(source, file, error);
    return file < 0 && source_may_miss(source) ? SOURCE_MISSING
                                               : open_own(source, file, root, error);
}
