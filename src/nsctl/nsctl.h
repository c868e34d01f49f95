/*
 * nsctl.h - the client: shows and controls the services of a running nsinit, and lists namespaces
 */
#ifndef NSINIT_NSCTL_NSCTL_H
#define NSINIT_NSCTL_NSCTL_H

/*
 * The command line of nsctl, which begins with its name, if `arguments` call it: by the name nsctl,
 * or by the first argument --ctl behind another name. Else NULL.
 */
char **nsctl_words(char **arguments);

/* Run that command line, which is changed. Returns the exit code. */
int nsctl_main(char **words);

#endif
