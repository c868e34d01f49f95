/*
 * fs_options_private.h - options of a file system, as fsconfig(2) and mount(2) take them
 */
#ifndef NSINIT_PLAN_FS_OPTIONS_PRIVATE_H
#define NSINIT_PLAN_FS_OPTIONS_PRIVATE_H

#include "util/error.h"
#include "util/strbuf.h"

enum fs_option {
    FS_SIZE,
    FS_MODE,
    FS_UID,
    FS_GID,
    FS_INODES,
    FS_HIDEPID,
    FS_SUBSET,
    FS_LOWER,
    FS_UPPER,
    FS_WORK,
    FS_COUNT
};

/*
 * Add NAME=VALUE to the options, separated by commas. The value was given for `key`. 0, or -1 with
 * the reason filled in (ERROR_USAGE).
 */
int fs_option_add(struct strbuf *options, enum fs_option option, const char *key, const char *value,
                  struct error *error);

#endif
