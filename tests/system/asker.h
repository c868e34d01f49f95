/*
 * asker.h - those verbs of the probe by which a service asks nsinit for things
 */
#ifndef NSINIT_TESTS_SYSTEM_ASKER_H
#define NSINIT_TESTS_SYSTEM_ASKER_H

/* The exit code, or -1 when the first argument is none of its verbs. */
int ask_nsinit(char **arguments);

#endif
