/*
 * environ.h - change an array of environment entries, as execve(2) takes it
 */
#ifndef NSINIT_UTIL_ENVIRON_H
#define NSINIT_UTIL_ENVIRON_H

/* Find the entry of a variable, which is given as NAME or NAME=VALUE; or NULL. */
char **environment_find(char **environment, const char *name);

/*
 * Set a variable to an entry NAME=VALUE, which the caller keeps. A new variable goes to the end:
 * the array must have room for it.
 */
void environment_set(char **environment, char *entry);

/* Remove a variable. */
void environment_unset(char **environment, const char *name);

#endif
