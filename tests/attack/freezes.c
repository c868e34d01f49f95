/*
 * freezes.c - what nsinit waits for stands still: status must be answered all the same
 */
#include "attack/attack.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* How long nsinit may take to end after TERM. */
enum { END_MS = 4000 };

/* nsinit gives up on what it starts after a moment, where it can. */
static const char *const *with_deadline(const char *const *words)
{
    static const char *all[64];
    size_t count = 0;

    all[count++] = words[0];
    if (nsinit_knows("--setup-timeout")) {
        all[count++] = "--setup-timeout";
        all[count++] = "200ms";
    }
    for (size_t i = 1; words[i] != NULL; i++)
        all[count++] = words[i];
    all[count] = NULL;
    return all;
}

/* TERM is to end it, whatever its service is up to. */
static void end_by_term(struct attack *attack)
{
    int64_t rounds = END_MS;

    if (!attack->is_running)
        return;
    process_signal(&attack->process, SIGTERM);
    while (rounds-- > 0)
        if (!attack_wait(attack))
            return;
    score_success(attack->score, "nsinit does not end by TERM");
    attack->tries++;
}

/* ---- visitors that are stopped ------------------------------------------------------------- */

/* A try is an event of the name; what freezes nsinit is one that never comes. */
static void go_on_stopping(struct attack *attack, const char *event,
                           const struct process_options *options)
{
    while (attack_goes_on(attack)) {
        bool frozen = false;

        attack_start(attack, options);
        while (!frozen && attack_goes_on(attack) && attack_wait(attack)) {
            attack->tries += attack_events(attack, event);
            frozen = attack_is_frozen(attack);
        }
        attack->tries += frozen;
        if (!frozen)
            end_by_term(attack);
        attack_stop(attack);
    }
    attack_end(attack);
}

#define STOPPED                                                                              \
    "--health-cmd", check_command(), "--health-interval", "5ms", "--health-timeout", "15ms", \
        "--health-retries", "1000000", "--stop", "TERM/1/KILL"

#define BY_STOPS(test, name, ...)                                                                 \
    START_TEST(test)                                                                              \
    {                                                                                             \
        struct attack attack;                                                                     \
                                                                                                  \
        if (attack_begin(&attack, name, 50))                                                      \
            go_on_stopping(                                                                       \
                &attack, "health",                                                                \
                &(struct process_options){.arguments = with_deadline(REPORTING(                   \
                                              STOPPED, __VA_ARGS__, "--", ATTACKER("stop-all"))), \
                                          .place = PLACE_FIRST});                                 \
    }                                                                                             \
    END_TEST

BY_STOPS(a_stopped_health_check_freezes_nobody, "freeze.health", "--unshare", "pid,mnt",
         "--cap-drop", "all")
BY_STOPS(a_health_check_stopped_by_mapped_root_freezes_nobody, "freeze.health.mapped", MAPPED)
BY_STOPS(a_health_check_stopped_by_its_user_freezes_nobody, "freeze.health.user", "--unshare",
         "pid,mnt", "--user", "54321")
BY_STOPS(a_health_check_without_namespaces_freezes_nobody, "freeze.health.plain", "--user", "54321",
         "--workdir", test_file("."))

static void execute_commands(struct attack *attack, const struct process_options *options)
{
    while (attack_goes_on(attack)) {
        attack_start(attack, options);
        while (attack->score->prepared == 0 && attack_wait(attack))
            ;
        while (attack_goes_on(attack) && !process_has_ended(&attack->process)) {
            struct process nsctl;
            bool frozen = false;

            attack->tries++;
            process_start(&nsctl, &(struct process_options){
                                      .arguments = NSCTL("exec", "main", "--", ATTACKER("run"))});
            for (int ms = 0; ms < 30 || pinger_silence(attack->pinger) > LATE_MS; ms++) {
                frozen = attack_is_frozen(attack);
                if (process_has_ended(&nsctl) || frozen || !attack_wait(attack))
                    break;
            }
            process_drop(&nsctl);
            if (frozen)
                break;
        }
        attack_stop(attack);
    }
    attack_end(attack);
}

START_TEST(a_stopped_command_freezes_nobody)
{
    struct attack attack;

    if (attack_begin(&attack, "freeze.exec", 50))
        execute_commands(&attack, TARGET("--unshare", "pid,mnt", "--cap-drop", "all", "--",
                                         ATTACKER("stop-all")));
}
END_TEST

/* ---- a slow working directory -------------------------------------------------------------- */

enum { LINKS = 39, DETOURS = 800 };

/* The last of many links, each of which is a long way round to the one before. */
static void make_chain(void)
{
    static const char detour[] = "d/../";
    static char target[DETOURS * (sizeof detour - 1) + sizeof "link00"];

    for (size_t i = 0; i < DETOURS; i++)
        memcpy(target + i * (sizeof detour - 1), detour, sizeof detour - 1);
    ck_assert_int_eq(mkdir(test_file("d"), 0755), 0);
    ck_assert_int_eq(symlink(".", test_file("link0")), 0);
    for (int i = 1; i < LINKS; i++) {
        char name[sizeof "link00"];

        snprintf(target + DETOURS * (sizeof detour - 1), sizeof "link00", "link%d", i - 1);
        snprintf(name, sizeof name, "link%d", i);
        ck_assert_int_eq(symlink(target, test_file(name)), 0);
    }
}

/* A try is a start of the victim, which its accomplice stops on its way into the directory. */
START_TEST(a_stop_on_the_way_to_the_working_directory_freezes_nobody)
{
    struct attack attack;
    char deadline[40] = "";

    if (!attack_begin(&attack, "freeze.workdir.stop", 20))
        return;
    make_chain();
    if (nsinit_knows("--setup-timeout"))
        snprintf(deadline, sizeof deadline, "setup-timeout = 50ms\n");
    go_on_stopping(
        &attack, "restart",
        &(struct process_options){
            .place = PLACE_FIRST,
            .arguments = REPORTING(
                "--pod", pod_file("[service evil]\nuser = 54321\ncommand = %s stop-all %s\n"
                                  "[service victim]\nuser = 54321\nworkdir = %s\n"
                                  "command = %s run %s\nrestart = always\n"
                                  "restart-delay = 1ms..1ms\nwatchdog = 20ms\n%s",
                                  attacker_path(), score_path(), test_file("link38"),
                                  attacker_path(), score_path(), deadline))});
}
END_TEST

/* ---- a hook, and a reader of messages ------------------------------------------------------ */

/* A try is a run of the hook, and so of the program behind it. */
START_TEST(a_hook_that_takes_its_time_freezes_nobody)
{
    struct attack attack;

    if (!attack_begin(&attack, "freeze.hook", 8))
        return;
    while (attack_goes_on(&attack)) {
        int late = pinger_late(attack.pinger);

        attack_start(&attack,
                     TARGET("--unshare", "uts", "--restart", "always", "--restart-delay",
                            "1ms..1ms", "--hook-created", "sleep 0.15", "--", ATTACKER("run")));
        while (attack_goes_on(&attack) && attack_wait(&attack)) {
            for (; late < pinger_late(attack.pinger); late++)
                score_success(attack.score, "nobody was answered during the hook");
            attack.tries = attack.score->runs;
        }
        attack_stop(&attack);
    }
    attack_end(&attack);
}
END_TEST

/* Nobody reads it, nor can it take any more. */
static void fill_stderr(void *argument)
{
    int flags = fcntl(STDERR_FILENO, F_GETFL);
    char bytes[4096] = "";

    (void)argument;
    (void)fcntl(STDERR_FILENO, F_SETFL, flags | O_NONBLOCK);
    while (write(STDERR_FILENO, bytes, sizeof bytes) > 0)
        ;
    (void)fcntl(STDERR_FILENO, F_SETFL, flags);
}

START_TEST(a_full_standard_error_freezes_nobody)
{
    struct attack attack;

    if (!attack_begin(&attack, "freeze.stderr", 8))
        return;
    while (attack_goes_on(&attack)) {
        attack_start(&attack,
                     &(struct process_options){.arguments = NSINIT("-vv", "--", ATTACKER("idle")),
                                               .place = PLACE_FIRST,
                                               .prepare = fill_stderr});
        attack.is_unread = true;
        if (!attack_is_answered(&attack, FROZEN_MS))
            score_success(attack.score, "nsinit answers nobody any more");
        attack_stop(&attack);
        attack.tries++;
    }
    attack_end(&attack);
}
END_TEST

TCase *freezes_case(void)
{
    const TTest *const tests[] = {a_stopped_health_check_freezes_nobody,
                                  a_health_check_stopped_by_mapped_root_freezes_nobody,
                                  a_health_check_stopped_by_its_user_freezes_nobody,
                                  a_health_check_without_namespaces_freezes_nobody,
                                  a_stopped_command_freezes_nobody,
                                  a_stop_on_the_way_to_the_working_directory_freezes_nobody,
                                  a_hook_that_takes_its_time_freezes_nobody,
                                  a_full_standard_error_freezes_nobody,
                                  NULL};

    return case_of("freezes", tests);
}
