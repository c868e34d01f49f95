/*
 * attacker.h - the attacks that a hostile service makes, each a command of the program `attacker`
 * Each gets the score and the words behind it, and returns an exit code.
 */
#ifndef NSINIT_TESTS_ATTACK_ATTACKER_H
#define NSINIT_TESTS_ATTACK_ATTACKER_H

#include <stdbool.h>
#include <sys/types.h>

#include "score.h"

typedef int attack_function(struct score *score, char **words);

/* hunt.c: NSINIT's processes in this PID namespace, before they execute a program. */
attack_function hunt_seize;     /* NSINIT: attach to them by ptrace(2) */
attack_function hunt_peek;      /* NSINIT: open their memory, environment or descriptors in /proc */
attack_function hunt_arguments; /* NSINIT: read their arguments */
attack_function hunt_rights; /* NSINIT: attach, where what they have beyond ours is what counts */
attack_function hunt_memory; /* NSINIT: attach, and write what PID 1 has for its arguments */

/* first.c: PID 1 of this PID namespace, the inner init. */
attack_function first_look; /* MILLISECONDS: what of it is open to us, for so long */
attack_function first_hold; /* stop it by ptrace(2), and outlive everyone */
attack_function first_link; /* take its descriptors, and write to its link */

/* stop.c */
attack_function stop_all;    /* all processes that we may stop, again and again */
attack_function stop_mount;  /* DIRECTORY: a file system is mounted there that never answers */
attack_function stop_passwd; /* FILE: that becomes /etc/passwd, and the service ends */

/* judge.c: the judge; PID 1 of a PID namespace in which nsinit runs. */
attack_function
    survivors_judge; /* TRIES SECONDS stop|leave COMMAND...: KILL it at random moments */

#endif
