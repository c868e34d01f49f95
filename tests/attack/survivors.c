/*
 * survivors.c - nsinit is killed at a random moment: nothing in a namespace of its own lives on
 * The attacker stops its inner init, clears its own death signal, has children and ignores signals.
 */
#include "attack/attack.h"

#include <stdio.h>

/* The judge (judge.c) is PID 1 of the namespace in which it starts and kills nsinit. */
static void judge(const char *name, const char *kind, const char *const *command)
{
    const char *words[40] = {ATTACKER("survivors")};
    size_t count = 3;
    struct attack attack;
    char tries[12];
    char seconds[12];

    if (!attack_begin(&attack, name, 100))
        return;
    snprintf(tries, sizeof tries, "%d", attack.wanted);
    snprintf(seconds, sizeof seconds, "%d", attack_seconds_left(&attack));
    words[count++] = tries;
    words[count++] = seconds;
    words[count++] = kind;
    while (*command != NULL)
        words[count++] = *command++;
    attack_start(&attack, &(struct process_options){.arguments = words, .place = PLACE_FIRST});
    while (attack_wait(&attack))
        ;
    attack.tries = attack.score->tries;
    ck_assert_msg(attack.score->runs > 0 || attack.score->prepared > 0,
                  "%s: the attacker has not run once", name);
    attack_end(&attack);
}

#define HOLD "--", ATTACKER("first-hold")

START_TEST(a_traced_inner_init_ends_with_nsinit)
{
    judge("survive.traced", "leave", COMMAND(nsinit_path(), "-s", MAPPED_ROOT, HOLD));
}
END_TEST

START_TEST(a_stopped_inner_init_ends_with_nsinit)
{
    judge("survive.stopped", "stop", COMMAND(nsinit_path(), "-s", MAPPED, HOLD));
}
END_TEST

START_TEST(a_stopped_inner_init_of_nsinits_user_ends_with_nsinit)
{
    judge("survive.stopped.plain", "stop",
          COMMAND(nsinit_path(), "-s", "--unshare", "pid,mnt", HOLD));
}
END_TEST

START_TEST(a_program_as_pid_1_ends_with_nsinit)
{
    judge("survive.pid-1", "leave", COMMAND(nsinit_path(), "-s", "--as-pid-1", MAPPED_ROOT, HOLD));
}
END_TEST

START_TEST(a_stopped_program_as_pid_1_ends_with_nsinit)
{
    judge("survive.pid-1.stopped", "stop",
          COMMAND(nsinit_path(), "-s", "--as-pid-1", MAPPED, "--", ATTACKER("idle")));
}
END_TEST

START_TEST(a_pods_namespace_ends_with_nsinit)
{
    judge("survive.pod", "stop",
          COMMAND(nsinit_path(), "-s", "--control", "no", "--pod",
                  pod_file("[pod]\nunshare = user,pid,mnt\nmap-root-user = yes\n"
                           "[service a]\ncommand = %s first-hold %s\n"
                           "[service b]\ncommand = %s first-hold %s\n",
                           attacker_path(), score_path(), attacker_path(), score_path())));
}
END_TEST

/* What comes in for a health check is stopped where it is. */
START_TEST(stopped_visitors_end_with_nsinit)
{
    judge("survive.visits", "leave",
          COMMAND(nsinit_path(), "-s", "--unshare", "pid,mnt", "--cap-drop", "all", "--health-cmd",
                  check_command(), "--health-interval", "1ms", "--", ATTACKER("stop-all")));
}
END_TEST

TCase *survivors_case(void)
{
    const TTest *const tests[] = {a_traced_inner_init_ends_with_nsinit,
                                  a_stopped_inner_init_ends_with_nsinit,
                                  a_stopped_inner_init_of_nsinits_user_ends_with_nsinit,
                                  a_program_as_pid_1_ends_with_nsinit,
                                  a_stopped_program_as_pid_1_ends_with_nsinit,
                                  a_pods_namespace_ends_with_nsinit,
                                  stopped_visitors_end_with_nsinit,
                                  NULL};

    return case_of("survivors", tests);
}
