/*
 * pinger.h - a process that asks nsinit's control socket for `status`, again and again
 */
#ifndef NSINIT_TESTS_ATTACK_PINGER_H
#define NSINIT_TESTS_ATTACK_PINGER_H

#include <stdint.h>

struct pinger;

/* An answer that took longer than this is late. */
enum { LATE_MS = 100 };

/* Begin with the socket at the path, which need not be there yet. */
struct pinger *pinger_start(const char *path);

/* A new nsinit is there, or none is. */
void pinger_resume(struct pinger *pinger);
void pinger_pause(struct pinger *pinger);

/* For how long the question that is open has not been answered: milliseconds. */
int pinger_silence(const struct pinger *pinger);

/* Of all answers, and of silences up to a pause. */
int pinger_slowest(const struct pinger *pinger); /* milliseconds */
int pinger_answers(const struct pinger *pinger);
int pinger_late(const struct pinger *pinger);

#endif
