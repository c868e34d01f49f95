/*
 * oddities.h - processes in rare states, as the probe can be or leave behind
 */
#ifndef NSINIT_TESTS_SYSTEM_ODDITIES_H
#define NSINIT_TESTS_SYSTEM_ODDITIES_H

/* Do what the words ask for: the exit code, or -1 where they are no verb of these. */
int be_odd(char **words);

#endif
