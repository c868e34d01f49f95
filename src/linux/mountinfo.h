/*
 * mountinfo.h - what is mounted where, as /proc/self/mountinfo has it
 */
#ifndef NSINIT_LINUX_MOUNTINFO_H
#define NSINIT_LINUX_MOUNTINFO_H

/*
 * The next mount point in the text that is `directory` or below it; the text is changed, and
 * `rest` moves on. NULL at the end.
 */
char *mountinfo_next(char **rest, const char *directory);

/* Blanks and the like are written as a backslash and three octal digits, in /proc/mounts as well:
 * as what they stand for, in place. */
void mountinfo_unescape(char *text);

#endif
