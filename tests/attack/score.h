/*
 * score.h - what an attacker and its judge count, in a file that both have mapped
 */
#ifndef NSINIT_TESTS_ATTACK_SCORE_H
#define NSINIT_TESTS_ATTACK_SCORE_H

#include <stdatomic.h>

enum { HOW_SIZE = 160 };

struct score {
    _Atomic int runs;      /* of the program that counts itself: `attacker run` */
    _Atomic int successes; /* of the attacker */
    _Atomic int prepared;  /* the attacker has done what it does once */
    _Atomic int tries;     /* of a judge that counts them itself */
    char how[HOW_SIZE];    /* the first success, in words */
};

/* Map the file, which exists. NULL with errno on failure. */
struct score *score_open(const char *path);

/* Count a success; the words of the first one are kept. */
void score_success(struct score *score, const char *how);

#endif
