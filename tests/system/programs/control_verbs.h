/*
 * control_verbs.h - those verbs of the probe by which a service asks nsinit for things
 */
#ifndef NSINIT_TESTS_SYSTEM_CONTROL_VERBS_H
#define NSINIT_TESTS_SYSTEM_CONTROL_VERBS_H

/* The exit code, or -1 when the first argument is none of its verbs. */
int control_verb(char **arguments);

#endif
