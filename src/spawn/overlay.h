/*
 * overlay.h - mount an overlay whose directories are open
 */
#ifndef NSINIT_SPAWN_OVERLAY_H
#define NSINIT_SPAWN_OVERLAY_H

#include "pod/mounts.h"

/*
 * Mount it on what `target` (an O_PATH fd) is; `files` are its directories in the order of its
 * options. They are told to the kernel by their names, as all can see them in mountinfo then; but
 * by numbers in `numbers`, the directory of our open files (-1: there is none), where the names are
 * too long for mount(2), lead elsewhere by now, or may be followed by nsinit alone. 0, or -1 with
 * the error's reason filled in.
 */
int overlay_mount(const struct mount *plan, const int *files, int numbers, int target,
                  struct error *error);

#endif
