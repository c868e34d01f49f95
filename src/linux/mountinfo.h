/*
 * mountinfo.h - mount points in /proc/self/mountinfo: proc_pid_mountinfo(5)
 */
#ifndef NSINIT_LINUX_MOUNTINFO_H
#define NSINIT_LINUX_MOUNTINFO_H

/*
 * The next mount point of the file's text that is `directory` or below it; NULL at the end. The
 * text is cut up, and `rest` moves on.
 */
char *mountinfo_next(char **rest, const char *directory);

/* Resolve octal escapes, such as \040 for a blank, in place. /proc/mounts has them too. */
void mountinfo_unescape(char *text);

#endif
