/*
 * root_files.h - what nsinit makes in the host's files for a service's root, and deletes again
 */
#ifndef NSINIT_MOUNT_ROOT_FILES_H
#define NSINIT_MOUNT_ROOT_FILES_H

#include "plan/mount_spec.h"

/* What was made for a service, over its runs. All zero: nothing. */
struct root_files {
    char *work; /* the absolute path of the root's work directory, or NULL; owned */
};

/* Make what is missing, before a run. The run itself reports what can't be made. */
void root_files_make(struct root_files *files, const struct filesystem *plan);

/* No process uses the root any more: delete what was made, unless there is something in it. */
void root_files_delete(struct root_files *files);

#endif
