/*
 * nsctl.h - reports of a running nsinit, and control over its services
 */
#ifndef NSINIT_NSCTL_NSCTL_H
#define NSINIT_NSCTL_NSCTL_H

/*
 * The words of nsctl's command line (with its name in front) if `arguments` call it: as nsctl, or
 * by --ctl as the first word behind any other name. Else NULL.
 */
char **nsctl_words(char **arguments);

/* Do it. The exit code. `words` is changed. */
int nsctl_main(char **words);

#endif
