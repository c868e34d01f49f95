/*
 * mountinfo.h - what is mounted where, as /proc/self/mountinfo has it
 */
#ifndef NSINIT_SPAWN_MOUNTINFO_H
#define NSINIT_SPAWN_MOUNTINFO_H

/*
 * The next mount point in the text that is `directory` or below it; the text is changed, and
 * `rest` moves on. NULL at the end.
 */
char *mountinfo_next(char **rest, const char *directory);

#endif
