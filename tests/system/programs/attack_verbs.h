/*
 * attack_verbs.h - the verbs of probe.c by which a program reaches for what is its caller's
 */
#ifndef NSINIT_TESTS_SYSTEM_ATTACK_VERBS_H
#define NSINIT_TESTS_SYSTEM_ATTACK_VERBS_H

/* The exit code of the verb, or -1 if it is none of these. */
int attack_verb(char **words);

#endif
