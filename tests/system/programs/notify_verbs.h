/*
 * notify_verbs.h - the probe's verbs that send to NOTIFY_SOCKET: sd_notify(3) by hand, well and
 * badly
 */
#ifndef NSINIT_TESTS_SYSTEM_NOTIFY_VERBS_H
#define NSINIT_TESTS_SYSTEM_NOTIFY_VERBS_H

/* Do what the words say, the verb first. Returns the exit code, or -1 when it is no verb of ours.
 */
int notify_verb(char **words);

#endif
