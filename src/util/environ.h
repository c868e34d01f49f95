/*
 * environ.h - change an array of environment entries, as execve(2) takes it
 */
#ifndef NSINIT_UTIL_ENVIRON_H
#define NSINIT_UTIL_ENVIRON_H

/* The entry of the variable (NAME or NAME=...), or NULL. */
char **environment_find(char **environment, const char *name);

/*
 * Put the entry (kept by the caller) in the place of an earlier one of the same variable, or
 * behind all: the array must have room for one more then.
 */
void environment_set(char **environment, char *entry);

/* Take the variable out. */
void environment_unset(char **environment, const char *name);

#endif
