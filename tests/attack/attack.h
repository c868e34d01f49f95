/*
 * attack.h - what the attacks share: nsinit as their target, started again and again, and the score
 * ATTACK_TRIES in the environment says how often each is tried (else a few times), ATTACK_SECONDS
 * for how long at most, ATTACK_ONLY which, as a pattern of fnmatch(3), and ATTACK_REPORT=1 that a
 * success is told and fails no test. ATTACK_DEBUG=1 shows what nsinit says.
 */
#ifndef NSINIT_TESTS_ATTACK_ATTACK_H
#define NSINIT_TESTS_ATTACK_ATTACK_H

#include <check.h>

#include "cases.h"
#include "attack/pinger.h"
#include "attack/score.h"
#include "support/process.h"

/* A user that owns nothing and runs nothing else. */
enum { ORDINARY_USER = 54321 };

/* An attack that has succeeded so often need not be tried any more. */
enum { ENOUGH = 20 };

/* Silence that is no slow answer any more. */
enum { FROZEN_MS = 400 };

struct attack {
    const char *name;
    int wanted; /* tries */
    int tries;
    int enough;
    int64_t end_ms;
    struct score *score;
    struct pinger *pinger;
    struct process process;
    bool is_running;
    bool is_unread;   /* nobody reads nsinit's stderr */
    long report_read; /* of the report file */
};

/* The binary under test, and the attacker, both in the test's directory. */
const char *nsinit_path(void);
const char *attacker_path(void);

/* A file in the test's directory. The caller keeps the string. */
const char *test_file(const char *name);

const char *score_path(void);
const char *control_path(void);

/* A health check that counts itself as a run, in words of JSON. */
const char *check_command(void);

/* Write it as a pod file; its path. */
const char *pod_file(const char *format, ...) __attribute__((format(printf, 1, 2)));

#define COMMAND(...) ((const char *const[]){__VA_ARGS__, NULL})
#define NSINIT(...) COMMAND(nsinit_path(), "--control", control_path(), __VA_ARGS__)
#define REPORTING(...) NSINIT("--report", test_file("report"), __VA_ARGS__)
#define NSCTL(...) COMMAND(nsinit_path(), "--ctl", "-c", control_path(), __VA_ARGS__)
#define ATTACKER(command, ...) attacker_path(), command, score_path(), ##__VA_ARGS__
#define TARGET(...) \
    (&(struct process_options){.arguments = NSINIT(__VA_ARGS__), .place = PLACE_FIRST})

/* Namespaces of its own, users among them. */
#define MAPPED                                                                                \
    "--unshare", "user,pid,mnt,net,ipc,uts", "--map-users", "0:100000:65536", "--map-groups", \
        "0:100000:65536", "--no-new-privs"
#define MAPPED_ROOT "--unshare", "user,pid,mnt,net,ipc,uts", "--map-root-user", "--no-new-privs"

/*
 * A fresh directory `tree` with the attacker, the score and /etc, which belongs to the ordinary
 * user, and beside it the file `marker`, which is root's.
 */
void attack_make_tree(void);

/* Begin an attack, which in a test of CTest is tried `few` times. False if it can't be made. */
bool attack_begin(struct attack *attack, const char *name, int few);

/* Whether more is to be tried. */
bool attack_goes_on(const struct attack *attack);
int attack_seconds_left(const struct attack *attack);

/* nsinit in a PID namespace of its own, which ends with all in it at attack_stop. */
void attack_start(struct attack *attack, const struct process_options *options);
void attack_stop(struct attack *attack);

/* Let the attacker work for a moment. False when nsinit has ended by itself. */
bool attack_wait(struct attack *attack);

/* Wait until the program counts that many runs: false when it does not within the time. */
bool attack_await_runs(struct attack *attack, int runs, int milliseconds);

/* How many events of the name have come into the report since the last look: REPORTING. */
int attack_events(struct attack *attack, const char *name);

/* Wait until `status` is answered: false when it is not, as nsinit stands still. */
bool attack_is_answered(struct attack *attack, int milliseconds);

/* Whether nobody is answered any more, which counts as a success. */
bool attack_is_frozen(struct attack *attack);

/* Tell the score, and fail the test if there has been any success, or a late answer. */
void attack_end(struct attack *attack);

/* Whether nsinit knows the option. */
bool nsinit_knows(const char *option);

#endif
