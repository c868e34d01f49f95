/*
 * process_state_verbs.h - processes in rare states, as the probe can be or leave behind
 */
#ifndef NSINIT_TESTS_SYSTEM_PROCESS_STATE_VERBS_H
#define NSINIT_TESTS_SYSTEM_PROCESS_STATE_VERBS_H

/* Do what the words ask for: the exit code, or -1 where they are no verb of these. */
int process_state_verb(char **words);

#endif
